"""
What no record of a case may lack, whoever accepted it: rules of the record alone (D4, D13). Pure.

Every service that hears a record asks here, so none parks what another applies, and the gateway asks before it accepts. A rule that needs
the case, a table or the other province has no place here (D12).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol
from uuid import UUID

from chuanyu.domain.record_fields import LONGEST_TEXT, divisions, instants, reference, texts
from chuanyu.domain.record_rules import OF_EVENTS
from chuanyu.domain.violations import Violation, violation

__all__ = ["LONGEST_TEXT", "OF_EVENTS", "OPENINGS", "Envelope", "breaches"]

OPENINGS = frozenset({"spotcheck.result_reported", "spotcheck.plan_published", "recall.notice_issued", "credit.sanction_imposed"})
OPENINGS |= {"warning.alert_raised", "reference.laboratory_changed", "reference.certificate_changed", "reference.recognition_disputed"}
"""What founds a case, as `family.event`; a correction of one replaces it whole."""


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
    if (kind in OPENINGS or _by_silence(kind, event)) and envelope.source.split("/")[1] != home:
        yield violation("not_the_home", "source")
    yield from instants({"time": envelope.time, "recordedtime": envelope.recordedtime})
    yield from reference(head.correction_of, "head.correction_of")
    if head.correction_of == str(envelope.id):
        yield violation("corrects_itself", "head.correction_of")
    yield from divisions([each.division for each in head.flagged], "head.flagged")
    yield from divisions(head.attention, "head.attention")
    yield from texts({"head.campaign": head.campaign})
    if rule := OF_EVENTS.get(kind):
        yield from rule(event, key)


def _by_silence(kind: str, event: Any) -> bool:
    """That nobody answered is found by the home of the case alone (D10)."""
    return kind == "case.case_closed" and event.basis == "SILENCE"
