"""Business keys and case ids (D19)."""

from __future__ import annotations

import hashlib
import unicodedata
from base64 import b32decode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chuanyu.contracting import forms
from chuanyu.contracts import registry
from chuanyu.gateway import keys
from kit import said


def key(event: str, data: dict[str, object]) -> str:
    wire, faults = forms.from_json(registry.BY_TYPE[f"chuanyu.{event}.v1"], data)
    assert not faults
    parts = keys.rules()[event].parts
    assert parts is not None
    return keys.joined(parts(wire))


@pytest.mark.parametrize("word", ["XBJ26510000300001", "a", "A.b_c-9", "x" * 64])
def test_d19_a_plain_key_is_the_case(word: str) -> None:
    assert keys.case_id("sichuan", "spotcheck", word) == f"sichuan/spotcheck/{word}"


@pytest.mark.parametrize("word", ["", "x" * 65, "川召〔2026〕7号", "a b", "a\x1fb", "a/b"])
def test_d19_any_other_key_is_the_base32_of_its_digest(word: str) -> None:
    made = keys.case_id("sichuan", "recall", word).rsplit("/", 1)[1]
    assert made == made.lower() and len(made) == 52
    assert b32decode(made.upper() + "====") == hashlib.sha256(word.encode()).digest()


@given(st.lists(st.text(), min_size=1))
def test_d19_spellings_that_unicode_holds_equal_give_one_key(parts: list[str]) -> None:
    assert keys.joined([unicodedata.normalize("NFD", part) for part in parts]) == keys.joined(parts)


def test_a_numbered_notice_is_known_by_regime_and_number() -> None:
    assert key("recall.notice_issued", said.NOTICE) == "FOOD\x1f川召〔2026〕7号"
    assert key("recall.notice_issued", said.changed(said.NOTICE, {"notice_no": " 川召〔2026〕 7号"})) == "FOOD\x1f川召〔2026〕7号"


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"defect": "标签"}, True),
        ({"products.0.product.name": " 鲜花饼 "}, True),
        ({"issued_on": "2026-09-21"}, False),
        ({"recaller.name": "别的公司"}, False),
        ({"products.0.batches.numbers": ["20260801B"]}, False),
        ({"products.0.product.name": "桃酥"}, False),
    ],
)
def test_a_notice_without_number_is_known_by_maker_goods_batches_and_day(change: dict[str, object], same: bool) -> None:
    bare = said.changed(said.NOTICE, {"notice_no": None})
    assert (key("recall.notice_issued", bare) == key("recall.notice_issued", said.changed(bare, change))) is same


def test_products_and_batch_numbers_have_no_order() -> None:
    first, second = (
        {"product": {"name": "甲"}, "batches": {"numbers": ["1", "2"]}},
        {"product": {"name": "乙"}, "batches": {"numbers": ["3"]}},
    )
    turned = {**first, "batches": {"numbers": ["2", "1"]}}
    one = said.changed(said.NOTICE, {"notice_no": None, "products": [first, second]})
    other = said.changed(said.NOTICE, {"notice_no": None, "products": [second, turned]})
    assert key("recall.notice_issued", one) == key("recall.notice_issued", other)


def test_a_lifting_has_the_key_of_its_sanction() -> None:
    sanction = key("credit.sanction_imposed", said.changed(said.SANCTION, {"decision_no": said.LIFTING["decision_no"]}))
    wire, _ = forms.from_json(registry.BY_TYPE["chuanyu.credit.sanction_lifted.v1"], said.LIFTING)
    original = keys.rules()["credit.sanction_lifted"].original
    assert original is not None and original(wire).key == sanction


def test_only_what_has_a_rule_may_be_submitted_and_every_rule_has_its_contract() -> None:
    known = {f"{contract.family}.{contract.event}" for contract in registry.CONTRACTS.values()}
    assert set(keys.rules()) <= known
    nodes_own = {"case.receipt_issued", "case.obligation_overdue", "warning.alert_raised", "warning.alert_closed"}
    assert known - set(keys.rules()) == nodes_own | {event for event in known if event.startswith("system.")}
