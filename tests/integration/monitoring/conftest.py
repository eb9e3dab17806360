"""One watched province for all faults."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chuanyu.embedded import places
from chuanyu.embedded import stack as embedded
from chuanyu.embedded.stack import Stack
from kit.monitoring import tool
from kit.rig import Rig
from kit.watched import Province, watched


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Province]:
    for name in ("prometheus", "alertmanager"):
        tool(name)
    folder = tmp_path_factory.mktemp("watched")
    stack = Stack.on_any_ports(embedded.family(places.directory(folder / "stack")))
    stack.start(lambda _: None)
    rig = Rig(stack)
    try:
        with watched(rig, folder / "monitoring") as made:
            yield made
    finally:
        rig.close()
        stack.stop()
