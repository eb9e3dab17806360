"""
Working days (工作日) with 调休. Source: domain 9, counting rule 6.

chinese-calendar knows the published years; outside them a day counts as Monday to Friday less the fixed statutory days, and is not certain.
"""

import csv
import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

import chinese_calendar  # type: ignore[import-untyped]

_FIXED_DAYS_OFF = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Day:
    """Whether a day is a working day, and whether the state has said so."""

    works: bool
    certain: bool


@dataclass(frozen=True)
class Calendar:
    """
    The working days of the state, and of years that an operator added.

    `published`: per added year the weekdays off and the weekend days worked; every other day of that year is as its weekday.
    `names`: of days off in them · `noticed`: per added year, the day on which the state published it
    """

    published: Mapping[int, frozenset[date]] = field(default_factory=dict)
    names: Mapping[date, str] = field(default_factory=dict)
    noticed: Mapping[int, date] = field(default_factory=dict)

    def day(self, day: date) -> Day:
        """What kind of day it is in Asia/Shanghai."""
        if day.year in self.published:
            return Day((day.weekday() < 5) != (day in self.published[day.year]), certain=True)
        return _of_the_state(day)

    def holiday(self, day: date) -> str | None:
        """What a day off is called, such as 国庆; null for plain weekends and working days."""
        if day.year in self.published:
            return self.names.get(day)
        return None if self.day(day).works else _name_of_the_state(day)

    def as_of(self, day: date) -> "Calendar":
        """What was known on a day: without the years that were published later."""
        later = {year for year, noticed in self.noticed.items() if noticed > day}
        return Calendar({year: days for year, days in self.published.items() if year not in later}, self.names, self.noticed)

    def add_working_days(self, start: date, count: int) -> tuple[tuple[date, ...], bool]:
        """The `count` working days after `start`, which itself never counts, and whether every day asked was certain."""
        counted: list[date] = []
        certain, day = True, start
        while len(counted) < count:
            day += _DAY
            kind = self.day(day)
            certain &= kind.certain
            if kind.works:
                counted.append(day)
        return tuple(counted), certain

    def roll(self, day: date) -> tuple[date, bool]:
        """The day itself if it is worked, else the next working day; and whether every day asked was certain."""
        kind = self.day(day)
        certain = kind.certain
        while not kind.works:
            day += _DAY
            kind = self.day(day)
            certain &= kind.certain
        return day, certain

    def last_working_day(self, day: date) -> date:
        """The last working day up to and including this one."""
        while not self.day(day).works:
            day -= _DAY
        return day

    def fingerprint(self) -> str:
        """SHA-256 of all that this calendar knows. Two nodes with different ones would count different dues."""
        days = [*_days_of_the_state(), *(day for year in sorted(self.published) for day in sorted(self.published[year]))]
        return hashlib.sha256("\n".join(map(str, days)).encode()).hexdigest()

    def last_certain_day(self) -> date:
        """The end of the unbroken run of certain years."""
        year = _days_of_the_state()[-1].year
        while year + 1 in self.published:
            year += 1
        return date(year, 12, 31)


_PUBLISHED: dict[int, frozenset[date]] = {}
_NAMES: dict[date, str] = {}
_NOTICED: dict[int, date] = {}
STATE = Calendar(_PUBLISHED, _NAMES, _NOTICED)


def adopt(added: Calendar) -> None:
    """Adds an operator's years to STATE, once a process, before anything is counted in it: they are a rule table like the others (D8)."""
    _PUBLISHED.update(added.published)
    _NAMES.update(added.names)
    _NOTICED.update(added.noticed)


def read(text: str) -> Calendar:
    """
    The operator's table: CSV with the columns day, works (true, false), name, noticed_on. Raises ValueError, which names the line.

    A row for each day that is not as its weekday, and for the days off of a holiday that fall on a weekend.
    """
    days: dict[int, set[date]] = defaultdict(set)
    names: dict[date, str] = {}
    noticed: dict[int, date] = {}
    rows = csv.DictReader(text.splitlines())
    for row in rows:
        try:
            day, works = date.fromisoformat(row["day"]), {"true": True, "false": False}[row["works"]]
            told = noticed.setdefault(day.year, date.fromisoformat(row["noticed_on"]))
            if told != date.fromisoformat(row["noticed_on"]):
                raise ValueError("a year is published on one day")
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"line {rows.line_num}: day,works,name,noticed_on is wanted ({error})") from None
        days[day.year] |= {day} if works != (day.weekday() < 5) else set()
        if not works:
            names[day] = row["name"]
    return Calendar({year: frozenset(found) for year, found in days.items()}, names, noticed)


@lru_cache(maxsize=8192)
def _of_the_state(day: date) -> Day:
    try:
        return Day(chinese_calendar.is_workday(day), certain=True)
    except NotImplementedError:
        return Day(day.weekday() < 5 and (day.month, day.day) not in _FIXED_DAYS_OFF, certain=False)


@lru_cache(maxsize=8192)
def _name_of_the_state(day: date) -> str | None:
    try:
        _, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return None
    return None if name is None else str(chinese_calendar.Holiday(name).chinese).replace("国庆节", "国庆")


@lru_cache(maxsize=1)
def _days_of_the_state() -> tuple[date, ...]:
    """Every day on which the state's calendar says something else than the weekday, and the days that say so."""
    return tuple(sorted([*chinese_calendar.constants.holidays, *chinese_calendar.constants.workdays]))
