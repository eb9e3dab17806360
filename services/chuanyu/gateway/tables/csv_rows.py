"""Records of a CSV file (T1, T3)."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from chuanyu.gateway.tables.refused import refused

BLOCK = 1 << 20


def encoding(path: Path) -> str:
    """The encoding of the whole file: with a byte order mark UTF-8, else UTF-8 if every byte agrees, else GB18030 (T1).

    The file is read in blocks, to its end, because the first byte that is no UTF-8 may be its last.
    Raises TableRefused `encoding_unreadable` with the line behind which no encoding goes on.
    """
    with path.open("rb") as file:
        marked = file.read(3) == codecs.BOM_UTF8
    reached = []
    for candidate in ("utf-8",) if marked else ("utf-8", "gb18030"):
        line = _undecodable(path, candidate)
        if line is None:
            return "utf-8-sig" if marked else candidate
        reached.append(line)
    raise refused("encoding_unreadable", line=max(reached))


def records(path: Path) -> Iterator[tuple[str, ...]]:
    """The records one after the other; a quoted cell may hold line breaks, an empty line is a record without cells.

    Raises TableRefused `encoding_unreadable`, and `record_unreadable` with the row at which the quotes no longer make sense.
    """
    number = 1
    with path.open(encoding=encoding(path), newline="") as file:
        lines = _Lines(file)
        try:
            for record in csv.reader(lines):
                lines.judge()
                yield tuple(record)
                number += 1
        except csv.Error as fault:
            raise refused("record_unreadable", number, number=number) from fault


class _Lines:
    """The lines of a file, with those of the record that is being read.

    A stray quote makes one cell of all that follows, up to the next quote or the end of the file: csv takes that for a cell.
    """

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._record: list[str] = []
        self._ended = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        try:
            self._record.append(next(self._lines))
        except StopIteration:
            self._ended = True
            raise
        return self._record[-1]

    def judge(self) -> None:
        """Raises csv.Error where the record went over the end of its line and no closed quotes say so."""
        record, self._record = self._record, []
        if self._ended:
            raise csv.Error("a quote that nothing closes")
        if len(record) > 1:
            next(csv.reader(record, strict=True))


def about(path: Path) -> int:
    """The number of lines: at least that of the records."""
    with path.open("rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(BLOCK), b""))


def _undecodable(path: Path, name: str) -> int | None:
    """The line of the first byte that this encoding cannot take; None when it takes them all."""
    decoder = codecs.getincrementaldecoder(name)(errors="strict")
    line = 1
    with path.open("rb") as file:
        for block in chain(iter(lambda: file.read(BLOCK), b""), [b""]):
            try:
                line += decoder.decode(block, final=not block).count("\n")
            except UnicodeDecodeError as fault:
                return line + fault.object[: fault.start].count(b"\n")
    return None
