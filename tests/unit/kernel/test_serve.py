"""A process stops when it is told to, when its parent is gone, and when a part of it fails; it drains, and its exit status says which."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

PROGRAM = """
import asyncio, sys, threading, time
from contextlib import asynccontextmanager
from chuanyu.kernel import log, serve
from chuanyu.kernel.faults import FenceLost, SettingsIncomplete, StoreAway

class Worker:
    def __init__(self, act=None, slow=0.0):
        self.stopping = threading.Event()
        self.act, self.slow = act, slow
    def run(self):
        if self.act:
            time.sleep(0.2)
            self.act()
        self.stopping.wait()
        time.sleep(self.slow)
        print("worker left", flush=True)

def fault(error):
    def act():
        raise error
    return act

@asynccontextmanager
async def process(life):
    {before}
    async with life.workers({workers}):
        print("entered", flush=True)
        try:
            yield
        finally:
            print("ready" if life.ready else "not ready", flush=True)
            {after}
    print("left", flush=True)

log.to()
sys.exit(serve.run(process, drain_seconds={drain}))
"""


class Child:
    """A process under test; its standard output and its log, read to the end."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def says(self, word: str) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.strip() == word:
                return
        raise AssertionError(f"it never said {word!r}")

    def is_ready(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            if json.loads(line)["event"] == "ready":
                return
        raise AssertionError("it never was ready")

    def ends(self) -> tuple[int, list[str], list[dict[str, object]]]:
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out.split("\n")[:-1], [json.loads(line) for line in err.splitlines()]


@contextmanager
def child(
    workers: str = "one=Worker()", *, before: str = "pass", after: str = "pass", drain: float = 10, fd: int | None = None
) -> Iterator[Child]:
    program = textwrap.dedent(PROGRAM).format(workers=workers, before=before, after=after, drain=drain)
    environment = {**os.environ, **({"CHUANYU_PARENT_FD": str(fd)} if fd is not None else {})}
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        pass_fds=() if fd is None else (fd,),
    ) as process:
        try:
            yield Child(process)
        finally:
            process.kill()


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT])
def test_it_drains_when_asked_to_stop(asked: signal.Signals) -> None:
    with child("one=Worker(), two=Worker(slow=0.3)") as running:
        running.is_ready()
        running.process.send_signal(asked)
        status, out, lines = running.ends()
    assert (status, out) == (0, ["entered", "not ready", "worker left", "worker left", "left"])
    assert [(line["event"], line.get("why")) for line in lines] == [("stopping", asked.name), ("stopped", None)]


def test_d24_it_leaves_when_its_parent_is_gone() -> None:
    ours, theirs = os.pipe()
    with child(fd=ours) as running:
        os.close(ours)
        running.is_ready()
        os.write(theirs, b"still here")
        time.sleep(0.2)
        assert running.process.poll() is None
        os.close(theirs)
        status, out, lines = running.ends()
    assert (status, out[-1]) == (0, "left")
    assert lines[0]["why"] == "parent_gone"


def test_d24_a_wrong_pipe_is_wrong_configuration() -> None:
    with child(fd=None) as ok:
        ok.is_ready()
    environment = {**os.environ, "CHUANYU_PARENT_FD": "987"}
    program = textwrap.dedent(PROGRAM).format(workers="", before="pass", after="pass", drain=1)
    ended = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=20, check=False)
    assert ended.returncode == 2
    assert json.loads(ended.stderr.splitlines()[-1])["code"] == "settings_incomplete"


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        ("FenceLost('gone')", 1, "fence_lost"),
        ("StoreAway('away')", 3, "store_away"),
        ("SettingsIncomplete('x')", 2, "settings_incomplete"),
        ("ValueError('13800138000')", 1, None),
    ],
)
def test_the_first_fault_of_a_part_ends_it_in_order(error: str, status: int, code: str | None) -> None:
    with child(f"bad=Worker(fault({error})), good=Worker()") as running:
        ended, out, lines = running.ends()
    assert (ended, out) == (status, ["entered", "not ready", "worker left", "left"])
    assert lines[-1].get("code") == code
    assert "13800138000" not in json.dumps(lines)


@pytest.mark.parametrize(("error", "status"), [("StoreAway('away')", 3), ("FenceLost('x')", 1), ("KeyError('13800138000')", 1)])
def test_a_fault_at_the_start_ends_it(error: str, status: int) -> None:
    with child(before=f"raise {error}") as running:
        ended, out, lines = running.ends()
    assert (ended, out) == (status, [])
    assert "13800138000" not in json.dumps(lines)


def test_a_part_that_ends_by_itself_ends_the_process() -> None:
    with child("idle=type('Idle', (Worker,), {'run': lambda self: None})()") as running:
        status, _, lines = running.ends()
    assert (status, lines[-1]["why"]) == (1, "RuntimeError")


def test_it_can_be_stopped_before_it_is_ready() -> None:
    with child(before="print('waiting', flush=True); await asyncio.sleep(60)") as running:
        running.says("waiting")
        running.process.terminate()
        status, _, lines = running.ends()
    assert status == 0
    assert [line["event"] for line in lines] == ["stopping", "cut_short", "stopped"]


def test_a_second_signal_cuts_the_drain_short() -> None:
    with child("stuck=Worker(slow=60)", drain=60) as running:
        running.is_ready()
        running.process.terminate()
        running.says("not ready")
        running.process.terminate()
        status, out, lines = running.ends()
    assert (status, out) == (0, [])
    assert [line["event"] for line in lines] == ["stopping", "stopping", "cut_short", "stopped"]


def test_a_drain_has_an_end() -> None:
    began = time.monotonic()
    with child("stuck=Worker(slow=60)", after="await asyncio.sleep(0)", drain=0.5) as running:
        running.is_ready()
        running.process.terminate()
        status, _, lines = running.ends()
    assert status == 0
    assert "cut_short" in [line["event"] for line in lines]
    assert time.monotonic() - began < 15
