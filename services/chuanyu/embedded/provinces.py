"""The two provinces of the embedded default and who may speak there: development members and persons."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Member:
    """One development member. division: GB/T 2260 code of its jurisdiction."""

    id: str
    name: str
    division: str


@dataclass(frozen=True, slots=True)
class Province:
    """One province: word, code of its divisions (two digits), its members."""

    word: str
    digits: str
    members: tuple[Member, ...]


SICHUAN = Province(
    "sichuan",
    "51",
    (
        Member("sichuan-amr", "四川省市场监督管理局", "510000"),
        Member("chengdu-amr", "成都市市场监督管理局", "510100"),
        Member("yibin-amr", "宜宾市市场监督管理局", "511500"),
    ),
)
CHONGQING = Province(
    "chongqing",
    "50",
    (
        Member("chongqing-amr", "重庆市市场监督管理局", "500000"),
        Member("yuzhong-amr", "渝中区市场监督管理局", "500103"),
        Member("wanzhou-amr", "万州区市场监督管理局", "500101"),
    ),
)
BOTH = (SICHUAN, CHONGQING)
PERSONS = {"coordinator": "联合检查协调员", "ops": "运维值班"}
