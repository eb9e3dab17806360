"""A newcomer starts the bus with its sample day, other days follow on the same bus, and at the end everything is stopped."""

from __future__ import annotations

import datetime as dt
import json
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from chuanyu import sample
from chuanyu.casework.rest import answer_json
from chuanyu.cli.connect import Caller, TurnedAway
from chuanyu.contracts.pb.cases.v1 import cases_pb2 as pb
from chuanyu.contracts.pb.cases.v1.cases_pb2_grpc import CaseServiceStub
from chuanyu.domain.dates import SHANGHAI
from chuanyu.embedded.demo import DemoReport
from chuanyu.sample.day import Day, generate
from chuanyu.sample.sides import PROVINCES, SIDES
from chuanyu.sample.truth import Sample
from kit.up import free_base

LAST_SECONDS = 60.0


@dataclass
class Demo:
    """`chuanyu up --demo --json` while it stays up. facts: its first line, day: its second."""

    process: subprocess.Popen[str]
    facts: dict[str, Any]
    day: dict[str, Any]

    @property
    def truth(self) -> Day:
        """What is so, as its generator knows; drawn for the day on which its bus was told it."""
        on = dt.datetime.fromtimestamp((Path(self.facts["dir"]) / "up.json").stat().st_mtime, SHANGHAI).date()
        return generate(self.day["seed"], on)

    def ask(self, node: str, method: str, request: Any, name: str | None = None) -> dict[str, Any]:
        """What a node's CaseService answers, to its province's authority unless another is named."""
        caller = Caller(name or f"{node}-amr", node, Path(self.facts["dir"]), self.facts["nodes"][node]["grpc"])
        try:
            return answer_json(caller.ask(lambda channel: getattr(CaseServiceStub(channel), method), request))
        finally:
            caller.channel.close()

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """One command on this bus, as a person types it."""
        command = [sys.executable, "-m", "chuanyu", *arguments, "--dir", self.facts["dir"]]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

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


def wrong(case: Mapping[str, Any], sample: Sample, *, withdrawn: bool) -> list[str]:
    """What a case says otherwise than the truth of its sample."""
    summary, owed = case["summary"], case["obligations"]
    flagged = {one["authority"]["division"] for one in summary["flagged"]}
    open_duties = {one["authority"]["division"] for one in owed if one["state"] == "OPEN"}
    notices = {one["timeliness"] for one in owed if one["rule"] == "spotcheck_cross_province_notice"}
    told = "IN_TIME" if sample.producer_province in PROVINCES else "RUNNING"  # a province that is not on the bus is told by other means
    failed = sample.verdict == "FAILED" and not withdrawn
    held = {
        "standing": summary["standing"] == ("WITHDRAWN" if withdrawn else "STANDS"),
        "stage": withdrawn or summary["stage"] == sample.verdict,
        "flagged": withdrawn or flagged == set(sample.flagged),
        "open": summary["open"] is failed,
        "owed": open_duties == (set(sample.flagged) if failed else set()),
        "noticed": withdrawn or notices == ({told} if failed and sample.crosses else set()),
        "received": summary["receipts_outstanding"] == 0,
        "title": bool(summary["title"]),
        "sure": not case["notices"] and not summary["held"],
        "explained": all(one["explained"]["zh"] and one["source"]["zh"] for one in owed if one["due_at"]),
        "not late": all(one["late_seconds"] is None for one in owed),
    }
    return [f"{summary['case_id']}: {name}" for name, fine in held.items() if not fine]


def test_p7_every_case_of_the_day_reads_right_at_both_nodes(demo: Demo) -> None:
    """By the generator's truth: standing, who must act, what is open, the notice answered, every receipt in; both nodes say the same."""
    day, told = demo.truth, {}
    for side in SIDES:
        cases = {number: demo.ask(side.node, "GetCase", pb.GetCaseRequest(key=number)) for number in day.standing()}
        assert [
            said
            for number, sample in day.standing().items()
            for said in wrong(cases[number], sample, withdrawn=number == day.withdrawn.number)
        ] == []
        told[side.node] = {
            number: {name: part for name, part in case.items() if name not in ("as_of", "freshness_seconds")}
            for number, case in cases.items()
        }
    assert told["sichuan"] == told["chongqing"] and len(told["sichuan"]) > 80


def test_p7_the_lists_of_both_nodes_hold_what_the_cases_say(demo: Demo) -> None:
    """Every open duty of the day stands in the list of obligations, once, most urgent first; nobody is late on the first day."""
    day = demo.truth
    failed = [one for one in day.standing().values() if one.verdict == "FAILED" and one.number != day.withdrawn.number]
    for side in SIDES:
        rows, token = [], ""
        while True:
            asked = pb.ListObligationsRequest(
                page_size=50, page_token=token, filter={"family": "spotcheck", "state": "OBLIGATION_STATE_OPEN"}
            )
            page = demo.ask(side.node, "ListObligations", asked)
            rows, token = rows + page["obligations"], page["next_page_token"]
            if not token:
                break
        assert {(one["case_id"].rpartition("/")[2], one["authority"]["division"]) for one in rows} == {
            (one.number, code) for one in failed for code in one.flagged
        }
        assert len({one["obligation_id"] for one in rows}) == len(rows)
        assert [one["due_at"] for one in rows] == sorted(one["due_at"] for one in rows)
        overdue = demo.ask(side.node, "ListObligations", pb.ListObligationsRequest(filter={"overdue": True}))
        assert overdue["obligations"] == [] and overdue["notices"] == []


def test_p7_a_person_reads_the_walk_of_the_failed_sample_on_the_command_line(demo: Demo) -> None:
    day = demo.truth
    for node in ("sichuan", "chongqing"):
        told = demo.command("case", day.hero.number, "--node", node)
        assert told.returncode == 0, told.stderr
        assert "渝中区" in told.stdout and "按期办结 met in time" in told.stdout and "已送达 delivered" in told.stdout
        lines = demo.command("obligations", "--mine", "--as", f"{node}-amr", "--json").stdout.splitlines()
        digits = "51" if node == "sichuan" else "50"
        assert lines and all(json.loads(line)["authority"]["division"].startswith(digits) for line in lines)
    unknown = demo.command("case", day.unknown)
    assert (unknown.returncode, unknown.stdout) == (1, "") and "本节点无此案件" in unknown.stderr


def test_p6_the_operator_reads_no_case(demo: Demo) -> None:
    with pytest.raises(TurnedAway, match="L2"):
        demo.ask("sichuan", "ListCases", pb.ListCasesRequest(), "ops")


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
