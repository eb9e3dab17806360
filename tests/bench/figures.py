"""What a benchmark found: a figure beside the yardstick of the same run and its bar (bars of the design), as a table and as JSON."""

from __future__ import annotations

import json
import os
import platform
import time
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from math import isfinite
from pathlib import Path

from rich.console import Console
from rich.table import Table

QUANTILES = {"p50": 0.5, "p99": 0.99, "p99.9": 0.999}


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. value and yardstick share the unit; bar: what the ratio, or the value, is to reach; met: None without a bar.

    parts: what else the run told, by name.
    """

    id: str
    what: str
    value: float
    unit: str
    yardstick: tuple[str, float] | None = None
    bar: str = ""
    met: bool | None = None
    parts: Mapping[str, float | str] = field(default_factory=dict)

    @property
    def ratio(self) -> float | None:
        """value : yardstick; None at saturation."""
        return self.value / self.yardstick[1] if self.yardstick and self.yardstick[1] and isfinite(self.value) else None


class Latencies:
    """Every latency of a run, in seconds; quantiles are exact."""

    def __init__(self) -> None:
        self._seconds = array("d")

    def __len__(self) -> int:
        return len(self._seconds)

    def add(self, seconds: float) -> None:
        self._seconds.append(seconds)

    def ms(self, quantile: float) -> float:
        """The smallest latency that no smaller share of all exceeds, in ms; 1.0 gives the largest."""
        ordered = sorted(self._seconds)
        return 1000 * ordered[max(0, min(len(ordered) - 1, -int(-quantile * len(ordered) // 1) - 1))]

    def parts(self, prefix: str = "") -> dict[str, float]:
        """p50, p99, p99.9 and max, in ms."""
        return {f"{prefix}{name} ms": self.ms(quantile) for name, quantile in (QUANTILES | {"max": 1.0}).items()}


def rate(marks: Sequence[tuple[float, int]], warm: float = 0.1) -> float:
    """Events a second from marks (instant, events since the mark before), the first share of the events left out."""
    total, seen = sum(count for _, count in marks), 0
    for place, (began, count) in enumerate(marks):
        seen += count
        if seen >= warm * total and place + 1 < len(marks):
            return (total - seen) / (marks[-1][0] - began)
    raise ValueError("too few batches for a rate")


def machine() -> dict[str, float | str]:
    """Where it was measured, and what else went on."""
    load = os.getloadavg()
    return {
        "cpus": os.cpu_count() or 0,
        "load 1 min": load[0],
        "load 15 min": load[2],
        "python": platform.python_version(),
        "kernel": platform.release(),
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


def show(figures: Iterable[Figure], console: Console) -> None:
    """The table."""
    table = Table(title="Benchmarks", title_justify="left")
    for name, side in (("", "left"), ("what", "left"), ("measured", "right"), ("yardstick", "left"), ("ratio", "right"), ("bar", "left")):
        table.add_column(name, justify=side)  # type: ignore[arg-type]
    for figure in figures:
        ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
        against = f"{figure.yardstick[0]}: {_number(figure.yardstick[1])}" if figure.yardstick else ""
        mark = {True: "[green]met[/] ", False: "[red]missed[/] ", None: ""}[figure.met]
        told = "\n".join(f"[dim]{name}[/] {value if isinstance(value, str) else _number(value)}" for name, value in figure.parts.items())
        what = f"{figure.what}\n{told}" if told else figure.what
        table.add_row(figure.id, what, f"{_number(figure.value)} {figure.unit}", against, ratio, mark + figure.bar, end_section=True)
    console.print(table)


def write(figures: Iterable[Figure], began: Mapping[str, float | str], quick: bool, folder: Path) -> Path:
    """The same as JSON, one file a run and the newest as latest.json; the run's own file."""
    folder.mkdir(exist_ok=True)
    found = [{**asdict(figure), "ratio": figure.ratio, "value": figure.value if isfinite(figure.value) else None} for figure in figures]
    text = json.dumps({"began": began, "ended": machine(), "quick": quick, "figures": found}, ensure_ascii=False, indent=1)
    path = folder / f"{str(began['at']).replace(':', '')}.json"
    for each in (path, folder / "latest.json"):
        each.write_text(text + "\n", "utf-8")
    return path


def _number(value: float) -> str:
    if not isfinite(value):
        return "saturated"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.1f}" if abs(value) >= 10 else f"{value:,.2f}"
