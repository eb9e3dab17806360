"""What counts when two statements are compared."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chuanyu.contracting import forms
from chuanyu.contracts import registry
from chuanyu.contracts.registry import Contract
from chuanyu.gateway import content
from kit import said

RESULT = registry.BY_TYPE["chuanyu.spotcheck.result_reported.v1"]


def wire(changes: dict[str, Any] | None = None) -> dict[str, Any]:
    made, faults = forms.from_json(RESULT, said.changed(said.RESULT, {"sampling.sample_no": "XBJ26510000300001"} | (changes or {})))
    assert not faults
    return made


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({}, []),
        ({"remark": "别的备注"}, []),
        ({"head.case_id": "sichuan/spotcheck/X"}, []),
        ({"head.correction_of": "0198f0b2-0000-7000-8000-000000000001"}, []),
        ({"head.campaign": "春雷行动"}, ["head.campaign"]),
        ({"product.name": "别的"}, ["product.name"]),
        ({"lab": None}, ["lab"]),
        ({"items.0.values": ["1", "2"], "items.0.unit": None}, ["items[0].values", "items[0].unit"]),
        ({"items": [said.ITEM, said.ITEM]}, ["items"]),
        ({"labelled_producer.phone": "1"}, ["labelled_producer.phone"]),
    ],
)
def test_d19_only_what_counts_differs(changes: dict[str, Any], fields: list[str]) -> None:
    assert content.differing(RESULT, wire(), wire(changes)) == fields
    assert (content.digest(RESULT, wire()) == content.digest(RESULT, wire(changes))) is (not fields)


def test_d19_what_was_logged_compares_with_what_is_said_again() -> None:
    """A struct gives tuples where JSON gave lists, and its enums are strings all the same."""
    logged = msgspec.to_builtins(forms.to_event(RESULT, wire()), builtin_types=(bytes,))
    assert content.differing(RESULT, logged, wire()) == []


def test_a_refusal_names_a_bounded_number_of_fields() -> None:
    one, other = ({f"f{n}": value for n in range(99)} for value in (1, 2))
    assert len(content.differing(RESULT, one, other)) == content.SHOWN


@given(st.recursive(st.none() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from("abc"), inner)))
def test_marks_are_found_at_any_depth(value: Any) -> None:
    """A mark inside records, lists and unions hides just its own field."""
    fields = [_field("hidden", "string", aside=True), _field("seen", "string")]
    inner = {"type": "record", "name": "Inner", "namespace": "t", "fields": fields}
    schema = {
        "type": "record",
        "name": "Outer",
        "namespace": "t",
        "fields": [
            _field("many", {"type": "array", "items": ["null", inner]}),
            _field("again", ["null", "t.Inner"]),
            _field("other", "string"),
        ],
    }
    contract = Contract(60_900, "t", "t", 1, "", "", "", "L1", schema, type(None))  # type: ignore[arg-type]
    made = {"many": [{"hidden": value, "seen": value}, None], "again": {"hidden": value, "seen": value}, "other": value}
    assert content.counting(contract, made) == {"many": [{"seen": value}, None], "again": {"seen": value}, "other": value}


def _field(name: str, type_: Any, *, aside: bool = False) -> dict[str, Any]:
    return {"name": name, "type": type_} | ({"chuanyu.content": "aside"} if aside else {})
