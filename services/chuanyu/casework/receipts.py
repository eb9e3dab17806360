"""Who must confirm an event, and what came back. *Delivered* is said by a node itself: its id follows from the cause (D9, D11)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from msgspec.structs import replace

from chuanyu.casework.case import Case, Confirmation, Fact, Receipt
from chuanyu.casework.steps import Frame
from chuanyu.contracts.case import ReceiptIssued
from chuanyu.contracts.common import ActionOutcome, Authority, CaseHead, NoticeClass, ReceiptKind
from chuanyu.domain import clock_rules
from chuanyu.kernel.bus.says import decision_id, node_source
from chuanyu.kernel.codec import Draft, draft

_ASKING = frozenset(id for id, versions in clock_rules.rules().items() if versions[-1].to_do == "processed receipt")
_VERSION = 1  # part of every receipt's id: raised, a rebuild would confirm all history once more


def asked(frame: Frame, fact: Fact, flagged: Sequence[str], told: Iterable[str], *, undoes: bool) -> list[Confirmation]:
    """Who must confirm fact. told: divisions that got what it undoes.

    *Delivered*: all other nodes when it undoes something, else those of the flagged over the border (D11). *Processed*: the flagged, and
    all who were told where it undoes something, as far as the bus reaches them.
    """
    others = frame.others(fact.province)
    addressed = set(map(frame.node, flagged))
    nodes = [Confirmation(fact.id, Receipt.DELIVERED, node, fact.recordedtime) for node in others if undoes or node in addressed]
    acting = [each for each in dict.fromkeys((*flagged, *told)) if frame.node(each)]
    return nodes + [Confirmation(fact.id, Receipt.PROCESSED, each, fact.recordedtime, undoing=undoes) for each in acting]


def confirm(case: Case, fact: Fact) -> tuple[Case, Confirmation | None]:
    """The case with a receipt in it, and the confirmation that it completes; None when it says nothing new: the first one counts."""
    receipt: ReceiptIssued = fact.event
    event, kind = UUID(receipt.event_id).bytes, Receipt(receipt.kind)
    by = fact.province if kind is Receipt.DELIVERED else receipt.authority.division
    given = Confirmation(event, kind, by, fact.recordedtime, fact.time, fact.id)
    for place, each in enumerate(case.confirmations):
        if (each.event, each.kind, each.by) == (event, kind, by):
            if each.at is not None:
                return case, None
            given = replace(given, asked=each.asked, undoing=each.undoing)
            return replace(case, confirmations=(*case.confirmations[:place], given, *case.confirmations[place + 1 :])), given
    return replace(case, confirmations=(*case.confirmations, given)), given


def from_receiver(frame: Frame, fact: Fact) -> bool:
    """Whether a receipt was said where it can be known: that somebody acted, at the node of that authority."""
    receipt: ReceiptIssued = fact.event
    return receipt.kind is not ReceiptKind.PROCESSED or frame.node(receipt.authority.division) == fact.province


def answered(case: Case, given: Confirmation, outcome: ActionOutcome | None) -> tuple[bytes, ...]:
    """The obligations that ask for this *processed* receipt and nothing else; one with the outcome OTHER answers none."""
    if outcome is ActionOutcome.OTHER:
        return ()
    asking = (each for each in case.obligations if each.open and each.rule in _ASKING and each.authority == given.by)
    return tuple(each.id for each in asking if given.event in case.since(each.cause))


def delivered(case_id: str, confirmation: Confirmation, digits: str, now: int) -> Draft:
    """The *delivered* receipt of a node for an event that took effect there. digits: of its province · now: ms, the delivered instant."""
    said = ReceiptIssued(
        head=_head(case_id),
        kind=ReceiptKind.DELIVERED,
        event_id=str(UUID(bytes=confirmation.event)),
        authority=Authority(division=f"{digits}0000"),
    )
    return _draft(said, confirmation.by, confirmation.by, now)


@dataclass(frozen=True, slots=True)
class Processed:
    """That a member has acted on an event. division: for which it acted · name, member_id: of the member · note: empty for none"""

    case_id: str
    event: UUID
    division: str
    name: str
    member_id: str
    outcome: ActionOutcome
    note: str


def processed_id(event: UUID, division: str) -> UUID:
    """Which receipt that is: the first member to act for a division says it, others say nothing new (D9)."""
    return _receipt_id(ReceiptKind.PROCESSED, str(event), division)


def processed(act: Processed, province: str, now: int) -> Draft:
    """The *processed* receipt, said by the node of the province (D11). now: ms."""
    said = ReceiptIssued(
        head=_head(act.case_id),
        kind=ReceiptKind.PROCESSED,
        event_id=str(act.event),
        authority=Authority(division=act.division, name=act.name, member_id=act.member_id),
        outcome=act.outcome,
        note=act.note or None,
    )
    return _draft(said, province, act.division, now)


def _head(case_id: str) -> CaseHead:
    return CaseHead(case_id=case_id, notice_class=NoticeClass.ROUTINE)


def _receipt_id(kind: ReceiptKind, event: str, by: str) -> UUID:
    return decision_id(kind.value.lower(), "receipt", _VERSION, event, by, 0)


def _draft(said: ReceiptIssued, province: str, by: str, now: int) -> Draft:
    return draft(
        said,
        id=_receipt_id(said.kind, said.event_id, by),
        source=node_source(province),
        subject=said.head.case_id,
        time=now,
        recordedtime=now,
        correlationid=said.head.case_id,
        causationid=said.event_id,
    )


def newly_asked(before: Case, after: Case, province: str) -> list[Confirmation]:
    """What the node of province has to confirm now and had not before."""
    known = {(each.event, each.kind) for each in before.confirmations if each.by == province}
    return [each for each in after.confirmations if each.by == province and each.at is None and (each.event, each.kind) not in known]
