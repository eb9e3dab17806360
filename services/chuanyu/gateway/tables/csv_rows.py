"""Records of a CSV file (T1, T3)."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path

from chuanyu.gateway.tables.refused import refused

BLOCK = 1 << 20


def encoding(path: Path) -> str:
    """The encoding of the whole file: with a byte order mark UTF-8, else UTF-8 if every byte agrees, else GB18030 (T1).

    The file is read in blocks, to its end, because the first byte that is no UTF-8 may be its last.
    Raises TableRefused `encoding_unreadable`.
    """
    with path.open("rb") as file:
        marked = file.read(3) == codecs.BOM_UTF8
    for candidate in ("utf-8",) if marked else ("utf-8", "gb18030"):
        if _decodes(path, candidate):
            return "utf-8-sig" if marked else candidate
    raise refused("encoding_unreadable")


def records(path: Path) -> Iterator[tuple[str, ...]]:
    """The records one after the other; a quoted cell may hold line breaks, an empty line is a record without cells.

    Raises TableRefused `encoding_unreadable`, and `record_unreadable` with the row at which the quotes no longer make sense.
    """
    number = 1
    with path.open(encoding=encoding(path), newline="") as file:
        try:
            for record in csv.reader(file):
                yield tuple(record)
                number += 1
        except csv.Error as fault:
            raise refused("record_unreadable", number, number=number) from fault


def about(path: Path) -> int:
    """The number of lines: at least that of the records."""
    with path.open("rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(BLOCK), b""))


def _decodes(path: Path, name: str) -> bool:
    decoder = codecs.getincrementaldecoder(name)(errors="strict")
    with path.open("rb") as file:
        try:
            while block := file.read(BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True
