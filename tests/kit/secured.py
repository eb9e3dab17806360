"""A broker as deploy/kubernetes wants it: a listener that asks for certificates, and each user's rights as its KafkaUser declares them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kafka import KafkaAdminClient
from kafka.admin import ACL, ACLOperation, ACLPermissionType, ACLResourcePatternType, ResourcePattern, ResourceType

from chuanyu.embedded import java, ports
from chuanyu.embedded.certificates import Authority
from chuanyu.embedded.kafka import Broker
from chuanyu.kernel import tls
from kit.kubernetes import Object

_PLAIN = "User:ANONYMOUS"  # the plain listener, on loopback alone, is the test's own
_MORE = """\
listeners=PLAINTEXT://127.0.0.1:{port},TLS://127.0.0.1:{tls},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port},TLS://127.0.0.1:{tls}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,TLS:SSL,CONTROLLER:PLAINTEXT
ssl.keystore.type=PEM
ssl.keystore.location={keystore}
ssl.truststore.type=PEM
ssl.truststore.location={authority}
ssl.client.auth=required
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users={administrator}
"""


@dataclass(frozen=True)
class SecuredBroker(Broker):
    """tls_port: where certificates are asked for; whoever comes there may do what was granted to the common name of his."""

    tls_port: int = 0

    @property
    def secured(self) -> str:
        return ports.address(self.tls_port)

    def client(self, name: str) -> dict[str, str]:
        """librdkafka's properties of a client with a certificate of that name, made when missing."""
        own = self._authority.client(self.home / "clients" / name, name, f"urn:kafka-user:{name}")
        return {
            "security.protocol": "ssl",
            "ssl.ca.location": str(self._authority.certificate_file),
            "ssl.certificate.location": str(own.certificate),
            "ssl.key.location": str(own.key),
        }

    def file(self, name: str, properties: dict[str, str]) -> Path:
        """The properties as a CHUANYU_KAFKA_CLIENT_FILE."""
        file = self.home / f"{name}.properties"
        file.write_text("".join(f"{key}={value}\n" for key, value in properties.items()))
        return file

    def grant(self, users: Sequence[Object]) -> None:
        """Each KafkaUser's rights, as Strimzi's user operator would set them."""
        with KafkaAdminClient(bootstrap_servers=self.bootstrap) as admin:
            made = admin.create_acls([acl for user in users for acl in _acls(user)])
        assert not made["failed"], made

    @contextmanager
    def asking(self, name: str) -> Iterator[Any]:
        """An administrative client with that user's certificate."""
        context = tls.client_context(self.client(name))
        with KafkaAdminClient(bootstrap_servers=self.secured, security_protocol="SSL", ssl_context=context) as admin:
            yield admin

    def _prepare(self, class_path: Sequence[Path]) -> None:
        super()._prepare(class_path)
        own = self._authority.server(self.home / "server", "kafka")
        keystore = self.home / "keystore.pem"
        keystore.write_bytes(own.key.read_bytes() + own.certificate.read_bytes())
        more = _MORE.format(
            port=self.port,
            tls=self.tls_port,
            controller=self.controller_port,
            keystore=java.in_properties(keystore),
            authority=java.in_properties(self._authority.certificate_file),
            administrator=_PLAIN,
        )
        with self._properties.open("a") as properties:  # of what is said twice the last counts
            properties.write(more)

    @property
    def _authority(self) -> Authority:
        return Authority(self.home)


def _acls(user: Object) -> Iterator[ACL]:
    for granted in user["spec"]["authorization"]["acls"]:
        resource = granted["resource"]
        kind = ResourceType[resource["type"].upper()]
        pattern = ACLResourcePatternType.PREFIXED if resource.get("patternType") == "prefix" else ACLResourcePatternType.LITERAL
        target = ResourcePattern(kind, resource.get("name", "kafka-cluster"), pattern)
        for operation in granted["operations"]:
            yield ACL(f"User:CN={user['metadata']['name']}", "*", _OPERATIONS[operation], ACLPermissionType.ALLOW, target)


_OPERATIONS = {each.name.title().replace("_", ""): each for each in ACLOperation}
