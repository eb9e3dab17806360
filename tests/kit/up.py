"""The bus as anybody starts it: `chuanyu up --json`, a process of its own with all that hangs on it."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chuanyu.cli.pages import samples
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

    def line(self) -> dict[str, Any]:
        """What it prints next."""
        assert self.process.stdout
        told: dict[str, Any] = json.loads(self.process.stdout.readline())
        return told

    def connection(self, node: str) -> Connection:
        """A session on a node's database."""
        return Store(self.facts["nodes"][node]["postgres"]).connect(application="test")

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        """`chuanyu COMMAND … --dir` of this bus, to its end."""
        full = [sys.executable, "-m", "chuanyu", *map(str, command), "--dir", str(self.directory)]
        return subprocess.run(full, capture_output=True, text=True, timeout=600, check=False)

    def pid(self, part: str) -> int | None:
        """The process of a part, such as `mirror` or `node-sichuan`, while it lives."""
        return next((child.pid for child in Family(self.directory).living() if child.name == part), None)

    def signal(self, part: str, number: signal.Signals) -> None:
        """Sends a signal to a part."""
        pid = self.pid(part)
        assert pid, f"{part} does not run"
        os.kill(pid, number)

    def metric(self, node: str, name: str, **labels: str) -> float:
        """A number on a node's metrics page, summed over the series that bear these labels."""
        with urllib.request.urlopen(self.facts["nodes"][node]["metrics"][0], timeout=10) as page:
            found = samples(page.read().decode())
        return sum(one.value for one in found if one.name == name and labels.items() <= one.labels.items())

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
