"""
B4: accepting events, durably: one after the other, in batches of 100, and at 300 a second, whoever is slow.

The desk is measured in this process (rules, settlement, log, commit), the doors of a gateway in a process of its own behind TLS; its
callers share the machine's cores with it. Yardstick: PostgreSQL alone committing rows of the same size, one or 100 a transaction.
"""

from __future__ import annotations

import asyncio
import itertools
import ssl
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any
from uuid import uuid4

import grpc
import httpx
import orjson

from bench import samples
from bench.figures import Figure
from bench.ground import Ground
from bench.openloop import Run, steady
from chuanyu.contracts.pb.io.cloudevents.v1.cloudevents_pb2 import CloudEvent
from chuanyu.contracts.pb.publishing.v1 import publishing_pb2 as pb
from chuanyu.contracts.pb.publishing.v1.publishing_pb2_grpc import PublishingServiceStub
from chuanyu.gateway import accept
from chuanyu.gateway.accept import Desk
from chuanyu.gateway.envelope import Submission
from kit import said
from kit.rig import HERE, Rig

RATE = 300
ROW_BYTES = 850  # headers and value of a passed sample
MEMBER = said.CHENGDU
_numbers = itertools.count(100_000_000)
Submit = Callable[[Sequence[Submission]], Awaitable[Any]]


def desk(ground: Ground, seconds: float) -> list[Figure]:
    """The desk alone."""
    place = accept.Place(HERE, ground.runtime.provinces, ground.runtime.partitions)
    one, hundred = (_bare(ground, size, seconds / 2) for size in (1, 100))
    made = Desk(ground.runtime.store, place)
    try:
        return asyncio.run(_desk(made, one, hundred, seconds))
    finally:
        made.close()


async def _desk(made: Desk, one: float, hundred: float, seconds: float) -> list[Figure]:
    async def submit(submissions: Sequence[Submission]) -> None:
        results = await made.submit(MEMBER, submissions)
        assert all(result.outcome == "accepted" for result in results), results

    alone = await _closed(submit, 1, 1, seconds)
    together = await _closed(submit, 1, 16, seconds)
    batches = await _closed(submit, 100, 1, seconds)
    run = await steady(RATE, seconds, lambda n, at: submit(_submissions(1)))
    p99 = run.p99()
    shared = {"16 callers at once events/s": together}
    return [
        Figure("B4", "accept one by one", alone, "events/s", ("bare commits of 1 row", one), "≥ 40 %", alone >= 0.4 * one, shared),
        Figure(
            "B4", "accept in batches of 100", batches, "events/s", ("bare commits of 100 rows", hundred), "≥ 50 %", batches >= hundred / 2
        ),
        Figure("B4", f"desk at {RATE}/s, p99", p99, "ms", None, "≤ 20 ms", p99 <= 20, run.parts()),
    ]


def doors(ground: Ground, seconds: float) -> list[Figure]:
    """The gateway in its own process, through gRPC and through REST."""
    rig = ground.rig
    name = rig.start("gateway")
    try:
        return asyncio.run(_doors(rig, seconds))
    finally:
        rig.stop(name)


async def _doors(rig: Rig, seconds: float) -> list[Figure]:
    figures = []
    async with grpc_door(rig) as over_grpc, _rest_door(rig) as over_rest:
        for door, submit in (("gRPC", over_grpc), ("REST", over_rest)):
            alone, batches = await _closed(submit, 1, 1, seconds), await _closed(submit, 100, 1, seconds)
            run: Run = await steady(RATE, seconds, lambda n, at, submit=submit: submit(_submissions(1)))  # type: ignore[misc]
            p99 = run.p99()
            told = {"one by one events/s": alone, "batches of 100 events/s": batches, **run.parts()}
            figures.append(Figure("B4", f"{door} at {RATE}/s, p99", p99, "ms", None, "≤ 20 ms", p99 <= 20, told))
    return figures


async def _closed(submit: Submit, size: int, callers: int, seconds: float) -> float:
    """Events a second while so many callers each wait for their answer before they go on; making up the events does not count."""
    for _ in range(5):
        await submit(_submissions(size))
    began, making = time.perf_counter(), 0.0

    async def caller() -> int:
        nonlocal making
        answered = 0
        while (now := time.perf_counter()) - began < seconds:
            events = _submissions(size)
            making += time.perf_counter() - now
            await submit(events)
            answered += size
        return answered

    answered = sum(await asyncio.gather(*(caller() for _ in range(callers))))
    return answered / (time.perf_counter() - began - making)


def _submissions(size: int) -> list[Submission]:
    return [samples.submission(next(_numbers)) for _ in range(size)]


def _bare(ground: Ground, size: int, seconds: float) -> float:
    """Rows a second of PostgreSQL alone: one insert of so many rows and its commit, after the other."""
    connection = ground.connection
    connection.execute("CREATE SCHEMA IF NOT EXISTS bench")
    connection.execute("CREATE TABLE IF NOT EXISTS bench.row (id uuid PRIMARY KEY, value bytea NOT NULL)")
    insert = "INSERT INTO bench.row SELECT * FROM unnest(%b::uuid[], %b::bytea[])"
    value, rows = bytes(ROW_BYTES), 0
    began = time.perf_counter()
    while time.perf_counter() - began < seconds:
        connection.execute(insert, [[uuid4() for _ in range(size)], [value] * size])
        rows += size
    return rows / (time.perf_counter() - began)


class grpc_door:
    """While it lasts a member submits over gRPC with his certificate."""

    def __init__(self, rig: Rig) -> None:
        folder, ca = rig.directory / "members" / MEMBER.id, rig.directory / "ca.pem"
        files = [path.read_bytes() for path in (ca, folder / "key.pem", folder / "cert.pem")]
        self._channel = grpc.aio.secure_channel(f"127.0.0.1:{rig.nodes[HERE].ports['grpc']}", grpc.ssl_channel_credentials(*files))
        self._submit = PublishingServiceStub(self._channel).SubmitEvents

    @property
    def channel(self) -> grpc.aio.Channel:
        return self._channel

    async def __aenter__(self) -> Submit:
        return self.submit

    async def __aexit__(self, *_: object) -> None:
        await self._channel.close()

    async def submit(self, submissions: Sequence[Submission]) -> None:
        events = [
            CloudEvent(id=one.id, source=one.source, spec_version="1.0", type=one.type, text_data=orjson.dumps(one.data).decode())
            for one in submissions
        ]
        answer = await self._submit(pb.SubmitEventsRequest(events=events), timeout=30)
        assert all(result.outcome == pb.SUBMISSION_OUTCOME_ACCEPTED for result in answer.results), answer


class _rest_door:
    """The same over REST."""

    def __init__(self, rig: Rig) -> None:
        folder = rig.directory / "members" / MEMBER.id
        tls = ssl.create_default_context(cafile=str(rig.directory / "ca.pem"))
        tls.load_cert_chain(folder / "cert.pem", folder / "key.pem")
        limits = httpx.Limits(max_connections=16, max_keepalive_connections=16)
        self._client = httpx.AsyncClient(verify=tls, timeout=30, limits=limits)
        self._url = f"https://127.0.0.1:{rig.nodes[HERE].ports['rest']}/v1/events"

    async def __aenter__(self) -> Submit:
        return self.submit

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def submit(self, submissions: Sequence[Submission]) -> None:
        events = [{"specversion": "1.0", "id": one.id, "source": one.source, "type": one.type, "data": one.data} for one in submissions]
        headers = {"content-type": "application/cloudevents-batch+json"}
        answer = await self._client.post(self._url, content=orjson.dumps(events), headers=headers)
        assert answer.status_code == 200 and all(one["outcome"] == "accepted" for one in answer.json()), answer.text


def fresh() -> Iterator[int]:
    """Numbers of samples that nobody has submitted in this run."""
    return _numbers
