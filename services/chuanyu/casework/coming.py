"""The SQL by which a node finds what time asks of it: what has ended, lapsed or gone silent, and what is to be folded again."""

from __future__ import annotations

from collections.abc import Sequence

from chuanyu.casework.case import EDITION, Case, Obligation, unpack
from chuanyu.casework.families import service_of
from chuanyu.kernel.store import Connection
from chuanyu.kernel.store.held import held

_ENDED = (
    'SELECT case_id, ends, kept FROM cases."case"'
    " WHERE standing = 'STANDS' AND ends <= %s AND case_id LIKE %s ORDER BY ends, case_id LIMIT %s"
)


def ended(connection: Connection, province: str, family: str, now: int, limit: int = 500) -> list[tuple[str, int, Case]]:
    """Cases at home in a province whose fact stands though its end (ms) has come, the earliest first."""
    rows = connection.execute(_ENDED, [now, f"{province}/{family}/%", limit]).fetchall()
    return [(case_id, ends, unpack(kept)) for case_id, ends, kept in rows]


_SILENT = (
    'SELECT c.case_id, c.silent, c.kept FROM cases."case" c WHERE c.silent <= %(now)s AND c.case_id LIKE %(home)s AND NOT '
    + held("%(service)s", "%(topics)s", "ARRAY[convert_to(c.case_id, 'UTF8')]")
    + " ORDER BY c.silent, c.case_id LIMIT %(limit)s"
)


def silent(
    connection: Connection, province: str, family: str, topics: Sequence[str], now: int, limit: int = 500
) -> list[tuple[str, int, Case]]:
    """(case, the instant, the case) of what is at home in a province and to be closed by silence, the earliest first; as `lapsed`."""
    values = {
        "now": now,
        "home": f"{province}/{family}/%",
        "family": family,
        "service": service_of(family),
        "topics": list(topics),
        "limit": limit,
    }
    return [(case_id, at, unpack(kept)) for case_id, at, kept in connection.execute(_SILENT, values).fetchall()]


_LAPSED = (
    "SELECT o.case_id, o.decides_at, o.obligation_id, c.kept"
    ' FROM cases.obligation o JOIN cases."case" c USING (case_id)'
    " WHERE o.decides_at <= %(now)s AND coalesce(o.node, split_part(o.case_id, '/', 1)) = %(province)s"
    " AND split_part(o.case_id, '/', 2) = %(family)s AND NOT "
    + held("%(service)s", "%(topics)s", "ARRAY[convert_to(o.case_id, 'UTF8')]")
    + " ORDER BY o.decides_at, o.case_id, o.obligation_id LIMIT %(limit)s"
)


def lapsed(
    connection: Connection, province: str, family: str, topics: Sequence[str], now: int, limit: int = 500
) -> list[tuple[str, int, Obligation]]:
    """(case, the instant, obligation) of what a province's node has to say overdue, the earliest first (D10).

    topics: of the family. A case of which something is in quarantine waits: the answer may stand there.
    """
    values = {"now": now, "province": province, "family": family, "service": service_of(family), "topics": list(topics), "limit": limit}
    rows = connection.execute(_LAPSED, values).fetchall()
    return [(case_id, at, next(each for each in unpack(kept).obligations if each.id == id.bytes)) for case_id, at, id, kept in rows]


_UNCERTAIN = (
    "SELECT DISTINCT case_id FROM cases.obligation WHERE NOT certain AND state = 'OPEN' AND split_part(case_id, '/', 2) = %s ORDER BY 1"
)


def uncertain(connection: Connection, family: str) -> list[str]:
    """Cases of a family in which something open falls due in a year that was not published when it was counted."""
    return [case_id for (case_id,) in connection.execute(_UNCERTAIN, [family])]


_OLDER = "SELECT case_id FROM cases.\"case\" WHERE edition < %s AND split_part(case_id, '/', 2) = %s ORDER BY case_id LIMIT %s"


def older(connection: Connection, family: str, limit: int = 500) -> list[str]:
    """Cases of a family that an earlier edition of the mechanics folded."""
    return [case_id for (case_id,) in connection.execute(_OLDER, [EDITION, family, limit])]
