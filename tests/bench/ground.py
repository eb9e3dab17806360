"""What all benchmarks stand on: a broker, a server and the credentials of both provinces, and the parts of a node in this process."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench import samples
from chuanyu.embedded import places
from chuanyu.embedded import stack as embedded
from chuanyu.embedded.stack import Stack
from chuanyu.gateway import queries as gateway
from chuanyu.kernel.bus.client import ends, reader
from chuanyu.kernel.runtime import Runtime, RuntimeSettings
from chuanyu.kernel.settings import from_environment
from chuanyu.kernel.store import Connection, entry_of, log
from chuanyu.recognition import queries as recognition
from kit.bus import eventually
from kit.rig import HERE, Rig

TOPIC = f"{HERE}.spotcheck"
CHUNK = 500  # rows a transaction while filling


class Ground:
    """rig: the processes of a node · runtime: the same node in this process, its seal keys read along."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.runtime = Runtime(from_environment(RuntimeSettings, rig.nodes[HERE].environment()))
        self.runtime.migrate([gateway.MIGRATIONS, recognition.MIGRATIONS])
        self.connection: Connection = rig.connection()

    @contextmanager
    def running(self, *parts: Any) -> Iterator[None]:
        """The parts, each in a thread, while it lasts; what one of them raises is raised here."""
        raised: list[BaseException] = []

        def body(part: Any) -> None:
            try:
                part.run()
            except BaseException as error:  # noqa: BLE001 - raised below
                raised.append(error)

        threads = [threading.Thread(target=body, args=[part], daemon=True) for part in parts]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            for part in parts:
                part.stopping.set()
            for thread in threads:
                thread.join(30)
        if raised:
            raise raised[0]

    def fill(self, numbers: range) -> None:
        """Puts so many events into the log, where they wait for the relay."""
        for start in range(numbers.start, numbers.stop, CHUNK):
            drafts = samples.drafts(range(start, min(start + CHUNK, numbers.stop)))
            entries = [entry_of(draft, self.runtime.partitions) for draft in drafts]
            with self.connection.transaction():
                log.open_for_append(self.connection)
                log.append(self.connection, entries)

    def produced(self) -> int:
        """Records of the topic on the broker."""
        client = reader(self.runtime.kafka)
        try:
            bounds = ends(client, [(TOPIC, number) for number in range(self.runtime.partitions[TOPIC])])
        finally:
            client.close()
        return sum(end for _, end in bounds.values())

    def accepted(self) -> int:
        """Rows of the topic in the log."""
        row = self.connection.execute("SELECT count(*) FROM bus.log WHERE topic = %s", [TOPIC]).fetchone()
        return int(row[0]) if row else 0

    def hold(self, events: int) -> int:
        """Sees to it that the topic holds at least so many, each once, and nothing waits in the log; how many it holds."""
        self.fill(range(self.accepted(), events))
        if log.depth(self.connection)[0] or self.produced() < self.accepted():
            with self.running(self.runtime.seals, self.runtime.relay()):
                eventually(lambda: not log.depth(self.connection)[0], "every row is numbered", 600)
                eventually(lambda: self.produced() >= self.accepted(), "every record is on the broker", 60)
            self.runtime.seals.stopping.clear()
        return self.accepted()

    def close(self) -> None:
        self.connection.close()
        self.rig.close()


@contextmanager
def ground() -> Iterator[Ground]:
    """Everything, in a directory of its own that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="chuanyu-bench-"))
    stack = Stack.on_any_ports(embedded.family(places.directory(folder / "stack")))
    try:
        stack.start(lambda _: None)
        made = Ground(Rig(stack))
        try:
            yield made
        finally:
            made.close()
    finally:
        stack.stop()
        shutil.rmtree(folder, ignore_errors=True)
