"""`chuanyu status`: what runs, where, how far behind, and which runbook helps."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path

import click
from rich.table import Table

from chuanyu.cli import AWAY, DONE, NO
from chuanyu.cli.pages import Reading, Sample, addresses, read
from chuanyu.cli.shown import show, table

_SOON = 60  # days
# Worst first: of a group of partitions the worst state is shown.
_STATES = {
    "fenced": ("another process reads it now", "fence_lost"),
    "gap": ("records are missing; the owner has been asked to send them again", "sequence_gap"),
    "waiting": ("a case of it waits behind a parked record", "held_case"),
    "running": ("", ""),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One service and topic of one node, all its partitions together. oldest: seconds."""

    node: str
    service: str
    topic: str
    partitions: int
    behind: int
    oldest: float
    state: str
    because: str
    runbook: str


@click.command()
@click.option("--dir", "directory", type=click.Path(path_type=Path), help="Directory of the run. Default: the user's data directory.")
@click.option("--at", metavar="HOST:PORT", help="A node's metrics address instead.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document a line on standard output.")
def command(directory: Path | None, at: str | None, as_json: bool) -> int:
    """Say what runs, where, and how far behind.

    Exit status: 0 all well, 1 something is not, 3 a node does not answer.
    """
    readings = read(addresses(directory, at))
    rows = [row for reading in readings for row in _node_rows(reading)]
    if as_json:
        for row in rows:
            click.echo(json.dumps(asdict(row)))
    else:
        show(_table(rows))
        click.echo(summary(rows))
        if ending := calendar_ends([sample for reading in readings for sample in reading.samples]):
            click.echo(ending)
    states = {row.state for row in rows}
    return AWAY if "away" in states else DONE if states <= {"running"} else NO


def rows_of(node: str, found: Sequence[Sample]) -> Iterator[Row]:
    """The rows that a node's metrics tell: its relay, then each service and topic; what is parked is a row of its own."""
    total = {name: sum(sample.value for sample in found if sample.name == name) for name in {sample.name for sample in found}}
    unrelayed, oldest = total.get("chuanyu_log_unrelayed_rows", 0), total.get("chuanyu_log_oldest_unrelayed_seconds", 0)
    late = oldest > 30
    because, runbook = ("accepted events do not reach Kafka", "log_unrelayed") if late else ("", "")
    yield Row(node, "relay", "own topics", 1, int(unrelayed), oldest, "waiting" if late else "running", because, _file(runbook))
    yield from _service_rows(node, found)
    for sample in found:
        if sample.name == "chuanyu_parked_records" and sample.value:
            code = sample.labels["code"]
            because = f"parked: {code}; the runbook says how to look at them"
            yield Row(node, sample.labels["service"], "quarantine", 0, int(sample.value), 0, "parked", because, _file(code))


def _service_rows(node: str, found: Sequence[Sample]) -> Iterator[Row]:
    def key(sample: Sample) -> tuple[str, str]:
        return sample.labels["service"], sample.labels["topic"]

    about = sorted((sample for sample in found if {"service", "topic", "partition"} <= sample.labels.keys()), key=key)
    for (service, topic), group in groupby(about, key):
        group_samples = list(group)
        behind = sum(sample.value for sample in group_samples if sample.name == "chuanyu_behind_records")
        oldest = max((sample.value for sample in group_samples if sample.name == "chuanyu_oldest_unapplied_seconds"), default=0.0)
        states = {sample.labels["state"] for sample in group_samples if sample.name == "chuanyu_partition_state" and sample.value}
        state = next((state for state in _STATES if state in states), "running")
        because, runbook = _STATES[state]
        count = len({sample.labels["partition"] for sample in group_samples})
        yield Row(node, service, topic, count, int(behind), oldest, state, because, _file(runbook))


def _node_rows(reading: Reading) -> Iterator[Row]:
    for address in reading.silent:
        yield Row(reading.node, "–", "–", 0, 0, 0, "away", f"nothing answers at {address}", _file("node_away"))
    if reading.answers:
        yield from rows_of(reading.node, reading.samples)


def _table(rows: list[Row]) -> Table:
    lines = table("node", "service", "topic", "partitions", "behind", "oldest", "state", "because", "runbook")
    for row in rows:
        colour = "green" if row.state == "running" else "red"
        numbers = (str(row.partitions), str(row.behind), f"{row.oldest:.0f} s")
        lines.add_row(row.node, row.service, row.topic, *numbers, f"[{colour}]{row.state}[/]", row.because, row.runbook)
    return lines


def summary(rows: list[Row]) -> str:
    """The whole in one line."""
    wrong = [row for row in rows if row.state != "running"]
    if wrong:
        return f"有{len(wrong)}行异常，请按所列手册处理 · {len(wrong)} rows are not well: their runbooks say what to do"
    behind = sum(row.behind for row in rows)
    return "一切正常 · all is well" + (f"，尚有{behind}条待处理 · {behind} records on their way" if behind else "")


def calendar_ends(found: Sequence[Sample]) -> str:
    """What is to be done when the known years end soon (domain 9 rule 6); empty while they last."""
    left = min((int(sample.value) for sample in found if sample.name == "chuanyu_calendar_days"), default=_SOON)
    if left >= _SOON:
        return ""
    zh = f"节假日安排{left}日后用尽，其后的工作日按周一至周五暂计：国务院公布后请设置CHUANYU_CALENDAR_FILE"
    en = f"the known holidays end in {left} days, later working days are provisional: once published, set CHUANYU_CALENDAR_FILE"
    return f"{zh} · {en}"


def _file(code: str) -> str:
    return f"docs/runbooks/{code}.md" if code else ""
