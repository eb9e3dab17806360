"""REST: the same questions as GET requests, parameters named as the gRPC request's fields (`sample.sample_no`, `filter.verdict`)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import orjson
from google.protobuf.message import Message
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chuanyu.contracts.pb.recognition.v1 import recognition_pb2 as pb
from chuanyu.domain.violations import violation
from chuanyu.kernel.refusals import Kind, Refused
from chuanyu.kernel.transcode import ParameterWrong, from_query, to_json
from chuanyu.recognition.api import Desk

ANSWER_SECONDS = 10.0
M = TypeVar("M", bound=Message)


def routes(desk: Desk) -> list[Route]:
    """What the REST door mounts; the caller stands in `request.scope["member"]`. Handlers raise Refused, Fault and TimeoutError."""

    async def check(request: Request) -> Response:
        return await _answer(desk.check(_asked(pb.CheckRecognitionRequest, request), request.scope["member"]), answer_json)

    async def spot_checks(request: Request) -> Response:
        return await _answer(desk.list_spot_checks(_asked(pb.ListSpotChecksRequest, request), request.scope["member"]), answer_json)

    async def spot_check(request: Request) -> Response:
        key = request.path_params["key"]
        asked = pb.GetSpotCheckRequest(case_id=key) if "/" in key else pb.GetSpotCheckRequest(sample_no=key)
        return await _answer(desk.get_spot_check(asked, request.scope["member"]), to_json)

    async def enterprise(request: Request) -> Response:
        asked = pb.GetEnterpriseStandingRequest(enterprise=request.path_params["key"])
        return await _answer(desk.get_enterprise_standing(asked, request.scope["member"]), answer_json)

    return [
        Route("/v1/recognition:check", check),
        Route("/v1/spotChecks", spot_checks),
        Route("/v1/spotChecks/{key:path}", spot_check),
        Route("/v1/enterprises/{key}", enterprise),
    ]


def answer_json(message: Message) -> dict[str, Any]:
    """An answer as `check --json` and REST give it: freshness as province → seconds, null where no heartbeat was ever covered."""
    told = to_json(message)
    sources = told.pop("freshness")
    return told | {"freshness_seconds": {source["province"]: source["age_seconds"] for source in sources}}


def _asked(kind: type[M], request: Request) -> M:
    try:
        return from_query(kind, request.query_params.multi_items())
    except ParameterWrong as wrong:
        raise Refused(Kind.INVALID_ARGUMENT, [violation("parameter_unknown", wrong.name, name=wrong.name)]) from wrong


async def _answer(asked: Awaitable[Message], shown: Callable[[Any], dict[str, Any]]) -> Response:
    async with asyncio.timeout(ANSWER_SECONDS):
        return Response(orjson.dumps(shown(await asked)), media_type="application/json")
