"""The data rows of a table: what stands above, between and below them is told apart, and no data row is dropped (T2, T3)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Any

from chuanyu.domain.text import NULL_WORDS, normalise
from chuanyu.gateway.tables.heads import Head, Layout, lacks, recognise
from chuanyu.gateway.tables.refused import TableRefused, refused
from chuanyu.gateway.tables.rows import Row, Sheets, opened

NOTE_WORDS = ("注", "附注", "备注", "说明", "声明")
TITLE_LINES = 50
"""So many lines above a head are kept for the file of refused rows; a head may stand deeper."""
LOOK_AHEAD = 200
"""In a workbook of several sheets a table is looked for in so many first rows of each."""


@dataclass(frozen=True, slots=True)
class DataRow:
    """One row of data: `texts` has the normalised text of each known column that says something, what its cells list apart in `items`."""

    row: Row
    head: Head
    texts: dict[StrEnum, str]
    items: tuple[Any, ...]


def data_rows(path: Path, layout: Layout) -> Iterator[DataRow]:
    """The data rows of a file, as a stream.

    Raises TableRefused: `column_missing` without a head or with one that lacks a column, `sheet_ambiguous` if several sheets hold a table,
    and what rows.py raises.
    """
    with opened(path) as sheets:
        for row, head in _below_heads(_table(sheets, layout), layout):
            yield _data_row(row, head, layout)


def _table(sheets: Sheets, layout: Layout) -> Iterator[Row]:
    """The rows of the one sheet that holds a table."""
    names = list(sheets)
    if len(names) > 1:
        names = [name for name in names if any(recognise(row, layout) for row in islice(sheets[name](), LOOK_AHEAD))]
    if len(names) > 1:
        raise refused("sheet_ambiguous", title=layout.title, sheets="、".join(names))
    return sheets[names[0]]() if names else iter(())


def _below_heads(table: Iterable[Row], layout: Layout) -> Iterator[tuple[Row, Head]]:
    """Each data row with the head in force. Lines of one cell wait for what follows: before a head they are its title, else data.

    Where the file cannot be read on, those that wait come first.
    """
    head: Head | None = None
    lacking: StrEnum | None = None
    above: deque[Row] = deque(maxlen=TITLE_LINES)
    try:
        for row in table:
            filled = _filled(row)
            if not filled:
                continue
            if found := recognise(row, layout, [*above] or (head.above if head else ())):
                head = _complete(found, layout)
                above.clear()
            elif head is None or (_is_line(row, filled, head, layout) and len(above) < TITLE_LINES):
                above.append(row)
                lacking = lacking or (lacks(row, layout) if head is None else None)
            elif not _is_note(row, filled):
                yield from ((waiting, head) for waiting in above)
                above.clear()
                yield row, head
    except TableRefused:
        yield from ((waiting, head) for waiting in above if head)
        raise
    if head is None:
        raise refused("column_missing", column=lacking or layout.needed[0])
    yield from ((waiting, head) for waiting in above)


def _filled(row: Row) -> list[int]:
    """The places of the first two cells that hold more than blanks: enough to tell a blank row and a row of one cell."""
    return list(islice((place for place, cell in enumerate(row.cells) if cell and normalise(cell)), 2))


def _is_note(row: Row, filled: list[int]) -> bool:
    """Its only cell starts with 注, 附注, 备注, 说明 or 声明."""
    return len(filled) == 1 and normalise(row.cells[filled[0]]).startswith(NOTE_WORDS)


def _is_line(row: Row, filled: list[int], head: Head, layout: Layout) -> bool:
    """One filled cell, as a title has; a cell that lists things goes on with what stands above, a number begins anew."""
    if len(filled) != 1 or filled[0] in (head.places.get(column) for column in layout.apart):
        return False
    return not layout.begins(row.cells[filled[0]]) and not _is_note(row, filled)


def _complete(head: Head, layout: Layout) -> Head:
    if column := layout.lacking(head):
        raise refused("column_missing", column=column)
    return head


def _data_row(row: Row, head: Head, layout: Layout) -> DataRow:
    said = {column: row.cells[place] for column, place in head.places.items() if place < len(row.cells)}
    cells = {column: said.pop(column, "") for column in layout.apart if column in head.places}
    texts = {column: text for column, cell in said.items() if cell and (text := normalise(cell)) not in NULL_WORDS}
    return DataRow(row, head, texts, layout.parts(cells, head))
