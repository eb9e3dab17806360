"""Records of an XLSX workbook, read as a stream (T19)."""

from __future__ import annotations

import datetime as dt
import xml.etree.ElementTree as ET
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import openpyxl
from openpyxl import Workbook
from openpyxl.utils.exceptions import InvalidFileException

from chuanyu.gateway.tables.refused import refused

DAMAGE = (zipfile.BadZipFile, zlib.error, InvalidFileException, KeyError, ValueError, EOFError, ET.ParseError)
SHOWN_WHOLE = 1e15
"""A spreadsheet keeps fifteen digits of a number; from there on only its exponent is certain."""


def names(path: Path) -> list[str]:
    """The visible sheets of a workbook in their order. Raises TableRefused `file_unreadable`."""
    with _opened(path) as book:
        return [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"]


def records(path: Path, sheet: str) -> Iterator[tuple[object, ...]]:
    """The rows of a sheet. A merged cell's value stands in its first row, the others are None; a formula gives its stored value.

    Raises TableRefused `file_unreadable`, and `record_unreadable` with the row behind which the file is damaged.
    """
    number = 1
    with _opened(path) as book:
        book[sheet].reset_dimensions()
        try:
            for row in book[sheet].iter_rows(values_only=True):
                yield row
                number += 1
        except DAMAGE as fault:
            raise refused("record_unreadable", number, number=number) from fault


def about(path: Path) -> int | None:
    """The number of rows as the first visible sheet states it."""
    with _opened(path) as book:
        counts = [sheet.max_row for sheet in book.worksheets if sheet.sheet_state == "visible"]
    return counts[0] if counts else None


@contextmanager
def _opened(path: Path) -> Iterator[Workbook]:
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    except DAMAGE as fault:
        raise refused("file_unreadable") from fault
    try:
        yield book
    finally:
        book.close()


def text(value: object) -> str:
    """A cell as text: a date in ISO form, a number as the sheet shows it, nothing for an empty cell."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ", "seconds")
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return _number(value)
    return str(value)


def _number(value: float) -> str:
    if value.is_integer() and abs(value) >= SHOWN_WHOLE:
        mantissa, exponent = f"{value:.14E}".split("E")
        return f"{mantissa.rstrip('0').rstrip('.')}E{exponent}"
    return f"{Decimal(f'{value:.15g}'):f}"
