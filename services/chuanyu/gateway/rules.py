"""
What a submission must be before anything is looked up: all its faults at once, or a claim that can be accepted. Pure.

The envelope is judged in envelope.py, what the data must be beyond their schema in contents.py, what counts in a comparison in content.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chuanyu.contracting import forms
from chuanyu.contracts import registry
from chuanyu.contracts.registry import Contract
from chuanyu.domain.routing import Routing
from chuanyu.domain.violations import Violation, violation
from chuanyu.gateway import content, contents, envelope, ids, joining, keys
from chuanyu.gateway.contents import Node
from chuanyu.gateway.envelope import Extras, Findings, Submission
from chuanyu.gateway.keys import Joined, Original, Rule
from chuanyu.gateway.members import Member

LONGEST_KEY = 1_000  # bytes: an index takes 2,704 for the whole statement
_RULES = keys.rules()
_DENIALS = {"province_foreign", "source_foreign", "type_not_permitted", "type_not_for_members", "jurisdiction_foreign"}
_DENIALS |= {"authority_foreign", "not_the_issuer", "issuer_or_above_alone", "provinces_alone"}
_STATUS = {"conflicting_content": "ALREADY_EXISTS", "not_current_version": "ABORTED"}


@dataclass(frozen=True, slots=True)
class Claim:
    """A submission that is fit to be accepted.

    wire: its data as they will be written, but for head.case_id · key: by which it is known again · mark: of its event id
    case_id: None while it follows from another event · content: SHA-256 of what counts in a comparison
    again: once withdrawn, it may be said anew · joins: the case that it adds to
    """

    contract: Contract
    wire: dict[str, Any]
    key: str
    mark: int
    source: str
    case_id: str | None
    original: Original | None
    correction_of: UUID | None
    content: bytes
    again: bool
    extras: Extras
    joins: Joined | None = None

    @property
    def named(self) -> str:
        """The case that its submitter named, empty for none."""
        case: str = self.wire["head"]["case_id"]
        return case


@dataclass(frozen=True, slots=True)
class Judged:
    """What the rules found. claim is None exactly when there are violations; wire: the data as far as they could be read."""

    submission: Submission
    member: Member
    claim: Claim | None
    violations: tuple[Violation, ...]
    warnings: tuple[Violation, ...]
    routing: Routing | None = None


def status_of(violations: Iterable[Violation]) -> str:
    """The canonical code that an event with these violations would meet alone; empty without any."""
    codes = {found.code for found in violations}
    if codes & _DENIALS:
        return "PERMISSION_DENIED"
    return next((_STATUS[code] for code in codes if code in _STATUS), "INVALID_ARGUMENT") if codes else ""


def judge(submission: Submission, member: Member, node: Node) -> Judged:
    """Everything that can be said about a submission without looking at what was said before."""
    found = Findings()
    extras = envelope.examine(submission, member, node.province, node.now, found)
    contract = _contract(submission, member, found)
    if contract is None:
        return _judged(submission, member, found)
    wire, faults = forms.from_json(contract, submission.data)
    found.refusals += faults
    event = _event(contract)
    if wire:
        contents.examine(event, wire, member, found)
        _head(wire["head"] or {}, extras, found)
    if faults:
        return _judged(submission, member, found)
    digest = content.digest(contract, wire)
    routing = contents.complete(event, wire, node, found)
    if found.refusals:
        return _judged(submission, member, found, routing)
    claim = _claim(_RULES[event], contract, wire, digest, submission, node, extras)
    if claim.joins and (claim.named or claim.correction_of is None):
        joining.examine(claim.joins, claim.named, node.provinces, found)
    _compare(submission, claim, found)
    return _judged(submission, member, found, routing, claim)


def submitted() -> frozenset[str]:
    """What members may submit at all, as `family.event`."""
    return frozenset(_RULES)


def placed(submission: Submission, claim: Claim, case_id: str) -> tuple[Violation, ...]:
    """What contradicts the case that a claim turns out to stand in."""
    found = Findings()
    if claim.wire["head"]["case_id"] not in ("", case_id):
        found.refuse("set_by_gateway", "head.case_id", value=case_id)
    envelope.compare(submission, {"subject": case_id}, found)
    return tuple(found.refusals)


def permitted(member: Member, event: str, family: str) -> tuple[Violation, ...]:
    """Case events travel on the topic of their case: whoever says one may also say something of that family."""
    fine = not event.startswith("case.") or member.has_family(family)
    return () if fine else (violation("type_not_permitted", "type", member=member.id, type=f"{event} ({family})"),)


def _contract(submission: Submission, member: Member, found: Findings) -> Contract | None:
    contract = registry.BY_TYPE.get(submission.type)
    if contract is None:
        found.refuse("type_unknown", "type")
    elif _event(contract) not in _RULES:
        found.refuse("type_not_for_members", "type", type=submission.type)
        return None
    elif not member.may_publish(contract.family, contract.event):
        found.refuse("type_not_permitted", "type", member=member.id, type=submission.type)
    return contract


def _event(contract: Contract) -> str:
    return f"{contract.family}.{contract.event}"


def _head(head: dict[str, Any], extras: Extras, found: Findings) -> None:
    if head.get("backfilled") and (extras.time is None or not head["backfill_reason"]):
        found.refuse("backfill_incomplete", "head.backfill_reason" if extras.time is not None else "time")


def _claim(
    rule: Rule, contract: Contract, wire: dict[str, Any], digest: bytes, submission: Submission, node: Node, extras: Extras
) -> Claim:
    business = keys.joined(rule.parts(wire)) if rule.parts else ""
    mark = ids.mark(contract.type, business, submission.source, submission.id)
    key = business if rule.parts else keys.joined((submission.source, submission.id))
    correction = wire["head"]["correction_of"]
    opens = rule.original is None and rule.joins is None and correction is None
    return Claim(
        contract=contract,
        wire=wire,
        key=key if rule.parts else ids.word(mark),
        mark=mark,
        source=submission.source,
        case_id=keys.case_id(node.province, contract.family, key) if opens else None,
        original=rule.original(wire) if rule.original else None,
        correction_of=UUID(correction) if correction else None,
        content=digest,
        again=rule.again,
        extras=extras,
        joins=rule.joins(wire) if rule.joins else None,
    )


def _compare(submission: Submission, claim: Claim, found: Findings) -> None:
    computed = {"dataschema": claim.contract.dataschema, "dataclassification": claim.contract.data_class}
    envelope.compare(submission, computed, found)
    if len(claim.key.encode()) > LONGEST_KEY:
        found.refuse("key_too_long", "", limit=LONGEST_KEY)
    if claim.case_id is not None:
        found.refusals += placed(submission, claim, claim.case_id)


def _judged(submission: Submission, member: Member, found: Findings, routing: Routing | None = None, claim: Claim | None = None) -> Judged:
    fit = None if found.refusals else claim
    return Judged(submission, member, fit, tuple(found.refusals), tuple(found.warnings), routing)
