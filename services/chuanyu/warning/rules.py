"""
Which failures are evidence of what, and what is to be said of it. Pure; source: plan 八-一 (早发现, 早预警), 专栏20-4; the rule is policy.

`producer_failing_in_both_provinces`, version 1: of two samples of one producer, one failed in each province, taken at most 90 days apart.
Days are cut into periods of 90; a pair belongs to the period of its later sample, so every pair belongs to exactly one. All pairs of a
period together are one evidence set, and one alert. A period and the one before it are a hopping window of 180 days, advancing by 90.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from chuanyu.casework.bonds import bind
from chuanyu.casework.case import Fact
from chuanyu.casework.steps import NOTHING, Steps
from chuanyu.contracts.case import Withdrawn
from chuanyu.contracts.common import CaseHead, NoticeClass, Party
from chuanyu.contracts.spotcheck import ObjectionOutcome, ObjectionResolved, ResultReported, Verdict
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
class Result:
    """A result, as far as the rule cares. found: the failure and whose it is, None where it is no evidence."""

    head: CaseHead
    found: tuple[Failure, Subject] | None


@dataclass(frozen=True, slots=True)
class Conclusion:
    """How an objection ended."""

    head: CaseHead
    overturns: bool


Statement = Result | Conclusion | Withdrawn
_BONDS = Steps("spotcheck", openings={Result: lambda case, fact: NOTHING})


@dataclass(frozen=True, slots=True)
class Alert:
    """What this node has said of one period. id: of the newest version · evidence: empty once closed · last: of the last thing said."""

    id: UUID
    case_id: str
    evidence: tuple[UUID, ...]
    last: UUID


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be said of a period. evidence: empty closes the alert · before: what was said last, if anything."""

    period: int
    evidence: tuple[Failure, ...]
    before: Alert | None


def stated(event: object, fact_id: UUID, province: str, time: int, provinces: Mapping[str, str]) -> Statement | None:
    """What an event of a sample's case says about it, None where that is nothing to the rule.

    province: whose node accepted it · time: of the event, ms · provinces: word of a node → first two digits of its divisions
    """
    if isinstance(event, Withdrawn):
        return event
    if isinstance(event, ObjectionResolved):
        return Conclusion(event.head, event.outcome is ObjectionOutcome.OVERTURNED)
    if not isinstance(event, ResultReported):
        return None
    subject = subject_of(event.labelled_producer, provinces) if is_evidence(event) else None
    return Result(event.head, (Failure(fact_id, province, _day(event, time)), subject) if subject else None)


def standing(facts: Sequence[Fact]) -> tuple[Failure, Subject] | None:
    """Of what a sample is evidence after all that was stated about it, in any sequence; None where of nothing.

    What takes effect is what takes effect in its case (D12, D20): the same bonds. One withdrawn, or overturned on an objection, is none.
    """
    if not any(isinstance(fact.event, Result) and fact.event.found for fact in facts):
        return None
    bonds = bind(_BONDS, facts)
    said = [fact.event for root, fact in bonds.content.items() if root not in bonds.withdrawn]
    if any(isinstance(event, Conclusion) and event.overturns for event in said):
        return None
    return next((event.found for event in said if isinstance(event, Result)), None)


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
        standing = before.evidence if before else ()
        if tuple(failure.event for failure in evidence) != standing:
            yield Decision(period, evidence, before)


def period_of(first: int) -> int:
    """The period whose window begins with this day."""
    return first // APART + 1


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
