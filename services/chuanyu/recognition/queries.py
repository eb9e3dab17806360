"""All SQL of recognition. Writes go by the batch; an answer is one statement."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID
from zlib import crc32

from chuanyu.kernel.store import Connection, Migrations
from chuanyu.recognition.facts import FOREVER, Keys
from chuanyu.recognition.fold import OPENING, Said, Standing

MIGRATIONS = Migrations("recognition", Path(__file__).parent / "migrations")
_LOCK = 0x7265_636F  # advisory locks of this service: cases by bucket, so that two processes never fold one case past each other
_BUCKETS = 256


class Record(NamedTuple):
    """The columns that fact and act share, in their order: a record's place in its case, and what proves it."""

    case_id: str
    logicaltime: int
    topic: str
    sequence: int
    event_id: UUID
    type: str
    source: str
    digest: bytes
    occurred_at: int
    recorded_at: int


_RECORD = dict(zip(Record._fields, ("text", "bigint", "text", "bigint", "uuid", "text", "text", "bytea", "bigint", "bigint"), strict=True))
_NUMBERS = dict.fromkeys(("taken_on", "dated", "public_from", "public_until"), "int")
_KEYS = dict.fromkeys(Keys._fields, "text") | _NUMBERS
_KEYS |= {"cross_province": "bool", "hidden": "bool", "starts_at": "bigint", "ends_at": "bigint", "detail": "bytea"}
_ACT = {**_RECORD, "kind": "text", "names": "uuid", "effective_at": "bigint", "objection": "text"}


def _insert(table: str, columns: Mapping[str, str], also: str = "", values: str = "") -> str:
    """One statement that adds a batch given as an array a column; also, values: columns that the rows do not bring."""
    arrays = ", ".join(f"%b::{kind}[]" for kind in columns.values())
    return (
        f"INSERT INTO recognition.{table} ({', '.join(columns)}{also}) SELECT r.*{values}"
        f" FROM unnest({arrays}) AS r({', '.join(columns)}) ON CONFLICT DO NOTHING"
    )


_ADD_FACTS = _insert(
    "fact",
    {**_RECORD, "corrects": "uuid", **_KEYS, "current": "bool"},
    also=", state, undone_by, first_recorded_at, until",
    values=", 'STANDING', NULL, r.recorded_at, r.ends_at",
)
_ADD_ACTS = _insert("act", _ACT)


_NOW = "(f.logicaltime, f.topic, f.sequence) = (s.logicaltime, s.topic, s.sequence) AND NOT f.hidden"
_SETTLE = (
    f"UPDATE recognition.fact f SET current = {_NOW}, state = s.state, undone_by = s.undone_by, objected = s.objected,"
    " first_recorded_at = coalesce(s.first_recorded_at, f.recorded_at), until = least(f.ends_at, s.until)"
    " FROM unnest(%b::text[], %b::bigint[], %b::text[], %b::bigint[], %b::text[], %b::uuid[], %b::bigint[], %b::bigint[], %b::bool[])"
    " AS s(case_id, logicaltime, topic, sequence, state, undone_by, first_recorded_at, until, objected) WHERE f.case_id = s.case_id"
    " AND (f.current, f.state, f.undone_by, f.first_recorded_at, f.until, f.objected) IS DISTINCT FROM"
    f" ({_NOW}, s.state, s.undone_by, coalesce(s.first_recorded_at, f.recorded_at), least(f.ends_at, s.until), s.objected)"
)


def lock(connection: Connection, cases: Iterable[str]) -> None:
    """Holds these cases for the transaction, in one order for everybody."""
    buckets = sorted({crc32(case.encode()) % _BUCKETS for case in cases})
    connection.execute("SELECT pg_advisory_xact_lock(%s, bucket) FROM unnest(%b::int[]) AS b(bucket)", [_LOCK, buckets])


def known(connection: Connection, cases: Collection[str]) -> set[str]:
    """Those of the cases of which anything is kept already."""
    rows = connection.execute(
        "SELECT c.id FROM unnest(%b::text[]) AS c(id) WHERE EXISTS (SELECT FROM recognition.fact f WHERE f.case_id = c.id)"
        " OR EXISTS (SELECT FROM recognition.act a WHERE a.case_id = c.id)",
        [list(cases)],
    )
    return {row[0] for row in rows}


def add_facts(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    """Files versions: Record, corrects, Keys and whether it stands alone as the current one. One that is kept already stays as it is."""
    connection.execute(_ADD_FACTS, [list(column) for column in zip(*rows, strict=True)])


def add_acts(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    """Files what is said about facts afterwards: Record, kind, names, effective_at, objection."""
    connection.execute(_ADD_ACTS, [list(column) for column in zip(*rows, strict=True)])


def history(connection: Connection, cases: Collection[str]) -> dict[str, list[Said]]:
    """Everything kept of these cases, as the fold reads it."""
    rows = connection.execute(
        "SELECT case_id, logicaltime, topic, sequence, event_id, source, %s, corrects, recorded_at, 0::bigint, ''"
        " FROM recognition.fact WHERE case_id = ANY(%s) UNION ALL"
        " SELECT case_id, logicaltime, topic, sequence, event_id, source, kind, names, recorded_at, effective_at, objection"
        " FROM recognition.act WHERE case_id = ANY(%s)",
        [OPENING, list(cases), list(cases)],
    )
    found: dict[str, list[Said]] = {case: [] for case in cases}
    for case, logicaltime, topic, sequence, *rest in rows:
        found[case].append(Said((logicaltime, topic, sequence), *rest))
    return found


def settle(connection: Connection, standings: Mapping[str, Standing | None]) -> None:
    """Writes what the fold found; None means that nothing has opened the case. Rows that say so already stay untouched."""
    if standings:
        columns = zip(*map(_settled, standings.values()), strict=True)
        connection.execute(_SETTLE, [list(standings), *map(list, columns)])


def _settled(standing: Standing | None) -> tuple[Any, ...]:
    if standing is None:
        return 0, "", 0, "STANDING", None, None, FOREVER, False
    return *standing.current, standing.state, standing.undone_by, standing.first_recorded_at, standing.until, standing.objected
