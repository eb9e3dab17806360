"""
Topics as deploy/kafka/topics.yaml declares them: compared, made, measured (D18). The only importer of kafka-python.

Counts of partitions are part of the wire format: a topic whose count differs is Broken topics_differ and is never changed.
"""

from __future__ import annotations

import logging
import ssl
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import yaml
from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, OffsetSpec
from kafka.errors import KafkaError, RetriableError, UnknownTopicOrPartitionError, for_code

from chuanyu.kernel import tls
from chuanyu.kernel.faults import BrokerAway, BusMisused, Fault, TopicsDiffer

logging.getLogger("kafka").setLevel(logging.CRITICAL)  # what it would log leaves here as a fault


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic as it should be."""

    name: str
    partitions: int
    replication: int
    config: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """One setting of an existing topic that differs."""

    topic: str
    setting: str
    now: str | None
    wanted: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What `apply` would do. Empty: the broker stands as declared."""

    create: tuple[Topic, ...]
    change: tuple[Change, ...]

    def __bool__(self) -> bool:
        return bool(self.create or self.change)


@dataclass(frozen=True, slots=True)
class Lag:
    """Offsets of one partition for one consumer group; committed is None when the group never committed there."""

    group: str
    topic: str
    partition: int
    committed: int | None
    end: int

    @property
    def behind(self) -> int:
        return self.end - (self.committed or 0)


def families() -> tuple[str, ...]:
    """The families of topics.yaml, in its order."""
    return tuple(_file()["families"])


def declared(provinces: Iterable[str], only: Collection[str] | None = None, *, durability: str = "embedded") -> tuple[Topic, ...]:
    """The topics `{province}.{family}` of the given provinces, of all families or of those named.

    durability: a section of topics.yaml ("production", "embedded").
    """
    unknown = set(only or ()) - set(families())
    if unknown:
        raise KeyError(f"no such family: {', '.join(sorted(unknown))}")
    chosen = [family for family in families() if only is None or family in only]
    return tuple(_topic(f"{province}.{family}", family, durability) for province in provinces for family in chosen)


def plan(bootstrap: str, wanted: Sequence[Topic], context: ssl.SSLContext | None = None) -> Plan:
    """What differs between the broker and the wanted topics. context: TLS, None for plain text.

    Raises TopicsDiffer when a count of partitions differs (named all at once), BrokerAway, BusMisused.
    """
    with _admin(bootstrap, context) as admin:
        return _plan(admin, wanted)


def apply(bootstrap: str, wanted: Sequence[Topic], context: ssl.SSLContext | None = None) -> Plan:
    """Makes it so, waits until every new partition has a leader, and says what was done. Faults as `plan`."""
    with _admin(bootstrap, context) as admin:
        needed = _plan(admin, wanted)
        if needed.create:
            admin.create_topics({topic.name: _creation(topic) for topic in needed.create}, wait_for_metadata=True)
        if needed.change:
            admin.alter_configs([_resource(name, changes) for name, changes in _by_topic(needed.change).items()])
        return needed


def delete(bootstrap: str, names: Sequence[str]) -> None:
    """Deletes topics: what tests made. Evidence is never deleted by the bus."""
    with _admin(bootstrap) as admin:
        admin.delete_topics(list(names), raise_errors=False)


def lag(bootstrap: str, groups: Sequence[str], wanted: Sequence[Topic], context: ssl.SSLContext | None = None) -> list[Lag]:
    """How far each group's commits stand behind the ends of the wanted topics' partitions."""
    partitions = [TopicPartition(topic.name, number) for topic in wanted for number in range(topic.partitions)]
    with _admin(bootstrap, context) as admin:
        ends = {part: found.offset for part, found in admin.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.LATEST)).items()}
        committed = {group: _committed(admin, group, partitions) for group in groups}
    return [Lag(group, part.topic, part.partition, _offset(committed[group], part), ends[part]) for group in groups for part in partitions]


def answers(bootstrap: str, within: float = 1.0) -> bool:
    """Whether a broker there tells its metadata within so many seconds."""
    try:
        with _admin(bootstrap, within=within) as admin:
            return bool(admin.describe_cluster()["brokers"])
    except Fault:
        return False


@contextmanager
def _admin(bootstrap: str, context: ssl.SSLContext | None = None, *, within: float = tls.GREET_S) -> Iterator[Any]:
    """within: seconds for each step until the broker has said who it is; what is asked of it then may take longer."""
    tls.greet(bootstrap, context, within)
    client = None
    try:
        client = KafkaAdminClient(
            bootstrap_servers=bootstrap,
            bootstrap_timeout_ms=int(within * 1000),
            client_id="chuanyu-topics",
            security_protocol="SSL" if context else "PLAINTEXT",
            ssl_context=context,
        )
        yield client
    except KafkaError as error:
        kind = BrokerAway if isinstance(error, RetriableError) else BusMisused
        raise kind(f"Kafka at {bootstrap}: {type(error).__name__}: {error}", bootstrap=bootstrap) from error
    finally:
        if client is not None:
            client.close()


def _plan(admin: Any, wanted: Sequence[Topic]) -> Plan:
    counts = _counts(admin, wanted)
    kept = [topic for topic in wanted if topic.name in counts]
    differing = [
        f"{topic.name} has {counts[topic.name]}, not {topic.partitions}" for topic in kept if counts[topic.name] != topic.partitions
    ]
    if differing:
        raise TopicsDiffer(f"partition counts are part of the wire format and differ: {'; '.join(differing)}", topics=tuple(differing))
    return Plan(tuple(topic for topic in wanted if topic.name not in counts), tuple(_changes(admin, kept)))


def _counts(admin: Any, wanted: Sequence[Topic]) -> dict[str, int]:
    """The partitions of each wanted topic that stands. Asked by name: of a list of all, what is hidden from us would seem to be missing."""
    counts = {}
    for found in admin.describe_topics([topic.name for topic in wanted]) if wanted else ():
        if error := found["error_code"]:
            kind = for_code(error)
            if kind is UnknownTopicOrPartitionError:
                continue
            raise kind(found["name"])
        counts[found["name"]] = len(found["partitions"])
    return counts


def _changes(admin: Any, kept: Sequence[Topic]) -> Iterator[Change]:
    if not kept:
        return
    found = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic.name) for topic in kept], config_filter="all")["topic"]
    for topic in kept:
        for setting, value in topic.config.items():
            now = found[topic.name].get(setting, {}).get("value")
            if now != value:
                yield Change(topic.name, setting, now, value)


def _committed(admin: Any, group: str, partitions: Sequence[Any]) -> Mapping[Any, Any]:
    """A young broker makes its offsets topic at the first question and answers only the next one."""
    deadline = monotonic() + 10
    while True:
        try:
            return admin.list_group_offsets({group: partitions}).get(group, {})  # type: ignore[no-any-return]
        except RetriableError:
            if monotonic() > deadline:
                raise
            sleep(0.1)


def _by_topic(changes: Iterable[Change]) -> dict[str, dict[str, str]]:
    grouped: dict[str, dict[str, str]] = {}
    for change in changes:
        grouped.setdefault(change.topic, {})[change.setting] = change.wanted
    return grouped


def _resource(name: str, settings: Mapping[str, str]) -> Any:
    return ConfigResource(ConfigResourceType.TOPIC, name, configs=dict(settings))


def _creation(topic: Topic) -> dict[str, object]:
    return {"num_partitions": topic.partitions, "replication_factor": topic.replication, "configs": dict(topic.config)}


def _offset(committed: Mapping[Any, Any], part: Any) -> int | None:
    found = committed.get(part)
    return None if found is None or found.offset < 0 else int(found.offset)


def _topic(name: str, family: str, durability: str) -> Topic:
    file = _file()
    own = file["families"][family] or {}
    copies = file["durability"][durability]
    config = {**file["defaults"]["config"], **own.get("config", {}), "min.insync.replicas": str(copies["min.insync.replicas"])}
    return Topic(name, own.get("partitions", file["defaults"]["partitions"]), copies["replication"], config)


@cache
def _file() -> dict[str, Any]:
    installed = Path(__file__).with_name("topics.yaml")
    checkout = Path(__file__).parents[3] / "deploy" / "kafka" / "topics.yaml"
    loaded: dict[str, Any] = yaml.safe_load((installed if installed.exists() else checkout).read_text())
    return loaded
