"""A family service as the bus thread runs it: its family's events, its steps, the shared mechanics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chuanyu.casework import deadlines, queries, work
from chuanyu.casework.steps import Steps
from chuanyu.kernel.faults import RuleViolated
from chuanyu.kernel.store import Arrived, UnitOfWork


class FamilyService:
    """One family: consumes its topic of every province, keeps its cases. provinces: word of a node → first two digits of its divisions."""

    migrations = (queries.MIGRATIONS,)

    def __init__(self, steps: Steps, provinces: Mapping[str, str]) -> None:
        self.name = steps.family
        self.families = (steps.family,)
        self._steps = steps
        self._frame = deadlines.frame(provinces)

    def check(self, arrived: Arrived) -> None:
        """The rules of the record alone. Raises RuleViolated."""
        head, event = arrived.head, arrived.event
        if event.head.case_id != head.subject:
            raise RuleViolated("head.case_id is not the case that the record stands in", field="head.case_id")
        if event.head.correction_of == str(head.id):
            raise RuleViolated("an event cannot correct itself", field="head.correction_of")
        self._steps.check(event)

    def apply(self, unit: UnitOfWork, batch: Sequence[Arrived]) -> None:
        """Takes a batch into the family's cases."""
        work.apply(unit, batch, self._steps, self._frame)
