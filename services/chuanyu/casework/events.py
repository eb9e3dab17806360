"""Single events of cases, to be told with the case in which they stand."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from chuanyu.casework.case import unpack
from chuanyu.casework.listing import HELD, Happened, Kept, Scope, faced, happened_of, rows_of
from chuanyu.kernel.store import AsyncConnection

_EVENTS = (
    f"SELECT c.case_id, c.kept, {HELD}, e.logicaltime, e.topic, e.sequence, e.event_id, e.source, e.time, e.recordedtime, e.value"
    " FROM unnest(%(cases)s::text[], %(events)s::uuid[]) AS w(case_id, event_id)"
    ' JOIN cases."case" c USING (case_id) JOIN cases.event e USING (case_id, event_id)'
    " ORDER BY e.logicaltime DESC, e.topic DESC, e.sequence DESC"
)


async def told(connection: AsyncConnection, scope: Scope, events: Sequence[tuple[str, UUID]]) -> dict[UUID, tuple[Kept, Happened]]:
    """Those of these events (case id, event id) that this node has, each with its case. One that came twice is told as it came first."""
    values = {"cases": [case_id for case_id, _ in events], "events": [event for _, event in events], "topics": scope.topics}
    rows = await rows_of(connection, _EVENTS, values)
    cases = {case_id: Kept(case_id, unpack(kept), is_held) for case_id, kept, is_held, *_ in rows}
    whole = {each.case_id: each for each in await faced(connection, list(cases.values()))}
    return {UUID(bytes=one.id): (whole[row[0]], one) for row in rows for one in [happened_of(*row[3:])]}
