"""
REST: one door for whatever routes the rooms hand in, `POST /v1/events` being the gateway's own: no path is open unless it says so.

Events are CloudEvents in JSON, one (`application/cloudevents+json`) or several (`application/cloudevents-batch+json`).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import uvicorn
from cloudevents.core.exceptions import CloudEventValidationError
from cloudevents.core.v1.event import CloudEvent
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from chuanyu.domain.violations import Violation, violation
from chuanyu.gateway.accept import Desk, Result
from chuanyu.gateway.envelope import Submission
from chuanyu.gateway.forwarded import HEADER, combined
from chuanyu.gateway.identity import Doorkeeper
from chuanyu.gateway.members import Member
from chuanyu.kernel import log
from chuanyu.kernel.faults import Fault, Transient
from chuanyu.kernel.front import Front
from chuanyu.kernel.refusals import Kind, Refused

ONE, SEVERAL = "application/cloudevents+json", "application/cloudevents-batch+json"
BODY_LIMIT = 8 * 1024 * 1024  # bytes
ANSWER_SECONDS = 30.0
OPEN = ("/healthz", "/readyz")
_STATUS = {
    "INVALID_ARGUMENT": 400,
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    "NOT_FOUND": 404,
    "ALREADY_EXISTS": 409,
    "ABORTED": 409,
    "FAILED_PRECONDITION": 409,
    "RESOURCE_EXHAUSTED": 429,
}


def app(
    doorkeeper: Doorkeeper, front: Front, *, ready: Callable[[], bool], routes: Sequence[BaseRoute], open_to_all: Sequence[str] = ()
) -> Starlette:
    """Everything that REST answers. routes: of the rooms; they find the caller in `request.scope["member"]` and may raise Refused or
    Fault. open_to_all: path prefixes that need no identity, such as /public/."""
    health = [
        Route("/healthz", lambda _: Response("ok", media_type="text/plain")),
        Route("/readyz", lambda _: Response("ready" if ready() else "not ready", 200 if ready() else 503, media_type="text/plain")),
    ]
    door = Middleware(_Door, doorkeeper=doorkeeper, front=front, open_to_all=(*OPEN, *open_to_all))
    handlers: Mapping[Any, Any] = {Refused: _on_refused, Fault: _on_fault, TimeoutError: _on_late}
    return Starlette(routes=[*health, *routes], middleware=[door], exception_handlers=handlers)


def routes(desk: Desk) -> list[Route]:
    """What the gateway itself answers."""
    return [Route("/v1/events", _events(desk), methods=["POST"])]


def problem(status: int, violations: Sequence[Any], code: str, more: Mapping[str, object] | None = None) -> Response:
    """RFC 9457, with all violations; title and detail are the first one in English and Chinese. more: further members."""
    first = violations[0] if violations else None
    body = {
        "type": f"urn:chuanyu:problem:{code}",
        "title": first.en if first else code,
        "detail": first.zh if first else code,
        "status": status,
        "code": code,
        "violations": [shown(v) for v in violations],
        **(more or {}),
    }
    headers = {"WWW-Authenticate": 'Bearer realm="chuanyu"'} if status == 401 else None
    return Response(orjson.dumps(body), status, headers, "application/problem+json")


def _events(desk: Desk) -> Callable[[Request], Any]:
    async def post(request: Request) -> Response:
        kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
        if kind not in (ONE, SEVERAL):
            raise Refused(Kind.INVALID_ARGUMENT, [violation("content_type_unknown", "content-type", wanted=f"{ONE} / {SEVERAL}")])
        submissions = _submissions(await _body(request), kind)
        keep = request.query_params.get("validate_only", "false").lower() != "true"
        async with asyncio.timeout(ANSWER_SECONDS):
            results = await desk.submit(request.scope["member"], submissions, keep=keep)
        return _one(results[0]) if kind == ONE else Response(orjson.dumps([_told(one) for one in results]), media_type="application/json")

    return post


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT:
            raise Refused(Kind.RESOURCE_EXHAUSTED, [violation("request_too_large", "", limit=BODY_LIMIT)])
    return bytes(body)


def _submissions(body: bytes, kind: str) -> list[Submission]:
    try:
        read = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Refused(Kind.INVALID_ARGUMENT, [violation("body_malformed", "", place=error.pos)]) from error
    if not isinstance(read, dict if kind == ONE else list):
        raise Refused(Kind.INVALID_ARGUMENT, [violation("event_malformed", "")])
    return [submission(one) for one in (read if isinstance(read, list) else [read])]


def submission(event: object) -> Submission:
    """An event in JSON as the rules take it. The CloudEvents SDK says what is wrong with attributes; it gets a copy, because it writes
    what is missing into it."""
    if not isinstance(event, dict):
        return Submission("", "", "", None, faults=(violation("event_malformed", ""),))
    words = {name: value for name, value in event.items() if name not in ("data", "data_base64", "time")}
    named = {name: value if isinstance(value := words.get(name), str) else "" for name in ("id", "source", "type", "specversion")}
    time = event.get("time")
    return Submission(
        **named,
        data=event.get("data"),
        time=time if time is None or isinstance(time, str) else "",
        attributes={name: _word(value) for name, value in words.items() if name not in named},
        faults=tuple(violation("attribute_malformed", name) for name in _malformed(words) if name not in named)
        + ((violation("data_malformed", "data_base64"),) if "data_base64" in event else ()),
    )


def _malformed(words: Mapping[str, Any]) -> Iterator[str]:
    try:
        CloudEvent({"id": "", "specversion": "", **words, "time": datetime.now(UTC)})
    except CloudEventValidationError as error:
        yield from error.errors


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _one(result: Result) -> Response:
    """201 accepted, 200 said before or only judged, else a problem that tells what the result tells."""
    if result.outcome == "refused":
        status = 422 if result.status == "INVALID_ARGUMENT" else _STATUS[result.status]
        return problem(status, result.violations, result.violations[0].code, _told(result))
    fresh = result.outcome == "accepted" and result.event_id is not None
    return Response(orjson.dumps(_told(result)), 201 if fresh else 200, media_type="application/json")


def _told(result: Result) -> dict[str, Any]:
    told = {
        "submission_id": result.submission_id,
        "outcome": result.outcome,
        "event_id": str(result.event_id) if result.event_id else None,
        "case_id": result.case_id,
        "violations": [shown(v) for v in result.violations],
        "warnings": [shown(v) for v in result.warnings],
    }
    return told | ({"current_event_id": str(result.current)} if result.current else {})


def shown(found: Violation) -> dict[str, str]:
    """A finding in JSON."""
    return {"field": found.field, "code": found.code, "zh": found.zh, "en": found.en}


async def _on_refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return _refusal(error)


def _refusal(refused: Refused) -> Response:
    return problem(_STATUS[refused.kind], refused.violations, refused.code, refused.facts)


async def _on_fault(_: Request, error: Exception) -> Response:
    code = getattr(error, "code", "unexpected")
    return problem(503 if isinstance(error, Transient) else 500, [], code)


async def _on_late(_: Request, __: Exception) -> Response:
    return problem(504, [], "deadline_exceeded")


class _Door:
    """Names the caller of every request before anything else looks at it, and lets no error of ours out as it is."""

    def __init__(self, inner: ASGIApp, doorkeeper: Doorkeeper, front: Front, open_to_all: Sequence[str]) -> None:
        self._inner, self._doorkeeper, self._front = inner, doorkeeper, front
        self._open = tuple(open_to_all)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            if not self._is_open(scope["path"]):
                scope["member"] = self._identify(scope)
            await self._inner(scope, receive, watched)
        except Refused as refused:
            await _refusal(refused)(scope, receive, send)
        except Exception as error:  # noqa: BLE001 - the API boundary: what an error of ours says stays here
            log.crash("request_failed", error, method=scope["path"])
            if not begun:
                await problem(500, [], "unexpected")(scope, receive, send)

    def _is_open(self, path: str) -> bool:
        return any(path == word or (word.endswith("/") and path.startswith(word)) for word in self._open)

    def _identify(self, scope: Scope) -> Member:
        name = (scope.get("client") or ("",))[0]
        given = [(header.decode("latin-1"), value) for header, value in scope["headers"]]
        return self._doorkeeper.identify(self._front.peer(name), combined(given, "authorization"), combined(given, HEADER))


class _Named(H11Protocol):
    """Tells the application the name of the Unix connection that the front opened; uvicorn itself gives None for such sockets."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.client = (transport.get_extra_info("peername") or "", 0)


class Server(uvicorn.Server):
    """uvicorn behind a front, on a loop that it does not own: signals are the process's business. `serve()`, then `should_exit = True`."""

    def __init__(self, application: ASGIApp, socket: Path) -> None:
        super().__init__(
            uvicorn.Config(
                application,
                uds=str(socket),
                http=_Named,
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_keep_alive=60,
                timeout_graceful_shutdown=5,
                h11_max_incomplete_event_size=64 * 1024,
            )
        )

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
