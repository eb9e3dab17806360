"""Who waits for something new at this process: a call that waits costs an event in memory, and is woken only for what is its own."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress

from chuanyu.inbox.rules import refused
from chuanyu.kernel.refusals import Kind, Refused

WAITING = 32
"""Calls of one member that may wait at a process."""


class Bell:
    """Made on the loop on which calls wait; rung from any thread."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._waiting: dict[str, set[asyncio.Event]] = defaultdict(set)

    @contextmanager
    def heard(self, member: str) -> Iterator[asyncio.Event]:
        """An event that is set whenever the member gets something new, from here on. Raises Refused when too many of his calls wait."""
        if len(self._waiting[member]) >= WAITING:
            raise Refused(Kind.RESOURCE_EXHAUSTED, [refused("waiting_too_many", "", most=WAITING)])
        rung = asyncio.Event()
        self._waiting[member].add(rung)
        try:
            yield rung
        finally:
            self._waiting[member].discard(rung)
            if not self._waiting[member]:
                del self._waiting[member]

    def ring(self, members: Collection[str]) -> None:
        """Wakes those who wait for these members; for nobody named, all."""
        with suppress(RuntimeError):  # the loop has ended: nobody waits any more
            self._loop.call_soon_threadsafe(self._ring, members)

    def _ring(self, members: Collection[str]) -> None:
        for member in members or list(self._waiting):
            for rung in self._waiting.get(member, ()):
                rung.set()
