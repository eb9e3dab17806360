"""A node of nothing but the kernel: log, relay, and a service that writes down what took effect, for tests of the bones."""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import confluent_kafka

from chuanyu.kernel import keys, topics
from chuanyu.kernel.bus import says
from chuanyu.kernel.bus.client import producer
from chuanyu.kernel.bus.consumer import BusThread, Reading
from chuanyu.kernel.bus.freshness import Freshness
from chuanyu.kernel.bus.relay import Relay, sealed
from chuanyu.kernel.bus.screen import Screen
from chuanyu.kernel.bus.seals import Seals
from chuanyu.kernel.bus.transact import Transactor
from chuanyu.kernel.codec import draft
from chuanyu.kernel.envelope import Record
from chuanyu.kernel.faults import RuleViolated
from chuanyu.kernel.seal import Signer
from chuanyu.kernel.store import Arrived, Connection, Migrations, Store, UnitOfWork, entry_of, log, migrate
from chuanyu.kernel.topics import Topic
from kit.checker import Effect
from kit.probe import Kind, Probe

FAMILY = "probe"
PARTITIONS = 3
LEDGER = Migrations("ledger", Path(__file__).parent / "ledger")
DAY_MS = 86_400_000


def now() -> int:
    """The clock, ms."""
    return time.time_ns() // 1_000_000


def eventually(condition: Callable[[], Any], what: str, seconds: float = 20.0) -> Any:
    """Waits for a condition and returns its value; fails with words when it does not come."""
    deadline = time.monotonic() + seconds
    while True:
        if found := condition():
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.01)


class Ledger:
    """A service that writes every effect down, in order, and would write it twice if asked twice (nothing in its table is unique).

    An event whose leader is named `poison` breaks a rule of the record; one named `handler` is refused by the handler.
    """

    families = (FAMILY,)
    migrations = (LEDGER,)

    def __init__(self, name: str = "ledger") -> None:
        self.name = name
        self.before_apply: Callable[[UnitOfWork], None] = lambda work: None

    def check(self, arrived: Arrived) -> None:
        if arrived.event.leader is not None and arrived.event.leader.name == "poison":
            raise RuleViolated("the record says that it is poison")

    def refuses(self, arrived: Arrived) -> bool:
        return arrived.event.leader is not None and arrived.event.leader.name == "handler"

    def apply(self, work: UnitOfWork, batch: Sequence[Arrived]) -> None:
        self.before_apply(work)
        if any(self.refuses(each) for each in batch):
            raise RuleViolated("the handler refuses")
        for a in batch:
            work.connection.execute(
                "INSERT INTO ledger.effect (service, event_id, case_id, topic, partition, sequence) VALUES (%s, %s, %s, %s, %s, %s)",
                [self.name, a.head.id, a.case_id, a.record.topic, a.partition, a.head.sequence],
            )


class Silent:
    """Watches nothing, but keeps what went wrong."""

    def __init__(self) -> None:
        self.faults: list[Exception] = []

    def applied(self, *_: object) -> None: ...
    def standing(self, *_: object) -> None: ...
    def fenced(self) -> None: ...
    def relayed(self, *_: object) -> None: ...
    def depth(self, *_: object) -> None: ...
    def leading(self, *_: object) -> None: ...

    def away(self, fault: Exception) -> None:
        self.faults.append(fault)


@dataclass
class Running:
    """A thread of the node; stop() ends it and raises what it raised."""

    part: Any
    thread: threading.Thread
    raised: list[BaseException] = field(default_factory=list)

    def stop(self) -> None:
        self.part.stopping.set()
        self.thread.join(15)
        assert not self.thread.is_alive(), f"{self.thread.name} does not stop"
        if self.raised:
            raise self.raised.pop()

    def ended(self) -> BaseException | None:
        """What it ended with, once it has."""
        return None if self.thread.is_alive() or not self.raised else self.raised[0]


def running(part: Any, name: str) -> Running:
    """Runs part.run() in a thread."""
    made = Running(part, threading.Thread(name=name, daemon=True))

    def body() -> None:
        try:
            part.run()
        except BaseException as error:  # noqa: BLE001 - kept for stop() to raise
            made.raised.append(error)

    made.thread.run = body  # type: ignore[method-assign]
    made.thread.start()
    return made


class Trust:
    """Roots and seal keys of the provinces of a test."""

    def __init__(self, provinces: Iterable[str]) -> None:
        self.roots = {province: keys.make_key() for province in provinces}
        self.private = {province: keys.make_key() for province in provinces}
        self.published = {
            province: keys.publish(
                self.roots[province],
                self.private[province],
                province,
                now=now(),
                valid_from=now() - DAY_MS,
                valid_until=now() + DAY_MS,
                first=True,
            )
            for province in self.roots
        }

    def fingerprints(self) -> dict[str, str]:
        return {province: keys.fingerprint(root.public) for province, root in self.roots.items()}

    def ring(self, *known: str) -> keys.KeyRing:
        return keys.KeyRing(self.fingerprints(), [self.published[province] for province in known])

    def signer(self, province: str) -> Signer:
        return Signer(self.private[province], self.ring(province).get(province, self.published[province].key_id))


class Node:
    """One province's kernel node. provinces: all, the own one first; topics as tests.kit.bus.make_topics makes them."""

    def __init__(self, provinces: Sequence[str], kafka: str, conninfo: str, trust: Trust) -> None:
        self.province, self.provinces, self.trust = provinces[0], tuple(provinces), trust
        self.kafka = {"bootstrap.servers": kafka}
        self.store = Store(conninfo)
        self.own = {f"{self.province}.{FAMILY}": PARTITIONS, f"{self.province}.system": 1}
        self.counts = {
            f"{p}.{family}": count for p in provinces for family, count in ((FAMILY, PARTITIONS), ("system", 1), ("heartbeat", 1))
        }
        self.watch = Silent()
        self.threads: list[Running] = []
        self.sealing = Seals(trust.ring(self.province), provinces, self.kafka)
        migrate(self.store, [LEDGER])
        self._connection: Connection | None = None

    @property
    def connection(self) -> Connection:
        """A session for the test's own questions."""
        if self._connection is None or self._connection.closed:
            self._connection = self.store.connect(application="test")
        return self._connection

    def start(self, part: Any, name: str) -> Running:
        made = running(part, f"{self.province}-{name}")
        self.threads.append(made)
        return made

    def start_seals(self) -> Running:
        return self.start(self.sealing, "seals")

    def relay(self, **more: Any) -> Relay:
        signer = self.trust.signer(self.province)
        return Relay(self.province, self.own, self.store, self.kafka, signer, self.sealing, self.watch, **more)

    def start_relay(self, **more: Any) -> Running:
        return self.start(self.relay(**more), "relay")

    def bus_thread(self, service: Any = None, *, group: str | None = None, batch: int = 500, tails: Any = dict) -> BusThread:
        service = service or Ledger()
        screen = Screen(self.sealing.check, service.check, self.counts.__getitem__)
        announce = lambda record, name, at: says.message_parked(self.province, record, name, at)  # noqa: E731
        transactor = Transactor(service, self.province, self.counts, screen, now, announce)
        listened = [f"{p}.{family}" for p in self.provinces for family in service.families]
        reading = Reading(service.name, group or f"{self.province}.{service.name}", listened, batch)
        return BusThread(reading, self.store, self.kafka, screen, transactor, self.watch, tails)

    def start_service(self, service: Any = None, **more: Any) -> Running:
        return self.start(self.bus_thread(service, **more), "service")

    def start_freshness(self, *services: str) -> Freshness:
        fresh = Freshness(self.provinces, dict.fromkeys(services, (FAMILY,)), self.store, self.kafka, self.sealing)
        self.start(fresh, "freshness")
        return fresh

    def accept(self, *cases: str, leader: str | None = None, first: bool = False) -> list[UUID]:
        """Accepts one event a case, in one transaction; returns their ids."""
        from kit.probe import Part

        at = now()
        part = None if leader is None else Part(name=leader)
        drafts = [
            draft(
                Probe(case_id=case, kind=Kind.FOOD, count=1, day=1, at=at, sure=True, leader=part),
                id=uuid4(),
                source=f"/{self.province}/tester",
                subject=f"{self.province}/{FAMILY}/{case}",
                time=at,
                recordedtime=at,
            )
            for case in cases
        ]
        self.append(drafts)
        return [each.head.id for each in drafts]

    def append(self, drafts: Sequence[Any]) -> None:
        with self.connection.transaction():
            log.open_for_append(self.connection)
            log.append(self.connection, [entry_of(each, self.counts) for each in drafts])

    def publish_key(self) -> None:
        """The first key of the province, on its system topic."""
        published = self.trust.published[self.province]
        id = says.decision_id("key", self.province, published.key_id)
        self.append(
            [
                draft(
                    published, id=id, source=says.node_source(self.province), subject=f"{self.province}/system/node", time=1, recordedtime=1
                )
            ]
        )

    def logged(self, topic: str, partition: int) -> list[Record]:
        """The relayed records of an own partition, as they are on the wire."""
        return [sealed(row) for row in log.since(self.connection, (topic, partition), 1, 100_000)]

    def relayed(self) -> int:
        row = self.connection.execute("SELECT count(*) FROM bus.log WHERE sequence IS NOT NULL").fetchone()
        assert row
        return int(row[0])

    def effects(self, service: str = "ledger") -> list[Effect]:
        rows = self.connection.execute(
            "SELECT event_id, case_id, topic, partition, sequence FROM ledger.effect WHERE service = %s ORDER BY place", [service]
        )
        return [Effect(str(row[0]), *row[1:]) for row in rows]

    def applied(self, service: str = "ledger") -> list[str]:
        return [effect.event for effect in self.effects(service)]

    def stop(self) -> None:
        for each in reversed(self.threads):
            each.part.stopping.set()
        for each in reversed(self.threads):
            each.thread.join(15)
        if self._connection is not None:
            self._connection.close()


def make_topics(kafka: str, *provinces: str) -> list[str]:
    """The topics that Node expects, on a broker."""
    wanted = [
        Topic(f"{province}.{family}", count, 1, {"retention.ms": "-1"})
        for province in provinces
        for family, count in ((FAMILY, PARTITIONS), ("system", 1), ("heartbeat", 1))
    ]
    topics.apply(kafka, wanted)
    return [topic.name for topic in wanted]


def put(kafka: str, partition: int, *records: Record) -> None:
    """Writes records onto a partition as they are, past every rule: what a mirror or a stranger may do."""
    client = producer({"bootstrap.servers": kafka})
    for record in records:
        client.produce(record.topic, record.value, record.key, partition=partition, headers=list(record.headers))
    assert client.flush(10) == 0


def put_header(kafka: str, topic: str, name: bytes) -> None:
    """Writes a record onto partition 0 whose one header has any bytes as its name: through librdkafka, for Python's client refuses them."""
    (path,) = Path(confluent_kafka.__file__).parents[1].glob("confluent_kafka.libs/librdkafka*")
    library = ctypes.CDLL(str(path))
    pointer, text, number, size = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_ssize_t
    library.rd_kafka_conf_new.restype = library.rd_kafka_new.restype = pointer
    conf, told = pointer(library.rd_kafka_conf_new()), ctypes.create_string_buffer(512)
    assert library.rd_kafka_conf_set(conf, text(b"bootstrap.servers"), text(kafka.encode()), told, size(512)) == 0, told.value
    client = pointer(library.rd_kafka_new(number(0), conf, told, size(512)))
    where = [number(1), text(topic.encode()), number(3), ctypes.c_int32(0), number(4), text(b"v"), size(1)]  # topic, partition, value
    assert library.rd_kafka_producev(client, *where, number(9), text(name), text(b"x"), size(1), number(0)) == 0
    assert library.rd_kafka_flush(client, number(10_000)) == 0
    library.rd_kafka_destroy(client)
