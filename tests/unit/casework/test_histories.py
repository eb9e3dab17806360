"""The law of the fold, over random histories: the set of events alone decides, whatever was heard first (D7, D8)."""

from collections import defaultdict

from hypothesis import given, settings
from hypothesis import strategies as st

from chuanyu.casework import remarks
from chuanyu.casework.case import NEW, Case, Flag, Standing, pack, unpack
from chuanyu.casework.deadlines import frame
from chuanyu.casework.fold import extend, fold
from chuanyu.casework.steps import Change, Duty, Steps
from chuanyu.contracts.common import NoticeClass
from chuanyu.contracts.credit import SanctionImposed, SanctionLifted
from chuanyu.kernel.store import Arrived
from chuanyu.spotcheck.duties import DISPOSAL
from chuanyu.spotcheck.handlers import steps
from kit.cases import CASE, PROVINCES, SANCTION, YIBIN, facts
from kit.histories import hearings, histories

VOID = {"original_void", "stated_twice", "not_a_statement", "not_the_issuer", "withdrawn_before", "another_kind"}
SPOTCHECK = steps(PROVINCES)
FRAME = frame(PROVINCES)

RULE_OF = defaultdict(lambda: "followup_processed", {NoticeClass.ALERT: "alert_processed"})

# A family that uses every mechanic: duties by class, one that repeats, one that may be extended, additions that meet, open and extend.
BUSY = Steps(
    "credit",
    openings={
        SanctionImposed: lambda case, fact: Change(
            flagged=tuple(Flag(each.division, each.role.value) for each in fact.event.head.flagged),
            owed=(
                *(Duty("sanction_measure_apply", each.division) for each in fact.event.head.flagged),
                *(Duty(RULE_OF[fact.event.head.notice_class], each.division) for each in fact.event.head.flagged),
                Duty("recall_drug_progress_level2", YIBIN),
                Duty("spotcheck_retest_laboratory", YIBIN, trigger=fact.time),
                Duty("alert_submission", "510000", trigger=fact.time),
            ),
        )
    },
    additions={
        SanctionLifted: lambda case, fact: Change(
            met=tuple(each.id for each in case.obligations if each.open)[:1],
            also_owed=(Duty("sanction_measure_lift", "500000"),),
            extends=tuple(each.id for each in case.obligations if each.open)[-1:],
        )
    },
    follow_ups=frozenset({"recall_drug_progress_level2", "alert_processed"}),
)


def heard(family: Steps, batches: list[list[Arrived]]) -> tuple[Case, int]:
    """A case as a node makes it, batch by batch from what it kept, and how often it had to fold all again."""
    case, known, again = NEW, [], 0
    for batch in batches:
        fresh = facts(batch)
        after = extend(family, FRAME, unpack(pack(case)), fresh)
        if after is None:
            again += 1
            after = fold(family, FRAME, known + fresh)
        case, known = after, known + fresh
    return case, again


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_d8_any_hearing_of_a_sample_ends_in_the_same_bytes(data: st.DataObject) -> None:
    arrivals = data.draw(histories([CASE]))
    whole = fold(SPOTCHECK, FRAME, facts(arrivals))
    for _ in range(2):
        case, _ = heard(SPOTCHECK, data.draw(hearings(arrivals)))
        assert pack(case) == pack(whole)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_d8_any_hearing_of_a_busy_case_ends_in_the_same_bytes(data: st.DataObject) -> None:
    arrivals = data.draw(histories([SANCTION]))
    whole = fold(BUSY, FRAME, facts(arrivals))
    for _ in range(2):
        case, _ = heard(BUSY, data.draw(hearings(arrivals)))
        assert pack(case) == pack(whole)


@settings(max_examples=100, deadline=None)
@given(histories([CASE]))
def test_every_event_is_either_in_effect_or_waits_or_is_remarked(arrivals: list[Arrived]) -> None:
    case = fold(SPOTCHECK, FRAME, facts(arrivals))
    ids = {arrived.head.id.bytes for arrived in arrivals}
    waiting = {each.event for each in case.waiting}
    odd = {each.event for each in case.remarks if each.code in VOID}
    assert set(case.known) | waiting | odd == ids
    assert not set(case.known) & (waiting | odd)
    assert case.events == len(arrivals)


@settings(max_examples=100, deadline=None)
@given(histories([CASE]))
def test_d12_nothing_waits_for_what_took_effect(arrivals: list[Arrived]) -> None:
    case = fold(SPOTCHECK, FRAME, facts(arrivals))
    void = {each.event for each in case.remarks if each.code in VOID}
    assert not {each.original for each in case.waiting} & (set(case.known) | void)
    assert not (case.versions and any(each.original is None for each in case.waiting))


@settings(max_examples=100, deadline=None)
@given(histories([CASE]))
def test_no_duty_stands_twice_and_what_left_open_says_when_and_why(arrivals: list[Arrived]) -> None:
    case = fold(SPOTCHECK, FRAME, facts(arrivals))
    standing = [each.key for each in case.obligations if each.open]
    assert len(set(standing)) == len(standing)
    assert len({each.id for each in case.obligations}) == len(case.obligations)
    assert all(each.open == (each.settled is None) == (each.settled_by is None) for each in case.obligations)


@settings(max_examples=200, deadline=None)
@given(histories([CASE], size=14))
def test_a_part_is_as_far_as_what_its_authority_owes_still(arrivals: list[Arrived]) -> None:
    """核查处置: what a state answers is answered, what it does not is owed; nothing is owed for a result that does not stand."""
    case = fold(SPOTCHECK, FRAME, facts(arrivals))
    assert {each.code for each in case.remarks} <= remarks.WORDS.keys()
    owed = {(each.rule, each.authority, each.part) for each in case.obligations if each.open}
    if case.standing is not Standing.STANDS:
        assert not owed and not case.alive
        return
    if case.closed:
        assert not owed and not case.alive
        return
    for part in case.parts:
        still = {rule for rule in DISPOSAL if (rule, part.authority, part.part) in owed}
        told = 0 if part.state == "NOT_STARTED" else 1 if part.state == "STARTED" else 3 if part.state == "FINISHED" else 2
        assert still == (set() if part.released or part.counterfeit else set(DISPOSAL[told:]))
    at_work = any(not part.ended for part in case.parts) or any(each.open for each in case.objections)
    assert case.alive == (at_work and case.stage != "PASSED")
