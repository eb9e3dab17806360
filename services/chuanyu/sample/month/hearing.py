"""What a node has heard of a case by an instant, and which receipts must be asked for or given of it (7.3, 7.5, D11)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chuanyu.sample.month.deeds import Corrected, Entry, Planned, Reported, Resolved, TakenBack
from chuanyu.sample.month.travel import Link
from chuanyu.sample.sides import Side


@dataclass(frozen=True, slots=True)
class Given:
    """A receipt. of: name of the entry · by: the node that says *delivered*, or the division that is to say *processed*

    at: when it was given, None while outstanding · holds: whether the case stays open for it (7.5)
    """

    of: str
    by: str
    at: int | None
    holds: bool = True


@dataclass(frozen=True, slots=True)
class Known:
    """What a node has heard of a case. entries: in order of their acceptance · receipts: given and heard, by the entry's name"""

    entries: tuple[Entry, ...]
    receipts: tuple[tuple[str, int], ...]

    def received(self, name: str) -> int | None:
        """When the other node confirmed an entry."""
        return dict(self.receipts).get(name)


def known(entries: Sequence[Entry], link: Link, side: Side, at: int) -> Known:
    """What a side has heard of a case by an instant. entries: all of the case that are accepted, in order."""
    heard = tuple(entry for entry in entries if link.heard(side, entry.side, entry.at) <= at)
    given = [(entry, link.heard(entry.side.other, entry.side, entry.at)) for entry in heard if asks(entry)]
    return Known(heard, tuple((entry.name, when) for entry, when in given if link.heard(side, entry.side.other, when) <= at))


def asks(entry: Entry) -> bool:
    """Whether the other node must say *delivered*: of what addresses somebody there or undoes something (D11)."""
    return undoes(entry) or any(entry.side.other.holds(division) for division in addressed(entry))


def undoes(entry: Entry) -> bool:
    """Whether everybody who got what was said before must hear of it: a correction, a withdrawal, an overturned result (7.3)."""
    deed = entry.deed
    return isinstance(deed, Corrected | TakenBack) or (isinstance(deed, Resolved) and deed.outcome == "OVERTURNED")


def addressed(entry: Entry) -> tuple[str, ...]:
    """The divisions that must act on an entry."""
    deed = entry.deed
    if isinstance(deed, Planned):
        return tuple(division for division, _ in deed.regions)
    return deed.sample.flagged if isinstance(deed, Reported | Corrected) else ()


def receipts(heard: Known) -> frozenset[Given]:
    """Every receipt that is asked for by what was heard. In the month no member acknowledges, so no *processed* one comes."""
    return frozenset(_receipts(heard))


def _receipts(heard: Known) -> Iterator[Given]:
    told: set[str] = set()
    for entry in heard.entries:
        told.update(addressed(entry))
        if asks(entry):
            yield Given(entry.name, entry.side.other.node, heard.received(entry.name))
        for division in sorted(told) if undoes(entry) else addressed(entry):
            yield Given(entry.name, division, None, holds=undoes(entry))
