"""
Golden bytes: what an event looks like as JSON and, framed, on the wire; and what is refused, with its fault.

`examples.json` is a list of {name, value, hex} and of {name, value or hex, fault}. The bytes carry the id of the version they were
written under, and that version is read for ever.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chuanyu.contracting import avro_library, readers
from chuanyu.contracting.layout import file_text
from chuanyu.contracting.lock import Lock
from chuanyu.contracting.structure import EXAMPLES
from chuanyu.contracting.tree import Flaw, Schema, Source, Tree
from chuanyu.domain.violations import Violation

NEEDED = ("minimal", "full")
_ACCEPTED, _REFUSED = {"name", "value", "hex"}, ({"name", "value", "fault"}, {"name", "hex", "fault"})


@dataclass(frozen=True, slots=True)
class Example:
    """One example. value: JSON of the event · hex: framed bytes · fault: code of a violation (value) or of a poison (hex)."""

    directory: str
    name: str
    value: dict[str, Any] | None
    hex: str | None
    fault: str | None

    def __str__(self) -> str:
        return f"{self.directory}: {self.name}"


def read(root: Path, directory: str) -> list[Example]:
    """The examples of an event. Raises ValueError when the file is not of its form."""
    entries = json.loads((root / directory / EXAMPLES).read_text(encoding="utf-8"))
    for entry in entries:
        if entry.keys() not in (_ACCEPTED, *_REFUSED) and entry.keys() != {"name", "value"}:  # the last one: bytes are still to come
            raise ValueError(f"{entry.get('name')!r} has the keys {', '.join(entry)}")
    return [Example(directory, each["name"], each.get("value"), each.get("hex"), each.get("fault")) for each in entries]


def framed(schema_id: int, schema: Schema, value: object) -> tuple[bytes, list[Violation]]:
    """The bytes of an event's JSON as Apache's library writes them; nothing when it has violations."""
    found: list[Violation] = []
    wire = readers.compiled(schema)(value, "", found)
    return (b"" if found else b"\0" + schema_id.to_bytes(4, "big") + avro_library.body(schema, wire)), found


def flaws(tree: Tree, lock: Lock) -> Iterator[Flaw]:
    """Every example that is missing, or is not what it says."""
    by_id = {lock.lines[source.path].id: source for source in tree.sources() if source.path in lock.lines}
    for directory in sorted(tree.events):
        path = f"{directory}/{EXAMPLES}"
        try:
            examples = read(tree.root, directory)
        except (OSError, ValueError, AttributeError, TypeError) as error:
            yield Flaw(path, "examples", f"cannot be read: {error}", "A list of {name, value, hex} and of {name, value or hex, fault}.")
            continue
        yield from _missing(path, examples)
        for example in examples:
            if example.value is not None:
                yield from _differing(f"{path}#{example.name}", tree, by_id, example)


def _missing(path: str, examples: list[Example]) -> Iterator[Flaw]:
    names = [example.name for example in examples]
    for name in NEEDED:
        if name not in names:
            yield Flaw(path, "examples", f"has no example {name!r}", "Write it.")
    if not any(example.fault for example in examples):
        yield Flaw(path, "examples", "has no refused example", "Write one with its fault.")
    if len(set(names)) != len(names):
        yield Flaw(path, "examples", "has a name twice", "Rename one.")


def _differing(path: str, tree: Tree, by_id: dict[int, Source], example: Example) -> Iterator[Flaw]:
    source = tree.events[example.directory][max(tree.events[example.directory])]
    schema_id = int(example.hex[2:10], 16) if example.hex else 0
    if example.hex:
        if schema_id not in by_id or f"{by_id[schema_id].group}/{by_id[schema_id].name}" != example.directory:
            yield Flaw(path, "example", f"is framed with id {schema_id}, which is no version of this event", "Take the old bytes back.")
            return
        source = by_id[schema_id]
    value, found = framed(schema_id, tree.self_contained(source), example.value)
    if example.fault:
        if example.fault not in {violation.code for violation in found}:
            yield Flaw(path, "example", f"is not refused with {example.fault}", "Mend the example or the schema.")
    elif found:
        told = "; ".join(f"{violation.field}: {violation.en}" for violation in found)
        yield Flaw(path, "example", f"is refused: {told}", "Mend the example.")
    elif example.hex is None:
        yield Flaw(path, "example_incomplete", "has no bytes yet", "Run `chuanyu contracts generate`.")
    elif value.hex() != example.hex:
        yield Flaw(path, "example", "has other bytes", "Bytes once golden stay: take the schema back or mend a new example.")


def complete(tree: Tree, lock: Lock) -> None:
    """Gives every accepted example that has none its bytes, under the newest version. Only after `flaws` found nothing else."""
    for directory, versions in sorted(tree.events.items()):
        source = versions[max(versions)]
        path = tree.root / directory / EXAMPLES
        entries = json.loads(path.read_text(encoding="utf-8"))
        for entry in entries:
            if not entry.keys() & {"hex", "fault"}:
                value, _ = framed(lock.lines[source.path].id, tree.self_contained(source), entry["value"])
                entry["hex"] = value.hex()
        path.write_text(file_text(entries), encoding="utf-8")
