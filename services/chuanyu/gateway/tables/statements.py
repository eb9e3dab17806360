"""Rows grouped to what they state: one sample, said once (T6, T7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from chuanyu.domain.identifiers import check_sample_no
from chuanyu.domain.text import compact, identifier
from chuanyu.gateway.tables.columns import Column
from chuanyu.gateway.tables.items import Item
from chuanyu.gateway.tables.records import DataRow
from chuanyu.gateway.tables.refused import TableRefused


@dataclass(slots=True)
class Statement:
    """The rows that state one sample once, in their order; the first says everything, the others add items.

    cut: the file is damaged behind it
    """

    rows: list[DataRow]
    cut: bool = False
    texts: dict[StrEnum, str] = field(init=False)
    items: list[Item] = field(init=False)
    groups: bool = field(init=False)

    def __post_init__(self) -> None:
        first = self.rows[0]
        self.texts, self.items = dict(first.texts), list(first.items)
        self.groups = not check_sample_no(first.texts.get(Column.SAMPLE_NO, "")).refusals

    def add(self, row: DataRow) -> None:
        """A further row of this statement: its items are added unless said before word for word, and what it remarks."""
        self.rows.append(row)
        if (remark := row.texts.get(Column.REMARK, "")) not in self.texts.get(Column.REMARK, ""):
            self.texts[Column.REMARK] = "；".join(filter(None, (self.texts.get(Column.REMARK), remark)))
        self.items += [item for item in row.items if item not in self.items]

    def goes_on(self, row: DataRow) -> bool:
        """Whether `row` belongs to this statement (T7). Nothing joins a missing or malformed number (T6)."""
        if not self.groups:
            return False
        number = row.texts.get(Column.SAMPLE_NO)
        if number is not None and identifier(number) != identifier(self.texts[Column.SAMPLE_NO]):
            return False
        if Column.SERIAL not in row.texts and (number is None or Column.SERIAL in self.texts):
            return self._says_nothing_else(row)
        return number is not None and self._differs_in_items_alone(row)

    def _says_nothing_else(self, row: DataRow) -> bool:
        """Without a serial number of its own: all other cells are empty or repeat those above; remarks are free."""
        return all(_same(text, self.texts.get(column)) for column, text in row.texts.items() if column is not Column.REMARK)

    def _differs_in_items_alone(self, row: DataRow) -> bool:
        """All other cells equal, the serial number too, and only new items."""
        said = {item.name for item in self.items}
        equal = row.texts.keys() == self.rows[0].texts.keys() and all(_same(text, self.texts[column]) for column, text in row.texts.items())
        return equal and bool(row.items) and not any(item.name in said for item in row.items)


def statements(rows: Iterable[DataRow]) -> Iterator[Statement]:
    """The statements of a table in its order; each row stands in exactly one of them."""
    current: Statement | None = None
    try:
        for row in rows:
            if current and current.goes_on(row):
                current.add(row)
                continue
            if current:
                yield current
            current = Statement([row])
    except TableRefused as refusal:
        if current:
            current.cut = refusal.row is not None
            yield current
        raise
    if current:
        yield current


def _same(text: str, other: str | None) -> bool:
    return other is not None and (text == other or compact(text) == compact(other))
