"""What recognition does with each event: file it, and where it touches what is filed, fold its case again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from chuanyu.contracts.case import WithdrawalBasis, Withdrawn
from chuanyu.contracts.credit import SanctionImposed, SanctionLifted
from chuanyu.contracts.recall import NoticeIssued
from chuanyu.contracts.spotcheck import ResultReported
from chuanyu.domain.dates import to_days
from chuanyu.kernel.faults import RuleViolated
from chuanyu.kernel.store import Arrived, UnitOfWork
from chuanyu.recognition import queries
from chuanyu.recognition.facts import keys
from chuanyu.recognition.fold import LIFT, OVERTURN, WITHDRAW, fold
from chuanyu.recognition.queries import Record

_OPENINGS = (ResultReported, NoticeIssued, SanctionImposed)
_FIRST_DAY, _LAST_DAY = to_days(date(1900, 1, 1)), to_days(date(9000, 1, 1))


class Recognition:
    """The service as the bus thread runs it."""

    name = "recognition"
    families = ("spotcheck", "recall", "credit")
    migrations = (queries.MIGRATIONS,)

    def check(self, arrived: Arrived) -> None:
        """References are event ids, days are days, a case is opened or corrected by its home alone, and a result stands in the case of its
        sample, by which it is asked for.

        Raises RuleViolated.
        """
        event = arrived.event
        if event.head.case_id != arrived.head.subject:
            raise RuleViolated("head.case_id is not the case that the record stands in", field="head.case_id")
        for name in filter(None, (event.head.correction_of, getattr(event, "event_id", None))):
            if not _is_id(name):
                raise RuleViolated("what it names is no event id", field="event_id")
        if not all(_FIRST_DAY <= day <= _LAST_DAY for day in _days(event)):
            raise RuleViolated("a day lies outside the calendar", field="event")
        if type(event) in _OPENINGS and arrived.head.source.split("/")[1] != arrived.head.subject.partition("/")[0]:
            raise RuleViolated("only its home opens or corrects a case", field="source")
        if isinstance(event, ResultReported) and not arrived.head.subject.endswith(f"/{event.sampling.sample_no}"):
            raise RuleViolated("the case is not the sample's", field="sampling.sample_no")

    def apply(self, work: UnitOfWork, batch: Sequence[Arrived]) -> None:
        """Files a batch. A new case of one first version is the fast path of the same fold (D8)."""
        openings = [arrived for arrived in batch if type(arrived.event) in _OPENINGS]
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


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _days(event: Any) -> list[int]:
    """The days of an event that answers rest on."""
    found: list[int | None] = []
    if isinstance(event, ResultReported):
        found += [event.sampling.taken_on, event.product.produced_on]
        found += [event.report.issued_on if event.report else None, event.publication.published_on if event.publication else None]
    elif isinstance(event, NoticeIssued):
        found += [event.issued_on, event.starts_on, *(one.product.produced_on for one in event.products)]
    elif isinstance(event, SanctionImposed):
        found += [event.effective_from, event.until, event.publish_until]
    return [day for day in found if day is not None]


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
        return *_record(arrived), kind, UUID(event.event_id), 0
    if isinstance(event, SanctionLifted):
        corrects = event.head.correction_of
        return *_record(arrived), LIFT, UUID(corrects) if corrects else None, event.effective_at
    return None


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
