"""Parked records as protobuf messages, cut to what their reader may see (P6). Empty text stands for what is not known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

import orjson
from google.protobuf.timestamp_pb2 import Timestamp

from chuanyu.casework.content import content as cut
from chuanyu.contracts import registry
from chuanyu.contracts.pb.quarantine.v1 import parked_pb2
from chuanyu.domain.classification import DataClass, highest, may_read
from chuanyu.domain.violations import Violation
from chuanyu.kernel.codec import decode
from chuanyu.kernel.envelope import Head, Record, read_head
from chuanyu.kernel.faults import Poison, RecordMalformed
from chuanyu.kernel.kept import Act, Holder, Kept

_LONGEST_KEY = 256  # bytes of a key that are shown; a case id has fewer, a stranger's key may have a million
_QUOTING = "rule_violated"  # the fault whose words may quote the record: the database names the value that it refuses
_RESTRICTED = frozenset({"FRAUD", "NON_COMPLIANCE", "NEWS"})  # shown to those whom they concern alone (domain 7.6), and ops is none of them


@dataclass(frozen=True, slots=True)
class Reading:
    """What a record says, as far as it can be read. event: None when it cannot · data_class: the highest of what it may hold."""

    head: Head | None
    event: Any
    unreadable: str
    data_class: DataClass

    def withheld(self, clearance: DataClass) -> str:
        """Why not all of it is shown to a reader; empty: all is."""
        if self.event is not None and getattr(getattr(self.event, "head", None), "notice_class", None) in _RESTRICTED:
            return "restricted"
        return "" if may_read(clearance, self.data_class) else "clearance"


def read(kept: Kept) -> Reading:
    """Reads a record, whose value must have been asked for. What nobody can read may hold whatever any record may."""
    record = Record(kept.topic, kept.key, kept.headers, kept.value)
    try:
        head = read_head(record)
    except Poison:
        head = None
    try:
        event = decode(kept.value)
    except Poison as fault:
        return Reading(head, None, fault.code, highest(*(cast(DataClass, each.data_class) for each in registry.CONTRACTS.values())))
    return Reading(head, event, "", cast(DataClass, registry.BY_CLASS[type(event)].data_class))


def listed(kept: Kept, clearance: DataClass) -> parked_pb2.ParkedRecord:
    """A record without what it says."""
    believed = all(holder.code != "seal_invalid" for holder in kept.holders)
    return parked_pb2.ParkedRecord(
        parked_id=kept.id,
        topic=kept.topic,
        partition=kept.partition,
        sequence=kept.sequence if believed else None,
        record_offset=kept.record_offset,
        case_id=case_of(kept),
        digest=kept.digest.hex(),
        size_bytes=kept.size,
        holders=[_holder(each, clearance) for each in kept.holders],
    )


def whole(kept: Kept, acts: Sequence[Act], clearance: DataClass, on: date) -> parked_pb2.ParkedRecord:
    """A record with what it says and what was decided about it. on: today, for the names of places in masks."""
    told = listed(kept, clearance)
    told.content.CopyFrom(_content(kept, clearance, on))
    told.acts.extend(map(_act, acts))
    return told


def case_of(kept: Kept) -> str:
    """The case that it claims to be about."""
    return kept.key[:_LONGEST_KEY].decode(errors="replace")


def remarks(found: Iterable[Violation]) -> list[parked_pb2.Remark]:
    """Findings or consequences."""
    return [parked_pb2.Remark(code=each.code, zh=each.zh, en=each.en) for each in found]


def _content(kept: Kept, clearance: DataClass, on: date) -> parked_pb2.ParkedContent:
    reading = read(kept)
    withheld = reading.withheld(clearance)
    told = parked_pb2.ParkedContent(unreadable=reading.unreadable, withheld=withheld, data_class=reading.data_class)
    if reading.head is not None:
        told.type, told.source = reading.head.type, reading.head.source
        told.recorded_at.CopyFrom(_stamp(reading.head.recordedtime))
    if reading.event is not None and withheld != "restricted":
        told.data, told.unreadable = _data(reading.event, clearance, on)
    if not withheld:
        told.key, told.value = kept.key, kept.value
        told.headers.extend(parked_pb2.Header(name=_legible(name), value=value) for name, value in kept.headers)
    return told


def _data(event: Any, clearance: DataClass, on: date) -> tuple[str, str]:
    """The content in JSON; or nothing and why, for what decodes may still be a day that no calendar has."""
    try:
        return orjson.dumps(cut(event, clearance, on)).decode(), ""
    except (ValueError, OverflowError, TypeError):
        return "", RecordMalformed.code


def _holder(each: Holder, clearance: DataClass) -> parked_pb2.Holder:
    quotes = each.code == _QUOTING and not may_read(clearance, "L3")
    return parked_pb2.Holder(
        service=each.service,
        state=f"PARKED_STATE_{each.state}",
        code=each.code,
        reason="" if quotes else each.reason,
        holds=each.holds,
        waiting_behind=each.behind,
        stands_behind=each.before,
        parked_at=_stamp(each.parked_at),
        settled_at=None if each.settled_at is None else _stamp(each.settled_at),
        decided=each.decided is not None,
    )


def _act(each: Act) -> parked_pb2.Act:
    return parked_pb2.Act(
        act=each.act,
        service=each.service,
        by=each.by,
        reason=each.reason,
        decided_at=_stamp(each.decided_at),
        event_id=str(each.event_id),
        outcome=f"PARKED_STATE_{each.outcome or 'UNSPECIFIED'}",
        code=each.code,
        carried_at=None if each.carried_at is None else _stamp(each.carried_at),
    )


def _legible(name: str) -> str:
    """A header's name may be any bytes; a text of this form may not."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _stamp(ms: int) -> Timestamp:
    return Timestamp(seconds=ms // 1000, nanos=ms % 1000 * 1_000_000)
