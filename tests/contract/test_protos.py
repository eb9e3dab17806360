"""What may be asked: buf is content with the law, and the stubs are what the locked tools make of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from chuanyu.contracting.protos import generate

REPOSITORY = Path(__file__).parents[2]


def test_buf_finds_nothing_to_complain_about() -> None:
    for words in (["lint"], ["format", "--diff", "--exit-code"]):
        said = subprocess.run([Path(sys.executable).with_name("buf"), *words, "proto"], cwd=REPOSITORY, capture_output=True, text=True)
        assert said.returncode == 0, said.stdout + said.stderr


def test_the_committed_stubs_are_the_generated_ones(tmp_path: Path) -> None:
    generate(REPOSITORY / "proto", tmp_path)
    made = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*.py*")}
    home = REPOSITORY / "services" / "chuanyu" / "contracts"
    kept = {path.relative_to(home): path.read_bytes() for path in (home / "pb").rglob("*.py*") if "__pycache__" not in path.parts}
    assert made == kept
