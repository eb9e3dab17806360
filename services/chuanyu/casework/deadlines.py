"""The frame of every fold: the nodes on the bus, and due times from the rule table of `domain` (domain 9)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time

from chuanyu.casework.steps import Deadline, Frame
from chuanyu.domain import clock_rules, clocks
from chuanyu.domain.calendar import STATE, Calendar
from chuanyu.domain.clock_rules import Rule
from chuanyu.domain.dates import SHANGHAI, day_of, from_millis, to_millis


def frame(provinces: Mapping[str, str]) -> Frame:
    """The frame of a bus. provinces: word of a node → first two digits of its divisions, the same at every node."""
    return Frame(provinces, starts, deadline)


def starts(rule_id: str) -> str:
    """Where the clock of a rule starts; the same in all its versions. An unknown id is a KeyError."""
    return clock_rules.rules()[rule_id][0].starts


def deadline(rule_id: str, trigger: int, *, nth: int = 1, extended: bool = False) -> Deadline | None:
    """The due time from a trigger, both ms, by the version in force on the trigger's day; None when none was.

    nth: of a repeating rule · extended: by the one extension that the rule may know, counted on from the due time without it
    """
    instant = from_millis(trigger)
    rule = clock_rules.rule_in_force(rule_id, day_of(instant))
    if rule is None:
        return None
    found = _counted(rule, instant, nth, extended, STATE)
    before = _told_before(rule, instant, nth, extended)
    if before is None or before.due == found.due:
        return Deadline(rule.version, to_millis(found.due), found.certain)
    found = clocks.recomputed(before, found, datetime.combine(max(STATE.noticed.values()), time(tzinfo=SHANGHAI)))
    return Deadline(rule.version, to_millis(found.due), found.certain, to_millis(before.due))


def _counted(rule: Rule, instant: datetime, nth: int, extended: bool, calendar: Calendar) -> clocks.Deadline:
    found = clocks.due(rule, instant, nth=nth, calendar=calendar)
    return (clocks.extended(found, calendar=calendar) if extended else None) or found


def _told_before(rule: Rule, instant: datetime, nth: int, extended: bool) -> clocks.Deadline | None:
    """The deadline as it was counted until a year was published after the trigger; that makes nobody late after the fact (rule 6)."""
    day = day_of(instant)
    later = any(noticed > day for noticed in STATE.noticed.values())
    return _counted(rule, instant, nth, extended, STATE.as_of(day)) if later else None
