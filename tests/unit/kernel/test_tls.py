"""librdkafka's properties as Python's TLS: what has a translation keeps its meaning, what has none is refused by name."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path

import pytest

from chuanyu.embedded.certificates import Authority
from chuanyu.kernel import tls
from chuanyu.kernel.faults import BrokerAway, SettingsIncomplete


@pytest.fixture
def properties(tmp_path: Path) -> dict[str, str]:
    authority = Authority(tmp_path)
    own = authority.client(tmp_path / "own", "warning", "spiffe://test/warning")
    return {
        "bootstrap.servers": "kafka:9093",
        "group.instance.id": "warning-0",
        "security.protocol": "SSL",
        "ssl.ca.location": str(authority.certificate_file),
        "ssl.certificate.location": str(own.certificate),
        "ssl.key.location": str(own.key),
    }


def test_s1_names_and_authorities_are_checked_and_nothing_below_tls_1_3_is_spoken(properties: dict[str, str]) -> None:
    context = tls.client_context(properties)
    assert context is not None
    assert (context.check_hostname, context.verify_mode, context.minimum_version) == (True, ssl.CERT_REQUIRED, ssl.TLSVersion.TLSv1_3)
    assert len(context.get_ca_certs()) == 1, "of the named authority alone"


def test_plain_text_is_no_context() -> None:
    assert tls.client_context({"bootstrap.servers": "kafka:9092", "group.instance.id": "a"}) is None
    assert tls.client_context({"bootstrap.servers": "kafka:9092", "security.protocol": "plaintext"}) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("security.protocol", "sasl_ssl"),
        ("sasl.mechanism", "PLAIN"),
        ("ssl.keystore.location", "/a"),
        ("ssl.cipher.suites", "NULL"),
        ("enable.ssl.certificate.verification", "false"),
        ("ssl.endpoint.identification.algorithm", "none"),
    ],
)
def test_s1_what_cannot_be_translated_is_refused_by_name(properties: dict[str, str], name: str, value: str) -> None:
    """Never ignored: a check that was switched off, or a password that was given, would else mean something else here."""
    with pytest.raises(SettingsIncomplete, match=name.replace(".", r"\.")) as refused:
        tls.client_context({**properties, name: value})
    assert "CHUANYU_KAFKA_CLIENT_FILE" in str(refused.value)


def test_everything_wrong_is_named_at_once(properties: dict[str, str]) -> None:
    with pytest.raises(SettingsIncomplete) as refused:
        tls.client_context({**properties, "sasl.username": "a", "linger.ms": "5"})
    assert refused.value.facts["wrong"] == ("linger.ms", "sasl.username")


@pytest.mark.parametrize("file", ["ssl.ca.location", "ssl.certificate.location", "ssl.key.location"])
def test_a_file_that_is_missing_or_no_pem_is_refused(properties: dict[str, str], file: str, tmp_path: Path) -> None:
    (tmp_path / "words").write_text("words")
    for unfit in ("missing", "words"):
        with pytest.raises(SettingsIncomplete, match="cannot be used"):
            tls.client_context({**properties, file: str(tmp_path / unfit)})


def test_a_key_under_a_password_is_opened_and_never_asked_for(properties: dict[str, str]) -> None:
    from cryptography.hazmat.primitives import serialization as form

    file = Path(properties["ssl.key.location"])
    key = form.load_pem_private_key(file.read_bytes(), None)
    file.write_bytes(key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.BestAvailableEncryption(b"secret")))
    assert tls.client_context({**properties, "ssl.key.password": "secret"})
    for wrong in ({}, {"ssl.key.password": "other"}):
        with pytest.raises(SettingsIncomplete, match="cannot be used") as refused:
            tls.client_context({**properties, **wrong})
        assert "other" not in str(refused.value)


@pytest.fixture
def silent() -> int:
    """The port of a server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]  # type: ignore[misc]


def test_who_says_nothing_and_who_is_not_there_is_away(silent: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        nobody = gone.getsockname()[1]
    for port in (silent, nobody):
        with pytest.raises(BrokerAway, match=f"Kafka at 127.0.0.1:{port} does not answer"):
            tls.greet(f"127.0.0.1:{port}", None, 0.2)
