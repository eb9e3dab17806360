"""What a family adds to the mechanics: for each event a pure step that reads the case and says what changes, in the words of its rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from chuanyu.casework.case import Case, Confirmation, Fact, Flag, Objection, Obliged, Progress, Standing, Term


@dataclass(frozen=True, slots=True)
class Duty:
    """What an authority owes by a rule of `clock_rules.csv`.

    trigger: ms, where it is not the event itself that starts a `time` clock · answered: ms, by the very event that opens it
    """

    rule: str
    authority: str
    part: str = ""
    trigger: int | None = None
    answered: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What one event does to its case; None leaves a thing as it was.

    flagged, attention, owed: the whole list that holds from now on; what is no longer in owed is cancelled
    also_owed: opened beside it · met, unmet: ids of obligations that this answers, or sends back as not answered
    extends: of those whose time it extends
    undoes: all who got the earlier fact must confirm this one
    remarks: codes of what is odd about it · ends: of an opening, when its fact ends by itself, ms
    parts, objections, terms, laboratory, batch: of `Case`, whole; a batch of an opening alone
    closes: the case is closed by it, and what is open becomes this
    """

    stage: str | None = None
    standing: Standing | None = None
    alive: bool | None = None
    flagged: tuple[Flag, ...] | None = None
    attention: tuple[str, ...] | None = None
    owed: tuple[Duty, ...] | None = None
    also_owed: tuple[Duty, ...] = ()
    met: tuple[bytes, ...] = ()
    extends: tuple[bytes, ...] = ()
    unmet: tuple[bytes, ...] = ()
    undoes: bool = False
    remarks: tuple[str, ...] = ()
    ends: int | None = None
    parts: tuple[Progress, ...] | None = None
    objections: tuple[Objection, ...] | None = None
    terms: tuple[Term, ...] | None = None
    laboratory: tuple[str, str] | None = None
    closes: Obliged | None = None
    batch: tuple[str, str] | None = None


NOTHING = Change()

Step = Callable[[Case, Fact], Change]
Delivered = Callable[[Case, Fact, Confirmation], Change]


def _nothing(case: Case, fact: Fact, confirmation: Confirmation) -> Change:
    return NOTHING


@dataclass(frozen=True, slots=True)
class Steps:
    """The table of one family.

    openings: events that found a case; a correction of one replaces it whole · additions: events that need an opened case; a correction of
    one takes its place from the beginning · delivered: what the first delivery of an event to a node means
    taken_back: what follows when nothing stands any more of what opened the case
    follow_ups: rules whose duties a follow-up of the authority answers
    """

    family: str
    openings: Mapping[type, Step]
    additions: Mapping[type, Step] = field(default_factory=dict)
    delivered: Delivered = _nothing
    taken_back: Change = NOTHING
    follow_ups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Deadline:
    """When an obligation falls due, ms. version: of the rule in force on the trigger's day · certain: the calendar knows these years.

    before: the due time that was told until the state published a year, where that is another one
    """

    version: int
    due: int
    certain: bool
    before: int | None = None


class Deadlines(Protocol):
    """Counts when what a rule asks falls due for the nth time from a trigger, ms, extended or not; None when no version was in force."""

    def __call__(self, rule: str, trigger: int, /, *, nth: int = 1, extended: bool = False) -> Deadline | None: ...


@dataclass(frozen=True, slots=True)
class Frame:
    """What every fold of this bus shares.

    provinces: word of a node → first two digits of its divisions · clock: rule → where its clock starts
    deadline: when what a rule asks falls due
    """

    provinces: Mapping[str, str]
    clock: Callable[[str], str]
    deadline: Deadlines

    def node(self, division: str) -> str | None:
        """The node of a division's province, None when that is not on this bus."""
        return next((province for province, digits in self.provinces.items() if division.startswith(digits)), None)

    def others(self, province: str) -> list[str]:
        return sorted(self.provinces.keys() - {province})
