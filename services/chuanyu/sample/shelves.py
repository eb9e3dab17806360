"""What the day draws from: goods and where they are made, parameters with their limits, streets, addresses elsewhere (data/*.csv)."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A tested parameter and how it fails. low, high: of failing readings · digits: decimals, below 0 the power of ten rounded to.

    effect: what the failure means, in both languages.
    """

    name: str
    unit: str
    limit: str
    low: float
    high: float
    digits: int
    effect: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Good:
    """A product. trade: the word in its makers' names · made_in: division codes; empty for food of a kitchen and produce of a farm."""

    name: str
    category: str
    trade: str
    specification: str
    parameters: tuple[Parameter, ...]
    made_in: tuple[str, ...]


def goods(shelf: str = "goods") -> tuple[Good, ...]:
    """The goods of a shelf: `goods`, `catering` or `farm`."""
    return _goods(shelf)


def markets() -> tuple[tuple[str, str], ...]:
    """Divisions in which samples are taken, each with a street or place in it."""
    return tuple((row["division"], row["street"]) for row in _rows("markets"))


def elsewhere() -> tuple[tuple[str, str], ...]:
    """Provinces without a node (xx0000), each with an address in it."""
    return tuple((row["province"], row["address"]) for row in _rows("elsewhere"))


def parameter(name: str) -> Parameter:
    """A parameter by its name; KeyError if it stands on no shelf."""
    return _parameters()[name]


@cache
def _goods(shelf: str) -> tuple[Good, ...]:
    return tuple(_good(row) for row in _rows(shelf))


def _good(row: dict[str, str]) -> Good:
    return Good(
        name=row["name"],
        category=row["category"],
        trade=row.get("trade", ""),
        specification=row.get("specification", ""),
        parameters=tuple(parameter(name) for name in row["parameters"].split(";")),
        made_in=tuple(row.get("made_in", "").split()),
    )


@cache
def _parameters() -> dict[str, Parameter]:
    return {row["name"]: _parameter(row) for row in _rows("parameters")}


def _parameter(row: dict[str, str]) -> Parameter:
    effect = row["effect_zh"], row["effect_en"]
    return Parameter(row["name"], row["unit"], row["limit"], float(row["low"]), float(row["high"]), int(row["digits"]), effect)


@cache
def _rows(table: str) -> Sequence[dict[str, str]]:
    with (_DATA / f"{table}.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))
