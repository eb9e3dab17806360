"""What the kernel itself says: heartbeats, requests to send again, that a record was parked or decided. Ids follow from the cause (D9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import NAMESPACE_URL, UUID, uuid5

from chuanyu.contracts.system import Heartbeat, HeartbeatPosition, MessageDiscarded, MessageParked, MessageReleased, ResendRequested
from chuanyu.kernel.codec import Draft, draft, from_record
from chuanyu.kernel.envelope import Record
from chuanyu.kernel.faults import SealInvalid
from chuanyu.kernel.kept import Kept
from chuanyu.kernel.store import entry_of, log
from chuanyu.kernel.store.parked import Parked
from chuanyu.kernel.store.positions import Slot

_LONGEST_KEY = 256  # bytes of a key that are told; a case id has fewer, a stranger's key may have a million
NODE = "node"  # the member word under which a node says what it decides by itself


def node_source(province: str) -> str:
    """The source of what a node says by itself."""
    return f"/{province}/{NODE}"


def decision_id(kind: str, *cause: object) -> UUID:
    """The id of a decision: the same cause gives the same id, so that deciding twice says nothing new (D9)."""
    return uuid5(NAMESPACE_URL, "urn:chuanyu:decision:" + "\x1f".join((kind, *map(str, cause))))


@dataclass(frozen=True, slots=True)
class HeardBeat:
    """What a heartbeat says. clock: the owner's, ms · last: the last sequence of each of its partitions."""

    clock: int
    last: dict[Slot, int]
    rules_digest: str


def heartbeat(province: str, now: int, last: Mapping[Slot, int], rules_digest: str) -> Record:
    """The record of a heartbeat, not sealed yet (D15)."""
    positions = tuple(HeartbeatPosition(topic=slot[0], partition=slot[1], sequence=written) for slot, written in last.items() if written)
    event = Heartbeat(province=province, clock=now, positions=positions, rules_digest=rules_digest)
    return _draft(event, province, "heartbeat", decision_id("heartbeat", province, now), now).record


def beat_of(record: Record) -> HeardBeat:
    """Reads a heartbeat whose seal was checked. Raises Poison."""
    event, _ = from_record(record)
    last = {(each.topic, each.partition): each.sequence for each in event.positions}
    return HeardBeat(event.clock, last, event.rules_digest)


def resend_requested(
    province: str, topic: str, partition: int, sequence: int, service: str, asked: int, *, now: int, partitions: Mapping[str, int]
) -> log.Entry:
    """The log row that asks the owner of a topic to send again from a sequence on (D5). asked: how often before."""
    event = ResendRequested(topic=topic, partition=partition, from_sequence=sequence, service=service)
    cause = decision_id("resend", province, topic, partition, sequence, asked, now)
    return entry_of(_draft(event, province, "system", cause, now), partitions)


def message_parked(province: str, record: Parked, service: str, now: int) -> Draft | None:
    """The draft that tells of a parked record, once per node and record; None for what stands on a system topic (D14)."""
    if record.topic.partition(".")[2] == "system":
        return None
    event = MessageParked(
        service=service,
        topic=record.topic,
        partition=record.partition,
        sequence=None if record.code == SealInvalid.code else record.sequence,
        record_offset=record.record_offset,
        case_id=record.key[:_LONGEST_KEY].decode(errors="replace"),
        code=record.code,
        digest=record.digest.hex(),
    )
    return _draft(event, province, "system", decision_id("parked", province, record.topic, record.partition, record.digest.hex()), now)


def decided_id(province: str, act: str, kept: Kept, at: int) -> UUID:
    """The id of the event that tells of a person's act on a record. at: ms, when he decided."""
    return decision_id(act.lower(), province, kept.topic, kept.partition, kept.digest.hex(), at)


def message_decided(province: str, kept: Kept, act: str, by: str, reason: str, at: int) -> Draft:
    """The draft that tells of a person's act on a parked record, once per node, record and act, of `system` too: no act begets acts.

    act: RELEASE or DISCARD · by: id of the person · at: ms, when he decided
    """
    said = MessageReleased if act == "RELEASE" else MessageDiscarded
    first = kept.undecided[0]
    event = said(
        service=first.service,
        topic=kept.topic,
        partition=kept.partition,
        sequence=None if first.code == SealInvalid.code else kept.sequence,
        record_offset=kept.record_offset,
        case_id=kept.key[:_LONGEST_KEY].decode(errors="replace"),
        digest=kept.digest.hex(),
        by=by,
        reason=reason,
    )
    return _draft(event, province, "system", decided_id(province, act, kept, at), at)


def _draft(event: object, province: str, family: str, id: UUID, now: int) -> Draft:
    return draft(event, id=id, source=node_source(province), subject=f"{province}/{family}/{NODE}", time=now, recordedtime=now)  # type: ignore[arg-type]
