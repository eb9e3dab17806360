"""What a node has heard of a case by an instant, and which *delivered* receipts must exist of it (7.5, D11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chuanyu.sample.month.deeds import Corrected, Entry, Planned, Reported, Resolved, TakenBack
from chuanyu.sample.month.travel import Link
from chuanyu.sample.sides import Side


@dataclass(frozen=True, slots=True)
class Given:
    """A *delivered* receipt. of: name of the entry · by: node · at: when it was given, None while outstanding."""

    of: str
    by: str
    at: int | None


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
    deed = entry.deed
    if isinstance(deed, Planned):
        return any(entry.side.other.holds(division) for division, _ in deed.regions)
    if isinstance(deed, Reported):
        return deed.sample.addresses_other_side
    return isinstance(deed, Corrected | TakenBack) or (isinstance(deed, Resolved) and deed.outcome == "OVERTURNED")


def receipts(heard: Known) -> frozenset[Given]:
    """Every receipt that is asked for by what was heard."""
    return frozenset(Given(entry.name, entry.side.other.node, heard.received(entry.name)) for entry in heard.entries if asks(entry))
