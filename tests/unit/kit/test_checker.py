"""The checker must flag every seeded violation and pass a clean history, or a green run proves nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.checker import ANOMALIES, Effect, Submission, verdict

History = tuple[list[Submission], list[Effect]]


def clean(cases: int = 3, each: int = 4) -> History:
    """Every case on its own partition, its events submitted one after the other and applied in that order."""
    submissions, effects = [], []
    for n in range(each):
        for case in range(cases):
            name, at = f"e{case}-{n}", float(n * cases + case)
            submissions.append(Submission(name, f"c{case}", at, at + 0.5))
            effects.append(Effect(name, f"c{case}", "a.spotcheck", case, n + 1))
    return submissions, effects


def lost(history: History) -> None:
    history[1].pop()


def twice(history: History) -> None:
    history[1].append(history[1][-1])


def phantom(history: History) -> None:
    history[1].append(Effect("nobody's", "c0", "a.spotcheck", 0, 5))


def swapped_effects(history: History) -> None:
    effects = history[1]
    effects[0], effects[3] = effects[3], effects[0]


def overtaken(history: History) -> None:
    effects = history[1]
    effects[0], effects[3] = replace(effects[0], event=effects[3].event), replace(effects[3], event=effects[0].event)


def jumped_slot(history: History) -> None:
    history[1][-1] = replace(history[1][-1], sequence=9)


@pytest.mark.parametrize(
    ("seed", "name"),
    [
        (lost, "lost"),
        (twice, "duplicate-effect"),
        (phantom, "phantom"),
        (swapped_effects, "reordered-in-case"),
        (overtaken, "reordered-in-case"),
        (jumped_slot, "gap-unseen"),
    ],
)
def test_a_seeded_violation_is_flagged(seed: Callable[[History], None], name: str) -> None:
    history = clean()
    seed(history)
    assert name in {anomaly.name for anomaly in verdict(*history)}
    assert {anomaly.name for anomaly in verdict(*history)} <= set(ANOMALIES)


@given(st.integers(1, 6), st.integers(1, 8))
def test_a_clean_history_passes(cases: int, each: int) -> None:
    assert verdict(*clean(cases, each)) == []


def test_what_was_never_answered_may_take_effect_or_not() -> None:
    submissions, effects = clean()
    unheard = [replace(s, answered=None) for s in submissions]
    assert verdict(unheard, effects) == []
    assert [a.name for a in verdict([*submissions, Submission("late", "c0", 99.0, None)], effects)] == []


def test_a_slot_kept_aside_is_no_gap() -> None:
    submissions, effects = clean(cases=1)
    gone = effects.pop(1)
    kept = [(gone.topic, gone.partition, gone.sequence)]
    unheard = [replace(s, answered=None) for s in submissions]
    assert verdict(unheard, effects, kept) == []
    assert [a.name for a in verdict(unheard, effects)] == ["gap-unseen"]
