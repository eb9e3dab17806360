"""
deploy/compose.yaml as processes on this machine: every container of ours from its own command and environment, under its own user.

Only addresses and paths are other than in a container: host:port becomes a port on loopback, /run/secrets a folder with what the container
is given, a mounted file the file itself. Kafka and PostgreSQL are the embedded ones, laid out as the file says.
"""

from __future__ import annotations

import json
import os
import runpy
import signal
import subprocess
import sys
import threading
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from chuanyu.cli.pages import Sample, samples
from chuanyu.embedded import mirror, ports, postgres
from chuanyu.embedded.mirror import Mirror
from chuanyu.embedded.provinces import BOTH
from chuanyu.embedded.stack import Stack
from chuanyu.kernel.store import Connection, Store
from kit.bus import eventually

DEPLOY = Path(__file__).parents[2] / "deploy"
FILE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = FILE["services"]
OURS = [name for name, service in SERVICES.items() if service["image"].startswith("chuanyu-bus:")]
PARTS = [name for name in OURS if not name.startswith("topics-")]
ROUTERS = [name for name in SERVICES if name.startswith("router-")]
MIRROR = "mirror"
_PORTS = (8443, 8444, 9464)
_PATH = f"{Path(sys.executable).parent}:/usr/bin:/bin"
_NUMBER = 65532


@dataclass(frozen=True)
class FileMirror(Mirror):
    """The mirror that compose.yaml describes. text: of its mounted file, addresses exchanged."""

    text: str = ""

    def properties(self) -> str:
        return self.text


class Composed:
    """All of it. `start` it, `kill` a part: it is started again as its restart policy says."""

    def __init__(self, stack: Stack, directory: Path) -> None:
        """directory: others must be able to pass it, for the parts run under a number of their own."""
        self._stack, self._directory = stack, directory
        self.secrets = directory / "laid"
        self._own = {name: dict(zip(_PORTS, ports.any_free(len(_PORTS)), strict=True)) for name in (*OURS, *ROUTERS)}
        self._kafka = dict(zip([province.word for province in BOTH], [broker.bootstrap for broker in stack.brokers], strict=True))
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._guard, self._closing = threading.RLock(), threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="restart-policy", daemon=True)

    def start(self) -> None:
        """In the order in which containers depend on each other."""
        runpy.run_path(str(DEPLOY / "compose" / "lay_secrets.py"))["lay"](self.secrets)
        for province in BOTH:
            self._lay_database(province.word)
            topics = f"topics-{province.word}"
            assert self._spawn(topics).wait(60) == 0, self.log(topics)
        self._spawn_mirror()
        with self._guard:
            self._processes = {name: self._spawn(name) for name in (*PARTS, *ROUTERS)}
        self._keeper.start()
        for name in PARTS:
            self._await(name)

    def healthy(self, name: str) -> bool:
        """What the container's health check says."""
        test = SERVICES[name]["healthcheck"]["test"]
        assert test[0] == "CMD"
        return subprocess.run([self._mapped(word, name) for word in test[1:]], env={"PATH": _PATH}, timeout=20, check=False).returncode == 0

    def ready(self, name: str) -> bool:
        """The same, asked directly; a router is ready when it takes connections, the mirror when it runs."""
        if name == MIRROR:
            return self._stack.running[MIRROR].poll() is None
        if name in ROUTERS:
            return bool(ports.busy([self._own[name][8443]]))
        try:
            with urllib.request.urlopen(f"http://{self.address(name, 9464)}/readyz", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def kill(self, name: str) -> None:
        """SIGKILL, seen to bite, and started again: the rest is up to the restart policy."""
        assert SERVICES[name]["restart"] == "unless-stopped"
        if name == MIRROR:
            _kill(self._stack.running[MIRROR])
            self._spawn_mirror()
        else:
            with self._guard:
                _kill(self._processes[name])
        self._await(name)

    def metric(self, name: str, metric: str) -> list[Sample]:
        with urllib.request.urlopen(f"http://{self.address(name, 9464)}/metrics", timeout=10) as page:
            return [one for one in samples(page.read().decode()) if one.name == metric]

    def facts(self) -> dict[str, Any]:
        """Where it answers, as `up --json` says it: a node's address is its router's."""
        return {"dir": str(self.secrets), "nodes": {province.word: self._node(province.word) for province in BOTH}}

    def connection(self, province: str) -> Connection:
        """A session on a node's database."""
        return Store(self._node(province)["postgres"]).connect(application="test")

    def address(self, name: str, port: int) -> str:
        """Where a container's port stands on this machine."""
        return ports.address(self._own[name][port])

    def log(self, name: str) -> str:
        """What a container has said."""
        return (self._directory / f"{name}.log").read_text(errors="replace")

    def stop(self) -> dict[str, int]:
        """SIGTERM to all; who left with which status."""
        self._closing.set()
        if self._keeper.is_alive():
            self._keeper.join()
        for process in self._processes.values():
            process.terminate()  # once: docker asks once
        return {name: process.wait(30) for name, process in self._processes.items()}

    def _await(self, name: str) -> None:
        try:
            eventually(lambda: self.ready(name), f"{name} is ready", 90)
        except AssertionError as late:
            raise AssertionError(f"{late}; it said: {self.log(name)[-2000:] if name != MIRROR else 'see its log'}") from late

    def _node(self, province: str) -> dict[str, str]:
        router, home = f"router-{province}", self.secrets / "nodes" / province
        password = (home / "database.password").read_text()
        return {
            "grpc": self.address(router, 8443),
            "rest": f"https://{self.address(router, 8444)}",
            "postgres": postgres.conninfo(self._stack.server.port, province, password, province),
        }

    def _lay_database(self, province: str) -> None:
        """The file that the image of PostgreSQL runs at its first start, run by psql under the container's own environment."""
        name = f"postgres-{province}"
        file = self._mounted(name)["/docker-entrypoint-initdb.d/database.sql"]
        psql = [postgres.programs() / "psql", "--no-psqlrc", "-v", "ON_ERROR_STOP=1", "-f", file, self._stack.server.conninfo()]
        subprocess.run(psql, env=self._environment(name), check=True, capture_output=True, timeout=60)

    def _spawn_mirror(self) -> None:
        command = SERVICES[MIRROR]["command"]
        assert command[0].endswith("/connect-mirror-maker.sh")
        text = self._mapped(self._mounted(MIRROR)[command[1]].read_text(), MIRROR)
        made = FileMirror(self._stack.family, self._kafka, text=text)
        self._stack.running[MIRROR] = made.spawn(mirror.class_path(lambda _: None))

    def _spawn(self, name: str) -> subprocess.Popen[bytes]:
        words = [self._mapped(word, name) for word in SERVICES[name]["command"]]
        command = ["chuanyu", *words] if name in OURS else words  # the image's entry point
        assert SERVICES[name]["user"] == f"{_NUMBER}:{_NUMBER}"
        number = _NUMBER if os.getuid() == 0 and _passable(Path(sys.executable)) else None
        with (self._directory / f"{name}.log").open("ab") as output:
            return subprocess.Popen(
                command, env=self._environment(name), cwd="/", stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                user=number, group=number, extra_groups=None if number is None else [],
            )  # fmt: skip

    def _environment(self, name: str) -> dict[str, str]:
        own = self._own.get(name, {})
        plain = {"PORT_GRPC": str(own.get(8443)), "PORT_REST": str(own.get(8444)), "BIND": ports.LOOPBACK} if name in ROUTERS else {}
        given = {key: self._mapped(value, name) for key, value in SERVICES[name]["environment"].items()}
        return {"PATH": _PATH, **given, **plain}

    def _mounted(self, name: str) -> dict[str, Path]:
        """path in the container → file, of what is mounted from beside compose.yaml."""
        parts = [volume.split(":") for volume in SERVICES[name].get("volumes", ())]
        return {target: DEPLOY / source for source, target, *_ in parts if source.startswith(".")}

    def _mapped(self, text: str, name: str) -> str:
        text = text.replace("/run/secrets", str(self._secrets_of(name)))
        for target, file in self._mounted(name).items():
            text = text.replace(target, str(file))
        for province, bootstrap in self._kafka.items():
            text = text.replace(f"kafka-{province}:9092", bootstrap)
        for host, own in self._own.items():
            for port, here in own.items():
                text = text.replace(f"{host}:{port}", ports.address(here))
        for port, here in self._own.get(name, {}).items():
            text = text.replace(f"0.0.0.0:{port}", ports.address(here)).replace(f"127.0.0.1:{port}", ports.address(here))
        return text

    def _secrets_of(self, name: str) -> Path:
        """A folder with what this container is given, and nothing else."""
        folder = self._directory / "secrets" / name
        folder.mkdir(parents=True, exist_ok=True)
        for given in SERVICES[name].get("secrets", ()):
            source = Path(FILE["secrets"][given["source"]]["file"].replace("./compose/secrets", str(self.secrets)))
            server = f"host={ports.LOOPBACK}\nport={self._stack.server.port}\n".encode()
            content = source.read_bytes()
            for province in BOTH:
                content = content.replace(f"host=postgres-{province.word}\nport=5432\n".encode(), server)
            (folder / given["target"]).write_bytes(content)
        return folder

    def _keep(self) -> None:
        while not self._closing.wait(0.1):
            with self._guard:
                for name, process in self._processes.items():
                    if process.poll() is not None:
                        self._processes[name] = self._spawn(name)


def published() -> list[str]:
    """Every port mapping of the file."""
    return [port for service in SERVICES.values() for port in service.get("ports", ())]


def targets() -> set[tuple[str, str, str]]:
    """What Prometheus is told to watch: (address, node, part)."""
    rows = json.loads((DEPLOY / "compose" / "targets" / "nodes.json").read_text())
    return {(target, row["labels"]["node"], row["labels"]["part"]) for row in rows for target in row["targets"]}


def _kill(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    assert process.wait(10) == -signal.SIGKILL


def _passable(file: Path) -> bool:
    """Whether everyone may pass each directory on the way."""
    return all(folder.stat().st_mode & 0o001 for folder in file.resolve().parents) and all(f.stat().st_mode & 0o001 for f in file.parents)
