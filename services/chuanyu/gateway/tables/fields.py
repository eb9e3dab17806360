"""Cells of a statement as fields of `spotcheck.result_reported`, in the JSON form: the schema's own names, ISO dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from chuanyu.domain.divisions import status
from chuanyu.domain.limits import read_limit
from chuanyu.domain.products import Category, category_version
from chuanyu.domain.readings import odd_verdict, read_result
from chuanyu.domain.regions import Located
from chuanyu.domain.violations import Violation, violation
from chuanyu.gateway.tables.columns import Column
from chuanyu.gateway.tables.items import Item
from chuanyu.gateway.tables.production import Production

TASK_TYPES = {"风险监测": "MONITORING", "评价": "EVALUATION", "专项": "CAMPAIGN"}
TASK_LEVELS = {"国抽": "NATIONAL", "省抽": "PROVINCIAL", "市抽": "MUNICIPAL", "县抽": "COUNTY", "区抽": "COUNTY"}
REMARKABLE = ("否认生产", "异议", "假冒")
"""What a remark may say that no machine may decide (4.3, 备注)."""


@dataclass(frozen=True, slots=True)
class ItemRead:
    """One item as data, and what is to be warned of."""

    data: dict[str, Any]
    warnings: tuple[Violation, ...]


def item(written: Item, number: int) -> ItemRead:
    """An item with its reading (4.4); `number` is its place in items[], from 0. The verdict is never recomputed (T18)."""
    at = f"items[{number}]"
    reading = read_result(written.result, written.limit, f"{at}.result_text")
    limit = read_limit(written.limit or "")
    odd = odd_verdict(reading, written.limit, f"{at}.result_text") if written.limit else ()
    unpaired = (violation("items_unpaired", at),) if written.guessed else ()
    data = {
        "name": written.name,
        "result_text": written.result,
        "limit_text": written.limit,
        "value": reading.value,
        "values": list(reading.values),
        "unit": reading.unit,
        "qualifier": reading.qualifier,
        "limit_low": limit.low,
        "limit_high": limit.high,
        "basis": None,
        "method": None,
        "verdict": "FAILED",
    }
    return ItemRead(data, (*reading.warnings, *odd, *unpaired))


def party_if_named(name: str | None, address: str | None, located: Located, today: dt.date) -> dict[str, Any] | None:
    """A party, None if the table gives neither its name nor its address."""
    return None if name is None and address is None else party(name, address, located, today)


def party(name: str | None, address: str | None, located: Located, today: dt.date) -> dict[str, Any]:
    """A party without a code: it is known by name and division."""
    return {
        "name": name,
        "uscc": None,
        "key_quality": "DERIVED",
        "address": address,
        "division": located.code,
        "division_status": status(located.code, today.year) if located.code else "UNKNOWN",
        "contact": None,
        "phone": None,
    }


def task_type(source: str | None) -> str:
    """风险监测, 评价 and 专项 in the source of a task set its type, anything else is supervision (4.1)."""
    return next((kind for word, kind in TASK_TYPES.items() if word in (source or "")), "SUPERVISION")


def task(source: str | None) -> dict[str, Any]:
    """Who ordered the check, and at which level if the source names one."""
    level = next((level for word, level in TASK_LEVELS.items() if word in (source or "")), None)
    return {"source": source, "type": task_type(source), "plan_ref": None, "level": level}


def product(texts: Mapping[StrEnum, str], category: Category, made: Production, on: dt.date) -> dict[str, Any]:
    """What was sampled. Codes of the category are of the year `on`."""
    return {
        "name": texts.get(Column.PRODUCT),
        "category": list(category.path),
        "category_version": category_version(on) if category.path else None,
        "brand": texts.get(Column.BRAND),
        "specification": texts.get(Column.SPECIFICATION),
        "batch": made.batch,
        "produced_on": made.produced_on.isoformat() if made.produced_on else None,
        "produced_on_text": made.text,
        "shelf_life": None,
        "barcode": None,
        "licence_no": None,
        "standard": None,
    }


def sampling(sample_no: str) -> dict[str, Any]:
    """The key of the sample; the tables say no more about how it was taken."""
    unsaid = ("taken_on", "method", "base_quantity", "sampled_quantity", "backup_quantity", "quantity_unit")
    return {"sample_no": sample_no, **dict.fromkeys(unsaid)}


def remark_warnings(remark: str | None) -> Iterator[Violation]:
    """A remark that speaks of a denial, an objection or a forgery needs a person."""
    yield from (violation("remark_needs_reading", "remark", word=word) for word in REMARKABLE if word in (remark or ""))


def publication(texts: Mapping[StrEnum, str], announced_on: dt.date | None, publishable: bool) -> dict[str, Any]:
    """Where and when it was announced; risk monitoring is never publishable (4.1)."""
    return {
        "publishable": publishable,
        "published_on": announced_on.isoformat() if announced_on else None,
        "notice_no": texts.get(Column.NOTICE_NO),
        "url": texts.get(Column.URL),
    }
