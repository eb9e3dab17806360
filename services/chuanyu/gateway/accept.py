"""
The acceptance desk: submissions are judged, settled and logged in one transaction, and answered only after its commit (P1).

Callers wait on an event loop; a few threads with a connection each do the work. A thread takes what waits when it comes back from its
commit, so single submissions that arrive together share one: under load they cost a fraction of a commit each, alone they wait for nobody.
"""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from chuanyu.contracting import forms
from chuanyu.contracts import registry
from chuanyu.domain.routing import Routing
from chuanyu.domain.violations import Violation, violation
from chuanyu.gateway import rules
from chuanyu.gateway.contents import Node
from chuanyu.gateway.envelope import Submission
from chuanyu.gateway.members import Member
from chuanyu.gateway.rules import Judged
from chuanyu.gateway.settle import Settled, Settlement
from chuanyu.kernel import log, metrics
from chuanyu.kernel.faults import StoreAway
from chuanyu.kernel.refusals import Kind, Refused
from chuanyu.kernel.store import Connection, Store, entry_of, faults
from chuanyu.kernel.store import log as bus_log

BATCH = 500  # events a request, and a transaction that several requests share
QUEUE = 4_000  # events that may wait


@dataclass(frozen=True, slots=True)
class Result:
    """What a submitter is told of one event. status: canonical code, empty unless refused; current: the version to correct."""

    submission_id: str
    outcome: str
    event_id: UUID | None
    case_id: str | None
    violations: tuple[Violation, ...]
    warnings: tuple[Violation, ...]
    status: str
    current: UUID | None
    judged: Judged

    @property
    def routing(self) -> Routing | None:
        return self.judged.routing

    def data(self) -> dict[str, Any] | None:
        """The JSON of the data as accepted, the case set; None where there were violations."""
        claim = self.judged.claim
        if claim is None:
            return None
        head = {**claim.wire["head"], "case_id": self.case_id or ""}
        return forms.to_json(claim.contract, {**claim.wire, "head": head})


@dataclass(frozen=True, slots=True)
class Place:
    """The node that accepts. provinces: word → two digits; partitions: topic → count; log_limit: rows that may wait for the relay."""

    province: str
    provinces: Mapping[str, str]
    partitions: Mapping[str, int]
    log_limit: int = 1_000_000


@dataclass(slots=True)
class _Request:
    member: Member
    submissions: Sequence[Submission]
    keep: bool
    answer: asyncio.Future[list[Result]]
    loop: asyncio.AbstractEventLoop

    def resolve(self, results: list[Result]) -> None:
        self._tell(self.answer.set_result, results)

    def fail(self, error: Exception) -> None:
        self._tell(self.answer.set_exception, error)

    def _tell(self, settle: Callable[[Any], None], outcome: Any) -> None:
        self.loop.call_soon_threadsafe(lambda: None if self.answer.done() else settle(outcome))


def now_ms() -> int:
    """The node's clock."""
    return time.time_ns() // 1_000_000


class Desk:
    """Takes submissions from event loops. Close it to let its threads go; what was taken is still answered.

    threads: each with a connection of its own; look_seconds: how old the known depth of the log may be.
    """

    def __init__(
        self, store: Store, place: Place, *, threads: int = 2, clock: Callable[[], int] = now_ms, look_seconds: float = 1.0
    ) -> None:
        self._store, self._place, self._clock, self._look_seconds = store, place, clock, look_seconds
        self._waiting: queue.SimpleQueue[_Request | None] = queue.SimpleQueue()
        self._events = 0
        self._guard = threading.Lock()
        self._depth = (0.0, 0)
        self._threads = [threading.Thread(target=self._work, name=f"accept-{n}", daemon=True) for n in range(threads)]
        for thread in self._threads:
            thread.start()

    async def submit(self, member: Member, submissions: Sequence[Submission], *, keep: bool = True) -> list[Result]:
        """One result an event, in order, after the commit. keep=False: judges only, what it would be; nothing is stored.

        Raises Refused: INVALID_ARGUMENT `events_missing`, `events_too_many`; RESOURCE_EXHAUSTED `overloaded`, `log_full`. Raises StoreAway.
        """
        if not 0 < len(submissions) <= BATCH:
            fault = violation("events_too_many", "events", limit=BATCH) if submissions else violation("events_missing", "events")
            raise Refused(Kind.INVALID_ARGUMENT, [fault])
        self._count(len(submissions))
        try:
            loop = asyncio.get_running_loop()
            request = _Request(member, submissions, keep, loop.create_future(), loop)
            self._waiting.put(request)
            return await request.answer
        finally:
            self._count(-len(submissions))

    def close(self) -> None:
        """Answers what waits, then ends the threads."""
        for _ in self._threads:
            self._waiting.put(None)
        for thread in self._threads:
            thread.join()

    def _count(self, events: int) -> None:
        with self._guard:
            if events > 0 and self._events + events > QUEUE:
                raise Refused(Kind.RESOURCE_EXHAUSTED, [violation("overloaded", "")])
            self._events += events

    def _work(self) -> None:
        session = _Session(self._store)
        last = False
        while not last:
            group, last = self._group()
            if group:
                self._answer(session, group)
        session.end()

    def _group(self) -> tuple[list[_Request], bool]:
        """What waits, up to a batch; a request that is only to be judged stays alone. True when it was the last."""
        group: list[_Request] = []
        request = self._waiting.get()
        while request is not None:
            group += [request] if not request.answer.done() else []
            if sum(len(one.submissions) for one in group) + 1 > BATCH or not request.keep:
                return group, False
            try:
                request = self._waiting.get_nowait()
            except queue.Empty:
                return group, False
        return group, True

    def _answer(self, session: _Session, group: list[_Request]) -> None:
        kept = [one for one in group if one.keep]
        for part in (kept, *([one] for one in group if not one.keep)):
            if part:
                self._answer_together(session, part)

    def _answer_together(self, session: _Session, group: Sequence[_Request]) -> None:
        judged = [(request, one) for request in group if (one := self._judge(request)) is not None]
        if not judged:
            return
        try:
            results = self._accept(session.connection(), [one for _, several in judged for one in several], group[0].keep)
        except Exception as error:  # noqa: BLE001 - the edge of the thread: every caller learns what became of his request
            if not isinstance(error, Refused):
                session.end()
            for request, _ in judged:
                request.fail(error)
            return
        for request, _ in judged:
            own = [results.pop(0) for _ in request.submissions]
            if request.keep:
                _record(request.member, own)
            request.resolve(own)

    def _judge(self, request: _Request) -> list[Judged] | None:
        """None when judging itself failed: our bug, and nobody else's request suffers from it."""
        node = Node(self._place.province, self._place.provinces, self._clock())
        try:
            return [rules.judge(one, request.member, node) for one in request.submissions]
        except Exception as error:  # noqa: BLE001 - as above
            request.fail(error)
            return None

    def _accept(self, connection: Connection, judged: Sequence[Judged], keep: bool) -> list[Result]:
        with faults():
            self._look(connection)
            with connection.transaction(force_rollback=not keep):
                bus_log.open_for_append(connection)
                settled = self._settle(connection, judged, keep)
        return [_result(one, what, keep) for one, what in zip(judged, settled, strict=True)]

    def _settle(self, connection: Connection, judged: Sequence[Judged], keep: bool) -> list[Settled]:
        now = self._clock()
        settled = Settlement(connection, now).settle(judged)
        accepted = [what.draft for what in settled if what.draft is not None]
        if accepted and keep:
            bus_log.append(connection, [entry_of(draft, self._place.partitions) for draft in accepted])
        return settled

    def _look(self, connection: Connection) -> None:
        """Raises Refused while too much waits for the relay."""
        looked, depth = self._depth
        if time.monotonic() - looked > self._look_seconds:
            depth = bus_log.depth(connection)[0]
            self._depth = (time.monotonic(), depth)
        if depth >= self._place.log_limit:
            raise Refused(Kind.RESOURCE_EXHAUSTED, [violation("log_full", "", limit=self._place.log_limit)])


def _record(member: Member, results: Sequence[Result]) -> None:
    """Counts all; writes a line for each denial, which must be found again, and one for each other reason of the request."""
    reasons: Counter[str] = Counter()
    for result in results:
        contract = registry.BY_TYPE.get(result.judged.submission.type)
        _counter(contract.family if contract else "other", result.outcome).inc()
        if result.status == "PERMISSION_DENIED":
            kind, code = contract.type if contract else None, result.violations[0].code
            log.outcome("submission_denied", member=member.id, type=kind, code=code, status=result.status)
        elif result.outcome == "refused":
            reasons[result.violations[0].code] += 1
    for code, count in reasons.items():
        log.outcome("submissions_refused", member=member.id, code=code, count=count)


@cache
def _counter(family: str, outcome: str) -> Any:
    return metrics.child(metrics.ACCEPTED, family=family, outcome=outcome)


class _Session:
    """A thread's own connection, made when it is needed and given up after a fault."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._connection: Connection | None = None

    def connection(self) -> Connection:
        if self._connection is None or self._connection.closed:
            self._connection = self._store.connect(application="chuanyu-gateway")
        return self._connection

    def end(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _result(judged: Judged, settled: Settled, keep: bool) -> Result:
    stands = keep or settled.outcome == "duplicate"
    return Result(
        submission_id=judged.submission.id,
        outcome=settled.outcome,
        event_id=settled.event_id if stands else None,
        case_id=settled.case_id,
        violations=settled.violations,
        warnings=judged.warnings + settled.warnings,
        status=rules.status_of(settled.violations),
        current=settled.current,
        judged=judged,
    )


__all__ = ["BATCH", "Desk", "Place", "Result", "StoreAway", "Submission"]
