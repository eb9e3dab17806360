"""A gateway's desk on a real database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chuanyu.gateway import queries
from chuanyu.gateway.accept import Desk, Place
from chuanyu.kernel.store import Store, migrate
from kit import said

FAMILIES = ("spotcheck", "recall", "credit", "warning", "assistance", "reference")
PLACE = Place("sichuan", said.PROVINCES, {f"sichuan.{family}": 12 for family in FAMILIES})


@pytest.fixture
def store(database: str) -> Store:
    made = Store(database)
    migrate(made, [queries.MIGRATIONS])
    return made


@pytest.fixture
def desk(store: Store) -> Iterator[Desk]:
    made = Desk(store, PLACE)
    yield made
    made.close()


@pytest.fixture
def ask(store: Store) -> Callable[..., list[tuple[Any, ...]]]:
    """What a statement answers, on a connection of its own."""

    def rows(sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        with store.connect(application="test") as connection:
            return connection.execute(sql.encode(), list(parameters)).fetchall()

    return rows
