"""U6, the half that needs no Prometheus: dashboards follow from their code and ask only what the bus tells."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import promql_parser
import pytest
from promql_parser import AggModifierType, AggregateExpr, Expr, VectorSelector

from boards.__main__ import pages
from chuanyu.kernel import metrics
from kit.monitoring import MONITORING
from kit.promql import parts, recorded

TARGET = {"node", "part", "job", "instance"}
"""Labels that monitoring/targets and Prometheus itself put onto every series."""
OF_PROMETHEUS = {"up": TARGET, "ALERTS": TARGET | {"alertname", "alertstate", "severity"}}
VARIABLES = {"$__rate_interval": "5m", "$node": ".*", "$service": ".*"}
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Asked:
    """One query of one panel."""

    panel: str
    expr: str
    legend: str

    def __str__(self) -> str:
        return self.panel

    @property
    def tree(self) -> Expr:
        text = self.expr
        for variable, value in VARIABLES.items():
            text = text.replace(variable, value)
        return promql_parser.parse(text)


BOARDS: dict[str, dict[str, Any]] = {path.stem: json.loads(text) for path, text in pages().items()}
PANELS = [(name, panel) for name, board in BOARDS.items() for panel in board["panels"]]
ASKED = [
    Asked(f"{name}: {panel['title']}", target["expr"], target.get("legendFormat", ""))
    for name, panel in PANELS
    for target in panel["targets"]
]


def labels_of(name: str) -> set[str]:
    """What a series may be asked by; KeyError when nothing tells it."""
    described = {each.name: each for each in metrics.DESCRIBED}
    known = OF_PROMETHEUS | {each.name: TARGET | set(each.labels) for each in described.values() if each.kind != "histogram"}
    for each in described.values():
        if each.kind == "histogram":
            known |= {f"{each.name}_bucket": TARGET | {*each.labels, "le"}, f"{each.name}_count": TARGET | set(each.labels)}
    for rule, meaning in recorded(MONITORING / "rules").items():
        known[rule] = grouped(promql_parser.parse(meaning))
    return known[name]


def grouped(tree: Expr) -> set[str]:
    """Labels that every aggregation of the expression keeps."""
    kept = [set(part.modifier.labels) for part in parts(tree) if isinstance(part, AggregateExpr)]
    return set.union(*kept) - {"le"}


def test_the_committed_dashboards_follow_from_their_code() -> None:
    """Else: make dashboards."""
    assert {path.name for path, text in pages().items() if not path.exists() or path.read_text("utf-8") != text} == set()
    assert {path.stem for path in (MONITORING / "dashboards").glob("*.json")} == BOARDS.keys()


@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_a_query_names_only_metrics_and_labels_that_there_are(asked: Asked) -> None:
    for part in parts(asked.tree):
        if isinstance(part, VectorSelector):
            assert {matcher.name for matcher in part.matchers.matchers} <= labels_of(str(part.name)), part
        elif isinstance(part, AggregateExpr) and part.modifier:
            assert part.modifier.type is None or part.modifier.type == AggModifierType.By
            below = [labels_of(str(each.name)) for each in parts(part.expr) if isinstance(each, VectorSelector)]
            assert all(set(part.modifier.labels) <= labels for labels in below), part


@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_every_series_can_be_narrowed_to_a_province(asked: Asked) -> None:
    for part in parts(asked.tree):
        if isinstance(part, VectorSelector):
            assert "node" in {matcher.name for matcher in part.matchers.matchers}, part


@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_a_legend_shows_only_labels_that_its_query_keeps(asked: Asked) -> None:
    outermost = [set(part.modifier.labels) for part in _outermost(asked.tree)]
    kept = set.union(*outermost) if outermost else set.union(*(labels_of(name) for name in _selected(asked.tree)))
    assert set(re.findall(r"\{\{(\w+)\}\}", asked.legend)) <= kept


def _outermost(tree: Expr) -> Iterator[AggregateExpr]:
    """Aggregations that stand in no other; topk and the like keep what they are given."""
    inside = {id(inner) for part in parts(tree) if isinstance(part, AggregateExpr) for inner in list(parts(part))[1:]}
    return (part for part in parts(tree) if isinstance(part, AggregateExpr) and id(part) not in inside and part.modifier)


def _selected(tree: Expr) -> set[str]:
    return {str(part.name) for part in parts(tree) if isinstance(part, VectorSelector)}


@pytest.mark.parametrize(("name", "panel"), PANELS, ids=lambda value: value["title"] if isinstance(value, dict) else value)
def test_a_panel_says_chinese_first_which_question_it_answers(name: str, panel: dict[str, Any]) -> None:
    zh, en = panel["title"].split(" · ")
    assert CHINESE.search(zh) and not CHINESE.search(en)
    zh, en = panel["description"].split("？", 1)
    assert CHINESE.search(zh) and "?" in en


@pytest.mark.parametrize("board", BOARDS.values(), ids=BOARDS)
def test_a_dashboard_lets_source_and_province_be_chosen(board: dict[str, Any]) -> None:
    variables = {each["name"]: each for each in board["templating"]["list"]}
    assert variables["datasource"]["type"] == "datasource"
    assert variables["node"]["query"].endswith(", node)")
    assert {panel["datasource"]["uid"] for panel in board["panels"]} == {"${datasource}"}


@pytest.mark.parametrize("board", BOARDS.values(), ids=BOARDS)
def test_no_two_panels_lie_on_each_other(board: dict[str, Any]) -> None:
    taken = [(x, y) for panel in board["panels"] for x, y in _cells(panel["gridPos"])]
    assert len(taken) == len(set(taken))
    assert max(x for x, _ in taken) < 24
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])


def _cells(place: dict[str, int]) -> Iterator[tuple[int, int]]:
    return ((place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"]))


def test_a_name_that_nothing_tells_is_noticed() -> None:
    with pytest.raises(KeyError):
        test_a_query_names_only_metrics_and_labels_that_there_are(Asked("", 'chuanyu_invented_total{node=~"$node"}', ""))
    with pytest.raises(AssertionError):
        test_a_query_names_only_metrics_and_labels_that_there_are(Asked("", 'chuanyu_held_cases{service="recall"}', ""))
    with pytest.raises(AssertionError):
        test_a_query_names_only_metrics_and_labels_that_there_are(Asked("", 'sum by (topic) (chuanyu_held_cases{node=~"$node"})', ""))
    with pytest.raises(ValueError):
        test_a_query_names_only_metrics_and_labels_that_there_are(Asked("", "sum by (node (chuanyu_held_cases)", ""))
