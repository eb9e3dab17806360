"""The rule of early warning against plain pairs, in any order, and what it says about what changes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace as replace_in
from itertools import permutations
from random import Random
from typing import Any
from uuid import UUID

import faust
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chuanyu.casework import deadlines
from chuanyu.casework.case import Fact, Standing
from chuanyu.casework.fold import fold
from chuanyu.contracts.common import NoticeClass, Party
from chuanyu.contracts.spotcheck import ObjectionOutcome, ObjectionResolved, Verdict
from chuanyu.domain.uscc import derived_party_key
from chuanyu.spotcheck import handlers as spotcheck
from chuanyu.warning import rules
from chuanyu.warning.rules import Alert, Failure
from kit import failures
from kit.cases import PROVINCES, corrects, named, result, withdrawn
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


Facts = list[tuple[str, Fact]]


def facts_of(cases: Sequence[Case]) -> Facts:
    """What the rule reads of histories, each with its case, in the order of its topic."""
    sequences: Counter[str] = Counter()
    found: Facts = []
    for case in cases:
        for act in case.acts:
            topic, head = act.record.topic, act.head
            sequences[topic] += 1
            event = rules.stated(act.event, head.id, topic.partition(".")[0], head.time, PROVINCES)
            order = head.time + len(found), topic, sequences[topic]
            found.append((head.subject, Fact(order, head.id.bytes, head.source, head.time, head.recordedtime, event)))
    return found


def evidence_of(samples: Iterable[Iterable[Fact]]) -> dict[tuple[str, int], tuple[Failure, ...]]:
    failing: dict[str, list[Failure]] = defaultdict(list)
    for sample in samples:
        if found := rules.standing(list(sample)):
            failing[found[1].key].append(found[0])
    return {(key, period): them for key, all_ in failing.items() for period, them in rules.evidence_sets(all_).items()}


def ids(sets: Mapping[tuple[str, int], Iterable[Failure]]) -> Evidence:
    return {where: [str(each.event) for each in evidence] for where, evidence in sets.items()}


@given(st.integers(0, 1_000_000))
def test_p2_d8_d9_the_open_alerts_are_those_of_a_plain_computation_whatever_is_late_repeated_or_shuffled(seed: int) -> None:
    """Corrected, withdrawn, overturned, in batches of any size and any order, some of it again and again; deciding after every batch."""
    random = Random(seed)
    cases = failures.history(random, 30)
    stream = facts_of(cases)
    stream = random.sample(stream, len(stream))
    stream += random.choices(stream, k=20)
    known: dict[str, dict[bytes, Fact]] = defaultdict(dict)
    said: dict[str, dict[int, Alert]] = defaultdict(dict)
    turn = 0
    while stream:
        batch, stream = stream[: (size := random.randrange(1, 30))], stream[size:]
        for case_id, fact in batch:
            known[case_id][fact.id] = fact
        sets: dict[str, dict[int, tuple[Failure, ...]]] = defaultdict(dict)
        for (key, period), evidence in evidence_of(facts.values() for facts in known.values()).items():
            sets[key][period] = evidence
        for key in sets.keys() | said.keys():
            for decision in rules.decide(sets[key], said[key]):
                turn += 1
                assert decision.before == said[key].get(decision.period)
                new = UUID(int=turn)
                said[key][decision.period] = Alert(new, "", tuple(each.event for each in decision.evidence), new)
            assert list(rules.decide(sets[key], said[key])) == []
    standing = {(key, period): alert.evidence for key, alerts in said.items() for period, alert in alerts.items() if alert.evidence}
    assert {where: list(map(str, evidence)) for where, evidence in standing.items()} == failures.warned_of(cases)


@given(st.integers(0, 1_000_000))
def test_d12_what_is_evidence_is_what_stands_in_the_samples_case(seed: int) -> None:
    """The version that the fold of the case itself ends with, or none."""
    random = Random(seed)
    frame = deadlines.frame(PROVINCES)
    for case in failures.history(random, 12):
        case.acts = [act for act in case.acts if not isinstance(act.event, ObjectionResolved)]
        stated = facts_of([case])
        kept = fold(
            spotcheck.steps(PROVINCES), frame, [replace_in(fact, event=act.event) for (_, fact), act in zip(stated, case.acts, strict=True)]
        )
        found = rules.standing([fact for _, fact in random.sample(stated, len(stated))])
        events = {act.head.id.bytes: act.event for act in case.acts}
        stands = kept.versions[-1] if kept.standing is Standing.STANDS else None
        is_evidence = stands is not None and rules.is_evidence(events[stands]) and events[stands].labelled_producer is not None
        assert (found[0].event.bytes if found else None) == (stands if is_evidence else None)


def sample(*acts: tuple[str, object]) -> list[Fact]:
    """What was stated about one sample, as (province, event) in the order of its case, with the ids a, b, c …"""
    return [
        Fact(
            (place, f"{province}.spotcheck", place),
            named(word).bytes,
            f"/{province}/amr",
            0,
            0,
            rules.stated(event, named(word), province, 0, PROVINCES),
        )
        for place, (word, (province, event)) in enumerate(zip("abcdefgh", acts, strict=False), 1)
    ]


FAILED = CHONGQING, result()
OVERTURNED = failures.concluded(ObjectionOutcome.OVERTURNED)
UPHELD = failures.concluded(ObjectionOutcome.UPHELD)


@pytest.mark.parametrize(
    ("acts", "evidence"),
    [
        ([FAILED], "a"),
        ([FAILED, (CHONGQING, withdrawn("a"))], ""),
        ([FAILED, (SICHUAN, withdrawn("a"))], "a"),
        ([FAILED, (CHONGQING, corrects(result(), "a"))], "b"),
        ([FAILED, (CHONGQING, corrects(result(Verdict.PASSED), "a"))], ""),
        ([FAILED, (CHONGQING, corrects(result(), "a")), (CHONGQING, withdrawn("a"))], ""),
        ([FAILED, (CHONGQING, OVERTURNED)], ""),
        ([FAILED, (SICHUAN, OVERTURNED)], ""),
        ([FAILED, (SICHUAN, UPHELD)], "a"),
        ([FAILED, (SICHUAN, OVERTURNED), (SICHUAN, corrects(UPHELD, "b"))], "a"),
        ([FAILED, (SICHUAN, OVERTURNED), (SICHUAN, withdrawn("b"))], "a"),
        ([FAILED, (SICHUAN, UPHELD), (SICHUAN, corrects(OVERTURNED, "b"))], ""),
        ([(CHONGQING, corrects(result(), "never came"))], ""),
        ([FAILED, (CHONGQING, corrects(result(), "never came"))], "a"),
        ([(CHONGQING, result(Verdict.PASSED)), (CHONGQING, corrects(result(), "a"))], "b"),
    ],
)  # fmt: skip
def test_d12_a_failure_is_evidence_until_it_is_withdrawn_corrected_or_overturned(acts: list[tuple[str, Any]], evidence: str) -> None:
    """In any sequence (domain 7.3, 7.4). What names a version that never came has no effect."""
    facts = sample(*acts)
    for order in permutations(facts):
        found = rules.standing(order)
        assert (found[0].event if found else None) == (named(evidence) if evidence else None)


@pytest.mark.parametrize("notice", [NoticeClass.NEWS, NoticeClass.FRAUD])
def test_what_is_unverified_or_not_to_be_seen_is_no_evidence(notice: NoticeClass) -> None:
    event = replace(result(), head=replace(result().head, notice_class=notice))
    assert rules.is_evidence(result()) and not rules.is_evidence(event)


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
            said[decision.period] = Alert(UUID(int=turn), "", evidence, UUID(int=turn))
        open_now = {period: alert.evidence for period, alert in said.items() if alert.evidence}
        assert open_now == {period: tuple(each.event for each in evidence) for period, evidence in sets.items()}
        assert list(rules.decide(sets, said)) == []
