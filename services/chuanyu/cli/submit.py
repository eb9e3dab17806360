"""`chuanyu submit`: CloudEvents from a file or standard input, one or a batch."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import IO, Any

import click
import orjson

from chuanyu.cli import DONE, NO, connect, offline
from chuanyu.cli.connect import BATCH, Caller
from chuanyu.gateway.envelope import Submission
from chuanyu.gateway.rules import Judged


@click.command()
@click.argument("file", type=click.File("rb"))
@connect.options
@click.option("--check", is_flag=True, help="Judge the events, send nothing. What was said before, only the node knows.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document a line on standard output, nothing else there.")
def command(file: IO[bytes], caller: Caller, check: bool, as_json: bool) -> int:
    """Submit events, one or many.

    FILE (- for standard input) holds a CloudEvent in JSON, a list of them, or one a line.

    `specversion`, `source` and `id` may be left out: an id is then made from the content, so that the same file says the same thing.
    """
    refused, known = False, offline.member(caller) if check else None
    judge = offline.judging(caller, known)
    for events in _batches(_events(file, caller.source)):
        for result in _judged(events, judge) if check else caller.events().submit(events):
            refused |= result["outcome"] == "refused"
            click.echo(orjson.dumps(result) if as_json else _lines(result, check))
    if check and not as_json:
        click.echo(offline.left_to_the_node(known))
    return NO if refused else DONE


def _events(file: IO[bytes], source: str) -> list[dict[str, Any]]:
    content = file.read()
    try:
        read = orjson.loads(content)
    except orjson.JSONDecodeError:
        read = [_line(number, line) for number, line in enumerate(content.splitlines(), 1) if line.strip()]
    events = read if isinstance(read, list) else [read]
    if not events or not all(isinstance(event, dict) for event in events):
        raise click.UsageError(f"{Path(file.name).name} holds no CloudEvent: an object, a list of objects, or an object a line is wanted.")
    return [_whole(event, source) for event in events]


def _line(number: int, line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise click.UsageError(f"Line {number} is no JSON: {error}.") from error


def _whole(event: dict[str, Any], source: str) -> dict[str, Any]:
    content = hashlib.sha256(orjson.dumps(event, option=orjson.OPT_SORT_KEYS)).hexdigest()
    return {"specversion": "1.0", "id": content[:32], "source": source} | event


def _batches(events: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    rest = iter(events)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _judged(events: Sequence[dict[str, Any]], judge: Callable[[Submission], Judged]) -> Iterator[dict[str, Any]]:
    """By the same rules as the node's, as far as they do not need what was said before."""
    from chuanyu.gateway import rest

    for event in events:
        judged = judge(rest.submission(event))
        yield {
            "submission_id": event["id"],
            "outcome": "refused" if judged.violations else "accepted",
            "event_id": None,
            "case_id": judged.claim.case_id if judged.claim else None,
            "violations": [rest.shown(found) for found in judged.violations],
            "warnings": [rest.shown(found) for found in judged.warnings],
        }


def _lines(result: dict[str, Any], check: bool) -> str:
    """For people: what became of it, then a line a finding."""
    word = "would be accepted" if check and result["outcome"] == "accepted" else result["outcome"]
    head = " ".join(str(part) for part in (result["submission_id"], word, result["event_id"], result["case_id"]) if part)
    findings = [*(("✗", found) for found in result["violations"]), *(("!", found) for found in result["warnings"])]
    return "\n".join([head, *(f"  {sign} {each['field']}: {each['zh']} | {each['en']} [{each['code']}]" for sign, each in findings)])
