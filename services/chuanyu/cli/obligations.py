"""`chuanyu obligations`: who owes what by when, by which rule and source, and how late."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import orjson

from chuanyu.cli import DONE, connect, owing, shown
from chuanyu.cli.connect import Caller

LARGEST_PAGE = 200
_COLUMNS = (
    "case_id", "title", "division", "authority", "part", "rule", "rule_version", "to_do", "state", "timeliness", "due_at", "settled_at",
    "late_seconds", "source", "source_certainty", "warned_at", "obligation_id",
)  # fmt: skip
_UNITS = {"m": 60, "h": 3_600, "d": 86_400}


class Ahead(click.ParamType):
    """A length of time such as 48h or 2d, in seconds."""

    name = "LENGTH"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Raises BadParameter, wrong use."""
        match = re.fullmatch(r"([1-9]\d{0,3})([mhd])", str(value), re.ASCII)
        return int(match[1]) * _UNITS[match[2]] if match else self.fail(f"{value!r} is no length such as 90m, 48h or 2d.", param, ctx)


@click.command()
@click.option("--overdue", is_flag=True, help="Open and past due.")
@click.option("--warned", is_flag=True, help="Open and warned of: half of the time, four fifths, or the last working morning has come.")
@click.option("--due-within", type=Ahead(), metavar="LENGTH", help="Open and due from now within 90m, 48h, 2d.")
@click.option("--mine", is_flag=True, help="Owed within the jurisdiction of --as.")
@click.option("--authority", "--division", default="", metavar="CODE", help="Owed by this division or one below it, GB/T 2260.")
@click.option("--family", default="", help="Such as spotcheck.")
@click.option("--rule", default="", metavar="RULE_ID", help="Owed under this rule.")
@click.option(
    "--state", type=click.Choice(["open", "met", "superseded", "cancelled", "unanswered", "all"]), default="open", show_default=True
)
@click.option("--limit", type=click.IntRange(1), help="Show at most so many. Default: 100 for people, all for --json and --csv.")
@click.option("--csv", "file", type=click.Path(dir_okay=False, path_type=Path), help="Write them to a table instead.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document an obligation.")
@connect.options
def command(caller: Caller, *, limit: int | None, file: Path | None, as_json: bool, state: str, warned: bool, **wanted: Any) -> int:
    """Who owes what by when, the most urgent first."""
    from chuanyu.contracts.pb.cases.v1.obligation_pb2 import ObligationFilter

    asked = ObligationFilter(
        **{name: value for name, value in wanted.items() if name != "due_within" and value},
        due_within_seconds=wanted["due_within"],
        timeliness="TIMELINESS_WARNED" if warned else None,
        state=None if state == "all" else f"OBLIGATION_STATE_{state.upper()}",
    )
    pages = _pages(caller, asked, limit or (None if as_json or file else 100))
    if as_json:
        return _as_json(pages)
    return _as_table(pages, file) if file else _for_people(pages)


def _pages(caller: Caller, asked: Any, limit: int | None) -> Iterator[dict[str, Any]]:
    """The pages up to a number of rows; `more` of the last says whether there are others. Raises NodeAway, TurnedAway."""
    from chuanyu.casework.rest import answer_json
    from chuanyu.contracts.pb.cases.v1.cases_pb2 import ListObligationsRequest
    from chuanyu.contracts.pb.cases.v1.cases_pb2_grpc import CaseServiceStub

    left, token = limit, ""
    while True:
        size = LARGEST_PAGE if left is None else min(left, LARGEST_PAGE)
        request = ListObligationsRequest(filter=asked, page_size=size, page_token=token)
        page = answer_json(caller.ask(lambda channel: CaseServiceStub(channel).ListObligations, request))
        token = page["next_page_token"] or ""
        left = None if left is None else left - len(page["obligations"])
        yield page | {"more": bool(token)}
        if not token or left == 0:
            return


def _as_json(pages: Iterator[Mapping[str, Any]]) -> int:
    for page in pages:
        for one in page["obligations"]:
            click.echo(orjson.dumps(one))
        owing.tell_honestly(page, aside=True)
    return DONE


def _as_table(pages: Iterator[Mapping[str, Any]], file: Path) -> int:
    """With a byte order mark, for a spreadsheet that would else take the Chinese for something else."""
    count = 0
    with file.open("w", encoding="utf-8-sig", newline="") as lines:
        rows = csv.writer(lines)
        rows.writerow(_COLUMNS)
        for page in pages:
            rows.writerows(_row(one) for one in page["obligations"])
            count += len(page["obligations"])
            owing.tell_honestly(page, aside=True)
    click.echo(f"已写入{count}条 · {count} obligations written to {file}")
    return DONE


def _row(one: Mapping[str, Any]) -> list[Any]:
    told = {"division": one["authority"]["division"], "authority": one["authority"]["name"], "to_do": one["to_do"]["zh"]}
    return [({**one, **told, "source": one["source"]["zh"]})[column] for column in _COLUMNS]


def _for_people(pages: Iterator[Mapping[str, Any]]) -> int:
    lines, count, page = shown.table("到期 due", "状态 state", "应办机关 owes", "事项 to do", "案件 case", "依据 source"), 0, None
    for page in pages:
        for one in page["obligations"]:
            words, colour = owing.standing(one)
            to_do = f"{one['to_do']['zh']}{owing.part(one['part'])} {one['to_do']['en']}"
            state = f"[{colour}]{words}[/]" if colour else words
            case = f"{one['title'] or ''} {one['case_id']}"
            lines.add_row(owing.due(one), state, owing.place(one["authority"]), to_do, case, f"{owing.source(one)} {one['rule']}")
        count += len(page["obligations"])
    assert page is not None
    if count:
        shown.show(lines)
    more = "，另有更多，请用--limit · there are more, see --limit" if page["more"] else ""
    click.echo(f"共{count}条{more} · {count} obligations" if count else "没有符合条件的待办 · nothing of the kind is owed")
    owing.tell_honestly(page, aside=False)
    return DONE
