"""The bus as anybody starts it: `chuanyu up --json`, a process of its own with all that hangs on it."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chuanyu.embedded import ports
from chuanyu.embedded.bus import wanted_ports
from chuanyu.embedded.processes import Family
from chuanyu.kernel.store import Connection, Store

LAST_SECONDS = 60.0
NODES = ("sichuan", "chongqing")


@dataclass(frozen=True)
class Up:
    """A bus that runs. facts: the line that `up --json` prints when it is ready."""

    process: subprocess.Popen[str]
    facts: dict[str, Any]

    @property
    def directory(self) -> Path:
        return Path(self.facts["dir"])

    def connection(self, node: str) -> Connection:
        """A session on a node's database."""
        return Store(self.facts["nodes"][node]["postgres"]).connect(application="test")

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        """`chuanyu COMMAND … --dir` of this bus, to its end."""
        full = [sys.executable, "-m", "chuanyu", *map(str, command), "--dir", str(self.directory)]
        return subprocess.run(full, capture_output=True, text=True, timeout=600, check=False)

    def signal(self, part: str, number: signal.Signals) -> None:
        """Sends a signal to one of its processes, such as `mirror` or `node-sichuan`."""
        os.kill(next(child.pid for child in Family(self.directory).living() if child.name == part), number)

    def log(self, part: str) -> str:
        """What one of its processes has said."""
        return (self.directory / "logs" / f"{part}.log").read_text(errors="replace")


@contextmanager
def up(directory: Path, *options: str) -> Iterator[Up]:
    """Starts a bus in the directory, on ports that are free now; afterwards Ctrl-C ends it, and it must end well."""
    command = [sys.executable, "-m", "chuanyu", "up", "--json", "--dir", str(directory), "--port-base", str(free_base()), *options]
    with (directory / "up.stderr").open("w") as aside:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=aside, text=True)
    assert process.stdout
    try:
        ready = process.stdout.readline()
        assert ready, (directory / "up.stderr").read_text()
        yield Up(process, json.loads(ready))
    finally:
        process.send_signal(signal.SIGINT)
        status = process.wait(LAST_SECONDS)
    assert status == 0, (directory / "up.stderr").read_text()


def free_base() -> int:
    """A --port-base all of whose ports are free."""
    while ports.busy(wanted_ports(base := random.randrange(20_000, 32_000, 100), federated=True).values()):
        pass
    return base
