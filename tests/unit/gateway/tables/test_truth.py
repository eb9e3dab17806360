"""Tables with known truth: every sample of every seed comes out as a careful reader reads it."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path

import pytest

from chuanyu.gateway.tables.rehearsal import Rehearsal
from kit import announcements
from kit.paper_gateway import PaperGateway
from kit.tables import NOW, report

FORMS = [("csv", "utf-8-sig"), ("csv", "gb18030"), ("xlsx", "utf-8")]
DIRT = [0.0, 0.2, 0.5, 0.8, 1.0]
CASES = [
    pytest.param("sichuan" if n % 2 else "chongqing", n, DIRT[n % 5], *FORMS[n % 3], id=f"{n}-{DIRT[n % 5]}-{'-'.join(FORMS[n % 3])}")
    for n in range(10)
]


@pytest.fixture(scope="session")
def maker(shared_data: Path) -> Path:
    """The maker of tables that lies beside the real records."""
    return shared_data.parent / "tools" / "announcements.py"


@pytest.mark.parametrize(("province", "seed", "dirt", "form", "encoding"), CASES)
def test_a_table_of_any_seed_is_read_as_its_truth_says(
    maker: Path, tmp_path: Path, province: str, seed: int, dirt: float, form: str, encoding: str
) -> None:
    table, truth = announcements.make(maker, tmp_path, province=province, rows=200, seed=seed, dirt=dirt, encoding=encoding, format=form)
    node = PaperGateway(province, int(NOW.timestamp() * 1000))
    for submitter in (None, Rehearsal(node.judge)):
        assert announcements.differences(report(table, province, submitter), truth) == []


def test_the_comparison_itself_sees_every_kind_of_mistake(maker: Path, tmp_path: Path) -> None:
    table, truth = announcements.make(maker, tmp_path, province="sichuan", rows=120, seed=7, dirt=0.5)
    lines = report(table)
    good = next(line for line in lines if line["outcome"] == "accepted" and line["event"]["items"][0]["value"])
    again = next(line for line in lines if line["outcome"] == "duplicate")
    for path, wrong in [
        (["outcome"], "refused"),
        (["rows"], [9999]),
        (["violations"], [{"code": "x"}]),
        (["routing", "producer_province"], "110000"),
        (["routing", "flagged"], ["500000", "110000"]),
        (["event", "product", "produced_on"], "2000-01-01"),
        (["event", "items", 0, "value"], "7"),
        (["event", "product", "batch"], "x"),
        (["event", "sampled_unit", "party", "name"], "x"),
        (["sample_no"], "x"),
    ]:
        assert announcements.differences(_changed(lines, good, path, wrong), truth), path
    assert announcements.differences(_changed(lines, again, ["event_id"], "other"), truth)
    assert announcements.differences(lines[:-1], truth)
    assert announcements.differences(lines, truth) == []


def _changed(lines: list[dict], line: dict, path: list, wrong: object) -> list[dict]:
    copy = deepcopy(line)
    target = copy
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = wrong
    json.dumps(copy)
    return [copy if one is line else one for one in lines]
