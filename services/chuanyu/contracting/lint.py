"""What every schema must keep, field by field: the catalogue's rules as a table of checks. Each names the place and says what to do."""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Iterator
from typing import Any

from chuanyu.contracting import avro_library
from chuanyu.contracting.layout import file_text
from chuanyu.contracting.readers import FORMS, UNKNOWN
from chuanyu.contracting.tree import PRIMITIVES, Flaw, Schema, Source, Tree, full_name
from chuanyu.contracting.walk import below, definitions, fields, inner, kind, named, spread

Check = Callable[[Tree, Source], Iterator[Flaw]]

MASKS = frozenset({"name", "phone", "id_card", "address", "uscc", "text"})
_CLASSES = frozenset({"L1", "L2", "L3", "L4"})
_TYPES = frozenset({"boolean", "int", "long", "string", "bytes"})
_LOGICAL = {"date": "int", "timestamp-millis": "long"}
_SUFFIXES = {"_fen": "long", "_on": "date", "_at": "timestamp-millis"}
_RECORD_KEYS = frozenset({"type", "name", "namespace", "doc", "fields", "chuanyu.edition"})
_ENUM_KEYS = frozenset({"type", "name", "namespace", "doc", "symbols", "default", "chuanyu.terms"})
_MARKS = {"chuanyu.mask": MASKS, "chuanyu.form": FORMS, "chuanyu.content": {"aside"}, "chuanyu.set_by": {"node"}}
_FIELD_KEYS = frozenset({"name", "type", "default", "doc", "chuanyu.class", *_MARKS})
_CHINESE = re.compile("[\u4e00-\u9fff]")
_DOC = re.compile("[^·]*[\u4e00-\u9fff][^·]* · \\S.*")
_SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_CAMEL = re.compile(r"[A-Z][A-Za-z0-9]*")
_SYMBOL = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")


def check_layout(_: Tree, source: Source) -> Iterator[Flaw]:
    """One way to write it down, so that every byte counts."""
    wanted = file_text(source.schema)
    if source.text != wanted:
        line = next((n for n, (is_, be) in enumerate(zip(source.text.split("\n"), wanted.split("\n"), strict=False), 1) if is_ != be), 1)
        yield Flaw(
            f"{source.path}:{line}",
            "layout",
            "is not written as the others are",
            "`chuanyu contracts generate` rewrites a new file; take an old one back.",
        )


def check_docs(_: Tree, source: Source) -> Iterator[Flaw]:
    """A doc with the Chinese term on every definition and field."""
    for at, part in [*definitions(source.schema), *fields(source.schema)]:
        if not _DOC.fullmatch(str(part.get("doc", ""))):
            yield _flaw(source, at, "doc", "has no doc with its Chinese term", 'Write "doc": "中文术语 · what it means."')


def check_keys(_: Tree, source: Source) -> Iterator[Flaw]:
    """Only properties that somebody reads; no aliases, which would hide a renaming."""
    parts = [(at, part, _ENUM_KEYS if part["type"] == "enum" else _RECORD_KEYS) for at, part in definitions(source.schema)]
    parts += [(at, field, _FIELD_KEYS) for at, field in fields(source.schema)]
    for at, part, known in parts:
        for key in part.keys() - known:
            yield _flaw(source, at, "property", f"has the unknown property {key!r}", f"Known here: {', '.join(sorted(known))}.")


def check_classes(_: Tree, source: Source) -> Iterator[Flaw]:
    """A class on every field; L3 is bytes, so that it can be sealed and erased (D21)."""
    for at, field in fields(source.schema):
        level = field.get("chuanyu.class")
        if level not in _CLASSES:
            yield _flaw(source, at, "class", "has no class", 'Write "chuanyu.class": one of L1, L2, L3, L4.')
        if level == "L3" and kind(inner(field["type"])) != "bytes":
            yield _flaw(source, at, "class_l3", "is L3 and not bytes", "Make it bytes: one scheme byte, then content.")


def check_marks(_: Tree, source: Source) -> Iterator[Flaw]:
    """Masks, forms and the other marks hold words that are known."""
    for at, field in fields(source.schema):
        for key, words in _MARKS.items():
            if key in field and field[key] not in words:
                yield _flaw(source, at, "mark", f"has an unknown {key}", f"Known: {', '.join(sorted(words))}.")
        if "chuanyu.form" in field and kind(_item(inner(field["type"]))) != "string":
            yield _flaw(source, at, "mark", "has a form and is no text", "Only texts have forms.")


def check_enums(_: Tree, source: Source) -> Iterator[Flaw]:
    """ASCII symbols, each with a Chinese term of its own, UNKNOWN as default."""
    for at, enum in definitions(source.schema):
        if enum["type"] != "enum":
            continue
        symbols, terms = enum["symbols"], enum.get("chuanyu.terms")
        if UNKNOWN not in symbols or enum.get("default") != UNKNOWN:
            yield _flaw(source, at, "enum_default", "has no default UNKNOWN", 'Add the symbol UNKNOWN and "default": "UNKNOWN".')
        if not isinstance(terms, dict) or set(terms) != set(symbols) or not _distinct(list(terms.values())):
            yield _flaw(source, at, "terms", "has not one Chinese term a symbol", 'Write "chuanyu.terms": {SYMBOL: 中文} for every symbol.')
        if len(set(symbols)) != len(symbols) or not all(_SYMBOL.fullmatch(symbol) for symbol in symbols):
            yield _flaw(source, at, "symbol", "has a symbol that is not UPPER_SNAKE_CASE, or twice", "Rename it.")


def check_names(_: Tree, source: Source) -> Iterator[Flaw]:
    """CamelCase definitions in the family's namespace, snake_case fields that Python takes, suffixes that tell the type."""
    for at, part in definitions(source.schema):
        if not _CAMEL.fullmatch(part["name"]):
            yield _flaw(source, at, "name", f"defines {part['name']!r}, which is not CamelCase", "Rename it.")
        if part["namespace"] != f"chuanyu.{source.group}":
            yield _flaw(source, at, "namespace", f"stands in {part['namespace']}", f"Its namespace is chuanyu.{source.group}.")
    for at, field in fields(source.schema):
        name = field["name"]
        if not _SNAKE.fullmatch(name) or keyword.iskeyword(name):
            yield _flaw(source, at, "name", "is not snake_case or a word of Python", "Rename it.")
        for suffix, wanted in _SUFFIXES.items():
            if name.endswith(suffix) and _word(inner(field["type"])) != wanted:
                yield _flaw(source, at, "suffix", f"ends in {suffix} and is no {wanted}", f"Make it a {wanted} or rename it.")


def check_types(_: Tree, source: Source) -> Iterator[Flaw]:
    """Few types: what two languages could read differently, or what a hostile record could inflate, is left out."""
    for at, field in fields(source.schema):
        yield from _type(source, at, field["type"], may_be_null=True)


def check_defaults(_: Tree, source: Source) -> Iterator[Flaw]:
    """Null for what may be missing, [] for arrays, UNKNOWN for enums; never a value that says something."""
    for at, field in fields(source.schema):
        absent = field.get("default", ...)
        if isinstance(field["type"], list) and absent is not None:
            yield _flaw(source, at, "default", "may be null and has no default null", 'Write "default": null.')
        elif kind(field["type"]) == "array" and absent != []:
            yield _flaw(source, at, "default", "is an array and has no default []", 'Write "default": [].')
        elif not isinstance(field["type"], list) and absent is None:
            yield _flaw(source, at, "default", "has the default null and may not be null", 'Make its type ["null", …].')


def check_head(_: Tree, source: Source) -> Iterator[Flaw]:
    """Every event of a case begins with its head; `system` tells of no case."""
    if source.group == "common":
        return
    first = source.schema.get("fields", [{}])[:1]
    headed = first == [{**first[0], "name": "head", "type": "chuanyu.common.CaseHead"}] if first else False
    if headed == (source.group == "system"):
        yield _flaw(source, "head", "head", "is not as its family has it", "First field `head` of type CaseHead, except in system.")


def check_closed(tree: Tree, source: Source) -> Iterator[Flaw]:
    """Every name is defined, none inside itself, and no array can hold items of no width: a few bytes would be millions of them."""
    schema = tree.self_contained(source)
    yield from _Closed(source, named(schema)).flaws(schema, "", ())


def check_avro(tree: Tree, source: Source) -> Iterator[Flaw]:
    """Apache's own library takes it."""
    if objection := avro_library.objection(tree.self_contained(source)):
        yield _flaw(source, "", "avro", f"is refused by avro: {objection}", "Mend it there.")


ROBUSTNESS: tuple[Check, ...] = (
    check_layout, check_docs, check_keys, check_classes, check_marks, check_enums, check_names, check_types, check_defaults, check_head,
    check_closed, check_avro,
)  # fmt: skip


class _Closed:
    def __init__(self, source: Source, known: dict[str, dict[str, Any]]) -> None:
        self.source, self.known = source, known

    def flaws(self, schema: Schema, at: str, around: tuple[str, ...]) -> Iterator[Flaw]:
        found = spread(schema, self.known)
        if isinstance(found, list):
            for branch in found:
                yield from self.flaws(branch, at, around)
        elif isinstance(found, str):
            if found not in PRIMITIVES:
                yield _flaw(self.source, at, "reference", f"refers to {found}, which is defined nowhere", "Define it in common/ or before.")
        elif found["type"] == "array":
            if not self._width(found["items"], around):
                yield _flaw(self.source, at, "zero_width", "is an array of items without any width", "Give the item a field.")
            yield from self.flaws(found["items"], at, around)
        elif found["type"] == "record" and full_name(found) in around:
            yield _flaw(self.source, at, "recursion", f"holds a {found['name']} inside a {found['name']}", "Refer to it by id instead.")
        elif found["type"] == "record":
            for field in found["fields"]:
                yield from self.flaws(field["type"], below(at, field["name"]), (*around, full_name(found)))

    def _width(self, schema: Schema, around: tuple[str, ...]) -> bool:
        found = spread(schema, self.known)
        if isinstance(found, dict) and found["type"] == "record":
            deeper = (*around, full_name(found))
            return full_name(found) in around or any(self._width(field["type"], deeper) for field in found["fields"])
        return kind(found) != "null" and not (isinstance(found, dict) and found.get("size") == 0)


def _type(source: Source, at: str, schema: Schema, *, may_be_null: bool) -> Iterator[Flaw]:
    if isinstance(schema, list):
        if not may_be_null or len(schema) != 2 or schema[0] != "null" or isinstance(schema[1], list):
            yield _flaw(source, at, "union", 'is a union other than ["null", …]', "Use a record with optional fields.")
        elif kind(schema[1]) == "array":
            yield _flaw(source, at, "union", "is an array that may be null", "Let it be empty.")
        else:
            yield from _type(source, at, schema[1], may_be_null=False)
    elif kind(schema) == "array":
        yield from _type(source, at, schema["items"], may_be_null=False)
    elif isinstance(schema, str) and "." not in schema and schema not in _TYPES:
        yield _flaw(source, at, "type", f"is a {schema}", "Known: boolean, int, long, string, bytes; decimals are text with a form.")
    elif isinstance(schema, dict) and schema["type"] not in ("record", "enum") and not _known_logical(schema):
        yield _flaw(source, at, "type", f"is a {_word(schema)}", "Known: date (int), timestamp-millis (long).")


def _known_logical(schema: dict[str, Any]) -> bool:
    return schema.keys() == {"type", "logicalType"} and _LOGICAL.get(schema["logicalType"]) == schema["type"]


def _word(schema: Schema) -> str:
    return str(schema.get("logicalType", schema["type"])) if isinstance(schema, dict) else kind(schema)


def _item(schema: Schema) -> Schema:
    return schema["items"] if kind(schema) == "array" else schema


def _distinct(terms: list[object]) -> bool:
    return all(isinstance(term, str) and _CHINESE.search(term) for term in terms) and len(set(terms)) == len(terms)


def _flaw(source: Source, at: str, code: str, text: str, remedy: str) -> Flaw:
    return Flaw(f"{source.path}#{at}" if at else source.path, code, text, remedy)
