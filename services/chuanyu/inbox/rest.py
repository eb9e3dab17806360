"""REST: `GET /v1/inbox?after=&wait=30`, a long poll, and `POST /v1/inbox:acknowledge`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any

import orjson
from google.protobuf.json_format import ParseDict, ParseError
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chuanyu.contracts.pb.inbox.v1 import delivery_pb2
from chuanyu.contracts.pb.inbox.v1 import inbox_pb2 as pb
from chuanyu.contracts.pb.io.cloudevents.v1.cloudevents_pb2 import CloudEvent
from chuanyu.domain.violations import violation
from chuanyu.inbox.api import Desk
from chuanyu.inbox.rules import refused
from chuanyu.kernel.envelope import instant
from chuanyu.kernel.refusals import Kind, Refused
from chuanyu.kernel.transcode import ParameterWrong, from_query, to_json

ANSWER_SECONDS = 10.0  # beside what the caller is willing to wait
BODY_LIMIT = 64 * 1024  # bytes
OUTCOMES = {"已阅": "NOTED", "已核查未发现": "NOT_FOUND", "已发现已处置": "MEASURE_TAKEN", "已发现未处置": "NO_MEASURE", "其他": "OTHER"}


def routes(desk: Desk) -> list[Route]:
    """What the REST door mounts; the caller stands in `request.scope["member"]`. Handlers raise Refused, Fault and TimeoutError."""

    async def inbox(request: Request) -> Response:
        asked = _asked(request)
        return await _answer(desk.list_deliveries(asked, request.scope["member"]), max(0, asked.wait) + ANSWER_SECONDS)

    async def acknowledge(request: Request) -> Response:
        return await _answer(desk.acknowledge_deliveries(await _said(request), request.scope["member"]), ANSWER_SECONDS)

    return [Route("/v1/inbox", inbox), Route("/v1/inbox:acknowledge", acknowledge, methods=["POST"])]


def answer_json(message: Message) -> dict[str, Any]:
    """An answer as `--json` and REST give it: events as CloudEvents in JSON, words in lower case."""
    told = to_json(message)
    if isinstance(message, delivery_pb2.Delivery):
        return _delivery(told, message)
    for name in ("deliveries", "results"):
        if name in told:
            told[name] = [answer_json(each) for each in getattr(message, name)]
    return told | ({"outcome": told["outcome"].lower()} if "outcome" in told else {})


def outcome(word: str) -> int:
    """The outcome that a word means: the symbol, in any case, or the Chinese term; 0 for none."""
    name = f"ACTION_OUTCOME_{OUTCOMES.get(word, word).upper()}"
    return dict(delivery_pb2.ActionOutcome.items()).get(name, 0)


def _delivery(told: dict[str, Any], message: delivery_pb2.Delivery) -> dict[str, Any]:
    return told | {"why": told["why"].lower(), "event": event_json(message.event)}


def event_json(event: CloudEvent) -> dict[str, Any]:
    """CloudEvents 1.0 in JSON, structured mode."""
    attributes = {name: _value(value) for name, value in sorted(event.attributes.items())}
    told = {"specversion": event.spec_version, "id": event.id, "source": event.source, "type": event.type, **attributes}
    return told | {"data": orjson.loads(event.text_data) if event.text_data else None}


def _value(value: CloudEvent.CloudEventAttributeValue) -> Any:
    found = getattr(value, value.WhichOneof("attr"))
    return instant(found.ToMilliseconds()) if isinstance(found, Timestamp) else found


def _asked(request: Request) -> pb.ListDeliveriesRequest:
    try:
        return from_query(pb.ListDeliveriesRequest, request.query_params.multi_items())
    except ParameterWrong as wrong:
        raise Refused(Kind.INVALID_ARGUMENT, [violation("parameter_unknown", wrong.name, name=wrong.name)]) from wrong


async def _said(request: Request) -> pb.AcknowledgeDeliveriesRequest:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT:
            raise Refused(Kind.RESOURCE_EXHAUSTED, [violation("request_too_large", "", limit=BODY_LIMIT)])
    try:
        read = orjson.loads(body)
        return ParseDict({**read, "outcome": outcome(str(read.get("outcome", "")))}, pb.AcknowledgeDeliveriesRequest())
    except orjson.JSONDecodeError as error:
        raise Refused(Kind.INVALID_ARGUMENT, [violation("body_malformed", "", place=error.pos)]) from error
    except (ParseError, TypeError, AttributeError) as error:
        raise Refused(Kind.INVALID_ARGUMENT, [refused("request_malformed")]) from error


async def _answer(asked: Awaitable[Message], seconds: float) -> Response:
    async with asyncio.timeout(seconds):
        return Response(orjson.dumps(answer_json(await asked)), media_type="application/json")
