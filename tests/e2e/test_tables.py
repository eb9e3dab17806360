"""
Published tables of both provinces, full of dirt, go in through `chuanyu import`; what comes out equals a truth known beforehand.

Short by default, three pairs of tables. `TABLES=5000` sets the samples of a table, `SEEDS=7,8` the seeds; else they are drawn anew in every
run and printed. Seeds that are equal modulo 1000 share sample numbers.
"""

from __future__ import annotations

import csv
import json
import os
import secrets
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from chuanyu.casework import queries
from chuanyu.casework.case import Case, Receipt, Standing
from chuanyu.cli import connect
from chuanyu.domain.dates import day_of
from chuanyu.gateway.tables.announcements import LAYOUT
from chuanyu.gateway.tables.records import data_rows
from chuanyu.kernel.store import Connection
from kit import agreement, announcements, reasons
from kit.up import NODES, Up

pytestmark = pytest.mark.timeout(1800)

MAKER = Path(__file__).parents[3] / "shared" / "tools" / "announcements.py"
ROWS = int(os.environ.get("TABLES", "150"))
SEEDS = [int(seed) for seed in os.environ.get("SEEDS", "").split(",") if seed]
FORMS: tuple[dict[str, str], ...] = ({"encoding": "utf-8-sig"}, {"encoding": "gb18030"}, {"format": "xlsx"})
AGES = (14, 380, 120)  # days since the first announcement of a pair: some may still be disputed, some no longer count, neither
CODES = {"sichuan": "510000", "chongqing": "500000"}
OTHER = {"sichuan": "chongqing", "chongqing": "sichuan"}


@dataclass(frozen=True)
class Told:
    """One table, its truth and what `import` said of it. answered: the one line of --json · sent_back: the file of refused rows"""

    province: str
    seed: int
    table: Path
    truth: list[dict[str, Any]]
    report: list[dict[str, Any]]
    answered: dict[str, int]
    status: int
    sent_back: Path

    @property
    def accepted(self) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """Each accepted sample: its truth and its line of the report."""
        lines = {tuple(line["rows"]): line for line in self.report if line["outcome"] == "accepted"}
        return [(sample, lines[tuple(sample["rows"])]) for sample in self.truth if tuple(sample["rows"]) in lines]


@dataclass
class Pair:
    """The tables of both provinces under one seed."""

    seed: int
    tables: dict[str, Told] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


@pytest.fixture(scope="module")
def seeds() -> list[int]:
    """Those asked for, else one for each form, all different modulo 1000."""
    drawn: list[int] = []
    while len({seed % len(FORMS) for seed in drawn}) < len(FORMS) or len({seed % 1000 for seed in drawn}) < len(FORMS):
        drawn = [secrets.randbelow(1_000_000) for _ in FORMS]
    return SEEDS or drawn


@pytest.fixture(scope="module")
def nodes(bus: Up) -> Iterator[dict[str, Connection]]:
    with bus.connection("sichuan") as sichuan, bus.connection("chongqing") as chongqing:
        yield {"sichuan": sichuan, "chongqing": chongqing}


@pytest.fixture(scope="module", params=range(len(SEEDS) or len(FORMS)))
def pair(request: pytest.FixtureRequest, bus: Up, seeds: list[int], tmp_path_factory: pytest.TempPathFactory) -> Pair:
    """Made and imported, one province after the other, in a form that follows from the seed."""
    if not MAKER.exists():
        pytest.skip(f"the maker of tables is not beside this checkout ({MAKER})")
    made = Pair(seeds[request.param])
    folder = tmp_path_factory.mktemp(f"tables-{made.seed}")
    first = day_of(datetime.now(UTC)) - timedelta(days=AGES[request.param % len(AGES)])
    for place, province in enumerate(NODES):
        form = FORMS[(made.seed + place) % len(FORMS)]
        options = {"province": province, "seed": made.seed, "rows": ROWS, "dirt": 0.5, "from": first, **form}
        table, truth = announcements.make(MAKER, folder, **options)
        began = time.monotonic()
        made.tables[province] = imported(bus, province, made.seed, table, truth)
        made.seconds[f"import {province}"] = time.monotonic() - began
    return made


def imported(bus: Up, province: str, seed: int, table: Path, truth: list[dict[str, Any]]) -> Told:
    report, sent_back = table.with_suffix(".report.jsonl"), table.with_suffix(".rejects.csv")
    done = bus.run("import", "spotcheck", table, "--as", f"{province}-amr", "--json", "--report", report, "--rejects", sent_back)
    assert done.stdout, done.stderr
    lines = [json.loads(line) for line in report.read_bytes().splitlines()]
    return Told(province, seed, table, truth, lines, json.loads(done.stdout), done.returncode, sent_back)


def tell(pair: Pair, what: str, **figures: object) -> None:
    """One line of figures, seen with -s or when the test fails."""
    print(f"\nseed {pair.seed}, {ROWS} samples a province: {what} {json.dumps(figures)}")


def test_the_report_equals_the_truth(pair: Pair) -> None:
    """Outcome, reason, items, dates and routing of every sample; every data row stands in one line."""
    for told in pair.tables.values():
        found = announcements.differences(told.report, told.truth)
        outcomes = Counter(line["outcome"] for line in told.report)
        seconds = round(pair.seconds[f"import {told.province}"], 1)
        tell(pair, told.table.name, differences=len(found), seconds=seconds, **told.answered)
        assert found == []
        assert told.answered == {
            "rows": sum(len(line["rows"]) for line in told.report),
            "samples": len(told.report),
            "accepted": outcomes["accepted"],
            "duplicates": outcomes["duplicate"],
            "refused": outcomes["refused"],
        }
        assert told.status == (1 if outcomes["refused"] else 0)


def test_refused_rows_are_sent_back_as_they_came(pair: Pair) -> None:
    for told in pair.tables.values():
        refused = [number for line in told.report if line["outcome"] == "refused" for number in line["rows"]]
        cells = {row.row.number: [cell.strip() for cell in row.row.cells] for row in data_rows(told.table, LAYOUT)}
        with told.sent_back.open(encoding="utf-8-sig", newline="") as file:
            given = Counter(tuple(filter(None, map(str.strip, row))) for row in csv.reader(file))
        assert sorted(refused) == sorted(set(refused))
        for number in refused:
            as_it_came = [cell for cell in cells[number] if cell]
            assert any(list(row[: len(as_it_came)]) == as_it_came for row in given), (told.table.name, number)


def test_p1_d8_failures_over_the_border_are_open_cases_alike_at_both_nodes(pair: Pair, nodes: dict[str, Connection]) -> None:
    began = time.monotonic()
    agreement.caught_up(nodes)
    pair.seconds["caught up"] = time.monotonic() - began
    crossing = [
        (told.province, sample, line) for told in pair.tables.values() for sample, line in told.accepted if sample["cross_province"]
    ]
    assert crossing
    wrong = [problem for case in crossing for node, connection in nodes.items() for problem in _case(node, connection, *case)]
    receipts = sum(sample["flagged"] is not None for _, sample, _ in crossing)
    tell(pair, "cases", crossing=len(crossing), receipts=receipts, wrong=len(wrong), caught_up=round(pair.seconds["caught up"], 1))
    assert wrong == []
    assert len(agreement.checksums(nodes)) == 1


def _case(node: str, connection: Connection, province: str, sample: dict[str, Any], line: dict[str, Any]) -> Iterator[str]:
    """What is wrong with the case of a failed sample that was made in another province than where it was taken."""
    case = queries.find(connection, line["case_id"])
    if case is None or not case.open or case.standing is not Standing.STANDS:
        yield f"{node}: {line['case_id']} is {case}"
        return
    due = {OTHER[province]} if sample["flagged"] else set()
    if _delivered_by(case, line["event_id"]) != due:
        yield f"{node}: {line['case_id']} was confirmed by {_delivered_by(case, line['event_id'])}, should be by {due}"
    flagged = {flag.division for flag in case.flagged}
    if flagged != set(line["routing"]["flagged"]):
        yield f"{node}: {line['case_id']} flags {flagged}"


def _delivered_by(case: Case, event_id: str) -> set[str]:
    """Who has said that the event took effect; an outstanding receipt counts as one of nobody."""
    given = [one for one in case.confirmations if one.kind is Receipt.DELIVERED]
    return {one.by if one.at is not None and one.event.hex() == event_id.replace("-", "") else "nobody" for one in given}


def reasoned(told: Told) -> Iterator[tuple[dict[str, Any], agreement.Expected]]:
    """Each accepted sample: its line of the report, and the reasons that its answer must give."""
    cells = {row.row.number: row.row.cells for row in data_rows(told.table, LAYOUT)}
    today = day_of(datetime.now(UTC))  # of acceptance: the tables went in a moment ago
    for sample, line in told.accepted:
        yield line, partial(reasons.of_failed, sample, cells[sample["rows"][0]], today)


def test_p1_every_accepted_sample_is_answered_for_at_both_nodes_with_its_reasons(pair: Pair, bus: Up, nodes: dict[str, Connection]) -> None:
    agreement.caught_up(nodes)
    began, statuses, wrong = time.monotonic(), Counter[str](), []
    for told in pair.tables.values():
        pieces = agreement.said(nodes[told.province], f"{told.province}.spotcheck")
        accepted = [(line["sample_no"], pieces[line["event_id"]], must) for line, must in reasoned(told)]
        for node in NODES:
            asking = connect.find(f"{node}-amr", node, bus.directory)
            agreement.heard(asking)
            wrong += [f"{node} on {problem}" for problem in agreement.wrong_answers(asking, accepted, statuses)]
            asking.channel.close()
    tell(pair, "answers", **statuses, wrong=len(wrong), seconds=round(time.monotonic() - began, 1))
    assert wrong == []
