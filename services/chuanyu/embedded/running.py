"""What a run tells about itself in its directory, and how it is ended from outside."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

from chuanyu.embedded import places, processes
from chuanyu.embedded.processes import Family, Lock
from chuanyu.embedded.unable import NotRunning

_FILE = "up.json"
PATIENCE_SECONDS = 60.0


def tell(directory: Path, facts: dict[str, Any]) -> None:
    """Leaves what `up --json` says for those who come later."""
    places.write_private(directory / _FILE, json.dumps(facts, ensure_ascii=False))


def forget(directory: Path) -> None:
    """Takes back what `tell` said: nothing runs here any more."""
    (directory / _FILE).unlink(missing_ok=True)


def found(directory: Path) -> dict[str, Any]:
    """The facts of the bus that runs in the directory. Raises NotRunning when none does, or it is not ready yet."""
    remedy = f"Start it with `chuanyu up --dir {directory}`, or name another directory with --dir."
    if processes.holder(directory) is None:
        raise NotRunning(f"No bus runs in {directory}.", remedy)
    try:
        facts: dict[str, Any] = json.loads((directory / _FILE).read_text())
    except FileNotFoundError:
        raise NotRunning(f"The bus in {directory} is starting or stopping.", "Ask again in some seconds.") from None
    return facts


def end(directory: Path) -> str:
    """Ends the run that holds the directory's lock, and whatever an earlier one left. Says what was done."""
    pid = processes.holder(directory)
    if pid is None:
        return _clean_up(directory)
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while processes.holder(directory) == pid:
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)
    return f"The bus in {directory} has ended. {_clean_up(directory)}"


def _clean_up(directory: Path) -> str:
    if not directory.is_dir():
        return f"Nothing ever ran in {directory}."
    lock = Lock(directory)
    try:
        left = [child.name for child in Family(directory).clean_up()]
        forget(directory)
    finally:
        lock.release()
    return f"Ended what an earlier run had left: {', '.join(left)}." if left else "Nothing is left running."
