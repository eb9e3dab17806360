"""Records of an XLSX workbook, read as a stream (T19)."""

from __future__ import annotations

import datetime as dt
import re
import xml.etree.ElementTree as ET
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import openpyxl
from openpyxl import Workbook
from openpyxl.utils.escape import unescape
from openpyxl.utils.exceptions import InvalidFileException

from chuanyu.gateway.tables.refused import refused

DAMAGE = (zipfile.BadZipFile, zlib.error, InvalidFileException, KeyError, ValueError, EOFError, ET.ParseError)
DIMENSION = re.compile(rb'<dimension ref="[A-Z]+\d+:[A-Z]+(\d+)"')
TEXTS = 256 << 20
"""Bytes: several times what 100,000 rows hold, and what a small file can be blown up to."""
BEGINNING = 4096
SHOWN_WHOLE = 1e15
"""A spreadsheet keeps fifteen digits of a number; from there on only its exponent is certain."""


@contextmanager
def opened(path: Path) -> Iterator[Workbook]:
    """The workbook, read as a stream; closed on leaving.

    Raises TableRefused `file_unreadable`, and `file_too_large` where its texts, which are kept all at once, would fill the memory.
    """
    try:
        if _texts(path) > TEXTS:
            raise refused("file_too_large", limit=TEXTS >> 20)
        book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    except DAMAGE as fault:
        raise refused("file_unreadable") from fault
    try:
        yield book
    finally:
        book.close()


def names(book: Workbook) -> list[str]:
    """The visible sheets in their order."""
    return [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"]


def records(book: Workbook, sheet: str) -> Iterator[tuple[object, ...]]:
    """The rows of a sheet. A merged cell's value stands in its first row, the others are None; a formula gives its stored value.

    Raises TableRefused `record_unreadable` with the row behind which the file is damaged.
    """
    number = 1
    book[sheet].reset_dimensions()
    try:
        for row in book[sheet].iter_rows(values_only=True):
            yield row
            number += 1
    except DAMAGE as fault:
        raise refused("record_unreadable", number, number=number) from fault


def about(path: Path) -> int | None:
    """The number of rows as the first sheet states it, without opening the workbook, which takes as long as reading it."""
    try:
        with zipfile.ZipFile(path) as parts, parts.open("xl/worksheets/sheet1.xml") as sheet:
            stated = DIMENSION.search(sheet.read(BEGINNING))
    except DAMAGE:
        return None
    return int(stated[1]) if stated else None


def _texts(path: Path) -> int:
    """Size of the workbook's table of texts, unpacked."""
    with zipfile.ZipFile(path) as parts:
        return sum(part.file_size for part in parts.infolist() if "sharedstrings" in part.filename.lower())


def text(value: object) -> str:
    """A cell as text: a date in ISO form, a number as the sheet shows it, nothing for an empty cell, _x000D_ as the character it means."""
    if isinstance(value, str):
        return unescape(value) if "_x" in value else value
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
