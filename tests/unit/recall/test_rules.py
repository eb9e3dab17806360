"""What a recall notice does to its case."""

from msgspec.structs import replace

from chuanyu.casework.case import Case, Standing
from chuanyu.casework.deadlines import frame
from chuanyu.casework.fold import fold
from chuanyu.contracts.common import Addressee, AddresseeRole, CaseHead, Party
from chuanyu.contracts.recall import NoticeIssued, NoticeStatus, RecallLevel, RecallType, Regime
from chuanyu.recall.handlers import STEPS
from kit.cases import PROVINCES, WANZHOU, YIBIN, Talk, corrects, withdrawn

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


def case_of(talk: Talk) -> Case:
    return fold(STEPS, frame(PROVINCES), talk.facts)


def test_a_notice_flags_where_the_goods_went_and_stays_open() -> None:
    talk = Talk()
    talk.say("sichuan", notice(WANZHOU, YIBIN, flagged=(WANZHOU,)))
    case = case_of(talk)
    assert {(each.division, each.role) for each in case.flagged} == {(WANZHOU, "OTHER"), (YIBIN, "CONSIGNEE")}, "a named role goes first"
    assert case.open
    assert [each.by for each in case.confirmations] == ["chongqing"]


def test_a_notice_that_touches_only_its_own_province_asks_no_receipt() -> None:
    talk = Talk()
    talk.say("sichuan", notice(YIBIN))
    assert case_of(talk).confirmations == ()


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
