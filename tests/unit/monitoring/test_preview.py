"""The page of the dashboards: whole in itself, true to the numbers, readable without colour."""

from __future__ import annotations

import re
from typing import Any

import pytest

from preview import charts
from preview.page import page
from preview.sampled import Board, Panel, Series, chosen

STEPS = [{"value": None, "color": "green"}, {"value": 30, "color": "red"}]


def series(name: str, *values: float, **labels: str) -> Series:
    return Series(name, labels, tuple((float(2 * index), value) for index, value in enumerate(values)))


def panel(kind: str, *shown: Series, unit: str = "short", **field: Any) -> Panel:
    described = {
        "type": kind,
        "title": "多久 · how long",
        "description": "多久？ How long?",
        "gridPos": {"w": 12},
        "fieldConfig": {"defaults": {"unit": unit, "thresholds": {"steps": STEPS}} | field},
    }
    return Panel(described, shown)


def drawn(*panels: Panel) -> str:
    return page([Board("chuanyu-x", "总览 · overview", "都好吗？ Is all well?", panels)], 0.0, 60.0, 3)


def test_the_page_needs_nothing_but_itself() -> None:
    text = drawn(panel("timeseries", series("a", 1, 2)), panel("stat", series("a", 1)))
    assert not re.search(r"<script|<link|<img|https?:|url\(|@import", text)


def test_what_a_label_holds_cannot_become_markup() -> None:
    evil = series("<b>", 1, node="<script>")
    for kind in ("timeseries", "stat", "table", "bargauge"):
        assert "<script>" not in drawn(panel(kind, evil)) and "<b></span>" not in drawn(panel(kind, evil))


def test_a_number_turns_red_where_the_alert_begins_and_says_its_unit() -> None:
    text = charts.panel(panel("stat", series("sichuan", 29.9), series("chongqing", 30.0), unit="s"))
    assert re.findall(r'class="(\w+)"><b>([^<]+)', text) == [("green", "30 s"), ("red", "30 s")]


def test_words_stand_for_numbers_where_the_dashboard_says_so() -> None:
    words = [{"type": "value", "options": {"0": {"text": "无应答 away"}}}]
    assert "无应答 away" in charts.panel(panel("stat", series("sichuan", 0.0), mappings=words))


def test_a_line_breaks_where_nothing_was_measured() -> None:
    holed = Series("a", {}, ((0.0, 1.0), (2.0, 1.0), (60.0, 1.0), (62.0, 1.0)))
    (path,) = re.findall(r'<path d="([^"]+)" stroke', charts.panel(panel("timeseries", holed)))
    assert re.sub(r"[\d. ]", "", path) == "MLML"


def test_a_line_reaches_as_high_as_its_value() -> None:
    (path,) = re.findall(r'<path d="([^"]+)" stroke', charts.panel(panel("timeseries", series("a", 0, 5, 10))))
    assert path == "M0.00 100.00L50.00 50.00L100.00 0.00"


def test_stacked_lines_stand_on_each_other() -> None:
    stacked = {"stacking": {"mode": "normal"}}
    text = charts.panel(panel("timeseries", series("a", 4, 4), series("b", 6, 6), custom=stacked))
    assert re.findall(r'<path d="M0.00 ([\d.]+)', text) == ["60.00", "0.00"]


def test_a_heatmap_counts_what_fell_between_two_edges() -> None:
    """Buckets count up to their edge, so 3 of 4 lie in the upper one; the empty last one is left out."""
    text = charts.panel(panel("heatmap", series("", 1, 1, le="0.1"), series("", 4, 4, le="0.2"), series("", 4, 4, le="+Inf")))
    assert re.findall(r'opacity="([\d.]+)"', text) == ["0.33", "0.33", "1.00", "1.00"]
    assert "≤ 200 ms" in text and "∞" not in text


def test_of_many_series_the_idle_ones_are_counted_and_the_others_named() -> None:
    text = charts.panel(panel("timeseries", *(series(f"idle{n}", 0, 0) for n in range(9)), series("busy", 0, 3)))
    assert "busy" in text and "idle" not in text and "另有9条一直为0" in text


def test_a_panel_without_data_says_so() -> None:
    assert "无告警 none" in charts.panel(panel("table", noValue="无告警 none"))
    assert "这段时间没有" in charts.panel(panel("timeseries"))


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.0, "s", "0"),
        (0.25, "s", "250 ms"),
        (0.987, "percentunit", "98.7 %"),
        (12_345.0, "short", "12k"),
        (3.25, "short", "3.2"),
        (7.0, "short", "7"),
    ],
)
def test_numbers_are_short_and_bear_their_unit(value: float, unit: str, text: str) -> None:
    assert charts.spelled(value, unit) == text


def test_variables_are_chosen_as_grafana_would_with_all() -> None:
    assert chosen('rate(x{node=~"$node"}[$__rate_interval])') == 'rate(x{node=~".*"}[20s])'
