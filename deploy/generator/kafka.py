"""Strimzi's objects of one province: topics as topics.yaml declares them, a user a part with the rights it needs, the mirror to here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from chuanyu import node
from chuanyu.embedded.provinces import BOTH, Province
from chuanyu.kernel import topics as kernel
from generator.parts import PARTS, Object

CLUSTER = "bus"
VERSION = "4.2.0"
_WORDS = [province.word for province in BOTH]
_EVERYBODY = ("system", "heartbeat")  # seal keys, and how fresh what is known is
_BYTES = "org.apache.kafka.connect.converters.ByteArrayConverter"


def topics() -> Iterator[Object]:
    """Both provinces' topics: the own ones, and the copies that the mirror fills."""
    for topic in kernel.declared(_WORDS, durability="production"):
        spec = {"topicName": topic.name, "partitions": topic.partitions, "replicas": topic.replication, "config": dict(topic.config)}
        yield _object("KafkaTopic", topic.name, spec)


def users(province: Province) -> Iterator[Object]:
    """One a part; one for `chuanyu topics`; one for the mirror that writes here; one for the other's, which only reads what is ours."""
    parts = (*node.PARTS, *node.APART)
    heard = {service.name: service.families for service in node.services(province.word, dict.fromkeys(_WORDS, ""), parts)}
    for part in PARTS:
        families = [*heard.get(part.name, ()), *_EVERYBODY]
        names = sorted({f"{word}.{family}" for word in _WORDS for family in families})
        acls = [_acl("topic", name, "Read", "Describe") for name in names]
        acls += [_acl("group", group, "Read", "Describe") for group in (f"{province.word}.{part.name}", "chuanyu-reader")]
        if part.name == "relay":
            acls.append(_acl("topic", f"{province.word}.", "Read", "Write", "Describe", prefix=True))
        yield _user(part.name, acls)
    yield _user("topics", _administers(province))
    for other in _others(province):
        yield _user(f"mirror-from-{other.word}", [*_mirror_writes(other), *_mirror_keeps(other)])
        reads = [_acl("topic", f"{province.word}.", "Read", "Describe", "DescribeConfigs", prefix=True), _acl("cluster", None, "Describe")]
        yield _user(f"mirror-to-{other.word}", reads)


def mirrors(province: Province) -> Iterator[Object]:
    """From every other province to here, run here: a province writes to its own cluster alone; over there its user may only read."""
    for other in _others(province):
        group = _group(other)
        target = {
            "alias": province.word,
            "bootstrapServers": f"{CLUSTER}-kafka-bootstrap:9093",
            "groupId": group,
            "configStorageTopic": f"{group}-configs",
            "offsetStorageTopic": f"{group}-offsets",
            "statusStorageTopic": f"{group}-status",
            "tls": {"trustedCertificates": [{"secretName": f"{CLUSTER}-cluster-ca-cert", "pattern": "*.crt"}]},
            "authentication": _certificate(f"mirror-from-{other.word}"),
            "config": {f"{kind}.storage.replication.factor": 3 for kind in ("config", "offset", "status")}
            | {f"{kind}.converter": _BYTES for kind in ("key", "value", "header")},
        }
        source = {
            "alias": other.word,
            "bootstrapServers": f"kafka.{other.word}.example:9094",
            "tls": {"trustedCertificates": [{"secretName": f"kafka-{other.word}-ca", "pattern": "*.crt"}]},
            "authentication": _certificate(f"kafka-{other.word}"),
        }
        connector = {
            "tasksMax": 4,
            "config": {
                "replication.policy.class": "org.apache.kafka.connect.mirror.IdentityReplicationPolicy",
                "replication.factor": 3,
                "offset-syncs.topic.location": "target",  # nothing of ours is written over there
                "offset-syncs.topic.replication.factor": 3,
                "refresh.topics.interval.seconds": 60,
                "sync.topic.acls.enabled": "false",
                "sync.topic.configs.enabled": "false",
                "key.converter": _BYTES,
                "value.converter": _BYTES,
                "header.converter": _BYTES,
            },
        }
        flow = {"source": source, "sourceConnector": connector, "topicsPattern": rf"{other.word}\..*"}
        yield _object("KafkaMirrorMaker2", group, {"version": VERSION, "replicas": 2, "target": target, "mirrors": [flow]}, cluster=False)


def _administers(province: Province) -> list[Object]:
    """What `chuanyu topics plan|apply|lag` asks. It makes and sets topics, and neither reads, writes nor deletes."""
    may = ("Describe", "DescribeConfigs", "Create", "AlterConfigs")
    topics = [_acl("topic", f"{word}.", *may, prefix=True) for word in _WORDS]
    return [*topics, _acl("group", f"{province.word}.", "Describe", prefix=True)]


def _group(other: Province) -> str:
    return f"mirror-from-{other.word}"


def _mirror_writes(other: Province) -> list[Object]:
    """The other's topics, and no others: each prefix has one writer."""
    return [_acl("topic", f"{other.word}.", "Read", "Write", "Describe", "DescribeConfigs", prefix=True)]


def _mirror_keeps(other: Province) -> list[Object]:
    """Where it stands: Connect's own topics and group, and MirrorMaker's."""
    may = ("Read", "Write", "Describe", "DescribeConfigs", "Create", "AlterConfigs")
    names = (f"{_group(other)}-", "mm2-offset-syncs.")
    kept = [_acl("topic", name, *may, prefix=True) for name in names]
    return [*kept, _acl("group", _group(other), "Read", "Describe"), _acl("cluster", None, "Describe")]


def _others(province: Province) -> Iterable[Province]:
    return (other for other in BOTH if other is not province)


def _user(name: str, acls: list[Object]) -> Object:
    return _object("KafkaUser", name, {"authentication": {"type": "tls"}, "authorization": {"type": "simple", "acls": acls}})


def _acl(kind: str, name: str | None, *operations: str, prefix: bool = False) -> Object:
    resource: dict[str, Any] = {"type": kind}
    if name is not None:
        resource |= {"name": name, "patternType": "prefix" if prefix else "literal"}
    return {"resource": resource, "operations": list(operations)}


def _certificate(secret: str) -> Object:
    return {"type": "tls", "certificateAndKey": {"secretName": secret, "certificate": "user.crt", "key": "user.key"}}


def _object(kind: str, name: str, spec: Object, *, cluster: bool = True) -> Object:
    labels = {"app.kubernetes.io/part-of": "chuanyu", **({"strimzi.io/cluster": CLUSTER} if cluster else {})}
    return {"apiVersion": "kafka.strimzi.io/v1", "kind": kind, "metadata": {"name": name, "labels": labels}, "spec": spec}
