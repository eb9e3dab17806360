"""Parts of a node as processes of their own, on a broker and a server of the test."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from chuanyu.embedded.stack import Stack
from kit.rig import Rig

collect_ignore = [] if os.environ.get("IMAGE") else ["test_image.py"]  # minutes: make image-test


@pytest.fixture
def rig(own_stack: Stack) -> Iterator[Rig]:
    made = Rig(own_stack)
    yield made
    made.close()
