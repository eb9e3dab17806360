"""P6, S8, D14: the quarantine through gRPC, REST and the command line, cut to what its reader may see."""

from __future__ import annotations

import asyncio
from base64 import b64decode
from collections.abc import AsyncIterator
from typing import Any

import click
import grpc
import httpx
import orjson
import pytest
from click.testing import CliRunner
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse

from chuanyu.cli import connect, parked
from chuanyu.contracts.pb.quarantine.v1 import quarantine_pb2 as pb
from chuanyu.contracts.pb.quarantine.v1.quarantine_pb2_grpc import QuarantineServiceStub, add_QuarantineServiceServicer_to_server
from chuanyu.domain.violations import violation
from chuanyu.kernel.refusals import Kind, Refused
from chuanyu.kernel.rpc import Edge
from chuanyu.quarantine.api import QuarantineServicer
from chuanyu.quarantine.rest import answer_json, routes
from kit.quarantine import CONTACT, OPS, PHONE, Kept, Person, personal

CLEARED = Person(clearance="L3")


class Caller:
    """Who stands before the doors; a test changes it."""

    person: Person = OPS


@pytest.fixture
def caller() -> Caller:
    return Caller()


@pytest.fixture
async def address(three: Kept, caller: Caller) -> AsyncIterator[str]:
    missing = Refused(Kind.INVALID_ARGUMENT, [violation("deadline_missing", "")])
    server = grpc.aio.server(interceptors=[Edge(lambda context: caller.person, missing)])
    add_QuarantineServiceServicer_to_server(QuarantineServicer(three.warden.desk), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    yield f"127.0.0.1:{port}"
    await server.stop(None)


@pytest.fixture
async def http(three: Kept, caller: Caller) -> AsyncIterator[httpx.AsyncClient]:
    async def refused(_: Request, error: Any) -> JSONResponse:
        return JSONResponse({"code": error.code}, 400)

    application = Starlette(routes=routes(three.warden.desk), exception_handlers={Refused: refused})

    async def as_caller(scope: Any, receive: Any, send: Any) -> None:
        scope["member"] = caller.person
        await application(scope, receive, send)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(as_caller), base_url="https://node") as client:
        yield client


@pytest.fixture
def command_line(address: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs a command against the server, in a thread beside it."""
    asking = connect.Caller("ops", "sichuan", connect.places.default_directory(), address)
    asking.__dict__["channel"] = grpc.insecure_channel(address)
    monkeypatch.setattr(connect, "find", lambda *_: asking)
    monkeypatch.setattr(parked, "_WAIT_SECONDS", 0.0)

    async def run(*arguments: str) -> Any:
        return await asyncio.to_thread(CliRunner().invoke, parked.command, arguments, standalone_mode=False)

    return run


async def test_p6_a_persons_data_leave_by_no_way_out(three: Kept, caller: Caller, http: httpx.AsyncClient) -> None:
    """Ops are cleared for L1 by default: whatever the record is, whatever door, list or single."""
    doors = ["/v1/parked", "/v1/parked?filter.settled=false", *(f"/v1/parked/{number}" for number in (1, 2, 3))]
    for clearance, shown in (("L1", False), ("L2", False), ("L3", True)):
        caller.person = Person(clearance=clearance)
        answers = [await http.get(door) for door in doors]
        bytes_shown = [b64decode(told["content"]["value"]).decode(errors="replace") for told in (each.json() for each in answers[2:])]
        text = "".join([*(each.text for each in answers), *bytes_shown])
        for secret in (CONTACT, PHONE):
            assert (secret in text) == shown, (clearance, secret)
            assert (secret in "".join(bytes_shown)) == shown, (clearance, secret)
        assert "138****5678" in text or shown


async def test_p6_what_nobody_can_read_is_shown_to_those_who_may_read_anything(http: httpx.AsyncClient, caller: Caller) -> None:
    told = (await http.get("/v1/parked/2")).json()
    assert (told["content"]["unreadable"], told["content"]["withheld"], told["content"]["value"]) == ("record_malformed", "clearance", "")
    assert told["sequence"] is None, "no valid seal vouches for it"
    caller.person = CLEARED
    told = (await http.get("/v1/parked/2")).json()
    assert b64decode(told["content"]["value"]) == b"junk " + PHONE.encode()
    assert "ce_type" in {header["name"] for header in told["content"]["headers"]}


async def test_p6_a_restricted_notice_is_shown_to_nobody_here(http: httpx.AsyncClient, caller: Caller) -> None:
    caller.person = Person(clearance="L4")
    told = (await http.get("/v1/parked/3")).json()
    assert (told["content"]["data"], told["content"]["value"], told["content"]["withheld"]) == (None, "", "restricted")


async def test_p6_the_original_bytes_are_the_record_as_it_was_read(three: Kept, caller: Caller, http: httpx.AsyncClient) -> None:
    caller.person = CLEARED
    told = (await http.get("/v1/parked/1")).json()["content"]
    row = three.connection.execute("SELECT key, value FROM bus.parked WHERE id = 1").fetchone()
    assert row and (b64decode(told["key"]), b64decode(told["value"])) == (bytes(row[0]), bytes(row[1]))
    assert told["data"]["sampled_unit"]["party"]["contact"] == CONTACT
    assert (told["type"], told["source"]) == ("chuanyu.spotcheck.result_reported.v1", "/chongqing/amr")


async def test_a_day_that_no_calendar_has_cannot_be_read_and_disturbs_nobody(three: Kept) -> None:
    from msgspec.structs import replace

    from chuanyu.kernel.faults import RuleViolated

    event = personal("chongqing/spotcheck/X4")
    three.park(replace(event, sampling=replace(event.sampling, taken_on=2**31 - 1)), RuleViolated("no"))
    told = await three.warden.get(4, CLEARED)
    assert (told.content.unreadable, told.content.data) == ("record_malformed", "") and told.content.value


async def test_grpc_and_rest_say_and_do_the_same(three: Kept, address: str, http: httpx.AsyncClient) -> None:
    async with grpc.aio.insecure_channel(address) as channel:
        stub = QuarantineServiceStub(channel)
        listed = answer_json(await stub.ListParked(pb.ListParkedRequest(filter={"code": "rule_violated"}), timeout=5))
        one = answer_json(await stub.GetParked(pb.GetParkedRequest(parked_id=1), timeout=5))
        page = await stub.ListParked(pb.ListParkedRequest(page_size=2), timeout=5)
        rest = await stub.ListParked(pb.ListParkedRequest(page_size=2, page_token=page.next_page_token), timeout=5)
    assert [each.parked_id for each in (*page.records, *rest.records)] == [1, 2, 3] and not rest.next_page_token
    assert (await http.get("/v1/parked", params={"filter.code": "rule_violated"})).json() == listed
    assert (await http.get("/v1/parked/1")).json() == one
    wish = {"parked_ids": [1], "reason": "已核实", "validate_only": True}
    rehearsed = (await http.post("/v1/parked:release", json=wish)).json()
    assert rehearsed["decisions"][0]["outcome"] == "ACCEPTED" and rehearsed["decisions"][0]["event_id"] is None
    done = (await http.post("/v1/parked:discard", json=wish | {"validate_only": False})).json()
    assert done["decisions"][0]["event_id"]
    late = (await http.post("/v1/parked:release", json=wish)).json()
    assert late["decisions"][0]["violations"][0]["code"] == "parked_decided"
    assert "ops" in late["decisions"][0]["violations"][0]["zh"]


@pytest.mark.parametrize(
    ("method", "path", "body", "code"),
    [
        ("GET", "/v1/parked/99", None, "parked_unknown"),
        ("GET", "/v1/parked?filter.nobody=1", None, "parameter_unknown"),
        ("GET", "/v1/parked?page_size=201", None, "page_size_wrong"),
        ("GET", "/v1/parked?page_token=x", None, "page_token_wrong"),
        ("GET", "/v1/parked?filter.code=%00", None, "control_character"),
        ("POST", "/v1/parked:release", b"{", "body_malformed"),
        ("POST", "/v1/parked:release", b"[1]", "request_malformed"),
        ("POST", "/v1/parked:release", b'{"nobody": 1}', "request_malformed"),
        ("POST", "/v1/parked:release", b" " * 70_000, "request_too_large"),
        ("POST", "/v1/parked:discard", b'{"parked_ids": [1]}', "reason_wrong"),
    ],
)
async def test_what_cannot_be_asked_is_refused(http: httpx.AsyncClient, method: str, path: str, body: bytes | None, code: str) -> None:
    assert (await http.request(method, path, content=body)).json() == {"code": code}


async def test_s8_without_the_role_every_door_is_closed(three: Kept, address: str, http: httpx.AsyncClient, caller: Caller) -> None:
    caller.person = Person("coordinator", "L4", frozenset({"coordinator"}))
    for path in ("/v1/parked", "/v1/parked/1"):
        assert (await http.get(path)).json() == {"code": "role_missing"}
    for act in ("release", "discard"):
        assert (await http.post(f"/v1/parked:{act}", json={"parked_ids": [1], "reason": "x"})).json() == {"code": "role_missing"}
    async with grpc.aio.insecure_channel(address) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await QuarantineServiceStub(channel).ReleaseParked(pb.ReleaseParkedRequest(parked_ids=[1], reason="x"), timeout=5)
    info = error_details_pb2.ErrorInfo()
    status = rpc_status.from_call(caught.value)
    assert status and any(each.Unpack(info) for each in status.details) and info.reason == "ROLE_MISSING"
    assert caught.value.code() is grpc.StatusCode.PERMISSION_DENIED and "运维岗位" in caught.value.details()
    assert three.connection.execute("SELECT count(*) FROM bus.act").fetchone() == (0,)


async def test_the_command_lists_and_shows_chinese_first(command_line: Any, caller: Caller) -> None:
    told = await command_line("list")
    assert (told.exception, told.return_value) == (None, 0)
    for words in ("编号 no.", "chongqing/spotcheck/X2", "seal_invalid", "待处置 parked", "共3条 · 3 records"):
        assert words in told.stdout, words
    lines = [orjson.loads(line) for line in (await command_line("list", "--code", "seal_invalid", "--json")).stdout.splitlines()]
    assert [line["parked_id"] for line in lines] == [2]
    assert "隔离区没有这样的记录" in (await command_line("list", "--case", "nobody")).stdout
    shown = (await command_line("show", "1")).stdout
    assert "自称 claims to be：chuanyu.spotcheck.result_reported.v1" in shown and "138****5678" in shown and "未予显示" in shown
    caller.person = CLEARED
    assert "6a 75 6e 6b 20 31 33 38" in (await command_line("show", "2")).stdout
    missing = await command_line("show", "99")
    assert isinstance(missing.exception, connect.TurnedAway) and missing.exception.code == "parked_unknown"


async def test_a_dry_run_says_what_would_follow_and_changes_nothing(three: Kept, command_line: Any) -> None:
    told = await command_line("discard", "--code", "seal_invalid", "--reason", "伪造", "--dry-run")
    assert told.return_value == 0
    for words in ("编号 no. 2", "试算 would", "此记录永不办理", "不占次序", "什么也没有改变"):
        assert words in told.stdout, words
    assert three.connection.execute("SELECT count(*) FROM bus.act").fetchone() == (0,)


async def test_the_command_decides_and_its_status_says_whether_all_went_well(three: Kept, command_line: Any) -> None:
    done = await command_line("discard", "2", "3", "--reason", "确认伪造")
    assert (done.exception, done.return_value) == (None, 0)
    assert "受理2，重复0，拒绝0条" in done.stdout and "其中2条尚待部件执行" in done.stdout
    again = await command_line("discard", "2", "3", "--reason", "确认伪造", "--json")
    assert again.return_value == 0 and {orjson.loads(line)["outcome"] for line in again.stdout.splitlines()} == {"DUPLICATE"}
    other = await command_line("release", "1", "2", "77", "--reason", "已核实")
    assert other.return_value == 1
    assert "正待执行" in other.stdout and "没有编号77" in other.stdout and "受理1，重复0，拒绝2条" in other.stdout
    acts = three.connection.execute("SELECT parked, act, by, reason FROM bus.act ORDER BY parked").fetchall()
    assert acts == [(1, "RELEASE", "ops", "已核实"), (2, "DISCARD", "ops", "确认伪造"), (3, "DISCARD", "ops", "确认伪造")]
    assert "DISCARD" in str(three.warden.log)


@pytest.mark.parametrize(
    "arguments",
    [["release", "1"], ["release", "--reason", "x"], ["discard", "1", "--code", "c", "--reason", "x"], ["show", "0"], ["discard", "x"]],
    ids=str,
)
async def test_wrong_use_is_told_before_anything_is_asked(command_line: Any, arguments: list[str]) -> None:
    assert isinstance((await command_line(*arguments)).exception, click.UsageError)


async def test_s8_the_command_without_the_role_says_whom_to_ask(command_line: Any, caller: Caller) -> None:
    caller.person = Person("coordinator", "L3", frozenset())
    told = await command_line("list")
    assert isinstance(told.exception, connect.TurnedAway) and "运维岗位" in str(told.exception)
