"""An event's JSON: everything that is wrong at once, nothing altered silently, nothing repeated of what was given."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chuanyu.contracting import forms
from chuanyu.contracts.registry import BY_TYPE, CONTRACTS, Contract
from chuanyu.domain.violations import TEXTS
from chuanyu.kernel import codec

RESULT = BY_TYPE["chuanyu.spotcheck.result_reported.v1"]
LIFTED = BY_TYPE["chuanyu.credit.sanction_lifted.v1"]
KEY = BY_TYPE["chuanyu.system.node_key_published.v1"]


def result(**changes: Any) -> dict[str, Any]:
    return {
        "task": {"type": "SUPERVISION"},
        "sampled_unit": {"party": {"name": "永鑫生鲜超市"}},
        "product": {"name": "白酒"},
        "sampling": {"sample_no": "XBJ26500103371630012"},
        "verdict": "PASSED",
    } | changes


def codes(data: object, contract: Contract = RESULT) -> dict[str, str]:
    """Field path → code."""
    return {violation.field: violation.code for violation in forms.from_json(contract, data)[1]}


def wire(**changes: Any) -> dict[str, Any]:
    values, violations = forms.from_json(RESULT, result(**changes))
    assert violations == []
    return values


def test_all_violations_come_at_once_with_the_path_of_their_field() -> None:
    found = codes(
        {
            "head": {"backfilled": "yes", "correction_of": "1", "flagged": {}},
            "task": {"type": "抽查"},
            "product": {"produced_on": "2026-02-30", "category": ["酒类", 3]},
            "sampling": [],
            "verdict": None,
            "items": [{"name": "酒精度", "value": "1,2"}, {"name": " "}],
            "report": {"issued_on": "2026.1.5"},
            "verdikt": "PASSED",
            "weather": "晴",
        }
    )
    assert found == {
        "head.backfilled": "boolean_expected",
        "head.correction_of": "uuid_malformed",
        "head.flagged": "list_expected",
        "task.type": "term_unknown",
        "sampled_unit": "field_missing",
        "product.produced_on": "date_malformed",
        "product.category[1]": "text_expected",
        "sampling": "object_expected",
        "verdict": "field_missing",
        "items[0].value": "decimal_malformed",
        "items[1].name": "text_blank",
        "report.issued_on": "date_malformed",
        "verdikt": "field_misnamed",
        "weather": "field_unknown",
    }


@pytest.mark.parametrize("data", [None, [], "text", 3, True])
def test_what_is_no_object_is_said_to_be_none(data: object) -> None:
    assert codes(data) == {"": "object_expected"}


def test_enum_values_are_taken_as_symbol_or_chinese_term() -> None:
    for said in ("FAILED", "不合格"):
        assert wire(verdict=said)["verdict"] == "FAILED"


def test_unknown_is_no_answer_where_one_is_needed_and_one_where_it_is_the_default() -> None:
    for said in ("UNKNOWN", "未知"):
        assert codes(result(verdict=said)) == {"verdict": "term_unknown"}
        assert codes(result(task={"type": "SUPERVISION", "level": said})) == {"task.level": "term_unknown"}
    assert wire(sampled_unit={"party": {}, "place_type": "未知"})["sampled_unit"]["place_type"] == "UNKNOWN"


def test_null_is_the_same_as_a_field_left_out() -> None:
    assert wire(head=None, items=None, remark=None, lab=None) == wire()


def test_defaults_are_filled_in_and_never_shared() -> None:
    one, other = wire(), wire()
    assert one["head"] == {
        "case_id": "", "notice_class": "UNKNOWN", "flagged": [], "attention": [], "legal_basis": [], "campaign": None,
        "product_domain": "UNKNOWN", "correction_of": None, "backfilled": False, "backfill_reason": None,
    }  # fmt: skip
    one["head"]["flagged"].append("mine")
    assert other["head"]["flagged"] == wire()["head"]["flagged"] == []


def test_days_and_instants_are_iso() -> None:
    assert wire(report={"issued_on": "1970-01-11"})["report"]["issued_on"] == 10
    for text in ("20260105", "2026-1-5", "2026-W02-1", "２０２６-01-05", "2026-01-05T00:00:00Z", 20260105):
        assert codes(result(report={"issued_on": text})) == {"report.issued_on": "date_malformed"}


@pytest.mark.parametrize(
    ("text", "millis"),
    [("1970-01-01T08:00:00", 0), ("1970-01-01T08:00:00+08:00", 0), ("1970-01-01T00:00:01.250Z", 1250), ("1970-01-01T00:00Z", 0)],
)
def test_an_instant_without_offset_is_shanghai_time(text: str, millis: int) -> None:
    lifted = {"list": "OTHER", "authority": {"division": "510000"}, "decision_no": "1", "basis": "REPAIRED", "effective_at": text}
    values, violations = forms.from_json(LIFTED, lifted)
    assert (violations, values["effective_at"]) == ([], millis)


def test_sensitive_texts_travel_behind_a_scheme_byte() -> None:
    """D21: scheme 0 is plain UTF-8; what another scheme seals is read as null, not as rubbish."""
    values = wire(sampled_unit={"party": {"contact": "张三"}})
    assert values["sampled_unit"]["party"]["contact"] == b"\0" + "张三".encode()
    assert forms.to_json(RESULT, values)["sampled_unit"]["party"]["contact"] == "张三"
    values["sampled_unit"]["party"]["contact"] = b"\1sealed"
    assert forms.to_json(RESULT, values)["sampled_unit"]["party"]["contact"] is None


def test_other_bytes_are_base64() -> None:
    assert codes({"public_key": "?"}, KEY)["public_key"] == "base64_malformed"
    assert codes({"public_key": 3}, KEY)["public_key"] == "base64_malformed"
    assert "public_key" not in codes({"public_key": "AAEC"}, KEY)


@pytest.mark.parametrize("text", ["0.500", "12000", "-3", "0", "1.210"])
def test_decimal_digits_stay_as_written(text: str) -> None:
    assert wire(items=[{"name": "铅", "value": text, "values": [text]}])["items"][0]["value"] == text


@pytest.mark.parametrize("text", ["1,200", "1e3", ".5", "5.", "+1", "NaN", "１", "", 0.5, 12])
def test_what_is_no_decimal_text_is_refused(text: object) -> None:
    assert codes(result(items=[{"name": "铅", "value": text}])) == {"items[0].value": "decimal_malformed"}


def test_a_quantity_is_never_negative() -> None:
    assert codes(result(sampling={"sample_no": "X", "base_quantity": "-1"})) == {"sampling.base_quantity": "quantity_malformed"}


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "\x7f", "a\x1bb"])
def test_texts_that_no_store_could_keep_are_refused(text: str) -> None:
    assert codes(result(remark=text)) == {"remark": "control_character"}


def test_line_breaks_and_wide_blanks_are_text() -> None:
    assert wire(remark="第一行\n第二行\t　完")["remark"] == "第一行\n第二行\t　完"


def test_whole_numbers_keep_their_width() -> None:
    basis = [{"rule_id": "x", "version": 2**31}]
    assert codes(result(head={"legal_basis": basis})) == {"head.legal_basis[0].version": "integer_expected"}
    for no_number in (True, 1.0, "1"):
        assert codes(result(head={"legal_basis": [{"rule_id": "x", "version": no_number}]}))


def test_no_violation_repeats_what_was_given() -> None:
    phone = "13800000001"
    data = result(verdict=phone, product={"produced_on": phone}, items=[{"name": "铅", "value": phone + "x"}], sampling=phone)
    told = " ".join(violation.zh + violation.en for violation in forms.from_json(RESULT, data)[1])
    assert phone not in told


def test_an_overlong_or_unprintable_field_name_is_shortened() -> None:
    (violation,) = forms.from_json(RESULT, result(**{"x\x00" * 500: 1}))[1]
    assert len(violation.field) <= 64
    assert "\x00" not in violation.field


@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=lambda contract: contract.type)
def test_a_template_names_only_fields_that_exist_and_is_refused_until_filled_in(contract: Contract) -> None:
    """Of the system's own events no member ever fills one in."""
    found = codes(forms.template(contract), contract)
    assert found or contract.family == "system"
    assert not {"field_unknown", "field_misnamed", "object_expected", "list_expected", "field_missing"} & set(found.values())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


@st.composite
def damaged(draw: st.DrawFn) -> tuple[Contract, Any]:
    """A template of some event with parts replaced by anything."""
    contract = draw(st.sampled_from(sorted(CONTRACTS.values(), key=lambda contract: contract.id)))

    def part(value: Any) -> Any:
        if draw(st.integers(0, 9)) == 0:
            return draw(JSON)
        if isinstance(value, dict):
            return {name: part(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [part(inner) for inner in value]
        return value.split("|")[0] if isinstance(value, str) else value

    return contract, part(forms.template(contract))


@given(damaged())
@settings(max_examples=150, deadline=None)
def test_whatever_comes_is_refused_with_texts_or_can_be_written(case: tuple[Contract, Any]) -> None:
    """No JSON raises; without a violation it has bytes, and they say the same."""
    contract, data = case
    values, violations = forms.from_json(contract, data)
    assert all(violation.code in TEXTS for violation in violations)
    if not violations:
        event = forms.to_event(contract, values)
        assert codec.decode(codec.encode(event)) == event
        said = forms.to_json(contract, event)
        if "head" in said and not said["head"]["case_id"]:  # the node sets it
            del said["head"]["case_id"]
        assert forms.from_json(contract, said) == (values, [])
