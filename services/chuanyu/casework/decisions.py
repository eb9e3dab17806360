"""What a node says because time has passed, as events whose ids follow from their cause (D9, D10)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chuanyu.casework import coming, lapses, queries
from chuanyu.casework import endings as end
from chuanyu.casework.case import Case, Fact, Obligation
from chuanyu.contracts.case import CaseClosed, ClosingBasis, ObligationOverdue
from chuanyu.contracts.common import Addressee, AddresseeRole, Authority, CaseHead, LegalBasis, NoticeClass
from chuanyu.kernel.bus.says import decision_id, node_source
from chuanyu.kernel.codec import Draft, draft
from chuanyu.kernel.store import Connection


@dataclass(frozen=True, slots=True)
class Decision:
    """Something whose time has come. at: the first instant at which it may be said, ms · said: recordedtime, ms → the event"""

    at: int
    said: Callable[[int], Draft]


Pending = Callable[[Connection, int], Sequence[Decision]]
"""Looks what is to be said by an instant (ms), the earliest first."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a family's facts end by themselves.

    rule, version: part of the decision's id · says: (case id, the fact, its end in ms) → event
    """

    rule: str
    version: int
    says: Callable[[str, Any, int], Any]


def endings(ending: Ending, family: str, province: str) -> Pending:
    """The facts of a family that have ended by themselves, in cases that are at home in the province."""

    def pending(connection: Connection, now: int) -> list[Decision]:
        found = coming.ended(connection, province, family, now)
        facts = queries.history(connection, [case_id for case_id, _, _ in found])
        return [_ended(ending, province, case_id, ends, case, facts[case_id]) for case_id, ends, case in found]

    return pending


def overdue(family: str, province: str, topics: Sequence[str]) -> Pending:
    """The obligations of a family that have lapsed, or are to be pressed one level higher, where the province's node decides it (D10).

    topics: of the family, every province's
    """

    def pending(connection: Connection, now: int) -> list[Decision]:
        found = coming.lapsed(connection, province, family, topics, now)
        return [Decision(at, pressing(province, case_id, obligation, at)) for case_id, at, obligation in found]

    return pending


def silences(family: str, province: str, digits: str, topics: Sequence[str]) -> Pending:
    """The cases of a family at home in the province in which nobody answered for so long that they are over (domain 7.5).

    digits: the first two of the province's divisions · topics: of the family, every province's
    """

    def pending(connection: Connection, now: int) -> list[Decision]:
        found = coming.silent(connection, province, family, topics, now)
        return [Decision(at, _closing(province, digits, case_id, case, at)) for case_id, at, case in found]

    return pending


def _closing(province: str, digits: str, case_id: str, case: Case, at: int) -> Callable[[int], Draft]:
    """That nobody answered. The instant is part of the cause: a word that came in the meantime puts it off, and it may be said again."""
    asked = end.unanswered(case)
    assert asked is not None
    cause = UUID(bytes=asked.cause)
    event = CaseClosed(
        head=CaseHead(case_id=case_id, notice_class=NoticeClass.FOLLOW_UP),
        basis=ClosingBasis.SILENCE,
        authority=Authority(division=f"{digits}0000"),
        about=str(cause),
    )
    id = decision_id("closed", end.SILENCE, 1, f"{cause}:{at}", province, 0)
    return lambda now: _draft(event, id, province, case_id, cause, at, now)


def _ended(ending: Ending, province: str, case_id: str, ends: int, case: Case, facts: Sequence[Fact]) -> Decision:
    cause = UUID(bytes=case.versions[-1])
    fact = next(fact.event for fact in facts if fact.id == case.versions[-1])
    id = decision_id(ending.rule, ending.rule, ending.version, cause, province, 0)
    return Decision(ends, lambda now: _draft(ending.says(case_id, fact, ends), id, province, case_id, cause, ends, now))


def pressing(province: str, case_id: str, obligation: Obligation, at: int) -> Callable[[int], Draft]:
    """That it is overdue, to the next level above. Its due time is part of the cause: one that moved may lapse again."""
    level, lapsed = obligation.level + 1, f"{UUID(bytes=obligation.id)}:{obligation.due}"
    id = decision_id("overdue", obligation.rule, obligation.version, lapsed, obligation.authority, level)
    event = _overdue(case_id, obligation, level)
    return lambda now: _draft(event, id, province, case_id, UUID(bytes=obligation.cause), at, now)


def _overdue(case_id: str, obligation: Obligation, level: int) -> ObligationOverdue:
    basis = LegalBasis(rule_id=obligation.rule, version=obligation.version)
    upper = lapses.pressed_by(obligation, level)
    assert obligation.due is not None
    return ObligationOverdue(
        head=CaseHead(
            case_id=case_id,
            notice_class=NoticeClass.FOLLOW_UP,
            flagged=(Addressee(division=upper, role=AddresseeRole.SUPERIOR),) if upper else (),
            legal_basis=(basis,),
        ),
        obligation_id=str(UUID(bytes=obligation.id)),
        rule=basis,
        authority=Authority(division=obligation.authority),
        due_at=obligation.due,
        level=level,
        escalated_to=Authority(division=upper) if upper else None,
    )


def _draft(event: Any, id: UUID, province: str, case_id: str, cause: UUID, at: int, now: int) -> Draft:
    return draft(
        event,
        id=id,
        source=node_source(province),
        subject=case_id,
        time=at,
        recordedtime=now,
        correlationid=case_id,
        causationid=str(cause),
    )
