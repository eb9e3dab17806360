"""T10, T11, T17: the cells of failed items."""

from __future__ import annotations

import pytest

from chuanyu.gateway.tables.columns import ITEM_COLUMNS, Column
from chuanyu.gateway.tables.items import Item, is_item, items

A, B = Item("甜蜜素", "1.2g/kg", "≤0.65g/kg"), Item("铅", "0.9mg/kg", "≤0.5mg/kg")
JOINED = ITEM_COLUMNS


def joined(cell: str) -> list[Item]:
    return list(items({Column.ITEM: cell}, JOINED))


def three(names: str, results: str, limits: str) -> list[Item]:
    return list(items(dict(zip(ITEM_COLUMNS, (names, results, limits), strict=True)), (Column.ITEM,)))


@pytest.mark.parametrize("separator", ["║", "‖", "∥", "丨", "｜", "||", " ║ "])
@pytest.mark.parametrize("joiner", [";", "；", "\n", "\r\n", "、", "；\n"])
def test_t10_t11_every_separator_and_every_joiner_gives_the_same_items(separator: str, joiner: str) -> None:
    cell = joiner.join(separator.join((item.name, item.result or "", item.limit or "")) for item in (A, B))
    assert joined(f" {cell}\n") == [A, B]


def test_t10_a_bare_bar_is_text() -> None:
    assert joined("净含量|标签║10|9║≥10") == [Item("净含量|标签", "10|9", "≥10")]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("N,N-二甲基亚硝胺║5,000║≤4", [Item("N,N-二甲基亚硝胺", "5,000", "≤4")]),
        ("菌落总数║800,1400,1,2,3║n=5,c=2,m=10^4,M=10^5", [Item("菌落总数", "800,1400,1,2,3", "n=5,c=2,m=10^4,M=10^5")]),
        ("甜蜜素、糖精钠之和║2║≤1", [Item("甜蜜素、糖精钠之和", "2", "≤1")]),
        ("铅║0.9║≤0.5、甜蜜素、糖精钠之和║2║≤1", [Item("铅", "0.9", "≤0.5"), Item("甜蜜素、糖精钠之和", "2", "≤1")]),
        ("菌落总数║1、2、3、4、5║n=5", [Item("菌落总数", "1、2、3、4、5", "n=5")]),
        ("铅║0.9║≤0.5、2,4-滴║2║≤1", [Item("铅", "0.9", "≤0.5"), Item("2,4-滴", "2", "≤1")]),
        ("标签║不合格、净含量║不合格", [Item("标签", "不合格", None), Item("净含量", "不合格", None)]),
        ("铅║\n0.9║≤0.5\n镉\n║0.2║≤0.1", [Item("铅", "0.9", "≤0.5"), Item("镉", "0.2", "≤0.1")]),
        ("标签║不合格║\n净含量║不合格║", [Item("标签", "不合格", None), Item("净含量", "不合格", None)]),
        ("铅║0.9║≤0.5;", [Item("铅", "0.9", "≤0.5")]),
        ("铅║/║—", [Item("铅", None, None)]),
        ("铅", [Item("铅", None, None)]),
        ("菌落总数║1.2×10⁴\u00a0CFU/g║≤10⁴", [Item("菌落总数", "1.2×10⁴\u00a0CFU/g", "≤10⁴")]),
    ],
)
def test_t11_what_is_no_joiner_stays_inside(cell: str, expected: list[Item]) -> None:
    assert joined(cell) == expected


@pytest.mark.parametrize("joiner", [";", "；", "\n", "、"])
def test_t11_three_columns_are_split_alike_and_paired_by_position(joiner: str) -> None:
    assert three(*(joiner.join(part) for part in zip(*((i.name, i.result, i.limit) for i in (A, B)), strict=True))) == [A, B]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (("铅；镉", "0.9；/", "≤0.5；≤0.1"), [("铅", "0.9", "≤0.5"), ("镉", None, "≤0.1")]),
        (("铅；镉", "/", "/"), [("铅", None, None), ("镉", None, None)]),
        (("铅、镉", "", ""), [("铅", None, None), ("镉", None, None)]),
        (("菌落总数", "1、2、3、4、5", "n=5,c=2"), [("菌落总数", "1、2、3、4、5", "n=5,c=2")]),
        (("甜蜜素、糖精钠之和；铅", "2；0.9", "≤1；≤0.5"), [("甜蜜素、糖精钠之和", "2", "≤1"), ("铅", "0.9", "≤0.5")]),
        (("甜蜜素、糖精钠之和", "2", "≤1"), [("甜蜜素、糖精钠之和", "2", "≤1")]),
        (("铅；镉", "0.9；0.2；0.3", "≤0.5"), [("铅", "0.9", "≤0.5"), ("镉", "0.2、0.3", None)]),
    ],
)
def test_t11_three_columns_that_do_not_agree_lose_nothing(
    cells: tuple[str, str, str], expected: list[tuple[str, str | None, str | None]]
) -> None:
    assert three(*cells) == [Item(*parts) for parts in expected]


def test_t10_a_joined_cell_in_a_table_of_three_columns_is_taken_apart() -> None:
    assert three("铅║0.9║≤0.5", "/", "") == [Item("铅", "0.9", "≤0.5")]


def test_a_column_of_names_alone_is_joined_by_pauses() -> None:
    assert list(items({Column.ITEM: "铅、镉；甜蜜素"}, (Column.ITEM,))) == [Item(n, None, None) for n in ("铅", "镉", "甜蜜素")]


@pytest.mark.parametrize("name", ["合格", "所检项目合格", "检验合格", "/", "", "—", "不合格", "所检项目不合格", "判定为不合格"])
def test_t17_a_verdict_is_no_item(name: str) -> None:
    assert not is_item(name)


@pytest.mark.parametrize("name", ["铅", "标签不合格", "净含量（不合格）"])
def test_t17_a_name_that_tells_what_failed_is_an_item(name: str) -> None:
    assert is_item(name)


def test_t17_as_a_result_the_verdict_is_text() -> None:
    assert joined("感官║不合格║应符合") == [Item("感官", "不合格", "应符合")]
