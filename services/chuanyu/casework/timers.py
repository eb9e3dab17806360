"""What a node decides because time has passed (D9, D10, D25). Only the home of a case says that its fact has ended by itself."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chuanyu.casework import queries
from chuanyu.casework.case import Case
from chuanyu.kernel.bus.says import decision_id, node_source
from chuanyu.kernel.codec import Draft, draft
from chuanyu.kernel.faults import Transient
from chuanyu.kernel.store import Connection, Slot, Store, entry_of, faults, log

LOOK_S = 1.0


@dataclass(frozen=True, slots=True)
class Ending:
    """How a family's facts end by themselves.

    rule, version: part of the decision's id · says: (case id, the fact, its end in ms) → event
    """

    rule: str
    version: int
    says: Callable[[str, Any, int], Any]


class Timers:
    """Looks every second for facts of one family that have ended, and says so once their service has applied all that came in time.

    slots: the province's own partitions of the family · partitions: topic → count · clock: ms
    """

    def __init__(
        self,
        family: str,
        ending: Ending,
        province: str,
        store: Store,
        slots: Sequence[Slot],
        partitions: Mapping[str, int],
        clock: Callable[[], int],
    ) -> None:
        self._family, self._ending, self._province = family, ending, province
        self._store, self._slots, self._partitions, self._clock = store, list(slots), partitions, clock
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
        """One look; how many decisions were said for the first time. A decision counts when it comes back on the own topic (D9)."""
        due = queries.ended(connection, self._province, self._family, self._clock())
        if not due or not log.settled(connection, self._family, self._slots, due[-1][1] - 1):
            return 0
        due = queries.ended(connection, self._province, self._family, due[-1][1])  # again: what came in time is applied only now
        facts = queries.history(connection, [case_id for case_id, _, _ in due])
        with connection.transaction():
            log.open_for_append(connection)
            now = self._clock()
            said = [self._draft(case_id, ends, case, _standing(case, facts[case_id]), now) for case_id, ends, case in due]
            return log.append(connection, [entry_of(each, self._partitions) for each in said])

    def _draft(self, case_id: str, ends: int, case: Case, fact: Any, now: int) -> Draft:
        cause = UUID(bytes=case.versions[-1])
        return draft(
            self._ending.says(case_id, fact, ends),
            id=decision_id(self._ending.rule, self._ending.rule, self._ending.version, cause, self._province, 0),
            source=node_source(self._province),
            subject=case_id,
            time=ends,
            recordedtime=now,
            correlationid=case_id,
            causationid=str(cause),
        )


def _standing(case: Case, facts: Sequence[Any]) -> Any:
    return next(fact.event for fact in facts if fact.id == case.versions[-1])
