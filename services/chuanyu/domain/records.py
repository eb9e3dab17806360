"""
What no record of a case may lack, whoever accepted it: rules of the record alone (D4, D13). Pure.

Every service that hears a record asks here, so none parks what another applies, and the gateway asks before it accepts. A rule that needs
the case, a table or the other province has no place here (D12).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from chuanyu.domain.dates import midnight, to_days
from chuanyu.domain.text import identifier
from chuanyu.domain.violations import Violation, violation

OPENINGS = frozenset({"spotcheck.result_reported", "recall.notice_issued", "credit.sanction_imposed", "warning.alert_raised"})
"""What founds a case, as `family.event`; a correction of one replaces it whole."""

LONGEST_TEXT = 1_000  # bytes in the form in which it is compared: an index takes two of them
_WIDEST = 40  # bytes that one character may become in that form
_DIVISION = re.compile(r"[0-9]{6}", re.ASCII)
_FIRST_DAY, _END = to_days(date(1900, 1, 1)), to_days(date(2200, 1, 1))  # no calendar is asked beyond them
_LAST_INSTANT = midnight(_END) - 1


class Envelope(Protocol):
    """What the headers of a record say; time and recordedtime in ms."""

    @property
    def id(self) -> UUID: ...
    @property
    def source(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def time(self) -> int: ...
    @property
    def recordedtime(self) -> int: ...


def breaches(envelope: Envelope, event: Any) -> Iterator[Violation]:
    """All that is wrong with a record by itself, in a fixed order; nothing for a sound one. event: a struct of `contracts` with a head."""
    _, family, name, _ = envelope.type.split(".")
    home, case_family, key = envelope.subject.split("/", 2)
    head, kind = event.head, f"{family}.{name}"
    if head.case_id != envelope.subject:
        yield violation("case_differs", "head.case_id")
    if family not in (case_family, "case"):
        yield violation("family_differs", "type")
    if kind in OPENINGS and envelope.source.split("/")[1] != home:
        yield violation("not_the_home", "source")
    yield from _instants({"time": envelope.time, "recordedtime": envelope.recordedtime})
    yield from _reference(head.correction_of, "head.correction_of")
    if head.correction_of == str(envelope.id):
        yield violation("corrects_itself", "head.correction_of")
    yield from _divisions([each.division for each in head.flagged], "head.flagged")
    yield from _divisions(head.attention, "head.attention")
    yield from _texts({"head.campaign": head.campaign})
    if rule := OF_EVENTS.get(kind):
        yield from rule(event, key)


def _result(event: Any, key: str) -> Iterator[Violation]:
    """A result stands in the case of its sample, by which it is asked for (D19)."""
    if key != event.sampling.sample_no:
        yield violation("sample_differs", "sampling.sample_no")
    if event.verdict == "FAILED" and not event.items:
        yield violation("no_failed_item", "items")
    report, publication, lab = event.report, event.publication, event.lab
    yield from _days({"sampling.taken_on": event.sampling.taken_on, "product.produced_on": event.product.produced_on})
    if report:
        yield from _days({"report.received_on": report.received_on, "report.issued_on": report.issued_on})
        yield from _texts({"report.report_no": report.report_no})
    if publication:
        yield from _days({"publication.published_on": publication.published_on})
    if lab:
        yield from _texts({"lab.cma_no": lab.cma_no})
    yield from _texts({"product.name": event.product.name})
    yield from _party(event.sampled_unit.party, "sampled_unit.party")
    yield from _party(event.labelled_producer, "labelled_producer")


def _notice(event: Any, _: str) -> Iterator[Violation]:
    yield from _days({"issued_on": event.issued_on, "starts_on": event.starts_on, "ends_on": event.ends_on})
    for place, each in enumerate(event.products):
        path, batches = f"products[{place}]", each.batches
        yield from _days({f"{path}.product.produced_on": each.product.produced_on})
        days = {"produced_from": batches.produced_from, "produced_to": batches.produced_to}
        yield from _days({f"{path}.batches.{name}": day for name, day in days.items()})
    yield from _party(event.recaller, "recaller")
    yield from _divisions(event.consignee_divisions, "consignee_divisions")


def _sanction(event: Any, _: str) -> Iterator[Violation]:
    yield from _days({"decided_on": event.decided_on, "effective_from": event.effective_from})
    yield from _days({"until": event.until, "publish_until": event.publish_until})
    yield from _party(event.subject.party, "subject.party")


def _lifting(event: Any, _: str) -> Iterator[Violation]:
    yield from _instants({"effective_at": event.effective_at})


def _withdrawal(event: Any, _: str) -> Iterator[Violation]:
    yield from _reference(event.event_id, "event_id")


def _receipt(event: Any, _: str) -> Iterator[Violation]:
    yield from _reference(event.event_id, "event_id")
    if event.kind == "UNKNOWN":
        yield violation("receipt_kind_missing", "kind")
    yield from _divisions([event.authority.division], "authority.division")


def _alert(event: Any, _: str) -> Iterator[Violation]:
    yield from _days({"window_from": event.window_from, "window_to": event.window_to})
    for place, each in enumerate(event.evidence):
        yield from _reference(each, f"evidence[{place}]")
    yield from _divisions(event.regions, "regions")
    yield from _party(event.subject, "subject")


def _closing(event: Any, _: str) -> Iterator[Violation]:
    yield from _reference(event.event_id, "event_id")


OF_EVENTS: Mapping[str, Callable[[Any, str], Iterator[Violation]]] = {
    "spotcheck.result_reported": _result,
    "recall.notice_issued": _notice,
    "credit.sanction_imposed": _sanction,
    "credit.sanction_lifted": _lifting,
    "warning.alert_raised": _alert,
    "warning.alert_closed": _closing,
    "case.withdrawn": _withdrawal,
    "case.receipt_issued": _receipt,
}


def _days(days: Mapping[str, int | None]) -> Iterator[Violation]:
    for field, day in days.items():
        if day is not None and not _FIRST_DAY <= day < _END:
            yield violation("day_outside_calendar", field)


def _instants(instants: Mapping[str, int]) -> Iterator[Violation]:
    for field, at in instants.items():
        if not 0 <= at <= _LAST_INSTANT:
            yield violation("instant_outside_calendar", field)


def _divisions(codes: Iterable[str], field: str) -> Iterator[Violation]:
    if not all(map(_DIVISION.fullmatch, codes)):
        yield violation("division_malformed", field)


def _party(party: Any, path: str) -> Iterator[Violation]:
    if party is not None:
        yield from _texts({f"{path}.name": party.name, f"{path}.uscc": party.uscc, f"{path}.division": party.division})


def _texts(texts: Mapping[str, str | None]) -> Iterator[Violation]:
    """What a fact is found by has to fit into an index."""
    for field, text in texts.items():
        if not text:
            continue
        if "\0" in text:
            yield violation("control_character", field)
        if len(text) * _WIDEST > LONGEST_TEXT and len(identifier(text).encode()) > LONGEST_TEXT:
            yield violation("text_too_long", field, limit=LONGEST_TEXT)


def _reference(text: str | None, field: str) -> Iterator[Violation]:
    if text is not None and not _is_id(text):
        yield violation("uuid_malformed", field)


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
