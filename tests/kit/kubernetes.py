"""
deploy/kubernetes read as the cluster would: each object against the schema of its kind, unknown fields refused, and by rules of the house.

Schemas of Kubernetes come with kubernetes-validate; Strimzi's are made by its own generator from its own classes, fetched by hash; those of
Gateway API lie in crds/, as their project publishes them.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import yaml

from chuanyu.embedded import jars, java, places
from chuanyu.embedded.jars import Jar
from chuanyu.kernel import settings
from chuanyu.node import DOORS, NodeSettings, PartSettings

Object = dict[str, Any]
FOLDER = Path(__file__).parents[2] / "deploy" / "kubernetes"
_CRDS = Path(__file__).parent / "crds"
_STRIMZI = {
    "Kafka": "kafka.Kafka",
    "KafkaNodePool": "nodepool.KafkaNodePool",
    "KafkaTopic": "topic.KafkaTopic",
    "KafkaUser": "user.KafkaUser",
    "KafkaMirrorMaker2": "mirrormaker2.KafkaMirrorMaker2",
}

_CHANGES = {"Write", "All", "Delete", "Alter", "Create", "AlterConfigs", "ClusterAction", "IdempotentWrite"}
_ADMINISTERS = {"Describe", "DescribeConfigs", "Create", "AlterConfigs"}


def objects(overlay: str) -> list[Object]:
    """Everything that an overlay is made of, as it stands in the files."""
    files = sorted([*(FOLDER / "base").glob("*.yaml"), *(FOLDER / "overlays" / overlay).glob("*.yaml")])
    found = [each for file in files for each in yaml.safe_load_all(file.read_text()) if each["kind"] != "Kustomization"]
    return [*found, *_generated(overlay)]


def kustomization(folder: Path) -> Object:
    loaded: Object = yaml.safe_load((folder / "kustomization.yaml").read_text())
    return loaded


def name_of(thing: Object) -> str:
    return f"{thing['kind']}/{thing['metadata']['name']}"


def is_strimzi(thing: Object) -> bool:
    return str(thing["apiVersion"]).startswith("kafka.strimzi.io/")


def faults(thing: Object) -> list[str]:
    """What the schema of its kind has against an object; a kind or version without a schema is a fault."""
    api, kind = str(thing["apiVersion"]), thing["kind"]
    try:
        if is_strimzi(thing):
            jsonschema.validate(thing, _strimzi()[api, kind])
        elif api.startswith("gateway.networking.k8s.io/"):
            jsonschema.validate(thing, _gateway_api()[api, kind])
        else:
            kubernetes_validate.validate(thing, "1.34", strict=True)
    except KeyError:
        return [f"{name_of(thing)}: there is no {kind} in {api}"]
    except jsonschema.ValidationError as error:
        return [f"{name_of(thing)}: {error.json_path}: {error.message[:200]}"]
    except kubernetes_validate.ValidationError as error:
        return [f"{name_of(thing)}: {error.message[:200]}"]
    return []


def house(things: Iterable[Object], province: str) -> Iterator[str]:
    """What no schema knows: how our containers run, that names lead somewhere, that each topic has one writer."""
    by_kind: dict[str, list[Object]] = {}
    for thing in things:
        by_kind.setdefault(thing["kind"], []).append(thing)
    deployments = {each["metadata"]["name"]: each for each in by_kind["Deployment"]}
    for deployment in deployments.values():
        yield from _container_faults(deployment, by_kind["ConfigMap"])
    for scaler in by_kind["HorizontalPodAutoscaler"]:
        if scaler["spec"]["scaleTargetRef"]["name"] not in deployments:
            yield f"{name_of(scaler)} scales nothing"
    for chooser in (*by_kind["PodDisruptionBudget"], *by_kind["Service"]):
        wanted = chooser["spec"]["selector"]
        wanted = wanted.get("matchLabels", wanted)
        if not any(wanted.items() <= _labels(each).items() for each in deployments.values()):
            yield f"{name_of(chooser)} chooses no pod"
    ports = {(each["metadata"]["name"], port["port"]) for each in by_kind["Service"] for port in each["spec"]["ports"]}
    for route in (*by_kind["HTTPRoute"], *by_kind["GRPCRoute"]):
        for back in (back for rule in route["spec"]["rules"] for back in rule["backendRefs"]):
            if (back["name"], back["port"]) not in ports:
                yield f"{name_of(route)} leads to {back['name']}:{back['port']}, where nobody is"
    yield from _writer_faults(by_kind["KafkaUser"], province)


def _container_faults(deployment: Object, maps: list[Object]) -> Iterator[str]:
    pod = deployment["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    name, secure = name_of(deployment), container["securityContext"]
    if not secure.get("runAsNonRoot") or pod["securityContext"].get("runAsUser", 0) == 0:
        yield f"{name} may run as root"
    if not secure.get("readOnlyRootFilesystem") or secure.get("allowPrivilegeEscalation") is not False:
        yield f"{name} may write its root or gain rights"
    if secure.get("capabilities") != {"drop": ["ALL"]} or "privileged" in secure:
        yield f"{name} keeps capabilities"
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        if probe not in container:
            yield f"{name} has no {probe}"
    if _labels(deployment).items() < deployment["spec"]["selector"]["matchLabels"].items():
        yield f"{name} does not choose its own pods"
    yield from (f"{name}: {fault}" for fault in _setting_faults(container, maps))
    mounted = {each["name"] for each in container["volumeMounts"]}
    if mounted != {each["name"] for each in pod["volumes"]}:
        yield f"{name} mounts other volumes than it has"


def _setting_faults(container: Object, maps: list[Object]) -> Iterator[str]:
    """A variable that the part does not know, or lacks."""
    given = {each["name"] for each in container["env"]}
    for source in container["envFrom"]:
        given |= next(set(each["data"]) for each in maps if each["metadata"]["name"] == source["configMapRef"]["name"])
    kind = NodeSettings if container["args"][1] in DOORS else PartSettings
    known = {f"{settings.PREFIX}{variable.name}": default for variable, default in settings.variables(kind)}
    needed = {name for name, default in known.items() if default is MISSING}
    yield from (f"{name} is missing" for name in sorted(needed - given))
    yield from (f"{name} means nothing" for name in sorted(given - known.keys()) if name.startswith(settings.PREFIX))


def _writer_faults(users: list[Object], province: str) -> Iterator[str]:
    """The relay writes what is ours, a mirror what is its province's, and nobody else anything; who makes and sets topics has no more."""
    for user in users:
        name = user["metadata"]["name"]
        if name == "topics":
            granted = {each for acl in user["spec"]["authorization"]["acls"] for each in acl["operations"]}
            yield from (f"{name_of(user)} may {each}" for each in sorted(granted - _ADMINISTERS))
            continue
        own = f"{province}." if name == "relay" else f"{name.removeprefix('mirror-from-')}." if name.startswith("mirror-from-") else None
        for acl in user["spec"]["authorization"]["acls"]:
            written = acl["resource"].get("name", "")
            internal = name.startswith("mirror-from-") and written.startswith((name, "mm2-offset-syncs."))
            if _CHANGES & set(acl["operations"]) and written != own and not internal:
                yield f"{name_of(user)} may write {written or acl['resource']['type']}"


def _labels(deployment: Object) -> dict[str, str]:
    found: dict[str, str] = deployment["spec"]["template"]["metadata"]["labels"]
    return found


def _generated(overlay: str) -> Iterator[Object]:
    """The config maps that kustomize makes."""
    for folder in (FOLDER / "base", FOLDER / "overlays" / overlay):
        for each in kustomization(folder).get("configMapGenerator", ()):
            data = dict(line.split("=", 1) for line in each.get("literals", ()))
            data |= {name: (folder / name).read_text() for name in each.get("files", ())}
            yield {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": each["name"]}, "data": data}


@cache
def _gateway_api() -> Mapping[tuple[str, str], Object]:
    (file,) = _CRDS.glob("gateway-api-*.json")
    kinds = json.loads(file.read_text())["kinds"]
    return {("gateway.networking.k8s.io/v1", kind): _closed(schema) for kind, schema in kinds.items()}


@cache
def _strimzi() -> Mapping[tuple[str, str], Object]:
    """Fetched and made once a run of the tests: 20 MB, some seconds."""
    (lock,) = _CRDS.glob("strimzi-*.lock")
    wanted = [Jar(*words[:4], int(words[4])) for words in (line.split() for line in lock.read_text().splitlines())]
    paths = jars.ensure(wanted, lambda _: None)
    into = places.cache() / "crds" / lock.stem
    into.mkdir(parents=True, exist_ok=True)
    made = {kind: into / f"{kind}.yaml" for kind in _STRIMZI}
    tool = [java.binary(), "-cp", ":".join(map(str, paths)), "io.strimzi.crdgenerator.CrdGenerator", "--yaml"]
    asked = [f"io.strimzi.api.kafka.model.{_STRIMZI[kind]}={file}" for kind, file in made.items()]
    subprocess.run([*tool, *asked], check=True, capture_output=True, timeout=120)
    found = {}
    for kind, file in made.items():
        spec = yaml.safe_load(file.read_text())["spec"]
        for version in spec["versions"]:
            found[f"{spec['group']}/{version['name']}", kind] = _closed(version["schema"]["openAPIV3Schema"])
    return found


def _closed(schema: Object, *, top: bool = True) -> Object:
    """The schema as the API server applies it with strict field validation: what it does not name is refused."""
    made = dict(schema)
    if made.pop("x-kubernetes-int-or-string", False):
        return {"type": ["integer", "string"]}
    if "properties" in made:
        made["properties"] = {name: _closed(each, top=False) for name, each in made["properties"].items()}
        if top:
            made["properties"] |= {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": {"type": "object"}}
        if not made.get("x-kubernetes-preserve-unknown-fields") and "additionalProperties" not in made:
            made["additionalProperties"] = False
    if isinstance(made.get("additionalProperties"), dict):
        made["additionalProperties"] = _closed(made["additionalProperties"], top=False)
    if "items" in made:
        made["items"] = _closed(made["items"], top=False)
    return made
