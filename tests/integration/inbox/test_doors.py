"""The same inbox through gRPC, REST and the command line."""

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

from chuanyu.cli import connect, inbox
from chuanyu.contracts.pb.inbox.v1 import inbox_pb2 as pb
from chuanyu.contracts.pb.inbox.v1.inbox_pb2_grpc import InboxServiceStub, add_InboxServiceServicer_to_server
from chuanyu.domain.violations import violation
from chuanyu.inbox.api import InboxServicer
from chuanyu.inbox.rest import answer_json, routes
from chuanyu.kernel.refusals import Kind, Refused
from chuanyu.kernel.rpc import Edge
from kit.cases import CASE, Talk, named, result
from kit.inbox import YIBIN_AMR, Post


@pytest.fixture
async def address(box: Post) -> AsyncIterator[str]:
    missing = Refused(Kind.INVALID_ARGUMENT, [violation("deadline_missing", "")])
    server = grpc.aio.server(interceptors=[Edge(lambda context: YIBIN_AMR, missing, cap_seconds=0.5)])
    add_InboxServiceServicer_to_server(InboxServicer(box.desk), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    yield f"127.0.0.1:{port}"
    await server.stop(None)


@pytest.fixture
async def http(box: Post) -> AsyncIterator[httpx.AsyncClient]:
    async def refused(_: Request, error: Any) -> JSONResponse:
        return JSONResponse({"code": error.code}, 400)

    application = Starlette(routes=routes(box.desk), exception_handlers={Refused: refused})

    async def as_member(scope: Any, receive: Any, send: Any) -> None:
        scope["member"] = YIBIN_AMR
        await application(scope, receive, send)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(as_member), base_url="https://node") as client:
        yield client


@pytest.fixture
def command_line(address: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs a command against the server, in a thread beside it."""
    caller = connect.Caller("yibin-amr", "sichuan", connect.places.default_directory(), address)
    caller.__dict__["channel"] = grpc.insecure_channel(address)
    monkeypatch.setattr(connect, "find", lambda *_: caller)

    async def run(*arguments: str) -> Any:
        return await asyncio.to_thread(CliRunner().invoke, inbox.command, arguments, standalone_mode=False)

    return run


@pytest.fixture
def heard(box: Post) -> Talk:
    """A failed sample."""
    talk = Talk()
    box.hears(talk, talk.say("chongqing", result(), "r"))
    return talk


async def test_grpc_and_rest_say_the_same(heard: Talk, address: str, http: httpx.AsyncClient) -> None:
    async with grpc.aio.insecure_channel(address) as channel:
        told = answer_json(await InboxServiceStub(channel).ListDeliveries(pb.ListDeliveriesRequest(), timeout=5))
    assert (await http.get("/v1/inbox")).json() == told
    (one,) = told["deliveries"]
    assert (await http.get("/v1/inbox", params={"after": told["next"], "wait": "1"})).json() == {"deliveries": [], "next": told["next"]}
    assert one["obligations"][0]["to_do"] == {"zh": "启动核查处置", "en": "start 核查处置"} and one["event"]["id"] == str(named("r"))


@pytest.mark.parametrize("outcome", ["MEASURE_TAKEN", "已发现已处置"], ids=str)
async def test_rest_takes_an_acknowledgement_by_symbol_or_by_the_chinese_term(
    box: Post, heard: Talk, http: httpx.AsyncClient, outcome: str
) -> None:
    (one,) = (await http.get("/v1/inbox")).json()["deliveries"]
    body = {"delivery_ids": [one["delivery_id"]], "outcome": outcome, "note": "已下架"}
    (first,) = (await http.post("/v1/inbox:acknowledge", json=body)).json()["results"]
    (again,) = (await http.post("/v1/inbox:acknowledge", json=body)).json()["results"]
    assert (first["outcome"], again["outcome"]) == ("accepted", "duplicate")
    assert first["receipt_event_ids"] == again["receipt_event_ids"] == [str(box.said()[-1].event_id)]
    assert (await http.get("/v1/inbox")).json()["deliveries"] == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "body_malformed"),
        (b"[]", "request_malformed"),
        (b'{"ids": ["x"], "outcome": "NOTED"}', "request_malformed"),
        (b'{"delivery_ids": ["x"], "outcome": "DONE"}', "outcome_wrong"),
    ],
    ids=str,
)
async def test_what_is_no_acknowledgement_is_refused(http: httpx.AsyncClient, body: bytes, code: str) -> None:
    assert (await http.post("/v1/inbox:acknowledge", content=body)).json() == {"code": code}
    assert (await http.get("/v1/inbox", params={"nobody": "1"})).json() == {"code": "parameter_unknown"}


async def test_a_stream_tells_what_is_there_then_what_comes_longer_than_one_call_may_take(box: Post, heard: Talk, address: str) -> None:
    with box.handing_out():
        async with grpc.aio.insecure_channel(address) as channel:
            stream = InboxServiceStub(channel).WatchDeliveries(pb.WatchDeliveriesRequest(), timeout=60)
            first = await stream.read()
            await asyncio.sleep(0.7)  # the cap of a call has passed
            await asyncio.to_thread(box.clerk.hears, heard, heard.say("chongqing", result(case=f"{CASE}9"), "later"))
            second = await stream.read()
            stream.cancel()
            again = InboxServiceStub(channel).WatchDeliveries(pb.WatchDeliveriesRequest(after=first.cursor), timeout=60)
            assert (await again.read()).delivery_id == second.delivery_id
            again.cancel()
    assert [first.event.id, second.event.id] == [str(named("r")), str(named("later"))]


async def test_the_command_line_tells_people_programs_and_spreadsheets(heard: Talk, command_line: Any, tmp_path: Path) -> None:
    told = await command_line("list")
    assert (told.exception, told.return_value) == (None, 0)
    for words in ("须处置 must act", "抽检结果", "启动核查处置", "2026-10-04 23:59:59", CASE, "共1件未签收"):
        assert words in told.stdout, words
    (one,) = [orjson.loads(line) for line in (await command_line("list", "--json")).stdout.splitlines()]
    assert (one["why"], one["event"]["subject"]) == ("flagged", CASE)
    file = tmp_path / "inbox.csv"
    assert "written to" in (await command_line("list", "--csv", str(file))).stdout
    with file.open(encoding="utf-8-sig", newline="") as rows:
        table = list(csv.DictReader(rows))
    assert [row["rule"] for row in table] == [f"spotcheck_disposal_{step}" for step in ("start", "control", "finish")]
    assert {(row["delivery_id"], row["why"], row["case_id"]) for row in table} == {(one["delivery_id"], "flagged", CASE)}
    done = await command_line("ack", one["delivery_id"], "--outcome", "noted")
    assert done.return_value == 0 and "已签收 accepted" in done.stdout and "回执 receipt" in done.stdout
    assert "已签收过" in (await command_line("ack", one["delivery_id"], "--outcome", "noted")).stdout
    assert "没有未签收的消息" in (await command_line("list")).stdout


async def test_an_unknown_delivery_leaves_with_1_and_a_wrong_option_is_wrong_use(address: str, command_line: Any) -> None:
    told = await command_line("ack", "nonsense", "--outcome", "NOTED")
    assert told.return_value == 1 and "收件箱中没有编号nonsense" in told.stdout
    assert isinstance((await command_line("ack", "x", "--outcome", "DONE")).exception, click.UsageError)
    assert isinstance((await command_line("ack", "--outcome", "NOTED")).exception, click.UsageError)
