"""The bus thread of one service: reads both provinces' topics in batches and applies them under the fence (P2–P4, D4–D6)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from chuanyu.kernel.bus.client import Properties, consumer, fault_of, place, record_of
from chuanyu.kernel.bus.fenced import Fenced, Watch
from chuanyu.kernel.bus.screen import Screen, Track
from chuanyu.kernel.bus.transact import Tracks, Transactor
from chuanyu.kernel.faults import BrokerAway, FenceLost, StoreAway
from chuanyu.kernel.store.database import Store
from chuanyu.kernel.store.positions import Position, Slot

BATCH = 500
_ACTS_EVERY = 0.5
_COMMIT_EVERY = 5.0
_WAIT = 1.0


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
        self._kafka = kafka
        self._watch = watch
        self._tails = tails
        self._mine = Fenced(reading.service, store, screen, transactor, watch)
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
            self._mine.hang_up()

    def _turn(self, client: Consumer) -> None:
        if self._fenced:
            raise FenceLost(f"{self._reading.service}: another process reads under this one's instance name")
        try:
            if self._mine.fresh:
                self._adopt(client)
            messages = self._poll(client)
            if messages or self._untold(client):
                self._step(client, messages)
            self._housekeeping(client)
        except StoreAway as fault:
            self._watch.away(fault)
            self._mine.hang_up()
            self._mine.doubt()
            self.stopping.wait(0.2)
        except BrokerAway as fault:
            self._watch.away(fault)
            self._mine.doubt()  # what the client handed out beside an error is read again
            self.stopping.wait(0.2)

    def _poll(self, client: Consumer) -> list[Message]:
        """poll() then consume(…, 0): consume alone would wait to fill up (D6)."""
        wait = 0.05 if self._mine.fresh else _WAIT
        first = client.poll(min(wait, _ACTS_EVERY))
        if first is None:
            return []
        messages = [first, *client.consume(self._reading.batch - 1, 0)]
        return [message for message in messages if _good(message)]

    def _step(self, client: Consumer, messages: Sequence[Message]) -> None:
        started = time.perf_counter()
        moved, screened = self._mine.screen((*place(message), record_of(message)) for message in messages)
        self._mark_missing(client, moved)
        if moved:
            caught_up = [slot for slot, track in moved.items() if track.lacks is not None and self._behind(client, track) == 0]
            self._mine.commit(moved, screened, caught_up, started)

    def _untold(self, client: Consumer) -> bool:
        """Whether something is missing, all else is read, and the owner was not asked yet."""
        missing = {slot for slot, track in self._mine.tracks.items() if track.lacks is not None} | self._short_of_tail()
        tracks = [self._mine.tracks[slot] for slot in missing - self._mine.fresh]
        return any(not track.gap_stored and self._behind(client, track) == 0 for track in tracks)

    def _short_of_tail(self) -> set[Slot]:
        return {slot for slot, last in self._tails().items() if slot in self._mine.tracks and self._mine.tracks[slot].sequence < last}

    def _mark_missing(self, client: Consumer, moved: Tracks) -> None:
        """Adds partitions that lack something and have nothing left to read. Records lost at the end leave no later record to show the
        gap: the owner's heartbeat does."""
        tails = self._tails()
        for slot, track in self._mine.tracks.items():
            if slot in self._mine.fresh or track.gap_stored:
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
            self._mine.carry_out_acts()
            self._watch.standing(self._mine.tracks, {slot: self._behind(client, track) for slot, track in self._mine.tracks.items()})
        if now >= self._commit_at:
            self._commit_at = now + _COMMIT_EVERY
            self._commit_offsets(client)

    def _adopt(self, client: Consumer) -> None:
        """Takes partitions that are new here, or after a lost connection its own again; then seeks."""
        self._seek(client, self._mine.adopt())
        self.assigned.set()

    def _seek(self, client: Consumer, slots: dict[Slot, Position]) -> None:
        try:
            for slot, position in slots.items():
                client.seek(TopicPartition(*slot, position.next_offset))
            client.resume([TopicPartition(*slot) for slot in slots])
        except KafkaException as error:
            raise fault_of(error) from error

    def _on_assign(self, client: Consumer, partitions: list[TopicPartition]) -> None:
        client.incremental_assign(partitions)
        client.pause(partitions)
        self._mine.fresh |= {(each.topic, each.partition) for each in partitions}

    def _on_revoke(self, client: Consumer, partitions: list[TopicPartition]) -> None:
        client.incremental_unassign(partitions)
        self._mine.let_go((each.topic, each.partition) for each in partitions)

    def _on_error(self, error: KafkaError) -> None:
        if _is_fence(error):
            self._fenced = True
            return
        fault = fault_of(error)
        if isinstance(fault, BrokerAway):
            self._watch.away(fault)

    def _commit_offsets(self, client: Consumer) -> None:
        """For lag tools only: what counts is the stored position."""
        offsets = [TopicPartition(*slot, track.next_offset) for slot, track in self._mine.tracks.items() if track.next_offset]
        if offsets:
            try:
                client.commit(offsets=offsets, asynchronous=True)
            except KafkaException as error:
                raise fault_of(error) from error


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
