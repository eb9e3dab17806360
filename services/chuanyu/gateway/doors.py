"""
The two public doors of a node, each a server on a private socket behind a TLS front: gRPC and REST. Whoever composes a node opens them.

    async with Front(server_context(..., protocols=["h2"])) as front, grpc_door(front, address, doorkeeper, [add_publishing]) as port: ...
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import grpc

from chuanyu.domain.violations import violation
from chuanyu.gateway.api import identifier
from chuanyu.gateway.identity import Doorkeeper
from chuanyu.gateway.rest import BODY_LIMIT, Server
from chuanyu.kernel import log
from chuanyu.kernel.front import Front
from chuanyu.kernel.refusals import Kind, Refused
from chuanyu.kernel.rpc import Edge

DRAIN_SECONDS = 5.0
CALLS = 1_000  # at once
_OPTIONS: Sequence[tuple[str, Any]] = (
    ("grpc.max_receive_message_length", BODY_LIMIT),
    ("grpc.max_send_message_length", 4 * BODY_LIMIT),
    ("grpc.max_metadata_size", 8 * 1024),
    ("grpc.max_concurrent_streams", 100),
    ("grpc.keepalive_time_ms", 60_000),  # shorter than the front's patience with silence
    ("grpc.keepalive_timeout_ms", 20_000),
    ("grpc.http2.min_ping_interval_without_data_ms", 10_000),
)


@asynccontextmanager
async def grpc_door(
    front: Front,
    listen: tuple[str, int],
    doorkeeper: Doorkeeper,
    services: Sequence[Callable[[grpc.aio.Server], None]],
    *,
    open_to_all: frozenset[str] = frozenset({"grpc.health.v1.Health"}),
) -> AsyncIterator[int]:
    """While it lasts the services answer on a TLS port, which it yields; at the end calls under way get 5 s to finish.

    services: each adds its handlers to the server · open_to_all: full service names that need no identity. Raises OSError.
    """
    missing = Refused(Kind.INVALID_ARGUMENT, [violation("deadline_missing", "")])
    edge = Edge(identifier(doorkeeper, front), missing, open_to_all=open_to_all, unexpected=lambda error: log.crash("call_failed", error))
    server = grpc.aio.server(interceptors=[edge], options=_OPTIONS, maximum_concurrent_rpcs=CALLS)
    for add in services:
        add(server)
    server.add_insecure_port(front.address)
    await server.start()
    try:
        yield await front.listen(*listen)
    finally:
        await server.stop(DRAIN_SECONDS)


@asynccontextmanager
async def rest_door(front: Front, listen: tuple[str, int], application: Any) -> AsyncIterator[int]:
    """While it lasts the application (`rest.app`) answers on a TLS port, which it yields. Raises OSError."""
    server = Server(application, front.path)
    running = asyncio.create_task(server.serve(), name="rest")
    while not server.started and not running.done():
        await asyncio.sleep(0.005)
    try:
        yield await front.listen(*listen)
    finally:
        server.should_exit = True
        await running
