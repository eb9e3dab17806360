"""What may be said in a case of every family (domain 7.3, 7.5), where the family has no step of its own for it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from chuanyu.casework.case import Case, Fact, Obliged
from chuanyu.casework.steps import Change, Frame, Steps
from chuanyu.contracts.case import CaseClosed, ClosingBasis, FollowUpAdded
from chuanyu.contracts.common import ActionOutcome, Part
from chuanyu.domain.divisions import successor

Act = Callable[[Steps, Frame, Case, Fact], Change]

_ANSWERS = frozenset({ActionOutcome.NOT_FOUND, ActionOutcome.MEASURE_TAKEN})
"""What answers a duty: 已核查未发现, 已发现已处置. The others leave it open (domain 5.3)."""


def followed_up(steps: Steps, frame: Frame, case: Case, fact: Fact) -> Change:
    """Facts are added, what was said stays. It may answer what the authority owes, and extend its own time once (domain 9 rule 11)."""
    said: FollowUpAdded = fact.event
    if not addressed(frame, case, fact):
        return Change(remarks=("not_addressed",))
    if said.outcome is ActionOutcome.NO_MEASURE and not said.reason:
        return Change(remarks=("reason_missing",))
    extends = (UUID(said.extends).bytes,) if said.extends else ()
    if any(each.id in extends and successor(each.authority) != successor(said.authority.division) for each in case.obligations):
        return Change(remarks=("not_the_ower",))
    return Change(met=_answered(steps, case, said), extends=extends)


def closed(steps: Steps, frame: Frame, case: Case, fact: Fact) -> Change:
    """The issuer or the level above ends it; the home's node does where nobody answered, and nobody did in the meantime (D10)."""
    said: CaseClosed = fact.event
    if case.closed:
        return Change(remarks=("closed_before",))
    if said.basis is not ClosingBasis.SILENCE:
        return Change(closes=Obliged.CANCELLED) if above(frame, case, fact) else Change(remarks=("issuer_or_above_alone",))
    if fact.province != said.head.case_id.partition("/")[0]:
        return Change(remarks=("not_the_decider",))
    in_time = case.silent is None or fact.time < case.silent
    return Change(remarks=("answered_in_time",)) if in_time else Change(closes=Obliged.UNANSWERED)


def addressed(frame: Frame, case: Case, fact: Fact) -> bool:
    """Whether an authority speaks that the case concerns, or who opened it (domain 7.2)."""
    division = fact.event.authority.division
    return frame.node(division) == fact.province and (fact.source == case.issuer or successor(division) in map(successor, case.concerns))


def above(frame: Frame, case: Case, fact: Fact) -> bool:
    """Whether who opened the case speaks, or a provincial authority."""
    division = fact.event.authority.division
    return frame.node(division) == fact.province and (fact.source == case.issuer or division.endswith("0000"))


def _answered(steps: Steps, case: Case, said: FollowUpAdded) -> tuple[bytes, ...]:
    """What the authority owes and this outcome answers: all of it, or what it names by part and event."""
    if said.outcome not in _ANSWERS:
        return ()
    about = UUID(said.about).bytes if said.about else None
    by = successor(said.authority.division)
    owed = (each for each in case.obligations if each.open and each.rule in steps.follow_ups and successor(each.authority) == by)
    named = (each for each in owed if said.part in (Part.UNKNOWN, each.part) or not each.part)
    return tuple(each.id for each in named if about is None or about in case.since(each.cause))


ACTS: Mapping[type, Act] = {FollowUpAdded: followed_up, CaseClosed: closed}
