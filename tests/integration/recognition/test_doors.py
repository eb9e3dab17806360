"""The same answer through gRPC, REST and the command line."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

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

from chuanyu.cli import check, connect
from chuanyu.contracts.pb.recognition.v1 import recognition_pb2 as pb
from chuanyu.contracts.pb.recognition.v1.recognition_pb2_grpc import RecognitionServiceStub, add_RecognitionServiceServicer_to_server
from chuanyu.domain.violations import violation
from chuanyu.kernel.refusals import Kind, Refused
from chuanyu.kernel.rpc import Edge
from chuanyu.recognition.api import RecognitionServicer
from chuanyu.recognition.rest import answer_json, routes
from kit.asking import SAMPLE, USCC, Asker, View, result, sanction, withdrawn
from kit.cases import Talk

PROMISED = {"status", "reasons", "conditions", "evidence", "valid_until", "as_of", "freshness_seconds", "request_digest"}


@pytest.fixture
async def address(view: View) -> AsyncIterator[str]:
    missing = Refused(Kind.INVALID_ARGUMENT, [violation("deadline_missing", "")])
    server = grpc.aio.server(interceptors=[Edge(lambda context: Asker(), missing)])
    add_RecognitionServiceServicer_to_server(RecognitionServicer(view.desk), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    yield f"127.0.0.1:{port}"
    await server.stop(None)


@pytest.fixture
async def http(view: View) -> AsyncIterator[httpx.AsyncClient]:
    async def refused(_: Request, error: Any) -> JSONResponse:
        return JSONResponse({"code": error.code}, 400)

    application = Starlette(routes=routes(view.desk), exception_handlers={Refused: refused})

    async def as_asker(scope: Any, receive: Any, send: Any) -> None:
        scope["member"] = Asker()
        await application(scope, receive, send)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(as_asker), base_url="https://node") as client:
        yield client


async def test_grpc_and_rest_say_the_same(view: View, address: str, http: httpx.AsyncClient) -> None:
    view.hears(Talk().say("sichuan", result(level="NATIONAL")))
    async with grpc.aio.insecure_channel(address) as channel:
        asked = pb.CheckRecognitionRequest(sample={"sample_no": SAMPLE}, purpose="许可审查")
        called = answer_json(await RecognitionServiceStub(channel).CheckRecognition(asked, timeout=5))
    got = (await http.get("/v1/recognition:check", params={"sample.sample_no": SAMPLE, "purpose": "许可审查"})).json()
    assert got == called and got.keys() >= PROMISED
    assert got["status"] == "RECOGNISED" and got["freshness_seconds"] == {"sichuan": 0.4, "chongqing": 2.1}
    assert got["reasons"][0].keys() >= {"code", "zh", "en", "rule", "source", "source_certainty"}
    assert got["evidence"][0].keys() >= {"event_id", "case_id", "topic", "sequence", "occurred_at", "recorded_at", "digest"}
    assert got["valid_until"] == "2026-09-30T04:00:00.000Z" and got["as_of"] == "2026-09-29T04:00:00.000Z"


async def test_every_method_answers_over_both_doors(view: View, address: str, http: httpx.AsyncClient) -> None:
    talk = Talk()
    view.hears(talk.say("sichuan", result(verdict="FAILED")), talk.say("sichuan", sanction()))
    async with grpc.aio.insecure_channel(address) as channel:
        stub = RecognitionServiceStub(channel)
        sample = await stub.GetSpotCheck(pb.GetSpotCheckRequest(sample_no=SAMPLE), timeout=5)
        page = await stub.ListSpotChecks(pb.ListSpotChecksRequest(), timeout=5)
        standing = await stub.GetEnterpriseStanding(pb.GetEnterpriseStandingRequest(enterprise=USCC), timeout=5)
    assert sample.sample_no == page.spot_checks[0].sample_no == standing.failures[0].sample_no == SAMPLE
    got = (await http.get(f"/v1/spotChecks/{SAMPLE}")).json()
    assert got == (await http.get(f"/v1/spotChecks/sichuan/spotcheck/{SAMPLE}")).json()
    assert (await http.get("/v1/spotChecks", params={"filter.verdict": "FAILED"})).json()["spot_checks"] == [got]
    assert (await http.get(f"/v1/enterprises/{USCC}")).json()["sanctions"][0]["decision_no"] == "A-1"


async def test_what_cannot_be_asked_is_refused_at_both_doors(address: str, http: httpx.AsyncClient) -> None:
    async with grpc.aio.insecure_channel(address) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await RecognitionServiceStub(channel).CheckRecognition(pb.CheckRecognitionRequest(sample={"sample_no": "?"}), timeout=5)
    status, bad = rpc_status.from_call(caught.value), error_details_pb2.BadRequest()
    assert any(detail.Unpack(bad) for detail in status.details)
    assert (caught.value.code(), bad.field_violations[0].field) == (grpc.StatusCode.INVALID_ARGUMENT, "sample.sample_no")
    assert (await http.get("/v1/recognition:check", params={"sample.nothing": "1"})).json() == {"code": "parameter_unknown"}
    assert (await http.get("/v1/recognition:check")).json() == {"code": "question_missing"}


@pytest.fixture
def command_line(view: View, address: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs `chuanyu check …` against the server, in a thread beside it."""
    caller = connect.Caller("coordinator", "sichuan", connect.places.default_directory(), address)
    caller.__dict__["channel"] = grpc.insecure_channel(address)
    monkeypatch.setattr(connect, "find", lambda *_: caller)

    async def run(*arguments: str) -> Any:
        return await asyncio.to_thread(CliRunner().invoke, check.command, arguments, standalone_mode=False)

    return run


@pytest.mark.parametrize(
    ("facts", "arguments", "status", "exit_status"),
    [
        ([("r", result(level="NATIONAL"))], ["sample", SAMPLE], "RECOGNISED", 0),
        ([("r", result()), ("w", withdrawn("r"))], ["sample", SAMPLE], "NOT_RECOGNISED", 1),
        ([("r", result())], ["sample", SAMPLE], "CONDITIONAL", 4),
        ([], ["sample", SAMPLE], "UNKNOWN", 4),
        ([], ["report", "--cma", "202300140123", "--no", "SP-1"], "UNKNOWN", 4),
        ([], ["laboratory", "202300140123"], "UNKNOWN", 4),
        ([], ["certificate", "CCC", "2023010101234567"], "UNKNOWN", 4),
        ([("r", result())], ["product", "麻辣香肠", "--producer", USCC], "CONDITIONAL", 4),
        ([("s", sanction())], ["enterprise", USCC, "--on", "2026-09-29"], "CONDITIONAL", 4),
    ],
)
async def test_the_exit_status_is_the_answer(
    view: View, command_line: Any, facts: Any, arguments: list[str], status: str, exit_status: int
) -> None:
    talk = Talk()
    for word, event in facts:
        view.hears(talk.say("sichuan", event, word))
    told = await command_line(*arguments, "--json")
    assert told.exception is None, told.exception
    assert (told.return_value, orjson.loads(told.stdout)["status"]) == (exit_status, status)
    shown = await command_line(*arguments)
    assert shown.return_value == exit_status and f"({status})" in shown.stdout


async def test_people_see_what_is_still_to_be_checked(view: View, command_line: Any) -> None:
    view.hears(Talk().say("sichuan", result()))
    shown = (await command_line("sample", SAMPLE)).stdout
    assert "source to be checked" in shown and "LABORATORY_NOT_ON_RECORD" in shown and "检验机构资质未在册" in shown
