"""Where casework leaves word for the inboxes: a queue that whoever hands out empties, in a transaction of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from chuanyu.casework.notices import Notice, Why
from chuanyu.kernel.store import Connection

CHANNEL = "cases_notice"


class Told(NamedTuple):
    """A notice in its case."""

    case_id: str
    notice: Notice


_POST = (
    "INSERT INTO cases.notice (case_id, event, whom, why, asked, source)"
    " SELECT case_id, event, whom, why, asked, source"
    " FROM unnest(%b::text[], %b::uuid[], %b::text[], %b::text[], %b::bool[], %b::text[])"
    " WITH ORDINALITY AS n(case_id, event, whom, why, asked, source, place) ORDER BY place"
)
_WAITING = "SELECT id, case_id, event, whom, why, asked, source FROM cases.notice WHERE NOT aside ORDER BY id LIMIT %s"


def post(connection: Connection, told: Sequence[Told]) -> None:
    """Leaves notices, in the order in which their events take effect, and wakes whoever hands out once this is committed."""
    rows = [(case_id, UUID(bytes=each.event), each.whom, each.why.value, each.asked, each.source) for case_id, each in told]
    connection.execute(_POST, [list(column) for column in zip(*rows, strict=True)])
    connection.execute(f"NOTIFY {CHANNEL}")


def waiting(connection: Connection, limit: int) -> dict[int, Told]:
    """The next of them by id. One that commits late is found late, never missed: what was handed out is gone from here."""
    rows = connection.execute(_WAITING, [limit])
    return {id: Told(case_id, Notice(event.bytes, whom, Why(why), *rest)) for id, case_id, event, whom, why, *rest in rows}


def take_down(connection: Connection, ids: Sequence[int]) -> None:
    """These were handed out."""
    connection.execute("DELETE FROM cases.notice WHERE id = ANY(%s)", [list(ids)])


def put_aside(connection: Connection, ids: Sequence[int]) -> None:
    """Nobody is there whom these are for."""
    connection.execute("UPDATE cases.notice SET aside = true WHERE id = ANY(%s)", [list(ids)])


def bring_back(connection: Connection) -> None:
    """Somebody may be there now."""
    connection.execute("UPDATE cases.notice SET aside = false WHERE aside")


def aside(connection: Connection) -> int:
    """For how many nobody is there."""
    row = connection.execute("SELECT count(*) FROM cases.notice WHERE aside").fetchone()
    return row[0] if row else 0
