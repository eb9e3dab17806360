"""The rules of the clocks (时限), one row of `data/clock_rules.csv` a version. Source: each row names its act; domain 9."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Literal, cast

from chuanyu.domain.tables import table

Kind = Literal["duty", "right", "wait", "end", "keep", "immediate"]
Unit = Literal["hour", "day", "working_day", "month"]
Start = Literal["time", "delivered", "served"]
_LEVEL = re.compile(r"_level\d$")
_OF_CLASS = {"followup_processed": "alert_processed"}

Certainty = Literal["confirmed", "to be checked", "policy"]


@dataclass(frozen=True, slots=True)
class Rule:
    """
    One version of one rule, as the table says it. Effective dates are inclusive, null is open.

    `kind`: only a duty is ever overdue; wait, end and keep take effect on the day after their due. `roll`: a last day off moves on.
    `starts`: at the event's time, at the first delivery where it is owed, or when the party was served.
    """

    rule_id: str
    version: int
    kind: Kind
    length: int
    unit: Unit
    roll: bool
    repeats: bool
    trigger: str
    starts: Start
    owes: str
    to_do: str
    source: str
    source_zh: str
    certainty: Certainty
    effective_from: date | None
    effective_to: date | None

    def in_force(self, day: date) -> bool:
        """Whether this version counts for a trigger on that day."""
        return (self.effective_from is None or self.effective_from <= day) and (self.effective_to is None or day <= self.effective_to)


def rules() -> Mapping[str, tuple[Rule, ...]]:
    """All versions of all rules by id, the oldest first."""
    return _rules()


def rule_in_force(rule_id: str, day: date) -> Rule | None:
    """The version for a trigger on that day (Asia/Shanghai). Null: rule_not_in_force. An unknown id is a KeyError."""
    return next((rule for rule in _rules()[rule_id] if rule.in_force(day)), None)


def duty_of(rule_id: str) -> str:
    """What a rule asks at whatever class or level, so what it shares with the rule that takes its place once those change (rule 12)."""
    return _LEVEL.sub("", _OF_CLASS.get(rule_id, rule_id))


@cache
def _rules() -> Mapping[str, tuple[Rule, ...]]:
    versions: dict[str, list[Rule]] = defaultdict(list)
    for row in table("clock_rules.csv"):
        versions[row["rule_id"]].append(_rule(row))
    return MappingProxyType({rule_id: tuple(sorted(rows, key=lambda rule: rule.version)) for rule_id, rows in versions.items()})


def _rule(row: dict[str, str]) -> Rule:
    return Rule(
        rule_id=row["rule_id"],
        version=int(row["version"]),
        kind=cast(Kind, row["kind"]),
        length=int(row["length"]),
        unit=cast(Unit, row["unit"]),
        roll=row["roll"] == "true",
        repeats=row["repeats"] == "true",
        trigger=row["trigger"],
        starts=cast(Start, row["clock_starts"]),
        owes=row["owes"],
        to_do=row["to_do"],
        source=row["source"],
        source_zh=_cited()[row["source"]],
        certainty=cast(Certainty, row["certainty"]),
        effective_from=_day(row["effective_from"]),
        effective_to=_day(row["effective_to"]),
    )


@cache
def _cited() -> Mapping[str, str]:
    """How each source is cited in Chinese."""
    return {row["source"]: row["zh"] for row in table("clock_sources.csv")}


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
