"""A desk that answers about cases, on a database of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from kit.reading import Clerk, reading


@pytest.fixture
async def clerk(database: str) -> AsyncIterator[Clerk]:
    async with reading("sichuan", database) as clerk:
        yield clerk
