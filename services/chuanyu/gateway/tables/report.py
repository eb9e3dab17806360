"""What became of each statement, as a line of the report, and the sums (interfaces.md, `import --json` and `--report`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from chuanyu.domain.violations import Violation
from chuanyu.gateway.tables.kinds import Kind, Parsed
from chuanyu.gateway.tables.parse import ANNOUNCEMENTS

NOWHERE: Mapping[str, Any] = {"producer_province": None, "sampled_province": None, "cross_province": False, "flagged": []}


@dataclass(frozen=True, slots=True)
class Result:
    """What the gateway answered to one submission; `outcome` is accepted, duplicate or refused."""

    outcome: str
    event_id: str | None = None
    case_id: str | None = None
    violations: tuple[Violation, ...] = ()
    warnings: tuple[Violation, ...] = ()


@dataclass(slots=True)
class Sums:
    """The one line of `--json`: rows are data rows, samples are lines of the report, of whatever kind."""

    rows: int = 0
    samples: int = 0
    accepted: int = 0
    duplicates: int = 0
    refused: int = 0

    def count(self, parsed: Parsed, result: Result) -> None:
        """Adds one statement and its answer."""
        self.rows += len(parsed.rows)
        self.samples += 1
        name = {"accepted": "accepted", "duplicate": "duplicates", "refused": "refused"}[result.outcome]
        setattr(self, name, getattr(self, name) + 1)


def line(parsed: Parsed, result: Result, kind: Kind = ANNOUNCEMENTS) -> dict[str, Any]:
    """The report line of a statement; of a sample it tells the routing too.

    `event` is the data as accepted, with its case; a refused statement has none.
    """
    routing = {"routing": parsed.routing or dict(NOWHERE)} if kind.known_by == "sample_no" else {}
    return {
        kind.known_by: parsed.number,
        "rows": list(parsed.numbers),
        "outcome": result.outcome,
        "event_id": result.event_id,
        "case_id": result.case_id,
        "violations": [asdict(finding) for finding in result.violations],
        "warnings": [asdict(finding) for finding in result.warnings],
        "event": None if result.outcome == "refused" else _as_accepted(parsed, result),
    } | routing


def _as_accepted(parsed: Parsed, result: Result) -> dict[str, Any]:
    data = parsed.data or {}
    return data | {"head": data.get("head", {}) | {"case_id": result.case_id}}


def merged(first: Sequence[Violation], second: Sequence[Violation]) -> tuple[Violation, ...]:
    """Both lists, each finding once."""
    said = {(finding.field, finding.code) for finding in first}
    return (*first, *(finding for finding in second if (finding.field, finding.code) not in said))
