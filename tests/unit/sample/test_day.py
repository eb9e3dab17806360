"""The sample day is the same for the same seed and date, holds its whole story, and looks real without being so."""

from __future__ import annotations

import datetime as dt
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chuanyu.domain.identifiers import check_sample_no, check_uscc
from chuanyu.sample.day import Day, generate
from chuanyu.sample.sides import CHONGQING, SICHUAN, SIDES
from chuanyu.sample.truth import Firm

ON = dt.date(2026, 11, 24)
SEEDS = range(1, 9)
USUAL = generate(1, ON)


def firms(day: Day) -> set[Firm]:
    drawn = [firm for each in day.standing().values() for firm in (each.maker, each.entruster, each.shop)]
    return {firm for firm in (*drawn, day.listed) if firm is not None}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_same_seed_and_date_are_the_same_day(seed: int) -> None:
    assert generate(seed, ON) == generate(seed, ON)


def test_no_two_days_share_a_number_a_firm_or_a_document() -> None:
    days = [generate(seed, on) for seed in (1, 2, 17) for on in (ON, ON + dt.timedelta(days=1))]
    for one, other in combinations(days, 2):
        assert not one.standing().keys() & other.standing().keys()
        assert not {firm.code for firm in firms(one)} & {firm.code for firm in firms(other)} - {None}
        decisions = [
            {saying.data.get("decision_no"), saying.data.get("notice_no")} - {None} for day in (one, other) for saying in day.opening
        ]
        assert len(set().union(*decisions)) == sum(map(len, decisions))


@pytest.mark.parametrize("seed", SEEDS)
def test_every_day_tells_the_whole_story(seed: int) -> None:
    day = generate(seed, ON)
    assert (day.hero.shop.division, day.hero.side) == ("500103", CHONGQING)
    assert day.hero.maker and (day.hero.maker.division or "").startswith("5115")
    for side in SIDES:
        assert len([each for each in day.crossing() if each.side is side]) > 5
        assert {"PASSED", "FAILED"} <= {each.verdict for each in day.standing().values() if each.side is side}
    assert day.corrected.addresses_other_side
    before = next(statement.sample for statement in day.accepted() if statement.sample.number == day.corrected.number)
    assert not before.addresses_other_side
    assert {day.answer(number).status for number in day.standing()} == {"RECOGNISED", "CONDITIONAL", "NOT_RECOGNISED"}
    assert [saying.outcome for saying in day.sayings].count("refused") == 2
    assert day.unknown not in day.standing()


@pytest.mark.parametrize("seed", SEEDS)
def test_its_numbers_are_valid(seed: int) -> None:
    day = generate(seed, ON)
    for firm in firms(day):
        if firm.code:
            checked = check_uscc(firm.code)
            assert checked.value == firm.code
            assert not checked.warnings
    assert all(check_sample_no(number).value == number for number in (*day.standing(), day.unknown))


def test_it_says_of_itself_that_it_is_made_up() -> None:
    day = generate(1, ON)
    for table in day.tables:
        text = table.content.decode(table.side.encoding)
        assert text.count("合成数据") == 2
        assert "synthetic data" in text
    assert all("合成数据" in str(saying.data) for saying in day.opening if saying.name in ("recall", "sanction", "withdrawal"))


@given(seed=st.integers(0, 10**9), on=st.dates(dt.date(2026, 1, 1), dt.date(2040, 12, 31)))
@settings(max_examples=15, deadline=None)
def test_any_seed_and_any_date_make_a_day(seed: int, on: dt.date) -> None:
    day = generate(seed, on)
    assert (day.outcomes(), day.deliveries()) == (USUAL.outcomes(), USUAL.deliveries())
    assert {table.side for table in day.tables} == {SICHUAN, CHONGQING}
