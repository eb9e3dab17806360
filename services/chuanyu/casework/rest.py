"""REST: the same questions as GET requests, parameters named as the gRPC request's fields (`filter.authority`)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

import orjson
from google.protobuf.message import Message
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chuanyu.casework.api import Desk
from chuanyu.contracts.pb.cases.v1 import cases_pb2 as pb
from chuanyu.domain.violations import violation
from chuanyu.kernel.refusals import Kind, Refused
from chuanyu.kernel.transcode import ParameterWrong, from_query, to_json

ANSWER_SECONDS = 10.0
M = TypeVar("M", bound=Message)


def routes(desk: Desk) -> list[Route]:
    """What the REST door mounts; the caller stands in `request.scope["member"]`. Handlers raise Refused, Fault and TimeoutError."""

    async def case(request: Request) -> Response:
        key = request.path_params["key"]
        asked = pb.GetCaseRequest(case_id=key) if "/" in key else pb.GetCaseRequest(key=key)
        return await _answer(desk.get_case(asked, request.scope["member"]))

    async def cases(request: Request) -> Response:
        return await _answer(desk.list_cases(_asked(pb.ListCasesRequest, request), request.scope["member"]))

    async def obligations(request: Request) -> Response:
        return await _answer(desk.list_obligations(_asked(pb.ListObligationsRequest, request), request.scope["member"]))

    return [Route("/v1/cases", cases), Route("/v1/cases/{key:path}", case), Route("/v1/obligations", obligations)]


def answer_json(message: Message) -> dict[str, Any]:
    """An answer as `--json` and REST give it: freshness as province → seconds, the content of events as an object."""
    told = to_json(message)
    sources = told.pop("freshness")
    for event in told.get("events", ()):
        event["data"] = orjson.loads(event["data"]) if event["data"] else None
    return told | {"freshness_seconds": {source["province"]: source["age_seconds"] for source in sources}}


def _asked(kind: type[M], request: Request) -> M:
    try:
        return from_query(kind, request.query_params.multi_items())
    except ParameterWrong as wrong:
        raise Refused(Kind.INVALID_ARGUMENT, [violation("parameter_unknown", wrong.name, name=wrong.name)]) from wrong


async def _answer(asked: Awaitable[Message]) -> Response:
    async with asyncio.timeout(ANSWER_SECONDS):
        return Response(orjson.dumps(answer_json(await asked)), media_type="application/json")
