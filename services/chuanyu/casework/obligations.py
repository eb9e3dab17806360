"""What a change of a case means for what is owed in it: opened, started, met, moved, superseded, cancelled. All derived, no event (D8)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from uuid import NAMESPACE_URL, UUID, uuid5

from msgspec.structs import replace

from chuanyu.casework import lapses
from chuanyu.casework.case import Case, Confirmation, Fact, Lapse, Obligation, Obliged, Remark, Standing
from chuanyu.casework.steps import Duty, Frame
from chuanyu.domain import clock_rules

Key = tuple[str, str, str]


def obligation_id(rule: str, cause: bytes, authority: str, part: str) -> UUID:
    """The same at both nodes and through every correction that leaves the duty in place; a duty that comes back later is another one."""
    return uuid5(NAMESPACE_URL, "urn:chuanyu:obligation:" + "\x1f".join((rule, cause.hex(), authority, part)))


def owe(frame: Frame, case: Case, fact: Fact, owed: Iterable[Duty], *, whole: bool) -> Case:
    """The case with these duties. One that stands open or met stays, moved when its trigger moved; whole: what is not among them ends."""
    wanted = _by_key(owed)
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


def meet(frame: Frame, case: Case, fact: Fact, met: Iterable[bytes]) -> Case:
    """The case with these open obligations answered by fact; of a repeating duty the next one is open from then on."""
    answered = {each.id for each in case.obligations if each.open} & set(met)
    case = _settled(case, fact, Obliged.MET, lambda each: each.id in answered)
    return _repeat(frame, case, fact, answered)


def close(case: Case, fact: Fact, state: Obliged) -> Case:
    """The case with nothing open any more."""
    return _settled(case, fact, state, lambda each: True)


def reclassify(frame: Frame, case: Case, fact: Fact, old: Iterable[Duty], new: Iterable[Duty], *, rose: bool) -> Case:
    """The case with what its new class owes in place of what the old one did; clocks start anew (domain 7.3, 9 rule 12).

    What both ask stays as it is, and so does what was met. rose: what takes the place of something open is never due later than that.
    """
    wanted, before = _by_key(new), _by_key(old)
    ended = {each.id: each for each in case.obligations if each.open and each.key in before.keys() - wanted.keys()}
    dues = {(clock_rules.duty_of(each.rule), each.authority, each.part): each.due for each in ended.values() if rose}
    kept = tuple(_settle(each, Obliged.SUPERSEDED, fact) if each.id in ended else each for each in case.obligations)
    standing = {each.key for each in kept if each.state in (Obliged.OPEN, Obliged.MET)}
    opened = [
        _open(frame, fact, duty, anew=True, latest=dues.get((clock_rules.duty_of(duty.rule), duty.authority, duty.part)))
        for key, duty in wanted.items()
        if key not in standing
    ]
    return replace(case, obligations=(*kept, *opened))


def reopen(frame: Frame, case: Case, fact: Fact, owed: Iterable[Duty]) -> Case:
    """The case with these duties open again, what was met among them too; clocks start anew (domain 7.3)."""
    opened = [_open(frame, fact, duty, anew=True) for duty in _by_key(owed).values()]
    return replace(case, obligations=(*case.obligations, *opened))


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


def lapse(frame: Frame, case: Case, fact: Fact) -> Case:
    """The case with an obligation said to be overdue by the node that decides it (D10). An answer that was in time stays in time (D25).

    Of a repeating duty the next one is open from then on.
    """
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
    case = replace(case, obligations=owed, remarks=remarked(case, odd))
    return _repeat(frame, case, fact, [id] if found.open and said.due_at == found.due else [])


def remarked(case: Case, added: Iterable[Remark]) -> tuple[Remark, ...]:
    """The remarks of a case with these, in their one order, each once."""
    return tuple(sorted({*case.remarks, *added}))


def _by_key(owed: Iterable[Duty]) -> dict[Key, Duty]:
    return {(duty.rule, duty.authority, duty.part): duty for duty in owed}


def _repeat(frame: Frame, case: Case, fact: Fact, over: Collection[bytes]) -> Case:
    """The case with the next of each repeating duty that was met or has lapsed, counted from the same start (rule 9)."""
    if not over or case.standing is not Standing.STANDS or case.closed:
        return case
    known = {(*each.key, each.cause, each.nth) for each in case.obligations}
    last = (each for each in case.obligations if each.id in over and each.starts is not None and lapses.repeats(each))
    following = [_following(frame, each, fact) for each in last if (*each.key, each.cause, each.nth + 1) not in known]
    return replace(case, obligations=(*case.obligations, *following)) if following else case


def _following(frame: Frame, obligation: Obligation, fact: Fact) -> Obligation:
    """Its id tells what opened it: taken back and opened by something else, it is another one, and may lapse for itself."""
    nth = obligation.nth + 1
    following = replace(
        obligation,
        id=obligation_id(obligation.rule, obligation.cause + fact.id, obligation.authority, f"{obligation.part}\x1f{nth}").bytes,
        nth=nth,
        opened=fact.recordedtime,
        due=None,
        earlier=(),
        state=Obliged.OPEN,
        settled=None,
        settled_by=None,
        lapses=(),
        extended=None,
    )
    return _clocked(frame, following, obligation.starts)


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


def _open(frame: Frame, fact: Fact, duty: Duty, *, anew: bool = False, latest: int | None = None) -> Obligation:
    """anew: the clock starts now, whatever once triggered the duty · latest: it is never due later, ms."""
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
        latest=latest,
    )
    if duty.answered is not None:
        obligation = replace(obligation, state=Obliged.MET, settled=duty.answered, settled_by=fact.id)
    if clock == "time":
        return _clocked(frame, obligation, fact.time if anew or duty.trigger is None else duty.trigger)
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
    deadline = frame.deadline(obligation.rule, starts, nth=obligation.nth, extended=obligation.extended is not None)
    earlier = obligation.earlier if obligation.due is None else (*obligation.earlier, obligation.due)
    if deadline is None:
        return replace(obligation, starts=starts, due=None, earlier=earlier)
    earlier = earlier if deadline.before is None else (*earlier, deadline.before)
    due = deadline.due if obligation.latest is None else min(deadline.due, obligation.latest)
    return replace(obligation, starts=starts, due=due, version=deadline.version, certain=deadline.certain, earlier=earlier)
