"""
Who may be ended, and by whom (D24).

A run holds a lock on its directory. Every child carries CHUANYU_DIR in its environment and is recorded as pid and kernel start time;
only a process that matches all three is ever ended. Servers receive a signal from the kernel when their parent dies.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import pwd
import signal
import struct
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from chuanyu.embedded import places
from chuanyu.embedded.unable import Unable

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)
_FLOCK = "hhqqi4x"
_LOG_BYTES = 16_000_000


@dataclass(frozen=True, slots=True)
class Child:
    """One process as it was recorded. started: kernel start time in clock ticks since boot (field 22 of its stat)."""

    name: str
    pid: int
    started: int

    def exists(self) -> bool:
        """Whether exactly this process has not ended."""
        return start_time(self.pid) == self.started

    def alive(self, directory: Path) -> bool:
        """Whether it exists and is a child of this directory's run. One that is just ending has no environment any more."""
        return self.exists() and _directory_of(self.pid) == str(directory)


def start_time(pid: int) -> int | None:
    """Kernel start time of a process that is no zombie, or None."""
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if after_name[0] in "ZX" else int(after_name[19])


def _directory_of(pid: int) -> str | None:
    try:
        environment = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return None
    return next((entry[12:].decode() for entry in environment if entry.startswith(b"CHUANYU_DIR=")), None)


class Lock:
    """The directory's lock. Held as long as the object's process lives and the lock is not released; the kernel knows the holder."""

    def __init__(self, directory: Path) -> None:
        """Takes the lock, or raises Unable naming the process that has it."""
        self._file = os.open(directory / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._file)
            raise Unable(
                f"The bus already runs in {directory} (process {holder(directory)}).",
                f"Look at it with `chuanyu status --dir {directory}`, end it with `chuanyu down --dir {directory}`, "
                "or start another one with its own --dir and --port-base.",
            ) from error

    def release(self) -> None:
        os.close(self._file)


def holder(directory: Path) -> int | None:
    """The process that holds the directory's lock, told by the kernel; None when nobody does.

    Not for the process that holds the lock itself: closing any descriptor of the file would release it.
    """
    try:
        file = os.open(directory / "lock", os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        asked = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
        kind, *_, pid = struct.unpack(_FLOCK, fcntl.fcntl(file, fcntl.F_GETLK, asked))
    finally:
        os.close(file)
    return None if kind == fcntl.F_UNLCK else int(pid)


class Family:
    """The children of one run: spawned, recorded, ended."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._records = directory / "children"
        self._records.mkdir(exist_ok=True, mode=0o700)
        self._spawned: list[subprocess.Popen[bytes]] = []

    def spawn(
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        death: signal.Signals | None,
        keep: Sequence[int] = (),
        user: int | None = None,
    ) -> subprocess.Popen[bytes]:
        """Starts and records a child, its output appended to logs/NAME.log (a long one becomes logs/NAME.log.1 first).

        death: signal that the kernel sends it when the *thread* that calls this ends, so servers are spawned on the main thread.
        keep: file descriptors that it inherits under their own numbers.
        """
        log = self.directory / "logs" / f"{name}.log"
        if log.exists() and log.stat().st_size > _LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
        with open(log, "ab") as output:
            process = subprocess.Popen(
                command,
                env={**environment, "CHUANYU_DIR": str(self.directory)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=tuple(keep),
                cwd="/",
                start_new_session=True,  # Ctrl-C in the terminal reaches `up` alone, which stops them in order
                preexec_fn=_dies_with(os.getpid(), death) if death else None,
                user=user,
                group=None if user is None else pwd.getpwuid(user).pw_gid,
                extra_groups=None if user is None else [],
            )
        self._spawned.append(process)
        self._record(name, process.pid)
        return process

    def recorded(self) -> list[Child]:
        """Every child on record, dead or alive."""
        return [Child(**json.loads(path.read_text())) for path in sorted(self._records.glob("*.json"))]

    def living(self) -> list[Child]:
        return [child for child in self.recorded() if child.alive(self.directory)]

    def end(self, names: Sequence[str], *, how: signal.Signals = signal.SIGTERM, within: float = 20.0) -> None:
        """Ends the named children: first the signal, SIGKILL once `within` seconds have passed. Returns when they are gone."""
        chosen = [child for child in self.living() if child.name in names]
        self._signal(chosen, how)
        if not self._gone(chosen, within):
            self._signal(chosen, signal.SIGKILL)
            self._gone(chosen, 10.0)
        for name in names:
            (self._records / f"{name}.json").unlink(missing_ok=True)
        self._spawned = [process for process in self._spawned if process.poll() is None]  # the dead are buried

    def clean_up(self) -> list[Child]:
        """Ends what an earlier run left behind; says whom."""
        left = self.living()
        self.end([child.name for child in self.recorded()], within=10.0)
        return left

    def _record(self, name: str, pid: int) -> None:
        started = start_time(pid)
        if started is not None:
            places.write_private(self._records / f"{name}.json", json.dumps(asdict(Child(name, pid, started))))

    def _signal(self, children: Sequence[Child], number: signal.Signals) -> None:
        for child in children:
            if child.alive(self.directory):
                os.kill(child.pid, number)

    def _gone(self, children: Sequence[Child], within: float) -> bool:
        deadline = time.monotonic() + within
        while any(child.exists() for child in children):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True


def _dies_with(parent: int, number: signal.Signals) -> Callable[[], None]:
    def in_child() -> None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:  # it died between fork and prctl
            os._exit(1)

    return in_child
