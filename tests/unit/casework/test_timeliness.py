"""P7, D25: how what is owed stands against its clock, to the second."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from chuanyu.casework import lapses
from chuanyu.casework.case import Obligation, Obliged
from chuanyu.casework.deadlines import deadline, starts
from chuanyu.casework.timeliness import DUTIES, HOUR_DUTIES, Timeliness, deadline_of, late_ms, rule_of, timeliness
from chuanyu.domain import clock_rules
from chuanyu.domain.clock_words import to_do
from kit.cases import NOON, YIBIN

SECOND, HOUR = 1_000, 3_600_000


def owed(rule: str, *, settled: int | None = None, state: Obliged = Obliged.OPEN) -> Obligation:
    """An obligation whose clock started at noon."""
    found = deadline(rule, NOON)
    assert found is not None
    return Obligation(
        id=b"1" * 16, rule=rule, version=found.version, authority=YIBIN, part="", node="sichuan", cause=b"2" * 16, clock=starts(rule),
        opened=NOON, backfilled=False, starts=NOON, due=found.due, certain=found.certain, state=state, settled=settled,
    )  # fmt: skip


def due(rule: str) -> int:
    found = owed(rule).due
    assert found is not None
    return found


@pytest.mark.parametrize("after", [0, 999], ids=["at due", "within the last second"])
def test_d25_an_answer_within_the_last_second_of_the_last_day_is_in_time(after: int) -> None:
    met = owed("spotcheck_disposal_start", settled=due("spotcheck_disposal_start") + after, state=Obliged.MET)
    assert (timeliness(met, NOON), late_ms(met, NOON)) == (Timeliness.IN_TIME, None)


def test_d25_an_hour_clock_lapses_at_the_very_instant() -> None:
    rule = "alert_verification"
    assert timeliness(owed(rule), due(rule)) is Timeliness.WARNED
    assert (timeliness(owed(rule), due(rule) + 1), late_ms(owed(rule), due(rule) + 1)) == (Timeliness.DUE_UNCONFIRMED, 1)


def test_p7_from_half_of_its_time_on_it_is_warned_of_until_it_is_answered() -> None:
    one = owed("alert_verification")
    half = (NOON + due(one.rule)) // 2
    assert [timeliness(one, at) for at in (NOON, half - 1, half)] == [Timeliness.RUNNING, Timeliness.RUNNING, Timeliness.WARNED]
    assert [lapses.warned(one, at) for at in (half - 1, half, half + HOUR)] == [None, half, half]
    assert lapses.warned(replace(one, state=Obliged.MET, settled=half), half) is None


@pytest.mark.parametrize("rule", ["spotcheck_disposal_start", "alert_verification"])
def test_p7_lateness_grows_while_it_is_open_and_stays_once_it_is_answered(rule: str) -> None:
    late = due(rule) + 5 * HOUR
    assert late_ms(owed(rule), late) == 5 * HOUR
    met = owed(rule, settled=late, state=Obliged.MET)
    assert timeliness(met, late + HOUR) is Timeliness.LATE and late_ms(met, late + 99 * HOUR) == 5 * HOUR


def test_d10_what_has_no_running_clock_is_not_started_and_what_ended_has_no_timeliness() -> None:
    waiting = replace(owed("spotcheck_disposal_start"), starts=None, due=None)
    assert (timeliness(waiting, NOON), deadline_of(waiting), late_ms(waiting, NOON)) == (Timeliness.NOT_STARTED, None, None)
    assert timeliness(replace(waiting, state=Obliged.MET, settled=NOON), NOON) is Timeliness.IN_TIME
    for state in (Obliged.SUPERSEDED, Obliged.CANCELLED):
        ended = owed("spotcheck_disposal_start", settled=NOON, state=state)
        assert (timeliness(ended, due(ended.rule) + HOUR), late_ms(ended, due(ended.rule) + HOUR)) == (None, None)


def test_p7_only_a_duty_is_ever_late() -> None:
    in_force = {rule_id: versions for rule_id, versions in clock_rules.rules().items() if deadline(rule_id, NOON)}
    assert len(in_force) > 60
    for rule_id, versions in in_force.items():
        one = owed(rule_id)
        long_after = due(rule_id) + 400 * 24 * HOUR
        assert (late_ms(one, long_after) is not None) is (versions[-1].kind == "duty") is (rule_id in DUTIES), rule_id
        assert (rule_id in HOUR_DUTIES) is (rule_id in DUTIES and versions[-1].unit == "hour")


def test_a_due_time_that_was_moved_is_explained_as_it_holds() -> None:
    moved = replace(owed("spotcheck_disposal_start"), due=due("spotcheck_disposal_start") + 24 * HOUR)
    told = deadline_of(moved)
    assert told is not None and round(told.due.timestamp() * SECOND) == moved.due and rule_of(moved).version == moved.version


def test_every_rule_says_in_both_languages_what_it_asks() -> None:
    for versions in clock_rules.rules().values():
        words = to_do(versions[-1])
        assert words.en and any("\u4e00" <= letter <= "\u9fff" for letter in words.zh)
