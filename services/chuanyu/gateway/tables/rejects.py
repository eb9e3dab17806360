"""The refused rows as they came, with the reasons beside them: a file that can be mended and sent again (T20)."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from chuanyu.domain.text import compact
from chuanyu.domain.violations import Violation
from chuanyu.gateway.tables import xlsx_rows
from chuanyu.gateway.tables.heads import Head
from chuanyu.gateway.tables.records import DataRow

REASON_HEADS = ("退回代码", "退回原因", "Reasons")
"""Heads of the added columns. No published table has them: they are ignored when the file comes back, and replaced at its next refusal."""

Write = Callable[[Sequence[object]], None]


class Rejects:
    """Writes refused statements below the head, and the title, under which they stood."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._head: Head | None = None
        self._stale: frozenset[int] = frozenset()

    def add(self, rows: Iterable[DataRow], violations: Sequence[Violation]) -> None:
        """The rows of one statement; its reasons stand in the first of them."""
        reasons = ["; ".join(texts) for texts in zip(*((v.code, v.zh, v.en) for v in violations), strict=True)]
        for row in rows:
            if row.head is not self._head:
                self._begin(row.head)
            self._line(row.row.raw, reasons)
            reasons = []

    def _begin(self, head: Head) -> None:
        for title in head.above if self._head is None else ():
            self._write(title.raw)
        self._head = head
        self._stale = frozenset(place for place, cell in enumerate(head.row.cells) if compact(cell) in REASON_HEADS)
        self._line(head.row.raw, REASON_HEADS)

    def _line(self, raw: Sequence[object], beside: Sequence[str]) -> None:
        width = len(self._head.row.raw) if self._head else 0
        own = [value for place, value in enumerate(raw) if place not in self._stale]
        self._write([*own, *[""] * (width - len(self._stale) - len(own)), *beside])


@contextmanager
def rejects(path: Path) -> Iterator[Rejects]:
    """Opens the file of refused rows: .xlsx is a workbook, else CSV in UTF-8 with a byte order mark. Empty if nothing is refused."""
    if path.suffix.lower() == ".xlsx":
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet("退回")
        try:
            yield Rejects(lambda line: sheet.append([_cell(sheet, value) for value in line]))
        finally:
            book.save(path)
    else:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            yield Rejects(lambda line: writer.writerow([xlsx_rows.text(value) for value in line]))


def _cell(sheet: WriteOnlyWorksheet, value: object) -> object:
    """A text stays a text, also where it begins like a formula; what a workbook cannot hold is left out."""
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value))
    cell.data_type = "s"
    return cell
