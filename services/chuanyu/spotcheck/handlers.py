"""What the spotcheck service does with each event of its family."""

from __future__ import annotations

from collections.abc import Mapping

from chuanyu.casework.case import Case, Confirmation, Fact
from chuanyu.casework.service import FamilyService
from chuanyu.casework.steps import Change, Steps
from chuanyu.contracts.spotcheck import PlanPublished, ResultReported, Verdict
from chuanyu.domain.dates import day_of, from_millis
from chuanyu.spotcheck import rules


def service(provinces: Mapping[str, str]) -> FamilyService:
    """The spotcheck service of a bus. provinces: word of a node → first two digits of its divisions."""
    return FamilyService(steps(provinces), provinces)


def steps(provinces: Mapping[str, str]) -> Steps:
    """The table: a plan and a result open their cases, a delivery answers the notice over the border."""

    def on_plan_published(case: Case, fact: Fact) -> Change:
        return rules.planned(fact.event)

    def on_result_reported(case: Case, fact: Fact) -> Change:
        if fact.event.verdict is Verdict.PASSED:
            return rules.PASSED
        return rules.reported(fact.event, fact.province, provinces, day_of(from_millis(fact.recordedtime)))

    def on_delivered(case: Case, fact: Fact, confirmation: Confirmation) -> Change:
        return Change(met=rules.noticed(case, confirmation, provinces))

    return Steps("spotcheck", openings={PlanPublished: on_plan_published, ResultReported: on_result_reported}, delivered=on_delivered)
