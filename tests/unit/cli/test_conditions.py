"""`chuanyu watch` calls wrong what the alerts call wrong, and names the same runbooks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml
from promql_parser import AggregateExpr, BinaryExpr, Call, Expr, MatchOp, NumberLiteral, VectorSelector

from chuanyu.cli.conditions import CONDITIONS, Asked, Condition, findings
from chuanyu.cli.pages import Reading, Sample
from chuanyu.kernel import metrics
from kit.promql import expand, parts

RULES = Path(__file__).parents[3] / "monitoring" / "rules"
ALERTS: dict[str, dict[str, Any]] = {
    rule["alert"]: rule for group in yaml.safe_load((RULES / "alerts.yml").read_text("utf-8"))["groups"] for rule in group["rules"]
}
SPAN_HOURS = {"RestartLoop", "MirrorLoses", *(name for name in ALERTS if "Budget" in name)}
"""Alerts that need more memory than a terminal has."""


def the_comparison(condition: Condition) -> BinaryExpr:
    """Where the alert's expression compares the condition's metric."""
    expression = promql_parser.parse(expand(ALERTS[condition.alert]["expr"], RULES))
    compared = (part for part in parts(expression) if isinstance(part, BinaryExpr) and str(part.op) in {">", "=="})
    (found,) = (part for part in compared if any(_selects(inner, condition.metric) for inner in parts(part)))
    return found


def _selects(part: Expr, metric: str) -> bool:
    return isinstance(part, VectorSelector) and part.name == metric


def one(kind: type, expression: Expr) -> Iterator[Any]:
    return (part for part in parts(expression) if isinstance(part, kind))


def test_every_alert_that_one_reading_can_tell_is_watched_for() -> None:
    assert {condition.alert for condition in CONDITIONS} | {"PartDown"} == ALERTS.keys() - SPAN_HOURS


@pytest.mark.parametrize("condition", CONDITIONS, ids=lambda condition: condition.alert)
def test_a_condition_has_the_threshold_of_its_alert(condition: Condition) -> None:
    compared = the_comparison(condition)
    assert isinstance(compared.rhs, NumberLiteral)
    assert condition.above == (0 if str(compared.op) == "==" else compared.rhs.val)


@pytest.mark.parametrize("condition", CONDITIONS, ids=lambda condition: condition.alert)
def test_a_condition_looks_at_the_series_of_its_alert(condition: Condition) -> None:
    selector = next(part for part in one(VectorSelector, the_comparison(condition)) if part.name == condition.metric)
    chosen = [(each.op in (MatchOp.Equal, MatchOp.Re), (each.name, each.value)) for each in selector.matchers.matchers]
    assert chosen == [(wanted, pair) for wanted, pair in ((True, condition.where), (False, condition.unless)) if pair]


@pytest.mark.parametrize("condition", CONDITIONS, ids=lambda condition: condition.alert)
def test_a_condition_asks_of_its_metric_what_its_alert_asks(condition: Condition) -> None:
    called = {call.func.name for call in one(Call, the_comparison(condition))}
    assert (condition.asked is Asked.AGE, condition.asked is Asked.RISE) == ("time" in called, "increase" in called)


@pytest.mark.parametrize("condition", CONDITIONS, ids=lambda condition: condition.alert)
def test_a_condition_tells_no_more_apart_than_its_alert_sees(condition: Condition) -> None:
    told_apart = {label for part in one(AggregateExpr, the_comparison(condition)) for label in part.modifier.labels}
    assert set(condition.by) <= told_apart | {"code"}
    (metric,) = (each for each in metrics.DESCRIBED if each.name == condition.metric)
    assert set(condition.by) <= set(metric.labels)


@pytest.mark.parametrize("condition", CONDITIONS, ids=lambda condition: condition.alert)
def test_a_condition_leads_to_the_runbook_of_its_alert(condition: Condition) -> None:
    said = re.sub(r"\{\{ *\$labels\.(\w+) *\}\}", r"{\1}", ALERTS[condition.alert]["annotations"]["runbook"])
    assert f"docs/runbooks/{condition.runbook}.md" == said


def reading(*said: Sample, at: float = 1000.0, away: tuple[str, ...] = ()) -> Reading:
    return Reading("sichuan", at, said, away)


def test_at_the_threshold_all_is_well_and_beyond_it_the_value_is_said() -> None:
    def behind(seconds: float) -> list[str]:
        sample = Sample("chuanyu_oldest_unapplied_seconds", {"service": "recall", "topic": "chongqing.recall", "partition": "3"}, seconds)
        return [finding.en for finding in findings(reading(), reading(sample))]

    assert behind(60.0) == []
    assert behind(90.0) == ["recall is 90 s behind on chongqing.recall"]


def test_what_waits_behind_a_parked_record_is_no_second_finding() -> None:
    def parked(service: str, code: str, count: float) -> Sample:
        return Sample("chuanyu_parked_records", {"service": service, "code": code}, count)

    (found,) = findings(
        reading(), reading(parked("recall", "waiting", 5), parked("recall", "rule_violated", 1), parked("credit", "rule_violated", 2))
    )
    assert (found.runbook, found.zh) == ("rule_violated", "隔离区有3条记录待人处置（rule_violated）")


def test_a_forged_seal_counts_from_when_watching_began_and_a_late_key_does_not() -> None:
    def failures(code: str, count: float) -> Sample:
        return Sample("chuanyu_seal_failures_total", {"code": code}, count)

    began = reading(failures("signature_wrong", 4))
    assert list(findings(began, began)) == []
    (found,) = findings(began, reading(failures("signature_wrong", 6), failures("key_unknown", 9)))
    assert (found.alert, found.runbook) == ("SealForged", "seal_invalid")


def test_a_part_that_lives_but_does_nothing_is_told_by_the_time_since_its_last_turn() -> None:
    turned = Sample("chuanyu_turned_timestamp_seconds", {"service": "recall"}, 955.0)
    assert [finding.en for finding in findings(reading(), reading(turned))] == ["recall has done nothing for 45 s"]


def test_a_page_that_does_not_answer_comes_first() -> None:
    silent = Sample("chuanyu_other_side_age_seconds", {}, float("inf"))
    away, other = findings(reading(), reading(silent, away=("http://127.0.0.1:1/metrics",)))
    assert (away.runbook, other.runbook) == ("node_away", "other_side_silent")
    assert "∞" in other.en
