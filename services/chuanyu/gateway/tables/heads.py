"""Which column says what: a head is recognised by its names, in any order (domain.md 4.3, T2)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from chuanyu.domain.text import identifier
from chuanyu.gateway.tables.rows import Row

SEPARATOR = re.compile(r"║|‖|∥|丨|｜|\|\|")
"""What stands between name, result and limit (T10). A bare `|` is text."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How the tables of one kind are known.

    names: each name of a head, as `identifier` makes it → its column · needed: what every head has
    hint: what all names of one of these hold
    apart: columns that may list several things · joined: the one of them whose head may join the names of all · parts: what they list
    begins: whether a cell that stands alone in its row begins a data row · lacking: what a head that is one lacks to be understood
    """

    title: str
    names: Mapping[str, StrEnum]
    needed: tuple[StrEnum, ...]
    hint: str
    apart: tuple[StrEnum, ...]
    parts: Callable[[Mapping[StrEnum, str], Head], tuple[Any, ...]]
    joined: StrEnum | None = None
    begins: Callable[[str], bool] = lambda _: False
    lacking: Callable[[Head], StrEnum | None] = lambda _: None


@dataclass(frozen=True, slots=True)
class Head:
    """A head of a table: the place of each known column, and in which order a cell that joins several names its parts.

    `above` are the title lines before it.
    """

    places: Mapping[StrEnum, int]
    order: tuple[StrEnum, ...]
    row: Row
    above: tuple[Row, ...]


def named(columns: Iterable[StrEnum], other_names: Mapping[Any, str]) -> dict[str, StrEnum]:
    """The names of a layout's columns. other_names: column → more names, with blanks between them."""
    return {identifier(name): column for column in columns for name in (column.value, *other_names.get(column, "").split())}


def recognise(row: Row, layout: Layout, above: Sequence[Row] = ()) -> Head | None:
    """The head that stands in `row`: a row with all needed heads; anything else is None."""
    if not any(layout.hint in cell for cell in row.cells):
        return None
    places, order = _places(row, layout)
    if any(column not in places for column in layout.needed):
        return None
    return Head(places, order, row, tuple(above))


def lacks(row: Row, layout: Layout) -> StrEnum | None:
    """What a row of several known heads lacks to be one; None for any other row."""
    places, _ = _places(row, layout)
    needed = (column for column in layout.needed if column not in places)
    return next(needed, None) if len(places) > 2 else None


def _places(row: Row, layout: Layout) -> tuple[dict[StrEnum, int], tuple[StrEnum, ...]]:
    places: dict[StrEnum, int] = {}
    order: tuple[StrEnum, ...] = () if layout.joined is None else (layout.joined,)
    for place, cell in enumerate(row.cells):
        first, *more = (layout.names.get(identifier(part)) for part in SEPARATOR.split(cell))
        if more and layout.joined and layout.joined in (first, *more):
            order = tuple(part or usual for part, usual in zip((first, *more), layout.apart, strict=False))
            places.setdefault(layout.joined, place)
        elif first and not more:
            places.setdefault(first, place)
    return places, order
