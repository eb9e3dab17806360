"""What follows from a recall notice (召回通知). Pure; source: domain 5.2, 5.3, 7.1, 7.2."""

from __future__ import annotations

from chuanyu.casework.case import Flag, Standing
from chuanyu.casework.steps import Change, Duty
from chuanyu.contracts.common import AddresseeRole, NoticeClass
from chuanyu.contracts.recall import NoticeIssued

FOLLOW_UP = "recall_consignee_follow_up"


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
