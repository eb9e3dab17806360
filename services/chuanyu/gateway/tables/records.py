"""The data rows of a table: what stands above, between and below them is told apart, and no data row is dropped (T2, T3)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from chuanyu.domain.identifiers import check_sample_no
from chuanyu.domain.text import NULL_WORDS, normalise
from chuanyu.gateway.tables.heads import ITEM_COLUMNS, Column, Head, lacks, missing, recognise
from chuanyu.gateway.tables.items import Item, items
from chuanyu.gateway.tables.refused import TableRefused, refused
from chuanyu.gateway.tables.rows import Row, Sheets, opened

NOTE_WORDS = ("注", "附注", "备注", "说明", "声明")
TITLE_LINES = 50
"""So many lines above a head are kept for the file of refused rows; a head may stand deeper."""
LOOK_AHEAD = 200
"""In a workbook of several sheets a table is looked for in so many first rows of each."""


@dataclass(frozen=True, slots=True)
class DataRow:
    """One row of data: `texts` has the normalised text of each known column that says something, items apart."""

    row: Row
    head: Head
    texts: dict[Column, str]
    items: tuple[Item, ...]


def data_rows(path: Path) -> Iterator[DataRow]:
    """The data rows of a file, as a stream.

    Raises TableRefused: `column_missing` without a head or without failed items, `sheet_ambiguous` if several sheets hold a table,
    and what rows.py raises.
    """
    with opened(path) as sheets:
        for row, head in _below_heads(_table(sheets)):
            yield _data_row(row, head)


def _table(sheets: Sheets) -> Iterator[Row]:
    """The rows of the one sheet that holds a table."""
    names = list(sheets)
    if len(names) > 1:
        names = [name for name in names if any(map(recognise, islice(sheets[name](), LOOK_AHEAD)))]
    if len(names) > 1:
        raise refused("sheet_ambiguous", sheets="、".join(names))
    return sheets[names[0]]() if names else iter(())


def _below_heads(table: Iterable[Row]) -> Iterator[tuple[Row, Head]]:
    """Each data row with the head in force. Lines of one cell wait for what follows: before a head they are its title, else data.

    Where the file cannot be read on, those that wait come first.
    """
    head: Head | None = None
    lacking: Column | None = None
    above: deque[Row] = deque(maxlen=TITLE_LINES)
    try:
        for row in table:
            filled = _filled(row)
            if not filled:
                continue
            if found := recognise(row, [*above] or (head.above if head else ())):
                head = _complete(found)
                above.clear()
            elif head is None or (_is_line(row, filled, head) and len(above) < TITLE_LINES):
                above.append(row)
                lacking = lacking or (lacks(row) if head is None else None)
            elif not _is_note(row, filled):
                yield from ((waiting, head) for waiting in above)
                above.clear()
                yield row, head
    except TableRefused:
        yield from ((waiting, head) for waiting in above if head)
        raise
    if head is None:
        raise refused("column_missing", column=lacking or Column.SAMPLE_NO)
    yield from ((waiting, head) for waiting in above)


def _filled(row: Row) -> list[int]:
    """The places of the first two cells that hold more than blanks: enough to tell a blank row and a row of one cell."""
    return list(islice((place for place, cell in enumerate(row.cells) if cell and normalise(cell)), 2))


def _is_note(row: Row, filled: list[int]) -> bool:
    """Its only cell starts with 注, 附注, 备注, 说明 or 声明."""
    return len(filled) == 1 and normalise(row.cells[filled[0]]).startswith(NOTE_WORDS)


def _is_line(row: Row, filled: list[int], head: Head) -> bool:
    """One filled cell, as a title has; a cell of items goes on with the sample above, a sample number begins one."""
    if len(filled) != 1 or filled[0] in (head.places.get(column) for column in ITEM_COLUMNS):
        return False
    return bool(check_sample_no(row.cells[filled[0]]).refusals) and not _is_note(row, filled)


def _complete(head: Head) -> Head:
    if column := missing(head):
        raise refused("column_missing", column=column)
    return head


def _data_row(row: Row, head: Head) -> DataRow:
    said = {column: row.cells[place] for column, place in head.places.items() if place < len(row.cells)}
    cells = {column: said.pop(column, "") for column in ITEM_COLUMNS if column in head.places}
    texts = {column: text for column, cell in said.items() if cell and (text := normalise(cell)) not in NULL_WORDS}
    return DataRow(row, head, texts, items(cells, head.item_parts))
