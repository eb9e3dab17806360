"""The Dockerfile reads well and keeps to what closed networks need."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from kit.compose import DEPLOY

FILE = DEPLOY / "Dockerfile"


def test_hadolint_has_nothing_to_say() -> None:
    done = subprocess.run([Path(sys.executable).with_name("hadolint"), FILE], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_build_reaches_for_no_network_and_checks_every_wheel() -> None:
    text = FILE.read_text()
    installing = text[text.index("pip install") :].split("\n\n")[0]
    assert all(option in installing for option in ("--no-index", "--require-hashes", "--no-deps"))
    assert not [word for word in ("http", "apt-get", "curl", "wget") if word in text]


def test_the_image_runs_as_a_number() -> None:
    assert "\nUSER 65532:65532\n" in FILE.read_text()
