"""`chuanyu clock`: the due time in words, and what is refused."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from chuanyu.cli import commands
from chuanyu.domain import calendar
from chuanyu.domain.calendar import Calendar


def clock(*arguments: str) -> Result:
    return CliRunner().invoke(commands, ["clock", *arguments], standalone_mode=False)


def test_u1_a_due_time_is_explained_in_both_languages_chinese_first() -> None:
    told = clock("spotcheck_retest_application", "--from", "2026-09-29")
    assert told.return_value == 0
    assert "自2026-09-29起7个工作日；国庆不计；10月10日（周六）调休上班" in told.output
    assert "7 working days from 2026-09-29, 国庆 left out, Sat 10 Oct worked" in told.output
    assert told.output.index("个工作日") < told.output.index("working days")


def test_the_document_is_the_one_that_is_promised() -> None:
    told = json.loads(clock("spotcheck_retest_application", "--from", "2026-09-29 15:00", "--json").output)
    assert told.pop("explained").keys() == {"zh", "en"}
    assert told == {
        "rule": "spotcheck_retest_application",
        "version": 1,
        "from": "2026-09-29T15:00:00+08:00",
        "due": "2026-10-14T23:59:59+08:00",
        "unit": "working_day",
        "length": 7,
        "repeats": False,
        "certain": True,
        "source": "食品安全法 88",
        "source_certainty": "confirmed",
    }


def test_an_instant_counts_in_shanghai_whatever_its_offset() -> None:
    told = json.loads(clock("recall_food_start_level1", "--from", "2026-09-30T09:30:00Z", "--json").output)
    assert told["due"] == "2026-10-01T17:30:00+08:00"


def test_a_rule_that_was_not_in_force_is_a_no() -> None:
    told = clock("credit_end_minor", "--from", "2026-03-31", "--json")
    assert (told.return_value, json.loads(told.output)["code"]) == (1, "rule_not_in_force")


@pytest.mark.parametrize(
    ("rule", "start", "said"),
    [
        ("spotcheck_retest", "2026-09-29", "did you mean"),
        ("alert_processed", "2026-09-29", "time of day"),
        ("alert_processed", "soon", "neither"),
    ],
)
def test_wrong_use_says_what_to_write(rule: str, start: str, said: str) -> None:
    told = CliRunner().invoke(commands, ["clock", rule, "--from", start])
    assert (told.exit_code, said in told.output) == (2, True)


def test_p7_the_operators_years_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar, "adopt", lambda added: seen.append(added))
    seen: list[Calendar] = []
    file = tmp_path / "days.csv"
    file.write_text("day,works,name,noticed_on\n2027-01-01,false,元旦,2026-11-30\n", encoding="utf-8")
    assert clock("penalty_publication_local", "--from", "2026-12-10", "--calendar", str(file)).return_value == 0
    assert seen == [Calendar({2027: frozenset({date(2027, 1, 1)})}, {date(2027, 1, 1): "元旦"}, {2027: date(2026, 11, 30)})]
    file.write_text("day,works\n2027-01-01,maybe\n", encoding="utf-8")
    wrong = CliRunner().invoke(commands, ["clock", "penalty_publication_local", "--from", "2026-12-10", "--calendar", str(file)])
    assert (wrong.exit_code, "line 2" in wrong.output) == (2, True)
