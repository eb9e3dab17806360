"""Whatever stands in the cells: each data row stands in exactly one line of the report, and nothing falls over."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from kit.tables import FAILED, SAMPLE, report

ODD = [
    "",
    "/",
    "1",
    "XBJ26510000300001",
    "铅║1║≤0.5",
    "铅║║;；、\n║",
    "合格",
    "2026-01-05",
    "批号：",
    "委托方：受托方：",
    "≤",
    "1.2×10⁴,",
    "║",
    "(((",
    "注：x",
]
ROW = st.lists(st.one_of(st.sampled_from([*SAMPLE.values(), *ODD]), st.text(max_size=12)), min_size=2, max_size=len(FAILED) + 2)


@settings(max_examples=80, deadline=None)
@given(st.lists(ROW, max_size=12))
def test_each_data_row_stands_in_one_line(rows: list[list[str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
            csv.writer(file).writerows([FAILED, *rows])
        with path.open(encoding="utf-8", newline="") as file:
            read = list(csv.reader(file))[1:]
        lines = report(path)
    numbers = [number for line in lines for number in line["rows"]]
    filled = [number for number, cells in enumerate(read, 2) if sum(bool(cell.strip()) for cell in cells) > 1]
    assert sorted(numbers) == sorted(set(numbers))
    assert set(filled) <= set(numbers) <= set(range(2, len(read) + 2))
