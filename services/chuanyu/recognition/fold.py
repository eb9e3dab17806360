"""
Which version of a case stands: a pure fold over the set of its events in canonical order (D7, D8).

The same words as the cases' own fold: what names an unknown original waits without effect (D12) and is taken up right after it; only the
issuer corrects or withdraws; of several first statements the earliest counts; what was withdrawn stays withdrawn. Only the province that
imposed a sanction lifts it (谁认定、谁修复; which of its members, the gateway has checked). Whoever handled an objection may conclude that
the result is overturned (domain 7.3).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from uuid import UUID

from chuanyu.recognition.facts import FOREVER

OPENING, LIFT, WITHDRAW, OVERTURN, OBJECT, CONCLUDE = "OPENING", "LIFT", "WITHDRAW", "OVERTURN", "OBJECT", "CONCLUDE"
_STATES = {WITHDRAW: "WITHDRAWN", OVERTURN: "OVERTURNED", CONCLUDE: "OVERTURNED"}
Order = tuple[int, str, int]


@dataclass(frozen=True, slots=True)
class Said:
    """One event as far as the fold cares. names: what it corrects or withdraws · at: ms, from when a lifting holds; of
    a conclusion 1 if it overturns; else 0 · objection: kind and day of what is raised or concluded."""

    order: Order
    id: UUID
    source: str
    kind: str
    names: UUID | None
    recorded_at: int
    at: int = 0
    objection: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What became of the fact that opened a case. current: the place of the version that stands or stood last.

    state: STANDING, WITHDRAWN or OVERTURNED · until: ms, the earliest lifting in effect, else FOREVER
    objected: an objection has no conclusion yet
    """

    current: Order
    state: str
    undone_by: UUID | None
    first_recorded_at: int
    until: int
    objected: bool = False


@dataclass(slots=True)
class _Statement:
    """A first statement, its corrections, and whether it was withdrawn."""

    kind: str
    first: Said
    content: Said
    undone: Said | None = None


@dataclass(slots=True)
class _Folding:
    ready: list[tuple[Order, Said]]
    aside: dict[UUID | None, list[Said]] = field(default_factory=dict)
    statement_of: dict[UUID, _Statement] = field(default_factory=dict)
    taken: set[UUID] = field(default_factory=set)
    first: dict[UUID, Order] = field(default_factory=dict)
    opening: _Statement | None = None
    lifts: list[_Statement] = field(default_factory=list)
    objections: list[_Statement] = field(default_factory=list)
    conclusions: list[_Statement] = field(default_factory=list)

    def run(self) -> None:
        heapify(self.ready)
        while self.ready:
            said = heappop(self.ready)[1]
            if self.first.setdefault(said.id, said.order) != said.order:
                continue
            if said.names is not None and said.names not in self.taken:
                self.aside.setdefault(said.names, []).append(said)
            else:
                self._take(said)

    def _take(self, said: Said) -> None:
        if said.names is not None:
            self._change(said, self.statement_of.get(said.names))
        elif said.kind == OPENING:
            self._open(said)
        elif self.opening is None:
            self.aside.setdefault(None, []).append(said)
        else:
            statement = self._state(said)
            if said.kind == OBJECT:
                self.objections.append(statement)
            elif said.kind == CONCLUDE:
                self.conclusions.append(statement)
            elif _province(said) == _province(self.opening.first):
                self.lifts.append(statement)

    def _open(self, said: Said) -> None:
        if self.opening is None:
            self.opening = self._state(said)
            self._release(None)

    def _state(self, said: Said) -> _Statement:
        statement = self.statement_of[said.id] = _Statement(said.kind, said, said)
        self._taken(said)
        return statement

    def _change(self, said: Said, statement: _Statement | None) -> None:
        if statement is None or statement.undone or statement.content.source != said.source:
            return
        if said.kind in (WITHDRAW, OVERTURN):
            statement.undone = said
        elif said.kind == statement.kind:
            statement.content = said
            self.statement_of[said.id] = statement
        else:
            return
        self._taken(said)

    def _taken(self, said: Said) -> None:
        self.taken.add(said.id)
        self._release(said.id)

    def _release(self, original: UUID | None) -> None:
        for said in self.aside.pop(original, ()):
            heappush(self.ready, (said.order, said))


def _province(said: Said) -> str:
    return said.source.split("/")[1]


def fold(events: Iterable[Said]) -> Standing | None:
    """What stands after this set of events, whatever sequence they are given in; None while nothing has opened the case."""
    folding = _Folding([(said.order, said) for said in events])
    folding.run()
    opening = folding.opening
    if opening is None:
        return None
    until = min((lift.content.at for lift in folding.lifts if lift.undone is None), default=FOREVER)
    conclusions, objections = _said(folding.conclusions), _said(folding.objections)
    overturned = (one for one in conclusions if one.at)
    undone = opening.undone or next(overturned, None)
    state = "STANDING" if undone is None else _STATES[undone.kind]
    objected = undone is None and not {one.objection for one in objections} <= {one.objection for one in conclusions}
    return Standing(opening.content.order, state, undone.id if undone else None, opening.first.recorded_at, until, objected)


def _said(statements: Iterable[_Statement]) -> list[Said]:
    """What was stated and not taken back, as it was last corrected."""
    return [one.content for one in statements if one.undone is None]
