"""How fresh this node's view of each province is, per service (D15): from heartbeats and stored positions, answered from memory."""

from __future__ import annotations

import threading
import time
from bisect import insort
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from chuanyu.kernel.bus import says
from chuanyu.kernel.bus.client import Properties, ends, fault_of, reader, record_of
from chuanyu.kernel.bus.seals import Seals
from chuanyu.kernel.faults import BrokerAway, Poison, StoreAway, Transient
from chuanyu.kernel.store import positions
from chuanyu.kernel.store.database import Connection, Store, faults
from chuanyu.kernel.store.positions import Slot

_FUTURE_MS = 60_000
_LOOK_BACK_MS = 3_600_000
_KEPT = 720  # an hour of them
_TAIL_AFTER_S = 6.0
_ASK_S = 5.0  # how often the broker is asked something, for a silent one looks like one that has nothing to say


@dataclass(slots=True, order=True)
class Beat:
    """One heartbeat: the owner's clock in ms, the last sequence of each of its partitions, and when it was read here."""

    clock: int
    last: dict[Slot, int] = field(compare=False)
    read_at: float = field(compare=False)
    rules_digest: str = field(compare=False, default="")


class Freshness:
    """Reads every province's heartbeats beside the services of one process.

    services: name → families heard here · others: the same of other processes, for ages() alone. ages() and tails() are cheap and safe
    from any thread. broker_away: whether Kafka did not answer.
    """

    def __init__(
        self,
        provinces: Iterable[str],
        services: Mapping[str, Iterable[str]],
        store: Store,
        kafka: Properties,
        seals: Seals,
        clock: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        *,
        others: Mapping[str, Iterable[str]] = MappingProxyType({}),
    ) -> None:
        self._provinces = tuple(provinces)
        self._services = {name: frozenset(families) for name, families in services.items()}
        self._others = {name: frozenset(families) for name, families in others.items()}
        self._store = store
        self._kafka = kafka
        self._seals = seals
        self._clock = clock
        self._beats: dict[str, list[Beat]] = {province: [] for province in self._provinces}
        self._heard: dict[str, deque[Beat]] = {province: deque(maxlen=8) for province in self._provinces}  # as they came
        self._covered: dict[tuple[str, str], int] = {}
        self._ask_at = 0.0
        self.broker_away = False
        self.stopping = threading.Event()

    def ages(self, service: str) -> dict[str, float | None]:
        """province → seconds since the newest heartbeat that the service has wholly applied; None: never, or a clock from the future."""
        now = self._clock()
        found: dict[str, float | None] = {}
        for province in self._provinces:
            clock = self._covered.get((service, province))
            found[province] = None if clock is None or clock > now + _FUTURE_MS else max(0, now - clock) / 1000
        return found

    def heard(self) -> dict[str, float | None]:
        """province → seconds since its newest heartbeat, applied or not."""
        now = self._clock()
        newest = {province: self._newest(province) for province in self._provinces}
        return {province: max(0, now - beat.clock) / 1000 if beat else None for province, beat in newest.items()}

    def oldest(self, provinces: Iterable[str]) -> float:
        """Seconds since the newest heartbeat of these provinces that every service here has wholly applied, or, where none is, has read.

        inf: never.
        """
        views = [self.ages(service) for service in self._services] or [self.heard()]
        ages = [view[province] for province in provinces for view in views]
        return max((float("inf") if age is None else age for age in ages), default=0.0)

    def rules_digests(self) -> dict[str, str]:
        """province → digest of the rule tables that its newest heartbeat names (D8)."""
        return {province: beat.rules_digest for province in self._provinces if (beat := self._newest(province))}

    def tails(self) -> dict[Slot, int]:
        """The last sequences that each owner listed long enough ago that they should have been read by now (D5)."""
        ripe = time.monotonic() - _TAIL_AFTER_S
        read = [next((b for b in reversed(list(beats)) if b.read_at <= ripe), None) for beats in self._heard.values()]
        return {slot: last for beat in read if beat for slot, last in beat.last.items()}

    def run(self) -> None:
        """Reads until stopping is set; a Transient fault only makes the ages grow."""
        while not self.stopping.is_set():
            client = reader(self._kafka)
            try:
                with self._store.connect(application="chuanyu-freshness") as connection:
                    self._begin(client)
                    while not self.stopping.is_set():
                        self._read(client)
                        self._cover(connection)
            except Transient as fault:
                self.broker_away = isinstance(fault, BrokerAway)
                if isinstance(fault, StoreAway):
                    self._covered.clear()  # a server that fell may come back without its last effects (D6)
                self.stopping.wait(0.5)
            finally:
                client.close()

    def _begin(self, client: Consumer) -> None:
        slots = [(f"{province}.heartbeat", 0) for province in self._provinces]
        since = self._clock() - _LOOK_BACK_MS
        try:
            wanted = [TopicPartition(*slot, since) for slot in slots]
            starts = {(t.topic, t.partition): t.offset for t in client.offsets_for_times(wanted, timeout=10)}
        except KafkaException as error:
            raise fault_of(error) from error
        bounds = ends(client, slots)
        client.assign([TopicPartition(*slot, starts[slot] if starts[slot] >= 0 else bounds[slot][1]) for slot in slots])

    def _read(self, client: Consumer) -> None:
        self._ask(client)
        for message in client.consume(500, 0.5):
            error = message.error()
            if error is not None:
                if error.code() not in (KafkaError._PARTITION_EOF, KafkaError._AUTO_OFFSET_RESET):
                    raise fault_of(error)
                continue
            record = record_of(message)
            province = record.topic.partition(".")[0]
            try:
                self._seals.check(record, province, 0)
                beat = says.beat_of(record)
            except Poison:
                continue
            beats = self._beats[province]
            made = Beat(beat.clock, beat.last, time.monotonic(), beat.rules_digest)
            self._heard[province].append(made)
            insort(beats, made)
            del beats[:-_KEPT]

    def _ask(self, client: Consumer) -> None:
        if (now := time.monotonic()) >= self._ask_at:
            self._ask_at = now + _ASK_S
            ends(client, [(f"{self._provinces[0]}.heartbeat", 0)], timeout=2.0)
            self.broker_away = False

    def _believed(self, province: str) -> Iterator[Beat]:
        """The heartbeats of a province, newest first, without those from the future: its clock may have been set right since."""
        latest = self._clock() + _FUTURE_MS
        return (beat for beat in reversed(list(self._beats[province])) if beat.clock <= latest)

    def _newest(self, province: str) -> Beat | None:
        return next(self._believed(province), None)

    def _cover(self, connection: Connection) -> None:
        with faults():
            stored = positions.sequences(connection)
        for service, families in (self._services | self._others).items():
            applied = stored.get(service, {})
            for province in self._provinces:
                beat = next((b for b in self._believed(province) if _covers(applied, b, province, families)), None)
                known = self._covered.get((service, province), 0)
                if beat is not None and beat.clock > known:
                    self._covered[service, province] = beat.clock


def _covers(applied: Mapping[Slot, int], beat: Beat, province: str, families: frozenset[str]) -> bool:
    return all(
        applied.get((topic, number), 0) >= last
        for (topic, number), last in beat.last.items()
        if topic.removeprefix(f"{province}.") in families
    )
