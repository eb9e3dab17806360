"""`chuanyu inbox`: what concerns a member and is not acknowledged yet, and its acknowledgement."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import orjson

from chuanyu.cli import DONE, NO, connect, owing, shown
from chuanyu.cli.connect import Caller

LARGEST_PAGE = 200
_WHY = {
    "flagged": "须处置 must act",
    "correction": "更正撤回 corrected",
    "issuer": "本机关报送 issuer",
    "attention": "关注 may read",
}
_OUTCOMES = {"accepted": "✓ 已签收 accepted", "duplicate": "= 已签收过 duplicate", "refused": "✗ 未受理 refused"}
_ACTIONS = ("NOTED", "NOT_FOUND", "MEASURE_TAKEN", "NO_MEASURE", "OTHER")
_COLUMNS = (
    "delivery_id", "delivered_at", "why", "event_id", "type", "title", "case_id", "source", "occurred_at", "rule", "to_do", "due",
    "timeliness",
)  # fmt: skip


@click.group()
def command() -> None:
    """The inbox (收件箱) of a member: `--as yibin-amr`."""


@command.command("list")
@click.option("--after", default="", metavar="CURSOR", help="Go on behind this one: `cursor` of a delivery.")
@click.option("--wait", type=click.IntRange(0, 25), default=0, metavar="SECONDS", help="Wait for something new when nothing is there.")
@click.option("--limit", type=click.IntRange(1), help="Show at most so many. Default: 100 for people, all for --json and --csv.")
@click.option("--csv", "file", type=click.Path(dir_okay=False, path_type=Path), help="Write them to a table instead, a row a duty.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document a delivery.")
@connect.options
def list_(caller: Caller, after: str, wait: int, limit: int | None, file: Path | None, as_json: bool) -> int:
    """What is not acknowledged yet, the oldest first; the same again until it is."""
    told = _deliveries(caller, after, wait, limit or (None if as_json or file else 100))
    if as_json:
        for one in told:
            click.echo(orjson.dumps(one))
        return DONE
    return _as_table(told, file) if file else _for_people(list(told))


@command.command()
@click.argument("ids", nargs=-1, required=True, metavar="DELIVERY_ID...")
@click.option("--outcome", type=click.Choice(_ACTIONS, case_sensitive=False), required=True, help="What came of it.")
@click.option("--note", default="", help="In words; needed for NO_MEASURE and OTHER. No person's data: it travels with the receipt.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document a delivery.")
@connect.options
def ack(caller: Caller, ids: Sequence[str], outcome: str, note: str, as_json: bool) -> int:
    """Says that these were acted upon: where a receipt is asked for, both provinces' cases show 已处理."""
    from chuanyu.contracts.pb.inbox.v1.inbox_pb2 import AcknowledgeDeliveriesRequest
    from chuanyu.contracts.pb.inbox.v1.inbox_pb2_grpc import InboxServiceStub
    from chuanyu.inbox.rest import answer_json

    refused = False
    for start in range(0, len(ids), LARGEST_PAGE):
        asked = AcknowledgeDeliveriesRequest(
            delivery_ids=ids[start : start + LARGEST_PAGE], outcome=f"ACTION_OUTCOME_{outcome.upper()}", note=note
        )
        results = answer_json(caller.ask(lambda channel: InboxServiceStub(channel).AcknowledgeDeliveries, asked))["results"]
        for one in results:
            click.echo(orjson.dumps(one) if as_json else _result(one))
        refused = refused or any(one["outcome"] == "refused" for one in results)
    return NO if refused else DONE


def _deliveries(caller: Caller, after: str, wait: int, limit: int | None) -> Iterator[dict[str, Any]]:
    """Page by page, up to a number of them. Raises NodeAway, TurnedAway."""
    from chuanyu.contracts.pb.inbox.v1.inbox_pb2 import ListDeliveriesRequest
    from chuanyu.contracts.pb.inbox.v1.inbox_pb2_grpc import InboxServiceStub
    from chuanyu.inbox.rest import answer_json

    left = limit
    while left is None or left > 0:
        size = LARGEST_PAGE if left is None else min(left, LARGEST_PAGE)
        asked = ListDeliveriesRequest(page_size=size, after=after, wait=wait)
        page = answer_json(caller.ask(lambda channel: InboxServiceStub(channel).ListDeliveries, asked))
        yield from page["deliveries"]
        if len(page["deliveries"]) < size:
            return
        after, wait = page["next"], 0
        left = None if left is None else left - size


def _for_people(told: Sequence[Mapping[str, Any]]) -> int:
    if not told:
        click.echo("收件箱没有未签收的消息 · nothing is waiting in the inbox")
        return DONE
    lines = shown.table("送达 delivered", "缘由 why", "事件 event", "案件 case", "应办 to do", "收件编号 delivery id")
    for one in told:
        title = f"{one['title']['zh']} {one['event']['type']}"
        duties = "\n".join(_duty(each) for each in one["obligations"]) or "–"
        lines.add_row(owing.clock(one["delivered_at"]), _WHY[one["why"]], title, one["event"]["subject"], duties, one["delivery_id"])
    shown.show(lines)
    for text in {(each["text"]["zh"], each["text"]["en"]) for one in told for each in one["notices"]}:
        click.secho(f"注意：{text[0]} · {text[1]}", fg="yellow")
    click.echo(f"共{len(told)}件未签收 · {len(told)} deliveries; chuanyu inbox ack DELIVERY_ID --outcome …")
    return DONE


def _duty(one: Mapping[str, Any]) -> str:
    due = "未起算 clock not started" if one["due"] is None else owing.clock(one["due"])
    zh, en, _ = owing.TIMELINESS[one["timeliness"]]
    return f"{one['to_do']['zh']}{owing.part(one['part'])} {one['to_do']['en']}：{due}（{zh} {en}）"


def _as_table(told: Iterator[Mapping[str, Any]], file: Path) -> int:
    """With a byte order mark, for a spreadsheet that would else take the Chinese for something else."""
    count = 0
    with file.open("w", encoding="utf-8-sig", newline="") as lines:
        rows = csv.writer(lines)
        rows.writerow(_COLUMNS)
        for one in told:
            rows.writerows(_row(one, duty) for duty in one["obligations"] or [{}])
            count += 1
    click.echo(f"已写入{count}件 · {count} deliveries written to {file}")
    return DONE


def _row(one: Mapping[str, Any], duty: Mapping[str, Any]) -> list[Any]:
    event = one["event"]
    said = {"event_id": event["id"], "case_id": event["subject"], "occurred_at": event["time"], "title": one["title"]["zh"]}
    owed = {
        "rule": duty.get("rule"),
        "due": duty.get("due"),
        "timeliness": duty.get("timeliness"),
        "to_do": duty.get("to_do", {}).get("zh"),
    }
    return [({**event, **one, **said, **owed})[column] for column in _COLUMNS]


def _result(one: Mapping[str, Any]) -> str:
    why = "；".join(f"{each['zh']} · {each['en']}" for each in one["violations"])
    receipts = "、".join(one["receipt_event_ids"])
    return f"{_OUTCOMES[one['outcome']]}  {one['delivery_id']}  {why or (f'回执 receipt {receipts}' if receipts else '')}".rstrip()
