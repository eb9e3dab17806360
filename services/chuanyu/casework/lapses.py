"""When a duty warns, lapses and climbs to the level above. Pure; sources: domain 9 counting rule 10, D10, D25."""

from __future__ import annotations

from chuanyu.casework.case import Obligation, Obliged
from chuanyu.domain import clock_rules, clocks
from chuanyu.domain.clock_rules import Rule
from chuanyu.domain.dates import SHANGHAI, from_millis, to_millis
from chuanyu.domain.divisions import above


def late_from(obligation: Obligation) -> int | None:
    """The first instant (ms) at which it is late; None while no clock runs, and of what is no duty. 23:59:59 of the last day is in time."""
    if obligation.due is None:
        return None
    return obligation.due + (1 if _rule(obligation).unit == "hour" else 1000) if is_duty(obligation) else None


def is_duty(obligation: Obligation) -> bool:
    """Whether it is somebody's duty: only that is ever late."""
    return _rule(obligation).kind == "duty"


def in_time(obligation: Obligation) -> bool:
    """Whether it was answered, and not too late."""
    late = late_from(obligation)
    return obligation.state is Obliged.MET and (late is None or obligation.settled is None or obligation.settled < late)


def warnings(obligation: Obligation) -> tuple[int, ...]:
    """When it warns those who owe it: at 50 % and 80 % of the way and at 09:00 of the last working day, ms, in order of time."""
    if obligation.due is None or obligation.starts is None or not obligation.open:
        return ()
    return tuple(to_millis(reminder.at) for reminder in clocks.reminders(_deadline(obligation, obligation.starts, obligation.due)))


def warned(obligation: Obligation, now: int) -> int | None:
    """The last warning that has come, ms; None before the first. now: ms."""
    return max((at for at in warnings(obligation) if at <= now), default=None)


def repeats(obligation: Obligation) -> bool:
    """Whether it is owed again and again until its case ends."""
    return _rule(obligation).repeats


def pressed_by(obligation: Obligation, level: int) -> str | None:
    """The division that is told at a level, from 1: so many above the authority. None where nobody stands so high."""
    upper = above(obligation.authority)
    return upper[level - 1] if level <= len(upper) else None


def decides_at(obligation: Obligation) -> int | None:
    """The first instant (ms) at which it is to be said overdue, or pressed one level higher than it was; None: nothing is to be said.

    What was answered too late, or never, lapsed all the same, and that is said once. What was superseded or cancelled is owed no more.
    """
    late, level = late_from(obligation), obligation.level + 1
    if late is None or obligation.state in (Obliged.SUPERSEDED, Obliged.CANCELLED) or in_time(obligation):
        return None
    if level == 1:
        return late
    if not obligation.open or pressed_by(obligation, level) is None:
        return None
    assert obligation.starts is not None and obligation.due is not None
    climbs = clocks.escalation(_deadline(obligation, obligation.starts, obligation.due), level)
    return None if climbs is None else to_millis(climbs) + late - obligation.due


def _deadline(obligation: Obligation, starts: int, due: int) -> clocks.Deadline:
    return clocks.Deadline(_rule(obligation), from_millis(starts).astimezone(SHANGHAI), from_millis(due).astimezone(SHANGHAI))


def _rule(obligation: Obligation) -> Rule:
    versions = clock_rules.rules()[obligation.rule]
    return next((rule for rule in versions if rule.version == obligation.version), versions[-1])
