"""Tables for people, in which a narrow window cuts nothing off."""

from __future__ import annotations

import sys

from rich.console import Console, RenderableType
from rich.table import Table

_WIDE = 240
"""Columns where no terminal is: a file or a pipe has no edge."""

_UNITS = (("d", 86400), ("h", 3600), ("min", 60))


def table(*columns: str, title: str | None = None) -> Table:
    """An empty table whose cells go on in the next line when they are too long."""
    made = Table(title=title, title_justify="left")
    for column in columns:
        made.add_column(column, overflow="fold")
    return made


def show(lines: RenderableType) -> None:
    """Prints a table, or whatever else rich can print, on standard output."""
    Console(width=None if sys.stdout.isatty() else _WIDE).print(lines)


def duration(seconds: float | None) -> str:
    """A length of time in the unit in which people say it; – for none, ∞ for one without end."""
    if seconds is None:
        return "–"
    if seconds == float("inf"):
        return "∞"
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    unit, length = next(((unit, length) for unit, length in _UNITS if seconds >= 2 * length), ("s", 1))
    return f"{seconds / length:.{int(seconds < 10)}f} {unit}"
