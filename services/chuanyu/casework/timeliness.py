"""How an obligation stands against its clock at an instant. Pure; sources: domain 9 counting rules, D10, D25."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from chuanyu.casework import lapses
from chuanyu.casework.case import Obligation, Obliged
from chuanyu.domain import clock_rules, clocks
from chuanyu.domain.clock_rules import Rule
from chuanyu.domain.clocks import Deadline
from chuanyu.domain.dates import from_millis


class Timeliness(StrEnum):
    """Ended ones, superseded, cancelled or closed unanswered, have none."""

    NOT_STARTED = "NOT_STARTED"  # its clock does not run yet
    RUNNING = "RUNNING"
    DUE_UNCONFIRMED = "DUE_UNCONFIRMED"  # past due; the node of the authority has not said so yet
    OVERDUE = "OVERDUE"  # past due, and that node has said so
    IN_TIME = "IN_TIME"  # answered up to its due time
    LATE = "LATE"  # answered after it
    WARNED = "WARNED"  # running, and a warning of it has come


def rule_of(obligation: Obligation) -> Rule:
    """The version of the rule that it follows; while no clock runs, the newest."""
    versions = clock_rules.rules()[obligation.rule]
    return next((rule for rule in versions if rule.version == obligation.version), versions[-1])


def deadline_of(obligation: Obligation) -> Deadline | None:
    """Its deadline as it was counted, with the due time that holds; None until the clock runs or where no rule was in force."""
    if obligation.starts is None or obligation.due is None:
        return None
    counted = clocks.due(rule_of(obligation), from_millis(obligation.starts), nth=obligation.nth)
    counted = (clocks.extended(counted) if obligation.extended else None) or counted
    return replace(counted, due=from_millis(obligation.due).astimezone(counted.due.tzinfo), certain=obligation.certain)


def timeliness(obligation: Obligation, now: int) -> Timeliness | None:
    """How it stands. now: ms."""
    if obligation.state not in (Obliged.OPEN, Obliged.MET):
        return None
    if obligation.due is None:
        return Timeliness.IN_TIME if obligation.state is Obliged.MET else Timeliness.NOT_STARTED
    late = late_ms(obligation, now) is not None
    if obligation.state is Obliged.MET:
        return Timeliness.LATE if late else Timeliness.IN_TIME
    if not late:
        return Timeliness.WARNED if lapses.warned(obligation, now) else Timeliness.RUNNING
    return Timeliness.OVERDUE if obligation.level else Timeliness.DUE_UNCONFIRMED


def late_ms(obligation: Obligation, now: int) -> int | None:
    """How long after its due time it was answered, or has been open until now (ms); None when it is not late. Only a duty is ever late."""
    deadline = deadline_of(obligation)
    if deadline is None or obligation.due is None or deadline.rule.kind != "duty" or obligation.state not in (Obliged.OPEN, Obliged.MET):
        return None
    at = now if obligation.settled is None else obligation.settled
    return None if deadline.in_time(from_millis(at)) else at - obligation.due


DUTIES = tuple(rule_id for rule_id, versions in clock_rules.rules().items() if versions[-1].kind == "duty")
"""Ids of the rules whose obligations can be late."""

HOUR_DUTIES = tuple(rule_id for rule_id in DUTIES if clock_rules.rules()[rule_id][-1].unit == "hour")
"""Those that lapse at the very instant; the others with the end of the second that is shown."""
