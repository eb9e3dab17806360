"""Parts of both nodes as processes of their own, on a broker and a server of the test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chuanyu.embedded.stack import Stack
from kit.rig import Rig


@pytest.fixture
def rig(own_stack: Stack) -> Iterator[Rig]:
    made = Rig(own_stack)
    yield made
    made.close()
