"""What `--check` judges without a node: by the node's own rules, and for the member itself where its node's list of members is at hand."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import click

from chuanyu.cli.connect import Caller
from chuanyu.embedded.credentials import node_home
from chuanyu.embedded.provinces import BOTH
from chuanyu.gateway import members, rules
from chuanyu.gateway.contents import Node
from chuanyu.gateway.drafts import drafted
from chuanyu.gateway.envelope import Submission
from chuanyu.gateway.members import Member
from chuanyu.gateway.rules import Judged
from chuanyu.kernel.faults import SettingsIncomplete

_ANY = UUID(int=7 << 76 | 2 << 62)  # the form of an event id, and nobody's
_BEFORE = "未核对：此前报送的内容，须由节点核对\nnot judged: what was said before, which only the node knows"
_MEMBER = (
    "未核对：成员的权限和管辖范围（本机没有其登记）以及此前报送的内容，须由节点核对\n"
    "not judged: the member's rights and jurisdiction (it is not on record here) and what was said before, which only the node knows"
)


def member(caller: Caller) -> Member | None:
    """The caller as its node lists it; None where nobody was named, or that list does not lie in the caller's directory or lacks him."""
    if click.get_current_context().params["name"] is None:
        return None
    try:
        return members.load(node_home(caller.home, caller.node) / "members.yaml", caller.node).get(caller.name)
    except SettingsIncomplete:
        return None


def left_to_the_node(known: Member | None) -> str:
    """What was not judged, for people."""
    return _BEFORE if known else _MEMBER


def judging(caller: Caller, known: Member | None) -> Callable[[Submission], Judged]:
    """The rules of the caller's node. A member that is not known may say everything, of both provinces."""
    provinces = {province.word: province.digits for province in BOTH}
    everything = frozenset(event.split(".")[0] for event in rules.submitted())
    anyone = Member(caller.name, caller.name, "", tuple(digits + "0000" for digits in provinces.values()), everything, "L1")

    def judge(submission: Submission) -> Judged:
        now = time.time_ns() // 1_000_000
        judged = rules.judge(submission, known or anyone, Node(caller.node, provinces, now))
        draft = drafted(judged.claim, _ANY, judged.claim.case_id, now) if judged.claim and judged.claim.case_id else None
        return replace(judged, claim=None, violations=draft) if isinstance(draft, tuple) else judged

    return judge
