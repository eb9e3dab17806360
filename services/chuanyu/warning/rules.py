"""
Which failures are evidence of what, and what is to be said of it. Pure; source: plan 八-一 (早发现, 早预警), 专栏20-4; the rule is policy.

`producer_failing_in_both_provinces`, version 1: of two samples of one producer, one failed in each province, taken at most 90 days apart.
Days are cut into periods of 90; a pair belongs to the period of its later sample, so every pair belongs to exactly one. All pairs of a
period together are one evidence set, and one alert. A period and the one before it are a hopping window of 180 days, advancing by 90.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from chuanyu.contracts.case import Withdrawn
from chuanyu.contracts.common import NoticeClass, Party
from chuanyu.contracts.spotcheck import ResultReported, Verdict
from chuanyu.domain.dates import day_of, from_millis, to_days
from chuanyu.domain.divisions import province_of
from chuanyu.domain.uscc import derived_party_key

RULE, VERSION = "producer_failing_in_both_provinces", 1
APART = 90  # days
_NO_EVIDENCE = frozenset({NoticeClass.NEWS, NoticeClass.FRAUD})  # unverified; not to be seen by whoever reads an alert (domain 7.1, 7.6)


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed sample. event: the version that says so · province: the node that accepted it · day: since 1970, when it was taken."""

    event: UUID
    province: str
    day: int


@dataclass(frozen=True, slots=True)
class Subject:
    """The producer as one result names it. key: USCC, else derived · decides: the node that warns of it (D10)."""

    key: str
    name: str | None
    uscc: str | None
    division: str | None
    decides: str


@dataclass(frozen=True, slots=True)
class Sample:
    """What was said about one sample: a set of facts, so that repetitions and late ones change nothing.

    sequence: of the newest result · versions: ids of its results and of what they correct · withdrawn: ids of what was withdrawn
    failure, subject: of the newest result, None where it is no evidence
    """

    sequence: int = 0
    versions: frozenset[UUID] = frozenset()
    withdrawn: frozenset[UUID] = frozenset()
    failure: Failure | None = None
    subject: Subject | None = None

    @property
    def stands(self) -> bool:
        """Whether it is evidence now."""
        return self.failure is not None and not self.versions & self.withdrawn


UNTOLD = Sample()


@dataclass(frozen=True, slots=True)
class Alert:
    """What this node has said of one period. id: of the newest version · last: of the last thing said, a closing included."""

    id: UUID
    case_id: str
    evidence: tuple[UUID, ...]
    open: bool
    last: UUID


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be said of a period. evidence: empty closes the alert · before: what was said last, if anything."""

    period: int
    evidence: tuple[Failure, ...]
    before: Alert | None


@dataclass(frozen=True, slots=True)
class Said:
    """Which event said something. sequence: in its partition · province: the node that accepted it · time: of the event, ms."""

    event: UUID
    sequence: int
    province: str
    time: int


def reported(sample: Sample, result: ResultReported, said: Said, provinces: Mapping[str, str]) -> Sample:
    """The sample after a result of its home. Only the newest counts, which replaces the others whole; one that passed from the first leaves
    no trace. provinces: word of a node → first two digits of its divisions."""
    corrected = result.head.correction_of
    versions = sample.versions | {said.event} | ({UUID(corrected)} if corrected else set())
    if said.sequence <= sample.sequence:
        return replace(sample, versions=versions)
    subject = subject_of(result.labelled_producer, provinces) if is_evidence(result) else None
    if subject is None and sample is UNTOLD and not corrected:
        return UNTOLD
    failure = Failure(said.event, said.province, _day(result, said.time)) if subject else None
    return Sample(said.sequence, versions, sample.withdrawn, failure, subject)


def withdrawn(sample: Sample, withdrawal: Withdrawn) -> Sample:
    """The sample after a withdrawal from its home: mistaken, or overturned by a re-test."""
    return replace(sample, withdrawn=sample.withdrawn | {UUID(withdrawal.event_id)})


def is_evidence(result: ResultReported) -> bool:
    """Whether a result, while it stands, is evidence of a failing producer."""
    return result.verdict is Verdict.FAILED and result.head.notice_class not in _NO_EVIDENCE


def subject_of(producer: Party | None, provinces: Mapping[str, str]) -> Subject | None:
    """The producer that a label names; None where it names none. The node of its province decides, else the first by name (D10)."""
    if producer is None or not (producer.uscc or producer.name):
        return None
    key = producer.uscc or derived_party_key(producer.name or "", producer.division)
    seat = province_of(producer.uscc[2:8] if producer.uscc else producer.division)
    at_home = (word for word, digits in provinces.items() if seat == f"{digits}0000")
    return Subject(key, producer.name, producer.uscc, producer.division, next(at_home, min(provinces)))


def evidence_sets(failures: Collection[Failure]) -> dict[int, tuple[Failure, ...]]:
    """Period → the failures of one producer that are evidence in it, by day; periods without evidence are left out."""
    periods = {failure.day // APART + late for failure in failures for late in (0, 1)}
    found = {period: evidence(failures, period) for period in sorted(periods)}
    return {period: them for period, them in found.items() if them}


def evidence(failures: Collection[Failure], period: int) -> tuple[Failure, ...]:
    """The failures of one producer that form a pair whose later sample was taken in the period, by day."""
    first, last = period * APART, (period + 1) * APART - 1
    near = [failure for failure in failures if first - APART <= failure.day <= last]
    days: dict[str, list[int]] = {}
    for failure in sorted(near, key=lambda failure: failure.day):
        days.setdefault(failure.province, []).append(failure.day)

    def paired(failure: Failure) -> bool:
        since = failure.day - APART if failure.day >= first else first
        until = min(failure.day + APART, last)
        return any(_any_within(taken, since, until) for province, taken in days.items() if province != failure.province)

    return tuple(sorted(filter(paired, near), key=lambda failure: (failure.day, failure.event)))


def decide(sets: Mapping[int, tuple[Failure, ...]], said: Mapping[int, Alert]) -> Iterator[Decision]:
    """What is to be said so that the open alerts are the evidence sets: raised, corrected where one changed, closed where one is gone."""
    for period in sorted(sets.keys() | said.keys()):
        evidence, before = sets.get(period, ()), said.get(period)
        standing = before.evidence if before and before.open else ()
        if tuple(failure.event for failure in evidence) != standing:
            yield Decision(period, evidence, before)


def window(period: int) -> tuple[int, int]:
    """First and last day that the evidence of a period can be of."""
    return (period - 1) * APART, (period + 1) * APART - 1


def _any_within(days: list[int], since: int, until: int) -> bool:
    place = bisect_left(days, since)
    return place < len(days) and days[place] <= until


def _day(result: ResultReported, time: int) -> int:
    """The sampling day, else that of the report, else when it is said to have happened."""
    issued = result.report.issued_on if result.report else None
    taken = result.sampling.taken_on
    return taken if taken is not None else issued if issued is not None else to_days(day_of(from_millis(time)))
