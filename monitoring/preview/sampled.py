"""What the committed dashboards ask, answered by a Prometheus."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from preview.running import MONITORING, Prometheus

ORDER = ("overview", "services", "federation", "recognition", "casework")
_EVERYTHING = {"$__rate_interval": "20s", "$node": ".*", "$service": ".*"}
"""What Grafana would put in for its variables when all is chosen; the interval is ten looks."""


@dataclass(frozen=True, slots=True)
class Series:
    """One line of a panel. points: (Unix time, value), values that are no number left out."""

    name: str
    labels: Mapping[str, str]
    points: tuple[tuple[float, float], ...]

    @property
    def last(self) -> float:
        """The newest value."""
        return self.points[-1][1]


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel as Grafana's JSON describes it, with what its queries gave."""

    described: Mapping[str, Any]
    series: tuple[Series, ...]

    @property
    def field(self) -> Mapping[str, Any]:
        """Unit, thresholds, words."""
        found: Mapping[str, Any] = self.described["fieldConfig"]["defaults"]
        return found


@dataclass(frozen=True, slots=True)
class Board:
    """A dashboard."""

    uid: str
    title: str
    question: str
    panels: tuple[Panel, ...]


def boards(prometheus: Prometheus, start: float, end: float) -> Iterator[Board]:
    """Every dashboard of monitoring/dashboards, in the order in which they are read, from start to end (Unix time)."""
    for name in ORDER:
        told = json.loads((MONITORING / "dashboards" / f"{name}.json").read_text("utf-8"))
        panels = tuple(Panel(panel, tuple(_series(prometheus, panel, start, end))) for panel in told["panels"])
        yield Board(told["uid"], told["title"], told["description"], panels)


def chosen(expression: str) -> str:
    """The expression with everything chosen."""
    for variable, value in _EVERYTHING.items():
        expression = expression.replace(variable, value)
    return expression


def _series(prometheus: Prometheus, panel: Mapping[str, Any], start: float, end: float) -> Iterator[Series]:
    for target in panel["targets"]:
        expression = chosen(target["expr"])
        now = target.get("instant")
        found = prometheus.at(expression, end) if now else prometheus.over_time(expression, start, end)
        for each in sorted(found, key=lambda each: sorted(each["metric"].items())):
            points = tuple(_numbers([each["value"]] if now else each["values"]))
            if points:
                yield Series(_legend(target.get("legendFormat", ""), each["metric"]), each["metric"], points)


def _numbers(values: list[tuple[float, str]]) -> Iterator[tuple[float, float]]:
    return ((at, float(text)) for at, text in values if math.isfinite(float(text)))


def _legend(form: str, labels: Mapping[str, str]) -> str:
    return re.sub(r"\{\{(\w+)\}\}", lambda found: labels.get(found[1], ""), form)
