"""What is said to Strimzi in deploy/kubernetes, against the schemas that its own generator makes of its own classes."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pytest

from chuanyu.embedded.provinces import BOTH
from kit.kubernetes import Object, faults, is_strimzi, name_of, objects

Mistake = Callable[[Object], object]


def spoken(province: str) -> list[Object]:
    return [thing for thing in objects(province) if is_strimzi(thing)]


@pytest.mark.parametrize("province", [province.word for province in BOTH])
def test_every_object_is_what_its_schema_demands(province: str) -> None:
    assert {thing["kind"] for thing in spoken(province)} == {"Kafka", "KafkaNodePool", "KafkaTopic", "KafkaUser", "KafkaMirrorMaker2"}
    assert [fault for thing in spoken(province) for fault in faults(thing)] == []


MISTAKES: list[tuple[str, Mistake]] = [
    ("KafkaTopic/sichuan.spotcheck", lambda it: it["spec"].update(partition=12)),
    ("KafkaTopic/sichuan.spotcheck", lambda it: it["spec"].update(partitions="twelve")),
    ("KafkaUser/recall", lambda it: it["spec"]["authorization"]["acls"][0]["operations"].append("Reed")),
    ("KafkaUser/recall", lambda it: it["spec"]["authentication"].update(kind="tls")),
    ("KafkaNodePool/brokers", lambda it: it["spec"].update(roles=["brokr"])),
    ("KafkaNodePool/brokers", lambda it: it["spec"].pop("storage")),
    ("Kafka/bus", lambda it: it["spec"]["kafka"]["listeners"][0].update(tsl=True)),
    ("Kafka/bus", lambda it: it["spec"]["kafka"].update(replicas=3)),
    ("KafkaMirrorMaker2/mirror-from-chongqing", lambda it: it["spec"].update(connectCluster="sichuan")),
    ("KafkaMirrorMaker2/mirror-from-chongqing", lambda it: it["spec"]["mirrors"][0].update(topicPattern="x")),
    ("KafkaTopic/sichuan.spotcheck", lambda it: it.update(apiVersion="kafka.strimzi.io/v1beta1")),
]


@pytest.mark.parametrize(("name", "mistake"), MISTAKES, ids=[f"{n}-{name}" for n, (name, _) in enumerate(MISTAKES)])
def test_what_is_misspelt_is_found(name: str, mistake: Mistake) -> None:
    thing = copy.deepcopy(next(each for each in spoken("sichuan") if name_of(each) == name))
    assert faults(thing) == []
    mistake(thing)
    assert faults(thing)
