"""How a deadline is explained to the person who owes it, in both languages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from chuanyu.domain.clock_rules import Rule, Unit
from chuanyu.domain.clocks import Deadline
from chuanyu.domain.tables import table

_UNITS: dict[Unit, tuple[str, str]] = {
    "hour": ("小时", "hours"),
    "day": ("日", "days"),
    "working_day": ("个工作日", "working days"),
    "month": ("个月", "months"),
}
_LISTED = 10


@dataclass(frozen=True, slots=True)
class Explanation:
    """The same sentence in Chinese and in English."""

    zh: str
    en: str


def to_do(rule: Rule) -> Explanation:
    """What a rule asks of whoever owes it."""
    return Explanation(_duties()[rule.rule_id], rule.to_do)


@cache
def _duties() -> Mapping[str, str]:
    """The Chinese words of each rule."""
    return {row["rule_id"]: row["zh"] for row in table("clock_duties.csv")}


def explain(deadline: Deadline) -> Explanation:
    """From where, how long, which days counted, why moved, until when; what is uncertain; the rule, its version and source."""
    rule, due = deadline.rule, f"{deadline.due:%Y-%m-%d %H:%M:%S}"
    unit_zh, unit_en = _UNITS[rule.unit]
    start = f"{deadline.trigger:%Y-%m-%d %H:%M:%S}" if rule.unit == "hour" else f"{deadline.trigger:%Y-%m-%d}"
    zh = f"自{start}起{'' if rule.unit == 'hour' else '（当日不计）'}{rule.length * deadline.nth}{unit_zh}"
    en = f"{rule.length * deadline.nth} {unit_en} from {start}{'' if rule.unit == 'hour' else ' (that day not counted)'}"
    notes_zh, notes_en = _notes(deadline)
    return Explanation(
        f"{zh}{notes_zh}，至{due}。依据：{rule.source_zh}（{rule.rule_id} 第{rule.version}版）",
        f"{en}{notes_en}, until {due}. Source: {rule.source} ({rule.rule_id} version {rule.version})",
    )


def _notes(deadline: Deadline) -> tuple[str, str]:
    zh = en = ""
    if deadline.counted:
        days = _list(deadline.counted)
        zh, en = f"：{days}", f": {days}"
    if deadline.rolled_from:
        zh, en = f"{zh}，末日{deadline.rolled_from}休息，顺延", f"{en}, moved on from {deadline.rolled_from}, a day off"
    if deadline.extended:
        zh, en = f"{zh}，已延长一次", f"{en}, extended once"
    if not deadline.certain:
        zh, en = f"{zh}，所涉年份节假日安排尚未公布", f"{en}, the holidays of a year it touches are not published yet"
    return zh, en


def _list(days: Sequence[date]) -> str:
    shown = [f"{day:%m-%d}" for day in days]
    return " ".join(shown if len(shown) <= _LISTED else [*shown[:3], "…", *shown[-3:]])
