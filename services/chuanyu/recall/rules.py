"""What follows from a recall notice (召回通知). Pure; source: domain 5."""

from __future__ import annotations

from chuanyu.casework.case import Flag, Standing
from chuanyu.casework.steps import Change
from chuanyu.contracts.common import AddresseeRole
from chuanyu.contracts.recall import NoticeIssued


def issued(notice: NoticeIssued, standing: Standing) -> Change:
    """What a notice, or its correction, does to its case: whom it names and where the goods went must act, until the recall is over."""
    named = {each.division: Flag(each.division, each.role.value) for each in notice.head.flagged}
    consignees = {code: Flag(code, AddresseeRole.CONSIGNEE.value) for code in notice.consignee_divisions}
    return Change(
        stage=notice.status.value,
        alive=standing is Standing.STANDS,
        flagged=tuple((consignees | named).values()),
        attention=tuple(notice.head.attention),
    )
