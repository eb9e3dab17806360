"""gRPC: CaseService, the one view of cases that a node has. REST stands on the same desk."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import grpc

from chuanyu.casework import batches, listing, messages
from chuanyu.casework.families import service_of
from chuanyu.casework.listing import Scope
from chuanyu.casework.reader import Member, Reader
from chuanyu.contracts.pb.cases.v1 import case_pb2, cases_pb2_grpc, obligation_pb2
from chuanyu.contracts.pb.cases.v1 import cases_pb2 as pb
from chuanyu.contracts.spotcheck import PlanPublished
from chuanyu.domain.divisions import stem
from chuanyu.domain.text import identifier
from chuanyu.domain.violations import violation
from chuanyu.kernel import log, rpc
from chuanyu.kernel.refusals import Kind, Refused
from chuanyu.kernel.store import faults

LONGEST_AHEAD = 10 * 366 * 86_400
"""Seconds; no clock runs longer."""
_DIVISION = re.compile(r"\d{6}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Pool(Protocol):
    """Where connections come from: `Store.pool`."""

    def connection(self) -> Any: ...


class Ages(Protocol):
    """How old each province's data is for a service: `kernel.bus.freshness.Freshness`."""

    def ages(self, service: str) -> Mapping[str, float | None]: ...


Told = Callable[[str, str, Sequence[str]], None]


def _told(member: str, method: str, cases: Sequence[str]) -> None:
    """Each question is logged with who asked and for which case (domain 10)."""
    log.outcome("cases_asked", member=member, outcome=method, count=len(cases), **({"case_id": cases[0]} if cases else {}))


class Desk:
    """Answers questions for gRPC and REST alike. Every method raises Refused, and Transient when the database is away.

    province: this node's · provinces: all of the bus · families: those with cases
    clock: ms · told: member, method, case ids of every answer, for the audit trail
    """

    def __init__(
        self,
        pool: Pool,
        ages: Ages,
        province: str,
        provinces: Sequence[str],
        families: Sequence[str],
        *,
        clock: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        told: Told = _told,
    ) -> None:
        self._pool = pool
        self._ages = ages
        self._province = province
        self._provinces, self._families = tuple(provinces), tuple(families)
        self._clock = clock
        self._told = told

    async def get_case(self, request: pb.GetCaseRequest, member: Member) -> case_pb2.Case:
        """One case with everything that belongs to it."""
        reader = self._reader(member)
        ids = self._ids(request)
        with faults():
            async with self._pool.connection() as connection:
                scope = self._scope(reader)
                found = [(kept, events) for kept, events in await listing.whole(connection, scope, ids) if not kept.hidden]
                held = not found and await listing.any_held(connection, scope, ids)
                taken = await batches.taken(connection, _plan(found[0][0])) if len(found) == 1 else {}
        if len(found) != 1:
            raise _ambiguous([kept.case_id for kept, _ in found]) if found else _unknown(held)
        ((kept, events),) = found
        self._told(member.id, "GetCase", [kept.case_id])
        return messages.whole(kept, events, self._aged(_family(kept.case_id)), reader, taken)

    async def list_cases(self, request: pb.ListCasesRequest, member: Member) -> pb.ListCasesResponse:
        """One page of cases."""
        reader = self._reader(member)
        wanted = _case_filter(request.filter)
        with faults():
            async with self._pool.connection() as connection:
                page = await listing.cases(connection, self._scope(reader), wanted, request.order_by, request.page_size, request.page_token)
        self._told(member.id, "ListCases", [kept.case_id for kept in page.rows])
        return messages.listed(page.rows, page.next_token, self._aged(wanted.get("family")), reader)

    async def list_obligations(self, request: pb.ListObligationsRequest, member: Member) -> pb.ListObligationsResponse:
        """One page of obligations."""
        reader = self._reader(member)
        wanted = _obligation_filter(request.filter, reader)
        with faults():
            async with self._pool.connection() as connection:
                page = await listing.obligations(
                    connection, self._scope(reader), wanted, request.order_by, request.page_size, request.page_token
                )
        self._told(member.id, "ListObligations", [owed.kept.case_id for owed in page.rows])
        return messages.owing(page.rows, page.next_token, self._aged(wanted.get("family")), reader)

    def _reader(self, member: Member) -> Reader:
        reader = Reader(member, self._province, self._clock())
        if not reader.cleared:
            raise Refused(Kind.PERMISSION_DENIED, [violation("clearance_too_low", "", needed="L2")])
        return reader

    def _scope(self, reader: Reader) -> Scope:
        topics = [f"{province}.{family}" for province in self._provinces for family in self._families]
        return Scope(topics, reader.now, reader.stems)

    def _ids(self, request: pb.GetCaseRequest) -> list[str]:
        case_id, key = plain(request.case_id, "case_id"), plain(request.key, "key")
        if bool(case_id) == bool(key):
            raise _wrong("case_key_missing", "case_id")
        return [case_id] if case_id else [f"{province}/{family}/{key}" for province in self._provinces for family in self._families]

    def _aged(self, family: str | None) -> dict[str, float | None]:
        """province → age of what its families' services have applied here, the oldest of them; None: one of them never heard it."""
        views = [self._ages.ages(service_of(name)) for name in self._families if family in (None, name)]
        return {province: _oldest([view.get(province) for view in views]) for province in self._provinces}


class CaseServicer(cases_pb2_grpc.CaseServiceServicer):
    """The gRPC door, behind `kernel.rpc.Edge`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def GetCase(self, request: pb.GetCaseRequest, context: grpc.aio.ServicerContext) -> case_pb2.Case:
        """See the proto."""
        return await self._desk.get_case(request, rpc.caller())

    async def ListCases(self, request: pb.ListCasesRequest, context: grpc.aio.ServicerContext) -> pb.ListCasesResponse:
        """See the proto."""
        return await self._desk.list_cases(request, rpc.caller())

    async def ListObligations(self, request: pb.ListObligationsRequest, context: grpc.aio.ServicerContext) -> pb.ListObligationsResponse:
        """See the proto."""
        return await self._desk.list_obligations(request, rpc.caller())


def plain(text: str, field: str) -> str:
    """A text that the database can be asked for. Raises Refused."""
    if _CONTROL.search(text.strip()):
        raise _wrong("control_character", field)
    return text.strip()


def _case_filter(asked: case_pb2.CaseFilter) -> dict[str, Any]:
    """The values of the filters that are set."""
    given = {name: plain(getattr(asked, name), f"filter.{name}") for name in ("province", "family", "stage", "authority")}
    wanted: dict[str, Any] = {name: text for name, text in given.items() if text}
    _check_division(wanted)
    if asked.standing:
        wanted["standing"] = case_pb2.CaseStanding.Name(asked.standing).removeprefix("CASE_STANDING_")
    return wanted | {name: getattr(asked, name) for name in ("open", "overdue") if asked.HasField(name)}


def _obligation_filter(asked: obligation_pb2.ObligationFilter, reader: Reader) -> dict[str, Any]:
    """As `_case_filter`."""
    given = {name: plain(getattr(asked, name), f"filter.{name}") for name in ("authority", "family", "case_id", "rule")}
    wanted: dict[str, Any] = {name: text for name, text in given.items() if text}
    _check_division(wanted)
    if "authority" in wanted:
        wanted["authority"] = stem(wanted["authority"])
    if asked.mine and not reader.stems:
        raise _wrong("jurisdiction_missing", "filter.mine")
    if asked.state:
        wanted["state"] = obligation_pb2.ObligationState.Name(asked.state).removeprefix("OBLIGATION_STATE_")
    if asked.timeliness:
        wanted["timeliness"] = obligation_pb2.Timeliness.Name(asked.timeliness).removeprefix("TIMELINESS_")
    if asked.HasField("due_within_seconds"):
        if not 0 < asked.due_within_seconds <= LONGEST_AHEAD:
            raise _wrong("due_within_wrong", "filter.due_within_seconds", most=LONGEST_AHEAD)
        wanted["due_within"] = asked.due_within_seconds * 1000
    return wanted | {name: True for name in ("mine", "overdue") if getattr(asked, name)}


def _check_division(wanted: Mapping[str, Any]) -> None:
    if not _DIVISION.fullmatch(wanted.get("authority", "000000")):
        raise _wrong("division_malformed", "filter.authority")


def _oldest(ages: Sequence[float | None]) -> float | None:
    known = [age for age in ages if age is not None]
    return max(known) if known and len(known) == len(ages) else None


def _plan(kept: listing.Kept) -> list[str]:
    """By what samples name the plan of a case; nothing where it is none."""
    event = kept.face.event if kept.face else None
    return [kept.case_id, identifier(event.plan_no)] if isinstance(event, PlanPublished) else []


def _family(case_id: str) -> str:
    return case_id.split("/")[1]


def _wrong(code: str, field: str, **facts: object) -> Refused:
    return Refused(Kind.INVALID_ARGUMENT, [violation(code, field, **facts)])


def _unknown(held: bool) -> Refused:
    return Refused(Kind.NOT_FOUND, [violation("case_unknown", "case_id"), *([violation("held_back", "case_id")] if held else [])])


def _ambiguous(ids: Sequence[str]) -> Refused:
    named = ", ".join(ids)
    return Refused(Kind.FAILED_PRECONDITION, [violation("ambiguous_key", "key", keys=named)], {"candidates": named})
