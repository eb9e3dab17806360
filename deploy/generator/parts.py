"""
One Deployment a part, and what keeps enough of its copies up: budget, scaling, and a Service where it answers callers.

What lags is scaled by `chuanyu_behind_records`, from stored positions, through the External Metrics API (prometheus-adapter): the cluster's
own HorizontalPodAutoscaler and one adapter. KEDA's scaler would read Kafka's commits, which count for nothing here, and bring an operator.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Object = dict[str, Any]

GRPC, REST, METRICS = 8443, 8444, 9464
NUMBER = 65532
IMAGE = "chuanyu-bus:0.1.0"
BEHIND = 2000
"""Records behind, for each copy: some seconds of work."""
MOST = 6
"""Copies of what reads Kafka; more than 12 would find no partition."""


@dataclass(frozen=True, slots=True)
class Part:
    """door: answers callers · scaled_by: "lag", "cpu", or nothing: one works and the others wait."""

    name: str
    door: bool = False
    scaled_by: str = ""


PARTS = (
    Part("gateway", door=True, scaled_by="cpu"),
    Part("relay"),
    Part("spotcheck", scaled_by="lag"),
    Part("recall", scaled_by="lag"),
    Part("credit", scaled_by="lag"),
    Part("recognition", door=True, scaled_by="lag"),
    Part("warning", scaled_by="lag"),
)
_SECURE = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "runAsNonRoot": True,
    "capabilities": {"drop": ["ALL"]},
    "seccompProfile": {"type": "RuntimeDefault"},
}
_FILES = {
    "CHUANYU_DATABASE": "service=chuanyu",
    "PGSERVICEFILE": "/run/chuanyu/database/database.service",
    "CHUANYU_SEAL_KEY_FILE": "/run/chuanyu/seal/seal.pem",
    "CHUANYU_SEAL_PUBLICATION_FILE": "/run/chuanyu/seal/seal.publication",
    "CHUANYU_ROOTS_FILE": "/run/chuanyu/seal/roots",
    "CHUANYU_KAFKA_CLIENT_FILE": "/etc/chuanyu/kafka/client.properties",
    "CHUANYU_LISTEN_METRICS": f"0.0.0.0:{METRICS}",
}
_DOOR_FILES = {
    "CHUANYU_TLS_CERTIFICATE": "/run/chuanyu/tls/tls.crt",
    "CHUANYU_TLS_KEY": "/run/chuanyu/tls/tls.key",
    "CHUANYU_TLS_CA": "/run/chuanyu/tls/ca.crt",
    "CHUANYU_MEMBERS_FILE": "/run/chuanyu/members/members.yaml",
    "CHUANYU_TOKEN_KEY_FILE": "/run/chuanyu/members/token.pem",
    "CHUANYU_LISTEN_GRPC": f"0.0.0.0:{GRPC}",
    "CHUANYU_LISTEN_REST": f"0.0.0.0:{REST}",
}


def objects() -> Iterator[Object]:
    """Everything of every part."""
    for part in PARTS:
        yield _deployment(part)
        yield _budget(part)
        if part.scaled_by:
            yield _scaler(part)
        if part.door:
            yield _service(part)


def labels(part: Part) -> dict[str, str]:
    """By which a part's pods are found."""
    return {"app.kubernetes.io/name": part.name, "app.kubernetes.io/part-of": "chuanyu"}


def _object(api: str, kind: str, part: Part, spec: Object) -> Object:
    return {"apiVersion": api, "kind": kind, "metadata": {"name": part.name, "labels": labels(part)}, "spec": spec}


def _deployment(part: Part) -> Object:
    spread = {
        "maxSkew": 1,
        "topologyKey": "kubernetes.io/hostname",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": labels(part)},
    }
    pod = {
        "automountServiceAccountToken": False,
        "terminationGracePeriodSeconds": 30,
        "securityContext": {"runAsUser": NUMBER, "runAsGroup": NUMBER, "fsGroup": NUMBER, "runAsNonRoot": True},
        "topologySpreadConstraints": [spread],
        "containers": [_container(part)],
        "volumes": _volumes(part),
    }
    own = {} if part.scaled_by else {"replicas": 2}  # else the autoscaler counts them
    rolling = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}}
    template = {"metadata": {"labels": labels(part)}, "spec": pod}
    return _object(
        "apps/v1", "Deployment", part, {**own, "strategy": rolling, "selector": {"matchLabels": labels(part)}, "template": template}
    )


def _container(part: Part) -> Object:
    plain = {**_FILES, **(_DOOR_FILES if part.door else {})}
    named = {"name": "CHUANYU_INSTANCE", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}
    doors = [{"name": "grpc", "containerPort": GRPC}, {"name": "rest", "containerPort": REST}] if part.door else []
    return {
        "name": part.name,
        "image": IMAGE,
        "args": ["run", part.name],
        "envFrom": [{"configMapRef": {"name": "node"}}],
        "env": [*({"name": name, "value": value} for name, value in plain.items()), named],
        "ports": [*doors, {"name": "metrics", "containerPort": METRICS}],
        "startupProbe": _probe("/readyz", periodSeconds=2, failureThreshold=60),
        "readinessProbe": _probe("/readyz", periodSeconds=5),
        "livenessProbe": _probe("/healthz", periodSeconds=10, failureThreshold=6),
        "lifecycle": {"preStop": {"sleep": {"seconds": 5}}},  # callers learn first that it leaves
        "resources": {"requests": {"cpu": "250m", "memory": "192Mi"}, "limits": {"memory": "768Mi"}},
        "securityContext": _SECURE,
        "volumeMounts": [{"name": name, "mountPath": path, **more} for name, path, more, _ in _mounts(part)],
    }


def _probe(path: str, **more: int) -> Object:
    return {"httpGet": {"path": path, "port": "metrics"}, "timeoutSeconds": 3, **more}


def _mounts(part: Part) -> list[tuple[str, str, Object, Object]]:
    """(volume, path, how it is mounted, what it is)."""
    read = {"readOnly": True}

    def secret(name: str) -> Object:
        return {"secret": {"secretName": name, "defaultMode": 0o440}}

    mounts = [
        ("scratch", "/tmp", {}, {"emptyDir": {"medium": "Memory", "sizeLimit": "64Mi"}}),  # noqa: S108 - the container's own
        ("database", "/run/chuanyu/database", read, secret("database")),
        ("seal", "/run/chuanyu/seal", read, secret("seal")),
        ("kafka-client", "/etc/chuanyu/kafka", read, {"configMap": {"name": "kafka-client"}}),
        ("kafka-user", "/run/chuanyu/kafka-user", read, secret(part.name)),
        ("kafka-ca", "/run/chuanyu/kafka-ca", read, secret("bus-cluster-ca-cert")),
    ]
    doors = [("tls", "/run/chuanyu/tls", read, secret("node-tls")), ("members", "/run/chuanyu/members", read, secret("members"))]
    return [*mounts, *(doors if part.door else [])]


def _volumes(part: Part) -> list[Object]:
    return [{"name": name, **what} for name, _, _, what in _mounts(part)]


def _budget(part: Part) -> Object:
    return _object("policy/v1", "PodDisruptionBudget", part, {"minAvailable": 1, "selector": {"matchLabels": labels(part)}})


def _scaler(part: Part) -> Object:
    lag = {"metric": {"name": "chuanyu_behind_records", "selector": {"matchLabels": {"service": part.name}}}}
    by = {
        "lag": {"type": "External", "external": {**lag, "target": {"type": "AverageValue", "averageValue": str(BEHIND)}}},
        "cpu": {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}}},
    }
    slowly = {"scaleDown": {"stabilizationWindowSeconds": 600, "policies": [{"type": "Pods", "value": 1, "periodSeconds": 120}]}}
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": part.name}
    spec = {"scaleTargetRef": target, "minReplicas": 2, "maxReplicas": MOST, "metrics": [by[part.scaled_by]], "behavior": slowly}
    return _object("autoscaling/v2", "HorizontalPodAutoscaler", part, spec)


def _service(part: Part) -> Object:
    ports = [{"name": name, "port": port, "targetPort": name} for name, port in (("grpc", GRPC), ("rest", REST))]
    return _object("v1", "Service", part, {"selector": labels(part), "ports": ports})
