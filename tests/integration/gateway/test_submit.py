"""`chuanyu submit` against a real door: what it prints, how it leaves."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from chuanyu.cli import connect, submit
from chuanyu.cli.connect import NodeAway, TurnedAway
from kit import said

from .conftest import Doors
from .test_doors import structured


@pytest.fixture
def home(doors: Doors) -> Path:
    """A directory as `up` leaves it, for chengdu-amr and for wanzhou-amr, who is no member here."""
    (doors.folder / "ca.pem").write_bytes(doors.authority.certificate_file.read_bytes())
    for name in ("chengdu-amr", "wanzhou-amr"):
        doors.authority.client(doors.folder / "members" / name, name, f"chuanyu:member:{name}")
        (doors.folder / "members" / name / "token").write_text(doors.token(name).removeprefix("Bearer "))
    return doors.folder


async def run(home: Path, doors: Doors, body: str | bytes, *more: str, name: str = "chengdu-amr") -> Result:
    arguments = ["-", "--as", name, "--dir", str(home), "--at", f"127.0.0.1:{doors.grpc}", *more]
    return await asyncio.to_thread(CliRunner().invoke, submit.command, arguments, body, standalone_mode=False)


def told(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


async def test_one_event_is_accepted_and_again_a_duplicate(home: Path, doors: Doors) -> None:
    body = json.dumps(structured(said.result(id="x-1")), ensure_ascii=False)
    first, again = await run(home, doors, body, "--json"), await run(home, doors, body, "--json")
    assert (first.return_value, again.return_value) == (0, 0)
    assert [told(each)[0]["outcome"] for each in (first, again)] == ["accepted", "duplicate"]
    assert told(first)[0]["event_id"] == told(again)[0]["event_id"] and told(first)[0]["submission_id"] == "x-1"


async def test_a_batch_or_an_event_a_line_without_id_and_source(home: Path, doors: Doors) -> None:
    bare = [{name: value for name, value in structured(said.result(number)).items() if name in ("type", "data")} for number in _NUMBERS]
    for body in (json.dumps(bare), "\n".join(map(json.dumps, bare))):
        result = await run(home, doors, body, "--json")
        assert [one["outcome"] for one in told(result)][-1] in ("accepted", "duplicate") and len(told(result)) == 3
    assert [one["outcome"] for one in told(result)] == ["duplicate"] * 3


async def test_more_than_a_batch_goes_in_several(home: Path, doors: Doors) -> None:
    events = [structured(said.result(f"XBJ2651000032{n:04d}")) for n in range(620)]
    result = await run(home, doors, json.dumps(events), "--json")
    assert len(told(result)) == 620 and {one["outcome"] for one in told(result)} == {"accepted"}


async def test_a_refusal_is_told_in_both_languages_and_leaves_with_1(home: Path, doors: Doors) -> None:
    result = await run(home, doors, json.dumps(structured(said.result("?"))))
    assert result.return_value == 1
    assert "sampling.sample_no" in result.stdout and "抽样编号格式不符" in result.stdout and "sample_no_malformed" in result.stdout


async def test_only_checking_sends_nothing_and_needs_no_bus(home: Path, doors: Doors) -> None:
    events = json.dumps([structured(said.result()), structured(said.result("?"))])
    arguments = ["-", "--as", "chengdu-amr", "--dir", str(home), "--check", "--json"]
    result = CliRunner().invoke(submit.command, arguments, events, standalone_mode=False)
    assert result.return_value == 1
    assert [one["outcome"] for one in told(result)] == ["accepted", "refused"]
    sent = await run(home, doors, json.dumps(structured(said.result())), "--json")
    assert told(sent)[0]["outcome"] == "accepted"


async def test_s1_who_is_no_member_here_is_turned_away(home: Path, doors: Doors) -> None:
    result = await run(home, doors, json.dumps(structured(said.result())), name="wanzhou-amr")
    assert isinstance(result.exception, TurnedAway) and result.exception.code == "member_unknown"


async def test_a_node_that_gives_no_answer_is_away(home: Path, doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connect, "ANSWER_SECONDS", 1.5)
    caller = connect.Caller("chengdu-amr", "sichuan", home, "127.0.0.1:1")
    with pytest.raises(NodeAway):
        await asyncio.to_thread(caller.events().submit, [structured(said.result())])


def test_the_node_of_a_caller_is_that_of_his_token(home: Path) -> None:
    assert connect.find("chengdu-amr", directory=home).node == "sichuan"
    assert connect.find("chengdu-amr", "chongqing", home).node == "chongqing"
    assert (connect.find(directory=home).name, connect.find(directory=home).node) == ("coordinator", "sichuan")


_NUMBERS = ("XBJ26510000300001", "XBJ26510000300002", "XBJ26510000300003")
