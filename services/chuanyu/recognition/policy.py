"""
The policy tables: which reason leads where, in which words, by which source, and how long things count. A change of policy is a new row.

policy/reasons.csv: code, version, leads_to, text and the condition it sets in both languages, source, certainty, effective dates
(inclusive, empty = open) · policy/limits.csv: the lengths that rules use. Of several versions the newest in force on the asked day holds.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path

_TABLES = Path(__file__).parent / "policy"


class Status(StrEnum):
    """Domain 8.2. `UNKNOWN` is neither yes nor no."""

    RECOGNISED = "RECOGNISED"
    CONDITIONAL = "CONDITIONAL"
    UNKNOWN = "UNKNOWN"
    NOT_RECOGNISED = "NOT_RECOGNISED"

    @property
    def strength(self) -> int:
        return tuple(Status).index(self)


@dataclass(frozen=True, slots=True)
class Reason:
    """One row. rule: `recognition_<code>@<version>` · source_certainty: confirmed, to be checked or policy · condition_*: empty if none."""

    code: str
    leads_to: Status
    zh: str
    en: str
    condition_zh: str
    condition_en: str
    rule: str
    source: str
    source_certainty: str


@dataclass(frozen=True, slots=True)
class Limit:
    """A length with its unit: month, hour or minute."""

    length: int
    unit: str


def reason(code: str, on: date) -> Reason:
    """The row of a reason in force on that day; KeyError when there is none."""
    row = _in_force("reasons.csv", "code", code, on)
    return Reason(
        code=code,
        leads_to=Status(row["leads_to"]),
        zh=row["zh"],
        en=row["en"],
        condition_zh=row["condition_zh"],
        condition_en=row["condition_en"],
        rule=f"recognition_{code.lower()}@{row['version']}",
        source=row["source"],
        source_certainty=row["source_certainty"],
    )


def limit(limit_id: str, on: date) -> Limit:
    """A length in force on that day; KeyError when there is none."""
    row = _in_force("limits.csv", "limit_id", limit_id, on)
    return Limit(int(row["length"]), row["unit"])


def codes() -> tuple[str, ...]:
    """Every reason code, in the order of the table."""
    return tuple(dict.fromkeys(row["code"] for row in _rows("reasons.csv")))


@cache
def _in_force(table: str, key: str, value: str, on: date) -> dict[str, str]:
    day = on.isoformat()
    rows = [row for row in _rows(table) if row[key] == value and row["effective_from"] <= day <= (row["effective_to"] or "9999-12-31")]
    if not rows:
        raise KeyError(f"{value} is not in force on {day}")
    return max(rows, key=lambda row: int(row["version"]))


@cache
def _rows(table: str) -> tuple[dict[str, str], ...]:
    with (_TABLES / table).open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))
