"""What the spotcheck service does with each event of its family."""

from __future__ import annotations

from collections.abc import Mapping

from chuanyu.casework.case import Case, Confirmation, Fact
from chuanyu.casework.service import FamilyService
from chuanyu.casework.steps import Change, Steps
from chuanyu.contracts.spotcheck import DisposalUpdated, ObjectionRaised, ObjectionResolved, PlanPublished, ResultReported, Verdict
from chuanyu.spotcheck import disposals, objections, rules
from chuanyu.spotcheck.standing import TAKEN_BACK


def service(provinces: Mapping[str, str]) -> FamilyService:
    """The spotcheck service of a bus. provinces: word of a node → first two digits of its divisions."""
    return FamilyService(steps(provinces), provinces)


def steps(provinces: Mapping[str, str]) -> Steps:
    """The table: plans and results open cases, objections and disposals go on with them, a delivery answers the notice."""

    def on_plan_published(case: Case, fact: Fact) -> Change:
        return rules.planned(fact.event)

    def on_result_reported(case: Case, fact: Fact) -> Change:
        if fact.event.verdict is Verdict.PASSED:
            return rules.passed(case, fact.event)
        return rules.reported(case, fact, provinces)

    def on_delivered(case: Case, fact: Fact, confirmation: Confirmation) -> Change:
        return Change(met=rules.noticed(case, confirmation, provinces))

    return Steps(
        "spotcheck",
        openings={PlanPublished: on_plan_published, ResultReported: on_result_reported},
        additions={
            DisposalUpdated: disposals.updated,
            ObjectionRaised: objections.raised,
            ObjectionResolved: objections.resolved,
        },
        delivered=on_delivered,
        taken_back=TAKEN_BACK,
    )
