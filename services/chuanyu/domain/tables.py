"""The tables under `data/`: rules and names as data, read once by the modules that give them meaning."""

import csv
import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files


def table(file: str) -> Iterator[dict[str, str]]:
    """The rows of one table, as text by column."""
    with (files(__package__) / "data" / file).open("r", encoding="utf-8") as lines:
        yield from csv.DictReader(lines)


@cache
def digest() -> str:
    """SHA-256 of all tables by name. Nodes whose digests differ may derive different duties from the same facts."""
    whole = hashlib.sha256()
    for file in sorted((files(__package__) / "data").iterdir(), key=lambda file: file.name):
        if file.name.endswith(".csv"):
            whole.update(f"{file.name}\n{hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest()
