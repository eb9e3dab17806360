"""What deploy/compose.yaml must hold to, read without starting anything. That it works: tests/integration/deploy."""

from __future__ import annotations

import runpy
from pathlib import Path

import click
import pytest

from chuanyu.cli import run
from chuanyu.embedded.provinces import BOTH
from kit.compose import DEPLOY, FILE, OURS, PARTS, ROUTERS, SERVICES, published, targets


def parts() -> set[str]:
    """Whatever `chuanyu run` can run apart."""
    (service,) = (each.type for each in run.command.params if each.name == "service")
    assert isinstance(service, click.Choice)
    return set(service.choices) - {"node"}


def test_every_part_has_a_container_in_each_province_and_prometheus_watches_it() -> None:
    wanted = {(part, province.word) for part in parts() for province in BOTH}
    assert {tuple(name.split("-")) for name in PARTS} == wanted
    assert all(SERVICES[f"{part}-{province}"]["command"] == ["run", part] for part, province in wanted)
    assert targets() == {(f"{part}-{province}:9464", province, part) for part, province in wanted}


def test_written_files_follow_their_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(DEPLOY)
    files: dict[Path, str] = runpy.run_module("generator")["files"]()
    assert [file.name for file, text in files.items() if file.read_text() != text] == [], "run make deploy-files"


def test_nothing_is_published_but_on_loopback() -> None:
    assert published()
    assert [port for port in published() if not port.startswith("127.0.0.1:")] == []


@pytest.mark.parametrize("name", [*OURS, *ROUTERS])
def test_our_containers_run_as_nobody_on_a_read_only_root(name: str) -> None:
    service = SERVICES[name]
    assert (service["user"], service["read_only"], service["cap_drop"]) == ("65532:65532", True, ["ALL"])
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_no_secret_stands_in_the_environment() -> None:
    """A password comes as a file, and so does every key."""
    words = [str(value) for service in SERVICES.values() for value in service.get("environment", {}).values()]
    assert not [word for word in words if "password=" in word or "BEGIN" in word]


def test_every_secret_is_declared_and_a_root_key_is_none_of_them() -> None:
    given = {each["source"] for service in SERVICES.values() for each in service.get("secrets", ())}
    assert given == set(FILE["secrets"])
    assert not [name for name, secret in FILE["secrets"].items() if secret["file"].endswith(("root.pem", "ca.key.pem"))]


def test_every_mounted_file_is_there() -> None:
    mounted = [volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", ()) if volume.startswith(".")]
    assert [path for path in mounted if not (DEPLOY / path).exists()] == []
