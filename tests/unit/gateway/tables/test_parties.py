"""T14: who made it, who ordered it."""

from __future__ import annotations

import itertools

import pytest

from chuanyu.gateway.tables.parties import Said, said

LABELS = [
    ("委托方", "受托方"),
    ("委托单位", "受托单位"),
    ("委托方", "受委托方"),
    ("委托企业", "受委托企业"),
    ("委托方名称", "被委托方名称"),
    ("委托方地址", "受托方地址"),
]


@pytest.mark.parametrize(("labels", "joiner", "order"), [*itertools.product(LABELS, ["；", "\n", ";", " "], [1, -1])])
def test_t14_the_producer_is_the_entrusted_party_in_any_order(labels: tuple[str, str], joiner: str, order: int) -> None:
    by, to = labels
    assert said(joiner.join([f"{by}：甲（川）公司", f"{to}：乙公司"][::order])) == Said("乙公司", "甲(川)公司")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("乙公司（委托方：甲公司）", Said("乙公司", "甲公司")),
        ("委托方：甲公司", Said(None, "甲公司")),
        ("受托方：乙公司（有限合伙）", Said("乙公司(有限合伙)")),
        ("甲公司", Said("甲公司")),
        ("/", Said(None)),
        (None, Said(None)),
        ("委托方：/；受托方：乙公司", Said("乙公司")),
    ],
)
def test_t14_one_party_alone(cell: str | None, expected: Said) -> None:
    assert said(cell) == expected
