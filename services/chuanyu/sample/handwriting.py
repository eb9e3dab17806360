"""
How people write a sample into an announcement table: the dirt of published tables, moderate and by intent (domain 4.3).

KINDS: plain · blanks (in the number, around cells) · fullwidth · nulls (words for nothing) · entrust (委托/受托) · batch · split (an item a
row) · short (address without 省, or the town alone) · no_address · repeat, conflict (stated again, alike or otherwise) · no_number ·
bad_number · future (made after the announcement) · no_item. A cell is text; what it means stands in the sample.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from random import Random

from chuanyu.sample.truth import Firm, Item, Sample

Cells = dict[str, str]
JOINED = "不合格项目║检验结果║标准值"
REFUSED = {
    "no_number": "sample_no_missing",
    "bad_number": "sample_no_malformed",
    "future": "produced_after_announcement",
    "no_item": "no_failed_item",
}
"""Kinds of dirt that make a statement impossible to accept, with the reason."""

_NOTHING = ("/", "—", "无", "", "-", "不详")
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_BLANKS = ("", "", " ", "  ", "\u3000", "\u00a0", "\t")


class Pen:
    """One way of writing, chosen by `random`."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def cells(self, sample: Sample, dirt: str) -> Cells:
        """The sample as one row, its items in one cell and in three; the writer of a table takes the columns that it has."""
        written = {
            "抽样编号": self._number(sample.number, dirt),
            "标称生产企业名称": self._maker(sample, lambda firm: firm.name, "", dirt),
            "标称生产企业地址": self._maker(sample, lambda firm: self._address(firm, dirt), "地址", dirt),
            "被抽样单位名称": sample.shop.name,
            "被抽样单位地址": sample.shop.address or "",
            "被抽样单位所在省份": sample.side.short,
            "食品名称": sample.good.name,
            "规格型号": sample.good.specification or self.nothing(),
            "商标": sample.brand or self.nothing(),
            "生产日期/批号": self._made(sample, dirt),
            **self.items(sample.items, dirt),
            "分类": sample.good.category,
            "公告号": sample.notice_no,
            "公告日期": self.date(sample.announced_on),
            "任务来源/项目名称": sample.task,
            "检验机构": sample.laboratory,
            "备注": sample.remark or self.nothing(),
        }
        return {head: self._spaced(text) for head, text in written.items()} if dirt == "blanks" else written

    def items(self, items: tuple[Item, ...], dirt: str = "plain") -> Cells:
        """Failed items joined in one cell, and as three columns."""
        if dirt == "no_item":
            said = self._random.choice(("所检项目合格", "合格", "/"))
            return {JOINED: said, "不合格项目": said, "检验结果": "/", "标准值": "/"}
        mark, joint = self._random.choice("║‖丨"), self._random.choice("；;\n")
        columns = {
            "不合格项目": joint.join(item.name for item in items),
            "检验结果": joint.join(item.result for item in items),
            "标准值": joint.join(item.limit for item in items),
        }
        return {JOINED: joint.join(mark.join((item.name, item.result, item.limit)) for item in items), **columns}

    def date(self, day: dt.date) -> str:
        """A day in one of the forms that tables use."""
        forms = (
            day.isoformat(),
            f"{day.year}年{day.month}月{day.day}日",
            f"{day.year}.{day.month}.{day.day}",
            f"{day:%Y/%m/%d}",
            f"{day:%Y%m%d}",
        )
        return self._random.choice(forms)

    def nothing(self) -> str:
        """A word for nothing."""
        return self._random.choice(_NOTHING)

    def _number(self, number: str, dirt: str) -> str:
        if dirt == "blanks":
            return f" {number[:5]} {number[5:]}\n"
        if dirt == "no_number":
            return self.nothing()
        return number.translate(_WIDE) if dirt == "fullwidth" else number

    def _maker(self, sample: Sample, said: Callable[[Firm], str], what: str, dirt: str) -> str:
        maker, entruster = sample.maker, sample.entruster
        if maker is None:
            return self.nothing()
        if entruster is None:
            return said(maker)
        parts = [f"委托方{what}：{said(entruster)}", f"受托方{what}：{said(maker)}"]
        self._random.shuffle(parts)
        return self._random.choice(("；", "\n")).join(parts)

    def _address(self, firm: Firm, dirt: str) -> str:
        address = firm.address or self.nothing()
        if dirt != "short" or firm.division is None:
            return address
        if firm.division.startswith("50"):
            return address.replace("重庆市", self._random.choice(("重庆", "重庆市市辖区")), 1)
        return address.removeprefix("四川省") if self._random.random() < 0.5 else address.replace("四川省", "四川", 1)

    def _made(self, sample: Sample, dirt: str) -> str:
        made_on, batch = sample.made_on, sample.batch
        if made_on is None:
            return f"{batch}（批号）" if batch else self.nothing()
        day = self.date(made_on)
        if batch:
            return self._random.choice((f"{day}（批号：{batch}）", f"生产日期：{day}；批号：{batch}"))
        return day.translate(_WIDE) if dirt == "fullwidth" else day

    def _spaced(self, text: str) -> str:
        return f"{self._random.choice(_BLANKS)}{text}{self._random.choice(_BLANKS)}"


def rows(pen: Pen, sample: Sample, dirt: str, serial: int) -> list[Mapping[str, str]]:
    """The rows that state the sample once."""
    whole = {**pen.cells(sample, dirt), "序号": str(serial)}
    if dirt != "split":
        return [whole]
    first, *more = sample.items
    blank = dict.fromkeys(whole, "")
    return [whole | pen.items((first,)), *(blank | {"抽样编号": sample.number} | pen.items((item,)) for item in more)]
