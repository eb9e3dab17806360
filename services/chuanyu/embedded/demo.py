"""What playing the sample day reports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import RenderableType

Progress = Callable[[int, int, str], None]
"""Called with (done, total, what is being done)."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must be so after the day, computed from the generator's truth."""

    name: str
    ok: bool


@dataclass(frozen=True, slots=True)
class DemoReport:
    """The day in numbers. story: the same for people, what was said, asked and answered; whatever rich can print, in order."""

    seed: int
    submitted: int
    accepted: int
    duplicates: int
    refused: int
    delivered: int
    checks: tuple[Check, ...]
    story: tuple[RenderableType, ...] = ()

    @property
    def ok(self) -> bool:
        return all(check.ok for check in self.checks)

    def as_json(self) -> dict[str, Any]:
        """The second line of `up --demo --json`."""
        told = {name: getattr(self, name) for name in ("seed", "submitted", "accepted", "duplicates", "refused", "delivered")}
        return {"demo": told | {"checks": [asdict(check) for check in self.checks]}}
