"""Every contract obeys every rule, and the classes are what the schemas give."""

from __future__ import annotations

import filecmp
import subprocess
import sys
from pathlib import Path

import pytest

from chuanyu.contracting import gate, law, lint, lock, structure, versions
from chuanyu.contracting.lint import Check
from chuanyu.contracting.tree import Source, load
from kit.law import CONTRACTS, PROTOS, TREE

LAW = load(TREE)
SOURCES = [*LAW.common_sources(), *LAW.sources()]
CATALOGUED = {
    "case/case_closed", "case/case_reopened", "case/follow_up_added", "case/obligation_overdue", "case/receipt_issued", "case/reclassified",
    "case/withdrawn", "credit/sanction_imposed", "credit/sanction_lifted", "recall/notice_issued", "reference/certificate_changed",
    "reference/dispute_resolved", "reference/laboratory_changed", "reference/recognition_disputed", "spotcheck/disposal_updated",
    "spotcheck/objection_raised", "spotcheck/objection_resolved", "spotcheck/plan_published", "spotcheck/result_reported",
    "system/heartbeat", "system/journal_head", "system/member_changed", "system/message_discarded", "system/message_parked",
    "system/message_released", "system/node_key_published", "system/node_key_revoked", "system/resend_requested",
}  # fmt: skip


@pytest.mark.parametrize("check", lint.ROBUSTNESS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.path)
def test_every_contract_obeys(source: Source, check: Check) -> None:
    """Docs, terms, classes, defaults, names, types: field by field."""
    assert list(check(LAW, source)) == []


def test_the_tree_is_whole() -> None:
    """Files agree with their names, versions have no gap and fit each other, LOCK covers all."""
    assert LAW.flaws == []
    assert list(structure.flaws(LAW)) == []
    assert list(versions.flaws(LAW)) == []
    assert list(lock.flaws(LAW, lock.read(TREE))) == []
    assert set(LAW.events) >= CATALOGUED


def test_the_gate_passes_and_the_classes_are_those_of_the_schemas() -> None:
    assert gate.flaws(TREE, CONTRACTS) == []


def test_generating_elsewhere_gives_the_committed_files_byte_for_byte(tmp_path: Path) -> None:
    """What `make check` compares: schemas and protos rendered into an empty directory, touching nothing else."""
    locked = (TREE / lock.NAME).read_bytes()
    assert law.render(TREE, PROTOS, tmp_path) == []
    assert (TREE / lock.NAME).read_bytes() == locked
    fresh = {path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()}
    committed = {path.relative_to(CONTRACTS) for path in CONTRACTS.rglob("*") if path.is_file() and path.suffix != ".pyc"}
    assert fresh == committed
    assert all(filecmp.cmp(tmp_path / name, CONTRACTS / name, shallow=False) for name in fresh)


def test_the_classes_import_without_anything_else_of_ours() -> None:
    """`contracts` imports nothing of ours: no kernel, no domain, no driver comes with it."""
    code = "import sys, chuanyu.contracts.registry; print(*(m for m in sys.modules if m.startswith('chuanyu.')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert [name for name in done.stdout.split() if not name.startswith("chuanyu.contracts")] == []
