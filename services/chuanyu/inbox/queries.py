"""All SQL of the inbox that writes. Places are given by one process at a time and durably, so a cursor skips nothing (see `hand_out`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from chuanyu.casework.notices import Why
from chuanyu.inbox.rules import Delivery
from chuanyu.kernel.store import AsyncConnection, Connection, Migrations

MIGRATIONS = Migrations("inbox", Path(__file__).parent / "migrations")
CHANNEL = "inbox_delivery"
_HANDING_OUT = 0x6368_7561_6E79_7504
_LONGEST_PAYLOAD = 7_000  # bytes; PostgreSQL takes 8,000

_WEIGHTS = "ARRAY[" + ", ".join(f"'{why.value}'" for why in Why) + "]"
_ADD = (
    "WITH told AS (INSERT INTO inbox.delivery AS d (member, event, delivery_id, case_id, why, confirms, delivered_at)"
    " SELECT member, event, delivery_id, case_id, why, string_to_array(confirms, ' '), %b::bigint"
    " FROM unnest(%b::text[], %b::uuid[], %b::uuid[], %b::text[], %b::text[], %b::text[])"
    " WITH ORDINALITY AS n(member, event, delivery_id, case_id, why, confirms, place) ORDER BY place"
    " ON CONFLICT (member, event) DO UPDATE SET why = excluded.why, acknowledged_at = NULL, outcome = NULL, place = excluded.place,"
    " confirms = ARRAY(SELECT unnest(d.confirms) UNION SELECT unnest(excluded.confirms) ORDER BY 1)"
    f" WHERE array_position({_WEIGHTS}, excluded.why) > array_position({_WEIGHTS}, d.why) OR NOT d.confirms @> excluded.confirms"
    " RETURNING member) SELECT DISTINCT member FROM told"
)


def alone(connection: Connection) -> None:
    """Until its transaction ends this is the only one that hands out."""
    connection.execute("SELECT pg_advisory_xact_lock(%s)", [_HANDING_OUT])


def hand_out(connection: Connection, deliveries: Sequence[Delivery], now: int) -> set[str]:
    """Gives each a place behind all others; the members who have something new. To be called `alone`, in a durable transaction.

    What a member has already stays as it is, unless it weighs more now or asks for a receipt that it did not ask for: then it is told
    again, under the same id, at a new place. Places are given in the order in which transactions commit, and what was seen of a place is
    on disk with all that it rests on: neither a late commit nor a crash puts anything in front of a cursor.
    """
    rows = [(each.member, each.event, each.id, each.case_id, each.why.value, " ".join(each.confirms)) for each in deliveries]
    told = connection.execute(_ADD, [now, *([list(column) for column in zip(*rows, strict=True)])])
    return {member for (member,) in told}


def announce(connection: Connection, members: Iterable[str]) -> None:
    """Wakes those who wait at any process of the node, once this is committed; all of them where the list is too long."""
    named = " ".join(sorted(members))
    connection.execute("SELECT pg_notify(%s, %s)", [CHANNEL, named if len(named) <= _LONGEST_PAYLOAD else ""])


@dataclass(frozen=True, slots=True)
class Open:
    """A delivery as it stands. acknowledged: nothing is left to do"""

    id: UUID
    event: UUID
    case_id: str
    confirms: tuple[str, ...]
    delivered_at: int
    acknowledged: bool


_LOCK = (
    "SELECT delivery_id, event, case_id, confirms, delivered_at, acknowledged_at IS NOT NULL FROM inbox.delivery"
    " WHERE member = %s AND delivery_id = ANY(%s) ORDER BY delivery_id FOR UPDATE"
)


async def lock(connection: AsyncConnection, member: str, ids: Sequence[UUID]) -> Mapping[UUID, Open]:
    """Those of these deliveries that are the member's own, until the transaction ends."""
    rows = await (await connection.execute(_LOCK, [member, list(ids)])).fetchall()
    return {id: Open(id, event, case_id, tuple(confirms), *rest) for id, event, case_id, confirms, *rest in rows}


async def acknowledge(connection: AsyncConnection, ids: Sequence[UUID], outcome: str, now: int) -> None:
    """Takes deliveries out of the inbox."""
    await connection.execute(
        "UPDATE inbox.delivery SET acknowledged_at = %s, outcome = %s WHERE delivery_id = ANY(%s)", [now, outcome, list(ids)]
    )


_STANDING = (
    "SELECT count(*), count(*) FILTER (WHERE confirms <> '{}'), min(delivered_at) FILTER (WHERE confirms <> '{}') FROM inbox.delivery"
    " WHERE acknowledged_at IS NULL"
)


def standing(connection: Connection) -> tuple[int, int, int | None]:
    """How many deliveries wait for an acknowledgement, how many of them ask for a receipt, and since when the oldest of those (ms)."""
    row: tuple[int, int, int | None] | None = connection.execute(_STANDING).fetchone()
    return row or (0, 0, None)
