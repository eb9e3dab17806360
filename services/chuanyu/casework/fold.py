"""
A case from its events: a pure fold in canonical order (D7, D8).

`fold` takes the whole set. `extend` is its fast path for events that come after all others and touch nothing but their own turn; it takes
the same turns, and says None where the whole set must be folded again: late events, corrections, withdrawals, whatever waits or is odd.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace as with_

from msgspec.structs import replace

from chuanyu.casework import acts, endings, obligations, receipts, restating
from chuanyu.casework.bonds import Bonds, Kind, Turn, bind, reference
from chuanyu.casework.case import NEW, Case, Fact, Receipt, Remark, Standing
from chuanyu.casework.notices import Notice, notices
from chuanyu.casework.steps import NOTHING, Change, Frame, Steps
from chuanyu.contracts.case import CaseReopened, Reclassified


def fold(steps: Steps, frame: Frame, facts: Sequence[Fact], said: list[Notice] | None = None) -> Case:
    """The case of a set of events, whatever sequence they are given in. said: takes whom each of them concerns."""
    bonds = bind(steps, facts)
    case = NEW
    for turn in bonds.turns:
        case = _turned(steps, frame, bonds, case, turn, said)
    return replace(
        case,
        last=max(fact.order for fact in facts),
        events=len(facts),
        waiting=tuple(bonds.waiting),
        remarks=obligations.remarked(case, bonds.remarks),
    )


def extend(steps: Steps, frame: Frame, case: Case, facts: Sequence[Fact], said: list[Notice] | None = None) -> Case | None:
    """The case after further events in canonical order; None when only `fold` can tell. said: as of `fold`."""
    for fact in facts:
        turn = _plain_turn(steps, case, fact)
        if turn is None:
            return None
        case = _turned(steps, frame, _ALONE, case, turn, said)
    return case


_ALONE = Bonds()


def _plain_turn(steps: Steps, case: Case, fact: Fact) -> Turn | None:
    """The turn of an event that comes last, waits for nothing, is awaited by nothing and changes no earlier one."""
    if fact.order <= case.last or _seen(case, fact.id):
        return None
    if isinstance(fact.event, Reclassified | CaseReopened):  # they ask again what the standing version says
        return None
    kind, original = reference(steps, fact.event)
    if kind is Kind.CONFIRM and original in case.known:
        return Turn(fact, kind, original, opening=False)
    awaited = case.standing is Standing.AWAITED
    if kind is Kind.OPEN and awaited and not case.waiting:
        return Turn(fact, kind, fact.id, opening=True)
    if kind in (Kind.ADD, Kind.LAPSE) and not awaited:
        return Turn(fact, kind, fact.id, opening=False)
    return None


def _seen(case: Case, event: bytes) -> bool:
    """Whether the case has an event of this id already, or one that waits for it."""
    return (
        event in case.known
        or any(event in (each.event, each.original) for each in case.waiting)
        or any(event == each.event for each in case.remarks)
    )


def _turned(steps: Steps, frame: Frame, bonds: Bonds, case: Case, turn: Turn, said: list[Notice] | None) -> Case:
    after = _take(steps, frame, bonds, case, turn)
    if said is not None:
        said += notices(case, after, turn.fact)
    return after


def _take(steps: Steps, frame: Frame, bonds: Bonds, case: Case, turn: Turn) -> Case:
    return endings.derived(frame, _turn(steps, frame, bonds, case, turn), turn.fact, word=turn.kind not in (Kind.CONFIRM, Kind.LAPSE))


def _turn(steps: Steps, frame: Frame, bonds: Bonds, case: Case, turn: Turn) -> Case:
    if turn.opening and turn.kind in (Kind.OPEN, Kind.CORRECT):
        return _open(steps, frame, case, turn)
    case = replace(case, last=turn.fact.order, events=case.events + 1, known=(*case.known, turn.fact.id))
    if turn.kind is Kind.CONFIRM:
        return _confirm(steps, frame, case, turn.fact)
    if turn.kind is Kind.WITHDRAW:
        return _withdraw(steps, frame, bonds, case, turn)
    if turn.kind is Kind.LAPSE:
        return obligations.lapse(frame, case, turn.fact)
    return _add(steps, frame, bonds, case, turn)


def _open(steps: Steps, frame: Frame, case: Case, turn: Turn) -> Case:
    """A fact that opens the case, or the correction that stands in its place from here on."""
    fact = turn.fact
    case = replace(
        case,
        last=fact.order,
        events=case.events + 1,
        known=(*case.known, fact.id),
        versions=(*case.versions, fact.id),
        standing=Standing.STANDS if turn.kind is Kind.OPEN else case.standing,
        ends=None,
        batch=None,
        issuer=fact.source,
        about=fact.id,
    )
    fact = restating.as_classed(case, fact)
    change = steps.openings[type(fact.event)](case, fact)
    case = _change(frame, case, fact, change)
    return _ask(frame, case, fact, change, undoes=turn.kind is Kind.CORRECT)


def _add(steps: Steps, frame: Frame, bonds: Bonds, case: Case, turn: Turn) -> Case:
    """Something more about the case. It counts from its first turn on, with the content that its last correction gave it."""
    fact = turn.fact
    if turn.kind is Kind.CORRECT:
        return _ask(frame, case, fact, NOTHING, undoes=True)
    said = _as_it_stands(fact, bonds.content.get(turn.root, fact))
    if turn.root in bonds.withdrawn:
        return _ask(frame, case, fact, NOTHING, undoes=False)
    if isinstance(said.event, Reclassified | CaseReopened):
        case, change = restating.restated(steps, frame, bonds.facts, case, said)
        return _ask(frame, case, fact, change, undoes=False)
    change = _step(steps, frame, case, said)
    return _ask(frame, _change(frame, case, fact, change), fact, change, undoes=change.undoes)


def _as_it_stands(fact: Fact, content: Fact) -> Fact:
    return fact if content is fact else with_(fact, event=content.event, restated=content.answered_at)


def _step(steps: Steps, frame: Frame, case: Case, said: Fact) -> Change:
    """What the family says of an event, else what holds in all families."""
    step = steps.additions.get(type(said.event))
    if step:
        return step(case, said)
    act = acts.ACTS.get(type(said.event))
    return act(steps, frame, case, said) if act else NOTHING


def _withdraw(steps: Steps, frame: Frame, bonds: Bonds, case: Case, turn: Turn) -> Case:
    fact = turn.fact
    if turn.opening:
        chain = bonds.chains[turn.root]
        case = obligations.cancel(case, fact, chain)
        versions = tuple(each for each in case.versions if each not in chain)
        case = replace(case, versions=versions)
        case = case if versions else _change(frame, replace(case, standing=Standing.WITHDRAWN, alive=False), fact, steps.taken_back)
    return _ask(frame, case, fact, NOTHING, undoes=True)


def _confirm(steps: Steps, frame: Frame, case: Case, fact: Fact) -> Case:
    if not receipts.from_receiver(frame, fact):
        return replace(case, remarks=_remarked(case, fact, ("not_the_receiver",)))
    case, given = receipts.confirm(case, fact)
    if given is None:
        return case
    if given.kind is Receipt.PROCESSED:
        return obligations.meet(frame, case, fact, receipts.answered(case, given, fact.event.outcome))
    case = obligations.start(frame, case, given)
    return _change(frame, case, fact, steps.delivered(case, fact, given))


def _change(frame: Frame, case: Case, fact: Fact, change: Change) -> Case:
    if change is NOTHING:
        return case
    if case.closed:  # nothing is owed until it is reopened
        change = with_(change, alive=None, owed=None, also_owed=(), unmet=())
    case = replace(
        case,
        stage=case.stage if change.stage is None else change.stage,
        standing=change.standing or case.standing,
        alive=case.alive if change.alive is None else change.alive,
        flagged=case.flagged if change.flagged is None else change.flagged,
        attention=case.attention if change.attention is None else change.attention,
        remarks=_remarked(case, fact, change.remarks),
        ends=case.ends if change.ends is None else change.ends,
        parts=case.parts if change.parts is None else change.parts,
        objections=case.objections if change.objections is None else change.objections,
        terms=case.terms if change.terms is None else change.terms,
        laboratory=case.laboratory if change.laboratory is None else change.laboratory,
        batch=case.batch if change.batch is None else change.batch,
    )
    case = obligations.meet(frame, case, fact, change.met) if change.met else case
    case = obligations.prolong(frame, case, fact, change.extends) if change.extends else case
    case = obligations.send_back(case, change.unmet) if change.unmet else case
    if change.closes:
        case = replace(obligations.close(case, fact, change.closes), closed=fact.id, alive=False)
    if change.owed is not None and (change.owed or case.obligations):
        case = obligations.owe(frame, case, fact, change.owed, whole=True)
    return obligations.owe(frame, case, fact, change.also_owed, whole=False) if change.also_owed else case


def _remarked(case: Case, fact: Fact, codes: Iterable[str]) -> tuple[Remark, ...]:
    return obligations.remarked(case, [Remark(fact.id, code) for code in codes]) if codes else case.remarks


def _ask(frame: Frame, case: Case, fact: Fact, change: Change, *, undoes: bool) -> Case:
    flagged = [each.division for each in (fact.event.head.flagged if change.flagged is None else change.flagged)]
    attention = fact.event.head.attention if change.attention is None else change.attention
    if not flagged and not attention and not undoes:
        return case
    asked = receipts.asked(frame, fact, flagged, case.told if undoes else (), undoes=undoes)
    told = tuple(sorted({*case.told, *flagged, *attention}))
    return replace(case, confirmations=(*case.confirmations, *asked), told=told)
