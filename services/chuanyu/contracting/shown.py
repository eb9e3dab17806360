"""A contract for reading: one line a field, with place, class, type and what it means."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chuanyu.contracting import forms
from chuanyu.contracting.tree import Schema
from chuanyu.contracting.walk import below, inner, kind, named, spread
from chuanyu.contracts.registry import BY_TYPE, Contract


def find(word: str) -> Contract | None:
    """The newest contract that a word names: its type, `family.event`, `family/event`, the event alone or the class."""
    for contract in BY_TYPE.values():
        event = f"{contract.family}.{contract.event}"
        if word in (contract.type, event, event.replace(".", "/"), contract.event, contract.cls.__name__):
            return contract
    return None


def fields(contract: Contract) -> Iterator[tuple[str, str, str, str]]:
    """(place, class, type, doc) of every field; what may be left out bears a question mark, what repeats a list's []."""
    yield from _fields(contract.schema, named(contract.schema), "")


def _fields(record: Schema, known: dict[str, dict[str, Any]], at: str) -> Iterator[tuple[str, str, str, str]]:
    for field in record["fields"]:
        found = spread(inner(field["type"]), known)
        items = spread(found["items"], known) if kind(found) == "array" else found
        place = below(at, field["name"]) + ("[]" if items is not found else "")
        yield place, field["chuanyu.class"], _word(items) + ("?" if "default" in field else ""), _doc(field, items)
        if kind(items) == "record":
            yield from _fields(items, known, place)


def _word(schema: Schema) -> str:
    if isinstance(schema, dict) and schema["type"] in ("record", "enum"):
        return str(schema["name"])
    return str(schema.get("logicalType", schema["type"])) if isinstance(schema, dict) else str(schema)


def _doc(field: dict[str, Any], schema: Schema) -> str:
    if kind(schema) != "enum":
        return str(field["doc"])
    return f"{field['doc']} {' '.join(f'{symbol} {term}' for symbol, term in schema['chuanyu.terms'].items())}"


def submission(contract: Contract) -> dict[str, Any]:
    """A CloudEvent to fill in and submit."""
    return {
        "specversion": "1.0",
        "type": contract.type,
        "id": "‹提交方自编号›",
        "source": "/‹province›/‹member›",
        "time": "‹YYYY-MM-DDThh:mm:ss+08:00›",
        "data": forms.template(contract),
    }
