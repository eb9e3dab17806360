"""
What quarantine keeps from the answers (D13): facts that came under a valid seal and are not filed, as far as they can be read.

A question about a case asks by its key. One about a party, a product or a report cannot, for what is parked was never filed: it is read
here. What nobody can read may concern everybody. A record under a bad seal is no word of its owner; its slot makes the answers stale (D15).
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from chuanyu.contracts.case import Withdrawn
from chuanyu.contracts.credit import SanctionLifted
from chuanyu.contracts.spotcheck import ObjectionRaised, ObjectionResolved
from chuanyu.kernel.codec import decode
from chuanyu.kernel.faults import Poison
from chuanyu.kernel.store import AsyncConnection
from chuanyu.kernel.store.held import contents, kept_aside
from chuanyu.recognition import search
from chuanyu.recognition.facts import OPENINGS, Keys, keys
from chuanyu.recognition.search import Scope, Sought

LIMIT = 200  # records that one answer reads; with more of them aside it no longer tells whom they concern
_REMEMBERED = 5 * LIMIT


@dataclass(frozen=True, slots=True)
class Aside:
    """What is kept aside. facts: those that could be read, and those filed that a withdrawal or lifting kept aside would change ·
    unread: something could not be read."""

    facts: tuple[Sought, ...] = ()
    unread: bool = False

    def of_party(self, words: Collection[str]) -> bool:
        """Whether something concerns a party of one of these keys or names, or may."""
        return self.unread or any(
            not {one.party_key, one.party_name, one.place_key, one.place_name}.isdisjoint(words) for one in self.facts
        )

    def of_product(self, words: Collection[str], product: str) -> bool:
        """Whether something concerns this product of a producer of one of these keys or names, or may; a recall always may."""
        made = (one for one in self.facts if not {one.party_key, one.party_name}.isdisjoint(words))
        return self.unread or any(one.kind == "RECALL" or one.product == product for one in made)

    def of_report(self, cma_no: str, report_no: str) -> bool:
        """Whether something cites this report, or may."""
        return self.unread or any((one.cma_no, one.report_no) == (cma_no, report_no) for one in self.facts)

    def of_laboratory(self, words: Collection[str]) -> bool:
        """Whether something concerns a laboratory of one of these numbers or names, or may."""
        licences = (one for one in self.facts if one.kind == "LABORATORY")
        return self.unread or any(not {one.cma_no, one.number, one.party_name}.isdisjoint(words) for one in licences)

    def of_certificate(self, number: str) -> bool:
        """Whether something concerns a certificate of this number, or may."""
        return self.unread or any(one.kind == "CERTIFICATE" and one.number == number for one in self.facts)


@dataclass(frozen=True, slots=True)
class _Content:
    """What one record says. opens: its fact, without the detail · changes: the case whose fact it would change · readable: if it can be."""

    opens: Keys | None = None
    changes: str = ""
    readable: bool = True


class Shelf:
    """What is kept aside, for one desk: each record is read once, however many answers ask, and the other answers go on meanwhile."""

    def __init__(self) -> None:
        self._read: dict[bytes, _Content] = {}
        self._reading = asyncio.Lock()

    async def look(self, connection: AsyncConnection, scope: Scope, *families: str) -> Aside:
        """What is kept aside of these families that the reader might otherwise see."""
        topics = [topic for topic in scope.topics if topic.partition(".")[2] in families]
        kept = await kept_aside(connection, "recognition", topics, LIMIT)
        if not kept or len(kept) == LIMIT:
            return Aside(unread=bool(kept))
        found = await self._contents(connection, kept)
        changed = [each.changes for each in found if each.changes]
        facts = [sought for each in found if each.opens for sought in _visible(each.opens, scope)]
        facts += await search.sought(connection, scope, changed) if changed else []
        return Aside(tuple(facts), not all(each.readable for each in found))

    async def _contents(self, connection: AsyncConnection, kept: Sequence[bytes]) -> list[_Content]:
        async with self._reading:
            if unread := [digest for digest in kept if digest not in self._read]:
                rows = await contents(connection, "recognition", unread)
                if len(self._read) > _REMEMBERED:
                    self._read = {digest: self._read[digest] for digest in kept if digest in self._read}
                self._read |= await asyncio.to_thread(lambda: {digest: _content(key, value) for digest, key, value in rows})
            return [self._read[digest] for digest in kept]


def _content(key: bytes, value: bytes) -> _Content:
    try:
        event = decode(value)
    except Poison:
        return _Content(readable=False)
    if isinstance(event, Withdrawn | SanctionLifted | ObjectionRaised | ObjectionResolved):
        return _Content(changes=key.decode("ascii", "replace"))
    return _Content(opens=keys(event)._replace(detail=b"") if type(event) in OPENINGS else None)


def _visible(found: Keys, scope: Scope) -> Iterator[Sought]:
    """Nothing of what this reader would not be shown if it were filed (P6)."""
    shown = scope.today is None or (
        found.public_from is not None and found.public_from <= scope.today <= (found.public_until or scope.today)
    )
    if shown and not found.hidden:
        yield Sought(*(getattr(found, name) for name in Sought._fields))
