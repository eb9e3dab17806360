"""What a change of a case means for what is owed in it: opened, started, met, moved, superseded, cancelled. All derived, no event (D8)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from uuid import NAMESPACE_URL, UUID, uuid5

from msgspec.structs import replace

from chuanyu.casework import lapses
from chuanyu.casework.case import Case, Confirmation, Fact, Lapse, Obligation, Obliged, Remark
from chuanyu.casework.steps import Duty, Frame

Key = tuple[str, str, str]


def obligation_id(rule: str, cause: bytes, authority: str, part: str) -> UUID:
    """The same at both nodes and through every correction that leaves the duty in place; a duty that comes back later is another one."""
    return uuid5(NAMESPACE_URL, "urn:chuanyu:obligation:" + "\x1f".join((rule, cause.hex(), authority, part)))


def owe(frame: Frame, case: Case, fact: Fact, owed: Iterable[Duty], *, whole: bool) -> Case:
    """The case with these duties. One that stands open or met stays, moved when its trigger moved; whole: what is not among them ends."""
    wanted = {(duty.rule, duty.authority, duty.part): duty for duty in owed}
    standing = {each.key for each in case.obligations if each.state in (Obliged.OPEN, Obliged.MET)}
    fresh = {key: duty for key, duty in wanted.items() if key not in standing}
    ended = {each.id for each in case.obligations if whole and each.open and each.key not in wanted}
    kept = tuple(_end(each, fresh, fact) if each.id in ended else _move(frame, each, wanted.get(each.key)) for each in case.obligations)
    opened = [_open(frame, fact, duty) for duty in fresh.values()]
    lapsed = [Remark(fact.id, "rule_not_in_force") for each in (*kept, *opened) if each.starts is not None and each.due is None]
    return replace(case, obligations=(*kept, *opened), remarks=remarked(case, lapsed))


def start(frame: Frame, case: Case, confirmation: Confirmation) -> Case:
    """Starts the clocks that ran from the first delivery at the node of those who owe (domain 9); later deliveries change nothing."""
    return replace(case, obligations=tuple(_start(frame, case, each, confirmation) for each in case.obligations))


def meet(case: Case, fact: Fact, met: Iterable[bytes]) -> Case:
    """The case with these open obligations answered by fact."""
    answered = frozenset(met)
    return _settled(case, fact, Obliged.MET, lambda each: each.id in answered)


def prolong(frame: Frame, case: Case, fact: Fact, extended: Iterable[bytes]) -> Case:
    """The case with the time of these extended: each once, while it is open and not late, where its rule knows that (rule 11)."""
    for id in extended:
        found = next((each for each in case.obligations if each.id == id), None)
        longer = found and _prolonged(frame, found, fact)
        if isinstance(longer, Obligation):
            case = replace(case, obligations=tuple(longer if each.id == id else each for each in case.obligations))
        else:
            case = replace(case, remarks=remarked(case, [Remark(fact.id, longer or "obligation_unknown")]))
    return case


def send_back(case: Case, unmet: Iterable[bytes]) -> Case:
    """The case with these met obligations open again at the due time that they had: the clock ran on (退回, domain 4.6)."""
    back = frozenset(unmet)
    owed = (replace(each, state=Obliged.OPEN, settled=None, settled_by=None) if each.id in back else each for each in case.obligations)
    return replace(case, obligations=tuple(owed))


def cancel(case: Case, fact: Fact, causes: Iterable[bytes]) -> Case:
    """The case without what these events started and nobody has answered yet (domain 7.4)."""
    fallen = frozenset(causes)
    return _settled(case, fact, Obliged.CANCELLED, lambda each: each.cause in fallen)


def lapse(case: Case, fact: Fact) -> Case:
    """The case with an obligation said to be overdue by the node that decides it (D10). An answer that was in time stays in time (D25)."""
    said, home = fact.event, fact.event.head.case_id.partition("/")[0]
    id = UUID(said.obligation_id).bytes
    found = next((each for each in case.obligations if each.id == id), None)
    if found is None:
        return replace(case, remarks=remarked(case, [Remark(fact.id, "obligation_unknown")]))
    if fact.province != (found.node or home):
        return replace(case, remarks=remarked(case, [Remark(fact.id, "not_the_decider")]))
    lapsed = replace(found, lapses=(*found.lapses, Lapse(fact.id, said.due_at, said.level)))
    owed = tuple(lapsed if each.id == id else each for each in case.obligations)
    odd = [Remark(fact.id, "answered_in_time")] if lapses.in_time(found) else []
    return replace(case, obligations=owed, remarks=remarked(case, odd))


def remarked(case: Case, added: Iterable[Remark]) -> tuple[Remark, ...]:
    """The remarks of a case with these, in their one order, each once."""
    return tuple(sorted({*case.remarks, *added}))


def _settled(case: Case, fact: Fact, state: Obliged, chosen: Callable[[Obligation], bool]) -> Case:
    return replace(case, obligations=tuple(_settle(each, state, fact) if each.open and chosen(each) else each for each in case.obligations))


def _settle(obligation: Obligation, state: Obliged, fact: Fact) -> Obligation:
    return replace(obligation, state=state, settled=fact.answered_at, settled_by=fact.id)


def _end(obligation: Obligation, fresh: Mapping[Key, Duty], fact: Fact) -> Obligation:
    replaced = any((authority, part) == (obligation.authority, obligation.part) for _, authority, part in fresh)
    return _settle(obligation, Obliged.SUPERSEDED if replaced else Obliged.CANCELLED, fact)


def _move(frame: Frame, obligation: Obligation, duty: Duty | None) -> Obligation:
    if duty is None or duty.trigger in (None, obligation.starts) or not obligation.open or obligation.clock != "time":
        return obligation
    return _clocked(frame, obligation, duty.trigger)


def _open(frame: Frame, fact: Fact, duty: Duty) -> Obligation:
    node, clock = frame.node(duty.authority), frame.clock(duty.rule)
    obligation = Obligation(
        id=obligation_id(duty.rule, fact.id, duty.authority, duty.part).bytes,
        rule=duty.rule,
        version=0,
        authority=duty.authority,
        part=duty.part,
        node=node,
        cause=fact.id,
        clock=clock,
        opened=fact.recordedtime,
        backfilled=fact.event.head.backfilled,
    )
    if duty.answered is not None:
        obligation = replace(obligation, state=Obliged.MET, settled=duty.answered, settled_by=fact.id)
    if clock == "time":
        return _clocked(frame, obligation, fact.time if duty.trigger is None else duty.trigger)
    if clock == "delivered" and node == fact.province:
        return _clocked(frame, obligation, fact.recordedtime)
    return obligation


def _prolonged(frame: Frame, obligation: Obligation, fact: Fact) -> Obligation | str:
    """It with its later due time, else why it has none."""
    late = lapses.late_from(obligation)
    if not obligation.open or late is None:
        return "nothing_to_extend"
    if obligation.extended:
        return "extended_before"
    if fact.answered_at >= late:
        return "extended_too_late"
    longer = _clocked(frame, replace(obligation, extended=fact.id), obligation.starts)
    return "no_extension" if longer.due == obligation.due else longer


def _start(frame: Frame, case: Case, obligation: Obligation, confirmation: Confirmation) -> Obligation:
    awaited = obligation.open and obligation.clock == "delivered" and obligation.starts is None and obligation.node == confirmation.by
    reached = awaited and confirmation.event in case.since(obligation.cause)
    return _clocked(frame, obligation, confirmation.at) if reached else obligation


def _clocked(frame: Frame, obligation: Obligation, starts: int | None) -> Obligation:
    assert starts is not None
    deadline = frame.deadline(obligation.rule, starts, extended=obligation.extended is not None)
    earlier = obligation.earlier if obligation.due is None else (*obligation.earlier, obligation.due)
    if deadline is None:
        return replace(obligation, starts=starts, due=None, earlier=earlier)
    earlier = earlier if deadline.before is None else (*earlier, deadline.before)
    return replace(obligation, starts=starts, due=deadline.due, version=deadline.version, certain=deadline.certain, earlier=earlier)
