"""What the day says beside its tables passes the rules of the door, but for what is meant to fail there."""

from __future__ import annotations

import datetime as dt

import pytest

from chuanyu.gateway import rest, rules
from chuanyu.gateway.contents import Node
from chuanyu.gateway.members import Member
from chuanyu.sample.day import generate
from chuanyu.sample.sayings import Saying
from kit.sample_day import event_id

ON = dt.date(2026, 11, 24)
NOON = int(dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC).timestamp() * 1000)
FAMILIES = frozenset({"spotcheck", "recall", "credit", "case"})
PROVINCES = {"sichuan": "51", "chongqing": "50"}


def judged(saying: Saying) -> rules.Judged:
    side = saying.side
    member = Member(side.member, side.authority, side.code, (side.code,), FAMILIES, "L3")
    original = event_id(saying.refers) if saying.refers else None
    return rules.judge(rest.submission(saying.event("day", original)), member, Node(side.node, PROVINCES, NOON))


@pytest.mark.parametrize("seed", range(1, 6))
def test_what_is_meant_to_be_accepted_breaks_no_rule(seed: int) -> None:
    for saying in generate(seed, ON).sayings:
        if saying.name != "malformed":
            assert judged(saying).violations == (), saying.name


@pytest.mark.parametrize("seed", range(1, 6))
def test_the_malformed_one_meets_each_of_its_faults_and_no_other(seed: int) -> None:
    malformed = next(saying for saying in generate(seed, ON).sayings if saying.name == "malformed")
    assert {found.code for found in judged(malformed).violations} == malformed.codes


def test_the_correction_moves_the_duty_over_the_border() -> None:
    day = generate(1, ON)
    routing = judged(day.opening[1]).routing
    assert day.opening[1].name == "correction"
    assert routing is not None and routing.cross_province
    assert {ower.code for ower in routing.owers} == set(day.corrected.flagged)
