"""All SQL of the cases. One statement a table and batch; arrays go over in binary form (`%b`), which costs a fifth of the textual one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from chuanyu.casework import lapses
from chuanyu.casework.case import EDITION, NEW, Case, Confirmation, Fact, Obligation, Waiting, pack, unpack
from chuanyu.kernel.codec import decode
from chuanyu.kernel.store import Connection, Migrations

MIGRATIONS = Migrations("cases", Path(__file__).parent / "migrations")

Row = tuple[object, ...]

_SUM = 'SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) FROM cases."{table}" t'

TABLES = ("case", "event", "obligation", "confirmation", "waiting", "batch")


class Happened(NamedTuple):
    """A row of cases.event: an event of a case as it came."""

    case_id: str
    logicaltime: int
    topic: str
    sequence: int
    event_id: UUID
    source: str
    time: int
    recordedtime: int
    value: bytes


_LOCK = 'SELECT case_id, kept FROM cases."case" WHERE case_id = ANY(%b) ORDER BY case_id FOR UPDATE'


def lock(connection: Connection, case_ids: Sequence[str]) -> dict[str, bytes]:
    """The cases among these that exist, as kept, locked in id order (D6)."""
    return dict(connection.execute(_LOCK, [case_ids]).fetchall())


_HISTORY = (
    "SELECT case_id, logicaltime, topic, sequence, event_id, source, time, recordedtime, value"
    " FROM cases.event WHERE case_id = ANY(%b) ORDER BY case_id, logicaltime, topic, sequence"
)


def history(connection: Connection, case_ids: Sequence[str]) -> dict[str, list[Fact]]:
    """Every event of these cases in canonical order."""
    facts: dict[str, list[Fact]] = {case_id: [] for case_id in case_ids}
    for row in connection.execute(_HISTORY, [case_ids], binary=True):
        each = Happened(*row)
        order = each.logicaltime, each.topic, each.sequence
        facts[each.case_id].append(Fact(order, each.event_id.bytes, each.source, each.time, each.recordedtime, decode(each.value)))
    return facts


_CASES = (
    "SELECT case_id, open, standing, stage, string_to_array(concerns, ' '), ends, silent, edition, kept"
    " FROM unnest(%b::text[], %b::bool[], %b::text[], %b::text[], %b::text[], %b::bigint[], %b::bigint[], %b::int[], %b::bytea[])"
    " AS c(case_id, open, standing, stage, concerns, ends, silent, edition, kept)"
)
_INSERT = (
    f'INSERT INTO cases."case" (case_id, open, standing, stage, concerns, ends, silent, edition, kept) {_CASES} ORDER BY case_id'
    " ON CONFLICT (case_id) DO NOTHING RETURNING case_id"
)
_UPDATE = (
    'UPDATE cases."case" k SET open = c.open, standing = c.standing, stage = c.stage, concerns = c.concerns, ends = c.ends,'
    " silent = c.silent, edition = c.edition, kept = c.kept"
    f" FROM ({_CASES}) AS c(case_id, open, standing, stage, concerns, ends, silent, edition, kept) WHERE k.case_id = c.case_id"
)


def insert(connection: Connection, cases: Mapping[str, Case]) -> set[str]:
    """Keeps new cases; returns those of which another process made the row in the meantime: nothing was written for them."""
    made = connection.execute(_INSERT, _case_columns(cases)).fetchall()
    return cases.keys() - {case_id for (case_id,) in made} if len(made) < len(cases) else set()


def update(connection: Connection, cases: Mapping[str, Case]) -> None:
    """Keeps cases that `lock` found."""
    connection.execute(_UPDATE, _case_columns(cases))


def _case_columns(cases: Mapping[str, Case]) -> list[object]:
    values = cases.values()
    return [
        list(cases),
        [case.open for case in values],
        [case.standing.value for case in values],
        [case.stage for case in values],
        [" ".join(case.concerns) for case in values],
        [case.ends for case in values],
        [case.silent for case in values],
        [EDITION] * len(values),
        [pack(case) for case in values],
    ]


_EVENTS = (
    "INSERT INTO cases.event (case_id, logicaltime, topic, sequence, event_id, source, time, recordedtime, value)"
    " SELECT * FROM unnest(%b::text[], %b::bigint[], %b::text[], %b::bigint[], %b::uuid[], %b::text[], %b::bigint[], %b::bigint[],"
    " %b::bytea[])"
)


def keep_events(connection: Connection, happened: Sequence[Happened]) -> None:
    """Adds events to the history of their cases."""
    connection.execute(_EVENTS, [list(column) for column in zip(*happened, strict=True)])


def _uuid(id: bytes | None) -> UUID | None:
    return None if id is None else UUID(bytes=id)


def _obligation(case_id: str, each: Obligation) -> Row:
    return (
        case_id, _uuid(each.id), each.rule, each.version, each.authority, each.part, each.node, _uuid(each.cause), each.clock, each.opened,
        each.backfilled, each.starts, each.due, each.certain, " ".join(map(str, each.earlier)), each.state.value, each.settled,
        _uuid(each.settled_by), min(lapses.warnings(each), default=None), lapses.late_from(each), lapses.decides_at(each), each.level,
    )  # fmt: skip


def _confirmation(case_id: str, each: Confirmation) -> Row:
    return case_id, _uuid(each.event), each.kind.value, each.by, each.asked, each.at, _uuid(each.receipt)


def _waiting(case_id: str, each: Waiting) -> Row:
    return case_id, _uuid(each.event), _uuid(each.original), each.since


@dataclass(frozen=True, slots=True)
class _Table:
    """A table whose rows follow from parts of cases; keys of the row are the first columns."""

    parts: Callable[[Case], tuple[Any, ...]]
    row: Callable[[str, Any], Row]
    key: int
    delete: str
    insert: str


_DERIVED = (
    _Table(
        lambda case: case.obligations,
        _obligation,
        2,
        "DELETE FROM cases.obligation USING unnest(%b::text[], %b::uuid[]) AS g(a, b) WHERE case_id = a AND obligation_id = b",
        "INSERT INTO cases.obligation SELECT case_id, obligation_id, rule, version, authority, part, node, cause, clock, opened,"
        " backfilled, starts, due, certain, string_to_array(earlier, ' ')::bigint[], state, settled, settled_by,"
        " warns_at, late_from, decides_at, level"
        " FROM unnest(%b::text[], %b::uuid[], %b::text[], %b::int[], %b::text[], %b::text[], %b::text[], %b::uuid[], %b::text[],"
        " %b::bigint[], %b::bool[], %b::bigint[], %b::bigint[], %b::bool[], %b::text[], %b::text[], %b::bigint[], %b::uuid[],"
        " %b::bigint[], %b::bigint[], %b::bigint[], %b::int[])"
        " AS o(case_id, obligation_id, rule, version, authority, part, node, cause, clock, opened, backfilled, starts, due, certain,"
        " earlier, state, settled, settled_by, warns_at, late_from, decides_at, level)",
    ),
    _Table(
        lambda case: case.confirmations,
        _confirmation,
        4,
        "DELETE FROM cases.confirmation USING unnest(%b::text[], %b::uuid[], %b::text[], %b::text[]) AS g(a, b, c, d)"
        " WHERE case_id = a AND event = b AND kind = c AND by = d",
        "INSERT INTO cases.confirmation (case_id, event, kind, by, asked, at, receipt)"
        " SELECT * FROM unnest(%b::text[], %b::uuid[], %b::text[], %b::text[], %b::bigint[], %b::bigint[], %b::uuid[])",
    ),
    _Table(
        lambda case: case.waiting,
        _waiting,
        2,
        "DELETE FROM cases.waiting USING unnest(%b::text[], %b::uuid[]) AS g(a, b) WHERE case_id = a AND event = b",
        "INSERT INTO cases.waiting (case_id, event, original, since)"
        " SELECT * FROM unnest(%b::text[], %b::uuid[], %b::uuid[], %b::bigint[])",
    ),
)


def derive(connection: Connection, before: Mapping[str, Case], after: Mapping[str, Case]) -> None:
    """Brings obligations, confirmations and waiting references of these cases from what they were to what they are."""
    for table in _DERIVED:
        gone: list[Row] = []
        added: list[Row] = []
        for case_id, case in after.items():
            had, has = table.parts(before.get(case_id, NEW)), table.parts(case)
            if had != has:
                gone += [table.row(case_id, part)[: table.key] for part in had if part not in frozenset(has)]
                added += [table.row(case_id, part) for part in has if part not in frozenset(had)]
        if gone:
            connection.execute(table.delete, _columns(gone))
        if added:
            connection.execute(table.insert, _columns(added))


def _columns(rows: Sequence[Row]) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)]


def find(connection: Connection, case_id: str) -> Case | None:
    """A case as it stands, None when this node knows none of that id."""
    row = connection.execute('SELECT kept FROM cases."case" WHERE case_id = %s', [case_id]).fetchone()
    return unpack(row[0]) if row else None


def open_in(connection: Connection, division: str, *, after: str = "", limit: int = 200) -> list[tuple[str, Case]]:
    """Open cases that concern a division or one below it, by case id; after: the last id of the page before."""
    rows = connection.execute(
        'SELECT case_id, kept FROM cases."case" WHERE open AND concerns @> ARRAY[%s] AND case_id > %s ORDER BY case_id LIMIT %s',
        [division, after, limit],
    )
    return [(case_id, unpack(kept)) for case_id, kept in rows]


_OWED = (
    "SELECT CASE WHEN due IS NULL THEN 'undelivered' WHEN level > 0 THEN 'overdue' WHEN late_from <= %(now)s THEN 'due_unconfirmed'"
    " WHEN warns_at <= %(now)s THEN 'warned' ELSE 'open' END, count(*) FROM cases.obligation WHERE state = 'OPEN' GROUP BY 1"
)


def owed(connection: Connection, now: int) -> dict[str, int]:
    """How many open obligations have time (`open`), were warned of (`warned`), are past due and not yet said so (`due_unconfirmed`, D10),
    said to be overdue (`overdue`), or have no clock yet (`undelivered`)."""
    return dict(connection.execute(_OWED, {"now": now}).fetchall())


_UNDELIVERED = "FROM cases.confirmation WHERE at IS NULL AND kind = 'DELIVERED' AND by <> %s"


def outstanding(connection: Connection, province: str) -> int:
    """How many *delivered* receipts other nodes than this province's still owe."""
    row = connection.execute(f"SELECT count(*) {_UNDELIVERED}", [province]).fetchone()
    return row[0] if row else 0


def oldest(connection: Connection, province: str) -> tuple[int | None, int | None]:
    """Since when (ms) another node than this province's owes one, and an event waits for the one it refers to."""
    row: tuple[int | None, int | None] | None = connection.execute(
        f"SELECT (SELECT min(asked) {_UNDELIVERED}), (SELECT min(since) FROM cases.waiting)", [province]
    ).fetchone()
    return row or (None, None)


_DUE = (
    "SELECT least(ceil((%(now)s - due) / 86400000.0), 30)::int, state = 'MET' AND settled < coalesce(late_from, due + 1), count(*)"
    " FROM cases.obligation"
    " WHERE due >= %(now)s - 30 * 86400000::bigint AND due < %(now)s AND NOT backfilled"
    " AND state IN ('OPEN', 'MET', 'UNANSWERED') GROUP BY 1, 2"
)


def fell_due(connection: Connection, now: int) -> list[tuple[int, bool, int]]:
    """(days ago from 1, whether met in time, obligations) of what fell due within 30 days before now (ms), back-filled ones left out."""
    return connection.execute(_DUE, {"now": now}).fetchall()


def checksum(connection: Connection) -> str:
    """One word for all that the cases' tables hold, in every column: equal at both nodes once both heard the same (D8)."""
    return " ".join(f"{table}:{count}:{total}" for table in TABLES for count, total in connection.execute(_SUM.format(table=table)))
