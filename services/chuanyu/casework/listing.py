"""The SQL by which cases and obligations are read, in pages that stay stable: a page goes on behind the last row of the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from chuanyu.casework.case import Case, Obligation, unpack
from chuanyu.casework.families import service_of_case
from chuanyu.casework.timeliness import DUTIES, HOUR_DUTIES
from chuanyu.domain.violations import violation
from chuanyu.kernel.codec import decode
from chuanyu.kernel.envelope import base64url, from_base64url
from chuanyu.kernel.refusals import Kind, Refused
from chuanyu.kernel.store import AsyncConnection
from chuanyu.kernel.store.held import held

LARGEST_PAGE = 200
LONGEST_HISTORY = 500
"""Events that one answer shows of a case, the newest of them."""
_PAGE = 50
_END_OF_TIME = 2**62
_HIDDEN = "FRAUD"

Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Face:
    """The event that says what a case is about, and who said it."""

    source: str
    event: Any

    @property
    def notice_class(self) -> str:
        return str(self.event.head.notice_class)


@dataclass(frozen=True, slots=True)
class Kept:
    """A case as it is kept. held: something of it is in quarantine · face: None when nothing of it can be shown yet."""

    case_id: str
    case: Case
    held: bool
    face: Face | None = None

    @property
    def notice_class(self) -> str:
        """What it was reclassified to, else what it was stated as; empty while nothing of it can be shown."""
        return self.case.notice_class or (self.face.notice_class if self.face else "")

    @property
    def hidden(self) -> bool:
        """Suspected fraud is shown to nobody here (domain 7.6)."""
        return self.notice_class == _HIDDEN


@dataclass(frozen=True, slots=True)
class Happened:
    """An event of a case as it came; order: of the fold (D7), times in ms."""

    order: tuple[int, str, int]
    id: bytes
    source: str
    time: int
    recordedtime: int
    event: Any


@dataclass(frozen=True, slots=True)
class Owed:
    """An obligation and its case."""

    obligation: Obligation
    kept: Kept


@dataclass(frozen=True, slots=True)
class Scope:
    """Who asks, when. topics: of the cases · now: ms · stems: how the divisions begin that the reader answers for."""

    topics: Sequence[str]
    now: int
    stems: Sequence[str] = ()


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one page, and the token of the next; empty on the last."""

    rows: list[Any]
    next_token: str


HELD = held(service_of_case("c.case_id"), "%(topics)s", "ARRAY[convert_to(c.case_id, 'UTF8')]")
_NEWEST = (
    "SELECT * FROM cases.event e WHERE e.case_id = c.case_id ORDER BY e.logicaltime DESC, e.topic DESC, e.sequence DESC"
    f" LIMIT {LONGEST_HISTORY}"
)
_COLUMNS = ("logicaltime", "topic", "sequence", "event_id", "source", "time", "recordedtime", "value")
_ONE = (
    f'SELECT c.case_id, c.kept, {HELD}, h.* FROM cases."case" c CROSS JOIN LATERAL'
    f" (SELECT {', '.join(f'array_agg(n.{column})' for column in _COLUMNS)} FROM ({_NEWEST}) n) h"
    " WHERE c.case_id = ANY(%(cases)s) ORDER BY c.case_id"
)
_ANY_HELD = f"SELECT coalesce(bool_or({HELD}), false) FROM unnest(%(cases)s::text[]) AS c(case_id)"


async def whole(connection: AsyncConnection, scope: Scope, cases: Sequence[str]) -> list[tuple[Kept, list[Happened]]]:
    """Those of these cases that exist, each with its events in the order of the fold."""
    rows = await rows_of(connection, _ONE, {"cases": list(cases), "topics": scope.topics})
    return [_whole(*row) for row in rows]


def _whole(case_id: str, kept: bytes, is_held: bool, *columns: list[Any]) -> tuple[Kept, list[Happened]]:
    events = sorted((happened_of(*row) for row in zip(*columns, strict=True)), key=lambda each: each.order)
    case = unpack(kept)
    about = _about(case)
    face = next((Face(each.source, each.event) for each in events if each.id == about), None)
    return Kept(case_id, case, is_held, face), events


def happened_of(logicaltime: int, topic: str, sequence: int, id: UUID, source: str, time: int, recorded: int, value: bytes) -> Happened:
    """A row of cases.event, without its case."""
    return Happened((logicaltime, topic, sequence), id.bytes, source, time, recorded, decode(value))


async def any_held(connection: AsyncConnection, scope: Scope, cases: Sequence[str]) -> bool:
    """Whether something of one of these cases is in quarantine."""
    ((found,),) = await rows_of(connection, _ANY_HELD, {"cases": list(cases), "topics": scope.topics})
    return bool(found)


_LATE = "o.state = 'OPEN' AND o.rule = ANY(%(duties)s) AND o.due < %(now)s - CASE WHEN o.rule = ANY(%(hour_duties)s) THEN 0 ELSE 999 END"
_AHEAD = "o.state = 'OPEN' AND o.rule = ANY(%(duties)s) AND o.due BETWEEN %(now)s - 999 AND %(now)s + %(due_within)s"
_STANDS = (
    "CASE WHEN o.state = 'MET' THEN CASE WHEN o.settled >= o.late_from THEN 'LATE' ELSE 'IN_TIME' END WHEN o.state <> 'OPEN' THEN ''"
    " WHEN o.due IS NULL THEN 'NOT_STARTED'"
    " WHEN o.late_from <= %(now)s THEN CASE WHEN o.level > 0 THEN 'OVERDUE' ELSE 'DUE_UNCONFIRMED' END"
    " WHEN o.warns_at <= %(now)s THEN 'WARNED' ELSE 'RUNNING' END"
)
_BELOW = "starts_with(o.authority, %(authority)s)"
_CASE_CONDITIONS = {
    "province": "split_part(c.case_id, '/', 1) = %(province)s",
    "family": "split_part(c.case_id, '/', 2) = %(family)s",
    "open": "c.open = %(open)s",
    "standing": "c.standing = %(standing)s",
    "stage": "c.stage = %(stage)s",
    "authority": "c.concerns @> ARRAY[%(authority)s] AND c.open",
    "overdue": f"%(overdue)s = EXISTS (SELECT FROM cases.obligation o WHERE o.case_id = c.case_id AND {_LATE})",
}
_OBLIGATION_CONDITIONS = {
    "authority": _BELOW,
    "mine": "EXISTS (SELECT FROM unnest(%(mine)s::text[]) AS s(stem) WHERE starts_with(o.authority, s.stem))",
    "family": _CASE_CONDITIONS["family"],
    "case_id": "o.case_id = %(case_id)s",
    "rule": "o.rule = %(rule)s",
    "state": "o.state = %(state)s",
    "overdue": _LATE,
    "due_within": _AHEAD,
    "timeliness": f"({_STANDS}) = %(timeliness)s",
}
_CASE_ORDERS = {"case_id": "c.case_id"}
_ORDERS = {"due": f"coalesce(o.due, {_END_OF_TIME})", "opened": "o.opened", "case_id": "0::bigint"}


async def cases(connection: AsyncConnection, scope: Scope, wanted: Mapping[str, Any], order_by: str, size: int, token: str) -> Page:
    """One page of cases. wanted: values of a filter by name. Raises Refused: page_size_wrong, order_by_unknown, page_token_wrong."""
    _, way = _order(order_by or "case_id", _CASE_ORDERS)
    conditions = [_CASE_CONDITIONS[name] for name in wanted]

    async def fetch(after: Key, limit: int) -> list[tuple[Kept, Key]]:
        behind = [f"c.case_id {_BEHIND[way]} %(after)s"] if after else []
        where = " AND ".join([*conditions, *behind]) or "true"
        sql = f'SELECT c.case_id, c.kept, {HELD} FROM cases."case" c WHERE {where} ORDER BY c.case_id {way} LIMIT %(limit)s'
        values = _values(scope, wanted) | {"limit": limit} | ({"after": after[0]} if after else {})
        found = [Kept(case_id, unpack(kept), is_held) for case_id, kept, is_held in await rows_of(connection, sql, values)]
        return [(each, (each.case_id,)) for each in await faced(connection, found)]

    return await _page(fetch, lambda kept: kept.hidden, ("cases", wanted, order_by), [str], size, token)


async def obligations(connection: AsyncConnection, scope: Scope, wanted: Mapping[str, Any], order_by: str, size: int, token: str) -> Page:
    """One page of obligations, those without a due time last. Raises Refused as `cases`."""
    column, way = _order(order_by or "due", _ORDERS)
    key = f"({_ORDERS[column]}, o.case_id, o.obligation_id)"
    conditions = [_OBLIGATION_CONDITIONS[name] for name in wanted]

    async def fetch(after: Key, limit: int) -> list[tuple[Owed, Key]]:
        behind = [f"{key} {_BEHIND[way]} (%(after)s, %(after_case)s, %(after_id)s::uuid)"] if after else []
        where = " AND ".join([*conditions, *behind]) or "true"
        order = f"ORDER BY {_ORDERS[column]} {way}, o.case_id {way}, o.obligation_id {way}"
        sql = (
            f"SELECT {_ORDERS[column]}, o.obligation_id, c.case_id, c.kept, {HELD}"
            f' FROM cases.obligation o JOIN cases."case" c USING (case_id) WHERE {where} {order} LIMIT %(limit)s'
        )
        values = _values(scope, wanted) | {"limit": limit} | dict(zip(("after", "after_case", "after_id"), after, strict=False))
        return await _owed(connection, await rows_of(connection, sql, values))

    return await _page(fetch, lambda owed: owed.kept.hidden, ("obligations", wanted, order_by), [int, str, str], size, token)


_BEHIND = {"ASC": ">", "DESC": "<"}


async def _owed(connection: AsyncConnection, rows: Sequence[Any]) -> list[tuple[Owed, Key]]:
    kept = {case_id: Kept(case_id, unpack(packed), is_held) for _, _, case_id, packed, is_held in rows}
    whole = {each.case_id: each for each in await faced(connection, list(kept.values()))}
    found = []
    for place, id, case_id, *_ in rows:
        obligation = next(each for each in whole[case_id].case.obligations if each.id == id.bytes)
        found.append((Owed(obligation, whole[case_id]), (place, case_id, str(id))))
    return found


_FACES = (
    "SELECT e.case_id, e.source, e.value FROM unnest(%(cases)s::text[], %(events)s::uuid[]) AS w(case_id, event_id)"
    " JOIN cases.event e USING (case_id, event_id)"
)


async def faced(connection: AsyncConnection, found: Sequence[Kept]) -> list[Kept]:
    """The same cases with what they are about."""
    about = {each.case_id: UUID(bytes=id) for each in found if (id := _about(each.case))}
    if not about:
        return list(found)
    rows = await rows_of(connection, _FACES, {"cases": list(about), "events": list(about.values())})
    faces = {case_id: Face(source, decode(value)) for case_id, source, value in rows}
    return [Kept(each.case_id, each.case, each.held, faces.get(each.case_id)) for each in found]


def _about(case: Case) -> bytes | None:
    """The event that says what a case is about: the version that stands or stood last, else the first that came."""
    if case.versions or case.about:
        return case.versions[-1] if case.versions else case.about
    return case.known[0] if case.known else next((each.event for each in case.waiting), None)


async def _page(
    fetch: Callable[[Key, int], Awaitable[Sequence[tuple[T, Key]]]],
    hidden: Callable[[T], bool],
    question: tuple[str, Mapping[str, Any], str],
    kinds: Sequence[type],
    size: int,
    token: str,
) -> Page:
    """A page filled with what may be shown; its token names the last row shown, never a hidden one."""
    if not 0 <= size <= LARGEST_PAGE:
        raise Refused(Kind.INVALID_ARGUMENT, [violation("page_size_wrong", "page_size", largest=LARGEST_PAGE)])
    size, mark = size or _PAGE, _mark(question)
    after = _read(token, mark, kinds) if token else ()
    rows: list[tuple[T, Key]] = []
    while len(rows) <= size:
        wanted = size + 1 - len(rows)
        found = await fetch(after, wanted)
        rows += [row for row in found if not hidden(row[0])]
        if len(found) < wanted:
            break
        after = found[-1][1]
    following = base64url(json.dumps([mark, *rows[size - 1][1]]).encode()) if len(rows) > size else ""
    return Page([row for row, _ in rows[:size]], following)


def _order(order_by: str, known: Mapping[str, str]) -> tuple[str, str]:
    column, _, way = order_by.strip().partition(" ")
    if column not in known or way.strip() not in ("", "asc", "desc"):
        raise Refused(Kind.INVALID_ARGUMENT, [violation("order_by_unknown", "order_by", known=", ".join(known))])
    return column, "DESC" if way.strip() == "desc" else "ASC"


def _values(scope: Scope, wanted: Mapping[str, Any]) -> dict[str, Any]:
    times = {"now": scope.now, "duties": list(DUTIES), "hour_duties": list(HOUR_DUTIES)}
    return {"topics": scope.topics} | times | dict(wanted) | ({"mine": list(scope.stems)} if "mine" in wanted else {})


def _mark(question: tuple[str, Mapping[str, Any], str]) -> str:
    """Which question a token belongs to."""
    return hashlib.sha256(json.dumps(question, sort_keys=True).encode()).hexdigest()[:16]


def _read(token: str, mark: str, kinds: Sequence[type]) -> Key:
    try:
        found, *key = json.loads(from_base64url(token))
        if found == mark and [type(part) for part in key] == list(kinds) and "\0" not in "".join(map(str, key)):
            return (*key[:2], str(UUID(key[2]))) if len(key) > 2 else tuple(key)
    except (ValueError, TypeError):
        pass
    raise Refused(Kind.INVALID_ARGUMENT, [violation("page_token_wrong", "page_token")])


async def rows_of(connection: AsyncConnection, sql: str, values: Mapping[str, Any]) -> list[Any]:
    """What a statement finds."""
    return await (await connection.execute(sql.encode(), values, binary=True)).fetchall()
