"""
Plain JSON → wire values, compiled from a schema: every violation is found, with the path of its field, none ends the reading.

Null means the same as leaving a field out. No violation repeats what was given: it may belong to a person.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any

from chuanyu.domain.dates import parse_instant, to_days, to_millis
from chuanyu.domain.violations import Violation, violation

Read = Callable[[Any, str, list[Violation]], Any]  # (value, path, found) → wire value; what is wrong is added to found

SCHEME_PLAIN = b"\0"  # first byte of every L3 field: content in plain UTF-8 (D21)
UNKNOWN = "UNKNOWN"

_ABSENT = object()
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FORMS = {
    "decimal": re.compile(r"-?[0-9]+(\.[0-9]+)?"),
    "quantity": re.compile(r"[0-9]+(\.[0-9]+)?"),
    "uuid": re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    "digest": re.compile(r"[0-9a-f]{64}"),
}
FORMS = frozenset(_FORMS)
"""The words that `chuanyu.form` knows: what a text must look like."""


def compiled(schema: Any) -> Read:
    """The reader of a self-contained event schema."""
    return _Compiler({}).of(schema, {})


@dataclass(slots=True)
class _Compiler:
    defined: dict[str, Any]

    def of(self, schema: Any, field: Mapping[str, Any]) -> Read:
        if isinstance(schema, list):
            return self.of(schema[1], field)
        if isinstance(schema, str):
            return self.of(self.defined[schema], field) if schema in self.defined else _plain(schema, field)
        if schema["type"] == "record":
            self.defined[f"{schema['namespace']}.{schema['name']}"] = schema
            return self._record(schema)
        if schema["type"] == "enum":
            self.defined[f"{schema['namespace']}.{schema['name']}"] = schema
            return _enum(schema, field.get("default") == UNKNOWN)
        if schema["type"] == "array":
            return _array(self.of(schema["items"], {key: part for key, part in field.items() if key != "default"}))
        return _LOGICAL[schema["logicalType"]]

    def _record(self, schema: Mapping[str, Any]) -> Read:
        fields = [self._field(field) for field in schema["fields"]]
        names = frozenset(name for name, _, _, _ in fields)

        def read(value: Any, path: str, found: list[Violation]) -> Any:
            if type(value) is not dict:
                found.append(violation("object_expected", path))
                return None
            prefix = f"{path}." if path else ""
            out = {}
            for name, here, absent, without in fields:
                given = value.get(name)
                if given is not None:
                    out[name] = here(given, prefix + name, found)
                elif without is None:
                    out[name] = absent
                else:
                    out[name] = without(prefix + name, found)
            if not value.keys() <= names:
                found.extend(_unknown(str(name), prefix, names) for name in value if name not in names)
            return out

        return read

    def _field(self, field: Mapping[str, Any]) -> _Field:
        read = self.of(field["type"], field)
        by_node = field.get("chuanyu.set_by") == "node"
        absent = "" if by_node and field["type"] == "string" else field.get("default", _ABSENT)
        if absent is not _ABSENT:
            return field["name"], read, absent, (lambda *_: []) if absent == [] else None
        if by_node:
            return field["name"], read, None, lambda path, found: read({}, path, found)
        return field["name"], read, None, _missing(field["doc"].partition(" · ")[0])


# Name, how a value is read, what stands for one that is left out, and how that is made where it is no constant: (path, found) → value. A
# record that the node fills is read as an empty one. A plain tuple, gone through in one loop: most fields of an event are left out.
_Field = tuple[str, Read, Any, Callable[[str, list[Violation]], Any] | None]


def _missing(term: str) -> Callable[[str, list[Violation]], None]:
    return lambda path, found: found.append(violation("field_missing", path, term=term))


def _unknown(name: str, prefix: str, names: frozenset[str]) -> Violation:
    near = get_close_matches(name, names, 1)
    shown = prefix + _CONTROL.sub("?", name)[:64]
    return violation("field_misnamed", shown, near=near[0]) if near else violation("field_unknown", shown)


def _array(read_item: Read) -> Read:
    def read(value: Any, path: str, found: list[Violation]) -> Any:
        if type(value) is not list:
            found.append(violation("list_expected", path))
            return None
        return [read_item(item, f"{path}[{at}]", found) for at, item in enumerate(value)]

    return read


def _enum(schema: Mapping[str, Any], unknown_may_be_said: bool) -> Read:
    terms: dict[str, str] = schema["chuanyu.terms"]
    symbols = [symbol for symbol in schema["symbols"] if unknown_may_be_said or symbol != UNKNOWN]
    spellings = {spelling: symbol for symbol in symbols for spelling in (terms[symbol], symbol)}
    allowed_zh = "、".join(f"{terms[symbol]}（{symbol}）" for symbol in symbols)
    allowed_en = ", ".join(symbols)

    def read(value: Any, path: str, found: list[Violation]) -> Any:
        symbol = spellings.get(value) if type(value) is str else None
        if symbol is None:
            found.append(violation("term_unknown", path, allowed_zh=allowed_zh, allowed_en=allowed_en))
        return symbol

    return read


def _text(value: Any, path: str, found: list[Violation]) -> str | None:
    if type(value) is not str:
        found.append(violation("text_expected", path))
    elif not value or value.isspace():
        found.append(violation("text_blank", path))
    elif not value.isprintable() and _CONTROL.search(value):
        found.append(violation("control_character", path))
    else:
        return value
    return None


def _formed(form: str) -> Read:
    matches, code = _FORMS[form].fullmatch, f"{form}_malformed"

    def read(value: Any, path: str, found: list[Violation]) -> Any:
        if type(value) is str and matches(value):
            return value
        found.append(violation(code, path))
        return None

    return read


def _sensitive(value: Any, path: str, found: list[Violation]) -> bytes | None:
    text = _text(value, path, found)
    return None if text is None else SCHEME_PLAIN + text.encode()


def _bytes(value: Any, path: str, found: list[Violation]) -> bytes | None:
    try:
        return b64decode(value, validate=True)
    except (ValueError, TypeError):
        found.append(violation("base64_malformed", path))
        return None


def _boolean(value: Any, path: str, found: list[Violation]) -> bool | None:
    if type(value) is bool:
        return value
    found.append(violation("boolean_expected", path))
    return None


def _integer(bits: int) -> Read:
    least, most = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1

    def read(value: Any, path: str, found: list[Violation]) -> Any:
        if type(value) is int and least <= value <= most:
            return value
        found.append(violation("integer_expected", path, least=least, most=most))
        return None

    return read


def _day(value: Any, path: str, found: list[Violation]) -> int | None:
    try:
        if type(value) is str and _DATE.fullmatch(value):
            return to_days(date.fromisoformat(value))
    except ValueError:
        pass
    found.append(violation("date_malformed", path))
    return None


def _instant(value: Any, path: str, found: list[Violation]) -> int | None:
    instant = parse_instant(value) if type(value) is str else None
    if instant is None:
        found.append(violation("instant_malformed", path))
        return None
    return to_millis(instant)


_LOGICAL: dict[str, Read] = {"date": _day, "timestamp-millis": _instant}
_PLAIN: dict[str, Read] = {"boolean": _boolean, "int": _integer(32), "long": _integer(64)}


def _plain(name: str, field: Mapping[str, Any]) -> Read:
    if name == "string":
        return _formed(field["chuanyu.form"]) if "chuanyu.form" in field else _text
    if name == "bytes":
        return _sensitive if field.get("chuanyu.class") == "L3" else _bytes
    return _PLAIN[name]
