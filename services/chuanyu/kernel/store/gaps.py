"""What the mirror lost, and what the other side asked this node to send again (D5)."""

from __future__ import annotations

from collections.abc import Sequence

from chuanyu.kernel.store.database import Connection
from chuanyu.kernel.store.positions import Slot

ASK_AGAIN_MS = 30_000


def seen(connection: Connection, service: str, missing: Sequence[tuple[Slot, int]], now: int) -> None:
    """A service that has read to the end lacks these slots: (partition, first missing sequence)."""
    connection.execute(
        "INSERT INTO bus.gap (topic, partition, from_sequence, service, seen_at)"
        " SELECT topic, partition, from_sequence, %s, %s"
        " FROM unnest(%s::text[], %s::int[], %s::bigint[]) AS g(topic, partition, from_sequence)"
        " ON CONFLICT (topic, partition, service) DO UPDATE SET from_sequence = excluded.from_sequence"
        " WHERE bus.gap.from_sequence <> excluded.from_sequence",
        [service, now, [slot[0] for slot, _ in missing], [slot[1] for slot, _ in missing], [sequence for _, sequence in missing]],
    )
    connection.execute("NOTIFY bus_log")


def stored(connection: Connection, service: str) -> set[Slot]:
    """Partitions for which the service has told of a gap that is still open."""
    return {(row[0], row[1]) for row in connection.execute("SELECT topic, partition FROM bus.gap WHERE service = %s", [service])}


def closed(connection: Connection, service: str, slots: Sequence[Slot]) -> None:
    """The service has got past these gaps."""
    connection.execute(
        "DELETE FROM bus.gap g USING unnest(%s::text[], %s::int[]) AS mine(topic, partition)"
        " WHERE g.topic = mine.topic AND g.partition = mine.partition AND g.service = %s",
        [[topic for topic, _ in slots], [partition for _, partition in slots], service],
    )


def to_ask(connection: Connection, now: int) -> list[tuple[str, int, int, str, int]]:
    """Gaps to ask for now, marked as asked: (topic, partition, first missing sequence, service, how often asked before).

    Every 30 s; after ten vain requests ever less often, at last once an hour: what the owner itself has lost must not cost it everything.
    """
    return connection.execute(
        "WITH due AS (SELECT topic, partition, min(from_sequence) AS from_sequence, min(service) AS service, max(asked) AS asked"
        " FROM bus.gap GROUP BY topic, partition "
        " HAVING max(asked_at) + %s * (1 << least(greatest(max(asked) - 10, 0), 7)) <= %s),"
        " marked AS (UPDATE bus.gap g SET asked = due.asked + 1, asked_at = %s FROM due"
        " WHERE g.topic = due.topic AND g.partition = due.partition)"
        " SELECT topic, partition, from_sequence, service, asked FROM due ORDER BY topic, partition",
        [ASK_AGAIN_MS, now, now],
    ).fetchall()


def ask_resend(connection: Connection, topic: str, partition: int, from_sequence: int) -> None:
    """Notes a request for this node's relay; of several the earliest sequence counts."""
    connection.execute(
        "INSERT INTO bus.resend (topic, partition, from_sequence) VALUES (%s, %s, %s) ON CONFLICT (topic, partition)"
        " DO UPDATE SET from_sequence = least(bus.resend.from_sequence, excluded.from_sequence)",
        [topic, partition, from_sequence],
    )
    connection.execute("NOTIFY bus_log")


def take_resends(connection: Connection) -> list[tuple[Slot, int]]:
    """What the relay has to send again: (partition, first sequence); each request is taken once."""
    rows = connection.execute("DELETE FROM bus.resend RETURNING topic, partition, from_sequence").fetchall()
    return [((topic, partition), sequence) for topic, partition, sequence in rows]
