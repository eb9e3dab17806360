"""How far each service has applied each partition, and the fence that keeps a second owner out (D6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from chuanyu.kernel.faults import FenceLost
from chuanyu.kernel.store.database import Connection

Slot = tuple[str, int]  # topic, partition


@dataclass(frozen=True, slots=True)
class Position:
    """One partition as one service has applied it.

    sequence: last slot applied, parked or passed · next_offset: where to read on · logicaltime: highest seen, ms
    version: the fence · decides_after: a rebuild decides nothing up to this slot
    """

    topic: str
    partition: int
    version: int
    sequence: int = 0
    next_offset: int = 0
    logicaltime: int = 0
    decides_after: int = 0

    @property
    def slot(self) -> Slot:
        return self.topic, self.partition


_COLUMNS = "topic, partition, version, sequence, next_offset, logicaltime, decides_after"


def take(connection: Connection, service: str, slots: Iterable[Slot]) -> dict[Slot, Position]:
    """Makes this process the owner of the partitions: whoever held them before fails its next move. Positions as stored."""
    topics, partitions = _columns(slots)
    rows = connection.execute(
        f"INSERT INTO bus.position (service, topic, partition, version)"
        f" SELECT %s, topic, partition, 1 FROM unnest(%s::text[], %s::int[]) AS mine(topic, partition) ORDER BY topic, partition"
        f" ON CONFLICT (service, topic, partition) DO UPDATE SET version = bus.position.version + 1 RETURNING {_COLUMNS}",
        [service, topics, partitions],
    ).fetchall()
    return {position.slot: position for position in (Position(*row) for row in rows)}


def mine(connection: Connection, service: str, versions: Mapping[Slot, int]) -> dict[Slot, Position]:
    """The stored positions of partitions that this process owns, after a lost connection; FenceLost when one was taken over."""
    topics, partitions = _columns(versions)
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM bus.position JOIN unnest(%s::text[], %s::int[], %s::bigint[]) AS mine(topic, partition, version)"
        f" USING (topic, partition, version) WHERE service = %s",
        [topics, partitions, list(versions.values()), service],
    ).fetchall()
    if len(rows) != len(versions):
        raise FenceLost(f"{service} no longer owns every partition that it read")
    return {position.slot: position for position in (Position(*row) for row in rows)}


def move(connection: Connection, service: str, moved: Sequence[Position], now: int) -> None:
    """The fence, first statement of every consuming transaction: FenceLost when another process owns one of the partitions."""
    moved = sorted(moved, key=lambda position: position.slot)
    done = connection.execute(
        "WITH mine AS (SELECT * FROM unnest(%s::text[], %s::int[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])"
        " AS m(topic, partition, version, sequence, next_offset, logicaltime)),"
        " locked AS (SELECT p.topic, p.partition FROM bus.position p JOIN mine USING (topic, partition, version)"
        " WHERE p.service = %s ORDER BY p.topic, p.partition FOR UPDATE OF p)"
        " UPDATE bus.position p SET sequence = m.sequence, next_offset = m.next_offset, logicaltime = m.logicaltime,"
        " applied_at = %s FROM mine m, locked l"
        " WHERE p.service = %s AND p.topic = m.topic AND p.partition = m.partition AND l.topic = m.topic AND l.partition = m.partition",
        [
            [p.topic for p in moved],
            [p.partition for p in moved],
            [p.version for p in moved],
            [p.sequence for p in moved],
            [p.next_offset for p in moved],
            [p.logicaltime for p in moved],
            service,
            now,
            service,
        ],
    ).rowcount
    if done != len(moved):
        raise FenceLost(f"{service}: {len(moved) - done} of {len(moved)} partitions belong to another process now")


def highest_logicaltime(connection: Connection) -> int:
    """The highest logical time that any service of this node has seen, ms (D7)."""
    row = connection.execute("SELECT coalesce(max(logicaltime), 0) FROM bus.position").fetchone()
    assert row is not None
    return int(row[0])


def sequences(connection: Connection) -> dict[str, dict[Slot, int]]:
    """service → (topic, partition) → last slot applied, for every service of the node.

    A slot passed with a bad seal is not applied: whose case it was, nobody knows.
    """
    found: dict[str, dict[Slot, int]] = {}
    rows = connection.execute(
        "SELECT p.service, p.topic, p.partition, least(p.sequence, (SELECT min(k.sequence) - 1 FROM bus.parked k"
        " WHERE k.service = p.service AND k.topic = p.topic AND k.partition = p.partition"
        " AND k.holds AND k.state = 'PARKED' AND k.code = 'seal_invalid')) FROM bus.position p"
    )
    for service, topic, partition, sequence in rows:
        found.setdefault(service, {})[topic, partition] = sequence
    return found


def next_offsets(connection: Connection) -> dict[tuple[str, str, int], int]:
    """(service, topic, partition) → the offset at which that service reads on."""
    rows = connection.execute("SELECT service, topic, partition, next_offset FROM bus.position").fetchall()
    return {(service, topic, partition): offset for service, topic, partition, offset in rows}


def oldest_offsets(connection: Connection) -> dict[Slot, int]:
    """Where the hindmost service stands in each partition."""
    rows = connection.execute("SELECT topic, partition, min(next_offset) FROM bus.position GROUP BY topic, partition").fetchall()
    return {(topic, partition): offset for topic, partition, offset in rows}


def begin_rebuild(connection: Connection, service: str, families: Sequence[str] | None = None) -> None:
    """Puts a service back to the beginning of its partitions, all or those of some families; until it is past where it stood it decides
    nothing (D9).

    The caller empties the service's tables in the same transaction, while no process of the service runs.
    """
    these = "service = %(service)s AND (%(families)s::text[] IS NULL OR split_part(topic, '.', 2) = ANY(%(families)s))"
    told = {"service": service, "families": list(families) if families is not None else None}
    connection.execute(
        "UPDATE bus.position SET version = version + 1, decides_after = greatest(decides_after, sequence), sequence = 0, next_offset = 0"
        f" WHERE {these}",
        told,
    )
    connection.execute(f"UPDATE bus.parked SET state = 'REPLACED' WHERE {these} AND state IN ('PARKED', 'WAITING')", told)


def decide_after(connection: Connection, service: str, tails: Mapping[Slot, int]) -> None:
    """Lets a service decide nothing until it is past these sequences (D9), whether it has read of their partitions before or not."""
    connection.execute(
        "INSERT INTO bus.position (service, topic, partition, version, decides_after)"
        " SELECT %s, * FROM unnest(%s::text[], %s::int[], %s::bigint[], %s::bigint[]) ON CONFLICT (service, topic, partition)"
        " DO UPDATE SET decides_after = greatest(bus.position.decides_after, excluded.decides_after)",
        [service, *_columns(tails), [0] * len(tails), list(tails.values())],
    )


def rebuilding(connection: Connection, service: str) -> bool:
    """Whether some partition of the service is not yet past where it stood when a rebuild began (D9)."""
    row = connection.execute(
        "SELECT EXISTS (SELECT FROM bus.position WHERE service = %s AND sequence < decides_after)", [service]
    ).fetchone()
    return bool(row and row[0])


def _columns(slots: Iterable[Slot]) -> tuple[list[str], list[int]]:
    pairs = list(slots)
    return [topic for topic, _ in pairs], [partition for _, partition in pairs]
