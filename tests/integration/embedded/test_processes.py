"""D24: a run ends what it started, and nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chuanyu.embedded import places, processes
from chuanyu.embedded.processes import Child, Family, Lock
from chuanyu.embedded.unable import Unable

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)",
]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return places.directory(tmp_path / "run")


@pytest.fixture
def family(directory: Path) -> Iterator[Family]:
    made = Family(directory)
    yield made
    made.clean_up()


@pytest.fixture
def bystander() -> Iterator[subprocess.Popen[bytes]]:
    """A process of somebody else."""
    process = subprocess.Popen(SLEEP)
    yield process
    process.kill()
    process.wait()


def until(condition: Callable[[], object], within: float = 10.0) -> None:
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def test_d24_a_child_is_known_by_pid_start_time_and_directory(family: Family, directory: Path) -> None:
    process = family.spawn("one", SLEEP, os.environ, death=None)
    (child,) = family.living()
    assert child == Child("one", process.pid, processes.start_time(process.pid) or 0)
    assert not child.alive(directory / "elsewhere")
    assert not Child("one", child.pid, child.started + 1).alive(directory)


def test_d24_a_recycled_pid_is_left_alone(family: Family, directory: Path, bystander: subprocess.Popen[bytes]) -> None:
    """A record whose pid now belongs to somebody else ends nobody: not by start time, and not without our directory in it."""
    for started in (1, processes.start_time(bystander.pid)):
        places.write_private(directory / "children" / "old.json", f'{{"name": "old", "pid": {bystander.pid}, "started": {started}}}')
        family.clean_up()
        assert bystander.poll() is None
    assert family.recorded() == []


def test_d24_another_runs_child_is_left_alone(family: Family, directory: Path, tmp_path: Path) -> None:
    other = Family(places.directory(tmp_path / "other"))
    process = other.spawn("one", SLEEP, os.environ, death=None)
    (child,) = other.living()
    places.write_private(directory / "children" / "one.json", f'{{"name": "one", "pid": {child.pid}, "started": {child.started}}}')
    family.clean_up()
    assert process.poll() is None
    other.clean_up()
    assert process.poll() is not None


def test_d24_who_does_not_listen_is_killed_in_the_end(family: Family, directory: Path) -> None:
    process = family.spawn("deaf", STUBBORN, os.environ, death=None)
    until(lambda: "deaf" in (directory / "logs" / "deaf.log").read_text())
    family.end(["deaf"], within=0.3)
    assert process.poll() == -signal.SIGKILL


def test_d24_what_a_killed_run_left_is_ended_by_the_next(directory: Path) -> None:
    """The parent dies by SIGKILL; its child, which the kernel was not asked to end, is found by its record."""
    program = f"""
        import os, sys, signal
        from pathlib import Path
        from chuanyu.embedded.processes import Family, Lock
        lock = Lock(Path({str(directory)!r}))
        Family(Path({str(directory)!r})).spawn("left", {SLEEP!r}, os.environ, death=None)
        os.kill(os.getpid(), signal.SIGKILL)
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=False)
    lock = Lock(directory)
    assert [child.name for child in Family(directory).clean_up()] == ["left"]
    assert Family(directory).living() == []
    lock.release()


def test_d24_servers_go_when_their_parent_is_killed(directory: Path) -> None:
    program = f"""
        import os, sys, signal, time
        from pathlib import Path
        from chuanyu.embedded.processes import Family
        Family(Path({str(directory)!r})).spawn("server", {SLEEP!r}, os.environ, death=signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGKILL)
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=False)
    until(lambda: not Family(directory).living(), within=2.0)


def test_d24_one_run_a_directory_and_the_kernel_knows_whose(directory: Path) -> None:
    assert processes.holder(directory) is None
    taking = f"from pathlib import Path; from chuanyu.embedded.processes import Lock; held = Lock(Path({str(directory)!r}))"
    holding = f"{taking}; print('held', flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", holding], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout and other.stdout.readline() == b"held\n"
        assert processes.holder(directory) == other.pid
        with pytest.raises(Unable, match=f"already runs in {directory} .process {other.pid}"):
            Lock(directory)
        other.kill()
    assert processes.holder(directory) is None
