"""
Fills a folder with everything that the image is made of: `python deploy/wheelhouse.py build/wheelhouse`, where a package index is in reach.

The folder can then be carried to where none is: its image.lock names every file by hash. What a running bus does not need stays out.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

REPOSITORY = Path(__file__).parents[1]
US = "chuanyu-bus"


def needed(name: str, extras: tuple[str, ...] = ()) -> set[str]:
    """What a package needs to run on this machine's Python, itself included."""
    found: set[str] = set()
    ahead: list[tuple[str, tuple[str, ...]]] = [(canonicalize_name(name), extras)]
    seen: set[tuple[str, tuple[str, ...]]] = set()
    while ahead:
        one = ahead.pop()
        if one in seen:
            continue
        seen.add(one)
        found.add(one[0])
        for text in distribution(one[0]).requires or ():
            wanted = Requirement(text)
            if wanted.marker is None or any(wanted.marker.evaluate({"extra": extra}) for extra in (*one[1], "")):
                ahead.append((canonicalize_name(wanted.name), tuple(sorted(wanted.extras))))
    return found


def locked(names: set[str]) -> str:
    """Their entries of requirements.lock, hashes included."""
    entries = re.split(r"(?m)^(?=[a-z0-9])", (REPOSITORY / "requirements.lock").read_text())
    chosen = [entry for entry in entries if canonicalize_name(re.split(r"[=\[]", entry, maxsplit=1)[0]) in names]
    if len(chosen) != len(names):
        raise SystemExit(f"requirements.lock holds {len(chosen)} of {len(names)} packages; run make setup")
    return "".join(chosen)


def fill(folder: Path) -> None:
    """Fetches, checks, and locks what came."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    runtime = folder / "runtime.lock"
    runtime.write_text(locked(needed(US) - {US}))
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps", "--wheel-dir", str(folder)]
    subprocess.run([*pip, "--require-hashes", "-r", str(runtime)], check=True)
    subprocess.run([*pip, "--no-build-isolation", str(REPOSITORY)], check=True)
    runtime.unlink()
    lines = [_line(wheel) for wheel in sorted(folder.glob("*.whl"))]
    (folder / "image.lock").write_text("".join(lines))
    print(f"{folder}: {len(lines)} wheels, {sum(file.stat().st_size for file in folder.iterdir()) / 1e6:.0f} MB")


def _line(wheel: Path) -> str:
    name, version, *_ = parse_wheel_filename(wheel.name)
    return f"{name}=={version} --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"


if __name__ == "__main__":
    fill(Path(sys.argv[1]))
