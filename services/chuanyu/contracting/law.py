"""From changed schemas to changed classes: what `chuanyu contracts generate` does, step by step."""

from __future__ import annotations

from pathlib import Path

from chuanyu.contracting import examples, gate, generator, lock, protos
from chuanyu.contracting.layout import file_text
from chuanyu.contracting.tree import Flaw, Tree, load


def enact(root: Path, protos_root: Path, contracts: Path) -> list[Flaw]:
    """Lays out new files, gives them ids in LOCK, completes their examples and writes the classes. Flaws: none of it but the layout."""
    _lay_out(load(root), lock.read(root))
    tree, locked = load(root), lock.read(root)
    flaws = [*gate.law(tree), *(flaw for flaw in lock.flaws(tree, locked) if flaw.code != "not_locked")]
    if flaws:
        return flaws
    extended = lock.extended(tree, locked)
    if flaws := [flaw for flaw in examples.flaws(tree, extended) if flaw.code != "example_incomplete"]:
        return flaws
    examples.complete(tree, extended)
    lock.write(root, extended)
    _write(tree, extended, protos_root, contracts)
    return []


def render(root: Path, protos_root: Path, into: Path) -> list[Flaw]:
    """Writes the classes of the law as it stands into another directory and touches nothing else."""
    flaws = gate.flaws(root)
    if not flaws:
        _write(load(root), lock.read(root), protos_root, into)
    return flaws


def _lay_out(tree: Tree, locked: lock.Lock) -> None:
    for source in [*tree.sources(), *tree.common_sources()]:
        if source.path not in locked.lines:
            (tree.root / source.path).write_text(file_text(source.schema), encoding="utf-8")


def _write(tree: Tree, locked: lock.Lock, protos_root: Path, contracts: Path) -> None:
    generator.generate(tree, locked, contracts)
    protos.generate(protos_root, contracts)
