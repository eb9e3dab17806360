"""How a deadline is explained to the person who owes it, in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from chuanyu.domain.calendar import STATE, Calendar
from chuanyu.domain.clock_rules import Rule, Unit
from chuanyu.domain.clocks import Deadline
from chuanyu.domain.tables import table

_UNITS: dict[Unit, tuple[str, str]] = {
    "hour": ("小时", "hours"),
    "day": ("日", "days"),
    "working_day": ("个工作日", "working days"),
    "month": ("个月", "months"),
}
_WEEKDAYS = "一二三四五六日"


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


def explain(deadline: Deadline, *, calendar: Calendar = STATE) -> Explanation:
    """From where, how long, what was left out and what worked, why moved, until when; what is uncertain; the rule, version and source."""
    rule, due = deadline.rule, f"{deadline.due:%Y-%m-%d %H:%M:%S}"
    unit_zh, unit_en = _UNITS[rule.unit]
    start = f"{deadline.trigger:%Y-%m-%d %H:%M:%S}" if rule.unit == "hour" else f"{deadline.trigger:%Y-%m-%d}"
    zh = f"自{start}起{rule.length * deadline.nth}{unit_zh}"
    en = f"{rule.length * deadline.nth} {unit_en} from {start}"
    notes_zh, notes_en = _notes(deadline, calendar)
    return Explanation(
        f"{zh}{notes_zh}，至{due}。依据：{rule.source_zh}（{rule.rule_id} 第{rule.version}版）",
        f"{en}{notes_en}, until {due}. Source: {rule.source} ({rule.rule_id} version {rule.version})",
    )


def _notes(deadline: Deadline, calendar: Calendar) -> tuple[str, str]:
    zh, en = _counted(deadline, calendar)
    if deadline.rolled_from:
        name = calendar.holiday(deadline.rolled_from)
        zh.append(f"末日{deadline.rolled_from}{f'（{name}）' if name else ''}休息，顺延")
        en.append(f"moved on from {deadline.rolled_from}, {name or 'a day off'}")
    if deadline.extended:
        zh, en = [*zh, "已延长一次"], [*en, "extended once"]
    if not deadline.certain:
        zh, en = [*zh, "所涉年份节假日安排尚未公布"], [*en, "the holidays of a year it touches are not published yet"]
    if deadline.rule.unit != "hour":
        zh, en = [*zh, "起算当日不计"], [*en, "that day itself not counted"]
    return "".join(f"；{note}" for note in zh), "".join(f", {note}" for note in en)


def _counted(deadline: Deadline, calendar: Calendar) -> tuple[list[str], list[str]]:
    """Which holidays a count of working days left out, and which weekend days it took in."""
    if not deadline.counted:
        return [], []
    first, last = deadline.trigger.date() + timedelta(days=1), deadline.counted[-1]
    days = [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
    holidays = list(dict.fromkeys(name for day in days if day not in deadline.counted and (name := calendar.holiday(day))))
    worked = [day for day in deadline.counted if day.weekday() >= 5]
    zh = [f"{'、'.join(holidays)}不计"] if holidays else []
    en = [f"{' and '.join(holidays)} left out"] if holidays else []
    return [*zh, *map(_worked, worked)], [*en, *(f"{day:%a} {day.day} {day:%b} worked" for day in worked)]


def _worked(day: date) -> str:
    return f"{day.month}月{day.day}日（周{_WEEKDAYS[day.weekday()]}）调休上班"
