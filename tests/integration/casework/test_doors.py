"""The same cases through gRPC, REST and the command line."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import click
import grpc
import httpx
import orjson
import pytest
from click.testing import CliRunner
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse

from chuanyu.casework.api import CaseServicer
from chuanyu.casework.rest import answer_json, routes
from chuanyu.cli import case, connect, obligations
from chuanyu.contracts.pb.cases.v1 import cases_pb2 as pb
from chuanyu.contracts.pb.cases.v1.cases_pb2_grpc import CaseServiceStub, add_CaseServiceServicer_to_server
from chuanyu.domain.violations import violation
from chuanyu.kernel.refusals import Kind, Refused
from chuanyu.kernel.rpc import Edge
from kit.cases import CASE, NOON, YIBIN, Talk, result
from kit.reading import Clerk, Reader

DAY = 86_400_000


@pytest.fixture
async def address(clerk: Clerk) -> AsyncIterator[str]:
    missing = Refused(Kind.INVALID_ARGUMENT, [violation("deadline_missing", "")])
    server = grpc.aio.server(interceptors=[Edge(lambda context: Reader(), missing)])
    add_CaseServiceServicer_to_server(CaseServicer(clerk.desk), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    yield f"127.0.0.1:{port}"
    await server.stop(None)


@pytest.fixture
async def http(clerk: Clerk) -> AsyncIterator[httpx.AsyncClient]:
    async def refused(_: Request, error: Any) -> JSONResponse:
        return JSONResponse({"code": error.code}, 400)

    application = Starlette(routes=routes(clerk.desk), exception_handlers={Refused: refused})

    async def as_reader(scope: Any, receive: Any, send: Any) -> None:
        scope["member"] = Reader()
        await application(scope, receive, send)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(as_reader), base_url="https://node") as client:
        yield client


@pytest.fixture
def command_line(address: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs a command against the server, in a thread beside it."""
    caller = connect.Caller("coordinator", "sichuan", connect.places.default_directory(), address)
    caller.__dict__["channel"] = grpc.insecure_channel(address)
    monkeypatch.setattr(connect, "find", lambda *_: caller)

    async def run(command: click.Command, *arguments: str) -> Any:
        return await asyncio.to_thread(CliRunner().invoke, command, arguments, standalone_mode=False)

    return run


@pytest.fixture
def overdue(clerk: Clerk) -> Talk:
    """A failed sample nine days later: the disposal should have been started."""
    talk = Talk()
    clerk.hears(talk, talk.say("chongqing", result(), "r"))
    clerk.now = NOON + 9 * DAY
    return talk


async def test_grpc_and_rest_say_the_same(overdue: Talk, address: str, http: httpx.AsyncClient) -> None:
    async with grpc.aio.insecure_channel(address) as channel:
        stub = CaseServiceStub(channel)
        one = answer_json(await stub.GetCase(pb.GetCaseRequest(case_id=CASE), timeout=5))
        cases = answer_json(await stub.ListCases(pb.ListCasesRequest(filter={"open": True}), timeout=5))
        owed = answer_json(await stub.ListObligations(pb.ListObligationsRequest(filter={"authority": YIBIN}), timeout=5))
    assert (await http.get(f"/v1/cases/{CASE}")).json() == (await http.get(f"/v1/cases/{CASE.rpartition('/')[2]}")).json() == one
    assert (await http.get("/v1/cases", params={"filter.open": "true"})).json() == cases
    assert (await http.get("/v1/obligations", params={"filter.authority": YIBIN})).json() == owed
    assert one["events"][0]["data"]["product"]["name"] == cases["cases"][0]["title"] == owed["obligations"][0]["title"]
    assert one["freshness_seconds"] == owed["freshness_seconds"] == {"sichuan": 0.4, "chongqing": 2.1}


async def test_what_cannot_be_asked_is_refused_at_both_doors(address: str, http: httpx.AsyncClient) -> None:
    async with grpc.aio.insecure_channel(address) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await CaseServiceStub(channel).GetCase(pb.GetCaseRequest(case_id="chongqing/spotcheck/NONE"), timeout=5)
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND and "本节点无此案件" in caught.value.details()
    assert (await http.get("/v1/cases/NONE")).json() == {"code": "case_unknown"}
    assert (await http.get("/v1/obligations", params={"filter.nobody": "1"})).json() == {"code": "parameter_unknown"}
    assert (await http.get("/v1/cases", params={"page_size": "201"})).json() == {"code": "page_size_wrong"}


async def test_a_case_is_told_in_words_chinese_first(overdue: Talk, command_line: Any) -> None:
    told = await command_line(case.command, CASE)
    assert (told.exception, told.return_value) == (None, 0)
    for words in (
        "试验糕点", "须处置 must act：四川省宜宾市", "抽检结果 · chuanyu.spotcheck.result_reported.v1", "启动核查处置", "逾期",
        "按期办结 met in time", "自2026-09-29起", "依据待核实 · source to be checked", "sichuan  已送达 delivered：2026-09-29", "数据时效",
    ):  # fmt: skip
        assert words in told.stdout, words
    assert (await command_line(case.command, "show", CASE.rpartition("/")[2])).stdout == told.stdout
    shown = orjson.loads((await command_line(case.command, CASE, "--json")).stdout)
    assert shown["summary"]["case_id"] == CASE and shown["obligations"]


async def test_an_unknown_case_leaves_with_1_and_says_so(address: str, command_line: Any) -> None:
    told = await command_line(case.command, "NONE")
    assert isinstance(told.exception, connect.TurnedAway) and told.exception.code == "case_unknown"
    assert "本节点无此案件" in str(told.exception)
    assert "没有符合条件的案件" in (await command_line(case.command, "list")).stdout
    assert "没有符合条件的待办" in (await command_line(obligations.command)).stdout


async def test_obligations_are_told_to_people_programs_and_spreadsheets(overdue: Talk, command_line: Any, tmp_path: Path) -> None:
    told = (await command_line(obligations.command, "--division", YIBIN, "--overdue")).stdout
    assert "启动核查处置" in told and "已到期，尚待确认" in told and "四川省宜宾市" in told
    lines = [orjson.loads(line) for line in (await command_line(obligations.command, "--authority", YIBIN, "--json")).stdout.splitlines()]
    assert {one["authority"]["division"] for one in lines} == {YIBIN} and len(lines) == 3
    assert [one["rule"] for one in lines if one["late_seconds"]] == ["spotcheck_disposal_start", "spotcheck_disposal_control"][
        : len([one for one in lines if one["late_seconds"]])
    ]
    file = tmp_path / "owed.csv"
    assert "written to" in (await command_line(obligations.command, "--state", "all", "--csv", str(file))).stdout
    with file.open(encoding="utf-8-sig", newline="") as rows:
        table = list(csv.DictReader(rows))
    assert {row["case_id"] for row in table} == {CASE} and {row["state"] for row in table} == {"OPEN", "MET"}
    ahead = (await command_line(obligations.command, "--due-within", "200d", "--json")).stdout.splitlines()
    assert ahead and all(orjson.loads(line)["late_seconds"] is None for line in ahead)


@pytest.mark.parametrize("arguments", [["--due-within", "soon"], ["--due-within", "0d"], ["--limit", "0"], ["--state", "late"]], ids=str)
async def test_a_wrong_option_is_wrong_use(command_line: Any, arguments: list[str]) -> None:
    assert isinstance((await command_line(obligations.command, *arguments)).exception, click.UsageError)
