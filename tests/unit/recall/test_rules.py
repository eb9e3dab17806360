"""What a recall notice does to its case."""

import pytest
from msgspec.structs import replace

from chuanyu.casework.case import Case, Standing
from chuanyu.casework.deadlines import frame
from chuanyu.casework.fold import fold
from chuanyu.contracts.case import FollowUpAdded
from chuanyu.contracts.common import ActionOutcome, Addressee, AddresseeRole, Authority, CaseHead, NoticeClass, Party
from chuanyu.contracts.recall import NoticeIssued, NoticeStatus, RecallLevel, RecallType, Regime
from chuanyu.recall.handlers import STEPS
from kit.cases import LUZHOU, PROVINCES, WANZHOU, YIBIN, Talk, corrects, receipt, withdrawn

CASE = "sichuan/recall/R-1"


def notice(*consignees: str, status: NoticeStatus = NoticeStatus.IMPLEMENTED, flagged: tuple[str, ...] = ()) -> NoticeIssued:
    return NoticeIssued(
        head=CaseHead(case_id=CASE, flagged=tuple(Addressee(division=code, role=AddresseeRole.OTHER) for code in flagged)),
        regime=Regime.FOOD,
        level=RecallLevel.LEVEL_1,
        type=RecallType.VOLUNTARY,
        status=status,
        issued_on=20_000,
        recaller=Party(name="试验食品厂", division=YIBIN),
        consignee_divisions=consignees,
    )


def answer(division: str, outcome: ActionOutcome) -> FollowUpAdded:
    return FollowUpAdded(head=CaseHead(case_id=CASE), authority=Authority(division=division), outcome=outcome)


def owed(case: Case) -> dict[str, str]:
    """Division → state of its duty to answer."""
    return {each.authority: each.state.value for each in case.obligations if each.rule == "recall_consignee_follow_up"}


def case_of(talk: Talk) -> Case:
    return fold(STEPS, frame(PROVINCES), talk.facts)


def test_a_notice_flags_where_the_goods_went_and_stays_open() -> None:
    talk = Talk()
    talk.say("sichuan", notice(WANZHOU, YIBIN, flagged=(WANZHOU,)))
    case = case_of(talk)
    assert {(each.division, each.role) for each in case.flagged} == {(WANZHOU, "OTHER"), (YIBIN, "CONSIGNEE")}, "a named role goes first"
    assert case.open
    assert [(each.kind, each.by) for each in case.confirmations] == [
        ("DELIVERED", "chongqing"),
        ("PROCESSED", WANZHOU),
        ("PROCESSED", YIBIN),
    ]


def test_a_notice_that_touches_only_its_own_province_asks_no_node_for_a_receipt() -> None:
    talk = Talk()
    talk.say("sichuan", notice(YIBIN))
    assert [(each.kind, each.by) for each in case_of(talk).confirmations] == [("PROCESSED", YIBIN)]


def test_a_planned_recall_becomes_a_real_one_by_correction() -> None:
    talk = Talk()
    talk.say("sichuan", notice(WANZHOU, status=NoticeStatus.PLANNED), "planned")
    assert case_of(talk).stage == "PLANNED"
    talk.say("sichuan", corrects(notice(WANZHOU), "planned"))
    assert case_of(talk).stage == "IMPLEMENTED"


def test_p9_a_withdrawn_notice_is_closed_once_the_other_side_has_both() -> None:
    talk = Talk()
    talk.say("sichuan", notice(YIBIN), "notice")
    talk.say("sichuan", withdrawn("notice", case=CASE), "withdrawal")
    case = case_of(talk)
    assert (case.standing, case.alive, case.open) == (Standing.WITHDRAWN, False, True)
    confirmed = tuple(replace(each, at=1, receipt=b"r") for each in case.confirmations)
    assert not replace(case, confirmations=confirmed).open


def test_p7_every_flagged_division_owes_an_answer_from_the_delivery_at_its_node_and_who_is_told_owes_none() -> None:
    talk = Talk()
    issued = notice(WANZHOU, YIBIN)
    talk.say("sichuan", replace(issued, head=replace(issued.head, attention=(LUZHOU,))), "notice")
    case = case_of(talk)
    assert owed(case) == {WANZHOU: "OPEN", YIBIN: "OPEN"} and case.attention == (LUZHOU,)
    due = {each.authority: each.due for each in case.obligations}
    assert due[WANZHOU] is None and due[YIBIN] is not None, "the clock over the border waits for the delivery"
    talk.say("chongqing", receipt("notice", case=CASE, division="500000"))
    assert next(each.due for each in case_of(talk).obligations if each.authority == WANZHOU) is not None


@pytest.mark.parametrize(
    ("outcome", "state"),
    [("NOT_FOUND", "MET"), ("MEASURE_TAKEN", "MET"), ("NO_MEASURE", "OPEN"), ("OTHER", "OPEN"), ("NOTED", "OPEN")],
)
def test_an_answer_closes_the_duty_of_who_gives_it_when_it_says_what_was_done(outcome: str, state: str) -> None:
    talk = Talk()
    talk.say("sichuan", notice(WANZHOU, YIBIN))
    talk.say("chongqing", answer(WANZHOU, ActionOutcome(outcome)))
    assert owed(case_of(talk)) == {WANZHOU: state, YIBIN: "OPEN"}


def test_a_correction_asks_whom_it_adds_and_releases_whom_it_drops() -> None:
    talk = Talk()
    talk.say("sichuan", notice(WANZHOU, YIBIN), "notice")
    talk.say("sichuan", corrects(notice(WANZHOU, LUZHOU), "notice"))
    assert owed(case_of(talk)) == {WANZHOU: "OPEN", YIBIN: "CANCELLED", LUZHOU: "OPEN"}


def test_a_notice_for_attention_asks_nobody_but_whom_it_names() -> None:
    told = notice(WANZHOU, YIBIN, flagged=(LUZHOU,))
    talk = Talk()
    talk.say("sichuan", replace(told, head=replace(told.head, notice_class=NoticeClass.ATTENTION)))
    assert owed(case_of(talk)) == {LUZHOU: "OPEN"}


@pytest.mark.parametrize("by", ["500112", "500157"], ids=["as it was called", "as it is called"])
def test_what_a_division_owes_that_ended_is_answered_by_its_successor(by: str) -> None:
    talk = Talk()
    talk.say("sichuan", notice("500112"))
    talk.say("chongqing", answer(by, ActionOutcome.NOT_FOUND))
    assert owed(case_of(talk)) == {"500112": "MET"}
