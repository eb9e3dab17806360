"""A published table as numbered records, whatever kind of file holds it; nothing is interpreted yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

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


def is_workbook(path: Path) -> bool:
    """Judged by the first bytes, never by the name. Raises TableRefused `file_kind_unknown` for a workbook of before 2007."""
    with path.open("rb") as file:
        start = file.read(4)
    if start == OLD_EXCEL:
        raise refused("file_kind_unknown")
    return start == ZIP


def sheet_names(path: Path) -> list[str]:
    """The visible sheets of a workbook; a CSV file is one sheet."""
    return xlsx_rows.names(path) if is_workbook(path) else [path.stem]


def rows(path: Path, sheet: str) -> Iterator[Row]:
    """The records of one sheet as a stream. Raises TableRefused where the bytes cannot be read (T1)."""
    if is_workbook(path):
        return (Row(n, tuple(map(xlsx_rows.text, raw)), raw) for n, raw in enumerate(xlsx_rows.records(path, sheet), 1))
    return (Row(n, cells, cells) for n, cells in enumerate(csv_rows.records(path), 1))


def about(path: Path) -> int | None:
    """About how many records the first sheet has, None if nothing tells: for progress bars only."""
    try:
        return xlsx_rows.about(path) if is_workbook(path) else csv_rows.about(path)
    except TableRefused:
        return None
