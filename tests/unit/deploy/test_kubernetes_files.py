"""deploy/kubernetes against the schemas of the API and of Gateway API, unknown fields refused, and by the rules of the house."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pytest

from chuanyu import node
from chuanyu.embedded.provinces import BOTH
from chuanyu.kernel import topics
from kit.kubernetes import FOLDER, Object, faults, house, is_strimzi, kustomization, name_of, objects

PROVINCES = [province.word for province in BOTH]
Mistake = Callable[[Object], object]


def find(things: list[Object], name: str) -> Object:
    return next(thing for thing in things if name_of(thing) == name)


def container(thing: Object) -> Object:
    found: Object = thing["spec"]["template"]["spec"]["containers"][0]
    return found


@pytest.mark.parametrize("province", PROVINCES)
def test_every_object_is_what_its_schema_demands(province: str) -> None:
    plain = [thing for thing in objects(province) if not is_strimzi(thing)]
    assert len(plain) > 20
    assert [fault for thing in plain for fault in faults(thing)] == []


@pytest.mark.parametrize("province", PROVINCES)
def test_the_rules_of_the_house_hold(province: str) -> None:
    assert list(house(objects(province), province)) == []


MISSPELT: list[tuple[str, Mistake]] = [
    ("Deployment/recall", lambda it: it["spec"].update(replica=2)),
    ("Deployment/relay", lambda it: it["spec"].update(replicas="two")),
    ("Deployment/recall", lambda it: container(it).update(readynessProbe={})),
    ("HorizontalPodAutoscaler/recall", lambda it: it["spec"]["metrics"][0]["external"]["target"].update(averageValues="1")),
    ("PodDisruptionBudget/recall", lambda it: it["spec"].update(minAvailabe=1)),
    ("NetworkPolicy/parts", lambda it: it["spec"].update(podSelectors={})),
    ("Service/gateway", lambda it: it["spec"]["ports"][0].update(port="grpc")),
    ("HTTPRoute/rest", lambda it: it["spec"]["rules"][0]["backendRefs"][0].update(port="8444")),
    ("GRPCRoute/grpc", lambda it: it["spec"]["rules"][0]["matches"][0]["method"].update(type="Prefix")),
    ("BackendTLSPolicy/gateway", lambda it: it["spec"]["validation"].pop("hostname")),
    ("Gateway/node", lambda it: it["spec"]["listeners"][0].update(protocoll="HTTPS")),
    ("Gateway/node", lambda it: it.update(apiVersion="gateway.networking.k8s.io/v1alpha9")),
]
AGAINST_THE_HOUSE: list[tuple[str, Mistake]] = [
    ("Deployment/recall", lambda it: container(it)["securityContext"].update(readOnlyRootFilesystem=False)),
    ("Deployment/recall", lambda it: container(it)["securityContext"].pop("allowPrivilegeEscalation")),
    ("Deployment/recall", lambda it: it["spec"]["template"]["spec"]["securityContext"].update(runAsUser=0)),
    ("Deployment/recall", lambda it: container(it).pop("readinessProbe")),
    ("Deployment/recall", lambda it: container(it)["env"].append({"name": "CHUANYU_PROVINZ", "value": "sichuan"})),
    ("Deployment/gateway", lambda it: container(it)["env"].pop(0)),
    ("Deployment/gateway", lambda it: container(it)["volumeMounts"].pop()),
    ("HorizontalPodAutoscaler/recall", lambda it: it["spec"]["scaleTargetRef"].update(name="recal")),
    ("PodDisruptionBudget/recall", lambda it: it["spec"]["selector"]["matchLabels"].update({"app.kubernetes.io/name": "recal"})),
    ("HTTPRoute/rest", lambda it: it["spec"]["rules"][1]["backendRefs"][0].update(port=8443 + 7)),
    ("KafkaUser/spotcheck", lambda it: it["spec"]["authorization"]["acls"][0]["operations"].append("Write")),
    ("KafkaUser/relay", lambda it: it["spec"]["authorization"]["acls"][-1]["resource"].update(name="chongqing.")),
    ("KafkaUser/warning", lambda it: it["spec"]["authorization"]["acls"][0]["operations"].append("AlterConfigs")),
    ("KafkaUser/topics", lambda it: it["spec"]["authorization"]["acls"][0]["operations"].append("Write")),
    ("KafkaUser/topics", lambda it: it["spec"]["authorization"]["acls"][-1]["operations"].append("Delete")),
]


@pytest.mark.parametrize(("name", "mistake"), MISSPELT, ids=[f"{n}-{name}" for n, (name, _) in enumerate(MISSPELT)])
def test_what_is_misspelt_is_found(name: str, mistake: Mistake) -> None:
    thing = copy.deepcopy(find(objects("sichuan"), name))
    assert faults(thing) == []
    mistake(thing)
    assert faults(thing)


@pytest.mark.parametrize(("name", "mistake"), AGAINST_THE_HOUSE, ids=[f"{n}-{name}" for n, (name, _) in enumerate(AGAINST_THE_HOUSE)])
def test_what_is_against_the_house_is_found(name: str, mistake: Mistake) -> None:
    things = objects("sichuan")
    mistake(find(things, name))
    assert len(list(house(things, "sichuan"))) >= 1


@pytest.mark.parametrize("province", PROVINCES)
def test_every_file_is_taken_and_every_taken_file_is_there(province: str) -> None:
    for folder in (FOLDER / "base", FOLDER / "overlays" / province):
        there = {file.name for file in folder.glob("*.yaml")} - {"kustomization.yaml"}
        assert set(kustomization(folder)["resources"]) - {"../../base"} == there


@pytest.mark.parametrize("province", PROVINCES)
def test_s1_every_part_runs_with_a_user_of_its_own(province: str) -> None:
    """No part of a node is left out, and each finds its own certificate, nobody else's."""
    parts = {*node.PARTS, *node.APART}
    shown = {}
    for thing in objects(province):
        if thing["kind"] == "Deployment":
            volumes = {each["name"]: each for each in thing["spec"]["template"]["spec"]["volumes"]}
            shown[thing["metadata"]["name"]] = volumes["kafka-user"]["secret"]["secretName"]
    assert shown == {part: part for part in parts}
    assert parts < {thing["metadata"]["name"] for thing in objects(province) if thing["kind"] == "KafkaUser"}


@pytest.mark.parametrize("province", PROVINCES)
def test_d18_the_topics_are_those_of_topics_yaml(province: str) -> None:
    declared = {topic.name: (topic.partitions, topic.replication) for topic in topics.declared(PROVINCES, durability="production")}
    found = {thing["metadata"]["name"]: thing["spec"] for thing in objects(province) if thing["kind"] == "KafkaTopic"}
    assert {name: (spec["partitions"], spec["replicas"]) for name, spec in found.items()} == declared
