"""The one address of a node (Gateway API): by gRPC package and by path to the part that answers. TLS on both sides (decision 0013)."""

from __future__ import annotations

from collections.abc import Iterator

from chuanyu.embedded.provinces import Province
from generator.parts import GRPC, PARTS, REST, Object

API = "gateway.networking.k8s.io/v1"
PACKAGES = {
    "recognition": ["chuanyu.recognition.v1.RecognitionService"],
    "gateway": [
        "chuanyu.publishing.v1.PublishingService",
        "chuanyu.cases.v1.CaseService",
        "chuanyu.quarantine.v1.QuarantineService",
        "grpc.health.v1.Health",
    ],
}
PATHS = {  # prefixes end at a slash; what bears a verb behind a colon is matched whole
    "recognition": [("Exact", "/v1/recognition:check"), ("PathPrefix", "/v1/spotChecks"), ("PathPrefix", "/v1/enterprises")],
    "gateway": [("PathPrefix", "/")],
}


def objects(province: Province) -> Iterator[Object]:
    """Gateway, a route each for gRPC and REST, and how the parts behind are believed."""
    host = f"bus.{province.word}.example"
    yield _gateway(host)
    yield _object("GRPCRoute", "grpc", _route("grpc", host, [_rule(part, _services(part), GRPC) for part in PACKAGES]))
    yield _object("HTTPRoute", "rest", _route("rest", host, [_rule(part, _prefixes(part), REST) for part in PATHS]))
    for part in PARTS:
        if part.door:
            yield _belief(part.name, host)


def _gateway(host: str) -> Object:
    listeners = [_listener("grpc", GRPC, host, "GRPCRoute"), _listener("rest", REST, host, "HTTPRoute")]
    callers = {"caCertificateRefs": [{"group": "", "kind": "ConfigMap", "name": "callers-ca"}], "mode": "AllowInsecureFallback"}
    tls = {"frontend": {"default": {"validation": callers}}, "backend": {"clientCertificateRef": {"kind": "Secret", "name": "router-tls"}}}
    return _object("Gateway", "node", {"gatewayClassName": "chuanyu", "tls": tls, "listeners": listeners})


def _listener(name: str, port: int, host: str, kind: str) -> Object:
    certificate = {"mode": "Terminate", "certificateRefs": [{"kind": "Secret", "name": "node-tls"}]}
    allowed = {"kinds": [{"kind": kind}], "namespaces": {"from": "Same"}}
    return {"name": name, "port": port, "protocol": "HTTPS", "hostname": host, "tls": certificate, "allowedRoutes": allowed}


def _route(section: str, host: str, rules: list[Object]) -> Object:
    return {"parentRefs": [{"name": "node", "sectionName": section}], "hostnames": [host], "rules": rules}


def _rule(part: str, matches: list[Object], port: int) -> Object:
    return {"matches": matches, "backendRefs": [{"name": part, "port": port}]}


def _services(part: str) -> list[Object]:
    return [{"method": {"type": "Exact", "service": service}} for service in PACKAGES[part]]


def _prefixes(part: str) -> list[Object]:
    return [{"path": {"type": kind, "value": value}} for kind, value in PATHS[part]]


def _belief(part: str, host: str) -> Object:
    """The part shows the node's certificate to the router as to anybody."""
    target = {"group": "", "kind": "Service", "name": part}
    authorities = [{"group": "", "kind": "ConfigMap", "name": "node-ca"}]
    return _object("BackendTLSPolicy", part, {"targetRefs": [target], "validation": {"hostname": host, "caCertificateRefs": authorities}})


def _object(kind: str, name: str, spec: Object) -> Object:
    return {"apiVersion": API, "kind": kind, "metadata": {"name": name, "labels": {"app.kubernetes.io/part-of": "chuanyu"}}, "spec": spec}
