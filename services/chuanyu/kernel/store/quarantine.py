"""What persons see of parked records and decide about them, for all services of the node at once (D14). Runs on the API's loop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from chuanyu.kernel.envelope import unpack_headers
from chuanyu.kernel.kept import Act, Decided, Holder, Kept
from chuanyu.kernel.store.database import AsyncConnection

OPEN, SETTLED = ("PARKED",), ("RELEASED", "DISCARDED", "REPLACED")


_NUMBER = "(SELECT min(o.id) FROM bus.parked o WHERE (o.topic, o.partition, o.digest) = ({0}.topic, {0}.partition, {0}.digest))"
_CHOSEN = (
    f"SELECT p.topic, p.partition, p.digest, {_NUMBER.format('p')} AS number FROM bus.parked p WHERE p.state = ANY(%(states)s)"
    " AND (%(service)s = '' OR p.service = %(service)s) AND (%(code)s = '' OR p.code = %(code)s)"
    " AND (%(topic)s = '' OR p.topic = %(topic)s) AND (%(case_id)s = '' OR p.key = convert_to(%(case_id)s, 'UTF8'))"
    " AND (NOT %(undecided)s OR p.act IS NULL)"
)
_PAGE = f"SELECT DISTINCT number FROM ({_CHOSEN}) c WHERE number > %(after)s ORDER BY number LIMIT %(limit)s"
_COUNT = f"SELECT count(DISTINCT number) FROM ({_CHOSEN}) c"
_RECORDS = f"(SELECT r.topic, r.partition, r.digest, {_NUMBER.format('r')} AS number FROM bus.parked r WHERE r.id = ANY(%(numbers)s)) n"
_OF = "p.topic = n.topic AND p.partition = n.partition AND p.digest = n.digest"
_HOLD = "{0}.service = p.service AND {0}.topic = p.topic AND {0}.key = p.key AND {0}.state IN ('PARKED', 'WAITING')"
_BLOCKS = "{0}.state = 'PARKED' AND {0}.holds AND {0}.act IS NULL"
_WHOLE = (
    "SELECT DISTINCT ON (n.number, p.id) n.number, p.id, p.service, p.state, p.code, p.reason, p.holds, p.act, p.act_by, p.act_reason,"
    " p.parked_at, p.settled_at, p.topic, p.partition, p.sequence, p.record_offset, p.digest, p.key, p.headers, octet_length(p.value),"
    f" (SELECT count(*) FROM bus.parked w WHERE {_HOLD.format('w')} AND w.state = 'WAITING' AND p.holds AND p.state = 'PARKED'"
    "  AND w.sequence > p.sequence AND w.sequence < coalesce((SELECT min(x.sequence) FROM bus.parked x"
    f"  WHERE {_HOLD.format('x')} AND {_BLOCKS.format('x')} AND x.sequence > p.sequence), 9223372036854775807)),"
    f" (SELECT {_NUMBER.format('b')} FROM bus.parked b WHERE {_HOLD.format('b')} AND {_BLOCKS.format('b')} AND p.state = 'PARKED'"
    "  AND (b.sequence, b.id) < (p.sequence, p.id) ORDER BY b.sequence, b.id LIMIT 1)"
    f" FROM {_RECORDS} JOIN bus.parked p ON {_OF} ORDER BY n.number, p.id"
)


async def numbers(
    connection: AsyncConnection, wanted: Mapping[str, str], *, settled: bool = False, undecided: bool = False, after: int = 0, limit: int
) -> list[int]:
    """Numbers of the records that match, in order. wanted: service, code, topic, case_id; an empty one matches all."""
    asked = _asked(wanted, settled=settled, undecided=undecided) | {"after": after, "limit": limit}
    return [row[0] for row in await (await connection.execute(_PAGE, asked)).fetchall()]


async def count_undecided(connection: AsyncConnection, wanted: Mapping[str, str]) -> int:
    """How many parked records match about which nobody has decided."""
    row = await (await connection.execute(_COUNT, _asked(wanted, settled=False, undecided=True))).fetchone()
    return int(row[0]) if row else 0


async def records(connection: AsyncConnection, ids: Sequence[int]) -> dict[int, Kept]:
    """The records of these numbers, by number; a number that no record has is left out."""
    rows = await (await connection.execute(_WHOLE, {"numbers": list(ids)})).fetchall()
    return {number: _kept(number, list(group)) for number, group in groupby(rows, key=lambda row: int(row[0]))}


async def value(connection: AsyncConnection, id: int) -> bytes:
    """The bytes of a record's value."""
    row = await (await connection.execute("SELECT value FROM bus.parked WHERE id = %s", [id], binary=True)).fetchone()
    return bytes(row[0]) if row else b""


async def acts(connection: AsyncConnection, id: int) -> list[Act]:
    """What persons decided about a record, oldest first."""
    rows = await (
        await connection.execute(
            f"SELECT p.service, a.act, a.by, a.reason, a.event_id, a.decided_at, a.outcome, a.code, a.carried_at FROM {_RECORDS}"
            f" JOIN bus.parked p ON {_OF} JOIN bus.act a ON a.parked = p.id ORDER BY a.id",
            {"numbers": [id]},
        )
    ).fetchall()
    return [Act(*row) for row in rows]


async def lock(connection: AsyncConnection, ids: Sequence[int]) -> None:
    """Whoever else decides about these records waits until this transaction ends."""
    await connection.execute(
        f"SELECT p.id FROM bus.parked p WHERE EXISTS (SELECT FROM {_RECORDS} WHERE {_OF}) ORDER BY p.id FOR UPDATE", {"numbers": list(ids)}
    )


async def decide(connection: AsyncConnection, rows: Sequence[int], event_ids: Sequence[UUID], decided: Decided, at: int) -> None:
    """A person's act on rows of locked records: the bus threads will carry it out. event_ids: the event that tells of each row's act."""
    act = [decided.act, decided.by, decided.reason]
    await connection.execute("UPDATE bus.parked SET act = %s, act_by = %s, act_reason = %s WHERE id = ANY(%s)", [*act, list(rows)])
    await connection.execute(
        "INSERT INTO bus.act (parked, event_id, act, by, reason, decided_at)"
        " SELECT t.row, t.event, %s, %s, %s, %s::bigint FROM unnest(%s::bigint[], %s::uuid[]) AS t(row, event)",
        [*act, at, list(rows), list(event_ids)],
    )


def _asked(wanted: Mapping[str, str], *, settled: bool, undecided: bool) -> dict[str, Any]:
    texts = {name: wanted.get(name, "") for name in ("service", "code", "topic", "case_id")}
    return {**texts, "states": list(SETTLED if settled else OPEN), "undecided": undecided}


def _kept(number: int, rows: Sequence[Any]) -> Kept:
    topic, partition, sequence, offset, digest, key, headers, size = rows[0][12:20]
    return Kept(
        id=number,
        topic=topic,
        partition=partition,
        sequence=sequence,
        record_offset=offset,
        digest=bytes(digest),
        key=bytes(key),
        headers=unpack_headers(bytes(headers)),
        size=size,
        holders=tuple(map(_holder, rows)),
    )


def _holder(row: Any) -> Holder:
    return Holder(
        row=row[1],
        service=row[2],
        state=row[3],
        code=row[4],
        reason=row[5],
        holds=row[6],
        decided=Decided(*row[7:10]) if row[3] == "PARKED" and row[7] else None,
        parked_at=row[10],
        settled_at=row[11],
        behind=row[20],
        before=row[21],
    )
