"""Which column says what: a head is recognised by its names, in any order (domain.md 4.3, T2)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from chuanyu.domain.text import identifier
from chuanyu.gateway.tables.rows import Row

SEPARATOR = re.compile(r"║|‖|∥|丨|｜|\|\|")
"""What stands between name, result and limit (T10). A bare `|` is text."""


class Column(StrEnum):
    """What a column of a table says; the value is the head it is known by."""

    SERIAL = "序号"
    SAMPLE_NO = "抽样编号"
    PRODUCER = "标称生产企业名称"
    PRODUCER_ADDRESS = "标称生产企业地址"
    SAMPLED = "被抽样单位名称"
    SAMPLED_ADDRESS = "被抽样单位地址"
    SAMPLED_PROVINCE = "被抽样单位所在省份"
    PRODUCT = "食品名称"
    SPECIFICATION = "规格型号"
    BRAND = "商标"
    MADE = "生产日期/批号"
    ITEM = "不合格项目"
    RESULT = "检验结果"
    LIMIT = "标准值"
    CATEGORY = "分类"
    NOTICE_NO = "公告号"
    ANNOUNCED_ON = "公告日期"
    URL = "公告网址链接"
    TASK = "任务来源/项目名称"
    LAB = "检验机构"
    REMARK = "备注"


OTHER_NAMES = {
    Column.SAMPLE_NO: "抽样单编号 样品编号",
    Column.PRODUCER: "生产企业名称 标识生产企业名称",
    Column.PRODUCER_ADDRESS: "生产企业地址 标识生产企业地址",
    Column.SAMPLED: "被抽检单位名称 受检单位名称",
    Column.SAMPLED_ADDRESS: "被抽检单位地址 受检单位地址",
    Column.SAMPLED_PROVINCE: "被抽检单位所在省份 受检单位所在省份",
    Column.PRODUCT: "样品名称 产品名称",
    Column.SPECIFICATION: "规格 样品规格",
    Column.MADE: "生产日期或批号",
    Column.RESULT: "实测值",
    Column.LIMIT: "标准要求",
    Column.CATEGORY: "食品大类",
    Column.NOTICE_NO: "通告号",
    Column.ANNOUNCED_ON: "发布日期",
    Column.TASK: "任务来源",
    Column.LAB: "承检机构",
}
ITEM_COLUMNS = (Column.ITEM, Column.RESULT, Column.LIMIT)


@dataclass(frozen=True, slots=True)
class Head:
    """A head of a table: the place of each known column, and in which order the cell of failed items names its parts.

    `above` are the title lines before it, `passed` says that the table lists passed samples.
    """

    places: dict[Column, int]
    item_parts: tuple[Column, ...]
    passed: bool
    row: Row
    above: tuple[Row, ...]


def recognise(row: Row, above: Sequence[Row] = ()) -> Head | None:
    """The head that stands in `row`: a row with a sample-number head and a food-name head; anything else is None."""
    if not any(HINT in cell for cell in row.cells):
        return None
    places, item_parts = _places(row)
    if Column.SAMPLE_NO not in places or Column.PRODUCT not in places:
        return None
    return Head(places, item_parts, _lists_passed(places, above), row, tuple(above))


def lacks(row: Row) -> Column | None:
    """What a row of several known heads lacks to be one; None for any other row."""
    places, _ = _places(row)
    needed = (column for column in (Column.SAMPLE_NO, Column.PRODUCT) if column not in places)
    return next(needed, None) if len(places) > 2 else None


def missing(head: Head) -> Column | None:
    """The column without which nothing of the table can be said: failed samples need their items."""
    return None if head.passed or Column.ITEM in head.places else Column.ITEM


def _places(row: Row) -> tuple[dict[Column, int], tuple[Column, ...]]:
    places: dict[Column, int] = {}
    item_parts: tuple[Column, ...] = (Column.ITEM,)
    for place, cell in enumerate(row.cells):
        first, *more = (NAMES.get(identifier(part)) for part in SEPARATOR.split(cell))
        if more and Column.ITEM in (first, *more):
            item_parts = tuple(part or usual for part, usual in zip((first, *more), ITEM_COLUMNS, strict=False))
            places.setdefault(Column.ITEM, place)
        elif first and not more:
            places.setdefault(first, place)
    return places, item_parts


def _lists_passed(places: dict[Column, int], above: Sequence[Row]) -> bool:
    """A table of passed samples has no failed items and says what it is: by the province column of such tables, or in its title."""
    if Column.ITEM in places or Column.SAMPLED_PROVINCE in places:
        return Column.ITEM not in places
    titles = identifier("".join(cell for row in above for cell in row.cells))
    return "合格" in titles and "不合格" not in titles


NAMES: dict[str, Column] = {identifier(name): column for column in Column for name in (column.value, *OTHER_NAMES.get(column, "").split())}
HINT = "编"
"""Every name of the sample-number head holds it, blanks or not: most rows are told from a head by this alone."""
