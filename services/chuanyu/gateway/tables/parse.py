"""A statement as one submission: data of `spotcheck.result_reported`, its routing, and all that is wrong with it (domain.md 4.3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from chuanyu.domain.routing import Routing, route
from chuanyu.domain.violations import violation
from chuanyu.gateway.tables import announcements, fields
from chuanyu.gateway.tables.columns import Column
from chuanyu.gateway.tables.kinds import Kind, Parsed, Where
from chuanyu.gateway.tables.records import DataRow
from chuanyu.gateway.tables.statements import Statement, statements
from chuanyu.gateway.tables.understood import Understood, understand

MIDNIGHT = "T00:00:00+08:00"


def parsed(rows: Iterable[DataRow], where: Where) -> Iterator[Parsed]:
    """Each statement of these rows, read."""
    return (parse(statement, where) for statement in statements(rows))


def parse(statement: Statement, where: Where) -> Parsed:
    """One statement read, all its violations at once."""
    read = understand(statement, where.today)
    routing = route(read.facts(where))
    return Parsed(
        number=read.number.text or None,
        numbers=tuple(row.row.number for row in statement.rows),
        rows=tuple(statement.rows),
        data=_data(read, routing, where),
        time=read.announced_on.isoformat() + MIDNIGHT if read.announced_on and read.announced_on <= where.today else None,
        routing=_routing(routing),
        violations=(*read.violations(), *([violation("cut_short", "file")] if statement.cut else ())),
        warnings=(*read.warnings(), *routing.warnings),
        characters=read.characters,
    )


def _routing(routing: Routing) -> dict[str, Any]:
    return {
        "producer_province": routing.producer_province,
        "sampled_province": routing.sampled_province,
        "cross_province": routing.cross_province,
        "flagged": list(dict.fromkeys(ower.code for ower in routing.owers)),
    }


def _data(read: Understood, routing: Routing, where: Where) -> dict[str, Any]:
    texts, today = read.texts, where.today
    return {
        "head": _head(read, routing),
        "task": fields.task(texts.get(Column.TASK)),
        "sampled_unit": {
            "party": fields.party(texts.get(Column.SAMPLED), texts.get(Column.SAMPLED_ADDRESS), read.sampled_at, today),
            "place_type": routing.place_type,
            "online": None,
        },
        "labelled_producer": fields.party_if_named(read.maker.producer, read.address.producer, read.producer_at, today),
        "entrusting_party": fields.party_if_named(read.maker.entrusting, read.address.entrusting, read.entrusting_at, today),
        "product": fields.product(texts, read.category, read.made, read.on),
        "sampling": fields.sampling(read.number.text),
        "lab": {"name": texts[Column.LAB], "cma_no": None, "cnas_no": None} if Column.LAB in texts else None,
        "report": None,
        "verdict": read.verdict,
        "items": [item.data for item in read.items],
        "publication": fields.publication(texts, read.announced_on, read.task_type != "MONITORING"),
        "remark": texts.get(Column.REMARK),
    }


def _head(read: Understood, routing: Routing) -> dict[str, Any]:
    """Everyone who owes a part is flagged with it; the authority of who ordered the goods may read (4.5)."""
    return {
        "notice_class": routing.notice_class,
        "flagged": [{"division": ower.code, "role": ower.role, "name": None} for ower in routing.owers],
        "attention": list(routing.attention),
        "legal_basis": [],
        "campaign": None,
        "product_domain": read.category.product_domain,
        "correction_of": None,
        "backfilled": False,
        "backfill_reason": None,
    }


ANNOUNCEMENTS = Kind("chuanyu.spotcheck.result_reported.v1", announcements.LAYOUT, parsed, "sample_no", ("件样品", "samples"))
"""抽检公告."""
