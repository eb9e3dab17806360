"""One case, told in words: what each event does to it, whatever came first."""

from itertools import permutations

import pytest

from chuanyu.casework.case import NEW, Case, Obliged, Standing, pack
from chuanyu.casework.deadlines import frame
from chuanyu.casework.fold import extend, fold
from chuanyu.contracts.common import ReceiptKind
from chuanyu.contracts.spotcheck import Verdict
from chuanyu.credit.handlers import STEPS as CREDIT
from chuanyu.spotcheck.handlers import steps
from kit.cases import (
    CASE,
    NOON,
    PROVINCES,
    SANCTION,
    WANZHOU,
    YIBIN,
    YUZHONG,
    Talk,
    corrects,
    facts,
    lifting,
    named,
    receipt,
    result,
    sanction,
    streams,
    withdrawn,
)

SPOTCHECK = steps(PROVINCES)
FRAME = frame(PROVINCES)
DAY = 86_400_000
LUZHOU = "510500"
DISPOSAL_START, NOTICE = "spotcheck_disposal_start", "spotcheck_cross_province_notice"


def case_of(talk: Talk) -> Case:
    return fold(SPOTCHECK, FRAME, talk.facts)


def owed(case: Case, rule: str = DISPOSAL_START) -> dict[str, tuple[str, int | None]]:
    """authority → state and due of what stands under a rule; of several the last."""
    return {each.authority: (each.state.value, each.due) for each in case.obligations if each.rule == rule}


def end_of(day: int) -> int:
    """23:59:59 in Shanghai, day days after 2026-09-29."""
    return NOON + day * DAY + 12 * 3_600_000 - 1_000


def asked(case: Case) -> list[tuple[str, str]]:
    """Kind and giver of every receipt that is asked for or came."""
    return [(each.kind.value, each.by) for each in case.confirmations]


def test_a_passed_sample_owes_nothing_and_is_closed() -> None:
    talk = Talk()
    talk.say("chongqing", result(Verdict.PASSED))
    case = case_of(talk)
    assert (case.open, case.standing, case.stage, case.obligations, case.confirmations) == (False, Standing.STANDS, "PASSED", (), ())
    assert case.concerns == []


def test_d8_a_failed_sample_binds_both_sides_and_clocks_run_where_it_arrived() -> None:
    talk = Talk()
    talk.say("chongqing", result(), "result")
    case = case_of(talk)
    assert case.open
    assert owed(case) == {YIBIN: ("OPEN", None), YUZHONG: ("OPEN", end_of(5))}
    assert owed(case, NOTICE) == {YUZHONG: ("OPEN", end_of(9))}, "30 September, then 8 October: 国庆 left out"
    assert case.concerns == ["500000", "500100", YUZHONG, "510000", YIBIN]
    assert asked(case) == [("DELIVERED", "sichuan"), ("PROCESSED", YIBIN), ("PROCESSED", YUZHONG)]
    assert not any(each.at for each in case.confirmations)


def test_d11_the_clock_over_the_border_starts_at_the_delivered_instant() -> None:
    talk = Talk()
    talk.say("chongqing", result(), "result")
    talk.say("sichuan", receipt("result"), time=NOON + 2 * DAY)
    case = case_of(talk)
    assert owed(case) == {YIBIN: ("OPEN", end_of(7)), YUZHONG: ("OPEN", end_of(5))}
    assert owed(case, NOTICE)[YUZHONG][0] == "MET", "the producer's province has been told"
    assert case.confirmations[0].at == NOON + 2 * DAY


def test_d11_the_first_delivery_counts_and_a_second_changes_nothing() -> None:
    talk = Talk()
    talk.say("chongqing", result(), "result")
    talk.say("sichuan", receipt("result"), "r1", time=NOON + 2 * DAY)
    once = case_of(talk)
    talk.say("sichuan", receipt("result"), "r2", time=NOON + 9 * DAY)
    assert case_of(talk).obligations == once.obligations
    assert case_of(talk).confirmations == once.confirmations


def test_d11_the_delivery_of_a_correction_starts_no_running_clock_again() -> None:
    talk = Talk()
    talk.say("chongqing", result(), "result")
    talk.say("sichuan", receipt("result"), time=NOON + 2 * DAY)
    talk.say("chongqing", corrects(result(), "result"), "correction")
    before = case_of(talk)
    talk.say("sichuan", receipt("correction"), time=NOON + 9 * DAY)
    assert case_of(talk).obligations == before.obligations


def test_a_correction_that_moves_the_producer_releases_the_old_one_and_binds_the_new() -> None:
    talk = Talk()
    talk.say("chongqing", result(), "result")
    talk.say("sichuan", receipt("result"), time=NOON + DAY)
    talk.say("chongqing", corrects(result(producer=LUZHOU), "result"), "correction")
    case = case_of(talk)
    assert owed(case) == {YIBIN: ("CANCELLED", end_of(6)), LUZHOU: ("OPEN", None), YUZHONG: ("OPEN", end_of(5))}
    talk.say("sichuan", receipt("correction"), time=NOON + 3 * DAY)
    assert owed(case_of(talk))[LUZHOU] == ("OPEN", end_of(8))


def test_a_late_receipt_of_the_old_version_starts_no_clock_of_the_new_ower() -> None:
    talk = Talk()
    talk.say("chongqing", result(), "result")
    talk.say("chongqing", corrects(result(producer=LUZHOU), "result"), "correction")
    talk.say("sichuan", receipt("result"))
    assert owed(case_of(talk))[LUZHOU] == ("OPEN", None)


def test_a_duty_that_a_correction_leaves_in_place_keeps_its_clock() -> None:
    talk = Talk()
    talk.say("chongqing", result(), "result")
    talk.say("sichuan", receipt("result"), time=NOON + DAY)
    before = case_of(talk)
    talk.say("chongqing", corrects(result(), "result"), "correction", time=NOON + 20 * DAY)
    assert case_of(talk).obligations == before.obligations


def test_a_duty_that_comes_back_is_another_one() -> None:
    talk = Talk()
    talk.say("chongqing", result(), "result")
    talk.say("chongqing", corrects(result(producer=LUZHOU), "result"), "c1")
    talk.say("chongqing", corrects(result(), "c1"), "c2")
    case = case_of(talk)
    yibin = [each for each in case.obligations if each.authority == YIBIN and each.rule == DISPOSAL_START]
    assert [(each.state, each.cause) for each in yibin] == [(Obliged.CANCELLED, named("result").bytes), (Obliged.OPEN, named("c2").bytes)]
    assert len({each.id for each in case.obligations}) == len(case.obligations)


def test_a_correction_to_passed_ends_every_duty_and_is_confirmed_by_all() -> None:
    talk = Talk()
    talk.say("chongqing", result(), "result")
    talk.say("chongqing", corrects(result(Verdict.PASSED), "result"), "correction")
    case = case_of(talk)
    assert {each.state for each in case.obligations} == {Obliged.CANCELLED}
    assert case.open, "sichuan has confirmed neither"
    talk.say("sichuan", receipt("result"))
    talk.say("sichuan", receipt("correction"))
    assert case_of(talk).open, "nobody who had the sample has acted on its correction"
    talk.say("sichuan", receipt("correction", division=YIBIN, kind=ReceiptKind.PROCESSED))
    assert case_of(talk).open
    talk.say("chongqing", receipt("correction", division=YUZHONG, kind=ReceiptKind.PROCESSED))
    case = case_of(talk)
    assert not case.open, "the sample itself is corrected: who has not acted on it need not any more"
    assert [each.by for each in case.confirmations if each.at is None] == [YIBIN, YUZHONG]


def test_p9_a_withdrawal_ends_what_was_owed_and_waits_for_its_receipts() -> None:
    talk = Talk()
    talk.say("chongqing", result(), "result")
    talk.say("chongqing", withdrawn("result"), "withdrawal")
    case = case_of(talk)
    assert case.standing is Standing.WITHDRAWN
    assert {each.state for each in case.obligations} == {Obliged.CANCELLED}
    by = [("sichuan", False), (YIBIN, False), (YUZHONG, False), ("sichuan", False), (YUZHONG, True), (YIBIN, True)]
    assert [(each.by, each.undoing) for each in case.confirmations] == by
    assert [each.event for each in case.confirmations] == [named(word).bytes for word in ("result", "withdrawal") for _ in range(3)]


def test_d20_of_two_corrections_the_later_in_canonical_order_stands() -> None:
    talk = Talk()
    talk.say("chongqing", result(), "result")
    talk.say("chongqing", corrects(result(producer=LUZHOU), "result"), "c1")
    talk.say("chongqing", corrects(result(producer=WANZHOU), "result"), "c2")
    for sequence in permutations(talk.arrivals):
        case = fold(SPOTCHECK, FRAME, facts(sequence))
        assert case.versions[-1] == named("c2").bytes
        assert {each.authority for each in case.obligations if each.open} == {WANZHOU, YUZHONG}


def test_d12_an_event_that_names_an_unknown_original_waits_and_holds_nothing() -> None:
    talk = Talk()
    talk.say("sichuan", receipt("result"), "receipt", at=5)
    case = case_of(talk)
    assert (case.standing, case.known) == (Standing.AWAITED, ())
    assert [(each.event, each.original) for each in case.waiting] == [(named("receipt").bytes, named("result").bytes)]
    talk.say("chongqing", result(), "result", at=9)
    case = case_of(talk)
    assert (case.waiting, case.remarks) == ((), ())
    assert owed(case)[YIBIN][1] is not None


def test_d12_corrections_of_one_another_take_effect_together_when_the_first_comes() -> None:
    talk = Talk()
    talk.say("chongqing", corrects(result(producer=WANZHOU), "c1"), "c2", at=1)
    talk.say("chongqing", corrects(result(producer=LUZHOU), "result"), "c1", at=2)
    talk.say("chongqing", corrects(result(producer="510300"), "result"), "c3", at=3)
    assert len(case_of(talk).waiting) == 3
    talk.say("chongqing", result(), "result", at=4)
    case = case_of(talk)
    assert case.waiting == ()
    assert case.versions == tuple(named(word).bytes for word in ("result", "c1", "c2", "c3"))


def test_d12_a_lifting_that_overtakes_its_sanction_waits_for_it() -> None:
    talk = Talk()
    talk.say("sichuan", lifting(), "lifting", at=1)
    waits = fold(CREDIT, FRAME, talk.facts)
    assert (waits.standing, waits.waiting[0].original) == (Standing.AWAITED, None)
    talk.say("sichuan", sanction(), "sanction", at=2)
    case = fold(CREDIT, FRAME, talk.facts)
    assert (case.standing, case.stage, case.waiting) == (Standing.LIFTED, "LIFTED", ())


@pytest.mark.parametrize(
    ("event", "member", "code"),
    [
        (corrects(result(), "result"), "stranger", "not_the_issuer"),
        (withdrawn("result"), "stranger", "not_the_issuer"),
        (corrects(result(), "receipt"), "amr", "not_a_statement"),
        (result(), "amr", "stated_twice"),
        (corrects(lifting(case=CASE), "result"), "amr", "another_kind"),
    ],
)
def test_d12_what_a_state_forbids_leaves_a_remark_and_no_effect(event: object, member: str, code: str) -> None:
    talk = Talk()
    talk.say("chongqing", result(), "result")
    talk.say("sichuan", receipt("result"), "receipt")
    before = case_of(talk)
    talk.say("chongqing", event, "odd", member=member)
    case = case_of(talk)
    assert [(each.event, each.code) for each in case.remarks] == [(named("odd").bytes, code)]
    assert (case.obligations, case.confirmations, case.versions) == (before.obligations, before.confirmations, before.versions)


def test_what_is_withdrawn_cannot_be_corrected_any_more() -> None:
    talk = Talk()
    talk.say("chongqing", result(), "result")
    talk.say("chongqing", withdrawn("result"), "withdrawal")
    talk.say("chongqing", corrects(result(), "result"), "late")
    case = case_of(talk)
    assert case.standing is Standing.WITHDRAWN
    assert [each.code for each in case.remarks] == ["withdrawn_before"]


def test_p2_the_same_event_at_another_place_has_no_second_effect() -> None:
    talk = Talk()
    talk.say("chongqing", result(), "result", at=10)
    before = case_of(talk)
    talk.say("chongqing", result(producer=LUZHOU), "result", at=20)
    case = case_of(talk)
    assert (case.obligations, [each.code for each in case.remarks]) == (before.obligations, ["event_repeated"])


def test_p9_a_lifted_sanction_is_confirmed_by_the_other_side_and_then_closed() -> None:
    talk = Talk()
    talk.say("sichuan", sanction(), "sanction")
    assert fold(CREDIT, FRAME, talk.facts).open, "a sanction stands until it is lifted"
    talk.say("sichuan", lifting(), "lifting")
    assert fold(CREDIT, FRAME, talk.facts).open, "chongqing has not confirmed"
    talk.say("chongqing", receipt("lifting", case=SANCTION))
    assert not fold(CREDIT, FRAME, talk.facts).open


def test_a_sanction_corrected_after_its_lifting_stays_lifted() -> None:
    talk = Talk()
    talk.say("sichuan", sanction(), "sanction")
    talk.say("sichuan", lifting(), "lifting")
    talk.say("sichuan", corrects(sanction(flagged=[WANZHOU]), "sanction"), "correction")
    case = fold(CREDIT, FRAME, talk.facts)
    assert (case.standing, case.stage, case.alive) == (Standing.LIFTED, "LIFTED", False)


def test_a_withdrawn_lifting_never_was() -> None:
    talk = Talk()
    talk.say("sichuan", sanction(), "sanction")
    talk.say("sichuan", lifting(), "lifting")
    talk.say("sichuan", withdrawn("lifting", case=SANCTION), "withdrawal")
    case = fold(CREDIT, FRAME, talk.facts)
    assert (case.standing, case.alive) == (Standing.STANDS, True)
    talk.say("sichuan", lifting(), "lifting anew")
    assert fold(CREDIT, FRAME, talk.facts).standing is Standing.LIFTED


def test_a_back_filled_result_starts_its_time_clock_at_its_time() -> None:
    talk = Talk()
    talk.say("chongqing", result(backfilled=True), "result", time=NOON - 30 * DAY)
    case = case_of(talk)
    notice = next(each for each in case.obligations if each.rule == NOTICE)
    assert notice.backfilled and notice.starts == NOON - 30 * DAY
    assert owed(case)[YUZHONG] == ("OPEN", end_of(5)), "what starts at delivery does not"


def test_d7_events_in_canonical_order_take_the_fast_path_to_the_same_case() -> None:
    talk = Talk()
    talk.say("chongqing", result(), "result")
    talk.say("sichuan", receipt("result"), "receipt")
    case = extend(SPOTCHECK, FRAME, NEW, talk.facts)
    assert case is not None
    assert pack(case) == pack(case_of(talk))


def test_d7_a_late_event_is_no_matter_for_the_fast_path() -> None:
    talk = Talk()
    talk.say("chongqing", result(), "result", at=10)
    talk.say("sichuan", receipt("result"), "receipt", at=5)
    one, other = (facts(stream) for stream in streams(talk.arrivals))
    case = extend(SPOTCHECK, FRAME, NEW, one)
    assert case is not None
    assert extend(SPOTCHECK, FRAME, case, other) is None


def test_d11_a_member_that_has_processed_an_event_answers_no_notice() -> None:
    """Its division is no node: only a delivery reaches one."""
    talk = Talk()
    talk.say("chongqing", result(), "r")
    talk.say("sichuan", receipt("r", division=YIBIN, kind=ReceiptKind.PROCESSED))
    case = case_of(talk)
    assert [(each.by, each.at is None) for each in case.confirmations] == [("sichuan", True), (YIBIN, False), (YUZHONG, True)]
    assert owed(case, NOTICE)[YUZHONG][0] == "OPEN"


def test_p9_only_the_province_that_imposed_a_sanction_lifts_it() -> None:
    talk = Talk()
    talk.say("sichuan", sanction(), "s")
    talk.say("chongqing", lifting(), "l")
    case = fold(CREDIT, FRAME, talk.facts)
    assert (case.standing, case.stage, case.open) == (Standing.STANDS, "IMPOSED", True)
    assert [each.code for each in case.remarks] == ["not_the_issuer"]
