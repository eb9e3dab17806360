"""What is owed after each change, with a family of three invented duties."""

from msgspec.structs import replace

from chuanyu.casework.case import Case, Obligation, Obliged
from chuanyu.casework.deadlines import deadline, frame, starts
from chuanyu.casework.fold import fold
from chuanyu.casework.steps import Change, Duty, Frame, Steps
from chuanyu.contracts.common import CaseHead
from chuanyu.contracts.credit import SanctionImposed, SanctionLifted
from kit.cases import NOON, PROVINCES, SANCTION, YIBIN, Talk, corrects, lifting, sanction, withdrawn

DAY = 86_400_000
FRAME = frame(PROVINCES)


def family(*lists: tuple[Duty, ...]) -> Steps:
    """Each version of the sanction owes the next of these lists; an addition answers whatever is open."""
    return Steps(
        "credit",
        openings={SanctionImposed: lambda case, fact: Change(owed=lists[len(case.versions) - 1])},
        additions={SanctionLifted: lambda case, fact: Change(met=tuple(each.id for each in case.obligations if each.open))},
    )


def told(*lists: tuple[Duty, ...], answered: bool = False, taken_back: bool = False, under: Frame = FRAME) -> Case:
    talk = Talk()
    talk.say("sichuan", sanction(), "v1", later=DAY)
    if answered:
        talk.say("sichuan", lifting(), "answer", later=DAY)
    for number in range(2, len(lists) + 1):
        talk.say("sichuan", corrects(sanction(), f"v{number - 1}"), f"v{number}", later=DAY)
    if taken_back:
        talk.say("sichuan", withdrawn("answer", case=SANCTION), later=DAY)
    return fold(family(*lists), under, talk.facts)


def only(case: Case) -> Obligation:
    (found,) = case.obligations
    return found


def test_a_trigger_that_a_correction_moves_moves_the_due_time_and_the_old_one_stays_in_the_history() -> None:
    case = told((Duty("alert_submission", YIBIN, trigger=NOON),), (Duty("alert_submission", YIBIN, trigger=NOON + DAY),))
    assert (only(case).due, only(case).earlier, only(case).open) == (NOON + 3 * DAY, (NOON + 2 * DAY,), True)


def test_a_duty_that_another_rule_replaces_is_superseded_and_one_without_successor_cancelled() -> None:
    case = told((Duty("recall_food_start_level2", YIBIN), Duty("alert_submission", "500103")), (Duty("recall_food_start_level1", YIBIN),))
    assert {each.rule: each.state for each in case.obligations} == {
        "recall_food_start_level2": Obliged.SUPERSEDED,
        "alert_submission": Obliged.CANCELLED,
        "recall_food_start_level1": Obliged.OPEN,
    }


def test_met_stays_met_when_a_correction_owes_it_again() -> None:
    duty = (Duty("alert_submission", YIBIN),)
    assert only(told(duty, duty, answered=True)).state is Obliged.MET
    assert only(told(duty, (), answered=True)).state is Obliged.MET


def test_a_withdrawn_answer_leaves_the_duty_open_as_if_it_had_not_been_given() -> None:
    assert only(told((Duty("alert_submission", YIBIN),), answered=True, taken_back=True)).state is Obliged.OPEN


def test_an_answer_is_dated_by_its_acceptance_and_a_back_filled_one_by_its_time() -> None:
    assert only(told((Duty("alert_submission", YIBIN),), answered=True)).settled == NOON + 2 * DAY
    talk = Talk()
    talk.say("sichuan", sanction(), "v1")
    head = CaseHead(case_id=SANCTION, backfilled=True, backfill_reason="系统故障")
    talk.say("sichuan", replace(lifting(), head=head), time=NOON + 5, later=9 * DAY)
    assert only(fold(family((Duty("alert_submission", YIBIN),)), FRAME, talk.facts)).settled == NOON + 5


def test_a_trigger_before_every_version_of_its_rule_opens_without_due_and_says_so() -> None:
    nothing_in_force = Frame(PROVINCES, starts, lambda *_, **__: None)
    case = told((Duty("alert_submission", YIBIN),), under=nothing_in_force)
    assert (only(case).due, [each.code for each in case.remarks]) == (None, ["rule_not_in_force"])


def test_a_duty_of_an_authority_beyond_the_bus_has_no_delivery_and_no_clock() -> None:
    assert only(told((Duty("sanction_measure_apply", "430100"),))).node is None


def test_due_times_come_from_the_rule_table() -> None:
    found = deadline("spotcheck_retest_application", 1_790_665_200_000)  # 2026-09-29 15:00 in Shanghai
    assert found is not None
    assert (found.due, found.version, found.certain) == (1_791_993_599_000, 1, True)  # 2026-10-14 23:59:59
