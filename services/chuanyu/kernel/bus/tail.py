"""The end of the own partitions as Kafka has it: where a relay that starts goes on (D3), and what a restored log lacks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from confluent_kafka import Consumer, KafkaError, TopicPartition

from chuanyu.kernel.bus import says
from chuanyu.kernel.bus.client import Properties, ends, fault_of, place, reader, record_of
from chuanyu.kernel.bus.screen import claimed_sequence, owner
from chuanyu.kernel.bus.seals import Seals
from chuanyu.kernel.envelope import Record
from chuanyu.kernel.faults import BrokerAway, LogAhead, SealInvalid
from chuanyu.kernel.store import log
from chuanyu.kernel.store.database import Connection
from chuanyu.kernel.store.positions import Slot

_LOOK_BACK = (1, 10, 100, 1_000, 100_000)
_PATIENCE_S = 10.0
_BEATS = 10


@dataclass(frozen=True, slots=True)
class Tail:
    """The newest record under a valid seal of one own partition."""

    sequence: int
    record: Record


def tails(kafka: Properties, slots: Sequence[Slot], seals: Seals) -> dict[Slot, Tail]:
    """The tail of each partition that has one; what stands behind it under no valid seal is not ours. Raises BrokerAway."""
    client = reader(kafka)
    try:
        bounds = ends(client, slots)
        found: dict[Slot, Tail] = {}
        open_ = {slot: bound for slot, bound in bounds.items() if bound[1] > bound[0]}
        for back in _LOOK_BACK:
            starts = {slot: max(low, high - back) for slot, (low, high) in open_.items() if slot not in found}
            for record, slot in read(client, starts, {slot: open_[slot][1] for slot in starts}):
                if sealed_by(record, seals, slot):
                    found[slot] = Tail(claimed_sequence(record), record)
            if len(found) == len(open_):
                break
        return found
    finally:
        client.close()


def beyond(kafka: Properties, province: str, known: dict[Slot, int], seals: Seals, alive: Callable[[], object]) -> dict[Slot, int]:
    """The highest sequence under a valid seal of each own partition whose log ends before what the last heartbeat lists.

    A re-send that broke off leaves a low sequence at the end, so the tail alone does not show that an older database was restored. The
    partition is read whole, and only then: what is listed may also never have reached Kafka. known: slot → where the log ends ·
    alive: called every thousand records, so that a long look is no silence.
    """
    client = reader(kafka)
    try:
        slot = f"{province}.heartbeat", 0
        low, high = ends(client, [slot])[slot]
        beats = list(read(client, {slot: max(low, high - _BEATS)}, {slot: high})) if high > low else []
        listed = [says.beat_of(record).last for record, _ in beats if sealed_by(record, seals, slot)]
        suspect = [each for each in known if listed and listed[-1].get(each, 0) > known[each]]
        bounds = {each: bound for each, bound in ends(client, suspect).items() if bound[1] > bound[0]}
        found: dict[Slot, int] = {}
        records = read(client, {s: b[0] for s, b in bounds.items()}, {s: b[1] for s, b in bounds.items()})
        for count, (record, each) in enumerate(records):
            if count % 1000 == 999:
                alive()
            if claimed_sequence(record) > found.get(each, known[each]) and sealed_by(record, seals, each):
                found[each] = claimed_sequence(record)
        return found
    finally:
        client.close()


def check_log(connection: Connection, kafka: Properties, slots: Sequence[Slot], seals: Seals) -> None:
    """Raises LogAhead where Kafka holds own records that the log lacks: on a restored, older database nobody is to decide (D3, D9)."""
    found = tails(kafka, slots, seals)  # before the log: a record is numbered there before it comes to Kafka
    known = log.last_numbered(connection, slots)
    for slot, tail in found.items():
        if tail.sequence > (last := known.get(slot, (0, 0))[0]):
            raise ahead(slot, tail.sequence, last)


def ahead(slot: Slot, sequence: int, known: int) -> LogAhead:
    """The fault of a log that ends at known where Kafka has more."""
    return LogAhead(
        f"Kafka has record {sequence} of {slot[0]}/{slot[1]}, the log ends at {known}: run `chuanyu recover`",
        topic=slot[0],
        partition=slot[1],
        sequence=sequence,
    )


def read(client: Consumer, starts: dict[Slot, int], stops: dict[Slot, int]) -> Iterator[tuple[Record, Slot]]:
    """Every record from the start offset to before the stop offset of each partition. Raises BrokerAway when none comes for 10 s."""
    client.assign([TopicPartition(*slot, start) for slot, start in starts.items()])
    open_ = set(starts)
    patience = time.monotonic() + _PATIENCE_S
    while open_:
        for message in client.consume(500, 0.05):
            slot, offset = place(message)
            error = message.error()
            if error is not None and error.code() != KafkaError._PARTITION_EOF:
                raise fault_of(error)
            if error is None and slot in open_ and offset < stops[slot]:
                patience = time.monotonic() + _PATIENCE_S
                yield record_of(message), slot
            if error is not None or offset + 1 >= stops[slot]:
                open_.discard(slot)
        if time.monotonic() > patience:
            raise BrokerAway(f"{len(open_)} partitions could not be read to their end")


def sealed_by(record: Record, seals: Seals, slot: Slot) -> bool:
    """Whether the seal of the topic's owner covers the record that stands there."""
    try:
        seals.check(record, owner(record.topic), slot[1])
    except SealInvalid:
        return False
    return True
