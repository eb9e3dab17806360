"""A recognition view on a database of its own, per test or, for tests that forget what came before, per module."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Iterator

import psycopg
import pytest

from chuanyu.embedded.keeper import Borrowed
from kit.asking import View, viewing


@pytest.fixture(scope="module")
def module_database(stack: Borrowed) -> Iterator[str]:
    """A database that the tests of one module share, one after the other."""
    name = f"t_{secrets.token_hex(6)}"
    with psycopg.connect(stack.postgres, autocommit=True) as administrator:
        administrator.execute(f"CREATE DATABASE {name}")
        yield stack.postgres.replace("dbname=postgres", f"dbname={name}")
        administrator.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def view(database: str) -> AsyncIterator[View]:
    async with viewing(database) as view:
        yield view


@pytest.fixture
async def shared_view(module_database: str) -> AsyncIterator[View]:
    async with viewing(module_database) as view:
        yield view


@pytest.fixture(scope="module")
def module_view(module_database: str) -> Iterator[View]:
    """For tests that ask nothing, so need no loop."""
    view = View(module_database)
    yield view
    view.node.connection.close()
