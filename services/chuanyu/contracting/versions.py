"""
The compatibility gate. Within a contract a field may be added, with a default; nothing is removed, renamed or re-typed.

Apache's checker is asked for all pairs of versions in both ways (FULL_TRANSITIVE). It lets pass a removed field that had a default, a
promotion (int → long), a removed symbol of an enum with a default, another decimal scale and another timestamp unit: our own rule does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

from chuanyu.contracting import avro_library
from chuanyu.contracting.tree import Flaw, Schema, Tree, full_name
from chuanyu.contracting.walk import below, kind, named, spread

_ADD = "Take the change back and add a field with a default instead."
_MAJOR = "Take the change back; an incompatible contract gets a directory of its own, {event}_v2."


def flaws(tree: Tree) -> Iterator[Flaw]:
    """Everything in which a version does not fit another of the same event."""
    for _, versions in sorted(tree.events.items()):
        for older, newer in combinations((versions[number] for number in sorted(versions)), 2):
            yield from between(newer.path, tree.self_contained(older), tree.self_contained(newer))


def between(path: str, older: Schema, newer: Schema) -> Iterator[Flaw]:
    """In what two self-contained versions of an event do not fit. path: of the newer."""
    for reader, writer, way in ((newer, older, "cannot read what was written before"), (older, newer, "cannot be read by what runs today")):
        for reason in avro_library.unreadable(reader, writer):
            yield Flaw(path, "incompatible", f"{way}: {reason}", _MAJOR)
    yield from _Kept(path, named(older), named(newer)).types(older, newer, "")


class _Kept:
    def __init__(self, path: str, older: Mapping[str, Any], newer: Mapping[str, Any]) -> None:
        self.path, self.older, self.newer = path, older, newer

    def types(self, was: Schema, is_: Schema, at: str) -> Iterator[Flaw]:
        was, is_ = spread(was, self.older), spread(is_, self.newer)
        if kind(was) != kind(is_):
            yield self._flaw(at, "retyped", f"was a {kind(was)} and is a {kind(is_)}", _ADD)
        elif isinstance(was, list) or isinstance(is_, list):
            yield from self._branches(was, is_, at)
        elif isinstance(was, dict) and isinstance(is_, dict):
            yield from self._definitions(was, is_, at)
        elif was != is_:
            yield self._flaw(at, "retyped", f"was {_told(was)} and is {_told(is_)}", _ADD)

    def _branches(self, was: list[Schema], is_: list[Schema], at: str) -> Iterator[Flaw]:
        if len(was) != len(is_):
            yield self._flaw(at, "retyped", "has other branches", _ADD)
        for before, after in zip(was, is_, strict=False):
            yield from self.types(before, after, at)

    def _definitions(self, was: dict[str, Any], is_: dict[str, Any], at: str) -> Iterator[Flaw]:
        if was["type"] in ("record", "enum") and full_name(was) != full_name(is_):
            yield self._flaw(at, "renamed", f"was called {full_name(was)} and is called {full_name(is_)}", "Take the old name back.")
        if was["type"] == "record":
            yield from self._fields(was, is_, at)
        elif was["type"] == "enum":
            for symbol in sorted(set(was["symbols"]) - set(is_["symbols"])):
                yield self._flaw(at, "symbol_removed", f"has lost the symbol {symbol}", "Take it back; what is not used any more stays.")
        elif was["type"] == "array":
            yield from self.types(was["items"], is_["items"], at)
        elif was != is_:
            yield self._flaw(at, "logical_type", f"was {_told(was)} and is {_told(is_)}", _ADD)

    def _fields(self, was: dict[str, Any], is_: dict[str, Any], at: str) -> Iterator[Flaw]:
        before, after = ({field["name"]: field for field in schema["fields"]} for schema in (was, is_))
        for name, field in before.items():
            if name not in after:
                yield self._flaw(
                    below(at, name), "field_removed", "is gone or has another name", "Take it back; add the new one beside it."
                )
            else:
                yield from self._field(field, after[name], below(at, name))
        for name in after.keys() - before.keys():
            if "default" not in after[name]:
                yield self._flaw(
                    below(at, name), "default_missing", "was added without a default", 'Add it as ["null", …] with default null.'
                )

    def _field(self, was: dict[str, Any], is_: dict[str, Any], at: str) -> Iterator[Flaw]:
        if was.get("default", ...) != is_.get("default", ...):
            yield self._flaw(at, "default_changed", "has another default", "Take the old one back: it says what older records mean.")
        if was.get("chuanyu.class", "") > is_.get("chuanyu.class", ""):
            yield self._flaw(at, "class_lowered", "is less protected than before", "Take the old class back: older records hold it too.")
        if was.get("chuanyu.form") != is_.get("chuanyu.form"):
            yield self._flaw(at, "form_changed", "has another form", "Take the old form back.")
        yield from self.types(was["type"], is_["type"], at)

    def _flaw(self, at: str, code: str, text: str, remedy: str) -> Flaw:
        return Flaw(f"{self.path}#{at}" if at else self.path, code, text, remedy)


def _told(schema: Schema) -> str:
    if isinstance(schema, str):
        return schema
    return " ".join(str(part) for key, part in schema.items() if key != "type") or str(schema["type"])
