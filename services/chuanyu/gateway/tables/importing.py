"""A whole table from file to answers, as one stream: its memory does not grow with the file, but for some bytes a sample when rehearsed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from chuanyu.gateway.tables.parse import Parsed, parsed
from chuanyu.gateway.tables.records import data_rows
from chuanyu.gateway.tables.report import Result
from chuanyu.gateway.tables.sending import Sender, Submitter, answered
from chuanyu.gateway.tables.statements import statements
from chuanyu.gateway.tables.understood import Where


def imported(path: Path, submitter: Submitter, source: str, where: Where) -> Iterator[tuple[Parsed, Result]]:
    """Each statement of a table with its answer, in the table's order; a file that cannot be read is one refusal (parse.parsed).

    `source` is the submitting member's path, `/{province}/{member}`. Faults of the submitter go through; answers given before stand,
    and the same file handed in again gets them as duplicates.
    """
    return answered(parsed(statements(data_rows(path)), where), submitter, Sender(source, fingerprint(path)))


def fingerprint(path: Path) -> str:
    """Twelve hex digits that tell this file from others."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:12]
