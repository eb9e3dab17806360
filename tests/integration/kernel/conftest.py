"""Two kernel nodes on one broker, each with its own database."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest

from chuanyu.embedded.keeper import Borrowed
from chuanyu.kernel import topics
from kit import probe
from kit.bus import Node, Trust, make_topics


@pytest.fixture(autouse=True, scope="package")
def _probe() -> Iterator[None]:
    with probe.known():
        yield


@pytest.fixture
def two(stack: Borrowed, database: str, second_database: str) -> Iterator[tuple[Node, Node]]:
    """(here, there): provinces that only this test uses; nothing runs yet, each node's first key is in its log."""
    word = secrets.token_hex(4)
    names = f"s{word}", f"c{word}"
    made = make_topics(stack.kafka, *names)
    trust = Trust(names)
    nodes = Node(names, stack.kafka, database, trust), Node(names[::-1], stack.kafka, second_database, trust)
    for node in nodes:
        node.publish_key()
        node.start_seals()
    yield nodes
    for node in nodes:
        node.stop()
    topics.delete(stack.kafka, made)


@pytest.fixture
def here(two: tuple[Node, Node]) -> Node:
    return two[0]


@pytest.fixture
def there(two: tuple[Node, Node]) -> Node:
    return two[1]
