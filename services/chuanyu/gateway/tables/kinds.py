"""What kinds of tables there are in common: where one is handed in, what is read of each statement, how a kind is known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from chuanyu.domain.violations import Violation
from chuanyu.gateway.tables.heads import Layout
from chuanyu.gateway.tables.records import DataRow


@dataclass(frozen=True, slots=True)
class Where:
    """Where a table is handed in: the accepting province and all provinces on the bus (xx0000), and the day."""

    province: str
    provinces: frozenset[str]
    today: dt.date


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """One statement, ready to be submitted unless it has violations.

    `number` is what it is known by as the table writes it. `data` is the JSON form of its event, None when nothing of the file could be
    read. `time` is when it happened: the day of an announcement, 00:00 in Asia/Shanghai, None if the table does not say or that day is
    still to come. `numbers` are the rows of the file it stands in, `routing` who must act about a sample, `characters` the length of its
    texts.
    """

    number: str | None = None
    numbers: tuple[int, ...] = ()
    rows: tuple[DataRow, ...] = ()
    data: dict[str, Any] | None = None
    time: str | None = None
    routing: dict[str, Any] | None = None
    violations: tuple[Violation, ...] = ()
    warnings: tuple[Violation, ...] = ()
    characters: int = 0


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of table: the event that each of its statements becomes, and how its rows are read.

    known_by: under which name the number of a statement stands in the report · unit: what one statement is called, in both languages
    """

    type: str
    layout: Layout
    read: Callable[[Iterable[DataRow], Where], Iterator[Parsed]]
    known_by: str
    unit: tuple[str, str]
