"""What a case shows of a sample beside its obligations: parts of the disposal, objections, terms of the parties. As protobuf messages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from uuid import UUID

from google.protobuf.timestamp_pb2 import Timestamp

from chuanyu.casework import batches
from chuanyu.casework.case import Objection, Progress, Term
from chuanyu.contracts.pb.cases.v1 import case_pb2, obligation_pb2
from chuanyu.contracts.spotcheck import PlanPublished
from chuanyu.domain import clock_rules, clocks
from chuanyu.domain.clock_words import explain, to_do
from chuanyu.domain.dates import day_of, from_days, from_millis, to_millis
from chuanyu.domain.divisions import full_name


def progress(part: Progress, now: int) -> case_pb2.PartProgress:
    """How far a part is. now: ms."""
    return case_pb2.PartProgress(
        part=part.part,
        authority=_authority(part.authority, now),
        state=part.state,
        changed_at=_stamped(part.changed),
        event_id=_id(part.event),
        served_on=_day(part.served_on),
        counterfeit=part.counterfeit,
        released=part.released,
    )


def objection(found: Objection, now: int) -> case_pb2.Objection:
    """What is disputed, and what became of it. now: ms."""
    return case_pb2.Objection(
        kind=found.kind,
        raised_on=_day(found.raised_on),
        authority=_authority(found.authority, now) if found.authority else None,
        outcome=found.outcome,
        resolved_on=_day(found.resolved_on),
        event_id=_id(found.event),
        resolved_by=_id(found.resolved_by),
    )


def term(found: Term) -> case_pb2.PartyTerm:
    """What a party may or must do by when, by the version of the rule in force on the day from which it runs."""
    start = from_millis(found.starts)
    newest = clock_rules.rules()[found.rule][-1]
    rule = clock_rules.rule_in_force(found.rule, day_of(start))
    words = to_do(rule or newest)
    told = case_pb2.PartyTerm(
        part=found.part,
        to_do=obligation_pb2.Text(zh=words.zh, en=words.en),
        kind=newest.kind.upper(),
        starts_at=_stamped(found.starts),
        provisional=found.provisional,
        rule=found.rule,
        source_certainty=newest.certainty,
    )
    if rule:
        deadline = clocks.due(rule, start)
        explained = explain(deadline)
        told.rule_version = rule.version
        told.due_at.CopyFrom(_stamp(to_millis(deadline.due)))
        told.explained.CopyFrom(obligation_pb2.Text(zh=explained.zh, en=explained.en))
    return told


def regions(event: object, taken: Mapping[str, int], now: int) -> Iterator[case_pb2.PlannedRegion]:
    """How far a plan is; nothing of any other event. taken: samples by division · now: ms."""
    if not isinstance(event, PlanPublished):
        return
    planned = {region.division: region.batches for region in event.regions}
    for division, count in batches.by_region(taken, planned).items():
        yield case_pb2.PlannedRegion(authority=_authority(division, now), planned=planned.get(division, 0), taken=count)


def _authority(division: str, now: int) -> obligation_pb2.Authority:
    return obligation_pb2.Authority(division=division, name=full_name(division, day_of(from_millis(now)).year))


def _day(days: int | None) -> str:
    return "" if days is None else from_days(days).isoformat()


def _id(id: bytes | None) -> str:
    return "" if id is None else str(UUID(bytes=id))


def _stamped(ms: int | None) -> Timestamp | None:
    return None if ms is None else _stamp(ms)


def _stamp(ms: int) -> Timestamp:
    return Timestamp(seconds=ms // 1000, nanos=ms % 1000 * 1_000_000)
