"""核查处置: how far each part of a failed sample is, and what that answers. Pure; source: domain 4.6."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from chuanyu.casework.case import Case, Fact, Obliged, Progress, Standing
from chuanyu.casework.steps import Change, Duty
from chuanyu.contracts.common import Part
from chuanyu.contracts.spotcheck import Authenticity, DisposalState, DisposalUpdated
from chuanyu.domain.dates import day_of, from_millis
from chuanyu.domain.divisions import above, acting, successor
from chuanyu.spotcheck import duties, terms
from chuanyu.spotcheck.standing import DOES_NOT_STAND, alive

_WAY = ("NOT_STARTED", "STARTED", "CONTROLLED", "CAUSE_SOUGHT", "PENALTY", "RECHECKED", "FINISHED")
_NOT_FROM_ABOVE = Change(remarks=("sent_back_not_from_above",))
_ANSWERED_FROM = {duties.START: "STARTED", duties.CONTROL: "CONTROLLED", duties.RECHECK: "RECHECKED", duties.FINISH: "FINISHED"}


def updated(case: Case, fact: Fact) -> Change:
    """What an authority reports about its part. Whoever does not owe the part changes nothing; only a level above sends back (退回)."""
    said: DisposalUpdated = fact.event
    if case.standing is not Standing.STANDS:
        return DOES_NOT_STAND
    year = day_of(from_millis(fact.recordedtime)).year
    authority = successor(acting(said.authority.division, year))
    part = next((each for each in case.parts if each.part == said.part and not each.released), None)
    owing = successor(acting(part.authority, year)) if part else ""  # it may have ended since the part was given to it
    if said.state is DisposalState.SENT_BACK:
        return _sent_back(case, fact, part) if part and authority in above(owing) else _NOT_FROM_ABOVE
    if part is None or owing not in (authority, *above(authority)):
        return Change(remarks=("disposal_not_owed",))
    return _reached(case, fact, part)


def _reached(case: Case, fact: Fact, part: Progress) -> Change:
    said: DisposalUpdated = fact.event
    now = _progress(said, fact, part)
    parts = _with(case, now)
    ends, returns = now.counterfeit and not part.counterfeit, part.counterfeit and not now.counterfeit
    return Change(
        parts=parts,
        terms=None if said.served_on is None else terms.served(case.terms, part.part, said.served_on),
        met=(*_answered(case, now), *_told(case, said)),
        owed=duties.still_owed(case, lambda each: _is_of(each.authority, each.part, now)) if ends else None,
        also_owed=() if now.counterfeit else tuple(_also_owed(case, now, returns=returns)),
        alive=alive(parts, case.objections),
        remarks=tuple(_oddities(said, part, now)),
    )


def _progress(said: DisposalUpdated, fact: Fact, part: Progress) -> Progress:
    """A state told late, after one that lies further on, stays in the history alone."""
    further = _rank(said.state) > _rank(part.state)
    told = said.authenticity is not Authenticity.UNKNOWN and said.part is Part.PRODUCTION
    return replace(
        part,
        state=said.state.value if further else part.state,
        changed=said.changed_at if further else part.changed,
        event=fact.id if further else part.event,
        served_on=part.served_on if said.served_on is None else said.served_on,
        counterfeit=said.authenticity is Authenticity.COUNTERFEIT if told else part.counterfeit,
    )


def _sent_back(case: Case, fact: Fact, part: Progress) -> Change:
    """One state back; what it had answered is open again at the same due time: clocks ran on. A counterfeit leaves nothing to do."""
    if part.state == _WAY[0]:
        return Change(remarks=("nothing_to_send_back",))
    now = replace(part, state=_WAY[_rank(part.state) - 1], changed=fact.event.changed_at, event=fact.id)
    parts = _with(case, now)
    met = (
        each for each in case.obligations if each.state is Obliged.MET and _is_of(each.authority, each.part, now) and not now.counterfeit
    )
    unmet = tuple(each.id for each in met if each.rule in _ANSWERED_FROM and _rank(now.state) < _rank(_ANSWERED_FROM[each.rule]))
    return Change(parts=parts, unmet=unmet, alive=alive(parts, case.objections))


def _answered(case: Case, now: Progress) -> Iterator[bytes]:
    for each in case.obligations:
        state = _ANSWERED_FROM.get(each.rule)
        if state and each.open and _is_of(each.authority, each.part, now) and _rank(now.state) >= _rank(state):
            yield each.id


def _told(case: Case, said: DisposalUpdated) -> Iterator[bytes]:
    """A notice to a province that is not on the bus is answered by telling an authority there (通报移送)."""
    told = said.transferred_to.division[:2] if said.transferred_to else None
    for each in case.obligations:
        if each.open and each.rule in (duties.NOTICE, duties.ORIGIN_NOTICE) and each.part[:2] == told:
            yield each.id


def _also_owed(case: Case, now: Progress, *, returns: bool) -> Iterator[Duty]:
    """What a day of service starts for the authority; and the part again, should the goods turn out to be the producer's own."""
    industrial = any(each.rule == duties.RETEST_INDUSTRIAL for each in case.terms)
    if returns:
        yield from duties.of_parts([now], industrial=industrial)
    elif industrial:
        yield from duties.recheck(now)


def _oddities(said: DisposalUpdated, part: Progress, now: Progress) -> Iterator[str]:
    steps = _rank(said.state) - _rank(part.state)
    if steps > 1 and not said.reason and not now.counterfeit:
        yield "disposal_step_skipped"
    if steps < 0 and part.changed is not None and said.changed_at > part.changed:
        yield "disposal_went_back"
    if said.state is DisposalState.FINISHED and not _complete(said, now):
        yield "disposal_incomplete"
    if now.counterfeit and not part.counterfeit:
        yield "true_maker_to_be_found"


def _complete(said: DisposalUpdated, now: Progress) -> bool:
    """完成 needs quantities, cause, authenticity and a penalty or the reason for none; a maker who was only named has no quantities."""
    if not (said.penalty_ref or said.no_penalty_reason):
        return False
    return now.counterfeit or not (said.quantities is None or said.cause is None or said.authenticity is Authenticity.UNKNOWN)


def _rank(state: str) -> int:
    return _WAY.index(state) if state in _WAY else 0


def _is_of(authority: str, part: str, progress: Progress) -> bool:
    return (authority, part) == (progress.authority, progress.part)


def _with(case: Case, now: Progress) -> tuple[Progress, ...]:
    return tuple(now if (each.part, each.authority) == (now.part, now.authority) else each for each in case.parts)
