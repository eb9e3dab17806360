"""Rules, alerts and routes as Prometheus' and Alertmanager's own tools judge them."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import Any

import pytest
import yaml

from kit.monitoring import MONITORING, rules, run

CASES = ("recording", "alerts", "budgets")
ALERTS = [rule.name for rule in rules("alerts")]


def test_the_configuration_is_valid() -> None:
    assert "SUCCESS" in run("promtool", "check", "config", "prometheus.yml")
    assert "SUCCESS" in run("promtool", "check", "rules", *sorted((MONITORING / "rules").glob("*.yml")))
    assert "SUCCESS" in run("amtool", "check-config", "alertmanager.yml")


@pytest.mark.parametrize("cases", CASES)
def test_rules_give_what_their_cases_say(cases: str) -> None:
    assert "SUCCESS" in run("promtool", "test", "rules", f"tests/{cases}.yml")


def looks(cases: str) -> list[list[dict[str, Any]]]:
    """Per case, what is looked at, in the order of time."""
    tests = yaml.safe_load((MONITORING / "tests" / f"{cases}.yml").read_text("utf-8"))["tests"]
    return [test["promql_expr_test"] for test in tests]


def firing(look: dict[str, Any]) -> set[str]:
    labels = [sample["labels"] for sample in look.get("exp_samples", [])]
    return {name for text in labels for name in re.findall(r'alertname="(\w+)"', text)}


@pytest.mark.parametrize("alert", ALERTS)
def test_every_alert_has_a_case_in_which_it_is_silent_fires_and_clears(alert: str) -> None:
    courses = ["".join("x" if alert in firing(look) else "." for look in test) for cases in CASES[1:] for test in looks(cases)]
    assert any(re.search(r"\.x+\.", course) for course in courses)


def test_every_recording_rule_has_a_case() -> None:
    asked = {look["expr"] for test in looks("recording") for look in test}
    named = {name for text in asked for name in re.findall(r"(?:node|slo):\w+:\w+", text)}
    assert named == {rule.name for rule in rules("recording")}


def test_every_look_of_a_case_is_later_than_the_one_before() -> None:
    """Else `silent, fires, clears` would not be a course of time."""
    for cases in CASES[1:]:
        for test in looks(cases):
            times = [seconds(look["eval_time"]) for look in test]
            assert all(a < b for a, b in pairwise(times)), test


def seconds(duration: str) -> int:
    return sum(int(number) * {"h": 3600, "m": 60, "s": 1}[unit] for number, unit in re.findall(r"(\d+)([hms])", duration))


@pytest.mark.parametrize("alert", rules("alerts"), ids=lambda rule: rule.name)
def test_every_alert_is_routed_to_whom_it_names(alert: Any) -> None:
    severity = alert.alert["labels"]["severity"]
    told = run("amtool", "config", "routes", "test", "--config.file=alertmanager.yml", f"alertname={alert.name}", f"severity={severity}")
    assert told.strip() == severity


def test_an_alert_of_an_unknown_severity_still_reaches_somebody() -> None:
    assert run("amtool", "config", "routes", "test", "--config.file=alertmanager.yml", "alertname=X").strip() == "ticket"


def test_targets_bear_node_and_part() -> None:
    """Every rule sums by them."""
    for target in json.loads((MONITORING / "targets" / "nodes.json").read_text("utf-8")):
        assert set(target["labels"]) == {"node", "part"}
