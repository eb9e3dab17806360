"""Tables of laboratories and certificates with realistic dirt, and the truth beside them: any seed is a new table."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

STATUS = {"VALID": ["有效", "正常", " 在用"], "SUSPENDED": ["暂停", "已暂停"], "REVOKED": ["撤销", "吊销"], "CANCELLED": ["注销"]}
NULLS = ["", "/", "—", "无", "－"]
GOOD = ["铅", "镉(以Cd计)", "N,N-二甲基亚硝胺", "菌落总数", "甜蜜素、糖精钠之和"]
STANDARDS = ["GB 5009.12-2023", "GB 5009.15-2023", "GB 5009.26-2023", "GB 4789.2-2022", "GB 5009.97-2023"]
LABORATORY_HEADS = [
    ["证书编号", "资质认定证书编号", "CMA 编号"],
    ["机构名称", "检验检测\n机构名称"],
    ["状态", "资质状态"],
    ["起始日期", "发证日期"],
    ["截止日期", "有效期至"],
    ["地址", "检验检测地址"],
    ["参数", "检测项目"],
    ["标准", "检测标准"],
    ["发证机关"],
]


@dataclass(frozen=True)
class Told:
    """What a table says of one thing. rows: of the file · outcome, code: what must become of it · event: what its event must say"""

    rows: list[int]
    outcome: str
    code: str = ""
    event: dict[str, Any] | None = None


def day(chance: random.Random, on: date) -> str:
    """A day as people write it."""
    written = [on.isoformat(), f"{on.year}年{on.month}月{on.day}日", f"{on.year}.{on.month}.{on.day}", f"{on:%Y/%m/%d}"]
    return chance.choice([*written, written[0].translate(str.maketrans("0123456789-", "０１２３４５６７８９－"))])


def laboratories(seed: int, count: int = 40) -> tuple[list[list[str]], list[Told]]:
    """A table and its truth: continued rows, merged cells, repeats, contradictions, and what is malformed or missing."""
    chance = random.Random(seed)
    order = list(range(len(LABORATORY_HEADS)))
    chance.shuffle(order)
    heads = [chance.choice(LABORATORY_HEADS[place]) for place in order]
    table: list[list[str]] = [["检验检测机构资质及能力附表"], heads]
    truth: list[Told] = []

    def put(cells: list[str]) -> int:
        table.append([cells[place] for place in order])
        return len(table)

    said: list[tuple[list[list[str]], Told]] = []
    for n in range(count):
        rows, event, code = _laboratory(chance, n)
        truth.append(Told([put(row) for row in rows], "refused" if code else "accepted", code, None if code else event))
        said += [] if code else [(rows, truth[-1])]
        if said[1:] and chance.random() < 0.15:
            again, first = chance.choice(said[:-1])
            truth.append(Told([put(row) for row in again], "duplicate", "", first.event))
        elif said and chance.random() < 0.1:
            again, _ = chance.choice(said)
            truth.append(Told([put([*row[:1], "另一机构" if row[1] else "", *row[2:]]) for row in again], "refused", "conflicting_content"))
    return table, truth


def _laboratory(chance: random.Random, n: int) -> tuple[list[list[str]], dict[str, Any], str]:
    number = f"2{chance.randrange(10)}{chance.choice(['22', '23'])}00{n:06d}"
    status = chance.choice(list(STATUS))
    begins = date(2021, 1, 1) + timedelta(days=chance.randrange(1500))
    ends = chance.choice([begins + timedelta(days=2190), None, date(2999, 12, 31)])
    scope = chance.sample(list(zip(GOOD, STANDARDS, strict=True)), chance.randrange(1, 5))
    end = chance.choice([*NULLS, "长期", "长期有效"]) if ends is None else ends.isoformat() if ends.year > 2100 else day(chance, ends)
    first = [number, f"川渝检测{n}所", chance.choice(STATUS[status]), day(chance, begins), end, "四川省成都市锦江区人民路1号", "", ""]
    code, first = _spoilt(chance, [*first, chance.choice(["四川省市场监督管理局", "/"])])
    rows = _scope(chance, first, scope)
    event = {
        "cma_no": number,
        "name": f"川渝检测{n}所",
        "status": status,
        "valid_from": begins.isoformat(),
        "valid_to": ends.isoformat() if ends else None,
        "division": "510104",
        "scope": [{"parameter": parameter, "standard": standard} for parameter, standard in scope],
        "licensed_by": "510000" if first[8] != "/" else None,
    }
    return rows, event, code


def _spoilt(chance: random.Random, cells: list[str]) -> tuple[str, list[str]]:
    """One of the things that make a row refused, seldom; else blanks and full width."""
    place, cell, code = chance.choice(
        [
            (0, "/", "field_missing"),
            (0, "20230014", "cma_malformed"),
            (2, "待定", "term_unknown"),
            (3, "2024-02-30", "date_malformed"),
            (1, "—", "field_missing"),
            (4, "2001-01-01", "period_reversed"),
        ]
    )
    if chance.random() < 0.25:
        return code, [*cells[:place], cell, *cells[place + 1 :]]
    return "", [f" {cells[0][:4]} {cells[0][4:]}\n", f"\u3000{cells[1]}", *cells[2:]]


def _scope(chance: random.Random, first: list[str], scope: list[tuple[str, str]]) -> list[list[str]]:
    """The scope in one cell, in rows that repeat everything, or in rows below merged cells."""
    way = chance.choice(["joined", "repeated", "merged"])
    if way == "joined":
        return [[*first[:6], "；".join(name for name, _ in scope), "\n".join(standard for _, standard in scope), first[8]]]
    rows = [[*first[:6], name, standard, first[8]] for name, standard in scope]
    lonely = [[""] * 6 + row[6:8] + [""] for row in rows[1:]]
    named = first[0].strip() not in NULLS
    return [rows[0], *(rows[1:] if way == "repeated" and named else lonely if named else [])]
