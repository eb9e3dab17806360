"""Every event that may come in a spot check's case is kept in it, whenever it comes and whether or not a step reads it yet."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from chuanyu.casework import deadlines
from chuanyu.casework.case import Standing
from chuanyu.casework.fold import extend, fold
from chuanyu.contracts.case import CaseReopened, Reclassified
from chuanyu.contracts.spotcheck import PlanPublished, ResultReported
from chuanyu.spotcheck.handlers import steps
from kit.cases import CASE, PROVINCES, Talk, facts, result
from kit.mutations import sound

STEPS, FRAME = steps(PROVINCES), deadlines.frame(PROVINCES)
NAMING = ("Withdrawn", "ReceiptIssued")  # what refers to another event has tests of its own


def standing_alone(event: Any) -> Any:
    """Of the case of the sample, correcting nothing."""
    return replace(event, head=replace(event.head, case_id=CASE, correction_of=None))


ADDITIONS = [
    standing_alone(each)
    for each in sound({"spotcheck", "case"})
    if not isinstance(each, ResultReported | PlanPublished) and type(each).__name__ not in NAMING
]


@pytest.mark.parametrize("event", ADDITIONS, ids=lambda event: type(event).__name__)
def test_d12_what_comes_before_its_result_waits_and_then_counts(event: Any) -> None:
    talk = Talk()
    added, opened = facts([talk.say("sichuan", event, "added"), talk.say("chongqing", result(), "it")])
    alone = fold(STEPS, FRAME, [added])
    assert (alone.standing, len(alone.waiting)) == (Standing.AWAITED, 1)
    both = fold(STEPS, FRAME, [added, opened])
    assert both.standing is not Standing.AWAITED and both.waiting == () and added.id in both.known


@pytest.mark.parametrize("event", ADDITIONS, ids=lambda event: type(event).__name__)
def test_d8_in_order_it_is_the_fast_path_of_the_same_fold(event: Any) -> None:
    talk = Talk()
    opened, added = facts([talk.say("chongqing", result(), "it"), talk.say("sichuan", event, "added")])
    asks_anew = isinstance(event, Reclassified | CaseReopened)  # the standing version is read again, so the whole is folded
    assert extend(STEPS, FRAME, fold(STEPS, FRAME, [opened]), [added]) == (None if asks_anew else fold(STEPS, FRAME, [opened, added]))


def test_a_plan_opens_its_case_and_addresses_its_regions() -> None:
    plan = next(each for each in sound({"spotcheck"}) if isinstance(each, PlanPublished) and each.regions)
    plan = replace(plan, head=replace(plan.head, correction_of=None))
    case = fold(STEPS, FRAME, facts([Talk().say("sichuan", plan, "plan")]))
    assert (case.standing, case.stage) == (Standing.STANDS, "PLANNED")
    assert [each.division for each in case.flagged] == [region.division for region in plan.regions]
    assert case.obligations == ()
