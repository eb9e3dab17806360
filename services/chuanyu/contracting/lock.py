"""
LOCK: which schema has which id, and what it says. A line is added once and never changed; an id is never given twice.

The canonical form of Avro drops logical types and all that is ours, so the fingerprint alone would not notice a changed class or scale:
the SHA-256 covers the whole normalised schema, shared types written out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from chuanyu.contracting import avro_library
from chuanyu.contracting.tree import Flaw, Source, Tree, normalised

NAME = "LOCK"
_HEAD = "# id path sha256 crc-64-avro · written by `chuanyu contracts generate`; lines are added, none is changed or removed\n"
_LINE = re.compile(r"([1-9][0-9]*) (\S+) ([0-9a-f]{64}) ([0-9a-f]{16})")


@dataclass(frozen=True, slots=True)
class Line:
    """One locked schema. sha256: of the normalised self-contained schema · fingerprint: CRC-64-AVRO; both hex."""

    id: int
    path: str
    sha256: str
    fingerprint: str

    def __str__(self) -> str:
        return f"{self.id} {self.path} {self.sha256} {self.fingerprint}"


@dataclass(frozen=True, slots=True)
class Lock:
    """All lines, by path, and what is wrong with the file itself."""

    lines: dict[str, Line]
    flaws: tuple[Flaw, ...] = ()


def read(root: Path) -> Lock:
    """The LOCK of a tree; no file means that nothing is locked yet."""
    path = root / NAME
    if not path.exists():
        return Lock({})
    texts = [text for text in path.read_text(encoding="utf-8").splitlines() if text and not text.startswith("#")]
    forms = [_LINE.fullmatch(text) for text in texts]
    flaws = [
        Flaw(NAME, "lock_malformed", f"this is no line of it: {text!r}", "Take the line back from the history.")
        for text, form in zip(texts, forms, strict=True)
        if form is None
    ]
    lines = [Line(int(form[1]), form[2], form[3], form[4]) for form in forms if form]
    return Lock({line.path: line for line in lines}, (*flaws, *_misnumbered(lines)))


def _misnumbered(lines: list[Line]) -> Iterable[Flaw]:
    seen: set[int] = set()
    paths: set[str] = set()
    for line in lines:
        if line.id in seen:
            yield Flaw(NAME, "id_reused", f"id {line.id} stands twice, for {line.path} too", "Give the newer schema the next free id.")
        if line.path in paths:
            yield Flaw(NAME, "path_repeated", f"{line.path} stands twice", "Keep the line that was there first.")
        seen.add(line.id)
        paths.add(line.path)
    for lost in sorted(set(range(1, max(seen, default=0))) - seen):
        yield Flaw(NAME, "id_lost", f"no line has id {lost}", "Take the line back from the history: records under this id exist.")


def expected(tree: Tree, source: Source, id: int) -> Line:
    """The line that a schema file must have."""
    schema = tree.self_contained(source)
    return Line(id, source.path, sha256(normalised(schema).encode()).hexdigest(), avro_library.fingerprint(schema))


def flaws(tree: Tree, lock: Lock) -> Iterable[Flaw]:
    """Every schema that differs from its line, has none, or is gone."""
    yield from lock.flaws
    sources = {source.path: source for source in tree.sources()}
    for path, line in lock.lines.items():
        if path not in sources:
            yield Flaw(path, "schema_removed", "is locked and no longer there", "Take the file back from the history; nothing is removed.")
        elif expected(tree, sources[path], line.id) != line:
            yield Flaw(
                path, "schema_changed", "differs from what was locked", "Take the old text back and write the change as the next version."
            )
    for path in sorted(sources.keys() - lock.lines.keys()):
        yield Flaw(path, "not_locked", "has no id yet", "Run `chuanyu contracts generate` and commit LOCK with it.")


def extended(tree: Tree, lock: Lock) -> Lock:
    """The lock with a line for every schema that has none; the next free ids, in order of path and version."""
    lines = dict(lock.lines)
    for source in tree.sources():
        if source.path not in lines:
            lines[source.path] = expected(tree, source, 1 + max((line.id for line in lines.values()), default=0))
    return Lock(lines)


def write(root: Path, lock: Lock) -> None:
    """Writes the lines in order of their ids."""
    ordered = sorted(lock.lines.values(), key=lambda line: line.id)
    (root / NAME).write_text(_HEAD + "".join(f"{line}\n" for line in ordered), encoding="utf-8")
