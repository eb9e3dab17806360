"""What no event of a case may lack, whoever accepted it: rules of the record alone (D13). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from chuanyu.casework.bonds import reference
from chuanyu.casework.steps import Steps
from chuanyu.contracts.case import ReceiptIssued
from chuanyu.contracts.common import ReceiptKind
from chuanyu.kernel.envelope import Head
from chuanyu.kernel.faults import RuleViolated

_DIVISION = re.compile(r"[0-9]{6}", re.ASCII)
_LATEST = 7_258_118_400_000  # 2200-01-01: no calendar is asked beyond it


def check(steps: Steps, head: Head, event: Any) -> None:
    """The rules of every family, then those of this one. Raises RuleViolated with the field that breaks one."""
    said = event.head
    home, family, _ = head.subject.split("/", 2)
    _demand(said.case_id == head.subject, "head.case_id", "the body names another case than the record")
    _demand(head.type.split(".")[1] in (family, "case"), "type", "an event of another family than its case")
    _demand(type(event) not in steps.openings or head.source.split("/")[1] == home, "source", "only its home opens or corrects a case")
    _demand(0 <= head.time <= _LATEST and 0 <= head.recordedtime <= _LATEST, "time", "an instant that no calendar knows")
    _demand(said.correction_of != str(head.id), "head.correction_of", "an event cannot correct itself")
    divisions((each.division for each in said.flagged), "head.flagged")
    divisions(said.attention, "head.attention")
    _refers(steps, event)
    steps.check(event)


def divisions(codes: Iterable[str], field: str) -> None:
    """Every code is six digits. Raises RuleViolated."""
    for code in codes:
        _demand(_DIVISION.fullmatch(code), field, "a division code has six digits")


def _refers(steps: Steps, event: Any) -> None:
    try:
        reference(steps, event)
    except ValueError:
        raise RuleViolated("a reference is no event id", field="event_id") from None
    if isinstance(event, ReceiptIssued):
        _demand(event.kind is not ReceiptKind.UNKNOWN, "kind", "a receipt of no kind")
        divisions([event.authority.division], "authority.division")


def _demand(held: object, field: str, otherwise: str) -> None:
    if not held:
        raise RuleViolated(otherwise, field=field)
