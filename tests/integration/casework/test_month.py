"""A month of joint spot checks at both nodes, on real PostgreSQL: at every instant the cases are what the generator knows to be true."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator

import pytest

from chuanyu.sample.month.deeds import Again, Spoiled
from chuanyu.sample.month.hours import DAY
from chuanyu.sample.month.ledger import Ledger, looks
from chuanyu.sample.month.script import Month, Rates, generate
from chuanyu.sample.sides import SIDES, Side
from kit.month import Desk, Play, checksums, names, read

OFTEN = Rates(failed=0.2, crossing=0.4, monitored=0.02, repeated=0.04, dirty=0.05)
"""Failures ten times as frequent as in life, for a month that is small and has everything in it."""


@pytest.fixture
def desks(database: str, second_database: str) -> Iterator[dict[Side, Desk]]:
    made = {side: Desk(side, conninfo) for side, conninfo in zip(SIDES, (database, second_database), strict=True)}
    yield made
    for desk in made.values():
        desk.node.connection.close()


def differences(told: Month, ledger: Ledger, desks: dict[Side, Desk], side: Side, at: int) -> list[str]:
    """What a node has otherwise than the truth."""
    called = names(told, desks.values())
    true = dict(ledger.cases(side, at))
    plans = {str(desk.outcomes[name].case_id): name for desk in desks.values() for name in ledger.plans if name in desk.outcomes}
    has = {plans.get(case_id, case_id.rpartition("/")[2]): read(case, called) for case_id, case in desks[side].cases()}
    found = [f"{case}: only {'true' if case in true else 'kept'}" for case in sorted(true.keys() ^ has.keys())]
    for case in sorted(true.keys() & has.keys()):
        for what in ("standing", "flagged", "owed", "receipts", "open"):
            one, other = getattr(true[case], what), getattr(has[case], what)
            if one != other:
                found.append(f"{case} {what}: {_only(one, other)} should be, {_only(other, one)} is")
    return found


def wrong_outcomes(told: Month, desks: dict[Side, Desk]) -> list[str]:
    """Submissions that ended otherwise than they must: refused without the very code, accepted, taken for said before."""
    found = []
    for entry in told.entries:
        one = desks[entry.side].outcomes[entry.name]
        codes = {violation.code for violation in one.violations}
        must = {entry.deed.code} if isinstance(entry.deed, Spoiled) else set()
        if (one.outcome, codes) != (entry.outcome, must):
            found.append(f"{entry.name}: {one.outcome} {codes}, should be {entry.outcome} {must}")
        if isinstance(entry.deed, Again) and one.event_id != desks[entry.side].outcomes[entry.deed.refers].event_id:
            found.append(f"{entry.name}: got another event id than {entry.deed.refers}")
    return found


def _only(one: object, other: object) -> object:
    return sorted(one - other, key=str) if isinstance(one, frozenset) and isinstance(other, frozenset) else one


@pytest.mark.parametrize("size", [400, pytest.param(4_000, marks=pytest.mark.long)])
def test_d8_at_ten_instants_both_nodes_hold_what_is_true(desks: dict[Side, Desk], size: int) -> None:
    """Duties with start, due, state and level, receipts, standing, who must act, open or closed; and every submission ended as it must."""
    began = time.monotonic()
    told = generate(7, 2026, 9, size, OFTEN)
    first = told.entries[0].at
    when = looks(first, told.until)
    ledger = Ledger(told.entries, told.link, when)
    play = Play(told, desks, when, seed=7)
    step = (told.until - first) // 10
    for number in range(1, 11):
        at = first + number * step
        play.until(at)
        for side in SIDES:
            assert differences(told, ledger, desks, side, at) == []
    play.until(told.until + DAY)
    assert wrong_outcomes(told, desks) == []
    assert len(checksums(desks.values())) == 1
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"\n{size} samples, {len(play.talk.arrivals)} records: {time.monotonic() - began:.1f} s, at most {peak} MB")
