"""MirrorMaker 2 between two embedded brokers: each province's topics, verbatim, to the other side."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from chuanyu.embedded import jars, java, places
from chuanyu.embedded.processes import Family

MAIN = "org.apache.kafka.connect.mirror.MirrorMaker"
HEAP_MB = 256

# Names are kept (identity policy): no cycle is possible, for each prefix has one writer. Records are bytes end to end (D23). Topics are
# made by us on both sides, so neither settings nor ACLs are carried over, and no heartbeats or checkpoints appear below our prefixes.
_PROPERTIES = """\
clusters={clusters}
replication.policy.class=org.apache.kafka.connect.mirror.IdentityReplicationPolicy
replication.factor=1
checkpoints.topic.replication.factor=1
heartbeats.topic.replication.factor=1
offset-syncs.topic.replication.factor=1
offset.storage.replication.factor=1
status.storage.replication.factor=1
config.storage.replication.factor=1
key.converter=org.apache.kafka.connect.converters.ByteArrayConverter
value.converter=org.apache.kafka.connect.converters.ByteArrayConverter
header.converter=org.apache.kafka.connect.converters.ByteArrayConverter
refresh.topics.interval.seconds=5
offset.flush.interval.ms=5000
sync.topic.acls.enabled=false
sync.topic.configs.enabled=false
emit.heartbeats.enabled=false
emit.checkpoints.enabled=false
heartbeats.replication.enabled=false
dedicated.mode.enable.internal.rest=false
plugin.discovery=service_load
"""


@dataclass(frozen=True)
class Mirror:
    """One MirrorMaker 2 for all directions. brokers: province → bootstrap address of its node's broker."""

    family: Family
    brokers: Mapping[str, str]
    name: str = "mirror"

    def spawn(self, class_path: Sequence[Path]) -> subprocess.Popen[bytes]:
        """Starts it; the first record crosses some seconds later. On the main thread."""
        home = self.family.directory / self.name
        (home / "tmp").mkdir(parents=True, exist_ok=True, mode=0o700)
        places.write_private(home / "log4j2.properties", java.LOG4J2)
        file = places.write_private(home / "mm2.properties", self.properties())
        cache = java.with_cache(java.aot_cache(MAIN, class_path))
        command = java.command(MAIN, class_path, home / "tmp", heap_mb=HEAP_MB, start_up=cache)
        return self.family.spawn(self.name, [*command, str(file)], java.environment(), death=signal.SIGTERM)

    def properties(self) -> str:
        """The content of mm2.properties."""
        return properties(self.brokers)

    def stop(self) -> None:
        self.family.end([self.name], how=signal.SIGTERM, within=15.0)


def properties(brokers: Mapping[str, str]) -> str:
    """The content of mm2.properties. brokers: province → bootstrap address."""
    lines = [_PROPERTIES.format(clusters=",".join(brokers))]
    lines += [f"{province}.bootstrap.servers={address}" for province, address in brokers.items()]
    for source in brokers:
        for target in brokers:
            if source != target:
                lines += [f"{source}->{target}.enabled=true", rf"{source}->{target}.topics={source}\\..*"]
    return "\n".join(lines) + "\n"


def class_path(say: Callable[[str], None]) -> tuple[Path, ...]:
    """The checked jars of MirrorMaker 2: the broker's and its own."""
    return jars.ensure(jars.locked(jars.BROKER, jars.FEDERATED), say)
