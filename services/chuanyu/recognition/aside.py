"""
What quarantine keeps from the answers (D13): facts that came under a valid seal and are not filed, as far as they can be read.

A question about a case asks by its key. One about a party, a product or a report cannot, for what is parked was never filed: it is read
here. What nobody can read may concern everybody. A record under a bad seal is no word of its owner; its slot makes the answers stale (D15).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from chuanyu.contracts.case import Withdrawn
from chuanyu.contracts.credit import SanctionLifted
from chuanyu.contracts.spotcheck import ObjectionResolved
from chuanyu.kernel.codec import decode
from chuanyu.kernel.faults import Poison
from chuanyu.kernel.store import AsyncConnection
from chuanyu.kernel.store.held import kept_aside
from chuanyu.recognition import search
from chuanyu.recognition.facts import OPENINGS, Keys, keys
from chuanyu.recognition.search import Scope, Sought

LIMIT = 200  # records that one answer reads; with more of them aside it no longer tells whom they concern


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


async def read(connection: AsyncConnection, scope: Scope, *families: str) -> Aside:
    """What is kept aside of these families that the reader might otherwise see."""
    topics = [topic for topic in scope.topics if topic.partition(".")[2] in families]
    kept = await kept_aside(connection, "recognition", topics, LIMIT)
    if not kept or len(kept) == LIMIT:
        return Aside(unread=bool(kept))
    facts: list[Sought] = []
    changed: list[str] = []
    unread = False
    for key, value in kept:
        try:
            event = decode(value)
        except Poison:
            unread = True
            continue
        if isinstance(event, Withdrawn | SanctionLifted | ObjectionResolved):
            changed.append(key.decode("ascii", "replace"))
        elif type(event) in OPENINGS:
            facts += _visible(keys(event), scope)
    facts += await search.sought(connection, scope, changed) if changed else []
    return Aside(tuple(facts), unread)


def _visible(found: Keys, scope: Scope) -> Iterator[Sought]:
    """Nothing of what this reader would not be shown if it were filed (P6)."""
    shown = scope.today is None or (
        found.public_from is not None and found.public_from <= scope.today <= (found.public_until or scope.today)
    )
    if shown and not found.hidden:
        yield Sought(*(getattr(found, name) for name in Sought._fields))
