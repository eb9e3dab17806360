"""The frame of every fold: the nodes on the bus, and due times from the rule table of `domain` (domain 9)."""

from __future__ import annotations

from collections.abc import Mapping

from chuanyu.casework.steps import Deadline, Frame
from chuanyu.domain import clock_rules, clocks
from chuanyu.domain.dates import day_of, from_millis, to_millis


def frame(provinces: Mapping[str, str]) -> Frame:
    """The frame of a bus. provinces: word of a node → first two digits of its divisions, the same at every node."""
    return Frame(provinces, starts, deadline)


def starts(rule_id: str) -> str:
    """Where the clock of a rule starts; the same in all its versions. An unknown id is a KeyError."""
    return clock_rules.rules()[rule_id][0].starts


def deadline(rule_id: str, trigger: int) -> Deadline | None:
    """The due time from a trigger, both ms, by the version in force on the trigger's day; None when none was."""
    instant = from_millis(trigger)
    rule = clock_rules.rule_in_force(rule_id, day_of(instant))
    if rule is None:
        return None
    found = clocks.due(rule, instant)
    return Deadline(rule.version, to_millis(found.due), found.certain)
