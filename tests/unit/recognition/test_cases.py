"""Licences, certificates and disputes as cases: who confirms what, and who answers a dispute by when (P9, D11, domain 8.3)."""

from __future__ import annotations

from msgspec.structs import replace

from chuanyu.casework.case import Case, Obliged, Standing
from chuanyu.casework.deadlines import frame
from chuanyu.casework.fold import fold
from chuanyu.contracts.common import ActionOutcome, Authority, CaseHead
from chuanyu.contracts.reference import DisputeOutcome, DisputeResolved, RecognitionDisputed
from chuanyu.recognition.cases import ANSWER, steps
from kit.asking import LICENCE, certified, licence
from kit.cases import NOON, PROVINCES, Talk, follow_up, ms, named, receipt, withdrawn

STEPS, FRAME = steps(PROVINCES), frame(PROVINCES)
DISPUTE = "sichuan/reference/D-1"
DAY = 86_400_000


def told(talk: Talk) -> Case:
    return fold(STEPS, FRAME, talk.facts)


def home(case_id: str) -> str:
    return case_id.partition("/")[0]


def test_d11_a_licence_addresses_nobody_and_a_correction_of_it_is_confirmed_by_every_node() -> None:
    talk = Talk()
    talk.say(home(LICENCE), licence(), "first")
    assert (told(talk).open, told(talk).confirmations, told(talk).stage) == (False, (), "VALID")
    talk.say(home(LICENCE), licence("SUSPENDED", corrects="first"), "second")
    other = next(province for province in PROVINCES if province != home(LICENCE))
    assert [(each.by, each.at) for each in told(talk).confirmations] == [(other, None)]
    assert told(talk).open
    talk.say(other, receipt("second", case=LICENCE))
    assert not told(talk).open


def test_p9_a_certificate_that_is_taken_back_is_confirmed_by_every_node() -> None:
    talk, said = Talk(), certified()
    talk.say(home(said.head.case_id), said, "it")
    talk.say(home(said.head.case_id), withdrawn("it", case=said.head.case_id), "back")
    case = told(talk)
    assert (case.standing, [each.event for each in case.confirmations]) == (Standing.WITHDRAWN, [named("back").bytes])


def disputed() -> Talk:
    """Sichuan disputes a result of Chongqing; it is delivered there a day later."""
    talk = Talk()
    dispute = RecognitionDisputed(
        head=CaseHead(case_id=DISPUTE),
        evidence_case_id="chongqing/spotcheck/XBJ26500103001",
        evidence_event_id=str(named("result")),
        authority=Authority(division="510000"),
        reason="试验",
    )
    talk.say("sichuan", dispute, "dispute")
    talk.say("chongqing", receipt("dispute", case=DISPUTE, division="500000"), time=NOON + DAY)
    return talk


def test_a_dispute_is_answered_by_the_province_of_the_evidence_ten_working_days_after_it_got_it() -> None:
    talk = disputed()
    (owed,) = told(talk).obligations
    assert (owed.rule, owed.authority, owed.due) == (ANSWER, "500000", ms("2026-10-20 23:59:59")), "国庆 left out, 10 October worked"
    talk.say("chongqing", follow_up("500000", case=DISPUTE, outcome=ActionOutcome.NOT_FOUND), "answer")
    assert (told(talk).obligations[0].state, told(talk).open) == (Obliged.MET, True)


def test_a_decided_dispute_owes_nothing_and_is_over() -> None:
    talk = disputed()
    decision = DisputeResolved(
        head=CaseHead(case_id=DISPUTE),
        dispute_id=str(named("dispute")),
        outcome=DisputeOutcome.REJECTED,
        decided_on=20_000,
        decided_by=(Authority(division="510000"), Authority(division="500000")),
        reason="试验",
    )
    talk.say("sichuan", decision, "decision")
    case = told(talk)
    assert (case.open, case.stage, case.obligations[0].state) == (False, "RESOLVED", Obliged.CANCELLED)
    talk.say("sichuan", replace(decision, reason="再次"), "again")
    assert [each.code for each in told(talk).remarks] == ["closed_before"]
