"""What follows from a recall notice (召回通知) and from the answers to it. Pure; source: domain 5.2, 5.3, 7.1, 7.2."""

from __future__ import annotations

from uuid import UUID

from chuanyu.casework.case import Case, Flag, Standing
from chuanyu.casework.steps import Change, Duty
from chuanyu.contracts.case import FollowUpAdded
from chuanyu.contracts.common import ActionOutcome, AddresseeRole, NoticeClass
from chuanyu.contracts.recall import NoticeIssued

FOLLOW_UP = "recall_consignee_follow_up"
ANSWERS = frozenset({ActionOutcome.NOT_FOUND, ActionOutcome.MEASURE_TAKEN})
"""What closes a division's obligation: 已核查未发现, 已发现已处置. The others leave it open (domain 5.3)."""


def issued(notice: NoticeIssued, standing: Standing) -> Change:
    """What a notice, or its correction, does to its case: whom it names and where the goods went must act, until the recall is over.

    Who is flagged owes an answer; who is told for attention owes none. A notice that is for attention as a whole asks only whom it names
    itself: where the goods went is then told, not asked (domain 7.1).
    """
    named = {each.division: Flag(each.division, each.role.value) for each in notice.head.flagged}
    told = notice.head.notice_class is NoticeClass.ATTENTION
    consignees = {} if told else {code: Flag(code, AddresseeRole.CONSIGNEE.value) for code in notice.consignee_divisions}
    flagged = tuple((consignees | named).values())
    return Change(
        stage=notice.status.value,
        alive=standing is Standing.STANDS,
        flagged=flagged,
        attention=tuple(notice.head.attention),
        owed=tuple(Duty(FOLLOW_UP, each.division) for each in flagged) if standing is Standing.STANDS else None,
    )


def followed_up(said: FollowUpAdded, case: Case) -> Change:
    """What a division answers for itself; no rule of recalls knows an extension, which the case then remarks."""
    owed = (each for each in case.obligations if each.open and each.rule == FOLLOW_UP and each.authority == said.authority.division)
    return Change(
        met=tuple(each.id for each in owed) if said.outcome in ANSWERS else (),
        extends=() if said.extends is None else (UUID(said.extends).bytes,),
    )
