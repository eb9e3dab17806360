"""A newcomer starts the bus with its sample day, other days follow on the same bus, and at the end everything is stopped."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from chuanyu import sample
from chuanyu.embedded.demo import DemoReport
from kit.up import free_base

LAST_SECONDS = 60.0


@dataclass
class Demo:
    """`chuanyu up --demo --json` while it stays up. facts: its first line, day: its second."""

    process: subprocess.Popen[str]
    facts: dict[str, Any]
    day: dict[str, Any]

    def play(self, seed: int) -> DemoReport:
        return sample.play(self.facts, seed, lambda done, total, what: None)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    command = [sys.executable, "-m", "chuanyu", "up", "--demo", "--seed", "1", "--json"]
    command += ["--dir", str(tmp_path_factory.mktemp("day")), "--port-base", str(free_base())]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout
    try:
        facts = json.loads(process.stdout.readline())
        yield Demo(process, facts, json.loads(process.stdout.readline())["demo"])
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(LAST_SECONDS)


def not_ok(checks: list[dict[str, Any]]) -> list[str]:
    return [check["name"] for check in checks if not check["ok"]]


def test_p6_a_nodes_metrics_stay_few_however_much_was_said(demo: Demo) -> None:
    """Labels are closed lists, partitions and services: a day's samples, firms and cases make no series of their own."""
    for node in demo.facts["nodes"].values():
        series = 0
        for address in node["metrics"]:
            with urllib.request.urlopen(address, timeout=10) as page:
                series += sum(not line.startswith(b"#") for line in page)
        assert 500 < series <= 3_000


def test_the_first_day_ends_with_every_check_ok(demo: Demo) -> None:
    day = demo.day
    assert not_ok(day["checks"]) == []
    assert day["submitted"] == day["accepted"] + day["duplicates"] + day["refused"]
    assert (day["seed"], day["duplicates"], day["refused"], day["delivered"]) == (1, 7, 12, 22)
    assert len(day["checks"]) > 20


@pytest.mark.parametrize("seed", [2, 20_261_124])
def test_so_do_other_days_on_the_same_bus(demo: Demo, seed: int) -> None:
    report = demo.play(seed)
    assert not_ok(report.as_json()["demo"]["checks"]) == []
    assert (report.accepted, report.delivered) == (demo.day["accepted"], demo.day["delivered"])


def test_p2_the_same_day_again_says_nothing_new(demo: Demo) -> None:
    report = demo.play(1)
    assert not_ok(report.as_json()["demo"]["checks"]) == []
    assert (report.accepted, report.refused) == (0, demo.day["refused"])
    assert report.duplicates == demo.day["accepted"] + demo.day["duplicates"]
    assert report.delivered == demo.day["delivered"]


def test_the_report_can_be_read_by_people(demo: Demo, tmp_path: Path) -> None:
    from rich.console import Console

    with (tmp_path / "story.txt").open("w+", encoding="utf-8") as file:
        console = Console(file=file, width=100)
        for part in demo.play(2).story:
            console.print(part)
        file.seek(0)
        text = file.read()
    assert "渝中" in text
    assert "已送达" in text
    assert "合成数据" in text
    assert "✗" not in text


def test_the_end_ctrl_c_leaves_nothing_running(demo: Demo) -> None:
    demo.process.send_signal(signal.SIGINT)
    assert demo.process.wait(LAST_SECONDS) == 0
    assert not [folder for folder in Path("/proc").glob("[0-9]*") if _runs_for(folder, demo.facts["dir"])]


def _runs_for(process: Path, directory: str) -> bool:
    try:
        return f"CHUANYU_DIR={directory}".encode() in (process / "environ").read_bytes().split(b"\0")
    except OSError:
        return False
