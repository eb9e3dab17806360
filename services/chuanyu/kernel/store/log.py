"""The owner's log (D1–D3): outbox, re-send archive and own archive in one table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from chuanyu.kernel.store.database import AsyncConnection, Connection
from chuanyu.kernel.store.positions import Slot

CHANNEL = "bus_log"
_ACCEPTING = 0x6368_7561_6E79_7502  # held shared by whoever appends, exclusively for an instant by a timer (D25)
_RELAYING = 0x6368_7561_6E79_7503


@dataclass(frozen=True, slots=True)
class Entry:
    """An accepted event as the log keeps it; headers are packed and lack sequence, logicaltime and seal."""

    event_id: UUID
    topic: str
    partition: int
    case_id: str
    type: str
    headers: bytes
    value: bytes
    recorded_at: int


@dataclass(frozen=True, slots=True)
class Numbered:
    """What a relayed row is on the wire, but for the parts that come from its entry."""

    topic: str
    partition: int
    case_id: str
    headers: bytes
    value: bytes
    sequence: int
    logicaltime: int
    seal: str


_OPEN = "SELECT pg_advisory_xact_lock_shared(%s)"
_APPEND = (
    "WITH added AS (INSERT INTO bus.log (event_id, topic, partition, case_id, type, headers, value, recorded_at)"
    " SELECT event_id, topic, partition, case_id, type, headers, value, recorded_at"
    " FROM unnest(%b::uuid[], %b::text[], %b::int[], %b::text[], %b::text[], %b::bytea[], %b::bytea[], %b::bigint[])"
    " WITH ORDINALITY AS e(event_id, topic, partition, case_id, type, headers, value, recorded_at, place) ORDER BY place"
    f" ON CONFLICT (event_id) DO NOTHING RETURNING id) SELECT count(*), pg_notify('{CHANNEL}', '') FROM added"
)


def _arrays(entries: Sequence[Entry]) -> list[list[object]]:
    return [
        [e.event_id for e in entries],
        [e.topic for e in entries],
        [e.partition for e in entries],
        [e.case_id for e in entries],
        [e.type for e in entries],
        [e.headers for e in entries],
        [e.value for e in entries],
        [e.recorded_at for e in entries],
    ]


def open_for_append(connection: Connection) -> None:
    """First statement of a transaction that will append; recordedtime is read from the clock after it (D25)."""
    connection.execute(_OPEN, [_ACCEPTING])


def append(connection: Connection, entries: Sequence[Entry]) -> int:
    """Adds events to the log in the given order; an event id that stands there already says nothing new (D9). Rows added."""
    return _added(connection.execute(_APPEND, _arrays(entries)).fetchone())


async def open_for_append_async(connection: AsyncConnection) -> None:
    """As open_for_append, for the API loop."""
    await connection.execute(_OPEN, [_ACCEPTING])


async def append_async(connection: AsyncConnection, entries: Sequence[Entry]) -> int:
    """As append, for the API loop."""
    return _added(await (await connection.execute(_APPEND, _arrays(entries))).fetchone())


def _added(row: tuple[int, str] | None) -> int:
    return row[0] if row else 0


def become_relay(connection: Connection) -> bool:
    """Takes the node's one relay lock for this session; False while another session holds it (D2)."""
    row = connection.execute("SELECT pg_try_advisory_lock(%s)", [_RELAYING]).fetchone()
    return bool(row and row[0])


def is_relay(connection: Connection) -> bool:
    """Whether this very session holds the relay lock."""
    row = connection.execute(
        "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND granted"
        " AND classid = %s AND objid = %s)",
        [_RELAYING >> 32, _RELAYING & 0xFFFF_FFFF],
    ).fetchone()
    return bool(row and row[0])


def waiting(connection: Connection, limit: int) -> list[tuple[int, Entry]]:
    """Rows without a sequence, in the order in which they are to be numbered (D1)."""
    rows = connection.execute(
        "SELECT id, event_id, topic, partition, case_id, type, headers, value, recorded_at"
        " FROM bus.log WHERE sequence IS NULL ORDER BY id LIMIT %s",
        [limit],
        binary=True,
    ).fetchall()
    return [(row[0], Entry(*row[1:])) for row in rows]


def number(connection: Connection, ids: Sequence[int], sequences: Sequence[int], times: Sequence[int], seals: Sequence[str]) -> None:
    """Makes the bytes of these rows final (D2)."""
    connection.execute(
        "UPDATE bus.log l SET sequence = n.sequence, logicaltime = n.logicaltime, seal = n.seal"
        " FROM unnest(%b::bigint[], %b::bigint[], %b::bigint[], %b::text[]) AS n(id, sequence, logicaltime, seal)"
        " WHERE l.id = n.id AND l.sequence IS NULL",
        [list(ids), list(sequences), list(times), list(seals)],
    )


def last_numbered(connection: Connection, slots: Sequence[Slot]) -> dict[Slot, tuple[int, int]]:
    """(sequence, logicaltime) of the newest relayed row of each of these partitions that has one; cost does not grow with the log."""
    rows = connection.execute(
        "SELECT mine.topic, mine.partition, newest.sequence, newest.logicaltime"
        " FROM unnest(%b::text[], %b::int[]) AS mine(topic, partition), LATERAL (SELECT sequence, logicaltime FROM bus.log l"
        " WHERE l.topic = mine.topic AND l.partition = mine.partition AND sequence IS NOT NULL ORDER BY sequence DESC LIMIT 1) newest",
        [[topic for topic, _ in slots], [partition for _, partition in slots]],
    ).fetchall()
    return {(topic, partition): (sequence, logicaltime) for topic, partition, sequence, logicaltime in rows}


def since(connection: Connection, slot: Slot, sequence: int, limit: int) -> list[Numbered]:
    """Relayed rows of one partition from a sequence on, in order: what is produced again, verbatim."""
    rows = connection.execute(
        "SELECT topic, partition, case_id, headers, value, sequence, logicaltime, seal FROM bus.log"
        " WHERE topic = %s AND partition = %s AND sequence >= %s ORDER BY sequence LIMIT %s",
        [*slot, sequence, limit],
        binary=True,
    ).fetchall()
    return [Numbered(*row) for row in rows]


def values(connection: Connection, event_ids: Sequence[UUID]) -> dict[UUID, bytes]:
    """The framed values of these events, relayed or not; those that the log lacks are left out."""
    rows = connection.execute("SELECT event_id, value FROM bus.log WHERE event_id = ANY(%s)", [list(event_ids)]).fetchall()
    return dict(rows)


def restore(connection: Connection, entries: Sequence[Entry], numbers: Sequence[tuple[int, int, str]]) -> int:
    """Takes back records that Kafka has and the log lacks (D3): adds the row, or gives a row without sequence the one it had."""
    return connection.execute(
        "INSERT INTO bus.log (event_id, topic, partition, case_id, type, headers, value, recorded_at, sequence, logicaltime, seal)"
        " SELECT * FROM unnest(%b::uuid[], %b::text[], %b::int[], %b::text[], %b::text[], %b::bytea[], %b::bytea[], %b::bigint[],"
        " %b::bigint[], %b::bigint[], %b::text[])"
        " ON CONFLICT (event_id) DO UPDATE SET sequence = excluded.sequence, logicaltime = excluded.logicaltime, seal = excluded.seal,"
        " headers = excluded.headers, value = excluded.value WHERE bus.log.sequence IS NULL",
        [*_arrays(entries), [n[0] for n in numbers], [n[1] for n in numbers], [n[2] for n in numbers]],
    ).rowcount


def depth(connection: Connection) -> tuple[int, int]:
    """Rows waiting for the relay (an upper bound, by ids) and the oldest one's recordedtime in ms (0 when none waits)."""
    return _depth(connection.execute(_DEPTH).fetchone())


async def depth_async(connection: AsyncConnection) -> tuple[int, int]:
    """As depth, for the API loop."""
    return _depth(await (await connection.execute(_DEPTH)).fetchone())


_DEPTH = (
    "SELECT (SELECT max(id) FROM bus.log) - first.id + 1, first.recorded_at"
    " FROM (SELECT id, recorded_at FROM bus.log WHERE sequence IS NULL ORDER BY id LIMIT 1) first"
)


def _depth(row: tuple[int, int] | None) -> tuple[int, int]:
    return (row[0], row[1]) if row else (0, 0)


def settled(connection: Connection, service: str, slots: Sequence[Slot], due: int) -> bool:
    """D25: has the service applied every record of these own partitions accepted up to due (ms)? True only once that cannot change.

    The exclusive lock waits for acceptances under way; whoever starts later reads a clock that is past due.
    """
    connection.execute("SELECT pg_advisory_lock(%s), pg_advisory_unlock(%s)", [_ACCEPTING, _ACCEPTING])
    row = connection.execute(
        "SELECT NOT EXISTS (SELECT FROM bus.log WHERE sequence IS NULL AND topic = ANY(%(topics)s) AND recorded_at <= %(due)s)"
        " AND NOT EXISTS (SELECT FROM unnest(%(topics)s::text[], %(partitions)s::int[]) AS own(topic, partition)"
        " LEFT JOIN bus.position p ON p.service = %(service)s AND p.topic = own.topic AND p.partition = own.partition"
        " JOIN bus.log l ON l.topic = own.topic AND l.partition = own.partition AND l.sequence > coalesce(p.sequence, 0)"
        " WHERE l.recorded_at <= %(due)s)",
        {"service": service, "topics": [topic for topic, _ in slots], "partitions": [number for _, number in slots], "due": due},
    ).fetchone()
    return bool(row and row[0])
