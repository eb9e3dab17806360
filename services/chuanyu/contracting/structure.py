"""What every event's directory must keep: names that agree, versions without gaps, examples, a changelog, the newest commons."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from chuanyu.contracting import lock
from chuanyu.contracting.tree import COMMON, Flaw, Source, Tree, full_name
from chuanyu.contracting.walk import definitions

FAMILIES = frozenset({"spotcheck", "recall", "credit", "warning", "assistance", "reference", "case", "system"})
EXAMPLES, CHANGELOG = "examples.json", "CHANGELOG.md"


def flaws(tree: Tree) -> Iterator[Flaw]:
    """All that is wrong with files and directories."""
    yield from _strays(tree)
    for source in [*tree.sources(), *tree.common_sources()]:
        yield from _names(source)
    for directory, versions in sorted(tree.events.items()):
        yield from _event(tree, directory, versions)
    yield from _defined_twice(tree)


def _strays(tree: Tree) -> Iterator[Flaw]:
    for path in sorted(path for path in tree.root.rglob("*") if path.is_file()):
        name, depth = path.name, len(path.relative_to(tree.root).parts)
        if name != lock.NAME and not (depth == 3 and (name in (EXAMPLES, CHANGELOG) or path.suffix == ".avsc")):
            yield Flaw(path.relative_to(tree.root).as_posix(), "stray", "is none of the files of a contract", "Take it away.")
    for family in sorted({directory.partition("/")[0] for directory in tree.events} - FAMILIES):
        yield Flaw(family, "family", "is no family", f"Known: {', '.join(sorted(FAMILIES))}.")


def _names(source: Source) -> Iterator[Flaw]:
    wanted = "".join(word.capitalize() for word in source.name.split("_"))
    if source.schema["name"] != wanted:
        yield Flaw(source.path, "name", f"defines {source.schema['name']}", f"A file in {source.name}/ defines {wanted}.")


def _event(tree: Tree, directory: str, versions: dict[int, Source]) -> Iterator[Flaw]:
    newest = versions[max(versions)]
    if sorted(versions) != list(range(1, len(versions) + 1)):
        yield Flaw(directory, "version_gap", "its versions are not 1, 2, 3 …", "Number the new file with the next free number.")
    if newest.schema["type"] != "record":
        yield Flaw(newest.path, "kind", "is an enum", "An event is a record.")
    edition = newest.schema.get("chuanyu.edition")
    if not isinstance(edition, int) or not 1 <= edition <= tree.edition:
        yield Flaw(newest.path, "edition", "names no edition of the commons", f'Write "chuanyu.edition": {tree.edition}.')
    elif tree.self_contained(newest) != tree.self_contained(newest, tree.edition):
        yield Flaw(newest.path, "edition", "uses commons that have moved on", f"Add a next version with edition {tree.edition}.")
    yield from _changelog(tree.root / directory / CHANGELOG, directory, versions)


def _changelog(path: Path, directory: str, versions: dict[int, Source]) -> Iterator[Flaw]:
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    told = {int(number) for number in re.findall(r"^## ([1-9][0-9]*):? \S", text, re.MULTILINE)}
    for version in sorted(versions.keys() - told):
        yield Flaw(f"{directory}/{CHANGELOG}", "changelog", f"does not tell of version {version}", f"Write `## {version}: what and why`.")


def _defined_twice(tree: Tree) -> Iterator[Flaw]:
    """Two events of a family share one module of classes; commons share one for all editions."""
    owners: dict[str, str] = {}
    for source in [*tree.common_sources(), *tree.sources()]:
        for at, definition in definitions(source.schema):
            name, place = full_name(definition), f"{source.group}/{source.name}"
            if owners.setdefault(name, place) != place:
                yield Flaw(
                    f"{source.path}#{at}", "name_taken", f"defines {name}, as {owners[name]} does", f"Move it to {COMMON}/ or rename it."
                )
