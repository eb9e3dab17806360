"""`chuanyu watch`: the overview live in a terminal, with what is wrong, who is harmed and the runbook at the top."""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from rich import box
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from chuanyu.cli import AWAY, DONE, NO
from chuanyu.cli.conditions import Finding, findings
from chuanyu.cli.figures import Overview, Part, Times, overview
from chuanyu.cli.pages import Reading, addresses, read
from chuanyu.cli.shown import duration, show
from chuanyu.domain.dates import SHANGHAI

_LOOK_SECONDS = 2.0
_OVER_SECONDS = 10.0
"""Rates and times are taken over this long, or over as long as has been watched."""
_CHINESE = {"sichuan": "四川", "chongqing": "重庆"}
_STATES = {
    "open": "待办 open",
    "warned": "临期 warned",
    "due_unconfirmed": "已到期 past due",
    "overdue": "逾期 overdue",
    "undelivered": "未送达 undelivered",
}


@dataclass(frozen=True, slots=True)
class View:
    """All nodes at one moment. findings: what is wrong, worst first."""

    at: datetime
    nodes: dict[str, Overview]
    findings: list[Finding]

    @property
    def status(self) -> int:
        """Of the command: all well, something is wrong, nothing answers."""
        if not any(node.answers for node in self.nodes.values()):
            return AWAY
        return NO if self.findings else DONE


@click.command()
@click.option("--dir", "directory", type=click.Path(path_type=Path), help="Directory of the run. Default: the user's data directory.")
@click.option("--once", is_flag=True, help="One view, then leave; the exit status says whether all is well.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document a line on standard output, a view each.")
def command(directory: Path | None, once: bool, as_json: bool) -> int:
    """See the nodes at work: what flows, how fast, what waits, what is wrong and which runbook helps. Ctrl-C leaves.

    Exit status of --once: 0 all well, 1 something is wrong, 3 nothing answers.
    """
    views = _views(addresses(directory))
    if once:
        view = next(views)
        _tell(view, as_json)
        return view.status
    with suppress(KeyboardInterrupt):
        _follow(views, as_json)
    return DONE


def _follow(views: Iterator[View], as_json: bool) -> None:
    if as_json:
        for view in views:
            _tell(view, as_json)
    with Live(Text("…"), console=Console(), auto_refresh=False, vertical_overflow="crop") as live:
        for view in views:
            live.update(shown(view), refresh=True)


def _tell(view: View, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(document(view), ensure_ascii=False))
    else:
        show(shown(view))


def _views(nodes: Mapping[str, Sequence[str]]) -> Iterator[View]:
    first = read(nodes)
    kept = deque([first])
    while True:
        time.sleep(_LOOK_SECONDS)
        kept.append(read(nodes))
        while len(kept) > 2 and kept[-1][0].at - kept[1][0].at >= _OVER_SECONDS:
            kept.popleft()
        yield view_of(first, kept[0], kept[-1])


def view_of(first: Sequence[Reading], old: Sequence[Reading], new: Sequence[Reading]) -> View:
    """The view of the newest readings. first: where watching began; old: from where rates are taken; all in the same order of nodes."""
    wrong = [finding for began, now in zip(first, new, strict=True) for finding in findings(began, now)]
    nodes = {now.node: overview(then, now) for then, now in zip(old, new, strict=True)}
    return View(datetime.fromtimestamp(new[0].at, SHANGHAI), nodes, wrong)


def document(view: View) -> dict[str, Any]:
    """The view for programs; a time or age that is not known is null."""
    return {
        "at": view.at.isoformat(timespec="seconds"),
        "well": view.status == DONE,
        "findings": [asdict(finding) for finding in view.findings],
        "nodes": _known({name: asdict(node) for name, node in view.nodes.items()}),
    }


def _known(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _known(each) for name, each in value.items()}
    return None if value == float("inf") else round(value, 4) if isinstance(value, float) else value


def shown(view: View) -> Group:
    """The view for people."""
    clock = Text(f"{view.at:%Y-%m-%d %H:%M:%S}  近{_OVER_SECONDS:.0f}秒 over the last {_OVER_SECONDS:.0f} s", style="dim")
    return Group(*_first_lines(view), clock, _nodes(view), _parts(view))


def _first_lines(view: View) -> list[Text]:
    if not view.findings:
        return [Text("✓ 一切正常 · all is well", style="bold green")]
    return [_line(finding) for finding in view.findings]


def _line(finding: Finding) -> Text:
    zh = f"{_CHINESE.get(finding.node, finding.node)}：{finding.zh}；受影响：{finding.harmed[0]}"
    en = f"{finding.node}: {finding.en}; harmed: {finding.harmed[1]}"
    return Text.assemble(("✗ ", "bold red"), (zh, "bold red"), (f" · {en}", "red"), f" → docs/runbooks/{finding.runbook}.md")


def _nodes(view: View) -> Table:
    lines = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    lines.add_column("节点 node", no_wrap=True)
    for name, node in view.nodes.items():
        partly = "\n部分无应答 partly away" if node.answers and node.away else ""
        lines.add_column(f"{_CHINESE.get(name, '')} {name}{partly}".strip(), justify="right", overflow="fold")
    columns = [dict(_figures(node)) for node in view.nodes.values()]
    for title in dict.fromkeys(title for column in columns for title in column):
        lines.add_row(title, *(column.get(title, "无应答 away") for column in columns))
    return lines


def _figures(node: Overview) -> Iterator[tuple[str, str]]:
    if not node.answers:
        return
    yield "受理/秒 accepted/s", f"{node.accepted:.1f}"
    yield "拒收/秒 refused/s", f"{node.refused:.1f}"
    for origin, times in node.visible.items():
        yield f"{_CHINESE.get(origin, origin)}可见 {origin} p50 / p99", _times(times)
    yield "未发出 unrelayed", _waiting(node.unrelayed, node.oldest_unrelayed)
    yield "隔离、停住 parked, held", f"{node.parked}, {node.held}"
    yield "缺号 gaps since start", str(node.gaps)
    heard = "尚未收到 not yet" if node.other_side == float("inf") else f"{duration(node.other_side)}前 ago"
    yield "对方消息 other side heard", heard
    yield "互认/秒 answers/s, p99", f"{node.asked:.1f}, {duration(node.answered.p99)}"
    for state, count in node.obligations.items():
        yield f"应办·{_STATES.get(state, state)}", str(count)
    yield "待回执 receipts awaited", str(node.receipts)


def _parts(view: View) -> Table:
    lines = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    lines.add_column("部件\n\nservice", no_wrap=True)
    for name in view.nodes:
        for title in ("办理/秒\napplied/s", "可见p99\nvisible", "落后\nbehind"):
            lines.add_column(f"{_CHINESE.get(name, name)}\n{title}", justify="right", overflow="fold")
    for service in sorted({service for node in view.nodes.values() for service in node.parts}):
        parts = (node.parts.get(service) for node in view.nodes.values())
        lines.add_row(service, *(cell for part in parts for cell in (_cells(part) if part else ("–", "–", "–"))))
    return lines


def _cells(part: Part) -> tuple[str, str, str]:
    return f"{part.applied:.1f}", duration(part.visible.p99), _waiting(part.behind, part.oldest)


def _times(times: Times) -> str:
    return "–" if times.p50 is None else f"{duration(times.p50)} / {duration(times.p99)}"


def _waiting(count: int, oldest: float) -> str:
    return f"{count}, {duration(oldest)}" if count else "0"
