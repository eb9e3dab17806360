"""Numbered, forward-only changes of the database, one folder an owner; a file that was applied never changes again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from chuanyu.kernel.faults import MigrationsDiffer
from chuanyu.kernel.store.database import Connection, Store, faults

_GUARD = 0x6368_7561_6E79_7501  # advisory lock: two processes that start together migrate one after the other


@dataclass(frozen=True, slots=True)
class Migrations:
    """The changes of one schema: files 0001_name.sql, 0002_name.sql … in folder."""

    schema: str
    folder: Path

    def files(self) -> list[Path]:
        return sorted(self.folder.glob("[0-9][0-9][0-9][0-9]_*.sql"))


KERNEL = Migrations("bus", Path(__file__).parent / "migrations")


def migrate(store: Store, owners: Sequence[Migrations]) -> list[str]:
    """Brings every owner's schema up to date, the kernel's first; returns the names of the files applied.

    Raises MigrationsDiffer when an applied file was changed or is unknown here (an older program on a newer database).
    """
    with faults(), store.connect(application="chuanyu-migrate") as connection, connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [_GUARD])
        connection.execute("CREATE SCHEMA IF NOT EXISTS bus")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS bus.migration (owner text, file text, sha256 text NOT NULL,"
            " applied_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (owner, file))"
        )
        return [name for owner in (KERNEL, *owners) for name in _migrate_one(connection, owner)]


def _migrate_one(connection: Connection, owner: Migrations) -> list[str]:
    known = dict(connection.execute("SELECT file, sha256 FROM bus.migration WHERE owner = %s", [owner.schema]).fetchall())
    here = {path.name: path for path in owner.files()}
    digests = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in here.items()}
    if differing := sorted(name for name, digest in known.items() if digests.get(name) != digest):
        raise MigrationsDiffer(
            f"数据库结构与本程序不符（{owner.schema}：{', '.join(differing)}） · the database was changed by other migrations than"
            f" this program's (schema {owner.schema}: {', '.join(differing)})"
        )
    connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{owner.schema}"'.encode())
    fresh = [name for name in here if name not in known]
    for name in fresh:
        connection.execute(here[name].read_bytes())
        connection.execute("INSERT INTO bus.migration (owner, file, sha256) VALUES (%s, %s, %s)", [owner.schema, name, digests[name]])
    return [f"{owner.schema}/{name}" for name in fresh]
