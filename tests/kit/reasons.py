"""
What recognition must say of a failed sample from a published table, worked out without its rules: from the maker's truth, the table's own
words and the policy tables as files. Domain 8.2, 8.3; food samples in a bus that knows no laboratory yet.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import chinese_calendar

_SERVICES = Path(__file__).parents[2] / "services" / "chuanyu"
_WEAKEST_FIRST = ("RECOGNISED", "CONDITIONAL", "UNKNOWN", "NOT_RECOGNISED")


def of_failed(sample: Mapping[str, Any], cells: Iterable[str], accepted_on: date, today: date) -> frozenset[str]:
    """Every reason. sample: the truth of one · cells: its row in the table · today: the day of the answer in Shanghai."""
    announced = date.fromisoformat(sample["announced_on"]) if sample["announced_on"] else None
    since, national = announced or accepted_on, any("国抽" in cell for cell in cells)
    applies = {
        "RESULT_TOO_OLD": today > _months_after(since, int(_row("recognition/policy/limits.csv", "recognition_period")["length"])),
        "OBJECTION_WINDOW_OPEN": today <= _last_day_to_object(since, sample["category"]),
        "LABORATORY_NOT_ON_RECORD": not national,
    }
    return frozenset(code for code, does in applies.items() if does) or frozenset({"NATIONAL_RESULT"})


def status(codes: Collection[str]) -> str:
    """Where the strongest of these reasons leads."""
    return max((leads_to(code) for code in codes), key=_WEAKEST_FIRST.index)


def leads_to(code: str) -> str:
    """By the policy table."""
    return _row("recognition/policy/reasons.csv", code)["leads_to"]


def in_order(codes: Iterable[str]) -> bool:
    """Whether the deciding ones come first and none twice."""
    listed = list(codes)
    strengths = [_WEAKEST_FIRST.index(leads_to(code)) for code in listed]
    return len(set(listed)) == len(listed) and strengths == sorted(strengths, reverse=True)


def _last_day_to_object(since: date, category: str | None) -> date:
    """食品安全法 88: seven working days; where it is not known that it is food, 产品质量法 15: fifteen days, prolonged to a working day."""
    day = since
    if category is None:
        day += timedelta(days=int(_row("domain/data/clock_rules.csv", "spotcheck_retest_application_industrial")["length"]))
        while not _works(day):
            day += timedelta(days=1)
        return day
    for _ in range(int(_row("domain/data/clock_rules.csv", "spotcheck_retest_application")["length"])):
        day += timedelta(days=1)
        while not _works(day):
            day += timedelta(days=1)
    return day


def _works(day: date) -> bool:
    try:
        return chinese_calendar.is_workday(day)
    except NotImplementedError:  # a year whose holidays are not announced yet
        return day.weekday() < 5


def _months_after(day: date, months: int) -> date:
    """The same day so many months later, else the last of that month."""
    years, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + years, month + 1, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(day.day, last.day))


@cache
def _row(table: str, name: str) -> dict[str, str]:
    """The newest row of that name."""
    with (_SERVICES / table).open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if name in (row.get("code"), row.get("limit_id"), row.get("rule_id"))]
    return max(rows, key=lambda row: int(row["version"]))
