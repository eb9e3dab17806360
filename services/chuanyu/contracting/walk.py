"""Going through a schema: every definition and every field with its place, as people write places (`items.verdict`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chuanyu.contracting.tree import Schema, full_name

Placed = tuple[str, dict[str, Any]]


def definitions(schema: Schema, at: str = "") -> Iterator[Placed]:
    """Every record and enum that is defined in a schema, itself first."""
    if isinstance(schema, list):
        for branch in schema:
            yield from definitions(branch, at)
    elif isinstance(schema, dict):
        if schema["type"] in ("record", "enum"):
            yield at, schema
        if schema["type"] == "record":
            for field in schema["fields"]:
                yield from definitions(field["type"], below(at, field["name"]))
        elif schema["type"] == "array":
            yield from definitions(schema["items"], at)


def fields(schema: Schema) -> Iterator[Placed]:
    """Every field of every record that is defined in a schema."""
    for at, definition in definitions(schema):
        for field in definition.get("fields", ()):
            yield below(at, field["name"]), field


def below(at: str, name: str) -> str:
    """The place of a part."""
    return f"{at}.{name}" if at else name


def inner(schema: Schema) -> Schema:
    """What a field holds, whether it may be null or not."""
    return schema[1] if isinstance(schema, list) and len(schema) == 2 and schema[0] == "null" else schema


def kind(schema: Schema) -> str:
    """The word that says what a type is: a primitive, array, record, enum, or the name referred to."""
    return "union" if isinstance(schema, list) else schema if isinstance(schema, str) else str(schema["type"])


def named(schema: Schema) -> dict[str, dict[str, Any]]:
    """Full name → definition of all that is defined in a self-contained schema."""
    return {full_name(definition): definition for _, definition in definitions(schema)}


def spread(schema: Schema, known: Mapping[str, dict[str, Any]]) -> Schema:
    """A type with its name replaced by the definition."""
    return known.get(schema, schema) if isinstance(schema, str) else schema
