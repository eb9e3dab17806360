"""Writes tables of any rows."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import pytest

Write = Callable[..., Path]


@pytest.fixture
def table(tmp_path: Path) -> Write:
    """Rows as they are given, in a CSV file."""

    def write(*rows: Sequence[str], encoding: str = "utf-8", name: str = "table.csv") -> Path:
        path = tmp_path / name
        with path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file).writerows(rows)
        return path

    return write


@pytest.fixture
def workbook(tmp_path: Path) -> Write:
    """Rows of any values in the first sheet of a workbook; further sheets by name."""

    def write(*rows: Sequence[object], **more: Sequence[Sequence[object]]) -> Path:
        book = openpyxl.Workbook()
        for sheet, lines in ((book.active, rows), *((book.create_sheet(name), lines) for name, lines in more.items())):
            for line in lines:
                sheet.append(list(line))
        path = tmp_path / "table.xlsx"
        book.save(path)
        return path

    return write
