"""Hand-written tables for the tests of the readers."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import pytest

FAILED = ["序号", "抽样编号", "标称生产企业名称", "标称生产企业地址", "被抽样单位名称", "被抽样单位地址", "食品名称", "规格型号", "商标", "生产日期/批号",
          "不合格项目║检验结果║标准值", "分类", "公告号", "公告日期", "任务来源/项目名称", "检验机构", "备注"]  # fmt: skip
SAMPLE = {
    "序号": "1",
    "抽样编号": "XBJ26510000300001",
    "标称生产企业名称": "川江食品厂",
    "标称生产企业地址": "四川省宜宾市翠屏区人民路1号",
    "被抽样单位名称": "永辉超市",
    "被抽样单位地址": "四川省成都市锦江区解放街2号",
    "食品名称": "高粱酒",
    "规格型号": "52%vol 500ml/瓶",
    "商标": "川江",
    "生产日期/批号": "2025-11-05",
    "不合格项目║检验结果║标准值": "甜蜜素║1.210g/kg║≤0.65g/kg",
    "分类": "酒类",
    "公告号": "2026年第1期",
    "公告日期": "2026-01-05",
    "任务来源/项目名称": "四川省/省抽",
    "检验机构": "西南检测中心",
    "备注": "/",
}

Table = Callable[..., Path]


def row(head: Sequence[str] = FAILED, **changes: str) -> list[str]:
    """The good sample with some cells changed, as a row below `head`; 不合格项目 stands for the joined cell too."""
    cells = SAMPLE | changes
    if "不合格项目" in changes and "不合格项目" not in head:
        cells["不合格项目║检验结果║标准值"] = changes["不合格项目"]
    return [cells.get(name, "") for name in head]


@pytest.fixture
def table(tmp_path: Path) -> Table:
    """Writes rows as they are given to a CSV file."""

    def write(*rows: Sequence[str], encoding: str = "utf-8", name: str = "table.csv") -> Path:
        path = tmp_path / name
        with path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file).writerows(rows)
        return path

    return write


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[..., Path]:
    """Writes rows of any values to the first sheet of a workbook; further sheets by name."""

    def write(*rows: Sequence[object], **more: Sequence[Sequence[object]]) -> Path:
        book = openpyxl.Workbook()
        for sheet, lines in ((book.active, rows), *((book.create_sheet(name), lines) for name, lines in more.items())):
            for line in lines:
                sheet.append(list(line))
        path = tmp_path / "table.xlsx"
        book.save(path)
        return path

    return write
