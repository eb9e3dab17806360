"""
What counts as wrong, who is harmed by it, and which runbook helps: the alerts of monitoring/rules/alerts.yml, seen from one reading.

Metric, threshold and runbook are the alert's own; a test holds both equal. An alert waits before it calls a person, `chuanyu watch` says it
at once; what rises counts from the first reading on. Budgets and restarts need hours of memory, which Prometheus has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from chuanyu.cli.pages import Reading, risen
from chuanyu.cli.shown import duration


class Asked(Enum):
    """What of a metric is compared: its value, the time since the moment it names (s), or how much it rose since the first reading."""

    VALUE = "value"
    AGE = "age"
    RISE = "rise"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Wrong is more than `above`. where, unless: a label and the pattern that its whole value matches, or does not; by: labels told apart.

    zh, en: what is wrong, with {value}, {age} (the value as a duration) and the labels in it; harmed: who feels it, Chinese and English.
    """

    alert: str
    metric: str
    above: float
    zh: str
    en: str
    harmed: tuple[str, str]
    runbook: str
    asked: Asked = Asked.VALUE
    where: tuple[str, str] | None = None
    unless: tuple[str, str] | None = None
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong at a node."""

    node: str
    alert: str
    zh: str
    en: str
    harmed: tuple[str, str]
    runbook: str


CONDITIONS = (
    Condition(
        alert="StoreAway",
        metric="chuanyu_dependency_away",
        above=0,
        where=("dependency", "postgresql"),
        zh="连不上数据库，受理已停",
        en="PostgreSQL is not reached, nothing is accepted",
        harmed=("全部报送单位", "every member that submits"),
        runbook="store_away",
    ),
    Condition(
        alert="KafkaAway",
        metric="chuanyu_dependency_away",
        above=0,
        where=("dependency", "kafka"),
        zh="连不上Kafka，受理照常，收发暂停",
        en="Kafka is not reached: it accepts, but nothing leaves or arrives",
        harmed=("对方省，看不到新消息", "the other side, which sees nothing new"),
        runbook="broker_away",
    ),
    Condition(
        alert="ServiceStuck",
        metric="chuanyu_turned_timestamp_seconds",
        above=30,
        asked=Asked.AGE,
        by=("service",),
        zh="{service}已{age}没有动作",
        en="{service} has done nothing for {age}",
        harmed=("该部件的案卷", "the cases of that part"),
        runbook="service_stuck",
    ),
    Condition(
        alert="SealForged",
        metric="chuanyu_seal_failures_total",
        above=0,
        asked=Asked.RISE,
        by=("code",),
        unless=("code", "key_.*"),
        zh="拦下{value:.0f}条印章不符的记录（{code}），按安全事件处理",
        en="{value:.0f} records whose seal does not hold were stopped ({code}): a security incident",
        harmed=("记录所属案卷", "the cases of those records"),
        runbook="seal_invalid",
    ),
    Condition(
        alert="HeadMismatch",
        metric="chuanyu_head_mismatch_total",
        above=0,
        asked=Asked.RISE,
        zh="与对方的存证链不一致",
        en="the archives of both sides differ",
        harmed=("一切以存证为据者", "whoever relies on the archive"),
        runbook="head_mismatch",
    ),
    Condition(
        alert="SequenceGap",
        metric="chuanyu_partition_state",
        above=0,
        where=("state", "gap"),
        by=("service", "topic"),
        zh="{service}在{topic}上缺号（{value:.0f}个分区），已要求重发",
        en="{service} lacks records of {topic} in {value:.0f} partitions and has asked for them again",
        harmed=("这些分区上的案卷", "the cases of those partitions"),
        runbook="sequence_gap",
    ),
    Condition(
        alert="LogUnrelayed",
        metric="chuanyu_log_oldest_unrelayed_seconds",
        above=30,
        zh="已受理的记录有{age}未发出",
        en="an accepted record has waited {age} to leave",
        harmed=("两省，均看不到新消息", "both provinces, which see nothing new"),
        runbook="log_unrelayed",
    ),
    Condition(
        alert="ServiceBehind",
        metric="chuanyu_oldest_unapplied_seconds",
        above=60,
        by=("service", "topic"),
        zh="{service}在{topic}上落后{age}",
        en="{service} is {age} behind on {topic}",
        harmed=("其案卷与答复，变旧", "its cases and answers, which grow old"),
        runbook="service_behind",
    ),
    Condition(
        alert="OtherSideSilent",
        metric="chuanyu_other_side_age_seconds",
        above=30,
        zh="已{age}未收到对方消息",
        en="nothing was heard from the other side for {age}",
        harmed=("互认查询者，答复如实变旧", "who asks for recognition: answers are old and say so"),
        runbook="other_side_silent",
    ),
    Condition(
        alert="RecordParked",
        metric="chuanyu_parked_records",
        above=0,
        by=("code",),
        unless=("code", "waiting"),
        zh="隔离区有{value:.0f}条记录待人处置（{code}）",
        en="{value:.0f} records are parked as {code} and wait for a person",
        harmed=("这些记录的案卷，停住", "the cases of those records, which stand still"),
        runbook="{code}",
    ),
    Condition(
        alert="RulesDiffer",
        metric="chuanyu_rules_differ",
        above=0,
        zh="两地规则表版本不同",
        en="the rule tables of both sides differ",
        harmed=("须处置机关，时限可能算得不一样", "who must act: due times may differ"),
        runbook="rules_differ",
    ),
    Condition(
        alert="CasesHeld",
        metric="chuanyu_held_cases",
        above=0,
        zh="{value:.0f}件案卷因隔离停住，法定时限仍在走",
        en="{value:.0f} cases stand still behind a parked record while their clocks run",
        harmed=("这些案卷的须处置机关", "who must act in them"),
        runbook="held_case",
    ),
    Condition(
        alert="ObligationOverdue",
        metric="chuanyu_obligations",
        above=0,
        where=("state", "due_unconfirmed|overdue"),
        zh="{value:.0f}项应办事项已过时限",
        en="{value:.0f} obligations are past their due time",
        harmed=("当事人与须处置机关", "the parties, and who must act"),
        runbook="obligation_overdue",
    ),
    Condition(
        alert="ReceiptsOutstanding",
        metric="chuanyu_oldest_receipt_seconds",
        above=3600,
        zh="送出的消息有{age}未获对方送达回执",
        en="what was said has waited {age} for the other side's receipt",
        harmed=("对方须处置机关，可能尚不知情", "who must act over there, and may not know"),
        runbook="receipts_outstanding",
    ),
    Condition(
        alert="ReferenceWaiting",
        metric="chuanyu_oldest_reference_seconds",
        above=86400,
        zh="有更正或撤回等待其原件已{age}",
        en="a correction or withdrawal has waited {age} for what it refers to",
        harmed=("原件所涉当事人", "the parties of what it corrects"),
        runbook="reference_waiting",
    ),
)


def findings(first: Reading, now: Reading) -> Iterator[Finding]:
    """What is wrong at a node, worst first. first: the reading from which on rises count."""
    for address in now.away:
        zh, en = f"{address}无应答或未就绪", f"{address} does not answer, or is not ready"
        yield Finding(now.node, "PartDown", zh, en, ("经由该节点的报送与查询", "who submits or asks at this node"), "node_away")
    for condition in CONDITIONS:
        for group, value in _values(condition, first, now).items():
            if value > condition.above:
                yield _finding(condition, now.node, dict(zip(condition.by, group, strict=True)), value)


def _values(condition: Condition, first: Reading, now: Reading) -> dict[tuple[str, ...], float]:
    old, new = (reading.only(lambda labels: _concerns(condition, labels)) for reading in (first, now))
    if condition.asked is Asked.RISE:
        return risen(condition.metric, condition.by, old, new)
    values = new.by(condition.metric, condition.by, max if condition.metric.endswith("_seconds") else sum)
    return {group: now.at - value for group, value in values.items()} if condition.asked is Asked.AGE else values


def _concerns(condition: Condition, labels: Mapping[str, str]) -> bool:
    """Whether a series is among those that the condition looks at."""
    chosen = not condition.where or re.fullmatch(condition.where[1], labels.get(condition.where[0], ""))
    return bool(chosen) and not (condition.unless and re.fullmatch(condition.unless[1], labels.get(condition.unless[0], "")))


def _finding(condition: Condition, node: str, labels: dict[str, str], value: float) -> Finding:
    said = {"value": value, "age": duration(value), **labels}
    zh, en, runbook = (text.format_map(said) for text in (condition.zh, condition.en, condition.runbook))
    return Finding(node, condition.alert, zh, en, condition.harmed, runbook)
