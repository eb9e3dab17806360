"""The files of `schemas/avro`, and each event's schema made self-contained."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Schema = Any  # Avro as JSON: a name, a union (list) or a definition (dict)

COMMON = "common"
NAMESPACE = "chuanyu"
PRIMITIVES = frozenset({"null", "boolean", "int", "long", "float", "double", "bytes", "string"})
_FILE = re.compile(r"([a-z][a-z0-9_]*)/([a-z][a-z0-9_]*)/([1-9][0-9]*)\.avsc")


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is wrong with the tree. path: file, with the place inside behind #; remedy: what to do about it."""

    path: str
    code: str
    text: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.path}: {self.text} [{self.code}]. {self.remedy}"


@dataclass(frozen=True, slots=True)
class Source:
    """One schema file. version: its number · schema: as parsed, references not resolved."""

    path: str
    group: str
    name: str
    version: int
    text: str
    schema: dict[str, Any]

    @property
    def full_name(self) -> str:
        return f"{self.schema.get('namespace')}.{self.schema.get('name')}"


@dataclass(slots=True)
class Tree:
    """All schema files. commons: full name → edition → file · events: directory → version → file · flaws: what could not be read."""

    root: Path
    commons: dict[str, dict[int, Source]] = field(default_factory=dict)
    events: dict[str, dict[int, Source]] = field(default_factory=dict)
    flaws: list[Flaw] = field(default_factory=list)

    def sources(self) -> Iterator[Source]:
        """Every event file, by directory and version."""
        for _, versions in sorted(self.events.items()):
            for _, source in sorted(versions.items()):
                yield source

    def common_sources(self) -> Iterator[Source]:
        """Every shared record and enum, all editions."""
        for _, editions in sorted(self.commons.items()):
            for _, source in sorted(editions.items()):
                yield source

    @property
    def edition(self) -> int:
        """The newest edition of the commons."""
        return max((edition for editions in self.commons.values() for edition in editions), default=1)

    def self_contained(self, source: Source, edition: int | None = None) -> dict[str, Any]:
        """The event's schema with every shared type written out where it is first used, as of an edition (its own by default)."""
        at = source.schema.get("chuanyu.edition", 1) if edition is None else edition
        resolved: dict[str, Any] = _Resolver(self._as_of(at)).of(source.schema)
        return resolved

    def _as_of(self, edition: int) -> dict[str, Schema]:
        """Full name → definition: of every common the newest file that is not newer than the edition."""
        fitting = {name: [n for n in editions if n <= edition] for name, editions in self.commons.items()}
        return {name: self.commons[name][max(numbers)].schema for name, numbers in fitting.items() if numbers}


def load(root: Path) -> Tree:
    """Reads the tree. A file that cannot be read becomes a flaw and is left out."""
    tree = Tree(root)
    for path in sorted(root.rglob("*.avsc")):
        source = _source(path.relative_to(root).as_posix(), path, tree.flaws)
        if source and source.group == COMMON:
            tree.commons.setdefault(source.full_name, {})[source.version] = source
        elif source:
            tree.events.setdefault(f"{source.group}/{source.name}", {})[source.version] = source
    return tree


def _source(name: str, path: Path, flaws: list[Flaw]) -> Source | None:
    form = _FILE.fullmatch(name)
    if form is None:
        flaws.append(Flaw(name, "path", "is no place for a schema", "Name it {family}/{event}/{n}.avsc in lower snake_case."))
        return None
    try:
        text = path.read_bytes().decode("utf-8")
        schema = json.loads(text, object_pairs_hook=_once)
    except ValueError as error:
        flaws.append(Flaw(name, "json", f"is no JSON in UTF-8: {error}", "Mend it there."))
        return None
    misshapen = _misshapen(schema)
    if misshapen is not None or not isinstance(schema, dict) or schema["type"] not in ("record", "enum"):
        flaws.append(Flaw(f"{name}{misshapen or ''}", "shape", "is no Avro definition of a record or an enum", "See the files beside it."))
        return None
    return Source(name, form[1], form[2], int(form[3]), text, schema)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _misshapen(schema: object, at: str = "#") -> str | None:
    """The first place that has not the shape of Avro; None when all is in place."""
    if isinstance(schema, str):
        return None
    if isinstance(schema, list):
        return next((found for branch in schema if (found := _misshapen(branch, at))), None)
    if not isinstance(schema, dict):
        return at
    match schema:
        case {"type": "record", "name": str(), "namespace": str(), "fields": list(fields)}:
            return next((found for field in fields if (found := _misshapen_field(field, at))), None)
        case {"type": "enum", "name": str(), "namespace": str(), "symbols": [*symbols]} if all(isinstance(each, str) for each in symbols):
            return None
        case {"type": "array", "items": items}:
            return _misshapen(items, at)
        case {"type": str(kind)} if kind not in ("record", "enum", "array"):
            return None
    return at


def _misshapen_field(field: object, at: str) -> str | None:
    match field:
        case {"name": str(name), "type": schema}:
            return _misshapen(schema, f"{at}.{name}" if at != "#" else f"#{name}")
    return at


@dataclass(slots=True)
class _Resolver:
    commons: Mapping[str, Schema]
    defined: set[str] = field(default_factory=set)

    def of(self, schema: Schema) -> Schema:
        if isinstance(schema, str):
            return self._named(schema)
        if isinstance(schema, list):
            return [self.of(branch) for branch in schema]
        found = dict(schema)
        if found.get("type") == "record":
            self.defined.add(full_name(found))
            found["fields"] = [each | {"type": self.of(each["type"])} for each in found.get("fields", [])]
        elif found.get("type") == "array":
            found["items"] = self.of(found["items"])
        elif isinstance(found.get("type"), dict | list):
            found["type"] = self.of(found["type"])
        return found

    def _named(self, name: str) -> Schema:
        if name in PRIMITIVES or name in self.defined or name not in self.commons:
            return name
        self.defined.add(name)
        return self.of(self.commons[name])


def full_name(schema: Mapping[str, Any]) -> str:
    """Namespace and name of a definition."""
    return f"{schema['namespace']}.{schema['name']}" if "namespace" in schema else str(schema.get("name"))


def normalised(schema: Schema) -> str:
    """One text for one schema, whatever the order of its keys and its blanks; nothing is left out."""
    return json.dumps(schema, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
