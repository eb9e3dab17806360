"""What playing the sample day reports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

Progress = Callable[[int, int, str], None]
"""Called with (done, total, what is being done)."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must be so after the day, computed from the generator's truth."""

    name: str
    ok: bool


@dataclass(frozen=True, slots=True)
class DemoReport:
    """The day in numbers. answers: the questions asked afterwards and what the bus said, for people."""

    seed: int
    submitted: int
    accepted: int
    duplicates: int
    refused: int
    delivered: int
    checks: tuple[Check, ...]
    answers: tuple[tuple[str, str], ...] = ()

    @property
    def ok(self) -> bool:
        return all(check.ok for check in self.checks)

    def as_json(self) -> dict[str, Any]:
        """The second line of `up --demo --json`."""
        day = asdict(self)
        del day["answers"]
        return {"demo": day}
