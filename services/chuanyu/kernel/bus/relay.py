"""The relay: numbers and seals the own log under one lock, and produces it in order (D1–D3, D5, D15). One a node."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol

from confluent_kafka import KafkaError, KafkaException, Producer

from chuanyu.kernel.bus import says
from chuanyu.kernel.bus.client import Properties, fault_of, producer
from chuanyu.kernel.bus.seals import Seals
from chuanyu.kernel.bus.tail import Tail, ahead, beyond, tails
from chuanyu.kernel.envelope import Record, finish, unpack_headers
from chuanyu.kernel.faults import BrokerAway, StoreAway
from chuanyu.kernel.seal import Signer, seal_batch
from chuanyu.kernel.store import gaps, log, positions
from chuanyu.kernel.store.database import Connection, Store, faults
from chuanyu.kernel.store.positions import Slot

BATCH = 1000
_QUEUE = 20_000  # records handed to the client and not yet acknowledged; above it nothing new is numbered
_HEARTBEAT_S = 5.0
_HOUSEKEEPING_S = 1.0


class Watch(Protocol):
    """Who is told what the relay does."""

    def relayed(self, count: int, resent: int) -> None: ...
    def depth(self, rows: int, oldest_ms: int, handed: int, queued: int) -> None: ...
    def leading(self, leads: bool) -> None: ...
    def away(self, fault: BrokerAway | StoreAway) -> None: ...


class _Final(NamedTuple):
    """A row whose bytes were just made final."""

    slot: Slot
    sequence: int
    record: Record


class Relay:
    """run() waits for the lock, relays until stopped, and raises what is Broken (LogAhead: see `chuanyu recover`).

    partitions: own topic → partition count, without the heartbeat topic · signer: the node's seal key
    """

    def __init__(
        self,
        province: str,
        partitions: Mapping[str, int],
        store: Store,
        kafka: Properties,
        signer: Signer,
        seals: Seals,
        watch: Watch,
        clock: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        rules_digest: str = "",
    ) -> None:
        self._province = province
        self._slots: list[Slot] = [(topic, number) for topic, count in partitions.items() for number in range(count)]
        self._partitions = partitions
        self._store = store
        self._kafka = kafka
        self._signer = signer
        self._seals = seals
        self._watch = watch
        self._clock = clock
        self._rules_digest = rules_digest
        self._failed: KafkaError | None = None
        self._handed = 0
        self._heartbeat_at = self._housekeeping_at = 0.0
        self.stopping = threading.Event()

    def run(self) -> None:
        """Relays until stopping is set; any lost connection, delivery error or lost lock begins again from the start (D3)."""
        while not self.stopping.is_set():
            try:
                with self._store.connect(application="chuanyu-relay") as connection, faults():
                    if self._lead(connection):
                        self._relay(connection)
            except (BrokerAway, StoreAway) as fault:
                self._watch.away(fault)
                self.stopping.wait(0.3)
            finally:
                self._watch.leading(False)

    def _lead(self, connection: Connection) -> bool:
        """Waits for the lock. The server ends the session of a relay that falls silent, so that a frozen one can be replaced."""
        connection.execute("SET idle_session_timeout = '10s'; SET idle_in_transaction_session_timeout = '10s'")
        while not self.stopping.is_set():
            if log.become_relay(connection):
                self._watch.leading(True)
                return True
            self.stopping.wait(0.2)
        return False

    def _relay(self, connection: Connection) -> None:
        self._failed, self._handed = None, 0
        client = producer(self._kafka, on_delivery=self._on_delivery, error_cb=self._on_error)
        try:
            self._start(connection)
            connection.execute(f"LISTEN {log.CHANNEL}")
            while not self.stopping.is_set() and self._failed is None:
                self._turn(connection, client)
            if self._failed is not None:
                raise fault_of(self._failed)
            client.flush(5)
        finally:
            client.purge()
            client.flush(1)

    def _start(self, connection: Connection) -> None:
        """Reads the end of each own partition: that is where producing goes on (D3). Raises LogAhead."""
        newest = log.last_numbered(connection, self._slots)
        ends = tails(self._kafka, self._slots, self._seals)
        known = {slot: newest.get(slot, (0, 0))[0] for slot in self._slots}
        for slot, tail in ends.items():
            if tail.sequence > known[slot] or not self._stands(connection, slot, tail):
                raise ahead(slot, tail.sequence, known[slot])
        for slot, sequence in beyond(self._kafka, self._province, known, self._seals, lambda: connection.execute("SELECT")).items():
            raise ahead(slot, sequence, known[slot])
        self._last = dict(known)
        self._cursor = {slot: ends[slot].sequence + 1 if slot in ends else 1 for slot in self._slots}
        self._logicaltime = max((time_ for _, time_ in newest.values()), default=0)

    def _stands(self, connection: Connection, slot: Slot, tail: Tail) -> bool:
        row = next(iter(log.since(connection, slot, tail.sequence, 1)), None)
        return row is not None and sealed(row) == tail.record

    def _turn(self, connection: Connection, client: Producer) -> None:
        client.poll(0)
        self._housekeeping(connection, client)
        if len(client) >= _QUEUE:
            client.poll(0.05)
            connection.execute("SELECT")  # a sign of life, else the server ends this session
            return
        numbered = self._number(connection)
        sent = sum(self._produce(client, row.record, row.slot[1]) for row in self._fresh(numbered))
        resent = self._catch_up(connection, client)
        if sent or resent:
            self._watch.relayed(sent, resent)
        elif not numbered:
            next(connection.notifies(timeout=min(_HOUSEKEEPING_S, 0.5), stop_after=1), None)

    def _number(self, connection: Connection) -> list[_Final]:
        """Takes waiting rows in order and makes their bytes final in one synchronous transaction (D2)."""
        with connection.transaction():
            rows = log.waiting(connection, BATCH)
            if not rows:
                return []
            seen = positions.highest_logicaltime(connection)
            numbers = [self._next(entry, seen) for _, entry in rows]
            records = [record_of(entry, *pair) for (_, entry), pair in zip(rows, numbers, strict=True)]
            seals = seal_batch(self._signer, records, self._clock())
            log.number(connection, [row_id for row_id, _ in rows], [n[0] for n in numbers], [n[1] for n in numbers], seals)
        return [
            _Final((entry.topic, entry.partition), sequence, finish(record, seal=seal))
            for (_, entry), (sequence, _), record, seal in zip(rows, numbers, records, seals, strict=True)
        ]

    def _next(self, entry: log.Entry, seen: int) -> tuple[int, int]:
        slot = entry.topic, entry.partition
        self._last[slot] += 1
        self._logicaltime = max(self._clock(), self._logicaltime + 1, seen + 1)
        return self._last[slot], self._logicaltime

    def _fresh(self, numbered: Sequence[_Final]) -> list[_Final]:
        """Of what was just numbered, what the cursors have reached; the rest is read from the log when its turn comes."""
        ready = []
        for row in numbered:
            if self._cursor[row.slot] == row.sequence:
                self._cursor[row.slot] += 1
                ready.append(row)
        return ready

    def _catch_up(self, connection: Connection, client: Producer) -> int:
        sent = 0
        for slot in self._slots:
            while self._cursor[slot] <= self._last[slot] and len(client) < _QUEUE:
                rows = log.since(connection, slot, self._cursor[slot], BATCH)
                sent += sum(self._produce(client, sealed(row), row.partition) for row in rows)
                self._cursor[slot] = rows[-1].sequence + 1
        return sent

    def _produce(self, client: Producer, record: Record, partition: int) -> int:
        """Waits while the client takes no more. Raises BrokerAway when it never will, or the relay is to stop: it is sent after a start."""
        while True:
            try:
                client.produce(record.topic, record.value, record.key, partition=partition, headers=list(record.headers))
                self._handed += 1
                return 1
            except BufferError:
                client.poll(0.05)
            except KafkaException as error:
                raise fault_of(error) from error
            if self.stopping.is_set() or self._failed is not None:
                raise BrokerAway("the client takes no more records")

    def _housekeeping(self, connection: Connection, client: Producer) -> None:
        now = time.monotonic()
        if now >= self._heartbeat_at and len(client) < _QUEUE:
            self._heartbeat_at = now + _HEARTBEAT_S
            self._beat(client)
        if now >= self._housekeeping_at:
            self._housekeeping_at = now + _HOUSEKEEPING_S
            self._ask_for_gaps(connection)
            self._rewind(connection)
            self._watch.depth(*log.depth(connection), self._handed, len(client))

    def _beat(self, client: Producer) -> None:
        """Sealed, not sequenced: the last sequence of every own partition (D15)."""
        record = says.heartbeat(self._province, self._clock(), self._last, self._rules_digest)
        (seal,) = seal_batch(self._signer, [record], self._clock())
        self._produce(client, finish(record, seal=seal), 0)

    def _ask_for_gaps(self, connection: Connection) -> None:
        with connection.transaction():
            log.open_for_append(connection)
            due = gaps.to_ask(connection, self._clock())
            entries = [says.resend_requested(self._province, *gap, now=self._clock(), partitions=self._partitions) for gap in due]
            if entries:
                log.append(connection, entries)

    def _rewind(self, connection: Connection) -> None:
        """A request that a running re-send covers is ignored (D5)."""
        for slot, sequence in gaps.take_resends(connection):
            if slot in self._cursor:
                self._cursor[slot] = min(self._cursor[slot], max(sequence, 1))

    def _on_delivery(self, error: KafkaError | None, _message: object) -> None:
        self._failed = self._failed or error

    def _on_error(self, error: KafkaError) -> None:
        if error.fatal():
            self._failed = self._failed or error


def record_of(entry: log.Entry | log.Numbered, sequence: int, logicaltime: int) -> Record:
    """A log row as a record, numbered, without its seal."""
    bare = Record(entry.topic, entry.case_id.encode(), unpack_headers(entry.headers), entry.value)
    return finish(bare, sequence=sequence, logicaltime=logicaltime)


def sealed(row: log.Numbered) -> Record:
    """A relayed row as the record that it always is (D2: verbatim)."""
    return finish(record_of(row, row.sequence, row.logicaltime), seal=row.seal)
