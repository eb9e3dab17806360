"""Who must confirm an event, and what came back. *Delivered* is said by a node itself: its id follows from the cause (D9, D11)."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from msgspec.structs import replace

from chuanyu.casework.case import Case, Confirmation, Fact, Receipt
from chuanyu.casework.steps import Frame
from chuanyu.contracts.case import ReceiptIssued
from chuanyu.contracts.common import Authority, CaseHead, NoticeClass, ReceiptKind
from chuanyu.kernel.bus.says import decision_id, node_source
from chuanyu.kernel.codec import Draft, draft

_VERSION = 1  # part of every receipt's id: raised, a rebuild would confirm all history once more


def asked(frame: Frame, fact: Fact, flagged: Iterable[str], *, undoes: bool) -> list[Confirmation]:
    """The nodes that must say that fact arrived: all others when it undoes something, else those of the flagged over the border (D11)."""
    others = frame.others(fact.province)
    addressed = set(map(frame.node, flagged))
    return [Confirmation(fact.id, Receipt.DELIVERED, node, fact.recordedtime) for node in others if undoes or node in addressed]


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
            given = replace(given, asked=each.asked)
            return replace(case, confirmations=(*case.confirmations[:place], given, *case.confirmations[place + 1 :])), given
    return replace(case, confirmations=(*case.confirmations, given)), given


def delivered(case_id: str, confirmation: Confirmation, digits: str, now: int) -> Draft:
    """The *delivered* receipt of a node for an event that took effect there. digits: of its province · now: ms, the delivered instant."""
    event, node = UUID(bytes=confirmation.event), confirmation.by
    return draft(
        ReceiptIssued(
            head=CaseHead(case_id=case_id, notice_class=NoticeClass.ROUTINE),
            kind=ReceiptKind.DELIVERED,
            event_id=str(event),
            authority=Authority(division=f"{digits}0000"),
        ),
        id=decision_id("delivered", "receipt", _VERSION, event, node, 0),
        source=node_source(node),
        subject=case_id,
        time=now,
        recordedtime=now,
        correlationid=case_id,
        causationid=str(event),
    )


def newly_asked(before: Case, after: Case, province: str) -> list[Confirmation]:
    """What the node of province has to confirm now and had not before."""
    known = {(each.event, each.kind) for each in before.confirmations if each.by == province}
    return [each for each in after.confirmations if each.by == province and each.at is None and (each.event, each.kind) not in known]
