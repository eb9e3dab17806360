"""The gRPC edge: deadlines, callers, refusals and faults, on a real server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import grpc
import pytest
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from chuanyu.contracts.pb.recognition.v1 import recognition_pb2 as pb
from chuanyu.contracts.pb.recognition.v1.recognition_pb2_grpc import (
    RecognitionServiceServicer,
    RecognitionServiceStub,
    add_RecognitionServiceServicer_to_server,
)
from chuanyu.kernel import rpc
from chuanyu.kernel.faults import StoreAway, StoreMisused
from chuanyu.kernel.refusals import Kind, Refused


@dataclass(frozen=True)
class Finding:
    field: str
    code: str
    zh: str = "不对"
    en: str = "wrong"


class Servicer(RecognitionServiceServicer):
    """Does what the test tells it; answers with the caller's name."""

    act: Any = None

    async def CheckRecognition(self, request: pb.CheckRecognitionRequest, context: object) -> pb.CheckRecognitionResponse:
        if self.act:
            await self.act()
        return pb.CheckRecognitionResponse(request_digest=rpc.caller())


def identify(context: grpc.aio.ServicerContext) -> str:
    who = dict(context.invocation_metadata()).get("who")
    if who is None:
        raise Refused(Kind.UNAUTHENTICATED, [Finding("", "identity_missing")])
    return str(who)


@pytest.fixture
async def seen() -> list[tuple[str, str]]:
    return []


@pytest.fixture
async def servicer() -> Servicer:
    return Servicer()


@pytest.fixture
async def stub(servicer: Servicer, seen: list[tuple[str, str]]) -> AsyncIterator[RecognitionServiceStub]:
    missing = Refused(Kind.INVALID_ARGUMENT, [Finding("", "deadline_missing")])
    edge = rpc.Edge(identify, missing, cap_seconds=0.2, observe=lambda method, code, seconds: seen.append((method, code)))
    server = grpc.aio.server(interceptors=[edge])
    add_RecognitionServiceServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield RecognitionServiceStub(channel)
    await server.stop(None)


async def ask(stub: RecognitionServiceStub, *, who: str | None = "chengdu-amr", timeout: float | None = 5) -> pb.CheckRecognitionResponse:
    metadata = [("who", who)] if who else []
    return await stub.CheckRecognition(pb.CheckRecognitionRequest(), timeout=timeout, metadata=metadata)


async def refused(call: Any) -> tuple[str, str, dict[str, str], list[str]]:
    """Canonical code, reason, metadata and the fields of the violations of a call that fails."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    status = rpc_status.from_call(caught.value)
    info, bad = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
    for detail in status.details:
        detail.Unpack(info)
        detail.Unpack(bad)
    assert info.domain == "chuanyu"
    return caught.value.code().name, info.reason, dict(info.metadata), [one.field for one in bad.field_violations]


async def test_the_caller_is_known_to_the_method(stub: RecognitionServiceStub, seen: list[tuple[str, str]]) -> None:
    assert (await ask(stub)).request_digest == "chengdu-amr"
    assert seen == [("/chuanyu.recognition.v1.RecognitionService/CheckRecognition", "OK")]


async def test_nobody_is_refused_and_no_deadline_is_refused(stub: RecognitionServiceStub) -> None:
    assert (await refused(ask(stub, who=None)))[:2] == ("UNAUTHENTICATED", "IDENTITY_MISSING")
    assert (await refused(ask(stub, timeout=None)))[:2] == ("INVALID_ARGUMENT", "DEADLINE_MISSING")


async def test_every_violation_leaves_with_its_field(stub: RecognitionServiceStub, servicer: Servicer) -> None:
    async def act() -> None:
        raise Refused(Kind.FAILED_PRECONDITION, [Finding("a", "ambiguous_key"), Finding("b", "x")], {"cases": "s/1 c/1"})

    servicer.act = act
    assert await refused(ask(stub)) == ("FAILED_PRECONDITION", "AMBIGUOUS_KEY", {"cases": "s/1 c/1"}, ["a", "b"])


@pytest.mark.parametrize(
    ("error", "code", "reason"),
    [
        (StoreAway("host db1 is away"), "UNAVAILABLE", "STORE_AWAY"),
        (StoreMisused("syntax error at 张三"), "INTERNAL", "STORE_MISUSED"),
        (KeyError("张三"), "INTERNAL", "UNEXPECTED"),
    ],
    ids=["transient", "broken", "bug"],
)
async def test_p6_a_fault_leaves_with_its_code_and_without_its_text(
    stub: RecognitionServiceStub, servicer: Servicer, error: Exception, code: str, reason: str
) -> None:
    async def act() -> None:
        raise error

    servicer.act = act
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await ask(stub)
    assert "张三" not in (caught.value.details() or "") and "db1" not in (caught.value.details() or "")
    assert (await refused(ask(stub)))[:2] == (code, reason)


async def test_a_call_ends_at_the_cap_whatever_the_caller_allows(
    stub: RecognitionServiceStub, servicer: Servicer, seen: list[tuple[str, str]]
) -> None:
    servicer.act = asyncio.Event().wait
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await ask(stub, timeout=30)
    assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    assert seen[-1][1] == "DEADLINE_EXCEEDED"
