"""Records that can never be applied, what waits behind them, and what a person decided about them (D13, D14)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chuanyu.kernel.store.database import Connection
from chuanyu.kernel.store.positions import Slot

Hold = tuple[str, bytes]  # topic, key (the case id): order is promised per owner, so the other province's acts pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """One record kept aside. sequence is as claimed: with code seal_invalid it is not believed.

    code, why and reason are empty while the record only waits behind another (state WAITING); holds says whether its case waits.
    """

    topic: str
    partition: int
    sequence: int
    record_offset: int
    key: bytes
    headers: bytes
    value: bytes
    code: str = ""
    reason: str = ""
    holds: bool = True
    state: str = "PARKED"
    why: str = ""  # finer than code, for counting; not stored

    @property
    def digest(self) -> bytes:
        """Which record this is, whatever offset it was read at."""
        return hashlib.sha256(b"\x1f".join((self.key, self.headers, self.value))).digest()

    @property
    def hold(self) -> Hold:
        return self.topic, self.key


@dataclass(frozen=True, slots=True)
class Row:
    """A stored parked record: its id, the record, and the act a person decided on (RELEASE, DISCARD or None)."""

    id: int
    record: Parked
    act: str | None


_RECORD = "topic, partition, sequence, record_offset, key, headers, value, code, reason, holds, state"
_FIELDS = tuple(_RECORD.split(", "))


def park(connection: Connection, service: str, records: Sequence[Parked], now: int) -> None:
    """Keeps records aside with their original bytes; a record read twice is kept once.

    A rebuild reads settled ones again: they are open again, and an act that a person decided on is carried out anew. One that held
    nothing holds from when it comes as the next of its partition; a seal that has become good leaves what else is wrong.
    """
    once: dict[tuple[str, int, bytes], Parked] = {}
    for record in records:
        known = once.setdefault((record.topic, record.partition, record.digest), record)
        if record.holds and not known.holds:
            once[record.topic, record.partition, record.digest] = record
    connection.execute(
        f"INSERT INTO bus.parked (service, parked_at, digest, {_RECORD})"
        f" SELECT %s, %s, * FROM unnest(%b::bytea[], %s::text[], %s::int[], %s::bigint[], %s::bigint[], %b::bytea[], %b::bytea[],"
        f" %b::bytea[], %s::text[], %s::text[], %s::bool[], %s::text[]) ON CONFLICT (service, topic, partition, digest)"
        " DO UPDATE SET state = excluded.state, code = excluded.code, reason = excluded.reason, holds = true, settled_at = NULL"
        " WHERE excluded.holds AND (bus.parked.state NOT IN ('PARKED', 'WAITING') OR NOT bus.parked.holds"
        " OR bus.parked.code = 'seal_invalid' AND excluded.code <> 'seal_invalid')",
        [service, now, [digest for _, _, digest in once], *([getattr(record, field) for record in once.values()] for field in _FIELDS)],
    )


def holds(connection: Connection, service: str, slots: Iterable[Slot]) -> tuple[set[tuple[str, int, bytes]], set[tuple[str, int, int]]]:
    """What a service that takes these partitions must know: (topic, partition, key) of held cases, (topic, partition, sequence) of
    slots that were passed with a bad seal and may still be filled."""
    pairs = list(slots)
    rows = connection.execute(
        "SELECT p.topic, p.partition, p.key, p.sequence, p.code = 'seal_invalid' AND p.state = 'PARKED'"
        " FROM bus.parked p JOIN unnest(%s::text[], %s::int[]) AS mine(topic, partition) USING (topic, partition)"
        " WHERE p.service = %s AND p.holds AND p.state IN ('PARKED', 'WAITING')",
        [[topic for topic, _ in pairs], [partition for _, partition in pairs], service],
    ).fetchall()
    return {(row[0], row[1], row[2]) for row in rows}, {(row[0], row[1], row[3]) for row in rows if row[4]}


def decided(connection: Connection, service: str, slots: Iterable[Slot]) -> list[Hold]:
    """Holds of these partitions in which a person's act waits to be carried out."""
    pairs = list(slots)
    rows = connection.execute(
        "SELECT DISTINCT p.topic, p.key FROM bus.parked p"
        " JOIN unnest(%s::text[], %s::int[]) AS mine(topic, partition) USING (topic, partition)"
        " WHERE p.service = %s AND p.state = 'PARKED' AND p.act IS NOT NULL",
        [[topic for topic, _ in pairs], [partition for _, partition in pairs], service],
    ).fetchall()
    return [(row[0], row[1]) for row in rows]


def queue(connection: Connection, service: str, hold: Hold) -> list[Row]:
    """What stands in one hold, in sequence."""
    rows = connection.execute(
        f"SELECT id, act, {_RECORD} FROM bus.parked"
        " WHERE service = %s AND topic = %s AND key = %s AND state IN ('PARKED', 'WAITING') ORDER BY sequence, id",
        [service, *hold],
    ).fetchall()
    return [Row(row[0], Parked(**dict(zip(_FIELDS, row[2:], strict=True))), row[1]) for row in rows]


def settle(connection: Connection, row_id: int, state: str, now: int, *, code: str = "", reason: str = "") -> None:
    """Gives a parked record its new state; PARKED again takes the act away, so that a person decides anew. What came of the act is kept."""
    connection.execute(
        "UPDATE bus.parked SET state = %s, settled_at = %s, act = CASE WHEN %s THEN NULL ELSE act END,"
        " code = CASE WHEN %s = '' THEN code ELSE %s END, reason = CASE WHEN %s = '' THEN reason ELSE %s END WHERE id = %s",
        [state, None if state == "PARKED" else now, state == "PARKED", code, code, reason, reason, row_id],
    )
    _carried(connection, [row_id], state, now, code)


def replace(connection: Connection, service: str, topic: str, partition: int, sequence: int, now: int) -> list[Hold]:
    """The sealed record for a slot passed with a bad seal has come: the bad bytes are kept, but hold nothing any more. Freed holds."""
    rows = connection.execute(
        "UPDATE bus.parked SET state = 'REPLACED', settled_at = %s WHERE service = %s AND topic = %s AND partition = %s"
        " AND sequence = %s AND code = 'seal_invalid' AND holds AND state = 'PARKED' RETURNING topic, key, id",
        [now, service, topic, partition, sequence],
    ).fetchall()
    _carried(connection, [row[2] for row in rows], "REPLACED", now)
    return [(row[0], row[1]) for row in rows]


def _carried(connection: Connection, rows: Sequence[int], outcome: str, now: int, code: str = "") -> None:
    connection.execute(
        "UPDATE bus.act SET outcome = %s, code = %s, carried_at = %s WHERE parked = ANY(%s) AND outcome IS NULL",
        [outcome, code, now, list(rows)],
    )


def counts(connection: Connection) -> list[tuple[str, str, int]]:
    """(service, code, records) parked now, and with code '' those that wait behind them."""
    return connection.execute(
        "SELECT service, code, count(*) FROM bus.parked WHERE state IN ('PARKED', 'WAITING') GROUP BY 1, 2"
    ).fetchall()


def held(connection: Connection) -> int:
    """Cases whose later records wait, counted once however many services hold them."""
    row = connection.execute(
        "SELECT count(DISTINCT (topic, key)) FROM bus.parked WHERE holds AND state IN ('PARKED', 'WAITING')"
    ).fetchone()
    assert row is not None
    return int(row[0])
