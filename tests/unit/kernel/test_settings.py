"""Everything missing is said at once, and nothing secret is said at all."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from chuanyu.kernel.faults import SettingsIncomplete
from chuanyu.kernel.settings import (
    GatewaySettings,
    KafkaSettings,
    ListenSettings,
    MetricsSettings,
    ProvinceSettings,
    SealSettings,
    StoreSettings,
    TlsSettings,
    describe,
    from_environment,
    masked,
)


@dataclass(frozen=True, slots=True)
class Everything:
    """A node of all parts."""

    place: ProvinceSettings
    kafka: KafkaSettings
    store: StoreSettings
    seal: SealSettings
    tls: TlsSettings
    listen: ListenSettings
    metrics: MetricsSettings
    gateway: GatewaySettings


FILES = ["SEAL_KEY_FILE", "SEAL_PUBLICATION_FILE", "ROOTS_FILE", "TLS_CERTIFICATE", "TLS_KEY", "TLS_CA", "MEMBERS_FILE", "TOKEN_KEY_FILE"]


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    for name in FILES:
        (tmp_path / name).write_text("x")
    return {
        "CHUANYU_PROVINCE": "sichuan",
        "CHUANYU_PROVINCES": "sichuan=51,chongqing=50",
        "CHUANYU_KAFKA": "127.0.0.1:18001",
        "CHUANYU_DATABASE": "host=h password=geheim",
        "CHUANYU_LISTEN_GRPC": "0.0.0.0:18010",
        "CHUANYU_LISTEN_REST": "[::1]:18011",
        "CHUANYU_LISTEN_METRICS": "127.0.0.1:18012",
        **{f"CHUANYU_{name}": str(tmp_path / name) for name in FILES},
    }


def test_a_complete_environment_makes_the_settings(environ: dict[str, str], tmp_path: Path) -> None:
    made = from_environment(Everything, environ)
    assert made.place == ProvinceSettings("sichuan", {"sichuan": "51", "chongqing": "50"})
    assert list(made.place.provinces) == ["sichuan", "chongqing"]
    assert made.listen == ListenSettings(("0.0.0.0", 18010), ("::1", 18011))  # noqa: S104 - a text, no listener
    assert made.metrics == MetricsSettings(("127.0.0.1", 18012))
    assert made.seal.key_file == tmp_path / "SEAL_KEY_FILE"
    assert made.kafka.client_properties is None
    assert made.gateway.log_depth_limit == 1_000_000


def test_everything_missing_is_named_at_once() -> None:
    with pytest.raises(SettingsIncomplete) as refused:
        from_environment(Everything, {})
    assert len(refused.value.facts["wrong"]) == 15  # type: ignore[arg-type]
    assert all(f"CHUANYU_{name} is missing" in str(refused.value) for name in [*FILES, "KAFKA", "DATABASE", "PROVINCE", "LISTEN_GRPC"])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("PROVINCE", "guizhou"),
        ("PROVINCES", "sichuan"),
        ("PROVINCES", "sichuan=5"),
        ("PROVINCES", "Sichuan=51"),
        ("PROVINCES", "sichuan=51,"),
        ("PROVINCES", "sichuan=51,sichuan=51"),
        ("PROVINCES", "sichuan=51,9c=50"),
        ("LISTEN_GRPC", "18010"),
        ("LISTEN_GRPC", "host:70000"),
        ("LISTEN_METRICS", "18012"),
        ("MEMBERS_FILE", "/nowhere/members.yaml"),
        ("LOG_DEPTH_LIMIT", "0"),
        ("LOG_DEPTH_LIMIT", "many"),
        ("KAFKA_CLIENT_FILE", "/nowhere"),
    ],
)
def test_what_is_wrong_is_named(environ: dict[str, str], name: str, text: str) -> None:
    with pytest.raises(SettingsIncomplete, match=f"CHUANYU_{name} is wrong"):
        from_environment(Everything, {**environ, f"CHUANYU_{name}": text})


def test_wrong_and_missing_are_named_together(environ: dict[str, str]) -> None:
    del environ["CHUANYU_KAFKA"]
    with pytest.raises(SettingsIncomplete) as refused:
        from_environment(Everything, {**environ, "CHUANYU_LISTEN_REST": "x", "CHUANYU_DATABASE": "  "})
    assert len(refused.value.facts["wrong"]) == 3  # type: ignore[arg-type]


def test_secrets_are_masked_and_nothing_else(environ: dict[str, str]) -> None:
    printed = list(masked(from_environment(Everything, environ)))
    assert "CHUANYU_DATABASE=***" in printed
    assert "CHUANYU_PROVINCES=sichuan=51,chongqing=50" in printed
    assert "CHUANYU_LISTEN_METRICS=127.0.0.1:18012" in printed
    assert "geheim" not in "".join(printed)


def test_no_refusal_quotes_a_secret(environ: dict[str, str]) -> None:
    with pytest.raises(SettingsIncomplete) as refused:
        from_environment(Everything, {**environ, "CHUANYU_KAFKA": ""})
    assert "geheim" not in str(refused.value)


def test_the_description_has_a_row_a_variable() -> None:
    rows = describe(Everything).splitlines()[2:]
    assert len(rows) == 18
    assert "| `CHUANYU_DATABASE` | PostgreSQL connection string (libpq), password included (secret) | required |" in rows
    assert "| `CHUANYU_LOG_DEPTH_LIMIT` | unrelayed rows at which submissions are refused | 1000000 |" in rows


def test_client_properties_join_the_bootstrap_servers(tmp_path: Path) -> None:
    file = tmp_path / "client"
    file.write_text("# TLS\nsecurity.protocol = SSL\nbootstrap.servers=elsewhere\nssl.key.password=a=b\n")
    assert KafkaSettings("127.0.0.1:1", file).properties() == {
        "security.protocol": "SSL",
        "ssl.key.password": "a=b",
        "bootstrap.servers": "127.0.0.1:1",
    }
    assert KafkaSettings("127.0.0.1:1").properties() == {"bootstrap.servers": "127.0.0.1:1"}
