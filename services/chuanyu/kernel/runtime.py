"""A process of a node: what its settings come to, and the bus threads and relay that can be had from it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from chuanyu.kernel import codec, topics
from chuanyu.kernel.bus import says
from chuanyu.kernel.bus.consumer import BusThread, Reading
from chuanyu.kernel.bus.freshness import Freshness
from chuanyu.kernel.bus.relay import Relay
from chuanyu.kernel.bus.screen import Screen
from chuanyu.kernel.bus.seals import Seals
from chuanyu.kernel.bus.tail import check_log
from chuanyu.kernel.bus.transact import Transactor
from chuanyu.kernel.keys import KeyRing, load_key, load_roots
from chuanyu.kernel.seal import Signer
from chuanyu.kernel.settings import KafkaSettings, ProvinceSettings, SealSettings, StoreSettings
from chuanyu.kernel.store import Migrations, Service, Slot, Store, entry_of, faults, log, migrate
from chuanyu.kernel.watch import RelayWatch, ServiceWatch

_UNSEQUENCED = "heartbeat"


@dataclass(frozen=True, slots=True)
class RuntimeSettings:
    """What every process of a node needs."""

    where: ProvinceSettings
    kafka: KafkaSettings
    store: StoreSettings
    seal: SealSettings


def now_ms() -> int:
    """The node's clock."""
    return time.time_ns() // 1_000_000


class Runtime:
    """Made once a process. rules_digest: of the rule tables, for the heartbeat (D8). Raises SealKeyUnfit, SettingsIncomplete."""

    def __init__(self, settings: RuntimeSettings, *, rules_digest: str = "") -> None:
        self.province = settings.where.province
        self.provinces: Mapping[str, str] = settings.where.provinces
        self.kafka = settings.kafka.properties()
        self.store = Store(settings.store.database)
        self.partitions = {topic.name: topic.partitions for topic in topics.declared(self.provinces)}
        self.own = {
            name: count
            for name, count in self.partitions.items()
            if name.partition(".")[0] == self.province and name.partition(".")[2] != _UNSEQUENCED
        }
        self._publication = codec.decode(settings.seal.publication_file.read_bytes())
        self._ring = KeyRing(load_roots(settings.seal.roots_file), [self._publication])
        self._key_file = settings.seal.key_file
        self._rules_digest = rules_digest
        self.seals = Seals(self._ring, self.provinces, self.kafka)

    def migrate(self, owners: Iterable[Migrations]) -> None:
        """Brings the database up to date and puts the node's seal key into the log, once. Raises StoreAway, MigrationsDiffer."""
        migrate(self.store, list(dict.fromkeys(owners)))
        said = self._publication
        subject = f"{self.province}/system/{says.NODE}"
        draft = codec.draft(
            said,
            id=says.decision_id("key", self.province, said.key_id),
            source=says.node_source(self.province),
            subject=subject,
            time=said.valid_from,
            recordedtime=now_ms(),
        )
        with faults(), self.store.connect(application="chuanyu-start") as connection, connection.transaction():
            log.open_for_append(connection)
            log.append(connection, [entry_of(draft, self.partitions)])

    def bus_thread(self, service: Service, freshness: Freshness) -> BusThread:
        """The thread that applies one service's events of all provinces."""
        screen, transactor = self.screening(service)
        watch = ServiceWatch(service.name, list(self.provinces))
        return BusThread(self.reading(service), self.store, self.kafka, screen, transactor, watch, freshness.tails)

    def screening(self, service: Service) -> tuple[Screen, Transactor]:
        """What judges the records of a service, and what applies them."""
        screen = Screen(self.seals.check, service.check, self.partitions.__getitem__)
        transactor = Transactor(
            service,
            self.province,
            self.partitions,
            screen,
            now_ms,
            lambda record, name, at: says.message_parked(self.province, record, name, at),
        )
        return screen, transactor

    def reading(self, service: Service) -> Reading:
        """What a service hears, its families of every province, and under which group."""
        listened = [f"{province}.{family}" for province in self.provinces for family in service.families]
        return Reading(service.name, f"{self.province}.{service.name}", listened)

    def heard(self, service: Service) -> list[Slot]:
        """The partitions that a service reads."""
        return [(topic, number) for topic in self.reading(service).topics for number in range(self.partitions[topic])]

    def check_log(self, family: str) -> None:
        """Raises LogAhead where Kafka holds own records of a family that the log lacks (D3)."""
        with faults(), self.store.connect(application="chuanyu-start") as connection:
            check_log(connection, self.kafka, self.slots(family), self.seals)

    def slots(self, family: str) -> list[Slot]:
        """The province's own partitions of a family."""
        topic = f"{self.province}.{family}"
        return [(topic, number) for number in range(self.own[topic])]

    def relay(self) -> Relay:
        """The node's relay; of several only the one that holds the lock works."""
        private = load_key(self._key_file)
        signer = Signer(private, self._ring.get(self.province, private.key_id))
        return Relay(self.province, self.own, self.store, self.kafka, signer, self.seals, RelayWatch(), rules_digest=self._rules_digest)

    def freshness(self, services: Iterable[Service], answered: Iterable[Service] = ()) -> Freshness:
        """How fresh the views of these services are. answered: those of other processes for which this one answers too."""
        heard = {service.name: service.families for service in services}
        others = {service.name: service.families for service in answered if service.name not in heard}
        return Freshness(self.provinces, heard, self.store, self.kafka, self.seals, others=others)

    def threads(self, services: Iterable[Service], freshness: Freshness, *, relay: bool) -> dict[str, Any]:
        """Everything that runs beside the doors, by name."""
        workers: dict[str, Any] = {"seals": self.seals, "freshness": freshness}
        workers |= {service.name: self.bus_thread(service, freshness) for service in services}
        return workers | ({"relay": self.relay()} if relay else {})
