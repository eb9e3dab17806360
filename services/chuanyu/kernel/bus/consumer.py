"""The bus thread of one service: reads both provinces' topics in batches and applies them under the fence (P2–P4, D4–D6)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from chuanyu.kernel.bus.client import Properties, consumer, fault_of, place, record_of
from chuanyu.kernel.bus.screen import Screen, Screened, Track
from chuanyu.kernel.bus.transact import Done, Tracks, Transactor
from chuanyu.kernel.faults import BrokerAway, FenceLost, StoreAway
from chuanyu.kernel.store import gaps, parked, positions
from chuanyu.kernel.store.database import Connection, Store, faults
from chuanyu.kernel.store.positions import Slot

BATCH = 500
_ACTS_EVERY = 0.5
_COMMIT_EVERY = 5.0
_WAIT = 1.0


class Watch(Protocol):
    """Who is told what the thread does (metrics, logs, tests)."""

    def applied(self, done: Done, screened: Screened, seconds: float) -> None: ...
    def standing(self, tracks: Tracks, behind: dict[Slot, int]) -> None: ...
    def fenced(self) -> None: ...
    def away(self, fault: BrokerAway | StoreAway) -> None: ...


@dataclass(slots=True)
class Reading:
    """What a consumer reads: topics of both provinces, under one group, for one service."""

    service: str
    group: str
    topics: Sequence[str]
    batch: int = BATCH


class BusThread:
    """One consumer, one connection, synchronous. run() returns when stopped and raises what is Broken (FenceLost included).

    tails: the last sequence that the owner's heartbeat lists, once that heartbeat is old enough that it should be here (D5).
    """

    def __init__(
        self,
        reading: Reading,
        store: Store,
        kafka: Properties,
        screen: Screen,
        transactor: Transactor,
        watch: Watch,
        tails: Callable[[], dict[Slot, int]] = dict,
    ) -> None:
        self._reading = reading
        self._store = store
        self._kafka = kafka
        self._screen = screen
        self._transactor = transactor
        self._watch = watch
        self._tails = tails
        self._tracks: Tracks = {}
        self._fresh: set[Slot] = set()
        self._connection: Connection | None = None
        self._acts_at = self._commit_at = 0.0
        self._fenced = False
        self.stopping = threading.Event()
        self.assigned = threading.Event()

    def run(self) -> None:
        """Reads until stopping is set. A Transient fault is waited out in place; nobody skips."""
        client = consumer(self._kafka, self._reading.group, error_cb=self._on_error)
        client.subscribe(list(self._reading.topics), on_assign=self._on_assign, on_revoke=self._on_revoke, on_lost=self._on_revoke)
        try:
            while not self.stopping.is_set():
                self._turn(client)
            self._commit_offsets(client)
        except FenceLost:
            self._watch.fenced()
            raise
        finally:
            client.close()
            self._hang_up()

    def _turn(self, client: Consumer) -> None:
        if self._fenced:
            raise FenceLost(f"{self._reading.service}: another process reads under this one's instance name")
        try:
            if self._fresh:
                self._adopt(client)
            messages = self._poll(client)
            if messages or self._untold(client):
                self._step(client, messages)
            self._housekeeping(client)
        except StoreAway as fault:
            self._watch.away(fault)
            self._hang_up()
            self._fresh |= self._tracks.keys()
            self.stopping.wait(0.2)
        except BrokerAway as fault:
            self._watch.away(fault)
            self._fresh |= self._tracks.keys()  # what the client handed out beside an error is read again
            self.stopping.wait(0.2)

    def _poll(self, client: Consumer) -> list[Message]:
        """poll() then consume(…, 0): consume alone would wait to fill up (D6)."""
        wait = 0.05 if self._fresh else _WAIT
        first = client.poll(min(wait, _ACTS_EVERY))
        if first is None:
            return []
        messages = [first, *client.consume(self._reading.batch - 1, 0)]
        return [message for message in messages if _good(message)]

    def _step(self, client: Consumer, messages: Sequence[Message]) -> None:
        started = time.perf_counter()
        moved: Tracks = {}
        screened = Screened()
        for message in messages:
            slot, offset = place(message)
            if slot not in moved:
                if slot not in self._tracks or slot in self._fresh:
                    continue
                moved[slot] = self._tracks[slot].copy()
            self._screen.judge(record_of(message), moved[slot], offset, screened)
        self._mark_missing(client, moved)
        if not moved:
            return
        caught_up = [slot for slot, track in moved.items() if track.lacks is not None and self._behind(client, track) == 0]
        with faults():
            done = self._transactor.commit(self._session(), moved, screened, caught_up)
        self._tracks.update(moved)
        self._watch.applied(done, screened, time.perf_counter() - started)

    def _untold(self, client: Consumer) -> bool:
        """Whether something is missing, all else is read, and the owner was not asked yet."""
        missing = {slot for slot, track in self._tracks.items() if track.lacks is not None} | self._short_of_tail()
        tracks = [self._tracks[slot] for slot in missing - self._fresh]
        return any(not track.gap_stored and self._behind(client, track) == 0 for track in tracks)

    def _short_of_tail(self) -> set[Slot]:
        return {slot for slot, last in self._tails().items() if slot in self._tracks and self._tracks[slot].sequence < last}

    def _mark_missing(self, client: Consumer, moved: Tracks) -> None:
        """Adds partitions that lack something and have nothing left to read. Records lost at the end leave no later record to show the
        gap: the owner's heartbeat does."""
        tails = self._tails()
        for slot, track in self._tracks.items():
            if slot in self._fresh or track.gap_stored:
                continue
            short = track.sequence < tails.get(slot, 0)
            if (short or track.lacks is not None) and self._behind(client, track) == 0:
                here = moved.setdefault(slot, track.copy())
                here.beyond = here.beyond or here.sequence < tails.get(slot, 0)

    def _behind(self, client: Consumer, track: Track) -> int:
        try:
            bounds = client.get_watermark_offsets(TopicPartition(*track.slot), cached=True)
        except KafkaException:
            return 1
        if not bounds or bounds[1] < 0:
            return 1
        return max(0, bounds[1] - max(track.next_offset, bounds[0]))

    def _housekeeping(self, client: Consumer) -> None:
        now = time.monotonic()
        if now >= self._acts_at:
            self._acts_at = now + _ACTS_EVERY
            self._carry_out_acts()
            self._watch.standing(self._tracks, {slot: self._behind(client, track) for slot, track in self._tracks.items()})
        if now >= self._commit_at:
            self._commit_at = now + _COMMIT_EVERY
            self._commit_offsets(client)

    def _carry_out_acts(self) -> None:
        if not self._tracks or self._fresh:
            return
        with faults():
            decided = parked.decided(self._session(), self._reading.service, self._tracks)
            if not decided:
                return
            tracks = {slot: track.copy() for slot, track in self._tracks.items()}
            done = self._transactor.carry_out(self._session(), tracks, decided)
        self._tracks.update(tracks)
        self._watch.applied(done, Screened(), 0.0)

    def _adopt(self, client: Consumer) -> None:
        """Takes partitions that are new here (raising their fence), or after a lost connection reads its own again; then seeks."""
        with faults():
            connection = self._session()
            with connection.transaction():
                known = {slot: self._tracks[slot].version for slot in self._fresh if slot in self._tracks}
                stored = positions.mine(connection, self._reading.service, known) if known else {}
                stored |= positions.take(connection, self._reading.service, self._fresh - known.keys())
                held, passed = parked.holds(connection, self._reading.service, stored)
                told = gaps.stored(connection, self._reading.service)
        for slot, position in stored.items():
            track = Track.of(position)
            track.held = {key for topic, number, key in held if (topic, number) == slot}
            track.passed = {sequence for topic, number, sequence in passed if (topic, number) == slot}
            track.gap_stored = slot in told
            self._tracks[slot] = track
        self._seek(client, stored)
        self._fresh.clear()
        self.assigned.set()

    def _seek(self, client: Consumer, slots: dict[Slot, positions.Position]) -> None:
        try:
            for slot, position in slots.items():
                client.seek(TopicPartition(*slot, position.next_offset))
            client.resume([TopicPartition(*slot) for slot in slots])
        except KafkaException as error:
            raise fault_of(error) from error

    def _on_assign(self, client: Consumer, partitions: list[TopicPartition]) -> None:
        client.incremental_assign(partitions)
        client.pause(partitions)
        self._fresh |= {(each.topic, each.partition) for each in partitions}

    def _on_revoke(self, client: Consumer, partitions: list[TopicPartition]) -> None:
        client.incremental_unassign(partitions)
        for each in partitions:
            self._tracks.pop((each.topic, each.partition), None)
            self._fresh.discard((each.topic, each.partition))

    def _on_error(self, error: KafkaError) -> None:
        if _is_fence(error):
            self._fenced = True
            return
        fault = fault_of(error)
        if isinstance(fault, BrokerAway):
            self._watch.away(fault)

    def _commit_offsets(self, client: Consumer) -> None:
        """For lag tools only: what counts is the stored position."""
        offsets = [TopicPartition(*slot, track.next_offset) for slot, track in self._tracks.items() if track.next_offset]
        if offsets:
            try:
                client.commit(offsets=offsets, asynchronous=True)
            except KafkaException as error:
                raise fault_of(error) from error

    def _session(self) -> Connection:
        if self._connection is None or self._connection.closed:
            self._connection = self._store.connect(application=f"chuanyu-{self._reading.service}", durable=False)
        return self._connection

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _is_fence(error: KafkaError) -> bool:
    """Whether the group has given this member's place to another of the same name: it will never be let in again."""
    return error.code() in (KafkaError.FENCED_INSTANCE_ID, KafkaError._FENCED) or error.fatal()


def _good(message: Message) -> bool:
    """Whether a message is a record. Raises the fault of an error that is not about to pass by itself."""
    error = message.error()
    if error is None:
        return True
    if error.code() in (KafkaError._PARTITION_EOF, KafkaError._AUTO_OFFSET_RESET, KafkaError.UNKNOWN_TOPIC_OR_PART):
        return False
    if _is_fence(error):
        raise FenceLost("another process reads under this one's instance name")
    raise fault_of(error)
