"""What may be said in a case of every family (domain 7.3, 7.5), where the family has no step of its own for it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from chuanyu.casework.case import Case, Fact
from chuanyu.casework.steps import NOTHING, Change, Frame
from chuanyu.contracts.case import FollowUpAdded

Act = Callable[[Frame, Case, Fact], Change]


def followed_up(frame: Frame, case: Case, fact: Fact) -> Change:
    """Facts are added, what was said stays; whoever owes may extend its own time, once (domain 9 rule 11)."""
    said: FollowUpAdded = fact.event
    if said.extends is None:
        return NOTHING
    id, division = UUID(said.extends).bytes, said.authority.division
    owner = next((each.authority for each in case.obligations if each.id == id), division)
    if owner != division or frame.node(division) != fact.province:
        return Change(remarks=("not_the_ower",))
    return Change(extends=(id,))


ACTS: Mapping[type, Act] = {FollowUpAdded: followed_up}
