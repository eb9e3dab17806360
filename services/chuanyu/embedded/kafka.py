"""One Apache Kafka broker, its own controller, on loopback."""

from __future__ import annotations

import base64
import shutil
import signal
import subprocess
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from chuanyu.embedded import jars, java, places, ports
from chuanyu.embedded.processes import Family
from chuanyu.embedded.unable import Unable
from chuanyu.kernel import topics

MAIN = "kafka.Kafka"
HEAP_MB = 256

# One copy of everything, for there is one broker. The short session lets it come back 1.5 s after a kill -9 instead of 11 s; the small
# dedupe buffer saves 130 MB (nothing of ours is compacted).
_PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
log.dirs={data}
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
log.cleaner.dedupe.buffer.size=8388608
broker.session.timeout.ms=1500
broker.heartbeat.interval.ms=300
"""


@dataclass(frozen=True)
class Broker:
    """A broker in its family's directory, below NAME/."""

    family: Family
    name: str
    port: int
    controller_port: int

    @property
    def bootstrap(self) -> str:
        return ports.address(self.port)

    @property
    def home(self) -> Path:
        return self.family.directory / self.name

    def spawn(self, class_path: Sequence[Path]) -> subprocess.Popen[bytes]:
        """Starts it, formatting its disk the first time. Ready is another matter: `wait`."""
        self._prepare(class_path)
        cache = java.with_cache(java.aot_cache(MAIN, class_path))
        return self._run(class_path, cache)

    def wait(self, process: subprocess.Popen[bytes], within: float = 90.0) -> None:
        """Returns once it answers for itself. Raises Unable when it ends or does not answer in time (seconds)."""
        deadline = time.monotonic() + within
        while process.poll() is None and time.monotonic() < deadline:
            if ports.busy([self.port]) and topics.answers(self.bootstrap):
                return
            time.sleep(0.05)
        raise Unable(f"Kafka did not start ({self._last_words()}).", f"Its log is {self.family.directory}/logs/{self.name}.log.")

    def stop(self) -> None:
        self.family.end([self.name], how=signal.SIGTERM, within=20.0)

    def _run(self, class_path: Sequence[Path], start_up: Sequence[str]) -> subprocess.Popen[bytes]:
        command = java.command(MAIN, class_path, self.home / "tmp", heap_mb=HEAP_MB, start_up=start_up)
        return self.family.spawn(self.name, [*command, str(self._properties)], java.environment(), death=signal.SIGTERM)

    @property
    def _properties(self) -> Path:
        return self.home / "server.properties"

    def _prepare(self, class_path: Sequence[Path]) -> None:
        (self.home / "tmp").mkdir(parents=True, exist_ok=True, mode=0o700)
        data = self.home / "data"
        filled = _PROPERTIES.format(port=self.port, controller=self.controller_port, data=java.in_properties(data))
        places.write_private(self._properties, filled)
        places.write_private(self.home / "log4j2.properties", java.LOG4J2)
        if not (data / "meta.properties").exists():
            self._format(class_path)

    def _format(self, class_path: Sequence[Path]) -> None:
        tool = java.command("kafka.tools.StorageTool", class_path, self.home / "tmp", heap_mb=64)
        command = [*tool, "format", "-t", _cluster_id(), "-c", str(self._properties)]
        done = subprocess.run(command, env=java.environment(), capture_output=True, text=True, timeout=60, check=False)
        if done.returncode:
            raise Unable(f"Kafka's disk could not be prepared: {(done.stderr or done.stdout).strip()[-300:]}", f"See {self.home}.")

    def _last_words(self) -> str:
        lines = (self.family.directory / "logs" / f"{self.name}.log").read_text(errors="replace").strip().splitlines()
        telling = [line for line in lines if " ERROR " in line or "Exception" in line]
        return (telling or lines or ["it said nothing"])[-1][:300]


def train(family: Family, class_path: Sequence[Path], say: Callable[[str], None]) -> None:
    """Records the start-up cache if there is none: one start and stop of a broker in the family's directory, once for a user."""
    cache = java.aot_cache(MAIN, class_path)
    if cache.exists():
        return
    say("recording Kafka's start-up cache, once (about 10 s)")
    cache.parent.mkdir(parents=True, exist_ok=True)
    fresh = cache.with_suffix(f".{uuid.uuid4().hex}")
    broker = Broker(family, "training", *ports.any_free(2))
    broker._prepare(class_path)
    process = broker._run(class_path, java.recording(fresh))
    broker.wait(process)
    family.end([broker.name], within=90.0)
    process.wait()
    shutil.rmtree(broker.home)
    if fresh.exists():
        fresh.replace(cache)


def class_path(say: Callable[[str], None]) -> tuple[Path, ...]:
    """The checked jars of a broker."""
    return jars.ensure(jars.locked(jars.BROKER), say)


def _cluster_id() -> str:
    while True:
        text = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        if not text.startswith("-"):  # the storage tool would take it for an option
            return text
