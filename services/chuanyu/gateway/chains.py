"""
The versions of one statement. Each replaces the one before: as a correction, or by being said anew once that one was withdrawn. Pure.

So they form one chain, whose parts between two withdrawals are called lives here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from chuanyu.gateway.ids import mark_of
from chuanyu.gateway.queries import Stated

WITHDRAWN = "chuanyu.case.withdrawn.v1"
Versions = Mapping[tuple[str, str], Sequence[Stated]]  # (type, key) → its versions, in no order


@dataclass(frozen=True, slots=True)
class Life:
    """A statement and its corrections, oldest first. withdrawal: the event that took them back."""

    rows: tuple[Stated, ...]
    withdrawal: UUID | None


def withdrawals(rows: Sequence[Stated]) -> list[tuple[str, str]]:
    """The keys under which the withdrawals of these versions stand."""
    return [(WITHDRAWN, str(row.event_id)) for row in rows]


def lives(rows: Sequence[Stated], versions: Versions) -> list[Life]:
    """The lives of one statement, oldest first. rows: all its versions; versions: their withdrawals among others."""
    after, known = {row.correction_of: row for row in rows}, {row.event_id for row in rows}
    row: Stated | None = next(row for row in rows if row.correction_of not in known)
    parts: list[list[Stated]] = []
    while row is not None:
        if row.anew or not parts:
            parts.append([])
        parts[-1].append(row)
        row = after.get(row.event_id)
    return [Life(tuple(part), _withdrawal(part, versions)) for part in parts]


def life_of(event_id: UUID, rows: Sequence[Stated], versions: Versions) -> Life:
    """The life to which one of these versions belongs."""
    return next(life for life in lives(rows, versions) if any(row.event_id == event_id for row in life.rows))


def current(rows: Sequence[Stated]) -> Stated:
    """The version that no other one replaces; one, because each is replaced once."""
    replaced = {row.correction_of for row in rows}
    return next(row for row in rows if row.event_id not in replaced)


def rival(mark: int, content: bytes, rows: Sequence[Stated], versions: Versions) -> tuple[UUID | None, bool]:
    """What a statement that may be said again replaces, and whether it is said anew; else the place of the version that it repeats.

    The same submission is a repetition, also after its withdrawal: what is sent again on its own accord must not revive it. Its mark tells.
    """
    lived = lives(rows, versions)
    last = lived[-1]
    begun = (life.rows[0] for life in lived)
    repeated = next((row for row in begun if (mark_of(row.event_id), row.content) == (mark, content)), None)
    if repeated is None and last.withdrawal is not None:
        return last.rows[-1].event_id, True
    first = repeated or last.rows[0]
    return first.correction_of, first.anew


def _withdrawal(rows: Sequence[Stated], versions: Versions) -> UUID | None:
    return next((said[0].event_id for key in withdrawals(rows) if (said := versions.get(key))), None)
