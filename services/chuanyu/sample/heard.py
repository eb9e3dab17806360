"""What the bus said while the day was played, as plain values: what became of each statement, and the answers of both nodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chuanyu.casework.case import Case, Confirmation, Receipt
from chuanyu.sample.tables import Statement


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a member was told of one statement or saying. violations: (code, field, 中文, English)."""

    word: str
    event_id: str | None = None
    case_id: str | None = None
    violations: tuple[tuple[str, str, str, str], ...] = ()

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(code for code, *_ in self.violations)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One event that an answer rests on."""

    event_id: str
    topic: str
    sequence: int
    digest: str


@dataclass(frozen=True, slots=True)
class Answered:
    """One recognition answer. reasons: (code, 中文, English)."""

    status: str
    reasons: tuple[tuple[str, str, str], ...] = ()
    evidence: tuple[Evidence, ...] = ()

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(code for code, *_ in self.reasons)


@dataclass(frozen=True, slots=True)
class Delivered:
    """What waits in an inbox. why: FLAGGED, CORRECTION, ISSUER or ATTENTION"""

    id: str
    why: str
    case_id: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What is in force about one enterprise: case ids; measures: of the sanctions."""

    sanctions: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    recalls: tuple[str, ...] = ()


@dataclass(slots=True)
class Heard:
    """Everything that was heard. By node where both were asked; answers about samples also by number, about firms by code,
    cases by their id.

    strays: answers for rows that by the truth state nothing
    inboxes: by node and member
    listed_before, listed_after: of the sanctioned firm, before and after the lifting
    """

    statements: list[tuple[Statement, Outcome]] = field(default_factory=list)
    strays: list[Outcome] = field(default_factory=list)
    sayings: dict[str, Outcome] = field(default_factory=dict)
    answers: dict[str, dict[str, Answered]] = field(default_factory=dict)
    unknown: dict[str, Answered] = field(default_factory=dict)
    recaller: dict[str, Standing] = field(default_factory=dict)
    listed_before: dict[str, Standing] = field(default_factory=dict)
    listed_after: dict[str, Standing] = field(default_factory=dict)
    firms: dict[str, dict[str, Answered]] = field(default_factory=dict)
    cases: dict[str, dict[str, Case]] = field(default_factory=dict)
    inboxes: dict[str, dict[str, list[Delivered]]] = field(default_factory=dict)

    @property
    def outcomes(self) -> list[Outcome]:
        """Of everything that was submitted."""
        return [outcome for _, outcome in self.statements] + self.strays + list(self.sayings.values())

    def count(self, word: str) -> int:
        """How often an outcome came."""
        return sum(outcome.word == word for outcome in self.outcomes)

    @property
    def played_before(self) -> bool:
        """Whether this bus knew the day already: then everything comes back as a duplicate, with its first event id."""
        return bool(self.statements) and self.statements[0][1].word == "duplicate"

    def first(self, number: str) -> Outcome:
        """What became of a sample's first statement; an outcome without ids when nobody said."""
        found = (outcome for statement, outcome in self.statements if statement.sample.number == number and statement.outcome == "accepted")
        return next(found, Outcome("unanswered"))

    def delivered(self, node: str) -> list[Confirmation]:
        """The *delivered* receipts that a node has got."""
        found = [one for case in self.cases.get(node, {}).values() for one in case.confirmations]
        return [one for one in found if one.kind is Receipt.DELIVERED and one.at is not None]


def outcome(told: Mapping[str, Any]) -> Outcome:
    """The result of a submission, as interfaces.md writes it."""
    return Outcome(told["outcome"], told["event_id"], told["case_id"], violations(told["violations"]))


def violations(found: Sequence[Mapping[str, str]]) -> tuple[tuple[str, str, str, str], ...]:
    """Findings of a refusal."""
    return tuple((one["code"], one["field"], one["zh"], one["en"]) for one in found)
