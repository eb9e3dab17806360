"""The running bus that the end-to-end tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kit.up import Up, up


@pytest.fixture(scope="session")
def bus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """Both nodes on one broker, started when the first test asks for them."""
    with up(tmp_path_factory.mktemp("bus")) as running:
        yield running
