"""
A batch under the fence, for a stream that brings its records by other means than the kernel's bus threads.

Screening, parking, holds, gaps and the one transaction are the kernel's own (D4–D6); only who reads from Kafka differs.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Mapping, Sequence

from chuanyu.kernel.bus.consumer import Watch
from chuanyu.kernel.bus.screen import Screen, Screened, Track
from chuanyu.kernel.bus.transact import Tracks, Transactor
from chuanyu.kernel.envelope import Record
from chuanyu.kernel.faults import BrokerAway, StoreAway
from chuanyu.kernel.store import Connection, Slot, Store, faults, gaps, parked, positions

Read = tuple[Slot, int, Record]  # where a record was read, at which offset, and the record
_RETRY_S = 0.2
_TEND_S = 0.5


class Applying:
    """One connection and the positions of the partitions that are this process's. One thread at a time; stopping cuts waiting short."""

    def __init__(self, service: str, store: Store, screen: Screen, transactor: Transactor, watch: Watch) -> None:
        self._service = service
        self._store = store
        self._screen = screen
        self._transactor = transactor
        self._watch = watch
        self._tracks: Tracks = {}
        self._lost = False
        self._tended = 0.0
        self._connection: Connection | None = None
        self.stopping = threading.Event()

    def forget(self) -> None:
        """The partitions are given out anew: whoever gets one raises its fence again. May be called in any thread."""
        self._lost = True

    def apply(self, batch: Sequence[Read], ends: Mapping[Slot, int]) -> None:
        """Applies a batch exactly once, whatever part of it was applied before; while the database is away it waits in place.

        ends: the partitions of this process, and the offset after the last record of each; what was read of others is left to whoever has
        them. Raises FenceLost, and BrokerAway when the database came back without its last effects: they are to be read again (D6).
        """
        while not self.stopping.is_set():
            try:
                self._adopt(ends.keys())
                return self._step(batch, ends)
            except StoreAway as fault:
                self._watch.away(fault)
                self.hang_up()
                self.stopping.wait(_RETRY_S)

    def tend(self, ends: Mapping[Slot, int]) -> None:
        """Between batches, at most twice a second: carries out what persons decided about parked records (D14), shows where all stands."""
        if time.monotonic() < self._tended + _TEND_S:
            return
        self._tended = time.monotonic()
        try:
            self._carry_out_acts()
        except StoreAway as fault:
            self._watch.away(fault)
            self.hang_up()
        self._watch.standing(self._tracks, {slot: max(0, ends.get(slot, 0) - track.next_offset) for slot, track in self._tracks.items()})

    def hang_up(self) -> None:
        """Closes the connection; the positions are read again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _step(self, batch: Sequence[Read], ends: Mapping[Slot, int]) -> None:
        started = time.perf_counter()
        moved: Tracks = {}
        screened = Screened()
        for slot, offset, record in batch:
            if slot in ends:
                track = moved.get(slot) or moved.setdefault(slot, self._tracks[slot].copy())
                self._screen.judge(record, track, offset, screened)
        if not moved:
            return
        caught_up = [slot for slot, track in moved.items() if track.lacks is not None and track.next_offset >= ends[slot]]
        with faults():
            done = self._transactor.commit(self._session(), moved, screened, caught_up)
        self._tracks.update(moved)
        self._watch.applied(done, screened, time.perf_counter() - started)

    def _adopt(self, mine: Collection[Slot]) -> None:
        """Raises the fence of partitions that are new here; after a lost connection reads the positions of its own again.

        Raises BrokerAway when they stand further back than what was applied.
        """
        if self._lost:
            self._lost = False
            self._tracks.clear()
        fresh = set(mine) - self._tracks.keys()
        known = {slot: track.version for slot, track in self._tracks.items()} if self._connection is None else {}
        if not fresh and not known:
            return
        with faults():
            connection = self._session()
            with connection.transaction():
                stored = positions.mine(connection, self._service, known) if known else {}
                stored |= positions.take(connection, self._service, fresh) if fresh else {}
                held, passed = parked.holds(connection, self._service, stored)
                told = gaps.stored(connection, self._service)
        if any(stored[slot].sequence < self._tracks[slot].sequence for slot in known):
            self.forget()
            raise BrokerAway("the database came back without its last effects; what they came from is read again")
        for slot, position in stored.items():
            track = Track.of(position)
            track.held = {key for topic, number, key in held if (topic, number) == slot}
            track.passed = {sequence for topic, number, sequence in passed if (topic, number) == slot}
            track.gap_stored = slot in told
            self._tracks[slot] = track

    def _carry_out_acts(self) -> None:
        if not self._tracks or self._lost or self._connection is None:
            return
        with faults():
            decided = parked.decided(self._session(), self._service, self._tracks)
            if decided:
                tracks = {slot: track.copy() for slot, track in self._tracks.items()}
                done = self._transactor.carry_out(self._session(), tracks, decided)
                self._tracks.update(tracks)
                self._watch.applied(done, Screened(), 0.0)

    def _session(self) -> Connection:
        if self._connection is None or self._connection.closed:
            self._connection = self._store.connect(application=f"chuanyu-{self._service}")
        return self._connection
