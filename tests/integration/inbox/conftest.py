"""The inboxes of Sichuan's members, on a database of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from kit.inbox import Post, post


@pytest.fixture
async def box(database: str) -> AsyncIterator[Post]:
    async with post("sichuan", database) as opened:
        yield opened
