"""
A node: every service of a province in one process (D22), or the parts of it that a name picks.

`chuanyu run node` hosts them all but `warning`; `gateway`, `relay`, `spotcheck`, `recall`, `credit` and `recognition` run apart from one
another, and `warning` always does, for faust keeps an event loop of its own.
"""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import grpc
from grpc_health.v1 import health, health_pb2_grpc

from chuanyu.casework import api as casework
from chuanyu.casework import queries as cases
from chuanyu.casework import rest as case_questions
from chuanyu.casework import standings as obligations
from chuanyu.casework.families import service_of
from chuanyu.casework.service import FamilyService
from chuanyu.casework.timers import Timers
from chuanyu.contracts.pb.cases.v1.cases_pb2_grpc import add_CaseServiceServicer_to_server
from chuanyu.contracts.pb.inbox.v1.inbox_pb2_grpc import add_InboxServiceServicer_to_server
from chuanyu.contracts.pb.publishing.v1.publishing_pb2_grpc import add_PublishingServiceServicer_to_server
from chuanyu.contracts.pb.quarantine.v1.quarantine_pb2_grpc import add_QuarantineServiceServicer_to_server
from chuanyu.contracts.pb.recognition.v1.recognition_pb2_grpc import add_RecognitionServiceServicer_to_server
from chuanyu.credit import handlers as credit
from chuanyu.domain import calendar, tables
from chuanyu.gateway import accept, api, doors, members, rest
from chuanyu.gateway import queries as gateway
from chuanyu.gateway.handlers import System
from chuanyu.gateway.identity import Doorkeeper
from chuanyu.gateway.relearn import relearn
from chuanyu.inbox import api as inbox
from chuanyu.inbox import queries as inbox_queries
from chuanyu.inbox import rest as inbox_doors
from chuanyu.inbox import standings as deliveries
from chuanyu.inbox.bell import Bell
from chuanyu.inbox.dispatcher import Dispatcher
from chuanyu.inbox.rules import Members
from chuanyu.kernel import log, page, serve
from chuanyu.kernel.faults import SettingsIncomplete
from chuanyu.kernel.front import Front, server_context
from chuanyu.kernel.recover import recover as take_back
from chuanyu.kernel.runtime import Runtime, RuntimeSettings, now_ms
from chuanyu.kernel.settings import (
    CalendarSettings,
    GatewaySettings,
    ListenSettings,
    MetricsSettings,
    TlsSettings,
    from_environment,
    masked,
)
from chuanyu.kernel.store import Service, faults
from chuanyu.kernel.watch import ServiceWatch, Standings
from chuanyu.quarantine import api as quarantine
from chuanyu.quarantine import rest as parked
from chuanyu.recall import handlers as recall
from chuanyu.recognition import api as answers
from chuanyu.recognition import rest as questions
from chuanyu.recognition.handlers import Recognition
from chuanyu.spotcheck import handlers as spotcheck
from chuanyu.warning.handlers import Warning

PARTS = ("gateway", "relay", "spotcheck", "recall", "credit", "recognition")
APART = ("warning",)

DOORS = frozenset({"gateway", "recognition"})
CASES = ("spotcheck", "recall", "credit", "warning")
"""The parts that keep cases of the family of their name."""
FAMILIES = (*CASES, "reference")
"""Families with cases; the gateway answers for all of them (D22)."""


@dataclass(frozen=True, slots=True)
class DoorSettings:
    """What the parts that answer callers are told."""

    tls: TlsSettings
    listen: ListenSettings
    gateway: GatewaySettings


@dataclass(frozen=True, slots=True)
class PartSettings:
    """What a part without a door is told."""

    runtime: RuntimeSettings
    metrics: MetricsSettings
    calendar: CalendarSettings


@dataclass(frozen=True, slots=True)
class NodeSettings:
    """Everything that a node is told."""

    runtime: RuntimeSettings
    metrics: MetricsSettings
    calendar: CalendarSettings
    doors: DoorSettings


def main(environ: Mapping[str, str], *, check: bool = False, parts: Sequence[str] = PARTS) -> int:
    """Runs the parts until they are told to stop; exit status as `kernel.serve`. check: names every fault of the settings and leaves."""
    settings = from_environment(NodeSettings, environ) if DOORS & set(parts) else from_environment(PartSettings, environ)
    _adopt(settings.calendar)
    if check:
        print("\n".join(masked(settings)))
        return serve.DONE
    log.to(province=settings.runtime.where.province)
    return serve.run(lambda life: _process(life, settings, parts), environ)


def recover(environ: Mapping[str, str]) -> int:
    """Takes back what Kafka has and a restored, older database of this node lacks; how many records (D3). Raises LogAhead, Transient."""
    runtime = Runtime(from_environment(RuntimeSettings, environ))
    runtime.migrate([gateway.MIGRATIONS])
    reading = threading.Thread(target=runtime.seals.run, name="seals", daemon=True)
    reading.start()
    try:
        heard = {each.name: runtime.heard(each) for each in services(runtime.province, runtime.provinces, (*PARTS, *APART))}
        return take_back(runtime.own, runtime.store, runtime.kafka, runtime.seals, relearn, heard)
    finally:
        runtime.seals.stopping.set()
        reading.join()


@asynccontextmanager
async def _process(life: serve.Life, settings: PartSettings | NodeSettings, parts: Sequence[str]) -> AsyncIterator[None]:
    runtime = Runtime(settings.runtime, rules_digest=f"{tables.digest()} {calendar.STATE.fingerprint()}")
    hosted = services(runtime.province, runtime.provinces, parts)
    runtime.migrate(
        [gateway.MIGRATIONS, cases.MIGRATIONS, inbox_queries.MIGRATIONS, *(each for service in hosted for each in service.migrations)]
    )
    with faults(), runtime.store.connect(application="chuanyu-recount") as connection:
        for service in hosted:
            if isinstance(service, FamilyService | Recognition):
                service.recount(connection)
            if isinstance(service, Warning):
                service.reread(connection)
    if set(parts) <= set(APART):
        async with _apart(life, settings, runtime, *hosted):
            yield
        return
    keeping = [service_of(family) for family in FAMILIES] if "gateway" in parts else []
    freshness = runtime.freshness(hosted, answered=services(runtime.province, runtime.provinces, keeping))
    others = [province for province in runtime.provinces if province != runtime.province]
    threads = runtime.threads(hosted, freshness, relay="relay" in parts)
    looks = [obligations.watch(runtime.province), deliveries.watch] if "gateway" in parts else []  # one process of a node counts them
    standings = Standings(runtime.store, freshness, others, looks)
    async with AsyncExitStack() as stack:
        stack.enter_context(page.serve(settings.metrics.metrics, lambda: life.ready))
        await stack.enter_async_context(life.workers(**threads, **_timers(runtime, parts), standings=standings))
        if isinstance(settings, NodeSettings):
            await stack.enter_async_context(_doors(life, settings.doors, runtime, freshness, parts))
        yield


def _adopt(settings: CalendarSettings) -> None:
    """Counts with the operator's years from here on. Raises SettingsIncomplete."""
    if settings.days_file is None:
        return
    try:
        calendar.adopt(calendar.read(settings.days_file.read_text(encoding="utf-8")))
    except ValueError as error:
        wrong = f"CHUANYU_CALENDAR_FILE is wrong: {error}"
        raise SettingsIncomplete(f"the configuration is not complete.\n{wrong}", wrong=(wrong,)) from None


@asynccontextmanager
async def _apart(life: serve.Life, settings: PartSettings | NodeSettings, runtime: Runtime, service: Service) -> AsyncIterator[None]:
    """What faust drives, and the seal keys that it needs."""
    from chuanyu.warning.applying import Applying  # here: faust would cost the other processes its memory
    from chuanyu.warning.stream import Stream

    watch = ServiceWatch(service.name, list(runtime.provinces))
    applying = Applying(service.name, runtime.store, *runtime.screening(service), watch)
    stream = Stream(
        runtime.reading(service), runtime.partitions, runtime.kafka, runtime.store, applying, watch, lambda: runtime.check_log(service.name)
    )
    async with AsyncExitStack() as stack:
        stack.enter_context(page.serve(settings.metrics.metrics, lambda: life.ready))
        await stack.enter_async_context(life.workers(seals=runtime.seals, warning=stream, **_timers(runtime, APART)))
        yield


def services(province: str, provinces: Mapping[str, str], parts: Sequence[str] = PARTS) -> list[Service]:
    """The services of a node's parts. provinces: word of a node → first two digits of its divisions."""
    made: dict[str, Callable[[], Service]] = {
        "gateway": lambda: System(province),
        "spotcheck": lambda: spotcheck.service(provinces),
        "recall": lambda: recall.service(provinces),
        "credit": lambda: credit.service(provinces),
        "recognition": lambda: Recognition(provinces),
        "warning": lambda: Warning(provinces),
    }
    return [make() for part, make in made.items() if part in parts]


def _timers(runtime: Runtime, parts: Sequence[str]) -> dict[str, Timers]:
    """What decides because time has passed, beside every part that keeps cases."""
    endings = {"credit": credit.ENDING}
    return {
        f"{family}_timers": Timers(
            family,
            endings.get(family),
            runtime.province,
            runtime.provinces,
            runtime.store,
            runtime.slots(family),
            runtime.partitions,
            now_ms,
        )
        for family in FAMILIES
        if service_of(family) in parts
    }


@asynccontextmanager
async def _doors(life: serve.Life, settings: DoorSettings, runtime: Runtime, freshness: Any, parts: Sequence[str]) -> AsyncIterator[None]:
    """gRPC and REST behind TLS, with whatever the chosen parts answer."""
    known = members.load(settings.gateway.members_file, runtime.province)
    doorkeeper = Doorkeeper(known, runtime.province, settings.gateway.token_key_file, settings.tls.ca)
    async with AsyncExitStack() as stack:
        added: list[Callable[[grpc.aio.Server], None]] = [_health]
        routes: list[Any] = []
        if "recognition" in parts:
            pool = await stack.enter_async_context(runtime.store.pool(application="chuanyu-recognition"))
            desk = answers.Desk(pool, freshness, runtime.province, list(runtime.provinces))
            added.append(lambda server: add_RecognitionServiceServicer_to_server(answers.RecognitionServicer(desk), server))
            routes += questions.routes(desk)
        if "gateway" in parts:
            place = accept.Place(runtime.province, runtime.provinces, runtime.partitions, settings.gateway.log_depth_limit)
            accepting = accept.Desk(runtime.store, place)
            stack.callback(accepting.close)
            added.append(lambda server: add_PublishingServiceServicer_to_server(api.Publishing(accepting), server))
            routes += rest.routes(accepting)
            pool = await stack.enter_async_context(runtime.store.pool(application="chuanyu-cases"))
            clerk = casework.Desk(pool, freshness, runtime.province, list(runtime.provinces), FAMILIES)
            added.append(lambda server: add_CaseServiceServicer_to_server(casework.CaseServicer(clerk), server))
            routes += case_questions.routes(clerk)
            pool = await stack.enter_async_context(runtime.store.pool(application="chuanyu-quarantine"))
            warden = quarantine.Desk(pool, runtime.province, runtime.partitions)
            added.append(lambda server: add_QuarantineServiceServicer_to_server(quarantine.QuarantineServicer(warden), server))
            routes += parked.routes(warden)
            box = await stack.enter_async_context(_inbox(life, runtime, Members(runtime.province, known.values())))
            added.append(lambda server: add_InboxServiceServicer_to_server(inbox.InboxServicer(box), server))
            routes += inbox_doors.routes(box)
        front = await stack.enter_async_context(_front(settings.tls, "http/1.1"))
        application = rest.app(doorkeeper, front, ready=lambda: life.ready, routes=routes)
        await stack.enter_async_context(doors.rest_door(front, settings.listen.rest, application))
        front = await stack.enter_async_context(_front(settings.tls, "h2"))
        await stack.enter_async_context(doors.grpc_door(front, settings.listen.grpc, doorkeeper, added))
        yield


@asynccontextmanager
async def _inbox(life: serve.Life, runtime: Runtime, members: Members) -> AsyncIterator[inbox.Desk]:
    """The desk of the inboxes, and who fills them."""
    bell = Bell()
    async with (
        runtime.store.pool(application="chuanyu-inbox") as pool,
        life.workers(inbox=Dispatcher(members, runtime.store, bell, now_ms)),
    ):
        yield inbox.Desk(pool, bell, members, inbox.Place(runtime.province, list(runtime.provinces), CASES, runtime.partitions))


def _front(tls: TlsSettings, protocol: str) -> Front:
    return Front(server_context(tls.certificate, tls.key, tls.ca, protocols=[protocol]), connections=2048)


def _health(server: grpc.aio.Server) -> None:
    servicer = health.aio.HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
