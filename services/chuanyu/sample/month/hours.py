"""Believable instants: office hours of working days, and nights on which nobody enters anything. All in Asia/Shanghai, ms."""

from __future__ import annotations

import calendar
import datetime as dt
from random import Random

from chuanyu.domain.calendar import STATE
from chuanyu.domain.dates import SHANGHAI, day_of, from_millis, to_millis

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000


def instant(day: dt.date, hour: int, minute: int = 0, second: int = 0) -> int:
    """An instant of a day, ms."""
    return to_millis(dt.datetime.combine(day, dt.time(hour, minute, second), SHANGHAI))


def day_at(at: int) -> dt.date:
    """The day of an instant."""
    return day_of(from_millis(at))


def works(day: dt.date) -> bool:
    """Whether it is a working day, make-up days included."""
    return STATE.day(day).works


def working_days(year: int, month: int) -> list[dt.date]:
    """Those of a calendar month."""
    days = [dt.date(year, month, number) for number in range(1, calendar.monthrange(year, month)[1] + 1)]
    return [day for day in days if works(day)]


def office(random: Random, day: dt.date) -> int:
    """Some instant of a working day between 9 and 17:30, to the second."""
    return instant(day, 9) + 1000 * random.randrange(8 * 3600 + 1800)


def next_office(random: Random, after: int, days: int = 0) -> int:
    """Some office instant at least so many days after an instant; the same day only if hours are left of it."""
    day = day_at(after) + dt.timedelta(days=days)
    while True:
        if works(day) and (found := office(random, day)) > after + HOUR:
            return found
        if day_at(after) != day or instant(day, 16) < after + HOUR or not works(day):
            day += dt.timedelta(days=1)
