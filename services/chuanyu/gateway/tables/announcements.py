"""How announcement tables (抽检公告) are known: their columns, failed items, and whether they list passed samples (domain.md 4.3, T2)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from chuanyu.domain.identifiers import check_sample_no
from chuanyu.domain.text import identifier
from chuanyu.gateway.tables.columns import ITEM_COLUMNS, OTHER_NAMES, Column
from chuanyu.gateway.tables.heads import Head, Layout, named
from chuanyu.gateway.tables.items import Item, items


def passed(head: Head) -> bool:
    """A table of passed samples has no failed items and says what it is: by the province column of such tables, or in its title."""
    if Column.ITEM in head.places or Column.SAMPLED_PROVINCE in head.places:
        return Column.ITEM not in head.places
    titles = identifier("".join(cell for row in head.above for cell in row.cells))
    return "合格" in titles and "不合格" not in titles


def _items(cells: Mapping[StrEnum, str], head: Head) -> tuple[Item, ...]:
    return items(cells, head.order)


LAYOUT = Layout(
    title="抽检表",
    names=named(Column, OTHER_NAMES),
    needed=(Column.SAMPLE_NO, Column.PRODUCT),
    hint="编",
    apart=ITEM_COLUMNS,
    joined=Column.ITEM,
    parts=_items,
    begins=lambda cell: not check_sample_no(cell).refusals,
    lacking=lambda head: None if passed(head) or Column.ITEM in head.places else Column.ITEM,
)
