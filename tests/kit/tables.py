"""Hand-written announcement tables, and their import in one call."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from chuanyu.gateway.tables.importing import imported
from chuanyu.gateway.tables.kinds import Kind, Where
from chuanyu.gateway.tables.parse import ANNOUNCEMENTS
from chuanyu.gateway.tables.report import line
from chuanyu.gateway.tables.sending import Submitter
from kit.paper_gateway import PaperGateway

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
WHERE = Where("510000", frozenset({"510000", "500000"}), NOW.date())
JOINED = "不合格项目║检验结果║标准值"
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
    JOINED: "甜蜜素║1.210g/kg║≤0.65g/kg",
    "分类": "酒类",
    "公告号": "2026年第1期",
    "公告日期": "2026-01-05",
    "任务来源/项目名称": "四川省/省抽",
    "检验机构": "西南检测中心",
    "备注": "/",
}
FAILED = list(SAMPLE)
PASSED = [
    "抽样编号",
    "序号",
    "标称生产企业名称",
    "标称生产企业地址",
    "被抽样单位名称",
    "被抽样单位所在省份",
    "食品名称",
    "规格型号",
    "生产日期/批号",
    "分类",
    "公告号",
    "公告日期",
    "任务来源/项目名称",
    "备注",
    "公告网址链接",
]


def row(head: Sequence[str] = FAILED, /, **changes: str) -> list[str]:
    """The good sample with some cells changed, as a row below `head`. Names that Python cannot spell: made, items."""
    renamed = {{"made": "生产日期/批号", "items": JOINED}.get(name, name): cell for name, cell in changes.items()}
    cells = SAMPLE | renamed
    return [cells.get(name, "") for name in head]


def number(n: int) -> str:
    """A sample number of its own."""
    return f"XBJ265100003{n:05d}"


def report(path: Path, province: str = "sichuan", submitter: Submitter | None = None, kind: Kind = ANNOUNCEMENTS) -> list[dict[str, Any]]:
    """The report lines of a table that the province's authority hands in; by default to a gateway that has heard nothing yet."""
    code = {"sichuan": "510000", "chongqing": "500000"}[province]
    where = Where(code, frozenset({"510000", "500000"}), NOW.date())
    gateway = submitter or PaperGateway(province, int(NOW.timestamp() * 1000))
    return [line(parsed, result, kind) for parsed, result in imported(path, gateway, f"/{province}/{province}-amr", where, kind)]


def codes(line: Mapping[str, Any], of: str = "violations") -> list[str]:
    """The codes of a line's violations or warnings, each once."""
    return list(dict.fromkeys(finding["code"] for finding in line[of]))
