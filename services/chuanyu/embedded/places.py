"""Where things lie: what every run of a user shares, and what one run owns."""

from __future__ import annotations

import os
from pathlib import Path

from chuanyu.embedded.unable import Unable


def cache() -> Path:
    """What is fetched or computed once for a user: jars, start-up caches. CHUANYU_CACHE moves it."""
    chosen = os.environ.get("CHUANYU_CACHE")
    return Path(chosen) if chosen else _base("XDG_CACHE_HOME", ".cache") / "chuanyu"


def default_directory() -> Path:
    """Where `up` writes when --dir says nothing."""
    return _base("XDG_DATA_HOME", ".local/share") / "chuanyu"


def directory(path: Path) -> Path:
    """The absolute path of a run's directory, made with access for its owner alone when missing.

    Raises Unable when it cannot be made or written.
    """
    absolute = path.expanduser().absolute()
    try:
        absolute.mkdir(parents=True, exist_ok=True, mode=0o700)
        (absolute / "logs").mkdir(exist_ok=True, mode=0o700)
    except OSError as error:
        raise Unable(f"{absolute} cannot be used as a directory: {error.strerror}.", "Choose another one with --dir.") from error
    return absolute


def write_private(path: Path, content: str | bytes) -> Path:
    """Writes a file that only its owner reads, whole or not at all."""
    data = content.encode() if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
    fresh.replace(path)
    return path


def _base(variable: str, below_home: str) -> Path:
    chosen = os.environ.get(variable)
    return Path(chosen) if chosen else Path.home() / below_home
