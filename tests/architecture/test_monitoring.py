"""What is measured is looked at, what is looked at is measured, and who is called is told what to do."""

from __future__ import annotations

import re

import yaml

from chuanyu.kernel import faults
from chuanyu.kernel.metrics import DESCRIBED
from kit.monitoring import MONITORING, REPOSITORY, dashboards, metrics_in, records_in, rules

LOOKED_AT_ELSEWHERE = {"chuanyu_calendar_days": "chuanyu status"}  # metric → who looks at it, if no rule and no dashboard does


def expressions() -> list[str]:
    return [rule.expr for file in ("recording", "alerts") for rule in rules(file)] + [text for _, text in dashboards()]


def test_every_metric_is_looked_at_and_every_one_looked_at_exists() -> None:
    looked_at = {name for text in expressions() for name in metrics_in(text)}
    measured = {metric.name for metric in DESCRIBED}
    assert looked_at - measured == set(), "not in kernel/metrics.py"
    assert measured - looked_at == set(LOOKED_AT_ELSEWHERE), "no rule, alert or dashboard asks for it"


def test_every_record_that_is_asked_for_is_recorded() -> None:
    recorded = [rule.name for rule in rules("recording")]
    assert len(recorded) == len(set(recorded))
    assert {name for text in expressions() for name in records_in(text)} <= set(recorded)
    assert all(records_in(name) == {name} for name in recorded)


def test_labels_in_rules_are_labels_of_the_metric() -> None:
    """`sum by (sevice)` is valid, and empty."""
    own = {metric.name: {*metric.labels, "le"} for metric in DESCRIBED}
    for file in ("recording", "alerts"):
        for rule in rules(file):
            of_metrics = set().union(*(own[name] for name in metrics_in(rule.expr)))
            said = {label.strip() for names in re.findall(r"by \(([^)]*)\)", rule.expr) for label in names.split(",")}
            if of_metrics:
                assert said <= of_metrics | {"node", "part"}, rule.name


def test_every_alert_says_who_is_called_what_happened_and_what_to_do() -> None:
    codes = {
        each.code for each in vars(faults).values() if isinstance(each, type) and issubclass(each, faults.Poison) and "code" in vars(each)
    }
    for rule in rules("alerts"):
        assert rule.alert is not None
        assert rule.alert["labels"]["severity"] in ("page", "ticket", "coordinator"), rule.name
        assert re.match(r"[^a-z]*[\u4e00-\u9fff].*。 .*[A-Za-z]", re.sub(r"\{\{.*?\}\}", "", rule.alert["annotations"]["summary"])), (
            rule.name
        )
        runbook = rule.alert["annotations"]["runbook"]
        pages = [runbook.replace("{{ $labels.code }}", code) for code in codes] if "{{" in runbook else [runbook]
        assert pages and [page for page in pages if not (REPOSITORY / page).is_file()] == [], rule.name


def test_what_alertmanager_holds_back_exists() -> None:
    """A rule against an alert of another name holds nothing back."""
    names = {rule.name for rule in rules("alerts")}
    for rule in yaml.safe_load((MONITORING / "alertmanager.yml").read_text("utf-8"))["inhibit_rules"]:
        for matcher in [*rule["source_matchers"], *rule["target_matchers"]]:
            for wanted in re.fullmatch(r'alertname=~?"(.+)"', matcher)[1].split("|"):  # type: ignore[index]
                assert any(re.fullmatch(wanted, name) for name in names), wanted
