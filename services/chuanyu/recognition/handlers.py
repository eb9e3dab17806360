"""What recognition does with each event: file it, and where it touches what is filed, fold its case again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from chuanyu.casework import deadlines
from chuanyu.casework import queries as casework
from chuanyu.casework import work as cases
from chuanyu.contracts.case import WithdrawalBasis, Withdrawn
from chuanyu.contracts.credit import SanctionLifted
from chuanyu.contracts.spotcheck import ObjectionOutcome, ObjectionRaised, ObjectionResolved
from chuanyu.domain.records import breaches
from chuanyu.kernel.store import Arrived, Connection, UnitOfWork, checked_by
from chuanyu.recognition import queries
from chuanyu.recognition.cases import steps
from chuanyu.recognition.facts import OPENINGS, keys
from chuanyu.recognition.fold import CONCLUDE, LIFT, OBJECT, OVERTURN, WITHDRAW, fold
from chuanyu.recognition.queries import Record


class Recognition:
    """The service as the bus thread runs it. provinces: word of a node → first two digits of its divisions."""

    name = "recognition"
    families = ("spotcheck", "recall", "credit", "reference")
    migrations = (queries.MIGRATIONS, casework.MIGRATIONS)
    check = staticmethod(checked_by(breaches))

    def __init__(self, provinces: Mapping[str, str]) -> None:
        self._steps = steps(provinces)
        self._frame = deadlines.frame(provinces)

    def apply(self, work: UnitOfWork, batch: Sequence[Arrived]) -> None:
        """Takes what no family service keeps into its cases, then files the batch."""
        if told := [arrived for arrived in batch if arrived.record.topic.endswith(".reference")]:
            cases.apply(work, told, self._steps, self._frame)
        self._file(work, batch)

    def recount(self, connection: Connection) -> int:
        """As `casework.service.FamilyService.recount`."""
        return cases.recount(connection, self._steps.family, self._steps, self._frame)

    def _file(self, work: UnitOfWork, batch: Sequence[Arrived]) -> None:
        """A new case of one first version is the fast path of the same fold (D8)."""
        openings = [arrived for arrived in batch if type(arrived.event) in OPENINGS]
        acts = [row for row in map(_act, batch) if row]
        events = Counter([arrived.head.subject for arrived in openings] + [row[0] for row in acts])
        if not events:
            return
        connection = work.connection
        queries.lock(connection, events)
        again = queries.known(connection, events) | {case for case, count in events.items() if count > 1}
        if openings:
            queries.add_facts(connection, [_fact(arrived, again) for arrived in openings])
        if acts:
            queries.add_acts(connection, acts)
        if again:
            queries.settle(connection, {case: fold(said) for case, said in queries.history(connection, again).items()})


def _fact(arrived: Arrived, again: set[str]) -> tuple[Any, ...]:
    corrects = arrived.event.head.correction_of
    found = keys(arrived.event)
    alone = corrects is None and not found.hidden and arrived.head.subject not in again
    return *_record(arrived), UUID(corrects) if corrects else None, *found, alone


def _act(arrived: Arrived) -> tuple[Any, ...] | None:
    """The row of what changes a fact; None for what does not."""
    event = arrived.event
    if isinstance(event, Withdrawn):
        kind = OVERTURN if event.basis is WithdrawalBasis.RETEST_OVERTURNED else WITHDRAW
        return *_record(arrived), kind, UUID(event.event_id), 0, ""
    if isinstance(event, ObjectionResolved):
        corrects, overturns = event.head.correction_of, event.outcome is ObjectionOutcome.OVERTURNED
        return *_record(arrived), CONCLUDE, UUID(corrects) if corrects else None, int(overturns), _objection(event)
    if isinstance(event, ObjectionRaised):
        corrects = event.head.correction_of
        return *_record(arrived), OBJECT, UUID(corrects) if corrects else None, 0, _objection(event)
    if isinstance(event, SanctionLifted):
        corrects = event.head.correction_of
        return *_record(arrived), LIFT, UUID(corrects) if corrects else None, event.effective_at, ""
    return None


def _objection(event: ObjectionRaised | ObjectionResolved) -> str:
    """Which objection to its sample this is about."""
    return f"{event.kind}:{event.raised_on}"


def _record(arrived: Arrived) -> Record:
    head = arrived.head
    assert head.sequence is not None and head.logicaltime is not None
    return Record(
        head.subject,
        head.logicaltime,
        arrived.record.topic,
        head.sequence,
        head.id,
        head.type,
        head.source,
        arrived.digest,
        head.time,
        head.recordedtime,
    )
