"""The verdict over a run: what was submitted and answered, against what took effect. Pure; tested with seeded violations.

Anomalies: lost (answered as accepted, no effect) · duplicate-effect · phantom (an effect that nobody submitted) · reordered-in-case
(effects of one case and owner not in sequence, or an event that was answered before another was submitted stands behind it) ·
gap-unseen (a slot that is neither an effect nor kept aside, with later slots applied).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

ANOMALIES = ("lost", "duplicate-effect", "phantom", "reordered-in-case", "gap-unseen")


@dataclass(frozen=True, slots=True)
class Submission:
    """One event as its client saw it. submitted, answered: positions in the client's own order; answered None: never heard."""

    event: str
    case: str
    submitted: float
    answered: float | None


@dataclass(frozen=True, slots=True)
class Effect:
    """One effect in the order in which it was committed."""

    event: str
    case: str
    topic: str
    partition: int
    sequence: int


@dataclass(frozen=True, slots=True)
class Anomaly:
    """One violation, named."""

    name: str
    what: str


def verdict(submissions: Sequence[Submission], effects: Sequence[Effect], aside: Iterable[tuple[str, int, int]] = ()) -> list[Anomaly]:
    """Every anomaly of a run; an empty list is a pass. aside: (topic, partition, sequence) kept in quarantine."""
    return [
        *_lost(submissions, effects),
        *_duplicates(effects),
        *_phantoms(submissions, effects),
        *_reordered(effects),
        *_overtaken(submissions, effects),
        *_gaps(effects, set(aside)),
    ]


def _lost(submissions: Sequence[Submission], effects: Sequence[Effect]) -> list[Anomaly]:
    applied = {effect.event for effect in effects}
    return [Anomaly("lost", s.event) for s in submissions if s.answered is not None and s.event not in applied]


def _duplicates(effects: Sequence[Effect]) -> list[Anomaly]:
    counted = Counter(effect.event for effect in effects)
    return [Anomaly("duplicate-effect", f"{event} {count} times") for event, count in counted.items() if count > 1]


def _phantoms(submissions: Sequence[Submission], effects: Sequence[Effect]) -> list[Anomaly]:
    known = {s.event for s in submissions}
    return [Anomaly("phantom", effect.event) for effect in effects if effect.event not in known]


def _reordered(effects: Sequence[Effect]) -> list[Anomaly]:
    last: dict[tuple[str, str], int] = defaultdict(int)
    found = []
    for effect in effects:
        owner_case = effect.topic, effect.case
        if effect.sequence < last[owner_case]:
            found.append(Anomaly("reordered-in-case", f"{effect.case}: {effect.sequence} after {last[owner_case]}"))
        last[owner_case] = max(last[owner_case], effect.sequence)
    return found


def _overtaken(submissions: Sequence[Submission], effects: Sequence[Effect]) -> list[Anomaly]:
    sequence = {effect.event: effect.sequence for effect in effects}
    by_case: dict[str, list[Submission]] = defaultdict(list)
    for s in submissions:
        if s.event in sequence:
            by_case[s.case].append(s)
    found = []
    for case, said in by_case.items():
        answered = sorted((s for s in said if s.answered is not None), key=lambda s: s.answered or 0.0)
        said.sort(key=lambda s: s.submitted)
        at, highest = 0, 0
        for s in said:
            while at < len(answered) and (answered[at].answered or 0.0) < s.submitted:
                highest = max(highest, sequence[answered[at].event])
                at += 1
            if sequence[s.event] < highest:
                found.append(Anomaly("reordered-in-case", f"{case}: {s.event} stands before an event that was answered first"))
    return found


def _gaps(effects: Sequence[Effect], aside: set[tuple[str, int, int]]) -> list[Anomaly]:
    seen: dict[tuple[str, int], set[int]] = defaultdict(set)
    for effect in effects:
        seen[effect.topic, effect.partition].add(effect.sequence)
    return [
        Anomaly("gap-unseen", f"{topic}/{partition}: {sequence}")
        for (topic, partition), sequences in seen.items()
        for sequence in range(1, max(sequences))
        if sequence not in sequences and (topic, partition, sequence) not in aside
    ]
