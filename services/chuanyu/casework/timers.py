"""What a node decides because time has passed (D9, D10, D25): that a fact has ended by itself, that an obligation is overdue."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence

from chuanyu.casework.decisions import Ending, Pending, endings, overdue, silences
from chuanyu.casework.families import service_of
from chuanyu.kernel.faults import Transient
from chuanyu.kernel.store import Connection, Slot, Store, entry_of, faults, log, positions

LOOK_S = 1.0


class Timers:
    """Looks every second for what has come in the cases of one family, and says so once their service has applied all that came in time.

    ending: how the family's facts end, None where they do not
    provinces: word of a node → first two digits of its divisions · slots: the province's own partitions of the family
    partitions: topic → count · clock: ms
    """

    def __init__(
        self,
        family: str,
        ending: Ending | None,
        province: str,
        provinces: Mapping[str, str],
        store: Store,
        slots: Sequence[Slot],
        partitions: Mapping[str, int],
        clock: Callable[[], int],
    ) -> None:
        topics = [topic for topic in partitions if topic.endswith(f".{family}")]
        self._pending: list[Pending] = [overdue(family, province, topics), silences(family, province, provinces[province], topics)]
        self._pending += [endings(ending, family, province)] if ending else []
        self._family, self._store, self._slots, self._partitions, self._clock = family, store, list(slots), partitions, clock
        self._service = service_of(family)
        self.stopping = threading.Event()

    def run(self) -> None:
        """Looks until stopping is set; while the database is away nothing is decided."""
        while not self.stopping.is_set():
            try:
                with faults(), self._store.connect(application=f"chuanyu-{self._family}-timers") as connection:
                    while not self.stopping.wait(LOOK_S):
                        self.look(connection)
            except Transient:
                self.stopping.wait(1.0)

    def look(self, connection: Connection) -> int:
        """One look; how many decisions were said for the first time. A decision counts when it comes back on the own topic (D9).

        A rebuild decides nothing until it is past where it started: what it has not read again may be the answer.
        """
        if positions.rebuilding(connection, self._service):
            return 0
        return sum(self._say(connection, pending) for pending in self._pending)

    def _say(self, connection: Connection, pending: Pending) -> int:
        found = pending(connection, self._clock())
        if not found or not log.settled(connection, self._service, self._slots, found[-1].at - 1):
            return 0
        found = pending(connection, found[-1].at)  # again: what came in time is applied only now
        with connection.transaction():
            log.open_for_append(connection)
            now = self._clock()
            return log.append(connection, [entry_of(each.said(now), self._partitions) for each in found])
