"""`chuanyu watch` on a running bus: well, with a record in quarantine, with a node gone, with nothing left."""

from __future__ import annotations

import json
import re
import shlex
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from chuanyu.embedded.processes import Family
from chuanyu.kernel.envelope import Record
from kit.bus import eventually, put
from kit.up import NODES, Up, up


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """A bus of these tests alone: they damage it."""
    with up(tmp_path_factory.mktemp("watched")) as one:
        yield one


def view(one: Up) -> tuple[int, dict[str, Any]]:
    """Exit status and what is said to programs."""
    done = one.run("watch", "--once", "--json")
    told: dict[str, Any] = json.loads(done.stdout)
    return done.returncode, told


def wrong(one: Up) -> dict[str, set[str]]:
    """Node → runbooks of what is wrong there."""
    told = view(one)[1]
    return {node: {each["runbook"] for each in told["findings"] if each["node"] == node} for node in told["nodes"]}


@contextmanager
def unmended(one: Up) -> Iterator[None]:
    """Meanwhile whatever dies stays dead; afterwards all of it answers again."""
    one.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        one.process.send_signal(signal.SIGCONT)
        eventually(lambda: not any("node_away" in runbooks for runbooks in wrong(one).values()), "all of it answers", 60)


def test_a_bus_that_does_its_work_is_well_and_says_so_chinese_first(running: Up) -> None:
    eventually(lambda: view(running)[0] == 0, "both sides have heard each other", 60)
    done = running.run("watch", "--once")
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "✓ 一切正常 · all is well")
    nodes = view(running)[1]["nodes"]
    assert nodes.keys() == set(NODES)
    assert all(node["parts"].keys() >= {"spotcheck", "recall", "credit", "recognition"} for node in nodes.values())
    assert all(node["other_side"] < 30 for node in nodes.values())


def test_p4_a_parked_record_is_told_with_whom_it_harms_and_its_runbook(running: Up) -> None:
    put(running.facts["nodes"]["chongqing"]["kafka_client"]["bootstrap.servers"], 0, Record("chongqing.recall", b"x", (), b"junk"))
    eventually(lambda: wrong(running) == {node: {"seal_invalid"} for node in NODES}, "both nodes have parked it", 60)
    done = running.run("watch", "--once")
    first = done.stdout.splitlines()[0]
    assert done.returncode == 1
    assert "四川：隔离区有" in first and "受影响：" in first and first.endswith("docs/runbooks/seal_invalid.md")
    assert first.index("受影响") < first.index("harmed")


def test_p4_d14_the_runbooks_command_finds_it_and_once_it_is_decided_all_is_well(running: Up) -> None:
    """The first command of the page that `watch` named, then what the page says to do about a record that holds nothing."""
    page = (Path(__file__).parents[2] / "docs" / "runbooks" / "seal_invalid.md").read_text("utf-8")
    (first,) = re.findall(r"```sh\nchuanyu (.+)\n```", page)
    (decision,) = set(re.findall(r"`chuanyu (parked discard) NO --as ops --reason WORDS`", page))
    for node in NODES:
        listed = running.run(*shlex.split(first), "--node", node, "--json")
        numbers = [str(json.loads(line)["parked_id"]) for line in listed.stdout.splitlines()]
        assert (listed.returncode, len(numbers)) == (0, 1), listed.stderr
        assert running.run(*shlex.split(decision), *numbers, "--node", node, "--reason", "陌生人写入，已查明").returncode == 1  # not as ops
        done = running.run(*shlex.split(decision), *numbers, "--as", "ops", "--node", node, "--reason", "陌生人写入，已查明")
        assert (done.returncode, "已弃置 discarded" in done.stdout) == (0, True), done.stdout + done.stderr
        shown = running.run("parked", "show", *numbers, "--as", "ops", "--node", node).stdout
        assert "ops 弃置 discard：陌生人写入，已查明" in shown
        late = running.run("parked", "release", *numbers, "--as", "ops", "--node", node, "--reason", "x")
        assert (late.returncode, "已了结" in late.stdout) == (1, True)
    eventually(lambda: view(running)[0] == 0, "all is well again", 60)
    for node in NODES:
        with running.connection(node) as connection:
            sealed = "SELECT count(*) FROM bus.log WHERE type = 'chuanyu.system.message_discarded.v1' AND sequence IS NOT NULL"
            assert connection.execute(sealed).fetchone() == (1,)


def test_a_killed_node_is_away_and_the_other_still_shown(running: Up) -> None:
    with unmended(running):
        kill(running, "chongqing")
        status, told = view(running)
        assert status == 1
        assert (told["nodes"]["sichuan"]["answers"], told["nodes"]["chongqing"]["answers"]) == (True, False)
        assert "node_away" in {each["runbook"] for each in told["findings"] if each["node"] == "chongqing"}
        assert "无应答 away" in running.run("watch", "--once").stdout


def test_a_node_of_which_one_part_is_killed_is_partly_away(running: Up) -> None:
    with unmended(running):
        running.signal("node-chongqing", signal.SIGKILL)
        status, told = view(running)
        assert (status, told["nodes"]["chongqing"]["answers"]) == (1, True)
        assert told["nodes"]["chongqing"]["away"] == running.facts["nodes"]["chongqing"]["metrics"][:1]
        assert "部分无应答 partly away" in running.run("watch", "--once").stdout


def test_3_when_nothing_answers(running: Up) -> None:
    with unmended(running):
        for node in NODES:
            kill(running, node)
        assert view(running)[0] == 3


def kill(one: Up, node: str) -> None:
    """Every process of a node."""
    parts = [child.name for child in Family(one.directory).living() if child.name.endswith(f"-{node}")]
    assert f"node-{node}" in parts
    for part in parts:
        one.signal(part, signal.SIGKILL)


def test_3_where_no_bus_runs(running: Up, tmp_path: Path) -> None:
    done = Up(running.process, running.facts | {"dir": str(tmp_path)}).run("watch", "--once")
    assert (done.returncode, "No bus runs in" in done.stderr) == (3, True)
