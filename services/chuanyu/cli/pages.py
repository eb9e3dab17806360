"""What the processes of the nodes say on their metrics pages, read by Prometheus' own parser."""

from __future__ import annotations

import time
import urllib.request
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from http.client import HTTPException
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from chuanyu.embedded import places, running

PATIENCE_SECONDS = 3.0
"""How long a page may take; a process that needs more is away."""


_COUNTED = ("_total", "_bucket", "_count", "_sum")


@dataclass(frozen=True, slots=True)
class Sample:
    """One line of a metrics page."""

    name: str
    labels: Mapping[str, str]
    value: float


@dataclass(frozen=True, slots=True)
class Reading:
    """All pages of a node at one moment, a series of several processes once. at: Unix time.

    silent: addresses that did not answer; away: those, and the ones that said that they are not ready.
    """

    node: str
    at: float
    samples: tuple[Sample, ...]
    away: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()

    @property
    def answers(self) -> bool:
        """Whether anything of the node does."""
        return bool(self.samples)

    def by(self, name: str, labels: Sequence[str], together: Callable[[Iterable[float]], float] = sum) -> dict[tuple[str, ...], float]:
        """Values of the series that bear all these labels → put together over whatever other labels they have."""
        groups: dict[tuple[str, ...], list[float]] = {}
        for sample in self.samples:
            if sample.name == name and sample.labels.keys() >= set(labels):
                groups.setdefault(tuple(sample.labels[label] for label in labels), []).append(sample.value)
        return {group: together(values) for group, values in groups.items()}

    def one(self, name: str, together: Callable[[Iterable[float]], float] = max) -> float:
        """The metric as one number; 0 when no page has it."""
        return self.by(name, (), together).get((), 0.0)

    def only(self, concerns: Callable[[Mapping[str, str]], bool]) -> Reading:
        """The same with those series alone whose labels concern."""
        return replace(self, samples=tuple(sample for sample in self.samples if concerns(sample.labels)))


def risen(name: str, labels: Sequence[str], old: Reading, new: Reading) -> dict[tuple[str, ...], float]:
    """How much counters have risen between two readings; one that fell began again at 0, as its process did."""
    before, after = old.by(name, labels), new.by(name, labels)
    return {group: value - (before.get(group, 0) if value >= before.get(group, 0) else 0) for group, value in after.items()}


def quantile(share: float, buckets: Mapping[float, float]) -> float | None:
    """The value, interpolated as PromQL's histogram_quantile does, below which this share of the observations lies; None without any.

    buckets: upper edge → observations up to it. In the last, open bucket its lower edge is all that is known.
    """
    edges = sorted(buckets)
    if not edges or not buckets[edges[-1]]:
        return None
    rank, low, count = share * buckets[edges[-1]], 0.0, 0.0
    for edge in edges:
        if buckets[edge] >= rank and edge != float("inf"):
            return low + (edge - low) * (rank - count) / ((buckets[edge] - count) or 1)
        if edge != float("inf"):
            low, count = edge, buckets[edge]
    return low


def samples(page: str) -> list[Sample]:
    """The samples of a page in Prometheus' text format. Raises ValueError."""
    return [Sample(one.name, one.labels, one.value) for family in text_string_to_metric_families(page) for one in family.samples]


def addresses(directory: Path | None, at: str | None = None) -> dict[str, list[str]]:
    """Node → its metrics pages, from the run directory or for one address. Raises NotRunning."""
    if at:
        return {at: [f"http://{at}/metrics"]}
    facts = running.found((directory or places.default_directory()).expanduser().absolute())
    return {name: node["metrics"] for name, node in facts["nodes"].items()}


def read(nodes: Mapping[str, Sequence[str]]) -> list[Reading]:
    """Every node now; all pages are asked side by side."""
    asked = [address for known in nodes.values() for address in known]
    with ThreadPoolExecutor(len(asked) or 1) as pool:
        pages = dict(zip(asked, pool.map(_page, asked), strict=True))
    return [_reading(node, known, pages) for node, known in nodes.items()]


def _reading(node: str, known: Sequence[str], pages: Mapping[str, Sequence[Sample]]) -> Reading:
    away = tuple(address for address in known if not _ready(pages[address]))
    silent = tuple(address for address in known if not pages[address])
    return Reading(node, time.time(), _merged(sample for address in known for sample in pages[address]), away, silent)


def _ready(page: Sequence[Sample]) -> bool:
    return bool(page) and not any(sample.name == "chuanyu_ready_timestamp_seconds" and not sample.value for sample in page)


def _merged(said: Iterable[Sample]) -> tuple[Sample, ...]:
    """What processes count adds up; what each of them looks up in the same database counts once."""
    series: dict[tuple[str, frozenset[tuple[str, str]]], Sample] = {}
    for sample in said:
        key = sample.name, frozenset(sample.labels.items())
        other = series.get(key)
        together = sum if sample.name.endswith(_COUNTED) else max
        series[key] = replace(sample, value=together((sample.value, other.value))) if other else sample
    return tuple(series.values())


def _page(address: str) -> list[Sample]:
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE_SECONDS) as answer:
            return samples(answer.read().decode())
    except (OSError, HTTPException, ValueError):
        return []
