"""A published table as numbered records, whatever kind of file holds it; nothing is interpreted yet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from openpyxl import Workbook

from chuanyu.gateway.tables import csv_rows, xlsx_rows
from chuanyu.gateway.tables.refused import TableRefused, refused

OLD_EXCEL = b"\xd0\xcf\x11\xe0"
ZIP = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Row:
    """One record. `number` counts as a spreadsheet does, from 1 (T3); `cells` are texts, `raw` the values as they came."""

    number: int
    cells: tuple[str, ...]
    raw: tuple[object, ...]


Sheets = Mapping[str, Callable[[], Iterator[Row]]]
"""Name of each table of a file, and what reads its records from the first on."""


def is_workbook(path: Path) -> bool:
    """Judged by the first bytes, never by the name. Raises TableRefused `file_kind_unknown` for a workbook of before 2007."""
    with path.open("rb") as file:
        start = file.read(4)
    if start == OLD_EXCEL:
        raise refused("file_kind_unknown")
    return start == ZIP


@contextmanager
def opened(path: Path) -> Iterator[Sheets]:
    """The tables of a file: the visible sheets of a workbook, or the one of a CSV file. Raises TableRefused where it cannot be read."""
    if not is_workbook(path):
        yield {path.stem: partial(_csv, path)}
        return
    with xlsx_rows.opened(path) as book:
        yield {name: partial(_sheet, book, name) for name in xlsx_rows.names(book)}


def about(path: Path) -> int | None:
    """About how many records the first table has, None if nothing tells: for progress bars only."""
    try:
        return xlsx_rows.about(path) if is_workbook(path) else csv_rows.about(path)
    except TableRefused:
        return None


def _csv(path: Path) -> Iterator[Row]:
    return (Row(n, cells, cells) for n, cells in enumerate(csv_rows.records(path), 1))


def _sheet(book: Workbook, name: str) -> Iterator[Row]:
    return (Row(n, tuple(map(xlsx_rows.text, raw)), raw) for n, raw in enumerate(xlsx_rows.records(book, name), 1))
