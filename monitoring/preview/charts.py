"""
Panels as HTML: each stretches to the width it is given, so that texts keep their size in a narrow window.

Curves are an SVG in a box of 100 × 100 that is stretched; texts lie beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from html import escape
from itertools import pairwise
from typing import Any

from chuanyu.cli.shown import duration
from chuanyu.domain.dates import SHANGHAI
from preview.running import EVERY_SECONDS
from preview.sampled import Panel, Series

_COLOURS = ("#2f7ed8", "#d9822b", "#1a9a6c", "#c0392b", "#8e5bd0", "#8a6d3b", "#d0569b", "#5f6b7a", "#9aa81f", "#16a2b8")
_NEUTRAL = "blue"
_MANY = 8
"""Series beyond which a legend leaves out the idle ones."""
_NOTHING = "这段时间没有 none in this time"


def panel(shown: Panel) -> str:
    """The inside of a panel."""
    draw = {"stat": _numbers, "timeseries": _lines, "table": _rows, "heatmap": _heat, "bargauge": _bars}[shown.described["type"]]
    said = shown.field.get("noValue", "–")
    return draw(shown) if shown.series else f'<p class="none">{escape(said if said != "–" else _NOTHING)}</p>'


def spelled(value: float, unit: str) -> str:
    """A number with its unit, short."""
    if unit == "s":
        return duration(value) if value else "0"
    if unit == "percentunit":
        return f"{value * 100:.{0 if value in (0, 1) else 1}f} %"
    if abs(value) >= 10_000:
        return f"{value / 1000:.0f}k"
    return f"{value:.0f}" if value == round(value) else f"{value:.{2 if abs(value) < 1 else 1}f}"


def _numbers(shown: Panel) -> str:
    steps, unit = shown.field["thresholds"]["steps"], shown.field["unit"]
    words = {text: each["text"] for mapping in shown.field.get("mappings", []) for text, each in mapping.get("options", {}).items()}
    said = ((each, words.get(f"{each.last:.0f}") or spelled(each.last, unit)) for each in shown.series)
    boxes = (f'<li class="{_colour(steps, each.last)}"><b>{escape(text)}</b><span>{escape(each.name)}</span></li>' for each, text in said)
    return f'<ul class="numbers">{"".join(boxes)}</ul>'


def _colour(steps: Sequence[Mapping[str, Any]], value: float) -> str:
    return next((str(step["color"]) for step in reversed(steps) if step["value"] is None or value >= step["value"]), _NEUTRAL)


def _lines(shown: Panel) -> str:
    custom, unit = shown.field.get("custom", {}), shown.field["unit"]
    drawn = _stacked(shown.series) if custom.get("stacking", {}).get("mode") == "normal" else list(shown.series)
    limit = _limit(shown) if custom.get("thresholdsStyle") else None
    top = _round_up(max(value for each in drawn for _, value in each.points))
    left, right = _ends(shown.series)
    curves = "".join(
        f'<path d="{_path(each, left, right, top)}" stroke="{_COLOURS[index % len(_COLOURS)]}"/>' for index, each in enumerate(drawn)
    )
    if limit is not None and limit <= top:
        curves += f'<path class="limit" d="M0 {100 - 100 * limit / top:.2f}H100"/>'
    return _framed(curves, top, unit, left, right, custom.get("axisLabel", "")) + _legend(shown, limit)


def _stacked(series: Sequence[Series]) -> list[Series]:
    below: dict[float, float] = {}
    made = []
    for each in series:
        below |= {at: below.get(at, 0) + value for at, value in each.points}
        made.append(Series(each.name, each.labels, tuple((at, below[at]) for at, _ in each.points)))
    return made


def _limit(shown: Panel) -> float | None:
    value = shown.field["thresholds"]["steps"][-1]["value"]
    return None if value is None else float(value)


def _round_up(value: float) -> float:
    """The next 1, 2 or 5 of its power of ten; 1 for nothing."""
    power: float = 10.0**-9
    while value > 0 and power < 1e12:
        for step in (1, 2, 5):
            if value <= step * power * 1.0001:
                return step * power
        power *= 10
    return 1.0


def _ends(series: Sequence[Series]) -> tuple[float, float]:
    times = [at for each in series for at in (each.points[0][0], each.points[-1][0])]
    return min(times), max(max(times), min(times) + 1)


def _path(series: Series, left: float, right: float, top: float) -> str:
    """A line that breaks where values are missing."""
    places = [(at, 100 * (at - left) / (right - left), 100 - 100 * value / top) for at, value in series.points]
    begun = f"M{places[0][1]:.2f} {places[0][2]:.2f}"
    return begun + "".join(
        f"{'L' if at - before <= 2 * EVERY_SECONDS else 'M'}{x:.2f} {y:.2f}" for (before, *_), (at, x, y) in pairwise(places)
    )


def _framed(inside: str, top: float, unit: str, left: float, right: float, axis: str, marks: Sequence[str] = ()) -> str:
    heights = marks or [spelled(top * share, unit) for share in (1, 0.5, 0)]
    times = [f"{datetime.fromtimestamp(left + share * (right - left), SHANGHAI):%H:%M:%S}" for share in (0, 0.5, 1)]
    grid = "".join(f'<path class="grid" d="M0 {y}H100"/>' for y in (0, 25, 50, 75, 100))
    return (
        (f'<p class="axis">{escape(axis)}</p>' if axis else "")
        + f'<div class="chart"><div class="heights">{"".join(f"<span>{escape(each)}</span>" for each in heights)}</div>'
        + f'<svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">{grid}{inside}</svg>'
        + f'<div class="times">{"".join(f"<span>{each}</span>" for each in times)}</div></div>'
    )


def _legend(shown: Panel, limit: float | None) -> str:
    """Names, colours and newest values; of many series those that stayed at 0 are only counted."""
    unit, many = str(shown.field["unit"]), len(shown.series) > _MANY
    told = [(index, each) for index, each in enumerate(shown.series) if not many or any(value for _, value in each.points)]
    entries = [
        f'<li><i style="background:{_COLOURS[index % len(_COLOURS)]}"></i>{escape(each.name)} <b>{spelled(each.last, unit)}</b></li>'
        for index, each in told
    ]
    if limit is not None:
        entries.append(f'<li><i class="limit"></i>告警线 alert {escape(spelled(limit, unit))}</li>')
    if still := len(shown.series) - len(told):
        entries.append(f"<li>另有{still}条一直为0 · {still} more stayed at 0</li>")
    return f'<ul class="legend">{"".join(entries)}</ul>'


def _rows(shown: Panel) -> str:
    hidden = {"__name__", "job", "alertstate", "instance", "part"}
    columns = sorted({label for each in shown.series for label in each.labels} - hidden)
    body = "".join(_row("td", [each.labels.get(label, "–") for label in columns]) for each in shown.series)
    return f"<table>{_row('th', columns)}{body}</table>"


def _row(cell: str, texts: Sequence[str]) -> str:
    return f"<tr>{''.join(f'<{cell}>{escape(text)}</{cell}>' for text in texts)}</tr>"


def _heat(shown: Panel) -> str:
    """Rows are buckets, told by their upper edge; the darker, the more fell into it."""
    edges = sorted(shown.series, key=lambda each: float(each.labels["le"]))
    rows = [(high.labels["le"], _between(low, high)) for low, high in pairwise([None, *edges]) if high]
    kept = _seen(rows)
    most = max(max(counts.values(), default=0) for _, counts in kept) or 1
    left, right = _ends(shown.series)
    height, width = 100 / len(kept), 100 * EVERY_SECONDS / (right - left)
    cells = "".join(
        f'<rect class="heat" x="{100 * (at - left) / (right - left):.2f}" y="{100 - height * (row + 1):.2f}" width="{width:.2f}" '
        f'height="{height:.2f}" opacity="{count / most:.2f}"/>'
        for row, (_, counts) in enumerate(kept)
        for at, count in counts.items()
        if count / most > 0.004
    )
    marks = [f"≤ {duration(float(edge))}" for edge, _ in reversed(kept)]
    return _framed(cells, 1, "s", left, right, "", marks)


def _between(low: Series | None, high: Series) -> dict[float, float]:
    under = dict(low.points) if low else {}
    return {at: max(0.0, value - under.get(at, 0)) for at, value in high.points}


def _seen(rows: Sequence[tuple[str, dict[float, float]]]) -> list[tuple[str, dict[float, float]]]:
    """Without the empty buckets at either end."""
    filled = [index for index, (_, counts) in enumerate(rows) if any(counts.values())] or [0]
    return list(rows[filled[0] : filled[-1] + 1])


def _bars(shown: Panel) -> str:
    most = max(each.last for each in shown.series) or 1
    return f'<ul class="bars">{"".join(_bar(shown, each, most) for each in sorted(shown.series, key=lambda each: -each.last))}</ul>'


def _bar(shown: Panel, each: Series, most: float) -> str:
    share = f"{100 * each.last / most:.1f}%"
    return f'<li><span>{escape(each.name)}</span><i style="width:{share}"></i><b>{escape(spelled(each.last, shown.field["unit"]))}</b></li>'


def without(panels: Sequence[Panel]) -> Iterator[str]:
    """Titles of the panels that have nothing to show."""
    return (str(each.described["title"]) for each in panels if not each.series)
