"""What can happen in the month, apart from how it is said and from what follows of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from chuanyu.sample.sides import Side
from chuanyu.sample.truth import Sample


@dataclass(frozen=True, slots=True)
class Planned:
    """Both provinces will check this together. regions: division → samples to be taken there."""

    plan_no: str
    name: str
    regions: tuple[tuple[str, int], ...]
    starts_on: dt.date
    ends_on: dt.date


@dataclass(frozen=True, slots=True)
class Reported:
    """A sample and its verdict."""

    sample: Sample


@dataclass(frozen=True, slots=True)
class Corrected:
    """The sample as it is said from now on. refers: the entry that it replaces whole."""

    sample: Sample
    refers: str


@dataclass(frozen=True, slots=True)
class TakenBack:
    """The result was reported by mistake. refers: the entry that stands."""

    sample: Sample
    refers: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Disposed:
    """A division has brought its part so far. state: symbol of `DisposalState` · served_on: day on which the party got the conclusion."""

    sample: Sample
    part: str
    division: str
    state: str
    served_on: dt.date | None = None
    counterfeit: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Objected:
    """The party disputes the result, and a division files it. kind: symbol of `ObjectionKind` · laboratory: chosen for the re-test."""

    sample: Sample
    kind: str
    division: str
    raised_on: dt.date
    laboratory: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """What became of an objection. outcome: symbol of `ObjectionOutcome`."""

    sample: Sample
    kind: str
    division: str
    raised_on: dt.date
    resolved_on: dt.date
    outcome: str
    laboratory: str | None = None


@dataclass(frozen=True, slots=True)
class Again:
    """Handed in once more, word for word, under another id of the submitter. refers: the first entry."""

    refers: str


@dataclass(frozen=True, slots=True)
class Spoiled:
    """A sample's result that cannot be accepted. fault: a word of `faults` · code: of the violation that must be named."""

    sample: Sample
    fault: str
    code: str


Deed = Planned | Reported | Corrected | TakenBack | Disposed | Objected | Resolved | Again | Spoiled


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One deed as it is entered. name: unique within the month · side: whose node accepts it · at: when, ms

    time: when it was so, ms · backfilled: entered late, so that its own time counts
    """

    name: str
    side: Side
    at: int
    time: int
    deed: Deed
    backfilled: bool = False

    @property
    def number(self) -> str:
        """Of the sample that it is about, empty for a plan or a repetition."""
        return "" if isinstance(self.deed, Planned | Again) else self.deed.sample.number

    @property
    def outcome(self) -> str:
        """What the node must answer."""
        return "duplicate" if isinstance(self.deed, Again) else "refused" if isinstance(self.deed, Spoiled) else "accepted"

    @property
    def answered_at(self) -> int:
        """The instant that decides whether it was in time (D25)."""
        return self.time if self.backfilled else self.at
