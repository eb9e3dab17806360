"""Brokers and a database server together: what both nodes, and the tests, stand on."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from chuanyu.embedded import kafka, mirror, ports
from chuanyu.embedded.kafka import Broker
from chuanyu.embedded.mirror import Mirror
from chuanyu.embedded.postgres import Server
from chuanyu.embedded.processes import Family
from chuanyu.kernel import topics

Say = Callable[[str], None]
Spawned = subprocess.Popen[bytes]


@dataclass(frozen=True)
class Stack:
    """One broker for all provinces, or one each with a mirror between them; one database server."""

    server: Server
    brokers: tuple[Broker, ...]
    mirror: Mirror | None = None
    running: dict[str, Spawned] = field(default_factory=dict)

    @classmethod
    def single(cls, family: Family, kafka_port: int, controller_port: int, postgres_port: int) -> Stack:
        return cls(Server(family, postgres_port), (Broker(family, "kafka", kafka_port, controller_port),))

    @classmethod
    def federated(cls, family: Family, brokers: Mapping[str, tuple[int, int]], postgres_port: int) -> Stack:
        """brokers: province → its broker's port and its controller's."""
        made = tuple(Broker(family, f"kafka-{province}", *pair) for province, pair in brokers.items())
        mirror = Mirror(family, {province: broker.bootstrap for province, broker in zip(brokers, made, strict=True)})
        return cls(Server(family, postgres_port), made, mirror)

    @classmethod
    def on_any_ports(cls, family: Family) -> Stack:
        """For tests: one broker, ports as the kernel picks them."""
        return cls.single(family, *ports.any_free(3))

    @property
    def broker(self) -> Broker:
        """The only broker, or the first."""
        return self.brokers[0]

    @property
    def family(self) -> Family:
        return self.server.family

    def start(self, say: Say) -> None:
        """Starts brokers and server at once and returns when all answer. On the main thread (they end with the thread that starts them).

        Raises Unable, nothing left running.
        """
        class_path = kafka.class_path(say)
        kafka.train(self.family, class_path, say)
        try:
            self._spawn(class_path)
            self.server.wait(self.running[self.server.name])
            for broker in self.brokers:
                broker.wait(self.running[broker.name])
        except BaseException:
            self.stop()
            raise

    def lay_topics(self, provinces: Sequence[str], say: Say) -> None:
        """Makes all topics of the provinces on every broker; then the mirror may start, for it must not make them itself."""
        for broker in self.brokers:
            made = topics.apply(broker.bootstrap, topics.declared(provinces)).create
            if made:
                say(f"made {len(made)} topics on {broker.name}")
        if self.mirror:
            self.running[self.mirror.name] = self.mirror.spawn(mirror.class_path(say))

    def revive(self, name: str, say: Say) -> None:
        """Starts a part again that has ended; on the same ports, on the same data."""
        for part in (*self.brokers, self.server, self.mirror):
            if part and part.name == name:
                self.running[name] = self._start_part(part, say)

    def stop(self) -> None:
        """Ends all, in order."""
        if self.mirror:
            self.mirror.stop()
        self.family.end([broker.name for broker in self.brokers])
        self.server.stop()

    def _start_part(self, part: Broker | Server | Mirror, say: Say) -> Spawned:
        if isinstance(part, Server):
            return part.spawn()
        return part.spawn(mirror.class_path(say) if isinstance(part, Mirror) else kafka.class_path(say))

    def _spawn(self, class_path: Sequence[Path]) -> None:
        for broker in self.brokers:
            self.running[broker.name] = broker.spawn(class_path)
        self.running[self.server.name] = self.server.spawn()


def family(directory: Path) -> Family:
    """The children of a run in the directory; what an earlier run left there is ended first."""
    found = Family(directory)
    found.clean_up()
    return found
