"""What every test may ask for: real records, a real broker and database server shared by the run, and room of its own on them."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings

from chuanyu.embedded import keeper, places
from chuanyu.embedded import stack as embedded_stack
from chuanyu.embedded.keeper import Borrowed
from chuanyu.embedded.stack import Stack
from chuanyu.kernel import topics

REPOSITORY = Path(__file__).parents[1]

settings.register_profile("chuanyu", deadline=None)  # a busy machine is no finding
settings.load_profile("chuanyu")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real records and rule tables that lie beside the checkout; tests that need them skip where they are missing."""
    folder = REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"the real records are not beside this checkout ({folder})")
    return folder


@pytest.fixture(scope="session")
def stack() -> Iterator[Borrowed]:
    """One broker and one database server for the whole run, also across xdist's workers: `.kafka` bootstrap, `.postgres` conninfo."""
    directory = places.cache() / "tests" / hashlib.sha256(str(REPOSITORY).encode()).hexdigest()[:8]
    yield keeper.borrow(directory)
    keeper.leave(directory)


@pytest.fixture
def own_stack(tmp_path: Path) -> Iterator[Stack]:
    """A broker and a server of this test alone, for tests that kill them: `.broker`, `.server`."""
    family = embedded_stack.family(places.directory(tmp_path / "stack"))
    alone = Stack.on_any_ports(family)
    alone.start(lambda _: None)
    yield alone
    alone.stop()


@pytest.fixture(scope="session")
def _administrator(stack: Borrowed) -> Iterator[psycopg.Connection]:
    with psycopg.connect(stack.postgres, autocommit=True) as connection:
        yield connection


@pytest.fixture
def database(stack: Borrowed, _administrator: psycopg.Connection) -> Iterator[str]:
    """The conninfo of a fresh database, dropped afterwards with whatever is still connected."""
    name = f"t_{secrets.token_hex(6)}"
    _administrator.execute(f"CREATE DATABASE {name}")
    yield stack.postgres.replace("dbname=postgres", f"dbname={name}")
    _administrator.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def second_database(stack: Borrowed, _administrator: psycopg.Connection) -> Iterator[str]:
    """Another one, for the other node."""
    name = f"t_{secrets.token_hex(6)}"
    _administrator.execute(f"CREATE DATABASE {name}")
    yield stack.postgres.replace("dbname=postgres", f"dbname={name}")
    _administrator.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def provinces(stack: Borrowed) -> Iterator[Callable[..., tuple[str, str]]]:
    """Two province words that only this test uses, with the topics of the named families: `here, there = provinces("spotcheck")`."""
    made: list[str] = []

    def make(*families: str) -> tuple[str, str]:
        word = secrets.token_hex(4)
        pair = (f"s{word}", f"c{word}")
        created = topics.apply(stack.kafka, topics.declared(pair, families)).create if families else ()
        made.extend(topic.name for topic in created)
        return pair

    yield make
    if made:
        topics.delete(stack.kafka, made)
