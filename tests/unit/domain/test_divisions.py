"""Divisions and their years."""

import csv
from pathlib import Path

import pytest

from chuanyu.domain import divisions


def test_the_tables_that_ship_hold_the_tables_of_the_state(shared_data: Path) -> None:
    shipped = {(row.code, row.name, row.from_year, row.to_year) for row in divisions.divisions()}
    levels = {row.code: (row.level, row.parent) for row in divisions.divisions()}
    for file in ("gbt2260_sichuan_chongqing.csv", "gbt2260_history_50_51.csv"):
        with (shared_data / file).open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                years = [int(row[column]) if row[column] else None for column in ("from_year", "to_year")]
                assert (row["code"], row["name"], *years) in shipped
                if "level" in row:
                    assert levels[row["code"]] == (row["level"], row["parent"] or None)


@pytest.mark.parametrize(
    ("code", "year", "name"),
    [
        ("500110", 2009, "万盛区"),
        ("500110", 2010, "万盛区"),
        ("500110", 2012, "綦江区"),
        ("511422", 1996, "丰都县"),
        ("511422", 2010, "彭山县"),
        ("511422", 2026, "彭山县"),
        ("500157", 2026, "两江新区"),
        ("640105", 2026, "西夏区"),
        ("999999", 2026, None),
    ],
)
def test_a_code_is_named_as_its_year_named_it(code: str, year: int, name: str | None) -> None:
    assert divisions.name(code, year) == name


@pytest.mark.parametrize(
    ("code", "year", "status"),
    [
        ("500103", 2026, "CURRENT"),
        ("500112", 2025, "CURRENT"),
        ("500112", 2026, "HISTORIC"),
        ("500157", 2026, "CURRENT"),
        ("500228", 2026, "HISTORIC"),
        ("440300", 2026, "CURRENT"),
        ("440000", 2026, "CURRENT"),
        ("810000", 2026, "CURRENT"),
        ("330197", 2026, "UNKNOWN"),
        ("519999", 2026, "UNKNOWN"),
    ],
)
def test_a_code_is_current_historic_or_unknown(code: str, year: int, status: str) -> None:
    assert divisions.status(code, year) == status


def test_chongqing_has_37_districts_since_2025() -> None:
    counties = [row for row in divisions.divisions() if row.code[:2] == "50" and row.level == "county" and row.is_place and row.valid(2026)]
    assert len(counties) == 37


@pytest.mark.parametrize(
    ("code", "year", "acting"),
    [
        ("500228", 2026, "500155"),
        ("500112", 2025, "500112"),
        ("500112", 2026, "500157"),
        ("500105", 2026, "500157"),
        ("512081", 2026, "510185"),
        ("500110", 2026, "500110"),
        ("500100", 2026, "500000"),
        ("510101", 2026, "510100"),
        ("511082", 2026, "511000"),
        ("440300", 2026, "440300"),
        ("519999", 2026, "510000"),
    ],
)
def test_a_duty_goes_to_the_successor_else_to_the_level_above(code: str, year: int, acting: str) -> None:
    assert divisions.acting(code, year) == acting


def test_every_successor_is_a_current_place() -> None:
    ended = [row.code for row in divisions.divisions() if divisions.successor(row.code) != row.code]
    assert ended
    for code in ended:
        assert divisions.status(code, 2026) == "HISTORIC"
        assert divisions.status(divisions.successor(code), 2026) == "CURRENT"


@pytest.mark.parametrize(
    ("code", "year", "province"),
    [
        ("511502", 2026, "510000"),
        ("500103", None, "500000"),
        ("440305", None, "440000"),
        ("510202", None, "500000"),
        ("511422", 1996, "500000"),
        ("511422", 2026, "510000"),
        ("513524", 2026, "500000"),
        ("000000", 2026, None),
        (None, 2026, None),
    ],
)
def test_a_province_is_that_of_today(code: str | None, year: int | None, province: str | None) -> None:
    assert divisions.province_of(code, year) == province


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("511502", "四川省宜宾市翠屏区"),
        ("500103", "重庆市渝中区"),
        ("510000", "四川省"),
        ("440305", "广东省深圳市南山区"),
        ("519999", None),
    ],
)
def test_a_full_name_leaves_the_pseudo_levels_out(code: str, name: str | None) -> None:
    assert divisions.full_name(code, 2026) == name
