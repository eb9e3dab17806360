"""A province's node as a child of the embedded bus: its environment, its start, its readiness."""

from __future__ import annotations

import json
import math
import os
import re
import secrets
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from chuanyu.embedded import places, postgres
from chuanyu.embedded.credentials import node_home, roots_file
from chuanyu.embedded.ports import address
from chuanyu.embedded.postgres import Server
from chuanyu.embedded.processes import Family
from chuanyu.embedded.provinces import Province
from chuanyu.embedded.unable import Unable
from chuanyu.kernel.store.database import Connection, Store, faults

_OTHER_SIDE_AGE = re.compile(rb"^chuanyu_other_side_age_seconds (\S+)$", re.MULTILINE)


@dataclass(frozen=True)
class Node:
    """One node, or a part that runs apart from it. ports: grpc, rest, metrics, warning. kafka: bootstrap address. conninfo: its database,
    as its own user."""

    family: Family
    province: Province
    others: tuple[Province, ...]
    ports: Mapping[str, int]
    kafka: str
    conninfo: str
    part: str = "node"

    @property
    def name(self) -> str:
        return f"{self.part}-{self.province.word}"

    @property
    def warning(self) -> Node:
        """The part of this node that faust drives, in a process of its own (D22)."""
        return replace(self, part="warning", ports={**self.ports, "metrics": self.ports["warning"]})

    @property
    def metrics(self) -> str:
        return f"http://{address(self.ports['metrics'])}"

    def spawn(self, parent_pipe: int) -> subprocess.Popen[bytes]:
        """Starts it; it leaves when the other end of the pipe closes, so nothing need be sent when this process is killed."""
        environment = {**_passed_on(), **self.environment(), "CHUANYU_PARENT_FD": str(parent_pipe)}
        command = [sys.executable, "-m", "chuanyu", "run", self.part]
        return self.family.spawn(self.name, command, environment, death=None, keep=[parent_pipe])

    def ready(self) -> bool:
        """Whether it says that it serves."""
        try:
            with urllib.request.urlopen(f"{self.metrics}/readyz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False

    def hears(self) -> bool:
        """Whether it has applied what the other side had said at some heartbeat: the mirror carries."""
        try:
            with urllib.request.urlopen(f"{self.metrics}/metrics", timeout=2) as answer:
                age = _OTHER_SIDE_AGE.search(answer.read())
        except (OSError, urllib.error.URLError):
            return False
        return age is not None and math.isfinite(float(age[1]))

    def environment(self) -> dict[str, str]:
        """Its configuration: what production sets by other means."""
        home = node_home(self.family.directory, self.province.word)
        return {
            "CHUANYU_PROVINCE": self.province.word,
            "CHUANYU_PROVINCES": ",".join(f"{province.word}={province.digits}" for province in self.others),
            "CHUANYU_KAFKA": self.kafka,
            "CHUANYU_INSTANCE": "embedded",
            "CHUANYU_DATABASE": self.conninfo,
            "CHUANYU_SEAL_KEY_FILE": str(home / "seal.pem"),
            "CHUANYU_SEAL_PUBLICATION_FILE": str(home / "seal.publication"),
            "CHUANYU_ROOTS_FILE": str(roots_file(self.family.directory)),
            "CHUANYU_MEMBERS_FILE": str(home / "members.yaml"),
            "CHUANYU_TOKEN_KEY_FILE": str(home / "token.pem"),
            "CHUANYU_TLS_CERTIFICATE": str(home / "cert.pem"),
            "CHUANYU_TLS_KEY": str(home / "key.pem"),
            "CHUANYU_TLS_CA": str(self.family.directory / "ca.pem"),
            "CHUANYU_LISTEN_GRPC": address(self.ports["grpc"]),
            "CHUANYU_LISTEN_REST": address(self.ports["rest"]),
            "CHUANYU_LISTEN_METRICS": address(self.ports["metrics"]),
        }

    def facts(self) -> dict[str, Any]:
        """Where it answers, as `up --json` says it."""
        return {
            "grpc": address(self.ports["grpc"]),
            "rest": f"https://{address(self.ports['rest'])}",
            "kafka": self.kafka,
            "kafka_client": {"bootstrap.servers": self.kafka},
            "postgres": self.conninfo,
            "metrics": [f"{each.metrics}/metrics" for each in (self, self.warning)],
        }


def await_ready(nodes: Sequence[tuple[Node, subprocess.Popen[bytes]]], within: float = 90.0) -> None:
    """Returns once all are ready. Raises Unable with the last words of one that ended, or the name of one that is late."""
    deadline = time.monotonic() + within
    late = list(nodes)
    while late:
        for node, process in late:
            if process.poll() is not None or time.monotonic() > deadline:
                raise _not_ready(node, process)
        late = [pair for pair in late if not pair[0].ready()]
        time.sleep(0.05)


def await_heard(nodes: Sequence[Node], within: float = 180.0) -> None:
    """Returns once all hear each other. Raises Unable naming one that does not."""
    deadline = time.monotonic() + within
    for node in nodes:
        while not node.hears():
            if time.monotonic() > deadline:
                logs = node.family.directory / "logs"
                raise Unable(f"Nothing reaches the node of {node.province.word} from the other side.", f"See the mirror's log in {logs}.")
            time.sleep(0.2)


def lay_database(server: Server, province: str, home: Path) -> str:
    """The province's own database and user, made when missing; returns the user's conninfo."""
    file = home / "database.password"
    password = file.read_text() if file.exists() else places.write_private(file, secrets.token_urlsafe(24)).read_text()
    with faults(), Store(server.conninfo()).connect(application="chuanyu-up") as connection:
        if not _there(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", province):
            connection.execute(f"CREATE ROLE {province} LOGIN")
        connection.execute(f"ALTER ROLE {province} PASSWORD '{password}'")  # url-safe letters: nothing to quote
        if not _there(connection, "SELECT 1 FROM pg_database WHERE datname = %s", province):
            connection.execute(f"CREATE DATABASE {province} OWNER {province}")
            connection.execute(f"REVOKE CONNECT ON DATABASE {province} FROM PUBLIC")
    return postgres.conninfo(server.port, province, password, province)


def _there(connection: Connection, question: str, name: str) -> bool:
    return connection.execute(question, [name]).fetchone() is not None


def _passed_on() -> dict[str, str]:
    """This process's environment without any configuration of another node."""
    return {name: value for name, value in os.environ.items() if not name.startswith("CHUANYU_")}


def _not_ready(node: Node, process: subprocess.Popen[bytes]) -> Unable:
    """What a person is told: the fault that the node named last with its runbook, else its last words."""
    log = node.family.directory / "logs" / f"{node.name}.log"
    lines = log.read_text(errors="replace").strip().splitlines()
    if process.poll() is None:
        return Unable(f"{node.name}迟迟未就绪 · The node of {node.province.word} is not ready yet.", f"日志 · its log: {log}")
    if fault := _last_fault(lines):
        code = fault["code"]
        return Unable(
            f"{node.name}未能启动：{fault.get('says', code)} · The node of {node.province.word} did not start.",
            f"处置办法 · what to do: docs/runbooks/{code}.md. 日志 · its log: {log}",
        )
    last = (lines or ["it said nothing"])[-1][:300]
    return Unable(
        f"{node.name}已退出（{process.returncode}） · The node of {node.province.word} ended with status {process.returncode}: {last}",
        f"日志 · its log: {log}",
    )


def _last_fault(lines: Sequence[str]) -> dict[str, Any] | None:
    """The line with which a node stopped for a fault, if that is how it ended (kernel/log.py)."""
    try:
        said = json.loads(lines[-1]) if lines else {}
    except ValueError:
        return None
    return said if isinstance(said, dict) and said.get("event") == "stopped" and "code" in said else None
