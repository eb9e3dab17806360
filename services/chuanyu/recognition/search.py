"""The SQL by which answers are found; each function is one statement. `queries` writes, this reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from chuanyu.kernel.store import AsyncConnection
from chuanyu.kernel.store.held import held
from chuanyu.recognition.details import DECODER, Detail

_PROOF = "event_id, type, topic, sequence, digest, occurred_at, recorded_at, source"


class Proof(NamedTuple):
    """One event as evidence; digest is the record's (D16), times are ms."""

    event_id: UUID
    type: str
    topic: str
    sequence: int
    digest: bytes
    occurred_at: int
    recorded_at: int
    source: str


@dataclass(frozen=True, slots=True)
class Filed:
    """A fact as it stands. undone: by what, unless it stands · until: ms, when a sanction ends · held: something of its case is parked ·
    objected: a party disputes it and nobody has concluded yet."""

    case_id: str
    state: str
    first_recorded_at: int
    until: int
    detail: Detail
    proof: Proof
    undone: Proof | None
    held: bool
    objected: bool

    @property
    def province(self) -> str:
        """Whose node accepted it."""
        return self.case_id.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Scope:
    """Who asks. provinces: all of the bus · today: days since 1970 for readers cleared to L1, who see what is public; else None."""

    provinces: Sequence[str]
    today: int | None = None

    @property
    def topics(self) -> list[str]:
        return [f"{province}.{family}" for province in self.provinces for family in ("spotcheck", "recall", "credit", "reference")]


_COLUMNS = ", ".join(
    [
        "f.case_id, f.state, f.first_recorded_at, f.until, f.detail",
        *(f"f.{name}" for name in _PROOF.split(", ")),
        *(f"u.{name}" for name in _PROOF.split(", ")),
        held("'recognition'", "%(topics)s", "ARRAY[convert_to(f.case_id, 'UTF8')]"),
        "f.objected",
    ]
)
_PUBLIC = (
    "(%(today)s::int IS NULL OR f.state = 'STANDING' AND f.public_from <= %(today)s"
    " AND (f.public_until IS NULL OR f.public_until >= %(today)s))"
)
_CURRENT = f"f.current AND {_PUBLIC}"
_FACTS = (
    "recognition.fact f LEFT JOIN LATERAL (SELECT * FROM recognition.act a WHERE a.case_id = f.case_id AND a.event_id = f.undone_by"
    " ORDER BY a.logicaltime, a.topic, a.sequence LIMIT 1) u ON f.undone_by IS NOT NULL"
)
_DAY = "coalesce(f.dated, ((f.recorded_at + 28800000) / 86400000)::int)"  # in Asia/Shanghai


def filed_of(row: Sequence[Any]) -> Filed:
    """A row of `answer`."""
    undone = Proof(*row[13:21]) if row[13] is not None else None
    return Filed(row[0], row[1], row[2], row[3], DECODER.decode(row[4]), Proof(*row[5:13]), undone, row[21], row[22])


async def rows_of(connection: AsyncConnection, sql: str, values: dict[str, Any]) -> list[Any]:
    """What a statement finds, in PostgreSQL's binary form."""
    cursor = await connection.execute(sql, values, binary=True)
    return await cursor.fetchall()


def answer(condition: str, order: str = "", also: str = "NULL") -> str:
    """The statement that finds current facts which its reader may see, under a condition on f; also: one column more, the last."""
    return f"SELECT {_COLUMNS}, {also} FROM {_FACTS} WHERE {_CURRENT} AND {condition}{order}"


_ANY_HELD = held("'recognition'", "%(topics)s", "%(keys)s")
_CASES = f"SELECT q.held, r.* FROM (SELECT {_ANY_HELD}) AS q(held) LEFT JOIN ({answer('f.case_id = ANY(%(cases)s)')}) r ON true"


async def by_cases(connection: AsyncConnection, scope: Scope, cases: Sequence[str]) -> tuple[list[Filed], bool]:
    """What stands in these cases, and whether anything of them is in quarantine."""
    values = {"cases": list(cases), "keys": [case.encode() for case in cases], "topics": scope.topics, "today": scope.today}
    rows = await rows_of(connection, _CASES, values)
    return [filed_of(row[1:]) for row in rows if row[1] is not None], rows[0][0]


_REPORT = answer("f.kind = 'RESULT' AND f.report_no = %(report_no)s AND f.cma_no = %(cma_no)s ", " ORDER BY f.case_id LIMIT 20")


async def by_report(connection: AsyncConnection, scope: Scope, cma_no: str, report_no: str) -> list[Filed]:
    """Results that cite this report; report_no as facts.report_key makes it."""
    values = {"cma_no": cma_no, "report_no": report_no, "topics": scope.topics, "today": scope.today}
    return [filed_of(row) for row in await rows_of(connection, _REPORT, values)]


_LABORATORY = "f.kind = 'LABORATORY' AND f.state = 'STANDING'"
_LICENCES = " UNION ALL ".join(
    f"({answer(f'{_LABORATORY} AND f.{column} = %({word})s', ' LIMIT 100')})"
    for column, word in (("cma_no", "cma_no"), ("number", "cnas_no"), ("party_name", "name"))
)


async def licences(
    connection: AsyncConnection, scope: Scope, cma_no: str | None, cnas_no: str | None = None, name: str | None = None
) -> list[Filed]:
    """What stands of a laboratory, by its CMA number, else its CNAS number, else its name as domain.text.compact makes it."""
    values = {"cma_no": cma_no, "cnas_no": None if cma_no else cnas_no, "name": None if cma_no or cnas_no else name}
    rows = await rows_of(connection, _LICENCES, {**values, "topics": scope.topics, "today": scope.today})
    return [filed_of(row) for row in rows]


_CERTIFICATE = answer("f.kind = 'CERTIFICATE' AND f.state = 'STANDING' AND f.number = %(number)s", " LIMIT 100")


async def certificates(connection: AsyncConnection, scope: Scope, number: str) -> list[Filed]:
    """What stands of the certificates of this number, of any kind and body."""
    rows = await rows_of(connection, _CERTIFICATE, {"number": number, "topics": scope.topics, "today": scope.today})
    return [filed_of(row) for row in rows]


_NEWEST = f" ORDER BY {_DAY} DESC, f.case_id"
_RECALLS = "f.state = 'STANDING' AND f.party_key = %(key)s AND f.kind = 'RECALL'"
_PRODUCT = f"({answer('f.party_key = %(key)s AND f.product = %(product)s', f'{_NEWEST} LIMIT 20')}) UNION ALL ({answer(_RECALLS)})"


async def by_product(connection: AsyncConnection, scope: Scope, key: str, product: str) -> list[Filed]:
    """The newest results of a producer's product, and its producer's recalls. product: as domain.text.compact makes it."""
    values = {"key": key, "product": product, "topics": scope.topics, "today": scope.today}
    return [filed_of(row) for row in await rows_of(connection, _PRODUCT, values)]


_SANCTIONS = "f.state = 'STANDING' AND f.party_key = %(key)s AND f.kind = 'SANCTION' AND f.starts_at <= %(now)s AND %(now)s < f.until"
_FAILED = f"f.state = 'STANDING' AND f.verdict = 'FAILED' AND {_DAY} >= %(since)s"
_PARTS = [
    answer(_SANCTIONS),
    answer(_RECALLS),
    answer(f"f.party_key = %(key)s AND {_FAILED}", f"{_NEWEST} LIMIT 100"),
    answer(f"f.place_key = %(key)s AND f.party_key IS DISTINCT FROM f.place_key AND {_FAILED}", f"{_NEWEST} LIMIT 100"),
]
_KNOWN = " OR ".join(
    f"EXISTS (SELECT FROM recognition.fact f WHERE {_CURRENT} AND f.state = 'STANDING' AND f.{role}_key = %(key)s)"
    for role in ("party", "place")
)
_ENTERPRISE = (
    f"SELECT q.known, r.* FROM (SELECT {_KNOWN}) AS q(known) LEFT JOIN ({' UNION ALL '.join(f'({part})' for part in _PARTS)}) r ON true"
)


async def by_enterprise(connection: AsyncConnection, scope: Scope, key: str, *, now: int, since: int) -> tuple[list[Filed], bool]:
    """Live sanctions, open recalls and failures since a day (days since 1970), and whether any fact knows the key. now: ms."""
    values = {"key": key, "now": now, "since": since, "topics": scope.topics, "today": scope.today}
    rows = await rows_of(connection, _ENTERPRISE, values)
    return [filed_of(row[1:]) for row in rows if row[1] is not None], rows[0][0]


_NAMED = " UNION ".join(
    f"SELECT f.{role}_key, f.{role}_name, f.{role}_division, split_part(f.case_id, '/', 1) FROM recognition.fact f"
    f" WHERE {_CURRENT} AND f.state = 'STANDING' AND f.{role}_{{column}} = %(value)s"
    for role in ("party", "place")
)


class Known(NamedTuple):
    """A party under one of its names, in facts of one province."""

    key: str
    name: str | None
    division: str | None
    province: str


async def parties(connection: AsyncConnection, scope: Scope, *, name: str | None = None, key: str | None = None) -> list[Known]:
    """Every party of that name (as domain.text.compact makes it) or of that key."""
    column, value = ("name", name) if key is None else ("key", key)
    rows = await rows_of(connection, _NAMED.replace("{column}", column), {"value": value, "today": scope.today})
    return sorted(Known(*row) for row in rows)


class Sought(NamedTuple):
    """By what a fact is found, where its case is not known."""

    kind: str
    party_key: str | None
    party_name: str | None
    place_key: str | None
    place_name: str | None
    product: str | None
    cma_no: str | None
    report_no: str | None
    number: str | None


_SOUGHT = (
    f"SELECT {', '.join(f'f.{name}' for name in Sought._fields)} FROM recognition.fact f WHERE f.case_id = ANY(%(cases)s) AND {_CURRENT}"
)


async def sought(connection: AsyncConnection, scope: Scope, cases: Sequence[str]) -> list[Sought]:
    """By what the facts of these cases are found."""
    return [Sought(*row) for row in await rows_of(connection, _SOUGHT, {"cases": list(cases), "today": scope.today})]
