"""What is personal travels as bytes behind a scheme, wherever it stands in an event (D21)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from chuanyu.contracting.forms import from_json, to_json
from chuanyu.contracts.registry import BY_TYPE, CONTRACTS, Contract
from kit.law import TREE

PLAIN = b"\x00"
PHONE = "13800000000"


def fields(schema: Any, path: str = "") -> Iterator[tuple[str, str, Any]]:
    """(path, class, type) of every field of a schema that declares a class."""
    if isinstance(schema, list):
        for branch in schema:
            yield from fields(branch, path)
    elif isinstance(schema, dict):
        for field in schema.get("fields", ()):
            if "chuanyu.class" in field:
                yield f"{path}.{field['name']}", field["chuanyu.class"], field["type"]
            yield from fields(field["type"], f"{path}.{field['name']}")
        for inner in ("items", "values"):
            yield from fields(schema.get(inner), path)


def is_bytes(kind: Any) -> bool:
    return {"bytes"} == set(kind if isinstance(kind, list) else [kind]) - {"null"}


@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=lambda contract: contract.type)
def test_d21_every_field_of_l3_is_bytes(contract: Contract) -> None:
    """So that a key per case can seal it later, and erase it, while digests and chains stay whole."""
    assert {path: kind for path, data_class, kind in fields(contract.schema) if data_class >= "L3" and not is_bytes(kind)} == {}


def test_d21_there_are_such_fields_and_plain_ones_are_told_from_them() -> None:
    found = {path: data_class for path, data_class, _ in fields(BY_TYPE["chuanyu.spotcheck.result_reported.v1"].schema)}
    assert {path for path, data_class in found.items() if data_class == "L3"} >= {
        ".sampled_unit.party.phone",
        ".sampled_unit.party.contact",
    }
    assert not is_bytes(["null", "string"]) and is_bytes(["null", "bytes"])


def test_d21_a_phone_is_written_behind_scheme_0_and_read_back_as_text() -> None:
    contract = BY_TYPE["chuanyu.spotcheck.result_reported.v1"]
    said = json.loads((TREE / "spotcheck" / "result_reported" / "examples.json").read_text(encoding="utf-8"))[0]["value"]
    said["sampled_unit"]["party"]["phone"] = PHONE
    wire, found = from_json(contract, said)
    assert not found and wire["sampled_unit"]["party"]["phone"] == PLAIN + PHONE.encode()
    assert to_json(contract, wire)["sampled_unit"]["party"]["phone"] == PHONE
    wire["sampled_unit"]["party"]["phone"] = b"\x01sealed under the key of the case"
    assert to_json(contract, wire)["sampled_unit"]["party"]["phone"] is None
