"""A batch under the fence, for a stream that brings its records by other means than the kernel's bus threads; only who reads differs."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Mapping, Sequence

from chuanyu.kernel.bus.fenced import Fenced, Read, Watch
from chuanyu.kernel.bus.screen import Screen
from chuanyu.kernel.bus.transact import Transactor
from chuanyu.kernel.faults import BrokerAway, StoreAway
from chuanyu.kernel.store import Slot, Store

_RETRY_S = 0.2
_TEND_S = 0.5


class Applying:
    """The partitions that are this process's. One thread at a time; stopping cuts waiting short."""

    def __init__(self, service: str, store: Store, screen: Screen, transactor: Transactor, watch: Watch) -> None:
        self._mine = Fenced(service, store, screen, transactor, watch)
        self._watch = watch
        self._given_anew = False
        self._tended = 0.0
        self.stopping = threading.Event()

    def forget(self) -> None:
        """The partitions are given out anew: whoever gets one raises its fence again. May be called in any thread."""
        self._given_anew = True

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
                self._away(fault)
                self.stopping.wait(_RETRY_S)

    def tend(self, ends: Mapping[Slot, int]) -> None:
        """Between batches, at most twice a second: carries out what persons decided about parked records (D14), shows where all stands.

        Raises what `apply` raises.
        """
        if time.monotonic() < self._tended + _TEND_S:
            return
        self._tended = time.monotonic()
        try:
            self._adopt(ends.keys())
            self._mine.carry_out_acts()
        except StoreAway as fault:
            self._away(fault)
        tracks = self._mine.tracks
        self._watch.standing(tracks, {slot: max(0, ends.get(slot, 0) - track.next_offset) for slot, track in tracks.items()})

    def hang_up(self) -> None:
        """Closes the connection."""
        self._mine.hang_up()

    def _away(self, fault: StoreAway) -> None:
        self._watch.away(fault)
        self._mine.hang_up()
        self._mine.doubt()

    def _step(self, batch: Sequence[Read], ends: Mapping[Slot, int]) -> None:
        started = time.perf_counter()
        moved, screened = self._mine.screen(read for read in batch if read[0] in ends)
        if moved:
            caught_up = [slot for slot, track in moved.items() if track.lacks is not None and track.next_offset >= ends[slot]]
            self._mine.commit(moved, screened, caught_up, started)

    def _adopt(self, mine: Collection[Slot]) -> None:
        """Raises BrokerAway when the stored positions of its own stand further back than what was applied."""
        if self._given_anew:
            self._given_anew = False
            self._mine.let_go(self._mine.tracks)
        self._mine.fresh |= set(mine) - self._mine.tracks.keys()
        if not self._mine.fresh:
            return
        applied = {slot: track.sequence for slot, track in self._mine.tracks.items()}
        stored = self._mine.adopt()
        if any(position.sequence < applied.get(slot, 0) for slot, position in stored.items()):
            self.forget()
            raise BrokerAway("the database came back without its last effects; what they came from is read again")
