"""How the events of a case refer to each other, and so which of them take effect, and in which turn (D12, D20)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum, auto
from heapq import heapify, heappop, heappush
from uuid import UUID

from chuanyu.casework.case import Fact, Order, Remark, Waiting
from chuanyu.casework.steps import Steps
from chuanyu.contracts.case import ObligationOverdue, ReceiptIssued, Withdrawn


class Kind(Enum):
    """What an event does to the others of its case."""

    OPEN = auto()
    ADD = auto()
    CORRECT = auto()
    WITHDRAW = auto()
    CONFIRM = auto()
    LAPSE = auto()


@dataclass(frozen=True, slots=True)
class Turn:
    """One event in effect. root: the first event of the statement that it makes, replaces or withdraws; of a receipt, what it confirms."""

    fact: Fact
    kind: Kind
    root: bytes
    opening: bool


@dataclass(slots=True)
class Bonds:
    """What `bind` found. facts: events in effect, by id.

    By root, chains: a statement and its corrections · content: what says it now · withdrawn: says nothing now.
    """

    turns: list[Turn] = field(default_factory=list)
    facts: dict[bytes, Fact] = field(default_factory=dict)
    chains: dict[bytes, set[bytes]] = field(default_factory=dict)
    content: dict[bytes, Fact] = field(default_factory=dict)
    withdrawn: set[bytes] = field(default_factory=set)
    waiting: list[Waiting] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


def reference(steps: Steps, event: object) -> tuple[Kind, bytes | None]:
    """What kind of event this is in its family, and the event that it names; of a withdrawal, None means what opened the case."""
    if isinstance(event, ReceiptIssued):
        return Kind.CONFIRM, UUID(event.event_id).bytes
    if isinstance(event, Withdrawn):
        return Kind.WITHDRAW, UUID(event.event_id).bytes
    if isinstance(event, ObligationOverdue):
        return Kind.LAPSE, None
    if event.head.correction_of:  # type: ignore[attr-defined]
        return Kind.CORRECT, UUID(event.head.correction_of).bytes  # type: ignore[attr-defined]
    return (Kind.OPEN if type(event) in steps.openings else Kind.ADD), None


class _Binding:
    """The events of one case, taken in canonical order; one that names an unknown original is put aside and taken up right after it."""

    def __init__(self, steps: Steps) -> None:
        self.steps = steps
        self.bonds = Bonds()
        self.ready: list[tuple[Order, Fact]] = []
        self.aside: dict[bytes | None, list[Fact]] = {}
        self.first: dict[bytes, Order] = {}
        self.root_of: dict[bytes, bytes] = {}  # statements: the event → the first of its chain
        self.known: set[bytes] = set()
        self.void: set[bytes] = set()
        self.opened: dict[type, bytes] = {}

    def run(self, facts: Iterable[Fact]) -> Bonds:
        self.ready = [(fact.order, fact) for fact in facts]
        heapify(self.ready)
        while self.ready:
            self._take(heappop(self.ready)[1])
        self.bonds.waiting = [Waiting(fact.id, original, fact.recordedtime) for original, facts in self.aside.items() for fact in facts]
        return self.bonds

    def _take(self, fact: Fact) -> None:
        if self.first.setdefault(fact.id, fact.order) != fact.order:
            return self.bonds.remarks.append(Remark(fact.id, "event_repeated"))
        kind, original = reference(self.steps, fact.event)
        if kind is Kind.OPEN:
            self._open(fact)
        elif kind in (Kind.ADD, Kind.LAPSE):
            self._add(fact, kind)
        elif original in self.void:
            self._void(fact, "original_void")
        elif original not in self.known:
            self.aside.setdefault(original, []).append(fact)
        elif kind is Kind.CONFIRM:
            self._effect(fact, kind, original)
        else:
            self._change(fact, kind, original)
        return None

    def _open(self, fact: Fact) -> None:
        if type(fact.event) in self.opened:
            return self._void(fact, "stated_twice")
        self.opened[type(fact.event)] = fact.id
        self._state(fact, Kind.OPEN)
        self._release(None)
        return None

    def _add(self, fact: Fact, kind: Kind) -> None:
        if self.opened:
            self._state(fact, kind)
        else:
            self.aside.setdefault(None, []).append(fact)

    def _state(self, fact: Fact, kind: Kind) -> None:
        self._speak(fact, fact.id)
        self._effect(fact, kind, fact.id)

    def _speak(self, fact: Fact, root: bytes) -> None:
        self.root_of[fact.id] = root
        self.bonds.chains.setdefault(root, set()).add(fact.id)
        self.bonds.content[root] = fact

    def _change(self, fact: Fact, kind: Kind, original: bytes) -> None:
        root = self.root_of.get(original)
        if objection := self._objection(fact, kind, root):
            return self._void(fact, objection)
        assert root is not None
        if kind is Kind.CORRECT:
            self._speak(fact, root)
        else:
            self.bonds.withdrawn.add(root)
        return self._effect(fact, kind, root)

    def _objection(self, fact: Fact, kind: Kind, root: bytes | None) -> str | None:
        """Why this may not change that; the gateway refuses all of it, a record that came all the same has no effect."""
        if root is None:
            return "not_a_statement"
        stated = self.bonds.content[root]
        if stated.source != fact.source:
            return "not_the_issuer"
        if root in self.bonds.withdrawn:
            return "withdrawn_before"
        if kind is Kind.CORRECT and type(stated.event) is not type(fact.event):
            return "another_kind"
        return None

    def _effect(self, fact: Fact, kind: Kind, root: bytes) -> None:
        statement = self.bonds.content.get(root)
        opening = statement is not None and type(statement.event) in self.steps.openings
        self.bonds.turns.append(Turn(fact, kind, root, opening))
        self.bonds.facts[fact.id] = fact
        self.known.add(fact.id)
        self._release(fact.id)

    def _release(self, original: bytes | None) -> None:
        for fact in self.aside.pop(original, ()):
            heappush(self.ready, (fact.order, fact))

    def _void(self, fact: Fact, code: str) -> None:
        """It came and has no effect, nor has what refers to it; the case says why."""
        self.bonds.remarks.append(Remark(fact.id, code))
        self.void.add(fact.id)
        self._release(fact.id)


def bind(steps: Steps, facts: Iterable[Fact]) -> Bonds:
    """The turns of a case, from the set of its events alone: two sequences of the same events give the same bonds."""
    return _Binding(steps).run(facts)
