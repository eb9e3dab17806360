"""Whom an event concerns, and why: what the inboxes of members are filled from (domain 7.2, 7.3). Pure; both nodes say the same."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

from chuanyu.casework.case import Case, Confirmation, Fact, Receipt
from chuanyu.contracts.case import ObligationOverdue, ReceiptIssued


class Why(StrEnum):
    """Why somebody is told of an event, the weakest reason first."""

    ATTENTION = "ATTENTION"  # may read, owes nothing
    ISSUER = "ISSUER"  # said what the case is about
    CORRECTION = "CORRECTION"  # got what this one corrects, withdraws or lifts
    FLAGGED = "FLAGGED"  # must act

    @property
    def weight(self) -> int:
        """Of several reasons the heaviest counts."""
        return list(Why).index(self)


class Notice(NamedTuple):
    """That an event concerns somebody.

    whom: a division, or the source of whoever opened the case · asked: whether *processed* is asked of him · source: who said the event
    """

    event: bytes
    whom: str
    why: Why
    asked: bool
    source: str


def notices(before: Case, after: Case, fact: Fact) -> list[Notice]:
    """Whom one turn of the fold concerns, everybody once. before, after: the case around that turn.

    An event that addresses nobody still concerns those who have the case or owe something in it, flagged or not, and whoever opened it; a
    receipt concerns nobody.
    """
    if isinstance(fact.event, ReceiptIssued):
        return []
    whom = {each.by: _asked(each, before.told) for each in after.confirmations[len(before.confirmations) :] if _processed(each)}
    asked = frozenset(whom)
    if isinstance(fact.event, ObligationOverdue):
        whom |= {each.division: Why.FLAGGED for each in fact.event.head.flagged}
    for each in after.obligations:
        if each.open and each.cause == fact.id:
            whom.setdefault(each.authority, Why.FLAGGED)
    owing = (each.authority for each in before.obligations if each.open)
    for division in (*(each.division for each in after.flagged), *after.attention, *fact.event.head.attention, *owing):
        whom.setdefault(division, Why.ATTENTION)
    if after.issuer and (whom or after.issuer != fact.source):
        whom.setdefault(after.issuer, Why.ISSUER)
    return [Notice(fact.id, each, why, each in asked, fact.source) for each, why in whom.items()]


def unsaid(found: Iterable[Notice], before: Case) -> list[Notice]:
    """Those that no earlier batch said: of events that take effect now, and of whom an earlier event asks only now."""
    known = frozenset(before.known)
    asked = {(each.event, each.by) for each in before.confirmations if _processed(each)}
    return [each for each in found if each.event not in known or (each.asked and (each.event, each.whom) not in asked)]


def of_province(found: Sequence[Notice], province: str, digits: str, nobody: Collection[str]) -> list[Notice]:
    """Those for members of a province's node. digits: its divisions begin with them · nobody: sources behind which no member stands"""
    return [each for each in found if each.whom not in nobody and each.whom.startswith((digits, f"/{province}/"))]


def _processed(confirmation: Confirmation) -> bool:
    return confirmation.kind is Receipt.PROCESSED


def _asked(confirmation: Confirmation, told: Collection[str]) -> Why:
    return Why.CORRECTION if confirmation.undoing and confirmation.by in told else Why.FLAGGED
