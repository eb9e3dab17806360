"""Wire values → plain JSON, compiled from a schema: its own names, ISO dates, instants in UTC, L3 as text. And templates to fill in."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chuanyu.contracting.readers import SCHEME_PLAIN, UNKNOWN
from chuanyu.domain.dates import from_days, from_millis

Write = Callable[[Any], Any]


def compiled(schema: Any) -> Write:
    """The writer of a self-contained event schema; it takes wire values as `readers` gives them."""
    return _Compiler({}).of(schema, {})


@dataclass(slots=True)
class _Compiler:
    defined: dict[str, Any]

    def of(self, schema: Any, field: Mapping[str, Any]) -> Write:
        if isinstance(schema, list):
            return _optional(self.of(schema[1], field))
        if isinstance(schema, str):
            return self.of(self.defined[schema], field) if schema in self.defined else _plain(schema, field)
        if schema["type"] in ("record", "enum"):
            self.defined[f"{schema['namespace']}.{schema['name']}"] = schema
        if schema["type"] == "record":
            return _record([(each["name"], self.of(each["type"], each)) for each in schema["fields"]])
        if schema["type"] == "array":
            return _array(self.of(schema["items"], field))
        return _LOGICAL[schema["logicalType"]] if "logicalType" in schema else str


def _optional(write: Write) -> Write:
    return lambda value: None if value is None else write(value)


def _record(fields: list[tuple[str, Write]]) -> Write:
    return lambda value: {name: write(value[name]) for name, write in fields}


def _array(write: Write) -> Write:
    return lambda value: [write(item) for item in value]


def _plain(name: str, field: Mapping[str, Any]) -> Write:
    if name == "bytes":
        return _sensitive if field.get("chuanyu.class") == "L3" else lambda value: b64encode(value).decode()
    return lambda value: value


def _sensitive(value: bytes) -> str | None:
    """The text of an L3 field; null where its scheme needs a key that is not here (D21)."""
    return value[1:].decode() if value[:1] == SCHEME_PLAIN else None


def instant_text(millis: int) -> str:
    """ISO 8601 in UTC with milliseconds, as the envelope writes instants."""
    return _iso(from_millis(millis))


def _iso(instant: datetime) -> str:
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")


_LOGICAL: dict[str, Write] = {"date": lambda days: from_days(days).isoformat(), "timestamp-millis": instant_text}


def template(schema: Any) -> Any:
    """An event's JSON to fill in: every field that a member may give, marks in ‹› in place of values."""
    return _Template({}).of(schema, {})


@dataclass(slots=True)
class _Template:
    defined: dict[str, Any]

    def of(self, schema: Any, field: Mapping[str, Any]) -> Any:
        if isinstance(schema, list):
            return self.of(schema[1], field)
        if isinstance(schema, str):
            return self.of(self.defined[schema], field) if schema in self.defined else _mark(schema, field)
        if schema["type"] in ("record", "enum"):
            self.defined[f"{schema['namespace']}.{schema['name']}"] = schema
        if schema["type"] == "record":
            return {each["name"]: self.of(each["type"], each) for each in schema["fields"] if not _set_by_node(each)}
        if schema["type"] == "array":
            return [self.of(schema["items"], field)]
        if schema["type"] == "enum":
            return "|".join(symbol for symbol in schema["symbols"] if symbol != UNKNOWN)
        return {"date": "‹YYYY-MM-DD›", "timestamp-millis": "‹YYYY-MM-DDThh:mm:ss+08:00›"}[schema["logicalType"]]


def _set_by_node(field: Mapping[str, Any]) -> bool:
    return field.get("chuanyu.set_by") == "node" and field["type"] == "string"


def _mark(name: str, field: Mapping[str, Any]) -> Any:
    if name in ("boolean", "int", "long"):
        return False if name == "boolean" else 0
    return f"‹{field.get('doc', '').partition(' · ')[0]}›"
