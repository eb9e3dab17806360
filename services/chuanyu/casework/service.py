"""A family service as the bus thread runs it: its family's events, its steps, the shared mechanics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chuanyu.casework import deadlines, queries
from chuanyu.casework.steps import Steps
from chuanyu.casework.work import apply, recount
from chuanyu.domain.records import breaches
from chuanyu.kernel.store import Arrived, Connection, UnitOfWork, checked_by


class FamilyService:
    """One family: consumes its topic of every province, keeps its cases. provinces: word of a node → first two digits of its divisions."""

    migrations = (queries.MIGRATIONS,)
    check = staticmethod(checked_by(breaches))

    def __init__(self, steps: Steps, provinces: Mapping[str, str]) -> None:
        self.name = steps.family
        self.families = (steps.family,)
        self._steps = steps
        self._frame = deadlines.frame(provinces)

    def apply(self, work: UnitOfWork, batch: Sequence[Arrived]) -> None:
        """Takes a batch into the family's cases."""
        apply(work, batch, self._steps, self._frame)

    def recount(self, connection: Connection) -> int:
        """Counts anew what fell due in a year that was not published yet; how many cases changed. Once a start, before anything is read."""
        return recount(connection, self.name, self._steps, self._frame)
