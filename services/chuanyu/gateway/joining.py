"""The case that an event adds to, whoever opened it: named by its id, or found among what was stated at this node (D12, D19). Pure.

A case of the other province may be named before this node has seen it; the event then waits in it (D12).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from chuanyu.contracts.registry import CONTRACTS
from chuanyu.domain.violations import Violation, violation
from chuanyu.gateway import keys
from chuanyu.gateway.envelope import Findings
from chuanyu.gateway.keys import Joined
from chuanyu.gateway.members import Member

FAMILIES = frozenset(contract.family for contract in CONTRACTS.values()) - {"case", "system"}
_STATED = {event.partition(".")[0] for event, rule in keys.rules().items() if rule.original is None and rule.joins is None}
_CASE = re.compile(r"([a-z][a-z0-9]*)/([a-z]+)/([A-Za-z0-9._-]{1,64})")


class Opening(NamedTuple):
    """What opened a case at this node."""

    case_id: str
    issuer: str


def examine(joined: Joined, named: str, provinces: Collection[str], found: Findings) -> None:
    """What is wrong with the case that a submission names, empty for none."""
    shape = _CASE.fullmatch(named)
    if not named:
        if joined.event_id is None and not joined.sample:
            found.refuse("case_unnamed", "head.case_id")
    elif shape is None or shape[1] not in provinces or shape[2] not in FAMILIES:
        found.refuse("case_malformed", "head.case_id")
    elif joined.family not in ("", shape[2]):
        found.refuse("family_differs", "type")
    elif joined.sample not in ("", shape[3]):
        found.refuse("sample_differs", "sample_no")


def case_of(joined: Joined, named: str, source: str, member: Member, opening: Opening | None) -> str | Violation:
    """The case, or why the event may not stand in it. opening: what is stated of it at this node."""
    here = source.split("/")[1]
    if opening is None and not named:
        return violation("case_not_found", joined.field)
    if opening is None and named.startswith(f"{here}/") and keys.family_of(named) in _STATED:  # alerts are raised by the node itself
        return violation("case_not_here", "head.case_id", case=named)
    if joined.above and not member.provincial and (opening is None or opening.issuer != source):
        return violation("issuer_or_above_alone", "source")
    return named or opening.case_id if opening else named
