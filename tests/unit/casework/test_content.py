"""P6: what a reader sees of an event, held against every golden example of every contract."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from chuanyu.casework.content import content, title
from chuanyu.contracting import examples, forms
from chuanyu.contracting.examples import Example
from chuanyu.contracting.tree import load
from chuanyu.contracts.registry import BY_CLASS, CONTRACTS
from chuanyu.domain.classification import CLASSES, DataClass, masked
from chuanyu.kernel import codec
from kit.law import TREE

ON = date(2026, 11, 24)
GOLDEN = [example for directory in sorted(load(TREE).events) for example in examples.read(TREE, directory) if example.fault is None]


def fields(contract_id: int) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Every field of a contract by its path, lists passed through: another walk than the one under test."""
    named: dict[str, Any] = {}

    def walk(kind: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
        kind = kind[1] if isinstance(kind, list) else kind
        kind = named.get(kind, kind) if isinstance(kind, str) else kind
        if isinstance(kind, dict) and kind["type"] == "array":
            yield from walk(kind["items"], path)
        elif isinstance(kind, dict) and kind["type"] == "record":
            named[f"{kind['namespace']}.{kind['name']}"] = kind
            for field in kind["fields"]:
                yield (*path, field["name"]), field
                yield from walk(field["type"], (*path, field["name"]))

    yield from walk(CONTRACTS[contract_id].schema, ())


def at(data: Any, path: tuple[str, ...]) -> list[Any]:
    """The values at a path; of a list, those of its members."""
    if isinstance(data, list):
        return [value for each in data for value in at(each, path)]
    if not path or data is None:
        return [data]
    return at(data[path[0]], path[1:])


@pytest.mark.parametrize("example", GOLDEN, ids=str)
def test_p6_the_highest_clearance_sees_the_contracts_own_json(example: Example) -> None:
    event = codec.decode(bytes.fromhex(example.hex or ""))
    assert content(event, "L4", ON) == forms.to_json(BY_CLASS[type(event)], event)


@pytest.mark.parametrize("clearance", CLASSES[:-1])
@pytest.mark.parametrize("example", GOLDEN, ids=str)
def test_p6_no_field_above_a_clearance_comes_through_unmasked(example: Example, clearance: DataClass) -> None:
    event = codec.decode(bytes.fromhex(example.hex or ""))
    contract = BY_CLASS[type(event)]
    whole, seen = forms.to_json(contract, event), content(event, clearance, ON)
    above: set[tuple[str, ...]] = set()
    for path, field in fields(contract.id):
        if any(path[: len(upper)] == upper for upper in above):
            continue
        if field["chuanyu.class"] > clearance:
            above.add(path)
            mask = field.get("chuanyu.mask")
            expected = [masked(mask, value, ON) if mask and isinstance(value, str) else None for value in at(whole, path)]
            assert [value for value in at(seen, path) if value is not None] == [value for value in expected if value is not None], path
    assert any(field["chuanyu.class"] == "L3" for contract in CONTRACTS.values() for _, field in fields(contract.id))


@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=lambda contract: contract.type)
def test_every_event_has_a_name_in_both_languages(contract: Any) -> None:
    example = next((each for each in GOLDEN if each.directory == f"{contract.family}/{contract.event}"), None)
    assert example is not None
    assert all(title(codec.decode(bytes.fromhex(example.hex or ""))))
