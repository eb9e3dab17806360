"""`chuanyu parked`: what stands in quarantine, and what a person decides about it."""

from __future__ import annotations

import time
from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import wraps
from typing import Any

import click
import orjson

from chuanyu.cli import DONE, NO, connect, shown
from chuanyu.cli.connect import Caller
from chuanyu.domain.dates import SHANGHAI

LARGEST_PAGE = 200
_WAIT_SECONDS = 10.0  # for the services to carry an act out, before the command leaves
_LINES = 16  # of a hexadecimal view
_STATES = {
    "PARKED": "待处置 parked",
    "WAITING": "排队 waiting",
    "RELEASED": "已放行 released",
    "DISCARDED": "已弃置 discarded",
    "APPLIED": "已办理 applied",
    "REPLACED": "真本已到 replaced",
}
_ACTS = {"RELEASE": "放行 release", "DISCARD": "弃置 discard"}
_OUTCOMES = {"ACCEPTED": "✓ 已受理 accepted", "DUPLICATE": "= 已受理过 duplicate", "REFUSED": "✗ 未受理 refused"}
_WITHHELD = {
    "clearance": "原始字节可能含{data_class}级信息，超出您的查阅级别，未予显示 · the bytes may hold {data_class}, above your clearance",
    "restricted": "此类通报仅供有关机关查阅，内容未予显示 · a restricted notice: for those whom it concerns alone",
}


@click.group()
def command() -> None:
    """Quarantine (隔离区), for the role ops: `--as ops`. See docs/runbooks/README.md before deciding anything."""


def _filters(function: Any) -> Any:
    """Adds --service, --code, --topic and --case, and hands the command what of them is set as `wanted`."""

    @click.option("--service", default="", help="Such as spotcheck.")
    @click.option("--code", default="", help="Why it was parked, such as seal_invalid.")
    @click.option("--topic", default="", help="Such as chongqing.spotcheck.")
    @click.option("--case", "case_id", default="", metavar="ID", help="The case it claims to be about.")
    @wraps(function)
    def command(service: str, code: str, topic: str, case_id: str, **rest: Any) -> Any:
        given = {"service": service, "code": code, "topic": topic, "case_id": case_id}
        return function(wanted={name: text for name, text in given.items() if text}, **rest)

    return command


@command.command("list")
@_filters
@click.option("--settled", is_flag=True, help="Those about which nothing is left to decide.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document a record.")
@connect.options
def list_(caller: Caller, wanted: Mapping[str, str], settled: bool, as_json: bool) -> int:
    """What is parked at the node, in all its services, by number."""
    lines = shown.table("编号 no.", "主题 topic", "案件 case", "部件 services", "原因 code", "状态 state", "其后 behind", "入区 since")
    count = 0
    for one in _pages(caller, wanted, settled):
        count += 1
        if as_json:
            click.echo(orjson.dumps(one))
        else:
            lines.add_row(*_row(one))
    if not as_json:
        if count:
            shown.show(lines)
        click.echo(f"共{count}条 · {count} records" if count else "隔离区没有这样的记录 · nothing of the kind is in quarantine")
    return DONE


@command.command()
@click.argument("number", metavar="NO", type=click.IntRange(1))
@click.option("--json", "as_json", is_flag=True, help="The record as one JSON document, its bytes in base64.")
@connect.options
def show(caller: Caller, number: int, as_json: bool) -> int:
    """One record: where it stands, what it says, its original bytes, who decided what. Exit status 1: no such record."""
    told = _get(caller, number)
    if as_json:
        click.echo(orjson.dumps(told))
        return DONE
    for line in _told(told):
        click.echo(line)
    return DONE


def _deciding(function: Any) -> Any:
    """Adds what both acts are told."""

    @click.argument("numbers", metavar="[NO]...", type=click.IntRange(1), nargs=-1)
    @_filters
    @click.option("--reason", required=True, help="Why, in words; it is told in the node's log. No person's data.")
    @click.option("--dry-run", is_flag=True, help="Say what would follow and change nothing.")
    @click.option("--json", "as_json", is_flag=True, help="One JSON document a record.")
    @connect.options
    @wraps(function)
    def command(**given: Any) -> Any:
        if bool(given["numbers"]) == bool(given["wanted"]):
            raise click.UsageError("Name the records either by number or by --service, --code, --topic, --case.")
        return function(**given)

    return command


@command.command()
@_deciding
def release(caller: Caller, **given: Any) -> int:
    """Have records tried again, once their cause is gone: by number, or all that match the filters."""
    from chuanyu.contracts.pb.quarantine.v1.quarantine_pb2 import ReleaseParkedRequest
    from chuanyu.contracts.pb.quarantine.v1.quarantine_pb2_grpc import QuarantineServiceStub

    return _decide(caller, lambda channel: QuarantineServiceStub(channel).ReleaseParked, ReleaseParkedRequest, **given)


@command.command()
@_deciding
def discard(caller: Caller, **given: Any) -> int:
    """Have records skipped for good: by number, or all that match the filters."""
    from chuanyu.contracts.pb.quarantine.v1.quarantine_pb2 import DiscardParkedRequest
    from chuanyu.contracts.pb.quarantine.v1.quarantine_pb2_grpc import QuarantineServiceStub

    return _decide(caller, lambda channel: QuarantineServiceStub(channel).DiscardParked, DiscardParkedRequest, **given)


def _decide(
    caller: Caller, method: Any, kind: Any, numbers: Sequence[int], wanted: Mapping[str, str], reason: str, dry_run: bool, as_json: bool
) -> int:
    """0: every act was accepted, and none came back as poison in the time that the command waits; 1: something was refused or came back."""
    from chuanyu.quarantine.rest import answer_json

    asked = kind(parked_ids=numbers, filter=wanted or None, reason=reason, validate_only=dry_run)
    decisions: list[dict[str, Any]] = []
    while True:
        told = answer_json(caller.ask(method, asked))
        decisions += told["decisions"]
        if dry_run or not told["left"] or not told["decisions"]:
            break
    outcomes = {} if dry_run else _awaited(caller, [each["parked_id"] for each in decisions if each["outcome"] != "REFUSED"])
    for each in decisions:
        each["outcomes"] = outcomes.get(each["parked_id"], {})
        if as_json:
            click.echo(orjson.dumps(each))
        else:
            _tell_decision(each, dry_run)
    if not as_json:
        _tell_sum(decisions, told["left"], dry_run)
    came_back = any(state == "PARKED" for each in decisions for state in each["outcomes"].values())
    return NO if came_back or any(each["outcome"] == "REFUSED" for each in decisions) else DONE


def _awaited(caller: Caller, numbers: Sequence[int]) -> dict[int, dict[str, str]]:
    """number → service → what came of the act, as far as it was carried out in time."""
    until, found = time.monotonic() + _WAIT_SECONDS, {}
    for number in numbers:
        while True:
            told = _get(caller, number)
            latest = {act["service"]: act["outcome"] for act in told["acts"]}  # oldest first: the last one stays
            found[number] = {service: outcome for service, outcome in latest.items() if outcome}
            if len(found[number]) == len(latest) or time.monotonic() > until:
                break
            time.sleep(0.2)
    return found


def _get(caller: Caller, number: int) -> dict[str, Any]:
    from chuanyu.contracts.pb.quarantine.v1.quarantine_pb2 import GetParkedRequest
    from chuanyu.contracts.pb.quarantine.v1.quarantine_pb2_grpc import QuarantineServiceStub
    from chuanyu.quarantine.rest import answer_json

    return answer_json(caller.ask(lambda channel: QuarantineServiceStub(channel).GetParked, GetParkedRequest(parked_id=number)))


def _pages(caller: Caller, wanted: Mapping[str, str], settled: bool) -> Iterator[dict[str, Any]]:
    from chuanyu.contracts.pb.quarantine.v1.quarantine_pb2 import ListParkedRequest
    from chuanyu.contracts.pb.quarantine.v1.quarantine_pb2_grpc import QuarantineServiceStub
    from chuanyu.quarantine.rest import answer_json

    token = ""
    while True:
        asked = ListParkedRequest(filter={**wanted, "settled": settled}, page_size=LARGEST_PAGE, page_token=token)
        page = answer_json(caller.ask(lambda channel: QuarantineServiceStub(channel).ListParked, asked))
        yield from page["records"]
        if not (token := page["next_page_token"] or ""):
            return


def _row(one: Mapping[str, Any]) -> list[str]:
    holders = one["holders"]
    codes = sorted({each["code"] for each in holders if each["code"]})
    states = sorted({_state(each) for each in holders})
    behind = max(each["waiting_behind"] for each in holders)
    since = min(each["parked_at"] for each in holders)
    services = "、".join(each["service"] for each in holders)
    return [
        str(one["parked_id"]),
        one["topic"],
        one["case_id"] or "",
        services,
        " ".join(codes),
        "，".join(states),
        str(behind),
        _clock(since),
    ]


def _state(holder: Mapping[str, Any]) -> str:
    return "已决定，待执行 decided" if holder["decided"] else _STATES[holder["state"]]


def _told(one: Mapping[str, Any]) -> Iterator[str]:
    """The whole record, line by line."""
    content = one["content"]
    yield click.style(f"编号 no. {one['parked_id']}  {one['case_id'] or ''}", bold=True)
    slot = "无有效印章，序号不可信 no valid seal, no sequence" if one["sequence"] is None else f"序号 sequence {one['sequence']}"
    yield f"位置 where：{one['topic']} [{one['partition']}]  {slot}  偏移量 offset {one['record_offset']}  {one['size_bytes']} B"
    yield f"摘要 digest：{one['digest']}"
    for each in one["holders"]:
        yield f"{each['service']}：{_state(each)}  {each['code'] or ''}  {_clock(each['parked_at'])}"
        yield from ([f"    {each['reason']}"] if each["reason"] else [])
        yield from ([f"    其后排队 waiting behind: {each['waiting_behind']}"] if each["waiting_behind"] else [])
        yield from ([f"    须先处置编号 decide first: {each['stands_behind']}"] if each["stands_behind"] else [])
    yield from _content(content)
    for act in one["acts"]:
        outcome = _STATES[act["outcome"]] if act["outcome"] else "待执行 not carried out yet"
        yield f"{_clock(act['decided_at'])}  {act['by']} {_ACTS[act['act']]}：{act['reason']}"
        yield f"    {act['service']} → {outcome} {act['code'] or ''}  {act['event_id']}"


def _content(content: Mapping[str, Any]) -> Iterator[str]:
    if content["type"]:
        yield f"自称 claims to be：{content['type']}  {content['source']}  {_clock(content['recorded_at'])}"
    if content["data"] is not None:
        yield from orjson.dumps(content["data"], option=orjson.OPT_INDENT_2).decode().splitlines()
    elif content["unreadable"]:
        yield f"内容无法解读 it cannot be read：{content['unreadable']}"
    if content["withheld"]:
        yield _WITHHELD[content["withheld"]].format_map(content)
        return
    for header in content["headers"]:
        yield f"  {header['name']}: {b64decode(header['value']).decode(errors='replace')!r}"
    yield from _hexadecimal(b64decode(content["value"]))


def _hexadecimal(content: bytes) -> Iterator[str]:
    """The first bytes as people read them; all of them stand in --json."""
    for at in range(0, min(len(content), 16 * _LINES), 16):
        part = content[at : at + 16]
        yield f"  {at:06x}  {part.hex(' '):47}  {''.join(chr(byte) if 32 <= byte < 127 else '.' for byte in part)}"
    if len(content) > 16 * _LINES:
        yield f"  … 共{len(content)}字节，全部见--json · {len(content)} bytes, all of them in --json"


def _tell_decision(each: Mapping[str, Any], dry_run: bool) -> None:
    word = "? 试算 would" if dry_run and each["outcome"] == "ACCEPTED" else _OUTCOMES[each["outcome"]]
    click.echo(f"编号 no. {each['parked_id']}  {word}")
    for why in each["violations"]:
        click.echo(f"    {why['zh']} · {why['en']} ({why['code']})")
    for follow in each["follows"]:
        click.echo(f"    {follow['zh']} · {follow['en']}")
    for service, state in each["outcomes"].items():
        click.echo(f"    {service} → {'仍不符，退回隔离区 still poison, parked again' if state == 'PARKED' else _STATES[state]}")


def _tell_sum(decisions: Sequence[Mapping[str, Any]], left: int, dry_run: bool) -> None:
    count = {word: sum(each["outcome"] == word for each in decisions) for word in _OUTCOMES}
    open_ = sum(not each["outcomes"] for each in decisions if each["outcome"] != "REFUSED")
    click.echo(f"受理{count['ACCEPTED']}，重复{count['DUPLICATE']}，拒绝{count['REFUSED']}条" + (f"，另有{left}条符合条件" if left else ""))
    if dry_run:
        click.echo("试算而已，什么也没有改变 · a dry run: nothing was changed")
    elif open_:
        click.echo(f"其中{open_}条尚待部件执行，用show查看 · {open_} are still to be carried out: see show")


def _clock(instant: str) -> str:
    return f"{datetime.fromisoformat(instant).astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"
