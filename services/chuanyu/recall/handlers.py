"""What the recall service does with each event of its family."""

from __future__ import annotations

from collections.abc import Mapping

from chuanyu.casework.case import Case, Fact
from chuanyu.casework.service import FamilyService
from chuanyu.casework.steps import Change, Steps
from chuanyu.contracts.recall import NoticeIssued
from chuanyu.recall import rules


def service(provinces: Mapping[str, str]) -> FamilyService:
    """The recall service of a bus. provinces: word of a node → first two digits of its divisions."""
    return FamilyService(STEPS, provinces)


def on_notice_issued(case: Case, fact: Fact) -> Change:
    """A notice opens its case; a planned recall becomes a real one by correction (domain 5.3)."""
    return rules.issued(fact.event, case.standing)


STEPS = Steps("recall", openings={NoticeIssued: on_notice_issued}, follow_ups=frozenset({rules.FOLLOW_UP}))
