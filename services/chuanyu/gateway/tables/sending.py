"""Statements on their way to the gateway: in batches, one under way while the next is read, answered in their order."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Protocol

from chuanyu.domain.violations import Violation, violation
from chuanyu.gateway.tables.kinds import Parsed
from chuanyu.gateway.tables.report import Result, merged
from chuanyu.kernel.faults import Fault

CONFLICT = "conflicting_content"
BATCH = 500
CHARACTERS = 500_000
"""Of table text in a batch: with names and quotes around it a request stays below gRPC's 4 MiB."""
UNDER_WAY = 2
"""Batches read ahead at most. They are sent one after the other: of two statements of one thing the first must come first (T9)."""


class Submitter(Protocol):
    """A door of the gateway: takes 1 to 500 CloudEvents in JSON form, gives one result for each, in order (interfaces.md, Submitting).

    What it raises (a Transient fault when nobody answers) goes through to the caller; results given before stand.
    """

    def submit(self, events: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]: ...


@dataclass(frozen=True, slots=True)
class Sender:
    """Who hands the table in: `source` is the member's own path, `file` tells it from others in the ids of its events of `type`."""

    source: str
    file: str
    type: str

    def event(self, parsed: Parsed) -> dict[str, Any]:
        """A statement as a CloudEvent. Its id names file and row; what it is known by at the gateway is its business key (D19)."""
        event = {
            "specversion": "1.0",
            "type": self.type,
            "source": self.source,
            "id": f"{self.file}-{parsed.numbers[0]}",
            "datacontenttype": "application/json",
            "data": parsed.data,
        }
        return event if parsed.time is None else event | {"time": parsed.time}


def answered(statements: Iterable[Parsed], submitter: Submitter, sender: Sender) -> Iterator[tuple[Parsed, Result]]:
    """Each statement with its answer, in order. Those with violations are not sent: they are refused here, with all of them."""
    waiting: deque[tuple[list[Parsed], Future[list[Result]]]] = deque()
    line = ThreadPoolExecutor(1)
    sending = _Sending(submitter, sender)
    try:
        for batch in _batches(statements):
            waiting.append((batch, line.submit(sending.send, batch)))
            if len(waiting) > UNDER_WAY:
                yield from _next(waiting)
        while waiting:
            yield from _next(waiting)
    finally:
        line.shutdown(cancel_futures=True)


@dataclass(slots=True)
class _Sending:
    """Behind a batch that failed nothing more is sent: a later statement of a thing must not come before an earlier one."""

    submitter: Submitter
    sender: Sender
    failed: Fault | None = None

    def send(self, batch: Sequence[Parsed]) -> list[Result]:
        if self.failed:
            raise self.failed
        fit = [self.sender.event(parsed) for parsed in batch if not parsed.violations]
        try:
            answers = iter(self.submitter.submit(fit) if fit else ())
        except Fault as fault:
            self.failed = fault
            raise
        return [_result(parsed, None if parsed.violations else next(answers)) for parsed in batch]


def _batches(statements: Iterable[Parsed]) -> Iterator[list[Parsed]]:
    batch: list[Parsed] = []
    size = 0
    for parsed in statements:
        size += parsed.characters
        if batch and (len(batch) == BATCH or size > CHARACTERS):
            yield batch
            batch, size = [], parsed.characters
        batch.append(parsed)
    if batch:
        yield batch


def _next(waiting: deque[tuple[list[Parsed], Future[list[Result]]]]) -> Iterator[tuple[Parsed, Result]]:
    batch, under_way = waiting.popleft()
    yield from zip(batch, under_way.result(), strict=True)


def _result(parsed: Parsed, answer: dict[str, Any] | None) -> Result:
    if answer is None:
        return Result("refused", violations=parsed.violations, warnings=parsed.warnings)
    return Result(
        outcome=answer["outcome"],
        event_id=answer.get("event_id"),
        case_id=answer.get("case_id"),
        violations=_for_tables(_findings(answer.get("violations")), answer.get("current_event_id")),
        warnings=merged(parsed.warnings, _findings(answer.get("warnings"))),
    )


def _for_tables(found: Sequence[Violation], current: str | None) -> tuple[Violation, ...]:
    """A table cannot name the version that it corrects: the gateway's advice for events becomes one for rows."""
    if current is None:
        return tuple(found)
    facts = {"fields": ", ".join(one.field for one in found), "current": current}
    return tuple(conflict(one.field, "row_conflicts", **facts) if one.code == CONFLICT else one for one in found)


def conflict(field: str, text: str, /, **facts: object) -> Violation:
    """The finding `conflicting_content` in the words of another text."""
    return replace(violation(text, field, **facts), code=CONFLICT)


def _findings(said: Sequence[dict[str, str]] | None) -> tuple[Violation, ...]:
    return tuple(Violation(one["field"], one["code"], one["zh"], one["en"]) for one in said or ())
