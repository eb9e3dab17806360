"""What the readers of published tables get out of a sample day's files is what its generator knows, statement by statement."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chuanyu.gateway.tables.importing import imported
from chuanyu.gateway.tables.kinds import Where
from chuanyu.gateway.tables.report import line
from chuanyu.sample.day import generate
from chuanyu.sample.sides import PROVINCES
from chuanyu.sample.tables import Statement, Table
from kit.paper_gateway import PaperGateway

ON = dt.date(2026, 11, 24)
NOON = int(dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC).timestamp() * 1000)


def lines(table: Table, folder: Path) -> list[dict[str, Any]]:
    """The report of an import of the table by its authority."""
    gateway = PaperGateway(table.side.node, NOON)
    where = Where(table.side.code, PROVINCES, ON)
    return [line(parsed, result) for parsed, result in imported(table.write(folder), gateway, table.side.source, where)]


@pytest.mark.parametrize("seed", range(100, 112))
def test_u4_no_value_of_a_table_is_lost_or_bent(seed: int, tmp_path: Path) -> None:
    for table in generate(seed, ON).tables:
        found = lines(table, tmp_path)
        assert [tuple(each["rows"]) for each in found] == [statement.rows for statement in table.statements]
        differing = [text for statement, each in zip(table.statements, found, strict=True) for text in differences(statement, each)]
        assert not differing


def differences(statement: Statement, said: dict[str, Any]) -> Iterator[str]:
    """Everything in which a report line differs from the truth."""
    for what, is_, should_be in compared(statement, said):
        if is_ != should_be:
            yield f"rows {statement.rows} ({statement.dirt}): {what} is {is_!r}, should be {should_be!r}"


def compared(statement: Statement, said: dict[str, Any]) -> Iterator[tuple[str, object, object]]:
    sample, codes = statement.sample, {finding["code"] for finding in said["violations"]}
    yield "outcome", said["outcome"], statement.outcome
    yield "code", codes, {statement.code} - {None}
    if statement.outcome != "accepted":
        return
    event, routing = said["event"], said["routing"]
    yield "number", said["sample_no"], sample.number
    yield "verdict", event["verdict"], sample.verdict
    yield "producer_province", routing["producer_province"], sample.producer_province
    yield "sampled_province", routing["sampled_province"], sample.sampled_province
    yield "cross_province", routing["cross_province"], sample.crosses
    yield "flagged", set(routing["flagged"]), set(sample.flagged)
    for name, party, firm in (
        ("maker", event["labelled_producer"], sample.maker),
        ("entruster", event["entrusting_party"], sample.entruster),
        ("shop", event["sampled_unit"]["party"], sample.shop),
    ):
        yield name, (party["name"], party["division"]) if party else None, (firm.name, firm.division) if firm else None
    product = event["product"]
    yield "product", (product["name"], product["category"]), (sample.good.name, [sample.good.category])
    yield "brand", (product["brand"], product["specification"]), (sample.brand, sample.good.specification or None)
    yield "made", (product["produced_on"], product["batch"]), (sample.made_on and sample.made_on.isoformat(), sample.batch)
    yield "announced", event["publication"]["published_on"], sample.announced_on.isoformat()
    fields = ("name", "result_text", "limit_text", "value", "qualifier", "unit")
    yield (
        "items",
        [tuple(item[field] for field in fields) for item in event["items"]],
        [(item.name, item.result, item.limit, item.value, item.qualifier, item.unit) for item in sample.items],
    )
    yield "values", [tuple(item["values"]) for item in event["items"]], [item.values for item in sample.items]
