"""Everything that must hold before a tree becomes law: one list of flaws, each with its place and what to do."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from chuanyu.contracting import examples, generator, lint, lock, structure, versions
from chuanyu.contracting.tree import Flaw, Tree, load


def flaws(root: Path, contracts: Path | None = None) -> list[Flaw]:
    """All flaws of a tree, none ends the search. contracts: the generated classes to compare with; None leaves them out."""
    tree = load(root)
    locked = lock.read(root)
    found = list(law(tree)) + list(lock.flaws(tree, locked))
    if not found:
        found += examples.flaws(tree, locked)
    if not found and contracts is not None:
        found += _generated(tree, locked, contracts)
    return found


def law(tree: Tree) -> Iterator[Flaw]:
    """What is wrong with the schemas themselves, whatever is locked."""
    yield from tree.flaws
    yield from structure.flaws(tree)
    for source in [*tree.common_sources(), *tree.sources()]:
        for check in lint.ROBUSTNESS:
            yield from check(tree, source)
    if not tree.flaws:
        yield from versions.flaws(tree)


def _generated(tree: Tree, locked: lock.Lock, contracts: Path) -> Iterator[Flaw]:
    with tempfile.TemporaryDirectory() as fresh:
        generator.generate(tree, locked, Path(fresh))
        wanted = {path.name: path.read_bytes() for path in Path(fresh).iterdir()}
    present = {path.name: path.read_bytes() for path in contracts.iterdir() if path.is_file()}
    for name in sorted(wanted.keys() | present.keys()):
        if wanted.get(name) != present.get(name):
            yield Flaw(f"contracts/{name}", "not_generated", "is not what the schemas give", "Run `chuanyu contracts generate`.")
