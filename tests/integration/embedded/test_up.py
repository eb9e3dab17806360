"""`chuanyu up` as a person uses it: started, looked at, killed, ended, refused."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from chuanyu.embedded import ports, processes
from chuanyu.embedded.bus import wanted_ports
from chuanyu.embedded.processes import Family
from chuanyu.kernel import topics

needs_nodes = pytest.mark.skipif(find_spec("chuanyu.node") is None, reason="this build has no node to start")


def chuanyu(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "chuanyu", *arguments], capture_output=True, text=True, timeout=90, check=False)


def free_base() -> int:
    while True:
        base = random.randrange(20_000, 32_000, 100)
        if not ports.busy(wanted_ports(base, federated=True).values()):
            return base


def until(condition: Callable[[], object], within: float = 100.0) -> None:
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def of_run(directory: Path) -> list[int]:
    """Every process that carries the directory in its environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"CHUANYU_DIR={directory}".encode() in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
        except OSError:
            continue
    return found


class Up:
    """One run of `chuanyu up --json`."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.base = free_base()
        self.process = self.start()

    def start(self) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "chuanyu", "up", "--json", "--dir", str(self.directory), "--port-base", str(self.base)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        return self.process

    def ready(self) -> dict[str, Any]:
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, self.process.stderr and self.process.stderr.read()
        facts: dict[str, Any] = json.loads(line)
        return facts

    def at(self) -> tuple[str, str]:
        return "--dir", str(self.directory)


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Up]:
    run = Up(tmp_path / "run")
    yield run
    run.process.kill()
    run.process.communicate()
    chuanyu("down", *run.at())
    assert of_run(run.directory) == []


@needs_nodes
def test_u1_up_says_where_everything_is_and_ctrl_c_ends_all_of_it(up: Up) -> None:
    facts = up.ready()
    assert facts["ready"] is True
    assert list(facts["nodes"]) == ["sichuan", "chongqing"]
    assert chuanyu("status", *up.at()).returncode == 0
    assert chuanyu("topics", "plan", *up.at()).returncode == 0
    lags = [json.loads(line) for line in chuanyu("topics", "lag", "--json", *up.at()).stdout.splitlines()]
    assert {(row["node"], row["topic"]) for row in lags} >= {("sichuan", "chongqing.spotcheck"), ("chongqing", "sichuan.spotcheck")}
    _credentials_lie_as_promised(up.directory, facts)
    _prometheus_finds_both_nodes(facts)
    again = chuanyu("up", *up.at())
    assert again.returncode == 1
    assert f"already runs in {up.directory} (process {up.process.pid})" in again.stderr
    up.process.send_signal(signal.SIGINT)
    rest, _ = up.process.communicate(timeout=60)
    assert (rest, up.process.returncode) == ("", 0)
    assert of_run(up.directory) == []


def _prometheus_finds_both_nodes(facts: dict[str, Any]) -> None:
    """Its configuration lies in the run's directory, with the rules beside it and the run's own ports."""
    config = Path(facts["prometheus"])
    assert (config.parent, config.name) == (Path(facts["dir"]) / "monitoring", "prometheus.yml")
    assert sorted(path.name for path in (config.parent / "rules").iterdir()) == ["alerts.yml", "recording.yml"]
    targets = json.loads((config.parent / "targets" / "nodes.json").read_text())
    found = {(each["labels"]["node"], f"http://{address}/metrics") for each in targets for address in each["targets"]}
    assert found == {(name, address) for name, node in facts["nodes"].items() for address in node["metrics"]}


def _credentials_lie_as_promised(directory: Path, facts: dict[str, Any]) -> None:
    assert Path(facts["ca"]) == directory / "ca.pem"
    for member in ("sichuan-amr", "chongqing-amr", "chengdu-amr", "yibin-amr", "yuzhong-amr", "wanzhou-amr", "coordinator", "ops"):
        assert sorted(file.name for file in (directory / "members" / member).iterdir()) == ["cert.pem", "key.pem", "token"]
    for secret in (
        "members/ops/key.pem",
        "members/ops/token",
        "nodes/sichuan/seal.pem",
        "private/ca.key.pem",
        "up.json",
        "postgres.password",
    ):
        assert stat.S_IMODE((directory / secret).stat().st_mode) == 0o600, secret


@needs_nodes
def test_d24_up_killed_by_9_leaves_nothing_that_hinders_the_next(up: Up) -> None:
    before = up.ready()
    left = of_run(up.directory)
    up.process.kill()
    up.process.communicate()
    up.start()
    after = up.ready()
    assert (after["nodes"], after["dir"]) == (before["nodes"], before["dir"])
    assert not set(left) & set(of_run(up.directory))


@needs_nodes
def test_d24_nodes_leave_when_their_parent_is_gone(up: Up) -> None:
    up.ready()
    up.process.kill()
    until(lambda: of_run(up.directory) == [])


@needs_nodes
def test_what_dies_by_itself_is_started_again(up: Up) -> None:
    facts = up.ready()
    children = {child.name: child for child in Family(up.directory).living()}
    assert children.keys() == {"kafka", "postgres", "node-sichuan", "node-chongqing", "warning-sichuan", "warning-chongqing"}
    for child in children.values():
        os.kill(child.pid, signal.SIGKILL)
    until(lambda: {child.name for child in Family(up.directory).living() if child != children[child.name]} == children.keys())
    until(lambda: topics.answers(facts["nodes"]["sichuan"]["kafka"]))
    until(lambda: chuanyu("status", *up.at()).returncode == 0)


@needs_nodes
def test_down_ends_what_up_started(up: Up) -> None:
    up.ready()
    assert chuanyu("down", *up.at()).returncode == 0
    assert up.process.wait(10) == 0
    assert of_run(up.directory) == []
    assert processes.holder(up.directory) is None


def test_u3_a_busy_port_is_named_with_the_way_out_and_nothing_is_started(tmp_path: Path) -> None:
    base = free_base()
    with socket.create_server(("127.0.0.1", base + 8)):
        refused = chuanyu("up", "--dir", str(tmp_path / "run"), "--port-base", str(base))
        looked_at = chuanyu("doctor", "--dir", str(tmp_path / "run"), "--port-base", str(base))
    assert refused.returncode == 1
    assert f"port {base + 8} (PostgreSQL)" in refused.stderr
    assert f"--port-base {base + 1000}" in refused.stderr
    assert of_run(tmp_path / "run") == []
    assert looked_at.returncode == 1


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["upp"], 2, "Did you mean 'up'?"),
        (["up", "--port-base", "no"], 2, "--port-base"),
        (["up", "--dir", "/proc/nowhere"], 1, "Choose another one with --dir."),
        (["status", "--dir", "/nonexistent"], 3, "chuanyu up --dir /nonexistent"),
        (["status", "--at", "127.0.0.1:1"], 3, "node_away"),
        (["run", "nothing"], 2, "'nothing' is not one of 'node'"),
    ],
)
def test_u3_a_wrong_call_gets_one_sentence_and_what_to_do(arguments: list[str], status: int, says: str) -> None:
    done = chuanyu(*arguments)
    assert done.returncode == status, done.stderr
    assert says in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def test_down_where_nothing_ran_says_so(tmp_path: Path) -> None:
    done = chuanyu("down", "--dir", str(tmp_path / "never"))
    assert (done.returncode, done.stdout) == (0, "")
    assert "Nothing ever ran" in done.stderr
