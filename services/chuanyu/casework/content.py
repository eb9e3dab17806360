"""
What an event says, as the contract's own JSON, cut to a clearance (P6; domain 10). Pure.

A field above the clearance is null; only where its schema declares a mask does the masked form take its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from msgspec import Struct

from chuanyu.contracting import forms
from chuanyu.contracts import registry
from chuanyu.domain.classification import DataClass, masked, may_read


def content(event: Struct, clearance: DataClass, on: date) -> dict[str, Any]:
    """Everything that a reader cleared so far may see of an event. on: today, for the names of places in masks."""
    contract = registry.BY_CLASS[type(event)]
    return _Cut(_named(contract.id), clearance, on).record(contract.schema, forms.to_json(contract, event))


def title(event: Struct) -> tuple[str, str]:
    """What an event is called, in Chinese and in English: from the first line of its contract."""
    zh, _, en = str(registry.BY_CLASS[type(event)].schema["doc"]).partition(" · ")
    return zh, en


@dataclass(frozen=True, slots=True)
class _Cut:
    names: Mapping[str, Any]
    clearance: DataClass
    on: date

    def record(self, schema: Mapping[str, Any], value: Mapping[str, Any]) -> dict[str, Any]:
        return {field["name"]: self.field(field, value[field["name"]]) for field in schema["fields"]}

    def field(self, field: Mapping[str, Any], value: Any) -> Any:
        if may_read(self.clearance, field["chuanyu.class"]):
            return self.value(field["type"], value)
        mask = field.get("chuanyu.mask")
        return masked(mask, value, self.on) if mask and isinstance(value, str) else None

    def value(self, schema: Any, value: Any) -> Any:
        if value is None:
            return None
        if isinstance(schema, list):
            schema = schema[1]
        if isinstance(schema, str):
            return self.value(self.names[schema], value) if schema in self.names else value
        if schema["type"] == "record":
            return self.record(schema, value)
        return [self.value(schema["items"], each) for each in value] if schema["type"] == "array" else value


@cache
def _named(contract_id: int) -> Mapping[str, Any]:
    """Every named type of a contract by its full name."""
    return dict(_types(registry.CONTRACTS[contract_id].schema))


def _types(schema: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(schema, list):
        for branch in schema:
            yield from _types(branch)
    elif isinstance(schema, dict):
        if schema["type"] in ("record", "enum"):
            yield f"{schema['namespace']}.{schema['name']}", schema
        for part in (schema.get("items"), *(field["type"] for field in schema.get("fields", ()))):
            yield from _types(part)
