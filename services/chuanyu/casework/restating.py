"""What the standing fact asks once its class or level is another, or its ended case is opened again (domain 7.3, 9 rule 12). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace as with_
from operator import gt
from typing import Any

from msgspec.structs import replace

from chuanyu.casework import obligations
from chuanyu.casework.acts import above, addressed
from chuanyu.casework.case import Case, Fact, Progress, Remark, Standing
from chuanyu.casework.steps import NOTHING, Change, Duty, Frame, Steps
from chuanyu.contracts.case import Reclassified

_CLASSES = {"ALERT": 3, "FOLLOW_UP": 2, "ATTENTION": 1}
_LEVELS = {"LEVEL_1": 3, "LEVEL_2": 2, "LEVEL_3": 1}


def as_classed(case: Case, fact: Fact) -> Fact:
    """A version of what opened the case, with the class and level that the case was given."""
    event = fact.event
    if case.notice_class:
        event = replace(event, head=replace(event.head, notice_class=type(event.head.notice_class)(case.notice_class)))
    if case.level and hasattr(event, "level"):
        event = replace(event, level=type(event.level)(case.level))
    return fact if event is fact.event else with_(fact, event=event)


def restated(steps: Steps, frame: Frame, facts: Mapping[bytes, Fact], case: Case, fact: Fact) -> tuple[Case, Change]:
    """The case after a reclassification or a reopening, and whom it addresses. facts: events in effect, by id.

    Where it has no effect a remark says why.
    """
    if objection := _objection(frame, case, fact):
        return replace(case, remarks=obligations.remarked(case, [Remark(fact.id, objection)])), NOTHING
    turn = _reclassified if isinstance(fact.event, Reclassified) else _reopened
    return turn(steps, frame, case, fact, facts[case.versions[-1]]), Change(flagged=case.flagged)


def _objection(frame: Frame, case: Case, fact: Fact) -> str | None:
    if case.standing is not Standing.STANDS or not case.versions:
        return "nothing_stands"
    if isinstance(fact.event, Reclassified):
        return None if above(frame, case, fact) else "issuer_or_above_alone"
    if not addressed(frame, case, fact):
        return "not_addressed"
    return "not_closed" if case.open else None


def _reclassified(steps: Steps, frame: Frame, case: Case, fact: Fact, version: Fact) -> Case:
    before, said = as_classed(case, version).event, fact.event
    after = replace(case, notice_class=_word(said.notice_class) or case.notice_class, level=_word(said.level) or case.level)
    now = as_classed(after, version).event
    if after.closed:
        return after
    old, new = (_asked(steps, case, fact, version, event) for event in (before, now))
    return obligations.reclassify(
        frame, after, _now(fact, version, now), _owed(old), _owed(new), rose=any(map(gt, _rank(now), _rank(before)))
    )


def _reopened(steps: Steps, frame: Frame, case: Case, fact: Fact, version: Fact) -> Case:
    event = as_classed(case, version).event
    parts = tuple(Progress(each.part, each.authority, served_on=each.served_on, released=each.released) for each in case.parts)
    case = replace(case, closed=None, parts=parts)
    asked = _asked(steps, case, fact, version, event)
    case = replace(case, alive=bool(asked.alive), stage=case.stage if asked.stage is None else asked.stage)
    return obligations.reopen(frame, case, _now(fact, version, event), _owed(asked))


def _asked(steps: Steps, case: Case, fact: Fact, version: Fact, event: Any) -> Change:
    return steps.openings[type(event)](case, _now(fact, version, event))


def _now(fact: Fact, version: Fact, event: Any) -> Fact:
    """What opened the case, as if its issuer said it now."""
    return Fact(version.order, fact.id, version.source, fact.time, fact.recordedtime, event)


def _owed(change: Change) -> tuple[Duty, ...]:
    return (*(change.owed or ()), *change.also_owed)


def _word(symbol: Any) -> str:
    return "" if symbol in (None, "UNKNOWN") else str(symbol.value)


def _rank(event: Any) -> tuple[int, int]:
    return _CLASSES.get(event.head.notice_class, 0), _LEVELS.get(getattr(event, "level", ""), 0)
