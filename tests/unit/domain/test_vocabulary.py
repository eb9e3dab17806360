"""Money, quantities, categories, data classes, and the words of findings."""

import re
from datetime import date
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chuanyu.domain import classification, products, violations
from chuanyu.domain.money import read_money
from chuanyu.domain.products import categorise
from chuanyu.domain.quantities import read_quantity


@pytest.mark.parametrize(
    ("text", "unit", "fen", "code"),
    [
        ("1.234567 万元", None, 1234567, None),
        ("0.5 万元", None, 500000, None),
        ("12,000.50 元", None, 1200050, None),
        ("100分", None, 100, None),
        ("￥２０元", None, 2000, None),
        ("1.5", "万元", 1500000, None),
        ("12", None, None, "money_unit_missing"),
        ("0.015 元", None, None, "money_not_whole_fen"),
        ("-5元", None, None, "money_negative"),
        ("五元", None, None, "money_malformed"),
        ("5美元", None, None, "money_malformed"),
        ("", None, None, "money_malformed"),
    ],
)
def test_money_is_whole_fen_or_refused(text: str, unit: str | None, fen: int | None, code: str | None) -> None:
    money = read_money(text, "fine", unit)
    assert (money.fen, [refusal.code for refusal in money.refusals]) == (fen, [code] if code else [])


@given(st.integers(0, 10**15))
def test_money_loses_nothing(fen: int) -> None:
    assert read_money(f"{fen // 100:,}.{fen % 100:02}元", "fine").fen == fen
    assert read_money(f"{fen // 1_000_000}.{fen % 1_000_000:06}万元", "fine").fen == fen


@pytest.mark.parametrize(
    ("text", "value", "unit", "warned"),
    [
        ("1123.7万辆", "11237000", "辆", False),
        ("500kg", "500", "kg", False),
        ("1,200 件", "1200", "件", False),
        ("14 units", "14", "units", False),
        ("12.50", "12.50", None, False),
        ("约500kg", None, None, True),
        ("500余件", None, None, True),
        ("若干", None, None, True),
        ("/", None, None, False),
        (None, None, None, False),
    ],
)
def test_a_quantity_is_a_number_or_stays_text(text: str | None, value: str | None, unit: str | None, warned: bool) -> None:
    quantity = read_quantity(text, "sealed")
    assert (quantity.value, quantity.unit, bool(quantity.warnings)) == (value, unit, warned)


def test_there_are_34_categories() -> None:
    assert len(products.CATEGORIES) == len(set(products.CATEGORIES)) == 34
    assert products.SC_CLASSES["124"] == "糕点"
    assert products.SC_CLASSES["131"] == "其他食品"


@pytest.mark.parametrize(
    ("text", "path", "domain", "warned"),
    [
        ("糕点", ("糕点",), "FOOD", False),
        (" 食用农产品\n", ("食用农产品",), "EDIBLE_AGRICULTURAL", False),
        ("餐饮食品", ("餐饮食品",), "FOOD", False),
        ("汽车", ("汽车",), "KEY_CONSUMER_GOODS", True),
        ("化妆品", ("化妆品",), "OTHER", True),
        ("火星食品", ("火星食品",), "FOOD", True),
        ("/", (), "FOOD", False),
        (None, (), "FOOD", False),
    ],
)
def test_a_category_tells_the_domain_of_supervision(text: str | None, path: tuple[str, ...], domain: str, warned: bool) -> None:
    category = categorise(text)
    assert (category.path, category.product_domain, bool(category.warnings)) == (path, domain, warned)


def test_the_version_of_the_categories_is_a_year() -> None:
    assert products.category_version(date(2026, 3, 1)) == "2026"


def test_classes_are_ordered() -> None:
    assert classification.highest("L1", "L3", "L2") == "L3"
    assert classification.highest() == "L1"
    assert classification.may_read("L2", "L1")
    assert not classification.may_read("L2", "L3")


@pytest.mark.parametrize(
    ("mask", "value", "shown"),
    [
        ("name", "张三丰", "张**"),
        ("name", "", None),
        ("phone", "138 1234 5678", "138****5678"),
        ("phone", "12345", None),
        ("id_card", "51012319900101123X", "510***********123X"),
        ("id_card", "5101", None),
        ("address", "四川省宜宾市翠屏区人民路1号2单元", "四川省宜宾市翠屏区"),
        ("address", "某小区1号", None),
        ("uscc", "9150000020286320X6", "9150000020286320X6"),
        ("uscc", "92510104MA6ABCDE1F", None),
        ("text", "举报人张三", None),
    ],
)
def test_a_mask_leaves_what_the_rule_leaves(mask: classification.Mask, value: str, shown: str | None) -> None:
    assert classification.masked(mask, value, date(2026, 6, 1)) == shown


@pytest.mark.parametrize("code", sorted(violations.TEXTS))
def test_the_english_of_a_finding_names_no_fact_that_the_chinese_does_not(code: str) -> None:
    zh, en = violations.TEXTS[code]
    assert re.fullmatch(r"[a-z][a-z0-9_]*", code)
    assert re.search("[\u4e00-\u9fff]", zh)
    assert gaps(en) <= gaps(zh)


def gaps(template: str) -> set[str]:
    """The facts a text names; a fact that has two languages itself ends in _zh or _en."""
    return {re.sub("_(zh|en)$", "", name) for _, name, _, _ in Formatter().parse(template) if name}


def test_an_unknown_finding_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        violations.violation("no_such_code", "field")
