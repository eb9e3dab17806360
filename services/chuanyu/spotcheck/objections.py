"""异议和复检: what a party disputes, who names the re-test laboratory, what a conclusion does. Pure; source: domain 4.6, 7.3, 7.4."""

from __future__ import annotations

from collections.abc import Iterator

from chuanyu.casework.case import Case, Fact, Objection, Obligation, Standing
from chuanyu.casework.steps import Change, Duty
from chuanyu.contracts.common import LaboratoryRef, ObjectionKind
from chuanyu.contracts.spotcheck import ObjectionOutcome, ObjectionRaised, ObjectionResolved
from chuanyu.domain.dates import from_days
from chuanyu.domain.divisions import above
from chuanyu.domain.text import compact
from chuanyu.spotcheck import duties, terms
from chuanyu.spotcheck.standing import DOES_NOT_STAND, alive


def raised(case: Case, fact: Fact) -> Change:
    """An objection stays open until it is resolved; one that comes after its term is not accepted. Control measures go on meanwhile."""
    said: ObjectionRaised = fact.event
    if case.standing is not Standing.STANDS or case.stage == "PASSED":
        return DOES_NOT_STAND
    known = _known(case, said.kind, said.raised_on)
    if known and known.event is not None:
        return Change(remarks=("objection_raised_twice",))
    late, assumed = terms.judged(case.terms, said)
    refused = ObjectionOutcome.NOT_ACCEPTED.value if late and not assumed else ""
    now = Objection(said.kind.value, said.raised_on, said.authority.division, fact.id, known.outcome if known else refused)
    if known:
        now = Objection(now.kind, now.raised_on, now.authority, now.event, known.outcome, known.resolved_on, known.resolved_by)
    found = _with(case, now)
    return Change(
        objections=found,
        also_owed=tuple(_retest(said, fact)) if now.open else (),
        alive=alive(case.parts, found),
        remarks=(*_lateness(late, assumed), *_same(case, said.retest_lab)),
    )


def resolved(case: Case, fact: Fact) -> Change:
    """A conclusion closes its objection. *Overturned* undoes the result as a withdrawal does (domain 7.4); all else leaves it as it is."""
    said: ObjectionResolved = fact.event
    if case.standing is not Standing.STANDS:
        return DOES_NOT_STAND
    if said.outcome is ObjectionOutcome.UNKNOWN:
        return Change(remarks=("outcome_unknown",))
    known = _known(case, said.kind, said.raised_on) or Objection(said.kind.value, said.raised_on)
    now = Objection(known.kind, known.raised_on, known.authority, known.event, said.outcome.value, said.resolved_on, fact.id)
    found = _with(case, now)
    remarks = (*_handled(known, said), *_same(case, said.retest_lab))
    answered = tuple(each.id for each in case.obligations if each.open and _names(each, known) and _tested_again(said))
    if said.outcome is ObjectionOutcome.OVERTURNED:
        return Change(standing=Standing.OVERTURNED, alive=False, owed=(), met=answered, objections=found, undoes=True, remarks=remarks)
    return Change(
        objections=found,
        met=answered,
        owed=duties.still_owed(case, lambda each: _names(each, known)),
        alive=case.stage != "PASSED" and alive(case.parts, found),
        remarks=remarks,
    )


def retests(case: Case) -> Iterator[Duty]:
    """The laboratories for re-tests that are still asked for, whatever the result was corrected to in between."""
    for each in case.objections:
        if each.open and each.kind == ObjectionKind.RETEST:
            yield Duty(duties.RETEST_LABORATORY, each.authority, _part(each.raised_on))


def _retest(said: ObjectionRaised, fact: Fact) -> Iterator[Duty]:
    """复检 alone asks for a laboratory; one that is named at once, or by a correction, answers when it was named."""
    if said.kind is ObjectionKind.RETEST:
        answered = fact.said_at if said.retest_lab else None
        yield Duty(duties.RETEST_LABORATORY, said.authority.division, _part(said.raised_on), answered=answered)


def _part(raised_on: int) -> str:
    """The objection that a duty is about: the day on which it was raised."""
    return from_days(raised_on).isoformat()


def _names(obligation: Obligation, objection: Objection) -> bool:
    """Whether the obligation is to name the laboratory of this objection."""
    return (
        objection.kind == ObjectionKind.RETEST
        and obligation.rule == duties.RETEST_LABORATORY
        and obligation.part == _part(objection.raised_on)
        and obligation.authority == objection.authority
    )


def _tested_again(said: ObjectionResolved) -> bool:
    return said.retest_lab is not None or said.outcome in (ObjectionOutcome.UPHELD, ObjectionOutcome.OVERTURNED)


def _lateness(late: bool, assumed: bool) -> Iterator[str]:
    """While nobody knows when the party was served, its term is only assumed and refuses nobody."""
    if late:
        yield "objection_after_assumed_term" if assumed else "objection_after_term"


def _same(case: Case, lab: LaboratoryRef | None) -> Iterator[str]:
    """The laboratory of the first test never tests again (办法 32)."""
    number, name = case.laboratory
    if lab and (lab.cma_no == number if lab.cma_no and number else bool(name) and compact(lab.name) == name):
        yield "retest_by_same_laboratory"


def _handled(known: Objection, said: ObjectionResolved) -> Iterator[str]:
    """Whoever handled the objection concludes, or a level above."""
    if known.authority and said.authority.division not in (known.authority, *above(known.authority)):
        yield "not_the_handling_authority"


def _known(case: Case, kind: str, raised_on: int) -> Objection | None:
    return next((each for each in case.objections if (each.kind, each.raised_on) == (kind, raised_on)), None)


def _with(case: Case, now: Objection) -> tuple[Objection, ...]:
    others = (each for each in case.objections if (each.kind, each.raised_on) != (now.kind, now.raised_on))
    return (*others, now)
