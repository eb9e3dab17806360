"""The rule of early warning against plain pairs, in any order, and what it says about what changes."""

from __future__ import annotations

from random import Random
from uuid import UUID

import faust
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chuanyu.contracts.case import Withdrawn
from chuanyu.contracts.common import NoticeClass, Party
from chuanyu.contracts.spotcheck import Verdict
from chuanyu.domain.uscc import derived_party_key
from chuanyu.warning import rules
from chuanyu.warning.rules import UNTOLD, Alert, Failure, Said, Sample
from kit import failures
from kit.cases import PROVINCES, result, withdrawn
from kit.failures import Case, Evidence

SICHUAN, CHONGQING = "sichuan", "chongqing"
START = 226 * rules.APART  # the first day of a period


def failure(number: int, province: str, day: int) -> Failure:
    return Failure(UUID(int=number), province, START + day)


def numbered(sets: dict[int, tuple[Failure, ...]]) -> dict[int, list[int]]:
    """Periods counted from START, and the numbers of their evidence."""
    return {period - 226: [each.event.int for each in evidence] for period, evidence in sets.items()}


@pytest.mark.parametrize(
    ("days", "found"),
    [
        ([(SICHUAN, 0), (CHONGQING, 90)], {1: [1, 2]}),
        ([(SICHUAN, 0), (CHONGQING, 91)], {}),
        ([(SICHUAN, 0), (SICHUAN, 1), (SICHUAN, 2)], {}),
        ([(SICHUAN, 5), (CHONGQING, 5)], {0: [1, 2]}),
        ([(CHONGQING, -90), (SICHUAN, 0), (CHONGQING, 89)], {0: [1, 2, 3]}),
        ([(SICHUAN, 89), (CHONGQING, 89), (SICHUAN, 90)], {0: [1, 2], 1: [2, 3]}),
        ([(SICHUAN, 0), (CHONGQING, 10), (CHONGQING, 100), (SICHUAN, 300)], {0: [1, 2]}),
    ],
)
def test_two_failures_one_in_each_province_at_most_90_days_apart_are_evidence(
    days: list[tuple[str, int]], found: dict[int, list[int]]
) -> None:
    """A pair belongs to the period of its later sample, and to no other."""
    assert numbered(rules.evidence_sets([failure(number, *where) for number, where in enumerate(days, 1)])) == found


FAILURES = st.lists(st.tuples(st.sampled_from([SICHUAN, CHONGQING, "guizhou"]), st.integers(-400, 400)), max_size=40)


@given(FAILURES, st.randoms(use_true_random=False))
def test_evidence_is_every_pair_and_does_not_depend_on_the_sequence(days: list[tuple[str, int]], random: Random) -> None:
    them = [failure(number, *where) for number, where in enumerate(days, 1)]
    pairs = [(a, b) for a in them for b in them if a.province != b.province and 0 <= b.day - a.day <= 90]
    expected = {(each, b.day // 90) for a, b in pairs for each in (a, b)}
    sets = rules.evidence_sets(them)
    assert {(each, period) for period, evidence in sets.items() for each in evidence} == expected
    assert rules.evidence_sets(random.sample(them, len(them))) == sets


@given(st.integers(0, 40_000))
def test_a_period_and_the_one_before_are_a_hopping_window_as_faust_cuts_it(day: int) -> None:
    windows = faust.HoppingWindow(size=2 * rules.APART * 86_400, step=rules.APART * 86_400).ranges(day * 86_400)
    ours = [rules.window(day // rules.APART + late) for late in (0, 1)]
    assert [(start // 86_400, end // 86_400) for start, end in windows] == ours


def told(acts: list[tuple[int, object]], province: str) -> Sample:
    """A sample after (sequence, draft) in the given order."""
    sample = UNTOLD
    for sequence, act in acts:
        event = act.event  # type: ignore[attr-defined]
        if isinstance(event, Withdrawn):
            sample = rules.withdrawn(sample, event)
        else:
            sample = rules.reported(sample, event, Said(act.head.id, sequence, province, act.head.time), PROVINCES)  # type: ignore[attr-defined]
    return sample


def evidence_of(samples: list[Sample]) -> Evidence:
    standing = [sample for sample in samples if sample.stands and sample.failure and sample.subject]
    found: Evidence = {}
    for key in {sample.subject.key for sample in standing if sample.subject}:
        them = [sample.failure for sample in standing if sample.failure and sample.subject and sample.subject.key == key]
        found |= {(key, period): [str(each.event) for each in evidence] for period, evidence in rules.evidence_sets(them).items()}
    return found


@given(st.integers(0, 10_000))
def test_d8_what_is_evidence_follows_from_the_set_of_what_was_said(seed: int) -> None:
    """Corrected, withdrawn, overturned; each statement up to three times. Of a case whose first result passed nothing is kept, so only
    its results may not overtake each other: their owner's order is what a partition keeps."""
    random = Random(seed)
    cases = failures.history(random, 30)
    again = [told(repeated(random, case), case.province) for case in cases]
    assert evidence_of(again) == failures.warned_of(cases)


def repeated(random: Random, case: Case) -> list[tuple[int, object]]:
    """The acts with their sequences; behind each, some of those before it come once more."""
    acts = list(enumerate(case.acts, 1))
    found = []
    for place in range(len(acts)):
        found += [acts[place], *random.choices(acts[: place + 1], k=random.randrange(3))]
    return found


def test_no_trace_is_kept_of_a_sample_that_passed() -> None:
    said = Said(UUID(int=1), 1, CHONGQING, 0)
    assert rules.reported(UNTOLD, result(Verdict.PASSED), said, PROVINCES) is UNTOLD


@pytest.mark.parametrize("notice", [NoticeClass.NEWS, NoticeClass.FRAUD])
def test_what_is_unverified_or_not_to_be_seen_is_no_evidence(notice: NoticeClass) -> None:
    event = replace(result(), head=replace(result().head, notice_class=notice))
    assert rules.is_evidence(result()) and not rules.is_evidence(event)


def test_a_withdrawal_that_comes_before_its_result_still_takes_it_away() -> None:
    """After a gap the owner sends again what was lost."""
    early = rules.withdrawn(UNTOLD, withdrawn("a"))
    event_id = UUID(withdrawn("a").event_id)
    late = rules.reported(early, result(), Said(event_id, 1, CHONGQING, 0), PROVINCES)
    assert late.failure and not late.stands


@pytest.mark.parametrize(
    ("party", "key", "decides"),
    [
        (Party(name="甲", uscc="91511502MA00000014", division="500103"), "91511502MA00000014", SICHUAN),
        (Party(name="甲", division="500103"), derived_party_key("甲", "500103"), CHONGQING),
        (Party(name="甲", division="430100"), derived_party_key("甲", "430100"), CHONGQING),
        (Party(name="甲"), derived_party_key("甲", None), CHONGQING),
    ],
)
def test_d10_the_node_of_the_producers_province_decides_else_the_first_by_name(party: Party, key: str, decides: str) -> None:
    subject = rules.subject_of(party, PROVINCES)
    assert subject and (subject.key, subject.decides) == (key, decides)


def test_a_label_that_names_nobody_is_no_evidence() -> None:
    assert rules.subject_of(None, PROVINCES) is None
    assert rules.subject_of(Party(division="500103"), PROVINCES) is None


@given(st.lists(FAILURES, min_size=1, max_size=6))
def test_d9_after_every_change_the_open_alerts_are_the_evidence_sets_and_deciding_again_says_nothing(
    states: list[list[tuple[str, int]]],
) -> None:
    said: dict[int, Alert] = {}
    for turn, days in enumerate(states):
        sets = rules.evidence_sets([failure(number, *where) for number, where in enumerate(days, 1)])
        for decision in rules.decide(sets, said):
            evidence = tuple(each.event for each in decision.evidence)
            assert decision.before == said.get(decision.period)
            said[decision.period] = Alert(UUID(int=turn), "", evidence, bool(evidence), UUID(int=turn))
        open_now = {period: alert.evidence for period, alert in said.items() if alert.open}
        assert open_now == {period: tuple(each.event for each in evidence) for period, evidence in sets.items()}
        assert list(rules.decide(sets, said)) == []
