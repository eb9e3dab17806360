"""`chuanyu case`: what happened in a case, what is owed in it, and who has answered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import click
import orjson

from chuanyu.cli import DONE, connect, owing, shown
from chuanyu.cli.connect import Caller

_STANDINGS = {
    "AWAITED": "等待立案的事实 · awaits the fact that opens it",
    "STANDS": "成立 · stands",
    "WITHDRAWN": "已撤回 · withdrawn",
    "LIFTED": "已解除 · lifted",
    "ENDED": "已终结 · ended",
    "OVERTURNED": "已推翻 · overturned",
}
_EFFECTS = {
    "STANDS": "",
    "REPLACED": "（已被更正 · replaced by a correction）",
    "WITHDRAWN": "（已被撤回 · withdrawn）",
    "WAITING": "（等待所指事件 · waits for the event it refers to）",
    "VOID": "（不生效，见附注 · without effect, see the remarks）",
}
_STATES = {
    "NOT_STARTED": "未启动",
    "STARTED": "已启动",
    "CONTROLLED": "产品控制",
    "CAUSE_SOUGHT": "原因排查",
    "PENALTY": "行政处罚",
    "RECHECKED": "整改复查",
    "FINISHED": "完成",
}
_KINDS = {"AUTHENTICITY": "真实性异议 authenticity", "RETEST": "复检 re-test", "JUDGEMENT_BASIS": "判定依据 judgement basis"}
_OUTCOMES = {
    "": "处理中 open",
    "UPHELD": "维持原结论 upheld",
    "OVERTURNED": "推翻原结论 overturned",
    "WITHDRAWN": "撤回异议 withdrawn",
    "NOT_ACCEPTED": "不予受理 not accepted",
}
_RECEIPTS = {"DELIVERED": "已送达 delivered", "PROCESSED": "已处理 processed"}


class Cases(click.Group):
    """A case's id in the place of a command shows it."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        shortened = bool(args) and args[0] not in self.commands and not args[0].startswith("-")
        return super().resolve_command(ctx, ["show", *args] if shortened else args)


@click.group(cls=Cases)
def command() -> None:
    """A case (案卷): `chuanyu case ID`, ID being the whole id or its key, such as a 抽样编号."""


@command.command()
@click.argument("case_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="The answer as one JSON document.")
@connect.options
def show(caller: Caller, case_id: str, as_json: bool) -> int:
    """What happened, what is owed, who has answered. Exit status 1: no such case."""
    from chuanyu.casework.rest import answer_json
    from chuanyu.contracts.pb.cases.v1.cases_pb2 import GetCaseRequest
    from chuanyu.contracts.pb.cases.v1.cases_pb2_grpc import CaseServiceStub

    asked = GetCaseRequest(case_id=case_id) if "/" in case_id else GetCaseRequest(key=case_id)
    told = answer_json(caller.ask(lambda channel: CaseServiceStub(channel).GetCase, asked))
    if as_json:
        click.echo(orjson.dumps(told))
        return DONE
    for line in _told(told):
        click.echo(line)
    owing.tell_honestly(told, aside=False)
    return DONE


@command.command("list")
@click.option("--family", default="", help="Such as spotcheck.")
@click.option("--province", default="", help="The province that accepted what opened it.")
@click.option("--authority", "--division", default="", metavar="CODE", help="Open and of concern to this division or one below it.")
@click.option("--open/--closed", "still", default=None, help="Default: both.")
@click.option("--overdue", is_flag=True, help="Something in it is past due.")
@click.option("--limit", type=click.IntRange(1, 200), default=100, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON document a case.")
@connect.options
def list_(caller: Caller, still: bool | None, overdue: bool, limit: int, as_json: bool, **wanted: str) -> int:
    """Cases by their id."""
    from chuanyu.casework.rest import answer_json
    from chuanyu.contracts.pb.cases.v1.cases_pb2 import ListCasesRequest
    from chuanyu.contracts.pb.cases.v1.cases_pb2_grpc import CaseServiceStub

    request = ListCasesRequest(page_size=limit, filter={**wanted, "open": still, "overdue": overdue or None})
    page = answer_json(caller.ask(lambda channel: CaseServiceStub(channel).ListCases, request))
    if as_json:
        for one in page["cases"]:
            click.echo(orjson.dumps(one))
    else:
        _list(page)
    owing.tell_honestly(page, aside=as_json)
    return DONE


def _list(page: Mapping[str, Any]) -> None:
    lines = shown.table("案件 case", "内容 about", "状态 state", "须处置 must act", "待办 owed", "逾期 late", "下一到期 next due")
    for one in page["cases"]:
        state = f"{_STANDINGS[one['standing']].partition(' · ')[0]} {one['stage'] or ''}"
        flagged = "、".join(each["authority"]["name"] or each["authority"]["division"] for each in one["flagged"])
        numbers = str(one["open_obligations"]), str(one["overdue_obligations"])
        next_due = owing.clock(one["next_due_at"]) if one["next_due_at"] else "–"
        lines.add_row(one["case_id"], one["title"] or "", state, flagged, *numbers, next_due)
    if page["cases"]:
        shown.show(lines)
    count, more = len(page["cases"]), "，另有更多 · there are more" if page["next_page_token"] else ""
    click.echo(f"共{count}件{more} · {count} cases" if count else "没有符合条件的案件 · no such case")


def _told(case: Mapping[str, Any]) -> Iterator[str]:
    """The whole case, line by line."""
    summary = case["summary"]
    yield click.style(f"{summary['case_id']}  {summary['title'] or ''}", bold=True)
    state = "办理中 open" if summary["open"] else "已办结 closed"
    yield f"状态 state：{_STANDINGS[summary['standing']]}，{state}  {summary['stage'] or ''}  {summary['notice_class'] or ''}".rstrip()
    if summary["closed_at"]:
        yield f"办结 closed：{owing.clock(summary['closed_at'])}"
    if summary["silent_at"]:
        yield f"无人答复则结案 closes by silence：{owing.clock(summary['silent_at'])}"
    for each in summary["flagged"]:
        yield f"须处置 must act：{owing.place(each['authority'])}{owing.part(each['role'])}"
    for each in summary["attention"]:
        yield f"关注 for attention：{owing.place(each)}"
    yield from _section("经过 · what happened", (line for each in case["events"] for line in _event(each)))
    if case["earlier_events"]:
        yield f"  （另有更早{case['earlier_events']}条未列 · {case['earlier_events']} earlier events are not shown）"
    yield from _section("抽样进度 · samples taken", (_region(each) for each in case["regions"]))
    yield from _section("核查处置 · disposal", (_part(each) for each in case["parts"]))
    yield from _section("异议 · objections", (_objection(each) for each in case["objections"]))
    yield from _section("当事人期限 · what parties may or must do", (line for each in case["terms"] for line in _term(each)))
    yield from _section("待办 · who owes what by when", (line for each in case["obligations"] for line in _obligation(each)))
    yield from _section("回执 · receipts", (_receipt(each, case["as_of"]) for each in case["receipts"]))
    yield from _section(
        "等待 · waiting", (f"{each['event_id']} → {each['waits_for'] or '立案事实 what opens it'}" for each in case["waiting"])
    )
    kept = (f"{each['text']['zh']}：{owing.clock(each['until'])}（{each['rule']}）" for each in case["retentions"])
    yield from _section("保存 · kept until", kept)
    yield from _section("附注 · remarks", (_remark(each) for each in case["remarks"]))


def _region(one: Mapping[str, Any]) -> str:
    place = owing.place(one["authority"]) if one["authority"]["division"] else "计划外地区 elsewhere"
    return f"{place}：{one['taken']}/{one['planned']}批次"


def _part(one: Mapping[str, Any]) -> str:
    state = f"{_STATES[one['state']]} {one['state'].lower()}"
    since = f"，{owing.clock(one['changed_at'])}" if one["changed_at"] else ""
    served = f"，{one['served_on']}送达 served" if one["served_on"] else ""
    ended = "，假冒 counterfeit" * one["counterfeit"] + "（已更正至他处 released）" * one["released"]
    return f"{owing.PARTS.get(one['part'], one['part'])}  {owing.place(one['authority'])}：{state}{since}{served}{ended}"


def _objection(one: Mapping[str, Any]) -> str:
    outcome = _OUTCOMES[one["outcome"] or ""] + (f"，{one['resolved_on']}" if one["resolved_on"] else "")
    by = owing.place(one["authority"]) if one["authority"] else "受理机关不详 unknown authority"
    return f"{_KINDS.get(one['kind'], one['kind'])}  {one['raised_on']}  {by}：{outcome}"


def _term(one: Mapping[str, Any]) -> Iterator[str]:
    assumed = "（送达日期不明，暂计 provisional）" if one["provisional"] else ""
    until = owing.clock(one["due_at"]) if one["due_at"] else "–"
    yield f"{one['to_do']['zh']}{owing.part(one['part'])} · {one['to_do']['en']}：至 until {until}{assumed}"
    if one["explained"]:
        yield f"    {one['explained']['zh']}{owing.CERTAINTY.get(one['source_certainty'], '')}"


def _remark(one: Mapping[str, Any]) -> str:
    words = f"{one['text']['zh']} · {one['text']['en']} " if one["text"] and one["text"]["zh"] else ""
    return f"{words}({one['code']})  {one['event_id']}"


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    told = list(lines)
    if told:
        yield title
        yield from (f"  {line}" for line in told)


def _event(one: Mapping[str, Any]) -> Iterator[str]:
    late = "，补录 back-filled" if one["backfilled"] else ""
    yield f"{owing.clock(one['recorded_at'])}  {one['title']['zh']} · {one['type']}{_EFFECTS[one['effect']]}{late}"
    refers = f"  → {one['refers_to']}" if one["refers_to"] else ""
    yield f"    {one['source'] or '（不公开来源 · source withheld）'}  {one['event_id']}{refers}"


def _obligation(one: Mapping[str, Any]) -> Iterator[str]:
    words, colour = owing.standing(one)
    yield f"{owing.place(one['authority'])}  {one['to_do']['zh']}{owing.part(one['part'])} · {one['to_do']['en']}"
    yield f"    {owing.due(one)}前 due  {click.style(words, fg=colour or None)}" + ("，补录 back-filled" if one["backfilled"] else "")
    if one["explained"]:
        yield f"    {one['explained']['zh']}{owing.CERTAINTY.get(one['source_certainty'], '')}"
    else:
        yield f"    依据 source：{owing.source(one)}（{one['rule']}）"
    if one["state"] == "OPEN":
        yield f"    待办编号 id：{one['obligation_id']}"


def _receipt(one: Mapping[str, Any], as_of: str) -> str:
    asked = datetime.fromisoformat(one["asked_at"])
    until = datetime.fromisoformat(one["given_at"] or as_of)
    zh, en = owing.length(max(0.0, (until - asked).total_seconds()))
    word = f"{one['by']}  {_RECEIPTS[one['kind']]}"
    if one["given_at"] is None:
        return f"{word}：未回，已{zh} · outstanding for {en}  ← {one['event_id']}"
    return f"{word}：{owing.clock(one['given_at'])}（{zh}后 · after {en}）  ← {one['event_id']}"
