"""`chuanyu contracts`: every fault with its place, the exit status, and documents that programs can read."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import click
import pytest

from chuanyu.cli.contracts import command
from chuanyu.contracts.registry import BY_TYPE
from kit.law import CONTRACTS, Law


def run(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[Any, str, str]:
    """(exit status, standard output, standard error)."""
    status = command.main(list(arguments), standalone_mode=False)
    out, err = capfd.readouterr()
    return status, out, err


def test_the_law_of_the_checkout_is_in_order(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(capfd, "check")[:2] == (0, "The contracts keep all rules.\n")
    assert run(capfd, "check", "--json") == (0, "", "")


def test_every_fault_is_printed_with_its_place_and_what_to_do(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    law = Law(tmp_path)
    for event in ("recall/notice_issued", "case/withdrawn"):
        law.change(f"{event}/1.avsc", lambda schema: schema["fields"][-1].pop("doc"))
    status, out, err = run(capfd, "check", "--tree", str(law.root))
    assert (status, err) == (1, "4 faults.\n")
    assert re.search(r"^case/withdrawn/1.avsc#public_note: has no doc .* \[doc\]\. Write ", out, re.MULTILINE)
    status, out, _ = run(capfd, "check", "--tree", str(law.root), "--json")
    assert status == 1
    assert {json.loads(line)["code"] for line in out.splitlines()} == {"doc", "schema_changed"}


def test_nothing_is_generated_while_a_fault_is_left(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    law = Law(tmp_path)
    law.change("recall/notice_issued/1.avsc", lambda schema: schema["fields"].pop())
    into = tmp_path / "classes"
    before = {path.name: path.read_bytes() for path in CONTRACTS.glob("*.*")}
    for target in (["--into", str(into)], []):
        status, out, _ = run(capfd, "generate", "--tree", str(law.root), *target)
        assert status == 1
        assert "schema_changed" in out
    assert not into.exists()
    assert {path.name: path.read_bytes() for path in CONTRACTS.glob("*.*")} == before


def test_contracts_are_listed(capfd: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capfd, "show", "--json")
    assert status == 0
    assert [json.loads(line)["type"] for line in out.splitlines()] == list(BY_TYPE)


@pytest.mark.parametrize(
    "word", ["chuanyu.recall.notice_issued.v1", "recall.notice_issued", "recall/notice_issued", "notice_issued", "NoticeIssued"]
)
def test_a_contract_is_found_by_any_of_its_names(capfd: pytest.CaptureFixture[str], word: str) -> None:
    status, out, _ = run(capfd, "show", word)
    assert status == 0
    assert re.search(r"^products\[\]\.batches\.produced_from\s+L1\s+date\?\s+生产日期起 · ", out, re.MULTILINE)
    assert json.loads(run(capfd, "show", word, "--json")[1])["name"] == "NoticeIssued"


def test_a_template_of_what_adds_to_a_case_names_the_case_and_of_what_opens_one_does_not(capfd: pytest.CaptureFixture[str]) -> None:
    for event, named in (("follow_up_added", True), ("case_closed", True), ("disposal_updated", True), ("result_reported", False)):
        head = json.loads(run(capfd, "show", event, "--template")[1])["data"]["head"]
        assert ("case_id" in head) is named, event


def test_a_template_is_a_cloudevent_to_fill_in(capfd: pytest.CaptureFixture[str]) -> None:
    event = json.loads(run(capfd, "show", "withdrawn", "--template")[1])
    assert event["type"] == "chuanyu.case.withdrawn.v1"
    assert event["data"]["basis"] == "RETEST_OVERTURNED|MISTAKEN|EVIDENCE_LACKING|DECISION_REVOKED"
    assert "case_id" not in event["data"]["head"]


def test_an_unknown_event_or_tree_is_wrong_use(tmp_path: Path) -> None:
    for arguments in (["show", "notice_issue"], ["check", "--tree", str(tmp_path / "nowhere")]):
        with pytest.raises(click.UsageError):
            command.main(arguments, standalone_mode=False)
