"""gRPC: InboxService. REST stands on the same desk."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import grpc

from chuanyu.casework import events, receipts
from chuanyu.casework.listing import Scope
from chuanyu.casework.reader import Reader
from chuanyu.casework.receipts import Processed
from chuanyu.contracts.common import ActionOutcome
from chuanyu.contracts.pb.inbox.v1 import delivery_pb2, inbox_pb2_grpc
from chuanyu.contracts.pb.inbox.v1 import inbox_pb2 as pb
from chuanyu.domain.violations import violation
from chuanyu.inbox import listing, messages, queries
from chuanyu.inbox.bell import Bell
from chuanyu.inbox.queries import Open
from chuanyu.inbox.rules import DELIVERIES, Member, Members, refused
from chuanyu.kernel import log, metrics, rpc
from chuanyu.kernel.refusals import Kind, Refused
from chuanyu.kernel.store import AsyncConnection, entry_of, faults
from chuanyu.kernel.store import log as own_log

LARGEST_PAGE, LONGEST_NOTE, LONGEST_WAIT = 200, 500, 50
_PAGE = 50
_LOOK_AGAIN = 5.0  # seconds, where a case is being built anew and nobody rings when it is there
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_NOTED = (ActionOutcome.NO_MEASURE, ActionOutcome.OTHER)  # these say nothing without a note


class Pool(Protocol):
    """Where connections come from: `Store.pool`."""

    def connection(self) -> Any: ...


Told = Callable[[str, str, int], None]


def _told(member: str, outcome: str, count: int) -> None:
    """Who was handed or acknowledged how many."""
    log.outcome("inbox_asked", member=member, outcome=outcome, count=count)


@dataclass(frozen=True, slots=True)
class Place:
    """The node. provinces: all of the bus · families: those that keep cases · partitions: topic → count"""

    province: str
    provinces: Sequence[str]
    families: Sequence[str]
    partitions: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Page:
    """What can be told now, and where to go on. building: the next one's case is being built anew"""

    deliveries: list[delivery_pb2.Delivery]
    cursor: str
    building: bool


@dataclass(frozen=True, slots=True)
class _Act:
    member: Member
    outcome: ActionOutcome
    note: str


class Desk:
    """Answers for gRPC and REST alike. Every method raises Refused, and Transient when the database is away.

    clock: ms · told: member, what, how many, for the audit trail
    """

    def __init__(
        self,
        pool: Pool,
        bell: Bell,
        members: Members,
        place: Place,
        *,
        clock: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        told: Told = _told,
    ) -> None:
        self._pool, self._bell, self._members, self._place, self._clock, self._told = pool, bell, members, place, clock, told
        self._topics = [f"{province}.{family}" for province in place.provinces for family in place.families]

    async def list_deliveries(self, request: pb.ListDeliveriesRequest, member: Member) -> pb.ListDeliveriesResponse:
        """One page; where nothing is there, what comes within the wait."""
        self._admit(member)
        size = _within(request.page_size, LARGEST_PAGE, violation("page_size_wrong", "page_size", largest=LARGEST_PAGE)) or _PAGE
        until = time.monotonic() + _within(request.wait, LONGEST_WAIT, refused("wait_wrong", "wait", most=LONGEST_WAIT))
        with self._bell.heard(member.id) as rung:
            page = await self._page(member, request.after, size)
            while not page.deliveries and (left := until - time.monotonic()) > 0:
                await _rung(rung, min(left, _LOOK_AGAIN) if page.building else left)
                page = await self._page(member, page.cursor, size)
        self._told(member.id, "LIST", len(page.deliveries))
        return pb.ListDeliveriesResponse(deliveries=page.deliveries, next=page.cursor)

    async def watch_deliveries(self, request: pb.WatchDeliveriesRequest, member: Member) -> AsyncIterator[delivery_pb2.Delivery]:
        """What is there, then what comes, until the caller leaves."""
        self._admit(member)
        after = request.after
        with self._bell.heard(member.id) as rung:
            while True:
                page = await self._page(member, after, LARGEST_PAGE)
                for each in page.deliveries:
                    yield each
                after = page.cursor
                if page.deliveries:
                    self._told(member.id, "WATCH", len(page.deliveries))
                else:
                    await _rung(rung, _LOOK_AGAIN if page.building else None)

    async def acknowledge_deliveries(self, request: pb.AcknowledgeDeliveriesRequest, member: Member) -> pb.AcknowledgeDeliveriesResponse:
        """One result an id, after the commit (P1)."""
        self._admit(member)
        act = _act(request, member)
        with faults():
            async with self._pool.connection() as connection, connection.transaction():
                await own_log.open_for_append_async(connection)
                now = self._clock()
                found = await queries.lock(connection, member.id, _uuids(request.delivery_ids))
                fresh = [each for each in found.values() if not each.acknowledged]
                await self._write(connection, act, fresh, now)
        for each in fresh:
            _observe(each, now)
        self._told(member.id, "ACKNOWLEDGE", len(fresh))
        return pb.AcknowledgeDeliveriesResponse(results=_results(request.delivery_ids, found))

    async def _page(self, member: Member, after: str, size: int) -> _Page:
        reader = Reader(member, self._place.province, self._clock())
        scope = Scope(self._topics, reader.now)
        told: list[delivery_pb2.Delivery] = []
        with faults():
            async with self._pool.connection() as connection:
                place = await listing.place_of(connection, member.id, after)
                cursor = after if place else ""
                while len(told) < size:
                    wanted = size - len(told)
                    rows = await listing.behind(connection, member.id, place, wanted)
                    known = await events.told(connection, scope, [(row.case_id, row.event) for row in rows]) if rows else {}
                    for row in rows:
                        if row.event not in known:  # nothing is skipped, whatever stands behind it
                            return _Page(told, cursor, building=True)
                        kept, happened = known[row.event]
                        place, cursor = row.place, row.cursor
                        told += [] if kept.hidden else [messages.delivery(row, kept, happened, reader, self._members)]
                    if len(rows) < wanted:
                        break
        return _Page(told, cursor, building=False)

    async def _write(self, connection: AsyncConnection, act: _Act, fresh: Sequence[Open], now: int) -> None:
        said = [
            Processed(each.case_id, each.event, division, act.member.name, act.member.id, act.outcome, act.note)
            for each in fresh
            for division in each.confirms
        ]
        drafts = [receipts.processed(each, self._place.province, now) for each in said]
        await queries.acknowledge(connection, [each.id for each in fresh], act.outcome.value, now)
        if drafts:
            await own_log.append_async(connection, [entry_of(each, self._place.partitions) for each in drafts])

    def _admit(self, member: Member) -> None:
        if not Reader(member, self._place.province, 0).cleared:
            raise Refused(Kind.PERMISSION_DENIED, [violation("clearance_too_low", "", needed=DELIVERIES)])


class InboxServicer(inbox_pb2_grpc.InboxServiceServicer):
    """The gRPC door, behind `kernel.rpc.Edge`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def ListDeliveries(self, request: pb.ListDeliveriesRequest, context: grpc.aio.ServicerContext) -> pb.ListDeliveriesResponse:
        """See the proto."""
        return await self._desk.list_deliveries(request, rpc.caller())

    async def WatchDeliveries(
        self, request: pb.WatchDeliveriesRequest, context: grpc.aio.ServicerContext
    ) -> AsyncIterator[delivery_pb2.Delivery]:
        """See the proto."""
        async for each in self._desk.watch_deliveries(request, rpc.caller()):
            yield each

    async def AcknowledgeDeliveries(
        self, request: pb.AcknowledgeDeliveriesRequest, context: grpc.aio.ServicerContext
    ) -> pb.AcknowledgeDeliveriesResponse:
        """See the proto."""
        return await self._desk.acknowledge_deliveries(request, rpc.caller())


async def _rung(rung: asyncio.Event, seconds: float | None) -> None:
    """Waits for something new, or so long. It is cleared before the next look, so that what comes during the look is looked at too."""
    with suppress(TimeoutError):
        await asyncio.wait_for(rung.wait(), seconds)
    rung.clear()


def _act(request: pb.AcknowledgeDeliveriesRequest, member: Member) -> _Act:
    """An acknowledgement whose form is right. Raises Refused."""
    if not 1 <= len(request.delivery_ids) <= LARGEST_PAGE:
        raise _wrong("delivery_ids_wrong", "delivery_ids", most=LARGEST_PAGE)
    word = delivery_pb2.ActionOutcome.Name(request.outcome) if request.outcome in delivery_pb2.ActionOutcome.values() else ""
    outcome = ActionOutcome.__members__.get(word.removeprefix("ACTION_OUTCOME_"))
    if outcome is None:
        raise _wrong("outcome_wrong", "outcome", known=", ".join(each for each in ActionOutcome if each is not ActionOutcome.UNKNOWN))
    note = request.note.strip()
    if len(note) > LONGEST_NOTE or _CONTROL.search(note):
        raise _wrong("note_wrong", "note", most=LONGEST_NOTE)
    if not note and outcome in _NOTED:
        raise _wrong("note_missing", "note", outcome=outcome.value)
    return _Act(member, outcome, note)


def _results(ids: Sequence[str], found: Mapping[UUID, Open]) -> list[delivery_pb2.Acknowledgement]:
    """One each; an id that stands twice in a request is a duplicate the second time."""
    seen: set[UUID] = set()
    results = []
    for id in ids:
        one = next((found[uuid] for uuid in _uuids([id]) if uuid in found), None)
        if one is None:
            results.append(_unknown(id))
            continue
        outcome = "DUPLICATE" if one.acknowledged or one.id in seen else "ACCEPTED"
        seen.add(one.id)
        given = [str(receipts.processed_id(one.event, division)) for division in one.confirms]
        results.append(
            delivery_pb2.Acknowledgement(delivery_id=str(one.id), outcome=f"ACKNOWLEDGEMENT_OUTCOME_{outcome}", receipt_event_ids=given)
        )
    return results


def _unknown(id: str) -> delivery_pb2.Acknowledgement:
    found = refused("delivery_unknown", "delivery_ids", id=id[:64])
    finding = delivery_pb2.Finding(field=found.field, code=found.code, zh=found.zh, en=found.en)
    return delivery_pb2.Acknowledgement(delivery_id=id, outcome="ACKNOWLEDGEMENT_OUTCOME_REFUSED", violations=[finding])


def _uuids(ids: Sequence[str]) -> list[UUID]:
    """Those that have the form of one."""
    found = []
    for id in ids:
        try:
            found.append(UUID(id))
        except ValueError:
            continue
    return found


def _observe(each: Open, now: int) -> None:
    if each.confirms:
        metrics.child(metrics.PROCESSED, family=each.case_id.split("/")[1]).observe(max(0, now - each.delivered_at) / 1000)


def _within(number: int, most: int, otherwise: Any) -> int:
    if not 0 <= number <= most:
        raise Refused(Kind.INVALID_ARGUMENT, [otherwise])
    return number


def _wrong(code: str, field: str, **facts: object) -> Refused:
    return Refused(Kind.INVALID_ARGUMENT, [refused(code, field, **facts)])
