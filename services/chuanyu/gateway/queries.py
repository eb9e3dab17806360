"""All SQL of the gateway: the statements that were made here (D19, D20)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from chuanyu.kernel.store import Connection, Migrations

MIGRATIONS = Migrations("gateway", Path(__file__).parent / "migrations")
Key = tuple[str, str, UUID | None]  # type, key, correction_of


@dataclass(frozen=True, slots=True)
class Stated:
    """One row of gateway.statement.

    correction_of: the version that it replaces · content: SHA-256
    anew: it was said again after that version's withdrawal; the event itself corrects nothing
    """

    type: str
    key: str
    correction_of: UUID | None
    event_id: UUID
    source: str
    case_id: str
    content: bytes
    anew: bool


_COLUMNS = "type, key, correction_of, event_id, source, case_id, content, anew"
_ADD = (
    f"INSERT INTO gateway.statement ({_COLUMNS}) SELECT {_COLUMNS}"
    " FROM unnest(%b::text[], %b::text[], %b::uuid[], %b::uuid[], %b::text[], %b::text[], %b::bytea[], %b::bool[])"
    f" AS s({_COLUMNS}) ON CONFLICT DO NOTHING RETURNING type, key, correction_of"
)
_BY_KEY = (
    f"SELECT {', '.join('s.' + c for c in _COLUMNS.split(', '))} FROM gateway.statement s"
    " JOIN unnest(%b::text[], %b::text[]) AS k(type, key) ON s.type = k.type AND s.key = k.key"
)
_OPENINGS = f"SELECT {_COLUMNS} FROM gateway.statement WHERE case_id = ANY(%b::text[]) AND type = ANY(%b::text[])"
_BY_EVENT = f"SELECT {_COLUMNS} FROM gateway.statement WHERE event_id = ANY(%s)"


def add(connection: Connection, statements: Sequence[Stated]) -> set[Key]:
    """Makes statements, each (type, key, correction_of) once whoever is first; those that were made.

    They are taken in the order of their keys, so that two transactions never wait for each other.
    """
    ordered = sorted(statements, key=lambda s: (s.type, s.key, str(s.correction_of)))
    columns = [[getattr(s, c) for s in ordered] for c in Stated.__slots__]
    return set(connection.execute(_ADD, columns))


def versions(connection: Connection, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], list[Stated]]:
    """Every version stated under these (type, key), in no order."""
    found: dict[tuple[str, str], list[Stated]] = {}
    asked = list(dict.fromkeys(keys))
    for row in connection.execute(_BY_KEY, [[t for t, _ in asked], [k for _, k in asked]]):
        found.setdefault((row[0], row[1]), []).append(Stated(*row))
    return found


def by_event(connection: Connection, event_ids: Sequence[UUID]) -> dict[UUID, Stated]:
    """The statements of these events, those of other nodes left out."""
    return {row[3]: Stated(*row) for row in connection.execute(_BY_EVENT, [list(event_ids)])}


def openings(connection: Connection, cases: Sequence[str], types: Sequence[str]) -> dict[str, Stated]:
    """Of each of these cases a statement of these types, which open cases; cases that this node did not open are left out."""
    return {row[5]: Stated(*row) for row in connection.execute(_OPENINGS, [list(cases), list(types)])}
