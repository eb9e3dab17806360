"""gRPC: QuarantineService, for whoever has the role `ops`. REST stands on the same desk."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, cast
from uuid import UUID

import grpc

from chuanyu.contracts.pb.quarantine.v1 import parked_pb2, quarantine_pb2_grpc
from chuanyu.contracts.pb.quarantine.v1 import quarantine_pb2 as pb
from chuanyu.domain.classification import DataClass
from chuanyu.domain.dates import day_of, from_millis
from chuanyu.domain.violations import Violation, violation
from chuanyu.kernel import log, rpc
from chuanyu.kernel.bus import says
from chuanyu.kernel.kept import Decided, Kept
from chuanyu.kernel.refusals import Kind, Refused
from chuanyu.kernel.store import AsyncConnection, entry_of, faults, quarantine
from chuanyu.kernel.store import log as own_log
from chuanyu.quarantine import messages, rules
from chuanyu.quarantine.rules import Act

ROLE = "ops"
LARGEST_PAGE, LARGEST_ACT, LONGEST_REASON = 200, 500, 500
_PAGE = 50
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Pool(Protocol):
    """Where connections come from: `Store.pool`."""

    def connection(self) -> Any: ...


class Member(Protocol):
    """Who asks, as the gateway knows him."""

    @property
    def id(self) -> str: ...
    @property
    def clearance(self) -> str: ...
    @property
    def roles(self) -> Collection[str]: ...


Told = Callable[[str, str, int], None]


def _told(member: str, outcome: str, count: int) -> None:
    """Who looked or decided, what, and about how many records."""
    log.outcome("quarantine_asked", member=member, outcome=outcome, count=count)


@dataclass(frozen=True, slots=True)
class _Wish:
    """What a person wants to have decided."""

    act: Act
    ids: Sequence[int]
    filter: Mapping[str, str] | None
    decided: Decided
    validate_only: bool


class Desk:
    """Answers and decides for gRPC and REST alike. Every method raises Refused, and Transient when the database is away.

    province: this node's · partitions: topic → partition count (D18) · clock: ms · told: member, what, how many, for the audit trail
    """

    def __init__(
        self,
        pool: Pool,
        province: str,
        partitions: Mapping[str, int],
        *,
        clock: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        told: Told = _told,
    ) -> None:
        self._pool = pool
        self._province = province
        self._partitions = partitions
        self._clock = clock
        self._told = told

    async def list_parked(self, request: pb.ListParkedRequest, member: Member) -> pb.ListParkedResponse:
        """One page of records."""
        self._admit(member)
        wanted, size, after = _filter(request.filter), _size(request.page_size), _after(request.page_token)
        with faults():
            async with self._pool.connection() as connection:
                found = await quarantine.numbers(connection, wanted, settled=request.filter.settled, after=after, limit=size + 1)
                kept = await quarantine.records(connection, found[:size])
        self._told(member.id, "LIST", len(kept))
        rows = [messages.listed(each, _clearance(member)) for each in kept.values()]
        return pb.ListParkedResponse(records=rows, next_page_token=str(found[size - 1]) if len(found) > size else "")

    async def get_parked(self, request: pb.GetParkedRequest, member: Member) -> parked_pb2.ParkedRecord:
        """One record with everything about it."""
        self._admit(member)
        with faults():
            async with self._pool.connection() as connection:
                found = await quarantine.records(connection, [request.parked_id])
                acts = await quarantine.acts(connection, request.parked_id)
                value = await quarantine.value(connection, request.parked_id)
        if not found:
            raise Refused(Kind.NOT_FOUND, [rules.refused("parked_unknown", "parked_id", id=request.parked_id)])
        (kept,) = found.values()
        self._told(member.id, "GET", 1)
        return messages.whole(replace(kept, value=value), acts, _clearance(member), day_of(from_millis(self._clock())))

    async def release_parked(self, request: pb.ReleaseParkedRequest, member: Member) -> pb.ReleaseParkedResponse:
        """Has records tried again."""
        decisions, left = await self._decide("RELEASE", request, member)
        return pb.ReleaseParkedResponse(decisions=decisions, left=left)

    async def discard_parked(self, request: pb.DiscardParkedRequest, member: Member) -> pb.DiscardParkedResponse:
        """Has records skipped for good."""
        decisions, left = await self._decide("DISCARD", request, member)
        return pb.DiscardParkedResponse(decisions=decisions, left=left)

    async def _decide(self, act: Act, request: Any, member: Member) -> tuple[list[parked_pb2.Decision], int]:
        self._admit(member)
        wish = _wish(act, request, member)
        with faults():
            async with self._pool.connection() as connection, connection.transaction():
                await own_log.open_for_append_async(connection)
                ids = (
                    wish.ids
                    if wish.filter is None
                    else await quarantine.numbers(connection, wish.filter, undecided=True, limit=LARGEST_ACT)
                )
                await quarantine.lock(connection, ids)
                found = await quarantine.records(connection, ids)
                decisions = await self._settle(connection, wish, ids, found)
                left = 0 if wish.filter is None else await quarantine.count_undecided(connection, wish.filter)
        accepted = sum(each.outcome == parked_pb2.DECISION_OUTCOME_ACCEPTED for each in decisions)
        self._told(member.id, "REHEARSED" if wish.validate_only else act, accepted)
        return decisions, max(0, left - accepted) if wish.validate_only else left

    async def _settle(
        self, connection: AsyncConnection, wish: _Wish, ids: Sequence[int], found: Mapping[int, Kept]
    ) -> list[parked_pb2.Decision]:
        """Judges every record; what is fine is decided and told of in the own log, in this transaction."""
        at, source = self._clock(), f"/{self._province}/{wish.decided.by}"
        chosen: dict[int, UUID] = {}
        decisions = []
        for id in dict.fromkeys(ids):
            kept = found.get(id)
            if kept is None:
                decisions.append(_refused(id, rules.refused("parked_unknown", "parked_ids", id=id)))
            elif rules.repeated(kept, wish.decided):
                decisions.append(parked_pb2.Decision(parked_id=id, outcome="DECISION_OUTCOME_DUPLICATE"))
            elif refused := rules.refusal(kept, wish.act, wish.decided.by, source):
                decisions.append(_refused(id, refused))
            else:
                follows = messages.remarks(rules.follows(kept, wish.act, found.keys()))
                chosen[id] = says.decided_id(self._province, wish.act, kept, at)
                decisions.append(parked_pb2.Decision(parked_id=id, outcome="DECISION_OUTCOME_ACCEPTED", follows=follows))
        if not wish.validate_only:
            await self._write(connection, wish, [(found[id], event) for id, event in chosen.items()], at)
            for decision in decisions:
                decision.event_id = str(chosen.get(decision.parked_id, ""))
        return decisions

    async def _write(self, connection: AsyncConnection, wish: _Wish, chosen: Sequence[tuple[Kept, UUID]], at: int) -> None:
        by, reason = wish.decided.by, wish.decided.reason
        rows = [holder.row for kept, _ in chosen for holder in kept.undecided]
        events = [event for kept, event in chosen for _ in kept.undecided]
        await quarantine.decide(connection, rows, events, wish.decided, at)
        drafts = [says.message_decided(self._province, kept, wish.act, by, reason, at) for kept, _ in chosen]
        await own_log.append_async(connection, [entry_of(each, self._partitions) for each in drafts])

    def _admit(self, member: Member) -> None:
        if ROLE not in member.roles:
            self._told(member.id, "DENIED", 0)
            raise Refused(Kind.PERMISSION_DENIED, [rules.refused("role_missing", "", role=ROLE)])


class QuarantineServicer(quarantine_pb2_grpc.QuarantineServiceServicer):
    """The gRPC door, behind `kernel.rpc.Edge`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def ListParked(self, request: pb.ListParkedRequest, context: grpc.aio.ServicerContext) -> pb.ListParkedResponse:
        """See the proto."""
        return await self._desk.list_parked(request, rpc.caller())

    async def GetParked(self, request: pb.GetParkedRequest, context: grpc.aio.ServicerContext) -> parked_pb2.ParkedRecord:
        """See the proto."""
        return await self._desk.get_parked(request, rpc.caller())

    async def ReleaseParked(self, request: pb.ReleaseParkedRequest, context: grpc.aio.ServicerContext) -> pb.ReleaseParkedResponse:
        """See the proto."""
        return await self._desk.release_parked(request, rpc.caller())

    async def DiscardParked(self, request: pb.DiscardParkedRequest, context: grpc.aio.ServicerContext) -> pb.DiscardParkedResponse:
        """See the proto."""
        return await self._desk.discard_parked(request, rpc.caller())


def _wish(act: Act, request: Any, member: Member) -> _Wish:
    """A wish whose form is right. Raises Refused."""
    reason = request.reason.strip()
    if not 1 <= len(reason) <= LONGEST_REASON or _CONTROL.search(reason):
        raise _unfit("reason_wrong", "reason", most=LONGEST_REASON)
    wanted = _filter(request.filter) if request.HasField("filter") else None
    if bool(request.parked_ids) == (wanted is not None) or (wanted is not None and not any(wanted.values())):
        raise _unfit("parked_choice_wrong", "parked_ids")
    if len(request.parked_ids) > LARGEST_ACT:
        raise _unfit("parked_too_many", "parked_ids", most=LARGEST_ACT)
    if request.filter.settled:
        raise _unfit("parked_choice_wrong", "filter.settled")
    return _Wish(act, list(request.parked_ids), wanted, Decided(act, member.id, reason), request.validate_only)


def _filter(asked: parked_pb2.ParkedFilter) -> dict[str, str]:
    wanted = {name: getattr(asked, name).strip() for name in ("service", "code", "topic", "case_id")}
    for name, text in wanted.items():
        if _CONTROL.search(text):
            raise _wrong("control_character", f"filter.{name}")
    return wanted


def _size(asked: int) -> int:
    if not 0 <= asked <= LARGEST_PAGE:
        raise _wrong("page_size_wrong", "page_size", largest=LARGEST_PAGE)
    return asked or _PAGE


def _after(token: str) -> int:
    if not re.fullmatch(r"\d{0,18}", token, re.ASCII):
        raise _wrong("page_token_wrong", "page_token")
    return int(token or 0)


def _refused(id: int, why: Violation) -> parked_pb2.Decision:
    return parked_pb2.Decision(parked_id=id, outcome="DECISION_OUTCOME_REFUSED", violations=messages.remarks([why]))


def _clearance(member: Member) -> DataClass:
    return cast(DataClass, member.clearance)


def _wrong(code: str, field: str, **facts: object) -> Refused:
    return Refused(Kind.INVALID_ARGUMENT, [violation(code, field, **facts)])


def _unfit(code: str, field: str, **facts: object) -> Refused:
    return Refused(Kind.INVALID_ARGUMENT, [rules.refused(code, field, **facts)])
