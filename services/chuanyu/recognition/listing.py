"""Spot checks by filter, in pages that stay stable while data flows in: a page goes on behind the last row of the one before (keyset)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from chuanyu.domain.violations import violation
from chuanyu.kernel.envelope import base64url, from_base64url
from chuanyu.kernel.refusals import Kind, Refused
from chuanyu.kernel.store import AsyncConnection
from chuanyu.recognition.search import Filed, Scope, answer, filed_of, rows_of

LARGEST_PAGE = 200
_PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What rows must match; None matches everything. Divisions match everything below them; taken_* are days since 1970, inclusive."""

    province: str | None = None
    verdict: str | None = None
    state: str | None = None
    producer: str | None = None
    sampled_unit: str | None = None
    producer_division: str | None = None
    sampled_division: str | None = None
    cma_no: str | None = None
    report_no: str | None = None
    sample_no: str | None = None
    product: str | None = None
    taken_from: int | None = None
    taken_to: int | None = None
    cross_province: bool | None = None
    campaign: str | None = None


_CONDITIONS = {
    "province": "f.case_id LIKE %(province)s",
    "verdict": "f.verdict = %(verdict)s",
    "state": "f.state = %(state)s",
    "producer": "f.party_key = %(producer)s",
    "sampled_unit": "f.place_key = %(sampled_unit)s",
    "producer_division": "f.party_division LIKE %(producer_division)s",
    "sampled_division": "f.place_division LIKE %(sampled_division)s",
    "cma_no": "f.cma_no = %(cma_no)s",
    "report_no": "f.report_no = %(report_no)s",
    "sample_no": "f.sample_no = %(sample_no)s",
    "product": "f.product = %(product)s",
    "taken_from": "f.taken_on >= %(taken_from)s",
    "taken_to": "f.taken_on <= %(taken_to)s",
    "cross_province": "f.cross_province = %(cross_province)s",
    "campaign": "f.campaign = %(campaign)s",
}
_ORDERS = {"recorded_at": "f.first_recorded_at", "taken_on": "coalesce(f.taken_on, -999999)", "case_id": "''::text"}


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one page, and the token of the next; empty on the last."""

    rows: list[Filed]
    next_token: str


async def page(connection: AsyncConnection, scope: Scope, wanted: Filter, *, order_by: str = "", size: int = 0, token: str = "") -> Page:
    """One page. Raises Refused: page_size_wrong, order_by_unknown, page_token_wrong (of another question, or not ours)."""
    column, descending = _order(order_by)
    limit = _size(size)
    given = {name: value for name, value in asdict(wanted).items() if value is not None}
    mark = _mark(given, order_by)
    values = _bound(given) | {"topics": scope.topics, "today": scope.today, "limit": limit + 1}
    conditions = ["f.kind = 'RESULT'", *(_CONDITIONS[name] for name in given)]
    if token:
        values["after"], values["after_case"] = _read(token, mark, column)
        conditions.append(f"({_ORDERS[column]}, f.case_id) {'<' if descending else '>'} (%(after)s, %(after_case)s)")
    way = "DESC" if descending else "ASC"
    sql = answer(" AND ".join(conditions), f" ORDER BY {_ORDERS[column]} {way}, f.case_id {way} LIMIT %(limit)s", _ORDERS[column])
    rows = await rows_of(connection, sql, values)
    last = rows[limit - 1] if len(rows) > limit else None
    following = base64url(json.dumps([mark, last[-1], last[0]]).encode()) if last else ""
    return Page([filed_of(row) for row in rows[:limit]], following)


def _order(order_by: str) -> tuple[str, bool]:
    column, _, way = (order_by or "recorded_at desc").strip().partition(" ")
    if column not in _ORDERS or way.strip() not in ("", "asc", "desc"):
        raise Refused(Kind.INVALID_ARGUMENT, [violation("order_by_unknown", "order_by", known=", ".join(_ORDERS))])
    return column, way.strip() == "desc"


def _size(size: int) -> int:
    if not 0 <= size <= LARGEST_PAGE:
        raise Refused(Kind.INVALID_ARGUMENT, [violation("page_size_wrong", "page_size", largest=LARGEST_PAGE)])
    return size or _PAGE


def _bound(given: Mapping[str, Any]) -> dict[str, Any]:
    values = dict(given)
    if "province" in values:
        values["province"] = f"{values['province']}/%"
    for name in values.keys() & {"producer_division", "sampled_division"}:
        code = values[name]
        values[name] = (code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code) + "%"
    return values


def _mark(given: Mapping[str, Any], order_by: str) -> str:
    """Which question a token belongs to."""
    return hashlib.sha256(json.dumps([given, order_by], sort_keys=True).encode()).hexdigest()[:16]


def _read(token: str, mark: str, column: str) -> tuple[int | str, str]:
    try:
        found, after, case = json.loads(from_base64url(token))
    except (ValueError, TypeError):
        found, after, case = None, None, None
    if found != mark or type(after) is not (str if column == "case_id" else int) or not isinstance(case, str):
        raise Refused(Kind.INVALID_ARGUMENT, [violation("page_token_wrong", "page_token")])
    return after, case
