"""
Holds one broker and one database server for as long as anybody needs them: for test runs, whose processes come and go.

A guest registers itself as pid and start time; when the last one is gone, however it went, the keeper stops both and clears the directory.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from chuanyu.embedded import places, processes, stack
from chuanyu.embedded.processes import Lock
from chuanyu.embedded.stack import Stack
from chuanyu.embedded.unable import Unable


@dataclass(frozen=True, slots=True)
class Borrowed:
    """Where the shared broker and server answer."""

    kafka: str  # bootstrap address
    postgres: str  # the administrator's libpq connection string, database postgres


def borrow(directory: Path, within: float = 240.0) -> Borrowed:
    """The stack kept in the directory, started when nobody keeps it yet; this process is its guest until it ends.

    Raises Unable when it does not stand within so many seconds.
    """
    with _door(directory):
        _guest_file(directory, os.getpid()).write_text(str(processes.start_time(os.getpid())))
        if processes.holder(directory) is None:
            (directory / "stack.json").unlink(missing_ok=True)
            keeper = _start_keeper(directory)
            _await(directory, keeper, within)
    return Borrowed(**json.loads((directory / "stack.json").read_text()))


def leave(directory: Path) -> None:
    """This process needs the stack no longer."""
    _guest_file(directory, os.getpid()).unlink(missing_ok=True)


def keep(directory: Path) -> None:
    """Starts the stack and holds it until the last guest has left."""
    lock = Lock(places.directory(directory))
    kept = Stack.on_any_ports(stack.family(directory))
    kept.start(lambda line: print(line, flush=True))
    told = Borrowed(kept.broker.bootstrap, kept.server.conninfo())
    places.write_private(directory / "stack.json", json.dumps(asdict(told)))
    try:
        _until_deserted(directory, kept)
    finally:
        lock.release()


def _until_deserted(directory: Path, kept: Stack) -> None:
    while True:
        time.sleep(0.5)
        if not _guests(directory):
            with _door(directory):  # nobody comes in while the lights go out
                if not _guests(directory):
                    kept.stop()
                    shutil.rmtree(directory)
                    return


def _start_keeper(directory: Path) -> subprocess.Popen[bytes]:
    with open(_log(directory), "wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", __spec__.name, str(directory)], stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )


def _await(directory: Path, keeper: subprocess.Popen[bytes], within: float) -> None:
    deadline = time.monotonic() + within
    while not (directory / "stack.json").exists():
        if keeper.poll() is not None or time.monotonic() > deadline:
            last = _log(directory).read_text(errors="replace").strip()[-1500:]
            raise Unable(f"The test stack did not start: {last}", f"Logs are in {directory}/logs.")
        time.sleep(0.05)


def _guests(directory: Path) -> list[Path]:
    return [file for file in (directory / "guests").iterdir() if _is_there(file)]


def _is_there(guest: Path) -> bool:
    try:
        return str(processes.start_time(int(guest.name))) == guest.read_text()
    except FileNotFoundError:  # it has just left
        return False


def _guest_file(directory: Path, pid: int) -> Path:
    folder = directory / "guests"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / str(pid)


def _log(directory: Path) -> Path:
    return directory.with_name(f"{directory.name}.log")


@contextmanager
def _door(directory: Path) -> Iterator[None]:
    """One at a time comes in or closes up. Lies beside the directory, which comes and goes."""
    directory.parent.mkdir(parents=True, exist_ok=True)
    with open(directory.with_name(f"{directory.name}.door"), "w") as door:
        fcntl.flock(door, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    keep(Path(sys.argv[1]))
