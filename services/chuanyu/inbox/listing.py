"""What a member has not acknowledged yet, behind a cursor."""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from chuanyu.casework.notices import Why
from chuanyu.inbox.rules import refused
from chuanyu.kernel.refusals import Kind, Refused
from chuanyu.kernel.store import AsyncConnection

_CURSOR = re.compile(r"(\d{1,18})-([0-9a-f]{32})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A delivery that waits for its acknowledgement. delivered_at: ms"""

    id: UUID
    event: UUID
    case_id: str
    why: Why
    confirms: tuple[str, ...]
    delivered_at: int
    place: int

    @property
    def cursor(self) -> str:
        """Names the place and what stands there, so that it means nothing after a database was restored and went on otherwise."""
        return f"{self.place}-{self.event.hex}"


_BEHIND = (
    "SELECT delivery_id, event, case_id, why, confirms, delivered_at, place FROM inbox.delivery"
    " WHERE member = %s AND acknowledged_at IS NULL AND place > %s ORDER BY place LIMIT %s"
)


async def behind(connection: AsyncConnection, member: str, place: int, limit: int) -> list[Waiting]:
    """The next of a member's."""
    rows = await (await connection.execute(_BEHIND, [member, place, limit])).fetchall()
    return [Waiting(id, event, case_id, Why(why), tuple(confirms), *rest) for id, event, case_id, why, confirms, *rest in rows]


async def place_of(connection: AsyncConnection, member: str, cursor: str) -> int:
    """Where a cursor stands; the beginning for none, and for one whose delivery is not there any more. Raises Refused: cursor_wrong."""
    if not cursor:
        return 0
    match = _CURSOR.fullmatch(cursor)
    if match is None:
        raise Refused(Kind.INVALID_ARGUMENT, [refused("cursor_wrong", "after")])
    named = [member, UUID(match[2]), int(match[1])]
    found = await (await connection.execute("SELECT FROM inbox.delivery WHERE member = %s AND event = %s AND place = %s", named)).fetchone()
    return 0 if found is None else int(match[1])
