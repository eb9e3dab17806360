"""How far each part of a failed sample is (核查处置), who may say so, and what it answers (domain 4.6)."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from chuanyu.casework import deadlines
from chuanyu.casework.case import Case, Obliged, Progress, Standing
from chuanyu.casework.fold import fold
from chuanyu.contracts.common import Authority, ProductDomain
from chuanyu.contracts.spotcheck import Authenticity
from chuanyu.domain.dates import midnight
from chuanyu.spotcheck import duties
from chuanyu.spotcheck.handlers import steps
from kit.cases import (
    DAY_OF_NOON,
    HUNAN,
    NOON,
    PROVINCES,
    WANZHOU,
    YIBIN,
    YUZHONG,
    Talk,
    corrects,
    disposal,
    named,
    receipt,
    result,
    withdrawn,
)

DAY = 86_400_000
STEPS, FRAME = steps(PROVINCES), deadlines.frame(PROVINCES)
CUIPING = "511502"


def told(*events: Any, opening: Any = None) -> Case:
    """A sample from a shop in Yuzhong, made in Yibin, failed and delivered; then these, a day apart. They are called e0, e1, …"""
    talk = Talk()
    talk.say("chongqing", opening or result(), "result")
    talk.say("sichuan", receipt("result"), "receipt")
    for number, event in enumerate(events):
        talk.say("chongqing" if event.head.correction_of == "result" else "sichuan", event, f"e{number}", later=DAY)
    return fold(STEPS, FRAME, talk.facts)


def part(case: Case, name: str = "PRODUCTION") -> Progress:
    return next(each for each in case.parts if each.part == name and not each.released)


def states(case: Case, name: str = "PRODUCTION") -> list[str]:
    """Of start, control and finish, as owed by whoever owes the part."""
    owing = [each for each in case.obligations if (each.part, each.authority) == (name, part(case, name).authority)]
    return [[each.state.value for each in owing if each.rule == rule][-1] for rule in duties.DISPOSAL]


def codes(case: Case) -> list[str]:
    return [each.code for each in case.remarks]


def test_a_failed_sample_begins_with_every_part_not_started() -> None:
    assert {(each.part, each.authority, each.state) for each in told().parts} == {
        ("PRODUCTION", YIBIN, "NOT_STARTED"),
        ("CIRCULATION", YUZHONG, "NOT_STARTED"),
    }


@pytest.mark.parametrize("by", ["500112", "500157"], ids=["as it was called", "as it is called"])
def test_a_part_of_a_division_that_ended_since_is_its_successors(by: str) -> None:
    """渝北 is 两江新区 from 2026 on; what it was given in December is finished in January, and may be sent back."""
    december = 1_766_635_200_000
    talk = Talk()
    talk.say("chongqing", result(producer=None, sampled="500112"), "result", later=december - NOON)
    talk.say("chongqing", disposal("FINISHED", part="CIRCULATION", by=by), later=31 * DAY)
    case = fold(STEPS, FRAME, talk.facts)
    assert (states(case, "CIRCULATION"), codes(case), case.open) == (["MET"] * 3, [], False)
    talk.say("chongqing", disposal("SENT_BACK", part="CIRCULATION", by="500000"), later=DAY)
    assert states(fold(STEPS, FRAME, talk.facts), "CIRCULATION") == ["MET", "MET", "OPEN"]


@pytest.mark.parametrize(
    ("state", "answered"),
    [("STARTED", 1), ("CONTROLLED", 2), ("CAUSE_SOUGHT", 2), ("PENALTY", 2), ("RECHECKED", 2), ("FINISHED", 3)],
)
def test_p7_each_state_answers_the_clocks_up_to_it_in_its_own_part(state: str, answered: int) -> None:
    case = told(disposal(state))
    assert (part(case).state, codes(case)) == (state, [])
    assert states(case) == ["MET"] * answered + ["OPEN"] * (3 - answered)
    assert states(case, "CIRCULATION") == ["OPEN"] * 3


def test_a_step_is_skipped_with_a_reason_and_remarked_without() -> None:
    assert codes(told(disposal("STARTED"), disposal("CAUSE_SOUGHT", reason="产品已售完"))) == []
    case = told(disposal("STARTED"), disposal("CAUSE_SOUGHT", reason=None))
    assert (part(case).state, codes(case)) == ("CAUSE_SOUGHT", ["disposal_step_skipped"])


@pytest.mark.parametrize("lacking", ["quantities", "cause", "penalty_ref"])
def test_d12_what_is_missing_to_finish_is_remarked_and_parks_nothing(lacking: str) -> None:
    case = told(disposal("FINISHED", **{lacking: None}))
    assert (part(case).ended, codes(case)) == (True, ["disposal_incomplete"])
    assert codes(told(disposal("FINISHED", authenticity=Authenticity.UNKNOWN))) == ["disposal_incomplete"]


def test_a_county_acts_for_the_city_that_owes_and_nobody_else_does() -> None:
    assert part(told(disposal("STARTED", by=CUIPING))).state == "STARTED"
    for stranger in (WANZHOU, "510000", "510500"):
        case = told(disposal("STARTED", by=stranger))
        assert (part(case).state, codes(case)) == ("NOT_STARTED", ["disposal_not_owed"])
    assert codes(told(disposal("STARTED", part="CATERING", by=YUZHONG))) == ["disposal_not_owed"]


def test_p7_the_level_above_sends_back_one_state_while_the_clock_runs_on() -> None:
    finished = told(disposal("FINISHED"))
    due = next(each.due for each in finished.obligations if each.rule == duties.FINISH and each.authority == YIBIN)
    case = told(disposal("FINISHED"), disposal("SENT_BACK", by="510000"))
    assert (part(case).state, states(case), case.open) == ("RECHECKED", ["MET", "MET", "OPEN"], True)
    assert due in [each.due for each in case.obligations if each.rule == duties.FINISH and each.state is Obliged.OPEN]
    again = told(disposal("FINISHED"), disposal("SENT_BACK", by="510000"), disposal("FINISHED"))
    assert (part(again).state, states(again)) == ("FINISHED", ["MET"] * 3)


@pytest.mark.parametrize("by", [YIBIN, CUIPING, "500000"])
def test_only_a_level_above_sends_back(by: str) -> None:
    case = told(disposal("FINISHED"), disposal("SENT_BACK", by=by))
    assert (part(case).state, codes(case)) == ("FINISHED", ["sent_back_not_from_above"])


def test_there_is_nothing_to_send_back_before_the_start() -> None:
    assert codes(told(disposal("SENT_BACK", by="510000"))) == ["nothing_to_send_back"]


def test_an_earlier_state_that_is_told_late_moves_nothing_back() -> None:
    late = told(disposal("CONTROLLED", changed_at=NOON + 9), disposal("STARTED", changed_at=NOON + 5))
    assert (part(late).state, codes(late)) == ("CONTROLLED", [])
    later = told(disposal("CONTROLLED", changed_at=NOON + 5), disposal("STARTED", changed_at=NOON + 9))
    assert (part(later).state, codes(later)) == ("CONTROLLED", ["disposal_went_back"])


def test_a_withdrawn_report_was_never_made() -> None:
    case = told(disposal("FINISHED"), withdrawn("e0"))
    assert (part(case).state, states(case)) == ("NOT_STARTED", ["OPEN"] * 3)


def test_a_case_closes_when_every_part_is_finished_and_every_receipt_is_in() -> None:
    assert told(disposal("FINISHED")).open
    assert not told(disposal("FINISHED"), disposal("FINISHED", part="CIRCULATION", by=YUZHONG)).open


def test_of_a_result_that_does_not_stand_nothing_is_disposed() -> None:
    talk = Talk()
    talk.say("chongqing", result(), "result")
    talk.say("chongqing", withdrawn("result"))
    talk.say("sichuan", disposal("FINISHED"))
    case = fold(STEPS, FRAME, talk.facts)
    assert (case.standing, part(case).state, codes(case)) == (Standing.WITHDRAWN, "NOT_STARTED", ["result_does_not_stand"])


def test_a_notice_to_a_third_province_is_answered_by_telling_an_authority_there() -> None:
    def notice(**said: Any) -> Obliged:
        case = told(disposal("STARTED", part="CIRCULATION", by=YUZHONG, **said), opening=result(producer=HUNAN))
        return next(each.state for each in case.obligations if each.rule == duties.NOTICE)

    assert notice() is Obliged.OPEN
    assert notice(transferred_to=Authority(division="440100")) is Obliged.OPEN
    assert notice(transferred_to=Authority(division="430100")) is Obliged.MET


# 假冒


def counterfeit(state: str = "CAUSE_SOUGHT", word: Authenticity = Authenticity.COUNTERFEIT, **said: Any) -> Any:
    return disposal(state, authenticity=word, **said)


def test_a_counterfeit_ends_the_production_part_asks_for_the_true_maker_and_circulation_goes_on() -> None:
    case = told(counterfeit())
    assert (part(case).ended, states(case), codes(case)) == (True, ["MET", "MET", "CANCELLED"], ["true_maker_to_be_found"])
    assert states(case, "CIRCULATION") == ["OPEN"] * 3
    assert not told(counterfeit(), disposal("FINISHED", part="CIRCULATION", by=YUZHONG)).open


def test_a_counterfeit_that_is_sent_back_leaves_nothing_to_do() -> None:
    case = told(disposal("STARTED"), counterfeit("FINISHED"), disposal("SENT_BACK", by="510000"))
    assert (part(case).state, part(case).counterfeit) == ("RECHECKED", True)
    assert not any(each.open for each in case.obligations if (each.authority, each.part) == (YIBIN, "PRODUCTION"))


def test_a_counterfeit_is_for_the_producers_authority_to_find() -> None:
    case = told(counterfeit(part="CIRCULATION", by=YUZHONG))
    assert (part(case).counterfeit, part(case, "CIRCULATION").counterfeit) == (False, False)


def test_a_counterfeit_that_is_taken_back_or_corrected_leaves_production_as_it_was() -> None:
    for undone in (withdrawn("e0"), corrects(counterfeit(word=Authenticity.GENUINE), "e0")):
        case = told(counterfeit(), undone)
        assert (part(case).counterfeit, states(case)[2], codes(case)) == (False, "OPEN", [])


def test_goods_that_turn_out_to_be_the_producers_own_open_its_part_again() -> None:
    case = told(counterfeit(), counterfeit(word=Authenticity.GENUINE))
    assert (part(case).ended, states(case)) == (False, ["MET", "MET", "OPEN"])


def test_a_correction_of_the_result_does_not_open_what_a_counterfeit_ended() -> None:
    case = told(counterfeit(), corrects(result(), "result"))
    assert states(case)[2] == "CANCELLED"


# Routing that a correction changes


def test_p3_a_producer_that_moves_releases_the_old_authority_and_begins_at_the_new_one() -> None:
    talk = Talk()
    talk.say("chongqing", result(), "result")
    talk.say("sichuan", disposal("STARTED"))
    talk.say("chongqing", corrects(result(producer=WANZHOU), "result"), "second")
    case = fold(STEPS, FRAME, talk.facts)
    assert {(each.authority, each.state, each.released) for each in case.parts if each.part == "PRODUCTION"} == {
        (YIBIN, "STARTED", True),
        (WANZHOU, "NOT_STARTED", False),
    }
    owing = {each.authority for each in case.obligations if each.open}
    assert owing == {YUZHONG, WANZHOU}
    asked = {each.by for each in case.confirmations if each.event == named("second").bytes}
    assert asked == {"sichuan", YIBIN, YUZHONG, WANZHOU}, "the old one is told, and the new one"
    talk.say("sichuan", disposal("FINISHED"))
    assert codes(fold(STEPS, FRAME, talk.facts)) == ["disposal_not_owed"]
    talk.say("chongqing", corrects(result(), "second"))
    assert part(fold(STEPS, FRAME, talk.facts)).state == "STARTED"


def test_a_producer_that_nobody_knew_owes_from_the_correction_that_found_it() -> None:
    talk = Talk()
    talk.say("chongqing", result(producer=None), "result")
    assert [each.part for each in fold(STEPS, FRAME, talk.facts).parts] == ["CIRCULATION"]
    talk.say("chongqing", corrects(result(), "result"), "found")
    case = fold(STEPS, FRAME, talk.facts)
    assert states(case) == ["OPEN"] * 3
    assert [each.authority for each in case.obligations if each.rule == duties.NOTICE] == [YUZHONG]


def test_a_sample_that_a_correction_lets_pass_releases_everybody() -> None:
    from chuanyu.contracts.spotcheck import Verdict

    case = told(corrects(result(Verdict.PASSED), "result"))
    talk = Talk()
    talk.say("chongqing", result(), "result")
    talk.say("chongqing", corrects(result(Verdict.PASSED), "result"))
    case = fold(STEPS, FRAME, talk.facts)
    assert (case.alive, case.terms, [each.released for each in case.parts]) == (False, (), [True, True])
    assert not any(each.open for each in case.obligations)


# 工业产品 (令18)


def industrial(**said: Any) -> Any:
    event = result(**said)
    return replace(event, head=replace(event.head, product_domain=ProductDomain.KEY_CONSUMER_GOODS))


def test_an_industrial_product_is_noticed_under_its_own_rule_and_checked_again_after_the_order_to_rectify() -> None:
    case = told(opening=industrial())
    assert duties.ORIGIN_NOTICE in {each.rule for each in case.obligations} and duties.NOTICE not in {
        each.rule for each in case.obligations
    }
    served = told(disposal("STARTED", served_on=DAY_OF_NOON), opening=industrial())
    (recheck,) = [each for each in served.obligations if each.rule == duties.RECHECK]
    assert (recheck.authority, recheck.starts, recheck.open) == (YIBIN, midnight(DAY_OF_NOON), True)
    assert {each.rule for each in served.terms if each.part == "PRODUCTION"} == {
        duties.RETEST_INDUSTRIAL,
        duties.DENIAL,
        duties.STOP,
        duties.RECTIFY,
    }
    done = told(disposal("STARTED", served_on=DAY_OF_NOON), disposal("RECHECKED"), opening=industrial())
    assert [each.state for each in done.obligations if each.rule == duties.RECHECK] == [Obliged.MET]
