"""REST: lists and records as GET requests, parameters named as the gRPC request's fields; acts as POST with the request in JSON."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import Awaitable
from typing import Any, TypeVar

import orjson
from google.protobuf.json_format import ParseDict, ParseError
from google.protobuf.message import Message
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chuanyu.contracts.pb.quarantine.v1 import quarantine_pb2 as pb
from chuanyu.domain.violations import violation
from chuanyu.kernel.refusals import Kind, Refused
from chuanyu.kernel.transcode import ParameterWrong, from_query, to_json
from chuanyu.quarantine.api import Desk
from chuanyu.quarantine.rules import refused

ANSWER_SECONDS = 10.0
BODY_LIMIT = 64 * 1024  # bytes
M = TypeVar("M", bound=Message)


def routes(desk: Desk) -> list[Route]:
    """What the REST door mounts; the caller stands in `request.scope["member"]`. Handlers raise Refused, Fault and TimeoutError."""

    async def parked(request: Request) -> Response:
        return await _answer(desk.list_parked(_asked(pb.ListParkedRequest, request), request.scope["member"]))

    async def one(request: Request) -> Response:
        asked = pb.GetParkedRequest(parked_id=request.path_params["id"])
        return await _answer(desk.get_parked(asked, request.scope["member"]))

    async def release(request: Request) -> Response:
        return await _answer(desk.release_parked(await _said(pb.ReleaseParkedRequest, request), request.scope["member"]))

    async def discard(request: Request) -> Response:
        return await _answer(desk.discard_parked(await _said(pb.DiscardParkedRequest, request), request.scope["member"]))

    return [
        Route("/v1/parked", parked),
        Route("/v1/parked/{id:int}", one),
        Route("/v1/parked:release", release, methods=["POST"]),
        Route("/v1/parked:discard", discard, methods=["POST"]),
    ]


def answer_json(message: Message) -> dict[str, Any]:
    """An answer as `--json` and REST give it: the content as an object, original bytes in base64."""
    told = to_json(message)
    if content := told.get("content"):
        content["data"] = orjson.loads(content["data"]) if content["data"] else None
        content["key"], content["value"] = _base64(content["key"]), _base64(content["value"])
        for header in content["headers"]:
            header["value"] = _base64(header["value"])
    return told


def _base64(content: bytes) -> str:
    return b64encode(content).decode()


def _asked(kind: type[M], request: Request) -> M:
    try:
        return from_query(kind, request.query_params.multi_items())
    except ParameterWrong as wrong:
        raise Refused(Kind.INVALID_ARGUMENT, [violation("parameter_unknown", wrong.name, name=wrong.name)]) from wrong


async def _said(kind: type[M], request: Request) -> M:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT:
            raise Refused(Kind.RESOURCE_EXHAUSTED, [violation("request_too_large", "", limit=BODY_LIMIT)])
    try:
        return ParseDict(orjson.loads(body), kind())
    except orjson.JSONDecodeError as error:
        raise Refused(Kind.INVALID_ARGUMENT, [violation("body_malformed", "", place=error.pos)]) from error
    except (ParseError, TypeError, AttributeError) as error:
        raise Refused(Kind.INVALID_ARGUMENT, [refused("request_malformed")]) from error


async def _answer(asked: Awaitable[Message]) -> Response:
    async with asyncio.timeout(ANSWER_SECONDS):
        return Response(orjson.dumps(answer_json(await asked)), media_type="application/json")
