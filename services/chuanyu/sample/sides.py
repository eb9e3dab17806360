"""The two sides of the sample day: who announces there, with which laboratories, in which file encoding. Laboratories are made up."""

from __future__ import annotations

from dataclasses import dataclass

PROVINCES = frozenset({"500000", "510000"})
"""Of the nodes on the bus."""


@dataclass(frozen=True, slots=True)
class Side:
    """One province as the day sees it. code: xx0000 · sign: the one character that stands for it in document numbers."""

    node: str
    code: str
    name: str
    sign: str
    member: str
    authority: str
    laboratories: tuple[str, ...]
    encoding: str

    @property
    def source(self) -> str:
        """The CloudEvents source of its authority."""
        return f"/{self.node}/{self.member}"

    @property
    def short(self) -> str:
        """The name as the province column of passed tables writes it."""
        return self.name[:2]

    @property
    def other(self) -> Side:
        """The side over the border."""
        return CHONGQING if self is SICHUAN else SICHUAN

    def holds(self, division: str | None) -> bool:
        """Whether a division lies on this side."""
        return division is not None and division[:2] == self.code[:2]


SICHUAN = Side(
    "sichuan",
    "510000",
    "四川省",
    "川",
    "sichuan-amr",
    "四川省市场监督管理局",
    ("成都衡澄检验检测有限公司", "川南青衡食品检验有限公司", "绵州知量检测技术有限公司"),
    "utf-8-sig",
)
CHONGQING = Side(
    "chongqing",
    "500000",
    "重庆市",
    "渝",
    "chongqing-amr",
    "重庆市市场监督管理局",
    ("重庆渝衡检测技术有限公司", "山城知微食品检验有限公司", "三峡澄量检验检测有限公司"),
    "gb18030",
)
SIDES = (SICHUAN, CHONGQING)
