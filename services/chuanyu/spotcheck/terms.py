"""What the parties of a sample may do or must do by when: shown, and owed by nobody on the bus. Pure; source: domain 4.2, 9."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from chuanyu.casework.case import Fact, Term
from chuanyu.contracts.common import ObjectionKind, Party
from chuanyu.contracts.spotcheck import ObjectionRaised, ResultReported
from chuanyu.domain import clocks
from chuanyu.domain.clock_rules import rule_in_force
from chuanyu.domain.dates import day_of, from_days, from_millis, midnight, to_days, to_millis
from chuanyu.domain.text import compact
from chuanyu.spotcheck import duties


def of_result(result: ResultReported, fact: Fact, place: str, known: Iterable[Term]) -> tuple[Term, ...]:
    """The terms that a failed result starts. place: the part of the sampled unit · known: of the case; what was served stays."""
    served = {(term.part, term.holder): term.starts for term in known if not term.provisional}
    announced, accepted = _announced(result), min((term.starts for term in known if term.provisional), default=fact.recordedtime)
    assumed = to_millis(clocks.served_start(None, announced, from_millis(accepted)).at)
    industrial = duties.is_industrial(result)
    found = [
        Term(rule, part, holder, served.get((part, holder), assumed), (part, holder) not in served)
        for part, holder in _holders(result, place)
        for rule in _rights(part, industrial)
    ]
    return tuple(term for each in found for term in (each, *(() if each.provisional else _orders(each))))


def served(terms: Iterable[Term], part: str, day: int) -> tuple[Term, ...]:
    """The terms once the party of a part received the conclusion on a day (送达), days since 1970."""
    own = [Term(each.rule, part, each.holder, midnight(day), False) for each in terms if each.part == part and each.rule in _RIGHTS]
    others = [each for each in terms if each.part != part]
    return (*others, *(term for each in own for term in (each, *_orders(each))))


def judged(terms: Iterable[Term], objection: ObjectionRaised) -> tuple[bool, bool]:
    """Whether an objection comes after its term, and whether that was only assumed; any other party has the longer one."""
    rights = (duties.DENIAL,) if objection.kind is ObjectionKind.AUTHENTICITY else (duties.RETEST, duties.RETEST_INDUSTRIAL)
    of_kind = [term for term in terms if term.rule in rights]
    own = [term for term in of_kind if term.holder == holder(objection.party)] or of_kind
    ends = [(last_day(term), term.provisional) for term in own]
    late = bool(ends) and all(end is not None and objection.raised_on > end for end, _ in ends)
    return late, any(provisional for _, provisional in ends)


def last_day(term: Term) -> int | None:
    """The last day of a term, days since 1970; None where no version of its rule was in force."""
    start = from_millis(term.starts)
    rule = rule_in_force(term.rule, day_of(start))
    return to_days(day_of(clocks.due(rule, start).due)) if rule else None


def holder(party: Party) -> str:
    """Whose a term is: the party's name in the form in which names are compared, else its code."""
    return compact(party.name or "") or party.uscc or ""


_RIGHTS = frozenset({duties.RETEST, duties.RETEST_INDUSTRIAL, duties.DENIAL})


def _rights(part: str, industrial: bool) -> Iterator[str]:
    yield duties.RETEST_INDUSTRIAL if industrial else duties.RETEST
    if part == "PRODUCTION":
        yield duties.DENIAL


def _orders(term: Term) -> Iterator[Term]:
    """What an industrial failure orders as soon as it is served (令18 45, 46)."""
    if term.rule == duties.RETEST_INDUSTRIAL:
        yield Term(duties.STOP, term.part, term.holder, term.starts, False)
        if term.part == "PRODUCTION":
            yield Term(duties.RECTIFY, term.part, term.holder, term.starts, False)


def _holders(result: ResultReported, place: str) -> Iterator[tuple[str, str]]:
    if result.labelled_producer:
        yield "PRODUCTION", holder(result.labelled_producer)
    if place != "PRODUCTION":
        yield place, holder(result.sampled_unit.party)


def _announced(result: ResultReported) -> date | None:
    day = result.publication.published_on if result.publication else None
    return None if day is None else from_days(day)
