"""Whom an event concerns, and why, told in words."""

from itertools import permutations
from uuid import UUID

import pytest
from msgspec.structs import replace

from chuanyu.casework.case import NEW, Obliged
from chuanyu.casework.deadlines import frame
from chuanyu.casework.fold import extend, fold
from chuanyu.casework.notices import Notice, Why, of_province, unsaid
from chuanyu.contracts.case import FollowUpAdded, ObligationOverdue
from chuanyu.contracts.common import (
    ActionOutcome,
    Addressee,
    AddresseeRole,
    Authority,
    CaseHead,
    LegalBasis,
    NoticeClass,
    ReceiptKind,
)
from chuanyu.contracts.spotcheck import Verdict
from chuanyu.contracts.warning import AlertRaised
from chuanyu.credit.handlers import STEPS as CREDIT
from chuanyu.spotcheck.handlers import steps
from chuanyu.warning.cases import steps as alerts
from kit.cases import (
    CASE,
    HUNAN,
    LUZHOU,
    NOON,
    PROVINCES,
    YIBIN,
    YUZHONG,
    Talk,
    corrects,
    lifting,
    named,
    objection,
    receipt,
    result,
    sanction,
    withdrawn,
)

SPOTCHECK = steps(PROVINCES)
FRAME = frame(PROVINCES)
ISSUER = "/chongqing/amr"


def said(talk: Talk, table=SPOTCHECK) -> dict[str, dict[str, str]]:  # type: ignore[no-untyped-def]
    """word of an event → whom it concerns → why; one that concerns nobody is left out."""
    found: list[Notice] = []
    fold(table, FRAME, talk.facts, found)
    words = {arrived.head.id.bytes: word for word, arrived in zip(WORDS, talk.arrivals, strict=False)}
    told: dict[str, dict[str, str]] = {}
    for each in found:
        told.setdefault(words[each.event], {})[each.whom] = each.why.value
    return told


WORDS = ("first", "second", "third")


def test_a_failed_sample_flags_who_must_act_and_tells_whoever_said_it() -> None:
    talk = Talk()
    talk.say("chongqing", result())
    assert said(talk) == {"first": {YIBIN: "FLAGGED", YUZHONG: "FLAGGED", ISSUER: "ISSUER"}}


def test_a_passed_sample_concerns_nobody() -> None:
    talk = Talk()
    talk.say("chongqing", result(Verdict.PASSED))
    assert said(talk) == {}


def test_p7_whoever_owes_something_hears_of_it_flagged_or_not() -> None:
    """The province files an objection that Luzhou handles: it has to name the laboratory, until the result is withdrawn."""
    talk = Talk()
    talk.say("chongqing", result(), "r")
    talk.say("sichuan", objection(by=LUZHOU))
    assert said(talk)["second"][LUZHOU] == "FLAGGED"
    talk.say("chongqing", withdrawn("r"))
    assert said(talk)["third"][LUZHOU] == "ATTENTION"


def test_p9_a_correction_reaches_whoever_had_the_original_also_those_no_longer_flagged() -> None:
    talk = Talk()
    talk.say("chongqing", result(), "r")
    talk.say("chongqing", corrects(result(producer=LUZHOU), "r"))
    told = said(talk)["second"]
    assert told == {LUZHOU: "FLAGGED", YUZHONG: "CORRECTION", YIBIN: "CORRECTION", ISSUER: "ISSUER"}


def test_p9_so_does_a_withdrawal() -> None:
    talk = Talk()
    talk.say("chongqing", result(), "r")
    talk.say("chongqing", withdrawn("r"))
    assert said(talk)["second"] == {YIBIN: "CORRECTION", YUZHONG: "CORRECTION", ISSUER: "ISSUER"}


def test_p9_and_a_lifting_those_for_attention_included() -> None:
    talk = Talk()
    imposed = sanction()
    talk.say("sichuan", replace(imposed, head=replace(imposed.head, attention=(YUZHONG,))), "s")
    talk.say("sichuan", lifting(), "l")
    assert said(talk, CREDIT) == {
        "first": {YUZHONG: "ATTENTION", "/sichuan/amr": "ISSUER"},
        "second": {YUZHONG: "CORRECTION", "/sichuan/amr": "ISSUER"},
    }


def test_what_is_added_concerns_those_who_have_the_case_and_whoever_opened_it() -> None:
    talk = Talk()
    talk.say("chongqing", result(), "r")
    follow_up = FollowUpAdded(head=CaseHead(case_id=CASE), authority=Authority(division=YIBIN), outcome=ActionOutcome.NOT_FOUND)
    talk.say("sichuan", follow_up, member="yibin-amr")
    assert said(talk)["second"] == {YIBIN: "ATTENTION", YUZHONG: "ATTENTION", ISSUER: "ISSUER"}


def test_a_receipt_concerns_nobody() -> None:
    talk = Talk()
    talk.say("chongqing", result(), "r")
    talk.say("sichuan", receipt("r"))
    assert said(talk).keys() == {"first"}


def test_an_overdue_presses_the_level_above_and_asks_it_for_no_receipt() -> None:
    talk = Talk()
    talk.say("chongqing", result(), "r")
    case = fold(SPOTCHECK, FRAME, talk.facts)
    owed = next(each for each in case.obligations if each.authority == YUZHONG)
    talk.say("chongqing", _overdue(owed.id, owed.due or 0), member="node")
    found: list[Notice] = []
    fold(SPOTCHECK, FRAME, talk.facts, found)
    pressed = [each for each in found if each.whom == "500000"]
    assert [(each.why, each.asked) for each in pressed] == [(Why.FLAGGED, False)]
    assert said(talk)["second"] == {"500000": "FLAGGED", YIBIN: "ATTENTION", YUZHONG: "ATTENTION", ISSUER: "ISSUER"}


def _overdue(id: bytes, due: int) -> ObligationOverdue:
    basis = LegalBasis(rule_id="spotcheck_disposal_start", version=1)
    upper = (Addressee(division="500000", role=AddresseeRole.SUPERIOR),)
    head = CaseHead(case_id=CASE, notice_class=NoticeClass.FOLLOW_UP, flagged=upper, legal_basis=(basis,))
    return ObligationOverdue(
        head=head, obligation_id=str(UUID(bytes=id)), rule=basis, authority=Authority(division=YUZHONG), due_at=due, level=1
    )


def test_nobody_is_asked_whom_the_bus_does_not_reach() -> None:
    talk = Talk()
    talk.say("chongqing", result(producer=HUNAN), "r")
    case = fold(SPOTCHECK, FRAME, talk.facts)
    assert HUNAN not in {each.by for each in case.confirmations}


def test_p3_the_fast_path_says_what_the_fold_says() -> None:
    talk = Talk()
    talk.say("chongqing", result(), "r")
    talk.say("sichuan", receipt("r"))
    quick, whole = [], []  # type: ignore[var-annotated]
    extend(SPOTCHECK, FRAME, NEW, talk.facts, quick)
    fold(SPOTCHECK, FRAME, talk.facts, whole)
    assert quick == whole != []


@pytest.mark.parametrize("sequence", list(permutations(range(3))), ids=str)
def test_p2_in_whatever_batches_events_come_each_is_said_once(sequence: tuple[int, ...]) -> None:
    """The late fold says all of it again, and nothing of what was said before is left."""
    talk = Talk()
    talk.say("chongqing", result(), "r")
    talk.say("chongqing", corrects(result(producer=LUZHOU), "r"), "c")
    talk.say("chongqing", withdrawn("c"))
    facts = talk.facts
    before, told = NEW, []  # type: ignore[var-annotated]
    for place in range(3):
        found: list[Notice] = []
        after = fold(SPOTCHECK, FRAME, [facts[each] for each in sequence[: place + 1]], found)
        told += unsaid(found, before)
        before = after
    assert {each.event for each in told} == {arrived.head.id.bytes for arrived in talk.arrivals}
    assert len({(each.event, each.whom) for each in told}) == len(told)


def test_only_what_concerns_this_province_is_kept() -> None:
    talk = Talk()
    talk.say("chongqing", result())
    found: list[Notice] = []
    fold(SPOTCHECK, FRAME, talk.facts, found)
    assert [each.whom for each in of_province(found, "sichuan", "51", ())] == [YIBIN]
    assert [each.whom for each in of_province(found, "chongqing", "50", ("/chongqing/node",))] == [YUZHONG, ISSUER]
    assert [each.whom for each in of_province(found, "chongqing", "50", (ISSUER,))] == [YUZHONG]


def _alert() -> AlertRaised:
    flagged = (Addressee(division=YIBIN, role=AddresseeRole.PRODUCTION),)
    head = CaseHead(case_id="sichuan/warning/a1", notice_class=NoticeClass.ALERT, flagged=flagged)
    return AlertRaised(head=head, rule=LegalBasis(rule_id="x", version=1), regions=("510000",))


@pytest.mark.parametrize(
    ("outcome", "state"),
    [(ActionOutcome.NOTED, Obliged.MET), (ActionOutcome.MEASURE_TAKEN, Obliged.MET), (ActionOutcome.OTHER, Obliged.OPEN)],
    ids=str,
)
def test_p7_a_processed_receipt_answers_the_duty_that_asks_for_it(outcome: ActionOutcome, state: Obliged) -> None:
    """预警处理：须处置机关24小时内反馈已处理回执."""
    talk = Talk()
    talk.say("sichuan", _alert(), "a", member="node")
    answer = receipt("a", case="sichuan/warning/a1", division=YIBIN, kind=ReceiptKind.PROCESSED)
    talk.say("sichuan", replace(answer, outcome=outcome), time=NOON + 3_600_000)
    case = fold(alerts(PROVINCES), FRAME, talk.facts)
    assert {each.rule: each.state for each in case.obligations} == {"alert_verification": Obliged.OPEN, "alert_processed": state}


def test_nobody_says_processed_for_an_authority_of_the_other_node() -> None:
    talk = Talk()
    talk.say("chongqing", result(), "r")
    talk.say("chongqing", receipt("r", division=YIBIN, kind=ReceiptKind.PROCESSED), "x")
    case = fold(SPOTCHECK, FRAME, talk.facts)
    assert [(each.event, each.code) for each in case.remarks] == [(named("x").bytes, "not_the_receiver")]
    assert not any(each.at for each in case.confirmations)
