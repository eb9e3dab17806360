"""Deadlines: the examples of the field, golden cases from an independent count, and the counting rules."""

import csv
import re
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chuanyu.domain import tables
from chuanyu.domain.calendar import STATE, Calendar
from chuanyu.domain.clock_rules import Rule, rule_in_force, rules
from chuanyu.domain.clock_words import explain
from chuanyu.domain.clocks import (
    Deadline,
    answer_by,
    due,
    escalation,
    extended,
    reclassified,
    recomputed,
    reminders,
    served_start,
)
from chuanyu.domain.dates import SHANGHAI

GOLDEN = Path(__file__).with_name("golden_deadlines.csv")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def rule(rule_id: str, day: str = "2026-06-01") -> Rule:
    found = rule_in_force(rule_id, date.fromisoformat(day))
    assert found is not None
    return found


def deadline(rule_id: str, trigger: str) -> Deadline:
    return due(rule(rule_id, trigger[:10]), at(trigger))


@pytest.mark.parametrize(
    ("rule_id", "trigger", "expected", "certain"),
    [
        ("spotcheck_retest_application", "2026-09-29 15:00", "2026-10-14 23:59:59", True),
        ("spotcheck_verdict_failed_report", "2026-09-18 00:00", "2026-09-21 23:59:59", True),
        ("recall_food_start_level1", "2026-09-30 17:30", "2026-10-01 17:30:00", True),
        ("spotcheck_retest_application_industrial", "2026-09-16 00:00", "2026-10-08 23:59:59", True),
        ("spotcheck_retest_laboratory", "2026-02-13 00:00", "2026-02-27 23:59:59", True),
        ("recall_food_finish_level1", "2026-02-12 00:00", "2026-03-04 23:59:59", True),
        ("spotcheck_backup_keep_failed", "2026-08-31 00:00", "2027-02-28 23:59:59", True),
        ("penalty_publication_local", "2026-12-10 00:00", "2027-01-08 23:59:59", False),
        ("recall_consignee_follow_up", "2026-09-25 00:00", "2026-10-08 23:59:59", True),
        ("spotcheck_retest_application_industrial", "2026-09-04 00:00", "2026-09-20 23:59:59", True),
    ],
)
def test_the_ten_examples(rule_id: str, trigger: str, expected: str, certain: bool) -> None:
    found = deadline(rule_id, trigger)
    assert (found.due, found.certain) == (at(expected), certain)


def golden() -> list[dict[str, str]]:
    with GOLDEN.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize("row", golden(), ids=lambda row: f"{row['rule_id']}@{row['trigger']}#{row['nth']}")
def test_p7_golden_deadlines_hold(row: dict[str, str]) -> None:
    """Counted by hand rules from the acts and the State Council's notices of days off, not by our calendar; each row says why."""
    found = due(rule(row["rule_id"], row["trigger"][:10]), at(row["trigger"]), nth=int(row["nth"]))
    expected = int(row["version"]), at(row["due"]), row["certain"] == "true"
    assert (found.rule.version, found.due, found.certain) == expected, row["reason"]


@pytest.mark.parametrize(
    "word", ["国庆不计", "春节不计", "调休上班", "为月末", "跨年", "尚未公布|未公布", "顺延至", "末日休息也不顺延", "也照计", "第3次"]
)
def test_the_golden_deadlines_show_every_turn_of_the_calendar(word: str) -> None:
    assert len(golden()) >= 150
    assert [row for row in golden() if re.search(word, row["reason"])]


def test_the_golden_deadlines_leave_no_rule_out() -> None:
    assert {(row["rule_id"], int(row["version"])) for row in golden()} == {
        (found.rule_id, found.version) for versions in rules().values() for found in versions
    }


def test_the_rules_that_ship_are_the_table(shared_data: Path) -> None:
    shipped = list(tables.table("clock_rules.csv"))
    with (shared_data / "clock_rules.csv").open(encoding="utf-8", newline="") as lines:
        assert shipped == list(csv.DictReader(lines))


def test_versions_of_a_rule_never_overlap() -> None:
    for versions in rules().values():
        for older, newer in pairwise(versions):
            assert older.effective_to is not None
            assert newer.effective_from == older.effective_to + timedelta(days=1)


def test_the_version_of_the_triggers_day_counts() -> None:
    assert rule("recall_drug_notify_level1", "2022-10-31").version == 1
    assert rule("recall_drug_notify_level1", "2022-11-01").version == 2
    assert rule_in_force("credit_end_minor", date(2026, 3, 31)) is None
    assert rule_in_force("recall_drug_file_level1", date(2022, 11, 1)) is None
    with pytest.raises(KeyError):
        rule_in_force("no_such_rule", date(2026, 1, 1))


@given(st.sampled_from(sorted(rules())), st.datetimes(datetime(2026, 4, 1), datetime(2026, 12, 31)))  # noqa: DTZ001
def test_the_hour_of_the_trigger_moves_hour_clocks_only(rule_id: str, moment: datetime) -> None:
    versions = rules()[rule_id]
    morning, night = (moment.replace(hour=hour, minute=0, tzinfo=SHANGHAI) for hour in (0, 23))
    early, late = due(versions[-1], morning).due, due(versions[-1], night).due
    assert (early == late) is (versions[-1].unit != "hour")


@given(st.sampled_from(sorted(rules())), st.datetimes(datetime(2019, 1, 1), datetime(2030, 12, 31)), st.integers(0, 400))  # noqa: DTZ001
def test_a_later_trigger_is_never_due_earlier(rule_id: str, moment: datetime, days: int) -> None:
    first = moment.replace(tzinfo=SHANGHAI)
    found = rules()[rule_id][-1]
    assert due(found, first).due <= due(found, first + timedelta(days=days)).due


@given(st.sampled_from(sorted(rules())), st.datetimes(datetime(2019, 1, 1), datetime(2030, 12, 31)))  # noqa: DTZ001
def test_an_instant_counts_alike_in_every_zone(rule_id: str, moment: datetime) -> None:
    here = moment.replace(tzinfo=SHANGHAI)
    assert due(rules()[rule_id][-1], here) == due(rules()[rule_id][-1], here.astimezone(UTC))


def test_a_trigger_needs_an_offset() -> None:
    with pytest.raises(ValueError, match="offset"):
        due(rule("alert_processed"), datetime(2026, 6, 1))  # noqa: DTZ001


def test_in_time_is_up_to_the_instant_or_before_the_next_day() -> None:
    hours, days = deadline("alert_processed", "2026-06-01 10:00"), deadline("request_answer", "2026-06-01 10:00")
    assert hours.in_time(at("2026-06-02 10:00:00"))
    assert not hours.in_time(at("2026-06-02 10:00:00.001"))
    assert days.in_time(at("2026-06-16 23:59:59.999"))
    assert not days.in_time(at("2026-06-17 00:00:00"))
    assert days.takes_effect == at("2026-06-17 00:00:00")


def test_months_are_counted_by_day_number() -> None:
    assert deadline("case_silence", "2026-02-28 12:00").due == at("2026-08-28 23:59:59")
    assert deadline("case_silence", "2026-08-31 12:00").due == at("2027-02-28 23:59:59")


def test_a_repeating_rule_counts_from_its_trigger() -> None:
    progress = rule("recall_consumer_progress")
    dues = [due(progress, at("2026-08-31 09:00"), nth=nth).due.date() for nth in (1, 2, 3)]
    assert dues == [date(2026, 11, 30), date(2027, 3, 1), date(2027, 5, 31)]


def test_a_duty_warns_at_half_at_four_fifths_and_on_its_last_working_morning() -> None:
    found = reminders(deadline("request_answer", "2026-09-20 23:59:59"))
    assert [(reminder.at, reminder.share) for reminder in found] == [
        (at("2026-09-28 11:59:59"), 50),
        (at("2026-09-30 09:00:00"), None),
        (at("2026-10-02 23:59:59"), 80),
    ]


def test_a_reminder_that_is_past_at_the_trigger_is_left_out() -> None:
    assert [reminder.share for reminder in reminders(deadline("recall_food_start_level1", "2026-09-30 17:30"))] == [50, 80]


@pytest.mark.parametrize("rule_id", ["spotcheck_retest_application", "spotcheck_no_resample", "log_retention", "spotcheck_stop_industrial"])
def test_only_a_duty_warns(rule_id: str) -> None:
    assert reminders(deadline(rule_id, "2026-06-01 10:00")) == ()


def test_an_overdue_duty_climbs_again_after_its_own_length() -> None:
    found = deadline("recall_consignee_follow_up", "2026-09-25 10:00")
    assert [escalation(found, nth) for nth in (1, 2)] == [at("2026-10-08 23:59:59"), at("2026-10-13 23:59:59")]
    assert escalation(deadline("spotcheck_stop_industrial", "2026-06-01 10:00"), 2) is None


def test_an_extension_counts_on_from_the_old_due_and_only_once() -> None:
    longer = extended(deadline("spotcheck_retest_laboratory", "2026-02-13 10:00"))
    assert longer is not None
    assert (longer.due, longer.trigger) == (at("2026-03-05 23:59:59"), at("2026-02-13 10:00"))
    assert extended(longer) is None
    assert extended(deadline("request_answer", "2026-06-01 10:00")) is None


def test_a_clock_of_something_served_is_provisional_until_the_day_is_known() -> None:
    accepted = datetime(2026, 6, 1, 2, tzinfo=UTC)
    known = served_start(date(2026, 6, 3), date(2026, 6, 2), accepted)
    assert (known.at, known.provisional) == (at("2026-06-03 00:00"), False)
    assert served_start(None, date(2026, 6, 2), accepted).at == at("2026-06-02 00:00")
    assert served_start(None, None, accepted) == served_start(None, None, at("2026-06-01 10:00"))
    assert served_start(None, None, accepted).provisional


def test_a_published_year_makes_a_due_certain_and_nobody_late() -> None:
    published = Calendar({2027: frozenset({date(2027, 1, 1), date(2027, 1, 2)})})
    old = due(rule("penalty_publication_local"), at("2026-12-10 10:00"))
    new = due(rule("penalty_publication_local"), at("2026-12-10 10:00"), calendar=published)
    assert (new.due, new.certain) == (at("2027-01-07 23:59:59"), True)
    assert recomputed(old, new, at("2027-01-07 20:00")).due == at("2027-01-08 23:59:59")
    assert recomputed(old, new, at("2026-12-20 20:00")).due == new.due
    assert recomputed(new, old, at("2027-01-07 20:00")) == old


def test_a_risen_level_never_ends_later() -> None:
    old, new = deadline("alert_processed", "2026-06-01 10:00"), deadline("followup_processed", "2026-06-01 10:00")
    assert reclassified(old, new, level_rose=True).due == old.due
    assert reclassified(old, new, level_rose=False) == new


def test_a_named_day_ends_at_midnight() -> None:
    assert answer_by(date(2026, 10, 3)) == at("2026-10-03 23:59:59")


def test_an_explanation_names_days_rule_and_doubt() -> None:
    words = explain(deadline("penalty_publication_local", "2026-12-10 10:00"))
    assert "20个工作日" in words.zh and "尚未公布" in words.zh and "penalty_publication_local" in words.zh
    assert "20 working days from 2026-12-10" in words.en and "not published" in words.en
    assert "moved on from 2026-09-19" in explain(deadline("spotcheck_retest_application_industrial", "2026-09-04 10:00")).en


def test_the_digest_of_the_tables_is_stable() -> None:
    assert tables.digest() == tables.digest()
    assert len(tables.digest()) == 64
    assert STATE.fingerprint() != Calendar({2027: frozenset({date(2027, 1, 1)})}).fingerprint()


def test_u1_every_source_is_cited_in_chinese_and_no_citation_is_left_over() -> None:
    cited = {row["source"]: row["zh"] for row in tables.table("clock_sources.csv")}
    assert cited.keys() == {row["source"] for row in tables.table("clock_rules.csv")}
    assert [zh for zh in cited.values() if re.search("[A-Za-z]", zh)] == []


def test_u1_a_deadline_explains_itself_in_each_language_by_its_own_citation() -> None:
    words = explain(deadline("spotcheck_cross_province_notice", "2026-11-24 12:00"))
    assert "依据：《食品安全抽样检验管理办法》第27条（义务，待核实）；时限为本项目约定" in words.zh and "length ours" in words.en
