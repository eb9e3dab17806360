"""A broker and a database server together: what both nodes, and the tests, stand on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from chuanyu.embedded import kafka, ports
from chuanyu.embedded.kafka import Broker
from chuanyu.embedded.postgres import Server
from chuanyu.embedded.processes import Family


@dataclass(frozen=True)
class Stack:
    """One broker (named kafka) and one server in one family."""

    broker: Broker
    server: Server

    @classmethod
    def on_any_ports(cls, family: Family) -> Stack:
        """For tests: ports as the kernel picks them."""
        kafka_port, controller_port, postgres_port = ports.any_free(3)
        return cls(Broker(family, "kafka", kafka_port, controller_port), Server(family, postgres_port))

    def start(self, say: Callable[[str], None]) -> None:
        """Starts both at once and returns when both answer. On the main thread (they end with the thread that starts them).

        Raises Unable, nothing left running.
        """
        class_path = kafka.class_path(say)
        kafka.train(self.broker.family, class_path, say)
        try:
            broker, server = self.broker.spawn(class_path), self.server.spawn()
            self.server.wait(server)
            self.broker.wait(broker)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Ends both, in order."""
        self.broker.stop()
        self.server.stop()


def family(directory: Path) -> Family:
    """The children of a run in the directory; what an earlier run left there is ended first."""
    found = Family(directory)
    found.clean_up()
    return found
