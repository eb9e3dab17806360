"""What a person is told of a node that does not come up."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from chuanyu.embedded import nodes
from chuanyu.embedded.nodes import Node
from chuanyu.embedded.processes import Family
from chuanyu.embedded.provinces import CHONGQING, SICHUAN
from chuanyu.embedded.unable import Unable
from chuanyu.kernel import log
from chuanyu.kernel.faults import MigrationsDiffer, StoreMisused


@pytest.fixture
def node(tmp_path: Path) -> Node:
    (tmp_path / "logs").mkdir()
    return Node(Family(tmp_path), SICHUAN, (CHONGQING,), {"metrics": 9}, "", "")


def told(node: Node, status: int = 1) -> str:
    ended = subprocess.Popen([sys.executable, "-c", f"raise SystemExit({status})"])
    ended.wait()
    with pytest.raises(Unable) as met:
        nodes.await_ready([(node, ended)])
    return str(met.value)


@contextmanager
def logged(node: Node) -> Iterator[None]:
    """The log of this process goes where the node's would, while it lasts."""
    with (node.family.directory / "logs" / f"{node.name}.log").open("w") as file:
        log.to(file, province="sichuan")
        try:
            yield
        finally:
            log.to()


def test_a_node_that_stopped_for_a_fault_says_its_sentence_and_names_the_runbook(node: Node) -> None:
    with logged(node):
        log.outcome("starting")
        log.fault("stopped", MigrationsDiffer("数据库结构与本程序不符 · the database was changed"))
    said = told(node)
    assert "node-sichuan未能启动：数据库结构与本程序不符 · the database was changed" in said
    assert "docs/runbooks/migrations_differ.md" in said and "node-sichuan.log" in said and "{" not in said


def test_what_a_driver_said_stays_out_and_its_runbook_is_named(node: Node) -> None:
    with logged(node):
        log.fault("stopped", StoreMisused("value of a person"))
    assert "docs/runbooks/store_misused.md" in (said := told(node)) and "person" not in said


@pytest.mark.parametrize("words", ["", "Killed", "[1]", '{"event": "ready"}'])
def test_a_node_that_ended_otherwise_leaves_its_last_words(node: Node, words: str) -> None:
    (node.family.directory / "logs" / f"{node.name}.log").write_text(words)
    assert "status 3" in (said := told(node, 3)) and (words or "it said nothing") in said
