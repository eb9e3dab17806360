"""Takes back what Kafka has and a restored, older log lacks, before anything new is numbered (D3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from types import MappingProxyType

from chuanyu.kernel.bus.client import Properties, ends, reader
from chuanyu.kernel.bus.seals import Seals
from chuanyu.kernel.bus.tail import read, sealed_by, tails
from chuanyu.kernel.envelope import Head, Record, pack_headers, read_head
from chuanyu.kernel.faults import LogAhead
from chuanyu.kernel.store import log, positions
from chuanyu.kernel.store.database import Connection, Store, faults
from chuanyu.kernel.store.positions import Slot

Taken = Callable[[Connection, Sequence[Record]], None]
_CHUNK = 500
_OF_THE_RELAY = frozenset({"ce_sequence", "ce_logicaltime", "ce_chuanyuseal"})


def recover(
    partitions: Mapping[str, int],
    store: Store,
    kafka: Properties,
    seals: Seals,
    taken: Taken = lambda _connection, _records: None,
    heard: Mapping[str, Sequence[Slot]] = MappingProxyType({}),
) -> int:
    """Reads every own partition from where the oldest of this node's services stands; how many records were taken back.

    How far the services were is lost with the newer database; they decide nothing until they are past what Kafka holds now (D9).

    taken: told of the records read, in the same transaction (the gateway learns their business keys again) · heard: by each service
    Raises LogAhead when a relay runs, BrokerAway and StoreAway.
    """
    slots = [(topic, number) for topic, count in partitions.items() for number in range(count)]
    client = reader(kafka)
    try:
        with faults(), store.connect(application="chuanyu-recover") as connection:
            if not log.become_relay(connection):
                raise LogAhead("a relay of this node is running: stop the node before `chuanyu recover`")
            bounds = {slot: bound for slot, bound in ends(client, slots).items() if bound[1] > bound[0]}
            oldest = positions.oldest_offsets(connection)
            starts = {slot: min(max(low, oldest.get(slot, 0)), high - 1) for slot, (low, high) in bounds.items()}
            records = read(client, starts, {slot: high for slot, (_, high) in bounds.items()})
            ours = ((record, slot) for record, slot in records if sealed_by(record, seals, slot))
            restored = sum(_take_back(connection, chunk, taken) for chunk in iter(lambda: list(islice(ours, _CHUNK)), []))
            newest = tails(kafka, sorted({slot for each in heard.values() for slot in each}), seals)
            for service, each in heard.items():
                positions.decide_after(connection, service, {slot: newest[slot].sequence for slot in each if slot in newest})
            return restored
    finally:
        client.close()


def _take_back(connection: Connection, chunk: Sequence[tuple[Record, Slot]], taken: Taken) -> int:
    rows = list(_once((record, slot, read_head(record)) for record, slot in chunk))
    with connection.transaction():
        log.open_for_append(connection)
        restored = log.restore(
            connection,
            [_entry(record, slot, head) for record, slot, head in rows],
            [(head.sequence or 0, head.logicaltime or 0, head.seal or "") for _, _, head in rows],
        )
        taken(connection, [record for record, _, _ in rows])
    return restored


def _once(rows: Iterable[tuple[Record, Slot, Head]]) -> Iterator[tuple[Record, Slot, Head]]:
    """Repetitions in a partition are verbatim: the first of each event id will do."""
    seen = set()
    for row in rows:
        if row[2].id not in seen:
            seen.add(row[2].id)
            yield row


def _entry(record: Record, slot: Slot, head: Head) -> log.Entry:
    headers = tuple((name, value) for name, value in record.headers if name not in _OF_THE_RELAY)
    return log.Entry(head.id, slot[0], slot[1], head.subject, head.type, pack_headers(headers), record.value, head.recordedtime)
