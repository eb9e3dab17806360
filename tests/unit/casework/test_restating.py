"""Another class or level, closing and opening again, with families of invented duties (domain 7.3, 7.5, 9 rule 12)."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from chuanyu.casework.case import Case, Flag, Obligation, Obliged, Standing
from chuanyu.casework.deadlines import frame
from chuanyu.casework.fold import extend, fold
from chuanyu.casework.steps import Change, Duty, Steps
from chuanyu.contracts.case import ClosingBasis, GradeLevel
from chuanyu.contracts.common import ActionOutcome, NoticeClass, Party
from chuanyu.contracts.credit import SanctionImposed, SanctionLifted
from chuanyu.contracts.recall import NoticeIssued, NoticeStatus, RecallLevel, RecallType, Regime
from kit.cases import (
    NOON,
    PROVINCES,
    SANCTION,
    WANZHOU,
    YIBIN,
    Talk,
    closed,
    corrects,
    follow_up,
    lifting,
    ms,
    named,
    receipt,
    reclassified,
    reopened,
    sanction,
    withdrawn,
)

FRAME = frame(PROVINCES)
HOUR, DAY = 3_600_000, 86_400_000
ALERT, FOLLOW_UP = NoticeClass.ALERT, NoticeClass.FOLLOW_UP
ALERTED, FOLLOWED, ASKED, SUBMITTED = "alert_processed", "followup_processed", "recall_consignee_follow_up", "alert_submission"


def by_class(case: Case, fact) -> Change:  # type: ignore[no-untyped-def]
    """Whoever is flagged processes it, faster of an ALERT; and something that is owed whatever the class."""
    rule = ALERTED if fact.event.head.notice_class is ALERT else FOLLOWED
    flagged = [each.division for each in fact.event.head.flagged]
    duties = [Duty(rule, division) for division in flagged]
    return Change(
        owed=(*duties, *(Duty(ASKED, division) for division in flagged), Duty(SUBMITTED, "510000")),
        stage="SAID",
        flagged=tuple(Flag(each, "APPLIER") for each in flagged),
    )


FAMILY = Steps(
    "credit",
    openings={SanctionImposed: by_class},
    additions={SanctionLifted: lambda case, fact: Change(standing=Standing.LIFTED, also_owed=(Duty("sanction_measure_lift", YIBIN),))},
    follow_ups=frozenset({ASKED}),
)


def imposed(notice_class: NoticeClass = FOLLOW_UP, *flagged: str) -> SanctionImposed:
    said = sanction(flagged=flagged or (YIBIN,))
    return replace(said, head=replace(said.head, notice_class=notice_class))


def told(talk: Talk, family: Steps = FAMILY) -> Case:
    """The case, by the whole fold and event by event alike."""
    known = talk.facts[:1]
    case = fold(family, FRAME, known)
    for each in talk.facts[1:]:
        known = [*known, each]
        case = extend(family, FRAME, case, [each]) or fold(family, FRAME, known)
    assert case == fold(family, FRAME, talk.facts)
    return case


def owed(case: Case, rule: str, authority: str = YIBIN) -> Obligation:
    return [each for each in case.obligations if (each.rule, each.authority) == (rule, authority)][-1]


def states(case: Case) -> list[tuple[str, str]]:
    return [(each.rule, each.state.value) for each in case.obligations]


def codes(case: Case) -> list[str]:
    return [each.code for each in case.remarks]


def a_notice() -> Talk:
    talk = Talk()
    talk.say("sichuan", imposed(), "v0", later=HOUR)
    return talk


def test_rule_12_a_higher_class_supersedes_what_the_old_one_asked_and_starts_at_that_instant() -> None:
    talk = a_notice()
    talk.say("sichuan", reclassified(ALERT, case=SANCTION), "up", later=DAY)
    case = told(talk)
    assert states(case) == [(FOLLOWED, "SUPERSEDED"), (ASKED, "OPEN"), (SUBMITTED, "OPEN"), (ALERTED, "OPEN")]
    assert owed(case, ALERTED).due == talk.now + DAY
    assert owed(case, ASKED) == owed(told(a_notice()), ASKED), "what both classes ask stays as it is"
    assert case.notice_class == "ALERT"


def test_rule_12_where_the_level_rises_nothing_is_due_later_than_what_it_replaces() -> None:
    talk = a_notice()
    old = owed(told(talk), FOLLOWED).due
    assert old is not None
    talk.say("sichuan", reclassified(ALERT, case=SANCTION), "up", later=old - talk.now - HOUR)
    assert owed(told(talk), ALERTED).due == old


def test_rule_12_where_it_falls_the_new_time_runs_whole() -> None:
    talk = Talk()
    talk.say("sichuan", imposed(ALERT), "v0")
    talk.say("sichuan", reclassified(FOLLOW_UP, case=SANCTION), "down", later=HOUR)
    old, new = owed(told(talk), ALERTED), owed(told(talk), FOLLOWED)
    assert (old.state, new.state) == (Obliged.SUPERSEDED, Obliged.OPEN)
    assert new.due is not None and old.due is not None and new.due > old.due


def test_rule_12_over_the_border_the_clock_starts_when_the_new_class_is_delivered_and_still_ends_with_the_old() -> None:
    talk = Talk()
    talk.say("sichuan", imposed(FOLLOW_UP, WANZHOU), "v0")
    talk.say("chongqing", receipt("v0", case=SANCTION, division="500000"), later=HOUR)
    old = owed(told(talk), FOLLOWED, WANZHOU).due
    assert old is not None
    talk.say("sichuan", reclassified(ALERT, case=SANCTION), "up", later=HOUR)
    assert owed(told(talk), ALERTED, WANZHOU).due is None
    assert [(each.event, each.at) for each in told(talk).confirmations if each.kind == "DELIVERED"][1:] == [(named("up").bytes, None)], (
        "it must be confirmed over there"
    )
    talk.say("chongqing", receipt("up", case=SANCTION, division="500000"), time=old - HOUR, later=HOUR)
    assert owed(told(talk), ALERTED, WANZHOU).due == old


def test_what_was_met_stays_met_and_a_correction_keeps_the_new_class() -> None:
    talk = a_notice()
    talk.say("sichuan", follow_up(YIBIN, case=SANCTION, outcome=ActionOutcome.NOT_FOUND), "answer")
    talk.say("sichuan", reclassified(ALERT, case=SANCTION), "up")
    before = told(talk)
    assert owed(before, ASKED).state is Obliged.MET
    talk.say("sichuan", corrects(imposed(), "v0"), "v1")
    assert told(talk).obligations == before.obligations


def test_a_withdrawn_reclassification_leaves_the_case_as_it_was() -> None:
    talk = a_notice()
    before = told(talk)
    talk.say("sichuan", reclassified(ALERT, case=SANCTION), "up")
    talk.say("sichuan", withdrawn("up", case=SANCTION), "back")
    assert (told(talk).obligations, told(talk).notice_class) == (before.obligations, "")


@pytest.mark.parametrize(
    ("province", "member", "division", "fine"),
    [
        ("sichuan", "amr", YIBIN, True),
        ("sichuan", "other", YIBIN, False),
        ("sichuan", "other", "510000", True),
        ("chongqing", "amr", "500000", True),
        ("chongqing", "amr", "510000", False),
        ("chongqing", "amr", WANZHOU, False),
    ],
)
def test_only_the_issuer_or_a_province_gives_another_class_or_ends_a_case(province: str, member: str, division: str, fine: bool) -> None:
    for event in (reclassified(ALERT, division=division, case=SANCTION), closed(division, case=SANCTION)):
        talk = a_notice()
        talk.say(province, event, "it", member=member)
        assert codes(told(talk)) == ([] if fine else ["issuer_or_above_alone"])


def recall(level: RecallLevel) -> NoticeIssued:
    head = replace(sanction().head, case_id="sichuan/recall/R-1")
    return NoticeIssued(
        head=head,
        regime=Regime.FOOD,
        level=level,
        type=RecallType.VOLUNTARY,
        status=NoticeStatus.IMPLEMENTED,
        issued_on=20_000,
        recaller=Party(name="试验公司"),
    )


RECALL = Steps(
    "recall",
    openings={
        NoticeIssued: lambda case, fact: Change(
            owed=tuple(Duty(f"recall_food_{what}_{fact.event.level.value.lower().replace('_', '')}", YIBIN) for what in ("start", "finish"))
        )
    },
)


def test_rule_12_a_recall_that_rises_a_level_starts_its_clocks_anew_and_none_ends_later_than_its_own_before() -> None:
    talk = Talk()
    talk.say("sichuan", recall(RecallLevel.LEVEL_2), "v0")
    start, finish = (owed(told(talk, RECALL), f"recall_food_{what}_level2").due for what in ("start", "finish"))
    talk.say("sichuan", reclassified(level=GradeLevel.LEVEL_1, case="sichuan/recall/R-1"), "up", later=30 * HOUR)
    case = told(talk, RECALL)
    assert [each.state.value for each in case.obligations] == ["SUPERSEDED", "SUPERSEDED", "OPEN", "OPEN"]
    assert owed(case, "recall_food_start_level1").due == start, "24 h from now would be later than the 48 h from then"
    assert finish is not None and NOON < (owed(case, "recall_food_finish_level1").due or 0) < finish


def test_a_follow_up_answers_what_its_rules_ask_of_that_authority_and_nothing_else() -> None:
    for outcome, met in ((ActionOutcome.NOT_FOUND, True), (ActionOutcome.OTHER, False)):
        talk = a_notice()
        talk.say("sichuan", follow_up(YIBIN, case=SANCTION, outcome=outcome), "answer")
        case = told(talk)
        assert owed(case, ASKED).state is (Obliged.MET if met else Obliged.OPEN)
        assert owed(case, FOLLOWED).state is Obliged.OPEN
    talk = a_notice()
    talk.say("sichuan", follow_up("510000", case=SANCTION, outcome=ActionOutcome.NOT_FOUND), "above")
    assert owed(told(talk), ASKED).open


def test_a_follow_up_about_another_event_answers_nothing_and_one_about_a_correction_does() -> None:
    talk = a_notice()
    talk.say("sichuan", corrects(imposed(), "v0"), "v1")
    talk.say("sichuan", follow_up(YIBIN, case=SANCTION, outcome=ActionOutcome.NOT_FOUND, about=str(named("other"))), "a1")
    assert owed(told(talk), ASKED).open
    talk.say("sichuan", follow_up(YIBIN, case=SANCTION, outcome=ActionOutcome.NOT_FOUND, about=str(named("v1"))), "a2")
    assert owed(told(talk), ASKED).state is Obliged.MET


def test_a_follow_up_of_nobody_addressed_or_without_its_reason_is_remarked() -> None:
    for division, province, outcome, code in (
        ("500103", "chongqing", ActionOutcome.NOT_FOUND, "not_addressed"),
        (YIBIN, "chongqing", ActionOutcome.NOT_FOUND, "not_addressed"),
        (YIBIN, "sichuan", ActionOutcome.NO_MEASURE, "reason_missing"),
    ):
        talk = a_notice()
        talk.say(province, follow_up(division, case=SANCTION, outcome=outcome), "answer")
        assert (owed(told(talk), ASKED).open, codes(told(talk))) == (True, [code])


def test_a_decision_ends_a_case_and_nothing_opens_in_it_until_it_is_reopened() -> None:
    talk = a_notice()
    talk.say("sichuan", closed(case=SANCTION), "end")
    case = told(talk)
    assert (case.open, case.over, {state for _, state in states(case)}) == (False, talk.now, {"CANCELLED"})
    talk.say("sichuan", corrects(imposed(FOLLOW_UP, YIBIN, "510500"), "v0"), "v1")
    assert states(told(talk)) == states(case)
    talk.say("sichuan", withdrawn("end", case=SANCTION), "back")
    assert told(talk).open


def test_a_reopened_case_owes_again_by_rule_from_that_instant_what_was_met_too() -> None:
    talk = a_notice()
    talk.say("sichuan", follow_up(YIBIN, case=SANCTION, outcome=ActionOutcome.NOT_FOUND), "answer")
    talk.say("sichuan", closed(case=SANCTION), "end")
    talk.say("sichuan", reopened(YIBIN, case=SANCTION), "again", later=30 * DAY)
    case = told(talk)
    assert case.open and case.over is None and case.closed is None
    assert states(case) == [
        (FOLLOWED, "CANCELLED"), (ASKED, "MET"), (SUBMITTED, "CANCELLED"), (FOLLOWED, "OPEN"), (ASKED, "OPEN"), (SUBMITTED, "OPEN"),
    ]  # fmt: skip
    assert owed(case, SUBMITTED, "510000").starts == talk.now
    talk.say("sichuan", closed(case=SANCTION), "end again")
    assert not told(talk).open


def test_an_open_case_one_that_was_lifted_and_a_stranger_reopen_nothing() -> None:
    talk = a_notice()
    talk.say("sichuan", reopened(YIBIN, case=SANCTION), "again")
    assert codes(told(talk)) == ["not_closed"]
    talk = a_notice()
    talk.say("sichuan", lifting(), "lifted")
    talk.say("sichuan", reopened(YIBIN, case=SANCTION), "again")
    assert codes(told(talk)) == ["nothing_stands"]
    talk = a_notice()
    talk.say("sichuan", closed(case=SANCTION), "end")
    talk.say("chongqing", reopened("500103", case=SANCTION), "again")
    assert codes(told(talk)) == ["not_addressed"]


def half_a_year_later(talk: Talk, at: int) -> None:
    talk.say("sichuan", closed(case=SANCTION, basis=ClosingBasis.SILENCE), "silence", time=at, later=at + 1_000 - talk.now)


def test_d10_six_months_after_the_last_word_what_is_open_is_unanswered_and_the_case_over() -> None:
    talk = a_notice()
    at = told(talk).silent
    assert at == ms("2027-03-30 00:00"), "said on 29 September"
    half_a_year_later(talk, at)
    case = told(talk)
    assert (case.open, {state for _, state in states(case)}, codes(case)) == (False, {"UNANSWERED"}, [])


def test_d10_a_word_in_the_meantime_puts_silence_off_and_a_closing_before_that_has_no_effect() -> None:
    talk = a_notice()
    first = told(talk).silent
    assert first is not None
    talk.say("sichuan", follow_up(YIBIN, case=SANCTION), "word", later=ms("2027-01-07 10:00") - talk.now)
    assert told(talk).silent == ms("2027-07-08 00:00")
    half_a_year_later(talk, first)
    assert (told(talk).open, codes(told(talk))) == (True, ["answered_in_time"])


def test_d10_silence_closes_neither_what_was_lifted_nor_what_somebody_never_got() -> None:
    talk = a_notice()
    talk.say("sichuan", lifting(), "lifted")
    assert told(talk).silent is None
    talk = Talk()
    talk.say("sichuan", imposed(FOLLOW_UP, WANZHOU), "v0")
    assert told(talk).silent is None
    talk.say("chongqing", receipt("v0", case=SANCTION, division="500000"), later=HOUR)
    assert told(talk).silent is not None


def test_d10_only_the_home_closes_by_silence() -> None:
    talk = a_notice()
    at = told(talk).silent
    assert at is not None
    talk.say("chongqing", closed("500000", case=SANCTION, basis=ClosingBasis.SILENCE), "silence", time=at, later=at)
    assert (told(talk).open, codes(told(talk))) == (True, ["not_the_decider"])
