"""`chuanyu clock`: when something falls due by a rule, in words. Asks no node."""

from __future__ import annotations

from datetime import datetime, time
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click
import orjson

from chuanyu.cli import DONE, NO
from chuanyu.domain import calendar, clock_rules, clocks
from chuanyu.domain.clock_rules import Rule
from chuanyu.domain.clock_words import explain, to_do
from chuanyu.domain.dates import SHANGHAI, day_of, parse_date, parse_instant

_CERTAINTY = {"confirmed": "", "to be checked": "（依据待核实 · source to be checked）", "policy": "（政策约定 · policy）"}


class Known(click.ParamType):
    """The id of a rule of the table."""

    name = "RULE_ID"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Raises BadParameter, wrong use."""
        rules = clock_rules.rules()
        if value in rules:
            return str(value)
        near = get_close_matches(value, rules, n=3) or [each for each in rules if value in each][:3]
        meant = f"是否指 · did you mean {', '.join(near)}?" if near else "见 · see domain/data/clock_rules.csv"
        self.fail(f"没有规则{value}。There is no rule {value}. {meant}", param, ctx)


@click.command()
@click.argument("rule_id", type=Known())
@click.option("--from", "start", required=True, metavar="TIME", help="The trigger: a day, or an instant in ISO 8601 (Asia/Shanghai).")
@click.option(
    "--calendar",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    envvar="CHUANYU_CALENDAR_FILE",
    help="Published days off of further years, as the node has them.",
)
@click.option("--json", "as_json", is_flag=True, help="The answer as one JSON document.")
def command(rule_id: str, start: str, file: Path | None, as_json: bool) -> int:
    """When something falls due by a rule, explained.

    Exit status: 0 told, 1 the rule was not in force on that day, 2 no such rule or time.
    """
    trigger = _trigger(rule_id, start)
    rule = clock_rules.rule_in_force(rule_id, day_of(trigger))
    if rule is None:
        return _not_in_force(rule_id, trigger, as_json)
    if file is not None:
        _adopt(file)
    found = clocks.due(rule, trigger)
    click.echo(orjson.dumps(_document(rule, found)) if as_json else _words(rule, found))
    return DONE


def _trigger(rule_id: str, text: str) -> datetime:
    instant, day = parse_instant(text), parse_date(text)
    if instant is not None:
        return instant.astimezone(SHANGHAI)
    if day is None:
        raise click.BadParameter(
            f"无法读作日期或时刻 · {text!r} is neither a day nor an instant such as 2026-09-29T15:00", param_hint="--from"
        )
    if clock_rules.rules()[rule_id][-1].unit == "hour":
        raise click.BadParameter(
            "按小时计的规则须给出时刻 · a rule in hours needs the time of day, such as 2026-09-29T15:00", param_hint="--from"
        )
    return datetime.combine(day, time(tzinfo=SHANGHAI))


def _adopt(file: Path) -> None:
    try:
        calendar.adopt(calendar.read(file.read_text(encoding="utf-8")))
    except ValueError as error:
        raise click.BadParameter(f"日历文件有误 · {file}: {error}", param_hint="--calendar") from None


def _not_in_force(rule_id: str, trigger: datetime, as_json: bool) -> int:
    if as_json:
        click.echo(orjson.dumps({"rule": rule_id, "from": trigger.isoformat(), "code": "rule_not_in_force"}))
    else:
        click.echo(
            f"{rule_id}在{day_of(trigger)}尚未生效或已失效，没有时限\n{rule_id} was not in force on {day_of(trigger)}: rule_not_in_force"
        )
    return NO


def _document(rule: Rule, found: clocks.Deadline) -> dict[str, Any]:
    words = explain(found)
    return {
        "rule": rule.rule_id,
        "version": rule.version,
        "from": found.trigger.isoformat(),
        "due": found.due.isoformat(),
        "unit": rule.unit,
        "length": rule.length,
        "repeats": rule.repeats,
        "explained": {"zh": words.zh, "en": words.en},
        "certain": found.certain,
        "source": rule.source,
        "source_certainty": rule.certainty,
    }


def _words(rule: Rule, found: clocks.Deadline) -> str:
    words, task = explain(found), to_do(rule)
    return f"{task.zh} · {task.en}{_CERTAINTY[rule.certainty]}\n{found.due:%Y-%m-%d %H:%M:%S}\n{words.zh}\n{words.en}"
