"""One batch in one transaction: lock the cases, fold, keep, and say what this node must say about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from chuanyu.casework import batches, coming, noticeboard, queries, receipts
from chuanyu.casework.case import NEW, Case, Fact, unpack
from chuanyu.casework.fold import extend, fold
from chuanyu.casework.noticeboard import Told
from chuanyu.casework.notices import Notice, of_province, unsaid
from chuanyu.casework.queries import Happened
from chuanyu.casework.steps import Frame, Steps
from chuanyu.kernel.bus.says import node_source
from chuanyu.kernel.store import Arrived, Connection, UnitOfWork

Arrivals = Mapping[str, Sequence[Arrived]]


@dataclass(slots=True)
class _Folded:
    """The cases of a batch as they were and as they are now."""

    before: dict[str, Case] = field(default_factory=dict)
    after: dict[str, Case] = field(default_factory=dict)
    notices: dict[str, list[Notice]] = field(default_factory=dict)


def apply(work: UnitOfWork, batch: Sequence[Arrived], steps: Steps, frame: Frame) -> None:
    """Takes a batch of one family into its cases, in the transaction of work. Raises what `kernel.store.faults` makes of driver errors.

    A case that another process makes between our look and our write is taken up again, locked.
    """
    arrivals = _by_case(batch)
    while arrivals:
        folded = _fold(work, arrivals, steps, frame)
        lost = _keep(work, folded)
        done = {case_id: arrived for case_id, arrived in arrivals.items() if case_id not in lost}
        if done:
            _record(work, folded, done)
            _confirm(work, folded, done, frame)
            _tell(work, folded, done, frame)
        arrivals = {case_id: arrivals[case_id] for case_id in lost}


def _by_case(batch: Iterable[Arrived]) -> dict[str, list[Arrived]]:
    """The arrivals of each case in canonical order, cases in id order."""
    cases: dict[str, list[Arrived]] = {}
    for arrived in batch:
        cases.setdefault(arrived.head.subject, []).append(arrived)
    for arrivals in cases.values():
        if len(arrivals) > 1:
            arrivals.sort(key=lambda arrived: arrived.order)
    return dict(sorted(cases.items()))


def fact_of(arrived: Arrived) -> Fact:
    """What the fold reads of a record."""
    head = arrived.head
    return Fact(arrived.order, head.id.bytes, head.source, head.time, head.recordedtime, arrived.event)


def _fold(work: UnitOfWork, arrivals: Arrivals, steps: Steps, frame: Frame) -> _Folded:
    kept = queries.lock(work.connection, list(arrivals))
    folded = _Folded()
    again: dict[str, list[Fact]] = {}
    for case_id, arrived in arrivals.items():
        facts = [fact_of(each) for each in arrived]
        before = NEW
        if case_id in kept:
            before = folded.before[case_id] = unpack(kept[case_id])
        said = folded.notices[case_id] = []
        after = extend(steps, frame, before, facts, said)
        if after is None:
            again[case_id] = facts
        else:
            folded.after[case_id] = after
    if again:
        past = queries.history(work.connection, list(again))
        for case_id, facts in again.items():
            said = folded.notices[case_id] = []
            folded.after[case_id] = fold(steps, frame, past[case_id] + facts, said)
    return folded


def _keep(work: UnitOfWork, folded: _Folded) -> set[str]:
    """Writes the cases; returns those whose row somebody else made first."""
    known = {case_id: case for case_id, case in folded.after.items() if case_id in folded.before}
    fresh = {case_id: case for case_id, case in folded.after.items() if case_id not in folded.before}
    if known:
        queries.update(work.connection, known)
    return queries.insert(work.connection, fresh) if fresh else set()


def _record(work: UnitOfWork, folded: _Folded, done: Arrivals) -> None:
    queries.keep_events(work.connection, [_happened(each) for arrivals in done.values() for each in arrivals])
    after = {case_id: folded.after[case_id] for case_id in done}
    queries.derive(work.connection, folded.before, after)
    batches.keep(work.connection, folded.before, after)


def _happened(arrived: Arrived) -> Happened:
    head = arrived.head
    return Happened(head.subject, *arrived.order, head.id, head.source, head.time, head.recordedtime, arrived.record.value)


def _confirm(work: UnitOfWork, folded: _Folded, done: Arrivals, frame: Frame) -> None:
    """Says *delivered* for what has now taken effect here and was not asked for before (D11).

    A rebuild says it all again, and its ids say nothing new (D9). Where it started is no measure of what took effect by then: a record that
    was parked, or waited for another, may do so for the first time while it is read again or released.
    """
    for case_id in done:
        case = folded.after[case_id]
        for confirmation in receipts.newly_asked(folded.before.get(case_id, NEW), case, work.province):
            work.emit(receipts.delivered(case_id, confirmation, frame.provinces[work.province], work.now))


def _tell(work: UnitOfWork, folded: _Folded, done: Arrivals, frame: Frame) -> None:
    """Leaves word for the inboxes of this node's members; a rebuild leaves it again, and whoever hands it out knows what was told."""
    nobody = {node_source(work.province)}
    told: list[Told] = []
    for case_id in done:
        fresh = unsaid(folded.notices[case_id], folded.before.get(case_id, NEW))
        told += [Told(case_id, each) for each in of_province(fresh, work.province, frame.provinces[work.province], nobody)]
    if told:
        noticeboard.post(work.connection, told)


def recount(connection: Connection, family: str, steps: Steps, frame: Frame) -> int:
    """Folds again the cases of a family with a due time in a year that was not published when it was counted; how many changed.

    Before that, those that an earlier edition of the mechanics folded. Once the calendar knows the year they are certain, and left alone.
    """
    changed = 0
    while older := coming.older(connection, family):
        changed += _again(connection, older, steps, frame)
    return changed + _again(connection, coming.uncertain(connection, family), steps, frame)


def _again(connection: Connection, cases: Sequence[str], steps: Steps, frame: Frame) -> int:
    """Folds these cases again in one transaction, locked as by a batch; how many are another."""
    with connection.transaction():
        kept = queries.lock(connection, cases)
        past = queries.history(connection, list(kept))
        before = {case_id: unpack(packed) for case_id, packed in kept.items()}
        after = {case_id: fold(steps, frame, past[case_id]) for case_id in kept}
        if after:
            queries.update(connection, after)
            queries.derive(connection, before, after)
    return sum(after[case_id] != before[case_id] for case_id in after)
