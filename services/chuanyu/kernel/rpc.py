"""The gRPC edge of every service: who calls, how long it may take, and how refusals and faults leave.

Every error is a canonical code, `ErrorInfo` (domain `chuanyu`, reason = our code in upper case) and `BadRequest` with every violation.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any

import grpc
from google.protobuf import any_pb2
from google.rpc import code_pb2, error_details_pb2, status_pb2
from grpc_status import rpc_status

from chuanyu.kernel.faults import Fault, Transient
from chuanyu.kernel.refusals import Refused

DOMAIN = "chuanyu"
Identify = Callable[[grpc.aio.ServicerContext], object]
Observe = Callable[[str, str, float], None]
_caller: ContextVar[object] = ContextVar("caller")


def caller() -> Any:
    """Whom `identify` named for the call that runs now."""
    return _caller.get()


def refusal(refused: Refused) -> status_pb2.Status:
    """A refusal as a client receives it; its message is the first violation, in both languages."""
    first = refused.violations[0]
    fields = [
        error_details_pb2.BadRequest.FieldViolation(field=one.field, reason=one.code.upper(), description=f"{one.zh} | {one.en}")
        for one in refused.violations
    ]
    return _status(
        refused.kind,
        f"{first.zh} | {first.en}",
        error_details_pb2.ErrorInfo(reason=refused.code.upper(), domain=DOMAIN, metadata=refused.facts),
        error_details_pb2.BadRequest(field_violations=fields),
    )


def failure(error: Exception) -> status_pb2.Status:
    """A fault as a client receives it: UNAVAILABLE when waiting can help, else INTERNAL. Nothing of its text leaves, its code does."""
    code = error.code if isinstance(error, Fault) else "unexpected"
    kind, text = (
        ("UNAVAILABLE", "请稍后重试 | try again later") if isinstance(error, Transient) else ("INTERNAL", "内部错误 | internal error")
    )
    return _status(kind, text, error_details_pb2.ErrorInfo(reason=code.upper(), domain=DOMAIN))


def _status(kind: str, text: str, *details: Any) -> status_pb2.Status:
    packed = [any_pb2.Any() for _ in details]
    for any_, detail in zip(packed, details, strict=True):
        any_.Pack(detail)
    return status_pb2.Status(code=code_pb2.Code.Value(kind), message=text, details=packed)


class Edge(grpc.aio.ServerInterceptor):  # type: ignore[misc]
    """Stands before every method but those whose service is open to anybody.

    identify: who calls; raises Refused · deadline_missing: the refusal of a call without a deadline · cap_seconds: the longest a call may
    take · cap_stream_seconds: a stream · open_to_all: services such as grpc.health.v1.Health · observe: method, canonical code, seconds
    · unexpected: told of an error that is none of ours, before it leaves as INTERNAL
    """

    def __init__(
        self,
        identify: Identify,
        deadline_missing: Refused,
        *,
        cap_seconds: float = 60.0,
        cap_stream_seconds: float = 3600.0,
        open_to_all: frozenset[str] = frozenset({"grpc.health.v1.Health"}),
        observe: Observe = lambda *_: None,
        unexpected: Callable[[Exception], None] = lambda _: None,
    ) -> None:
        self._identify = identify
        self._deadline_missing = deadline_missing
        self._cap_seconds, self._cap_stream_seconds = cap_seconds, cap_stream_seconds
        self._open = open_to_all
        self._observe = observe
        self._unexpected = unexpected

    async def intercept_service(self, continuation: Callable[[Any], Awaitable[Any]], details: Any) -> Any:
        """The handler behind this edge; gRPC calls it once a call."""
        handler = await continuation(details)
        if handler is None or details.method.split("/")[1] in self._open:
            return handler
        forms = {"request_deserializer": handler.request_deserializer, "response_serializer": handler.response_serializer}
        if handler.unary_unary:
            return grpc.unary_unary_rpc_method_handler(self._single(details.method, handler.unary_unary), **forms)
        return grpc.unary_stream_rpc_method_handler(self._stream(details.method, handler.unary_stream), **forms)

    def _single(self, method: str, inner: Any) -> Any:
        async def answer(request: Any, context: grpc.aio.ServicerContext) -> Any:
            async with self._guard(method, context, self._cap_seconds):
                return await inner(request, context)

        return answer

    def _stream(self, method: str, inner: Any) -> Any:
        async def answers(request: Any, context: grpc.aio.ServicerContext) -> AsyncIterator[Any]:
            async with self._guard(method, context, self._cap_stream_seconds):
                async for one in inner(request, context):
                    yield one

        return answers

    @asynccontextmanager
    async def _guard(self, method: str, context: grpc.aio.ServicerContext, cap_seconds: float) -> AsyncIterator[None]:
        began, status = time.perf_counter(), None
        try:
            if context.time_remaining() is None:
                raise self._deadline_missing
            _caller.set(self._identify(context))
            async with asyncio.timeout(cap_seconds):
                yield
        except Refused as refused:
            status = refusal(refused)
        except TimeoutError:
            status = _status("DEADLINE_EXCEEDED", "超过服务端时限 | longer than this server allows")
        except Fault as fault:
            status = failure(fault)
        except grpc.aio.AbortError:
            raise
        except Exception as error:  # noqa: BLE001 - the API boundary: gRPC would send the error's own text to the caller
            self._unexpected(error)
            status = failure(error)
        finally:
            self._observe(method, code_pb2.Code.Name(status.code) if status else "OK", time.perf_counter() - began)
        if status:
            await context.abort_with_status(rpc_status.to_status(status))
