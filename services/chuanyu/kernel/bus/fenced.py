"""Partitions under a fence: one connection, what is known of each partition, and all that is done to them (D4–D6, D13, D14)."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Protocol

from chuanyu.kernel.bus.screen import Screen, Screened, Track
from chuanyu.kernel.bus.transact import Done, Tracks, Transactor
from chuanyu.kernel.envelope import Record
from chuanyu.kernel.faults import BrokerAway, StoreAway
from chuanyu.kernel.store import gaps, parked, positions
from chuanyu.kernel.store.database import Connection, Store, faults
from chuanyu.kernel.store.positions import Position, Slot

Read = tuple[Slot, int, Record]  # where a record was read, at which offset, and the record


class Watch(Protocol):
    """Who is told what becomes of the partitions (metrics, logs, tests)."""

    def applied(self, done: Done, screened: Screened, seconds: float) -> None: ...
    def standing(self, tracks: Tracks, behind: dict[Slot, int]) -> None: ...
    def fenced(self) -> None: ...
    def away(self, fault: BrokerAway | StoreAway) -> None: ...


class Fenced:
    """What one process has of a service's partitions, whoever brings the records. One thread at a time.

    tracks: how far each is applied · fresh: given out to this process or in doubt; nothing of them counts before `adopt`
    """

    def __init__(self, service: str, store: Store, screen: Screen, transactor: Transactor, watch: Watch) -> None:
        self._service = service
        self._store = store
        self._screen = screen
        self._transactor = transactor
        self._watch = watch
        self._connection: Connection | None = None
        self.tracks: Tracks = {}
        self.fresh: set[Slot] = set()

    def adopt(self) -> dict[Slot, Position]:
        """Takes what is fresh: raises the fence of what is new here, of its own reads the positions again. Where each is to be read on.

        Raises FenceLost where another process has taken one of its own.
        """
        with faults():
            connection = self._session()
            with connection.transaction():
                known = {slot: self.tracks[slot].version for slot in self.fresh if slot in self.tracks}
                stored = positions.mine(connection, self._service, known) if known else {}
                stored |= positions.take(connection, self._service, self.fresh - known.keys())
                held, passed = parked.holds(connection, self._service, stored)
                told = gaps.stored(connection, self._service)
        for slot, position in stored.items():
            track = Track.of(position)
            track.held = {key for topic, number, key in held if (topic, number) == slot}
            track.passed = {sequence for topic, number, sequence in passed if (topic, number) == slot}
            track.gap_stored = slot in told
            self.tracks[slot] = track
        self.fresh.clear()
        return stored

    def let_go(self, slots: Iterable[Slot]) -> None:
        """They are given out anew: whoever gets one raises its fence again."""
        for slot in list(slots):
            self.tracks.pop(slot, None)
            self.fresh.discard(slot)

    def doubt(self) -> None:
        """A connection was lost: its own positions are to be read again."""
        self.fresh |= self.tracks.keys()

    def screen(self, batch: Iterable[Read]) -> tuple[Tracks, Screened]:
        """Judges a batch (D4): its partitions, moved on, and what it comes to. What is of no partition here is left alone."""
        moved: Tracks = {}
        screened = Screened()
        for slot, offset, record in batch:
            if slot not in moved:
                if slot not in self.tracks or slot in self.fresh:
                    continue
                moved[slot] = self.tracks[slot].copy()
            self._screen.judge(record, moved[slot], offset, screened)
        return moved, screened

    def commit(self, moved: Tracks, screened: Screened, caught_up: Sequence[Slot], started: float) -> None:
        """The one transaction of a batch (D6). started: its beginning by perf_counter. Raises FenceLost, StoreAway: nothing happened."""
        with faults():
            done = self._transactor.commit(self._session(), moved, screened, caught_up)
        self.tracks.update(moved)
        self._watch.applied(done, screened, time.perf_counter() - started)

    def carry_out_acts(self) -> None:
        """Carries out what persons decided about parked records of these partitions (D14)."""
        if not self.tracks or self.fresh:
            return
        with faults():
            decided = parked.decided(self._session(), self._service, self.tracks)
            if not decided:
                return
            tracks = {slot: track.copy() for slot, track in self.tracks.items()}
            done = self._transactor.carry_out(self._session(), tracks, decided)
        self.tracks.update(tracks)
        self._watch.applied(done, Screened(), 0.0)

    def hang_up(self) -> None:
        """Closes the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _session(self) -> Connection:
        if self._connection is None or self._connection.closed:
            self._connection = self._store.connect(application=f"chuanyu-{self._service}", durable=False)
        return self._connection
