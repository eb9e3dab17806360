"""The one transaction of a poll (D6): the fence first, then what is kept aside, then effects, then what the node says about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from chuanyu.kernel.bus.screen import Screen, Screened, Track, kept
from chuanyu.kernel.codec import Draft
from chuanyu.kernel.envelope import Record, unpack_headers
from chuanyu.kernel.faults import Poison
from chuanyu.kernel.store import gaps, log, parked, positions
from chuanyu.kernel.store.database import Connection, faults
from chuanyu.kernel.store.parked import Hold, Parked, Row
from chuanyu.kernel.store.positions import Slot
from chuanyu.kernel.store.work import Arrived, Service, UnitOfWork

Tracks = dict[Slot, Track]


@dataclass(slots=True)
class Done:
    """What a transaction did, for metrics and memory: what was applied, what was kept aside, and when (ms).

    missed: partitions whose gap was told of for the first time · mended: those that got past theirs
    """

    applied: list[Arrived] = field(default_factory=list)
    parked: list[Parked] = field(default_factory=list)
    missed: list[Slot] = field(default_factory=list)
    mended: list[Slot] = field(default_factory=list)
    now: int = 0


class Transactor:
    """Runs a service's effects under the fence. announce: the draft of system.message_parked for a kept record, or None."""

    def __init__(
        self,
        service: Service,
        province: str,
        partitions: Mapping[str, int],
        screen: Screen,
        clock: Callable[[], int],
        announce: Callable[[Parked, str, int], Draft | None],
    ) -> None:
        self._service = service
        self._province = province
        self._partitions = partitions
        self._screen = screen
        self._clock = clock
        self._announce = announce

    def commit(self, connection: Connection, tracks: Tracks, screened: Screened, caught_up: Sequence[Slot]) -> Done:
        """Applies a screened poll and moves its partitions. A Poison from the handlers repeats it record by record.

        tracks: the partitions of the poll, moved on; changed further by parking. Raises FenceLost and StoreAway: nothing happened.
        """
        try:
            return self._commit(connection, tracks, screened, caught_up, piecewise=False)
        except Poison:
            return self._commit(connection, tracks, screened, caught_up, piecewise=True)

    def carry_out(self, connection: Connection, tracks: Tracks, holds: Sequence[Hold]) -> Done:
        """Carries out what persons decided about parked records of these holds, and drains what waits behind them (D14)."""
        with connection.transaction():
            work, done = self._begin(connection, tracks)
            for hold in holds:
                self._drain(work, tracks, hold, done)
            self._note_gaps(connection, tracks, [], done)
            work.flush()
        return done

    def _begin(self, connection: Connection, tracks: Tracks) -> tuple[UnitOfWork, Done]:
        moved = {slot: track.position() for slot, track in tracks.items()}
        positions.move(connection, self._service.name, list(moved.values()), self._clock())
        log.open_for_append(connection)
        now = self._clock()
        return UnitOfWork(connection, self._province, self._service.name, now, moved, self._partitions), Done(now=now)

    def _commit(self, connection: Connection, tracks: Tracks, screened: Screened, caught_up: Sequence[Slot], *, piecewise: bool) -> Done:
        with connection.transaction():
            work, done = self._begin(connection, tracks)
            self._keep(work, screened.parked, done)
            if piecewise:
                self._one_by_one(work, tracks, screened.arrived, done)
            whole = [] if piecewise else screened.arrived
            with faults():
                self._service.apply(work, whole)
            done.applied += whole
            for arrived in screened.filled:
                self._fill(work, tracks, arrived, done)
            for record in screened.replaced:
                self._free(work, tracks, record.topic, record.partition, record.sequence, done)
            self._note_gaps(connection, tracks, caught_up, done)
            work.flush()
        return done

    def _keep(self, work: UnitOfWork, records: Sequence[Parked], done: Done) -> None:
        if not records:
            return
        parked.park(work.connection, self._service.name, records, done.now)
        for record in records:
            self._tell(work, record, done)

    def _tell(self, work: UnitOfWork, record: Parked, done: Done) -> None:
        done.parked.append(record)
        draft = self._announce(record, self._service.name, done.now) if record.state == "PARKED" else None
        if draft is not None:
            work.emit(draft)

    def _one_by_one(self, work: UnitOfWork, tracks: Tracks, batch: Sequence[Arrived], done: Done) -> None:
        """Whatever arrived was not held when it was read: only a fault of this loop holds the rest of its case."""
        failed: set[Hold] = set()
        for arrived in batch:
            hold = arrived.record.topic, arrived.record.key
            fault = None
            if hold not in failed:
                fault = self._attempt(work, arrived, done)
                if fault is None:
                    continue
            failed.add(hold)
            self._hold(work, tracks, arrived, fault, done)

    def _hold(self, work: UnitOfWork, tracks: Tracks, arrived: Arrived, fault: Poison | None, done: Done) -> None:
        tracks[arrived.record.topic, arrived.partition].held.add(arrived.record.key)
        self._keep(work, [kept(arrived.record, arrived.partition, fault=fault)], done)

    def _attempt(self, work: UnitOfWork, arrived: Arrived, done: Done) -> Poison | None:
        said = len(work.said)
        try:
            with faults(), work.connection.transaction():
                self._service.apply(work, [arrived])
        except Poison as fault:
            del work.said[said:]
            return fault
        done.applied.append(arrived)
        return None

    def _fill(self, work: UnitOfWork, tracks: Tracks, arrived: Arrived, done: Done) -> None:
        """The sealed record for a slot that a bad seal had passed: it takes its place, then what waited goes on."""
        topic, sequence = arrived.record.topic, arrived.head.sequence or 0
        freed = parked.replace(work.connection, self._service.name, topic, arrived.partition, sequence, done.now)
        hold = topic, arrived.record.key
        before = any(row.record.sequence < sequence for row in parked.queue(work.connection, self._service.name, hold))
        fault = None if before else self._attempt(work, arrived, done)
        if before or fault:
            self._hold(work, tracks, arrived, fault, done)
        for each in {hold, *freed}:
            self._drain(work, tracks, each, done)

    def _free(self, work: UnitOfWork, tracks: Tracks, topic: str, number: int, sequence: int, done: Done) -> None:
        """The sealed record for a passed slot is poison itself and was parked: the bad bytes hold nothing any more."""
        for hold in parked.replace(work.connection, self._service.name, topic, number, sequence, done.now):
            self._drain(work, tracks, hold, done)

    def _drain(self, work: UnitOfWork, tracks: Tracks, hold: Hold, done: Done) -> None:
        rows = parked.queue(work.connection, self._service.name, hold)
        for row in rows:
            if not self._advance(work, tracks, row, done):
                return
        for track in tracks.values():
            if track.topic == hold[0]:
                track.held.discard(hold[1])

    def _advance(self, work: UnitOfWork, tracks: Tracks, row: Row, done: Done) -> bool:
        """One step of a queue in sequence; False: the hold goes on. What held no slot takes effect in its own turn or not at all."""
        if row.record.state == "PARKED" and row.act is None:
            return not row.record.holds
        if row.act == "DISCARD":
            self._settle(work, tracks, row, "DISCARDED", done)
            return True
        fault = self._retry(work, row.record, done)
        if fault is None:
            self._settle(work, tracks, row, ("RELEASED" if row.act else "APPLIED") if row.record.holds else "REPLACED", done)
            return True
        parked.settle(work.connection, row.id, "PARKED", done.now, code=fault.code, reason=str(fault))
        self._tell(work, replace(row.record, state="PARKED", code=fault.code, reason=str(fault)), done)
        return not row.record.holds

    def _settle(self, work: UnitOfWork, tracks: Tracks, row: Row, state: str, done: Done) -> None:
        """A row that held its slot has filled it: the sealed record that is sent again would be a repetition."""
        parked.settle(work.connection, row.id, state, done.now)
        if row.record.holds:
            tracks[row.record.topic, row.record.partition].passed.discard(row.record.sequence)

    def _retry(self, work: UnitOfWork, row: Parked, done: Done) -> Poison | None:
        try:
            arrived = self._screen.readmit(Record(row.topic, row.key, unpack_headers(row.headers), row.value), row.partition)
        except Poison as fault:
            return fault
        return self._attempt(work, arrived, done) if row.holds else None

    def _note_gaps(self, connection: Connection, tracks: Tracks, caught_up: Sequence[Slot], done: Done) -> None:
        missing = [(slot, lacks) for slot in caught_up if (lacks := tracks[slot].lacks) is not None]
        if missing:
            gaps.seen(connection, self._service.name, missing, done.now)
        done.missed += [slot for slot, _ in missing if not tracks[slot].gap_stored]
        done.mended += [track.slot for track in tracks.values() if track.gap_stored and track.lacks is None]
        if done.mended:
            gaps.closed(connection, self._service.name, done.mended)
        for slot, _ in missing:
            tracks[slot].gap_stored = True
        for slot in done.mended:
            tracks[slot].gap_stored = False
