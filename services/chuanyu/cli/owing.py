"""How answers about cases are told to people: Chinese first, English beside it, instants as the clocks of both provinces show them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import click

from chuanyu.domain.dates import SHANGHAI

TIMELINESS = {
    "NOT_STARTED": ("未起算", "not started", ""),
    "RUNNING": ("未到期", "open", ""),
    "WARNED": ("临近到期", "due soon, warned of", "yellow"),
    "DUE_UNCONFIRMED": ("已到期，尚待确认", "past due, not yet confirmed", "red"),
    "OVERDUE": ("逾期未办", "overdue", "red"),
    "IN_TIME": ("按期办结", "met in time", "green"),
    "LATE": ("逾期办结", "met late", "yellow"),
}
STATES = {
    "SUPERSEDED": ("已替代", "superseded", ""),
    "CANCELLED": ("已取消", "cancelled", ""),
    "UNANSWERED": ("逾期未复", "never answered", "red"),
}
PARTS = {"PRODUCTION": "生产", "CIRCULATION": "流通", "CATERING": "餐饮", "PLATFORM": "网络平台", "ONLINE": "网络"}
CERTAINTY = {"to be checked": "（依据待核实 · source to be checked）", "policy": "（本项目规则 · policy）"}
_UNITS = (("日", "d", 86_400), ("小时", "h", 3_600), ("分", "min", 60), ("秒", "s", 1))


def standing(one: Mapping[str, Any]) -> tuple[str, str]:
    """How an obligation stands, in both languages, with how late; and the colour of it."""
    zh, en, colour = TIMELINESS[one["timeliness"]] if one["timeliness"] else STATES[one["state"]]
    if one["late_seconds"] is None:
        return f"{zh} {en}", colour
    late_zh, late_en = length(one["late_seconds"])
    return f"{zh}，逾期{late_zh} {en}, {late_en} late", colour


def due(one: Mapping[str, Any]) -> str:
    """When an obligation is due, with what is not certain about it."""
    if one["due_at"] is None:
        return "未起算 clock not started"
    moved = f"（原为{'、'.join(clock(each) for each in one['earlier_due_at'])} moved）" if one["earlier_due_at"] else ""
    return clock(one["due_at"]) + moved + ("" if one["certain"] else "（节假日安排尚未公布 holidays not published yet）")


def source(one: Mapping[str, Any]) -> str:
    """By which act an obligation is owed, and how sure that is."""
    return f"{one['source']['zh']}{CERTAINTY.get(one['source_certainty'], '')}"


def place(authority: Mapping[str, Any]) -> str:
    """An authority's place and code."""
    return f"{authority['name'] or '所在地不详'} {authority['division']}"


def part(word: str | None) -> str:
    """The part of a matter, or the province that must be told."""
    return f"（{PARTS.get(word, word)}）" if word else ""


def length(seconds: float) -> tuple[str, str]:
    """A length of time in its two largest units, in both languages."""
    left, told = int(seconds), []
    for zh, en, size in _UNITS:
        count, left = divmod(left, size)
        told += [(f"{count}{zh}", f"{count} {en}")] if count else []
    shown = told[:2] or [("0秒", "0 s")]
    return "".join(zh for zh, _ in shown), " ".join(en for _, en in shown)


def clock(instant: str) -> str:
    """As the clocks of both provinces show it."""
    return f"{datetime.fromisoformat(instant).astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"


def tell_honestly(answer: Mapping[str, Any], *, aside: bool) -> None:
    """How old the answer's knowledge is, and why it may lack something. aside: on standard error, so that programs are not disturbed."""
    for notice in answer["notices"]:
        click.secho(f"注意：{notice['text']['zh']} · {notice['text']['en']} ({notice['code']})", fg="yellow", err=aside)
    if not aside:
        ages = (f"{province} {_age(seconds)}" for province, seconds in answer["freshness_seconds"].items())
        click.echo(f"数据时效 · data age: {', '.join(ages)}   截至 · as of {clock(answer['as_of'])}")


def _age(seconds: float | None) -> str:
    return "从未收到 never" if seconds is None else f"{seconds:.1f} s"
