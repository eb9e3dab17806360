"""What a party may do and by when, what an objection asks of whom, and what its conclusion does (domain 4.2, 4.6, 7.3, 7.4)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from chuanyu.casework import deadlines
from chuanyu.casework.case import Case, Obligation, Obliged, Standing, Term
from chuanyu.casework.fold import fold
from chuanyu.contracts.spotcheck import Laboratory, Publication, Verdict
from chuanyu.domain import clock_rules
from chuanyu.domain.dates import from_days, midnight, to_days
from chuanyu.spotcheck import duties, terms
from chuanyu.spotcheck.handlers import steps
from kit.cases import (
    DAY_OF_NOON,
    NOON,
    PROVINCES,
    YIBIN,
    YUZHONG,
    Talk,
    conclusion,
    corrects,
    disposal,
    named,
    objection,
    result,
    withdrawn,
)

DAY = 86_400_000
STEPS, FRAME = steps(PROVINCES), deadlines.frame(PROVINCES)


def told(*events: Any, opening: Any = None) -> Case:
    """A failed sample, then these a day apart, from the producer's province; they are called e0, e1, …"""
    talk = Talk()
    talk.say("chongqing", opening or result(), "result")
    for number, event in enumerate(events):
        talk.say("sichuan", event, f"e{number}", later=DAY)
    return fold(STEPS, FRAME, talk.facts)


def codes(case: Case) -> list[str]:
    return [each.code for each in case.remarks]


def retest(case: Case) -> Obligation:
    (found,) = (each for each in case.obligations if each.rule == duties.RETEST_LABORATORY)
    return found


def term(case: Case, rule: str, part: str = "PRODUCTION") -> Term:
    (found,) = (each for each in case.terms if (each.rule, each.part) == (rule, part))
    return found


def test_every_spotcheck_rule_of_the_table_is_applied_or_says_why_not() -> None:
    rules = {rule for rule in clock_rules.rules() if rule.startswith("spotcheck_")}
    assert duties.OWED | duties.TERMS | duties.UNAPPLIED.keys() == rules
    assert not duties.OWED & duties.UNAPPLIED.keys() and not duties.TERMS & duties.UNAPPLIED.keys()
    assert {clock_rules.rules()[rule][-1].kind for rule in duties.OWED} == {"duty"}


# 送达


def test_until_served_a_term_is_provisional_from_acceptance_else_from_the_announcement() -> None:
    assert term(told(), duties.RETEST) == Term(duties.RETEST, "PRODUCTION", "试验食品厂", NOON + 1, True)
    announced = replace(result(), publication=Publication(published_on=DAY_OF_NOON + 3))
    found = term(told(opening=announced), duties.RETEST, "CIRCULATION")
    assert (found.starts, found.provisional) == (midnight(DAY_OF_NOON + 3), True)


def test_served_the_terms_of_that_party_run_from_that_day_and_the_others_stay_as_they_were() -> None:
    case = told(disposal("STARTED", served_on=to_days(date(2026, 9, 29))))
    found = term(case, duties.RETEST)
    assert (found.provisional, from_days(terms.last_day(found) or 0)) == (False, date(2026, 10, 14))
    assert from_days(terms.last_day(term(case, duties.DENIAL)) or 0) == date(2026, 10, 14)
    assert term(case, duties.RETEST, "CIRCULATION").provisional
    kept = told(disposal("STARTED", served_on=DAY_OF_NOON), withdrawn("e0"))
    assert term(kept, duties.RETEST).provisional


def test_a_correction_of_the_result_keeps_what_was_served() -> None:
    talk = Talk()
    talk.say("chongqing", result(), "result")
    talk.say("sichuan", disposal("STARTED", served_on=DAY_OF_NOON))
    talk.say("chongqing", corrects(result(), "result"), later=DAY)
    case = fold(STEPS, FRAME, talk.facts)
    assert not term(case, duties.RETEST).provisional
    assert term(case, duties.RETEST, "CIRCULATION").starts == NOON + 1


def test_p7_a_right_holds_no_case_open_and_is_owed_by_nobody() -> None:
    talk = Talk()
    talk.say("chongqing", result(producer=None), "result")
    talk.say("chongqing", disposal("FINISHED", part="CIRCULATION", by=YUZHONG))
    case = fold(STEPS, FRAME, talk.facts)
    assert case.terms and not case.open
    assert not duties.TERMS & {each.rule for each in case.obligations}


# 异议


def test_p7_a_re_test_asks_for_a_laboratory_within_five_working_days_and_holds_the_case_open() -> None:
    case = told(objection())
    assert (retest(case).authority, retest(case).part, retest(case).open, case.alive) == (YIBIN, "2026-09-29", True, True)
    assert told(objection("AUTHENTICITY")).obligations == told().obligations


def test_p7_a_laboratory_that_a_correction_names_answers_when_it_was_named() -> None:
    case = told(objection(), corrects(objection(lab="复检所"), "e0"))
    assert (retest(case).state, retest(case).opened, retest(case).settled) == (Obliged.MET, NOON + DAY + 1, NOON + 2 * DAY + 1)
    assert retest(told(objection(lab="复检所"))).settled == NOON + DAY + 1


def test_the_laboratory_of_the_first_test_never_tests_again() -> None:
    tested = replace(result(), lab=Laboratory(name="市检验院", cma_no="202300140123"))
    assert codes(told(objection(lab="市检验院"), opening=tested)) == ["retest_by_same_laboratory"]
    assert codes(told(objection(lab="省检验院"), opening=tested)) == []
    assert codes(told(objection(), conclusion("UPHELD", lab="市检验院"), opening=tested)) == ["retest_by_same_laboratory"]


def test_after_its_term_an_objection_is_not_accepted_and_asks_nothing() -> None:
    served = disposal("STARTED", served_on=DAY_OF_NOON)
    last = to_days(date(2026, 10, 14))
    assert [each.outcome for each in told(served, objection(raised_on=last)).objections] == [""]
    case = told(served, objection(raised_on=last + 1))
    assert ([each.outcome for each in case.objections], codes(case)) == (["NOT_ACCEPTED"], ["objection_after_term"])
    assert duties.RETEST_LABORATORY not in {each.rule for each in case.obligations}


def test_a_term_that_is_only_assumed_refuses_nobody() -> None:
    case = told(objection(raised_on=DAY_OF_NOON + 60))
    assert ([each.outcome for each in case.objections], codes(case)) == ([""], ["objection_after_assumed_term"])


@pytest.mark.parametrize(("outcome", "state"), [("UPHELD", "MET"), ("WITHDRAWN", "CANCELLED"), ("NOT_ACCEPTED", "CANCELLED")])
def test_any_other_conclusion_closes_the_objection_and_changes_nothing_else(outcome: str, state: str) -> None:
    case = told(objection(), conclusion(outcome))
    assert (case.standing, retest(case).state) == (Standing.STANDS, state)
    assert [each.open for each in case.objections] == [False]
    assert [each for each in case.obligations if each.rule != duties.RETEST_LABORATORY] == list(told().obligations)
    assert case.parts == told().parts


def test_d12_a_conclusion_before_its_objection_closes_it_all_the_same() -> None:
    case = told(conclusion("UPHELD"), objection())
    (found,) = case.objections
    assert (found.outcome, found.event is not None, found.authority) == ("UPHELD", True, YIBIN)
    assert duties.RETEST_LABORATORY not in {each.rule for each in case.obligations}


def test_who_did_not_handle_the_objection_is_remarked() -> None:
    assert codes(told(objection(), conclusion("UPHELD", by="510500"))) == ["not_the_handling_authority"]
    assert codes(told(objection(), conclusion("UPHELD", by="510000"))) == []


def test_a_passed_sample_is_not_objected_to() -> None:
    assert codes(told(objection(), opening=result(Verdict.PASSED))) == ["result_does_not_stand"]


def test_a_re_test_that_is_still_asked_for_is_owed_again_once_the_sample_has_failed_again() -> None:
    talk = Talk()
    talk.say("chongqing", result(), "result")
    talk.say("sichuan", objection())
    talk.say("chongqing", corrects(result(Verdict.PASSED), "result"), "passed")
    passed = fold(STEPS, FRAME, talk.facts)
    assert (passed.alive, any(each.open for each in passed.obligations)) == (False, False)
    talk.say("chongqing", corrects(result(), "passed"))
    failed = fold(STEPS, FRAME, talk.facts)
    owed = [each for each in failed.obligations if each.open and each.rule == duties.RETEST_LABORATORY]
    assert (failed.alive, [(each.authority, each.part) for each in owed]) == (True, [(YIBIN, "2026-09-29")])


# 推翻


def overturned(*before: Any) -> Case:
    return told(*before, conclusion("OVERTURNED", lab="复检所"))


@pytest.mark.parametrize("before", [(), (objection(),)], ids=["not raised here", "raised"])
def test_p9_overturned_undoes_the_result_as_a_withdrawal_does(before: tuple[Any, ...]) -> None:
    case = overturned(*before)
    assert (case.standing, case.alive) == (Standing.OVERTURNED, False)
    assert {each.state for each in case.obligations if each.rule != duties.RETEST_LABORATORY} == {Obliged.CANCELLED}
    asked = {each.by for each in case.confirmations if each.event == named(f"e{len(before)}").bytes}
    assert asked == {"chongqing", YIBIN, YUZHONG}, "all who got it confirm"
    assert case.open


def test_d12_overturned_before_the_result_came_it_is_overturned_as_soon_as_it_comes() -> None:
    talk = Talk()
    talk.say("sichuan", conclusion("OVERTURNED"), at=NOON - 9)
    talk.say("chongqing", result(), "result")
    case = fold(STEPS, FRAME, talk.facts)
    assert case.standing is Standing.OVERTURNED and not any(each.open for each in case.obligations)


def test_a_correction_of_an_overturned_result_owes_nothing_and_its_withdrawal_still_counts() -> None:
    talk = Talk()
    talk.say("chongqing", result(), "result")
    talk.say("sichuan", conclusion("OVERTURNED"))
    talk.say("chongqing", corrects(result(), "result"), "second")
    case = fold(STEPS, FRAME, talk.facts)
    assert case.standing is Standing.OVERTURNED and not any(each.open for each in case.obligations)
    talk.say("chongqing", withdrawn("second"))
    assert fold(STEPS, FRAME, talk.facts).standing is Standing.WITHDRAWN


def test_a_conclusion_that_is_corrected_or_taken_back_never_overturned_anything() -> None:
    for undone in (withdrawn("e0"), corrects(conclusion("UPHELD"), "e0")):
        case = told(conclusion("OVERTURNED"), undone)
        assert case.standing is Standing.STANDS and sum(each.open for each in case.obligations) == 7
