"""A whole table from file to answers, as one stream: its memory does not grow with it, but for some bytes a statement when rehearsed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from chuanyu.gateway.tables.kinds import Kind, Parsed, Where
from chuanyu.gateway.tables.parse import ANNOUNCEMENTS
from chuanyu.gateway.tables.records import data_rows
from chuanyu.gateway.tables.refused import TableRefused
from chuanyu.gateway.tables.report import Result
from chuanyu.gateway.tables.sending import Sender, Submitter, answered


def imported(path: Path, submitter: Submitter, source: str, where: Where, kind: Kind = ANNOUNCEMENTS) -> Iterator[tuple[Parsed, Result]]:
    """Each statement of a table with its answer, in the table's order; a file that cannot be read is one refusal without data.

    `source` is the submitting member's path, `/{province}/{member}`. Faults of the submitter go through; answers given before stand,
    and the same file handed in again gets them as duplicates.
    """
    return answered(_read(path, where, kind), submitter, Sender(source, fingerprint(path), kind.type))


def _read(path: Path, where: Where, kind: Kind) -> Iterator[Parsed]:
    """Each statement read. A file that is refused, or damaged further down, ends as one more refusal without data."""
    try:
        yield from kind.read(data_rows(path, kind.layout), where)
    except TableRefused as refusal:
        yield Parsed(numbers=() if refusal.row is None else (refusal.row,), violations=(refusal.finding,))


def fingerprint(path: Path) -> str:
    """Twelve hex digits that tell this file from others."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:12]
