"""The embedded bus: a stack and both nodes in one directory, under one lock, started, watched and ended together."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from chuanyu.embedded import credentials, nodes, places, ports, prometheus, running
from chuanyu.embedded.nodes import Node
from chuanyu.embedded.ports import Layout
from chuanyu.embedded.processes import Family, Lock
from chuanyu.embedded.provinces import BOTH
from chuanyu.embedded.stack import Say, Spawned, Stack
from chuanyu.embedded.unable import Unable
from chuanyu.kernel.faults import BrokerAway

REVIVALS_A_MINUTE = 20  # of one process: nodes come and go while a database that was killed recovers


class EmbeddedBus:
    """All of it. `start` on the main thread: the servers end with the thread that started them."""

    def __init__(self, directory: Path, base: int, *, federated: bool, say: Say) -> None:
        """Takes the directory, ends what an earlier run left there, makes sure of the ports. Raises Unable, nothing started."""
        self.directory = places.directory(directory)
        self._lock = Lock(self.directory)
        self._say = say
        self._began = time.monotonic()
        try:
            self.family = Family(self.directory)
            left = self.family.clean_up()
            if left:
                say(f"ended what an earlier run had left: {', '.join(child.name for child in left)}")
            self._layout = Layout(base)
            self._stack = _stack(self.family, self._layout, federated)
            ports.require_free(wanted_ports(base, federated=federated), base=base)
        except BaseException:
            self._lock.release()
            raise
        self._nodes: list[Node] = []
        self._apart: list[Node] = []
        self._running: dict[str, Spawned] = {}
        self._revived: dict[str, deque[float]] = {}
        self._pipe = os.pipe()

    def start(self) -> dict[str, Any]:
        """Starts everything; says what `up --json` says once both nodes serve and hear each other. Raises Unable; then call `stop`."""
        self._start_servers()
        self._say("starting both nodes")
        parts = [*self._nodes, *self._apart]
        self._running = {part.name: part.spawn(self._pipe[0]) for part in parts}
        nodes.await_ready([(part, self._running[part.name]) for part in parts])
        if self._stack.mirror:
            self._say("waiting until the mirror carries")
            nodes.await_heard(self._nodes)
        facts = self._facts()
        running.tell(self.directory, facts)
        return facts

    def recover(self, take_back: Callable[[Mapping[str, str]], int]) -> dict[str, int]:
        """Starts the servers without the nodes, and takes back what Kafka has and each node's database lacks: province → records (D3).

        take_back: `node.recover`. Raises Unable and what it raises; then call `stop`.
        """
        self._start_servers()
        return {each.province.word: _once_led(partial(take_back, each.environment())) for each in self._nodes}

    def mend(self) -> None:
        """Starts again whatever has ended by itself. Raises Unable when that happens to one of them too often."""
        for name, process in {**self._stack.running, **self._running}.items():
            if process.poll() is not None:
                self._count_revival(name)
                self._say(f"{name} has ended (status {process.returncode}); starting it again")
                self._revive(name)

    def stop(self) -> None:
        """Ends everything in order: nodes, mirror, brokers, database. What was accepted is on disk."""
        running.forget(self.directory)
        self.family.end([each.name for each in (*self._nodes, *self._apart)])
        self._stack.stop()
        for end in self._pipe:
            os.close(end)
        self._lock.release()

    def _start_servers(self) -> None:
        credentials.lay(self.directory, BOTH)
        self._say("starting Kafka and PostgreSQL")
        self._stack.start(self._say)
        self._stack.lay_topics([province.word for province in BOTH], self._say)
        self._nodes = [self._node(number) for number in range(len(BOTH))]
        self._apart = [node.warning for node in self._nodes]

    def _revive(self, name: str) -> None:
        node = next((each for each in (*self._nodes, *self._apart) if each.name == name), None)
        if node:
            self._running[name] = node.spawn(self._pipe[0])
        else:
            self._stack.revive(name, self._say)

    def _count_revival(self, name: str) -> None:
        now = time.monotonic()
        revived = self._revived.setdefault(name, deque())
        revived.append(now)
        while revived[0] < now - 60:
            revived.popleft()
        if len(revived) > REVIVALS_A_MINUTE:
            raise Unable(f"{name} ends again and again.", f"Its log is {self.directory}/logs/{name}.log.")

    def _node(self, number: int) -> Node:
        province = BOTH[number]
        broker = self._stack.brokers[number % len(self._stack.brokers)]
        home = credentials.node_home(self.directory, province.word)
        conninfo = nodes.lay_database(self._stack.server, province.word, home)
        return Node(self.family, province, BOTH, self._layout.node(number), broker.bootstrap, conninfo)

    def _facts(self) -> dict[str, Any]:
        return {
            "ready": True,
            "seconds": round(time.monotonic() - self._began, 1),
            "dir": str(self.directory),
            "ca": str(self.directory / "ca.pem"),
            "prometheus": str(prometheus.lay(self.directory, [*self._nodes, *self._apart])),
            "console": None,
            "nodes": {node.province.word: node.facts() for node in self._nodes},
        }


def _stack(family: Family, layout: Layout, federated: bool) -> Stack:
    if federated:
        brokers = {province.word: layout.broker(number) for number, province in enumerate(BOTH)}
        return Stack.federated(family, brokers, layout.postgres)
    return Stack.single(family, *layout.broker(0), layout.postgres)


def wanted_ports(base: int, *, federated: bool) -> dict[str, int]:
    """What needs a port → the port."""
    layout = Layout(base)
    wanted = {"PostgreSQL": layout.postgres}
    for number in range(len(BOTH) if federated else 1):
        wanted[f"Kafka {number + 1}"], wanted[f"Kafka controller {number + 1}"] = layout.broker(number)
    for number, province in enumerate(BOTH):
        wanted |= {f"{province.word} {what}": port for what, port in layout.node(number).items()}
    return wanted


def _once_led(ask: Callable[[], int], within: float = 30.0) -> int:
    """What it answers. Partitions of a broker that has just started get their leaders a moment later: until then it is asked again."""
    until = time.monotonic() + within
    while True:
        try:
            return ask()
        except BrokerAway:
            if time.monotonic() > until:
                raise
            time.sleep(0.5)
