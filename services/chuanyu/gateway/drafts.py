"""The record that a claim becomes, and what only the whole record can tell of it. Pure."""

from __future__ import annotations

from uuid import UUID

from chuanyu.contracting import forms
from chuanyu.domain.records import breaches
from chuanyu.domain.violations import Violation, violation
from chuanyu.gateway.rules import Claim
from chuanyu.kernel import codec
from chuanyu.kernel.codec import LARGEST_VALUE, Draft
from chuanyu.kernel.faults import RecordTooLarge


def drafted(claim: Claim, event_id: UUID, case: str, now: int) -> Draft | tuple[Violation, ...]:
    """The record of a claim in its case, or why every service would park it, at both nodes. now: ms, its recordedtime."""
    try:
        draft = _draft(claim, event_id, case, now)
    except RecordTooLarge:
        return (violation("event_too_large", "", limit=LARGEST_VALUE),)
    return tuple(breaches(draft.head, draft.event)) or draft


def _draft(claim: Claim, event_id: UUID, case: str, now: int) -> Draft:
    wire = {**claim.wire, "head": {**claim.wire["head"], "case_id": case}}
    extras = claim.extras
    return codec.draft(
        forms.to_event(claim.contract, wire),
        id=event_id,
        source=claim.source,
        subject=case,
        time=now if extras.time is None else extras.time,
        recordedtime=now,
        correlationid=extras.correlationid,
        causationid=extras.causationid,
        traceparent=extras.traceparent,
        member_signature=extras.member_signature,
    )
