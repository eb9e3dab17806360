"""What a case is: one frozen value, kept beside its row, made by the fold alone. Ids are the 16 bytes of a UUID, instants ms since 1970."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec

Order = tuple[int, str, int]  # (logicaltime, topic, sequence): the one order in which both nodes fold a case (D7)


class Standing(StrEnum):
    """What became of the fact that opened the case."""

    AWAITED = "AWAITED"  # nothing has opened it yet; what came waits
    STANDS = "STANDS"
    WITHDRAWN = "WITHDRAWN"
    LIFTED = "LIFTED"
    ENDED = "ENDED"
    OVERTURNED = "OVERTURNED"  # by the conclusion of an objection (domain 7.3)


class Obliged(StrEnum):
    """Where an obligation stands. Only OPEN can lapse."""

    OPEN = "OPEN"
    MET = "MET"
    SUPERSEDED = "SUPERSEDED"  # another rule took its place
    CANCELLED = "CANCELLED"  # what it followed from is no longer so
    UNANSWERED = "UNANSWERED"  # its case was closed by silence: a breach


class Receipt(StrEnum):
    """What a receipt confirms."""

    DELIVERED = "DELIVERED"
    PROCESSED = "PROCESSED"


@dataclass(frozen=True, slots=True)
class Fact:
    """One event of a case as the fold reads it. source: `/{province}/{member}` · event: a struct of `contracts`.

    restated: ms, of what a correction says in its place, when that was said
    """

    order: Order
    id: bytes
    source: str
    time: int
    recordedtime: int
    event: Any
    restated: int | None = None

    @property
    def province(self) -> str:
        """The owner of the topic on which it stands, so the node that accepted it."""
        return self.order[1].partition(".")[0]

    @property
    def answered_at(self) -> int:
        """The instant that decides whether something was done in time (D25)."""
        return self.time if self.event.head.backfilled else self.recordedtime

    @property
    def said_at(self) -> int:
        """As `answered_at`, of the content that stands."""
        return self.answered_at if self.restated is None else self.restated


class Flag(msgspec.Struct, frozen=True, array_like=True):
    """An authority that must act: division code, role (the part it owes)."""

    division: str
    role: str


class Lapse(msgspec.Struct, frozen=True, array_like=True):
    """That an obligation was said to be overdue. due: the due time that had passed, ms · level: how often it was pressed with this one"""

    event: bytes
    due: int
    level: int


class Obligation(msgspec.Struct, frozen=True, array_like=True):
    """What one authority owes under one rule.

    cause: the event that opened it · part: what of the matter it is about · node: the authority's, None when not on this bus
    clock: where the rule's clock starts (`time`, `delivered`, `served`) · starts, due: None until the clock runs · certain: of the calendar
    earlier: dues that it had before it moved · settled, settled_by: when and by which event it left OPEN
    lapses: what was said of it being overdue; at a due time that it has no more, nothing follows from it
    extended: by which event its time was extended, once (domain 9 rule 11)
    nth: of a repeating duty, counted from the same start (rule 9) · latest: it is never due later, ms (rule 12)
    """

    id: bytes
    rule: str
    version: int
    authority: str
    part: str
    node: str | None
    cause: bytes
    clock: str
    opened: int
    backfilled: bool
    starts: int | None = None
    due: int | None = None
    certain: bool = True
    earlier: tuple[int, ...] = ()
    state: Obliged = Obliged.OPEN
    settled: int | None = None
    settled_by: bytes | None = None
    lapses: tuple[Lapse, ...] = ()
    extended: bytes | None = None
    nth: int = 1
    latest: int | None = None

    @property
    def level(self) -> int:
        """How often it was pressed since the due time that holds; 0: nobody has said that it is overdue."""
        return max((each.level for each in self.lapses if each.due == self.due), default=0)

    @property
    def key(self) -> tuple[str, str, str]:
        return self.rule, self.authority, self.part

    @property
    def open(self) -> bool:
        return self.state is Obliged.OPEN


class Confirmation(msgspec.Struct, frozen=True, array_like=True):
    """A receipt that was asked for or came. event: what it confirms.

    by: the province (DELIVERED) or the division (PROCESSED) that gives it · at, receipt: when and by which event; None: outstanding
    undoing: the event corrects, withdraws or lifts something, and the case waits until everybody confirms that (domain 7.5)
    """

    event: bytes
    kind: Receipt
    by: str
    asked: int
    at: int | None = None
    receipt: bytes | None = None
    undoing: bool = False

    @property
    def holds(self) -> bool:
        """Whether the case stays open for it: to act on a plain fact is an obligation of its own."""
        return self.at is None and (self.undoing or self.kind is Receipt.DELIVERED)


class Waiting(msgspec.Struct, frozen=True, array_like=True):
    """An event without effect until its original comes (D12). original: None is whatever opens the case · since: its recordedtime."""

    event: bytes
    original: bytes | None
    since: int


class Remark(msgspec.Struct, frozen=True, array_like=True, order=True):
    """Something odd that the case carries instead of refusing it: the event and a stable code."""

    event: bytes
    code: str


class Progress(msgspec.Struct, frozen=True, array_like=True):
    """How far one authority is with one part of a failed sample's disposal (核查处置, domain 4.6).

    state: of `spotcheck.DisposalState` · changed: ms, when it was reached · event: that says so · served_on: days since 1970, on which the
    party of this part received the conclusion · counterfeit: the labelled producer did not make it · released: owes the part no more
    """

    part: str
    authority: str
    state: str = "NOT_STARTED"
    changed: int | None = None
    event: bytes | None = None
    served_on: int | None = None
    counterfeit: bool = False
    released: bool = False

    @property
    def ended(self) -> bool:
        return self.state == "FINISHED" or self.counterfeit or self.released


class Objection(msgspec.Struct, frozen=True, array_like=True):
    """What a party disputes (domain 4.6). raised_on, resolved_on: days since 1970.

    authority: that handles it, "" while only its end is known · outcome: of `spotcheck.ObjectionOutcome`, "" while it is open
    event, resolved_by: the events that say so
    """

    kind: str
    raised_on: int
    authority: str = ""
    event: bytes | None = None
    outcome: str = ""
    resolved_on: int | None = None
    resolved_by: bytes | None = None

    @property
    def open(self) -> bool:
        return not self.outcome


class Term(msgspec.Struct, frozen=True, array_like=True):
    """A time limit of a party, which is not on the bus: what it may do or must do by when. Shown; nobody here owes it or is late with it.

    part, holder: whose · starts: ms · provisional: assumed, until it is known when the party was served (domain 4.2)
    """

    rule: str
    part: str
    holder: str
    starts: int
    provisional: bool


class Case(msgspec.Struct, frozen=True, array_like=True):
    """A case after a set of events, last being the greatest of their orders.

    stage: the family's word for how far it is · alive: the family keeps it open whatever is owed · attention: divisions that may read
    ends: when the fact ends by itself, ms; the home node then says so (D10)
    known: events that took effect · versions: those among them that opened the case or replaced what did, the standing one last
    told: divisions that were ever flagged or given it for attention, sorted · issuer: source of what opened it
    about: the version that says what the case is about and so who may read it, withdrawn or not (domain 7.6)
    parts, objections, terms: of a sample · laboratory: that tested it, by CMA number and name
    notice_class, level: given by a reclassification, empty while the opening's hold
    closed: the event by which a person or silence closed it · heard: when somebody last said something of it, ms
    silent: when it is to be closed by silence, ms · over: since when nothing is to come, ms
    batch: of a sample taken for a plan: which, and the division of the place
    """

    last: Order = (0, "", 0)
    events: int = 0
    standing: Standing = Standing.AWAITED
    stage: str = ""
    alive: bool = False
    flagged: tuple[Flag, ...] = ()
    attention: tuple[str, ...] = ()
    known: tuple[bytes, ...] = ()
    versions: tuple[bytes, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    confirmations: tuple[Confirmation, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    remarks: tuple[Remark, ...] = ()
    ends: int | None = None
    told: tuple[str, ...] = ()
    issuer: str = ""
    parts: tuple[Progress, ...] = ()
    objections: tuple[Objection, ...] = ()
    terms: tuple[Term, ...] = ()
    laboratory: tuple[str, str] = ("", "")
    notice_class: str = ""
    level: str = ""
    closed: bytes | None = None
    heard: int = 0
    silent: int | None = None
    over: int | None = None
    batch: tuple[str, str] | None = None
    about: bytes | None = None

    @property
    def open(self) -> bool:
        """Whether anything is still to come: the ordinary end of a case is derived, it is no event (D8)."""
        return (
            self.alive
            or self.standing is Standing.AWAITED
            or any(each.open for each in self.obligations)
            or any(each.holds for each in self.confirmations)
        )

    @property
    def concerns(self) -> list[str]:
        """Divisions that it concerns, with those above them, sorted (domain 7.2). Who was released is concerned no more."""
        owing = (each.authority for each in self.obligations if each.state in (Obliged.OPEN, Obliged.MET, Obliged.UNANSWERED))
        named = {*(each.division for each in self.flagged), *self.attention, *owing}
        return sorted({upper for code in named for upper in (code, f"{code[:4]}00", f"{code[:2]}0000")})

    def since(self, cause: bytes) -> tuple[bytes, ...]:
        """An event and the versions after it: whoever has one of these has what the event began."""
        return self.versions[self.versions.index(cause) :] if cause in self.versions else (cause,)


NEW = Case()
EDITION = 2
"""Of these structs and of what the fold makes of events: a case folded under an earlier one is folded again once (`work.recount`)."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Case).decode


def pack(case: Case) -> bytes:
    """A case as it is kept; equal cases give equal bytes. Fields may be added to its structs at the end, with a default."""
    return _encode(case)


def unpack(kept: bytes) -> Case:
    """The reverse of `pack`."""
    return _decode(kept)
