"""What counts when two statements are compared: everything but what a schema marks as aside, and what the gateway itself set. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from chuanyu.contracts.registry import Contract

MARK = "chuanyu.content"  # on a field: "aside"
SHOWN = 12  # how many differing fields a refusal names
Tree = Mapping[str, Any]  # field → True (aside) or the tree below it


def digest(contract: Contract, wire: Mapping[str, Any]) -> bytes:
    """SHA-256 over what counts of a wire value."""
    return hashlib.sha256(msgspec.json.encode(counting(contract, wire), order="sorted")).digest()


def differing(contract: Contract, one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """The paths of what counts and differs, in the schema's order, the first of them only."""
    return list(dict.fromkeys(_differing(counting(contract, one), counting(contract, other), "")))[:SHOWN]


def counting(contract: Contract, wire: Mapping[str, Any]) -> Any:
    """The wire value without what does not count."""
    return _without(wire, _aside(contract))


def _without(value: Any, aside: Tree) -> Any:
    if isinstance(value, list | tuple):
        return [_without(one, aside) for one in value]
    if not isinstance(value, Mapping):
        return value
    kept = {name: part for name, part in value.items() if aside.get(name) is not True}
    for name, below in aside.items():
        if below is not True and name in kept:
            kept[name] = _without(kept[name], below)
    return kept


def _differing(one: Any, other: Any, path: str) -> Iterator[str]:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for name in {**one, **other}:
            yield from _differing(one.get(name), other.get(name), f"{path}.{name}" if path else name)
    elif isinstance(one, list | tuple) and isinstance(other, list | tuple) and len(one) == len(other):
        for place, (left, right) in enumerate(zip(one, other, strict=True)):
            yield from _differing(left, right, f"{path}[{place}]")
    elif one != other:
        yield path


_TREES: dict[int, Tree] = {}  # by schema id, made when first asked for


def _aside(contract: Contract) -> Tree:
    if contract.id not in _TREES:
        tree = _below(contract.schema, {})
        _TREES[contract.id] = {**tree, "head": {**tree.get("head", {}), "case_id": True, "correction_of": True}}
    return _TREES[contract.id]


def _below(schema: Any, named: dict[str, Any]) -> Tree:
    """The tree of marks below a schema. named: records met so far, by name as they are referred to."""
    if isinstance(schema, str):
        return _below(named[schema], {**named, schema: "null"}) if schema in named else {}
    if isinstance(schema, list):
        return {name: mark for branch in schema for name, mark in _below(branch, named).items()}
    if schema.get("type") == "array":
        return _below(schema["items"], named)
    if schema.get("type") != "record":
        return {}
    for name in (schema["name"], f"{schema.get('namespace', '')}.{schema['name']}"):
        named[name] = schema
    marks = {f["name"]: True if f.get(MARK) == "aside" else _below(f["type"], named) for f in schema["fields"]}
    return {name: mark for name, mark in marks.items() if mark}
