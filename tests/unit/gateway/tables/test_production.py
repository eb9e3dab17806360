"""T12, T13: the cell 生产日期/批号."""

from __future__ import annotations

import datetime as dt

import pytest

from chuanyu.gateway.tables.production import production

DAY = dt.date(2025, 11, 5)


@pytest.mark.parametrize(
    ("cell", "day", "batch"),
    [
        ("2025-11-05", DAY, None),
        ("2025年11月5日", DAY, None),
        ("2025.11.5", DAY, None),
        ("２０２５／１１／５", DAY, None),
        ("20251105", DAY, None),
        ("生产日期：2025-11-05", DAY, None),
        ("2025年11月 5日\n", DAY, None),
        ("2025/11/5 0:00:00", DAY, None),
        ("2025110501（批号）", None, "2025110501"),
        ("20251105（批号）", None, "20251105"),
        ("批号：20251105A2", None, "20251105A2"),
        ("批号：20251105", None, "20251105"),
        ("（批号：20251105-B）", None, "20251105-B"),
        ("批号20251105", None, "20251105"),
        ("2025年11月5日（批号：20251105-B）", DAY, "20251105-B"),
        ("20251105（批号：2025110501）", DAY, "2025110501"),
        ("2025-11-05 批号:A2", DAY, "A2"),
        ("生产日期：2025-11-05；生产批号：A2", DAY, "A2"),
        (None, None, None),
    ],
)
def test_t12_a_date_a_batch_or_both(cell: str | None, day: dt.date | None, batch: str | None) -> None:
    read = production(cell)
    assert (read.produced_on, read.batch, read.warnings) == (day, batch, ())


@pytest.mark.parametrize(
    ("cell", "batch"),
    [
        ("2025-02-30", "2025-02-30"),
        ("25.1.2", "25.1.2"),
        ("2025-11", "2025-11"),
        ("45293", "45293"),
        ("见包装", "见包装"),
        ("见包装（批号：A2）", "见包装/A2"),
    ],
)
def test_t12_other_text_is_kept_as_batch_and_warned_of(cell: str, batch: str) -> None:
    read = production(cell)
    assert (read.produced_on, read.batch, [finding.code for finding in read.warnings]) == (None, batch, ["date_unparsed"])


@pytest.mark.parametrize("cell", ["购进日期：2025-11-05", "加工日期：2025年11月5日", "2025-11-05（购进日期）", "检疫日期2025-11-05"])
def test_t13_another_date_is_no_production_date(cell: str) -> None:
    read = production(cell)
    assert (read.produced_on, [finding.code for finding in read.warnings]) == (None, ["date_of_other_kind"])
    assert "2025" in (read.batch or "")
