"""How far a plan is: the samples that name it, counted where they were taken. A table beside the cases, for a plan spans many of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from chuanyu.casework.case import NEW, Case, Standing
from chuanyu.domain.divisions import above
from chuanyu.kernel.store import AsyncConnection, Connection

_GONE = "DELETE FROM cases.batch WHERE case_id = ANY(%b)"
_ADDED = "INSERT INTO cases.batch (case_id, plan, division) SELECT * FROM unnest(%b::text[], %b::text[], %b::text[])"
_TAKEN = "SELECT division, count(*) FROM cases.batch WHERE plan = ANY(%s) GROUP BY 1"


def keep(connection: Connection, before: Mapping[str, Case], after: Mapping[str, Case]) -> None:
    """Brings the samples of plans from what these cases were to what they are; one that was withdrawn was not taken."""
    changed = [id for id, case in after.items() if _counts(case) != _counts(before.get(id, NEW))]
    if gone := [id for id in changed if _counts(before.get(id, NEW))]:
        connection.execute(_GONE, [gone])
    if added := [(id, *batch) for id in changed if (batch := _counts(after[id]))]:
        connection.execute(_ADDED, [list(column) for column in zip(*added, strict=True)])


async def taken(connection: AsyncConnection, plan: Sequence[str]) -> dict[str, int]:
    """Samples taken for a plan by division. plan: its number as `domain.text.identifier` makes it, and the id of its case."""
    return dict(await (await connection.execute(_TAKEN, [list(plan)])).fetchall())


def by_region(taken: Mapping[str, int], regions: Iterable[str]) -> dict[str, int]:
    """The same by region of the plan, the narrowest that holds the place; "" is outside all of them."""
    counts = dict.fromkeys(regions, 0)
    for division, count in taken.items():
        region = next((code for code in (division, *above(division)) if code in counts), "")
        counts[region] = counts.get(region, 0) + count
    return counts


def _counts(case: Case) -> tuple[str, str] | None:
    return None if case.standing is Standing.WITHDRAWN else case.batch
