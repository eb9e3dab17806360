"""A private copy of the schema tree, to be broken."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from chuanyu.contracting import gate, lock
from chuanyu.contracting.layout import file_text
from chuanyu.contracting.tree import Flaw

REPOSITORY = Path(__file__).parents[2]
TREE = REPOSITORY / "schemas" / "avro"
CONTRACTS = REPOSITORY / "services" / "chuanyu" / "contracts"
PROTOS = REPOSITORY / "proto"

Schema = dict[str, Any]
Change = Callable[[Schema], object]


class Law:
    """A copy of the tree below `folder`."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "avro"
        shutil.copytree(TREE, self.root)

    def read(self, path: str) -> Schema:
        return json.loads((self.root / path).read_text(encoding="utf-8"))

    def write(self, path: str, schema: object) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(file_text(schema), encoding="utf-8")

    def change(self, path: str, change: Change) -> None:
        """Rewrites a file in place."""
        schema = self.read(path)
        change(schema)
        self.write(path, schema)

    def next_version(self, event: str, change: Change) -> None:
        """Writes the next version of an event: the newest with a change, told in the changelog."""
        newest = max(int(path.stem) for path in (self.root / event).glob("*.avsc"))
        schema = self.read(f"{event}/{newest}.avsc")
        change(schema)
        self.write(f"{event}/{newest + 1}.avsc", schema)
        with (self.root / event / "CHANGELOG.md").open("a", encoding="utf-8") as changelog:
            changelog.write(f"\n## {newest + 1}: a change\nWhy: a test.\n")

    def unlock(self) -> None:
        """Forgets all ids, as if nothing of it had been merged."""
        (self.root / lock.NAME).unlink()

    def flaws(self) -> list[Flaw]:
        return gate.flaws(self.root)

    def codes(self) -> set[str]:
        """The codes of all flaws but the one that a new version must have: it is not locked yet."""
        return {flaw.code for flaw in self.flaws()} - {"not_locked"}


def field(schema: Schema, *names: str) -> Schema:
    """The field at a place, through records, optional ones and arrays."""
    found = next(each for each in schema["fields"] if each["name"] == names[0])
    return field(_record(found["type"]), *names[1:]) if len(names) > 1 else found


def _record(schema: Any) -> Any:
    if isinstance(schema, list):
        return _record(schema[1])
    return _record(schema["items"]) if schema["type"] == "array" else schema


def type_of(schema: Schema, *names: str) -> Schema:
    """The definition that the field at a place holds."""
    return _record(field(schema, *names)["type"])
