"""An announcement as a file: title, a table of failed and a table of passed samples, a note; and the truth of every statement in it."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from chuanyu.sample.handwriting import JOINED, REFUSED, Pen, rows
from chuanyu.sample.sides import SICHUAN, Side
from chuanyu.sample.truth import Sample

SYNTHETIC = "合成数据：企业、编号、数值均为虚构"
SYNTHETIC_EN = "synthetic data, every firm, number and reading is made up"

_JOINED_HEADS = (
    "序号", "抽样编号", "标称生产企业名称", "标称生产企业地址", "被抽样单位名称", "被抽样单位地址", "食品名称", "规格型号", "商标",
    "生产日期/批号", JOINED, "分类", "公告号", "公告日期", "任务来源/项目名称", "检验机构", "备注",
)  # fmt: skip
_SPLIT_HEADS = (
    "序号", "抽样编号", "被抽样单位名称", "被抽样单位地址", "标称生产企业名称", "标称生产企业地址", "食品名称", "商标", "规格型号",
    "生产日期/批号", "不合格项目", "检验结果", "标准值", "检验机构", "分类", "公告号", "公告日期", "任务来源/项目名称", "备注",
)  # fmt: skip
_PASSED_HEADS = (
    "抽样编号", "序号", "标称生产企业名称", "标称生产企业地址", "被抽样单位名称", "被抽样单位所在省份", "食品名称", "规格型号",
    "生产日期/批号", "分类", "公告号", "公告日期", "任务来源/项目名称", "备注",
)  # fmt: skip
_ALIASES = {
    "抽样编号": "抽样单编号",
    "食品名称": "样品名称",
    "检验结果": "实测值",
    "标准值": "标准要求",
    "公告日期": "发布\n日期",
    "检验机构": "承检机构",
}


@dataclass(frozen=True, slots=True)
class Statement:
    """What one or several rows of a table state, and what must become of it. rows: as a spreadsheet counts, the first record is 1.

    code: the reason of a refusal · dirt: how it was written
    """

    sample: Sample
    rows: tuple[int, ...]
    outcome: str
    code: str | None
    dirt: str


@dataclass(frozen=True, slots=True)
class Table:
    """One announcement file and its truth."""

    side: Side
    name: str
    content: bytes
    statements: tuple[Statement, ...]

    def write(self, folder: Path) -> Path:
        """Puts the file into a folder."""
        path = folder / self.name
        path.write_bytes(self.content)
        return path


Drawn = tuple[Sample, str]
"""A sample and how it is written down."""


def table(random: Random, side: Side, failed: Sequence[Drawn], passed: Sequence[Drawn]) -> Table:
    """The announcement of one side. What is stated again stands at the end of its table."""
    sheet = _Sheet(random, side)
    notice = failed[0][0].notice_no
    sheet.line(f"{side.authority}关于食品安全监督抽检情况的公告（{notice}）（{SYNTHETIC}）")
    sheet.line("附件1 不合格样品信息")
    sheet.part(_JOINED_HEADS if side is SICHUAN else [_ALIASES.get(head, head) for head in _SPLIT_HEADS], failed)
    sheet.line("")
    sheet.line("附件2 合格样品信息")
    sheet.part(_PASSED_HEADS, [(replace(sample, brand=None), dirt) for sample, dirt in passed])
    sheet.line(f"注：{SYNTHETIC}。{SYNTHETIC_EN}.")
    on = failed[0][0].announced_on
    return Table(side, f"{side.node}-{on.isoformat()}.csv", sheet.content(), tuple(sheet.statements))


class _Sheet:
    def __init__(self, random: Random, side: Side) -> None:
        self._random, self._side, self._pen = random, side, Pen(random)
        self._records: list[list[str]] = []
        self.statements: list[Statement] = []

    def line(self, text: str) -> None:
        self._records.append([text])

    def part(self, heads: Sequence[str], drawn: Sequence[Drawn]) -> None:
        """A head and the samples below it, then what is stated a second time."""
        self._heads = [{alias: head for head, alias in _ALIASES.items()}.get(head, head) for head in heads]
        self._records.append(list(heads))
        for serial, (sample, dirt) in enumerate(drawn, 1):
            self._state(sample, dirt, serial, REFUSED.get(dirt))
        for serial, (sample, dirt) in enumerate(drawn, len(drawn) + 1):
            if dirt == "repeat":
                self._state(sample, "blanks", serial, None, "duplicate")
            elif dirt == "conflict":
                self._state(_otherwise(sample), "plain", serial, "conflicting_content")

    def _state(self, sample: Sample, dirt: str, serial: int, code: str | None, outcome: str = "accepted") -> None:
        said = rows(self._pen, sample, dirt, serial)
        begun = len(self._records) + 1
        self._records += [[row.get(head, "") for head in self._heads] for row in said]
        numbers = tuple(range(begun, begun + len(said)))
        self.statements.append(Statement(sample, numbers, "refused" if code else outcome, code, dirt))

    def content(self) -> bytes:
        text = io.StringIO(newline="")
        csv.writer(text).writerows(self._records)
        return text.getvalue().encode(self._side.encoding)


def _otherwise(sample: Sample) -> Sample:
    """The same number with another specification: a contradiction that no spelling explains."""
    return replace(sample, good=replace(sample.good, specification=f"{sample.good.specification}×2"))
