"""Whatever stands in the cells: each data row stands in exactly one line of the report, and nothing falls over."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.tables import FAILED, SAMPLE, codes, number, report, row

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


QUOTED = b'1,"a",b\r\n' * 3


def _damaged(table: Path, rows: int, spoil: Callable[[bytes], bytes]) -> list[dict[str, Any]]:
    """The report of a table of so many samples whose last row is spoilt, and whose rows before it are all sound."""
    with table.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([FAILED, *(row(抽样编号=number(n), 序号=str(n)) for n in range(1, rows + 1))])
    lines = table.read_bytes().splitlines(keepends=True)
    table.write_bytes(b"".join([*lines[:rows], spoil(lines[rows]), *lines[rows + 1 :]]))
    return report(table)


def _opening_a_quote(line: bytes) -> bytes:
    return line.replace(b",", b',"', 1)


@pytest.mark.parametrize("more", [b"", QUOTED], ids=["at the end", "before a cell in quotes"])
def test_the_sample_before_a_stray_quote_has_its_line_and_so_has_the_damage(tmp_path: Path, more: bytes) -> None:
    """What a stray quote swallows is no cell; what stands before may go on in it and is refused, to be handed in again."""
    lines = _damaged(tmp_path / "table.csv", 4, lambda line: _opening_a_quote(line) + more)
    assert [(line["rows"], line["outcome"], codes(line)) for line in lines] == [
        ([2], "accepted", []),
        ([3], "accepted", []),
        ([4], "refused", ["cut_short"]),
        ([5], "refused", ["record_unreadable"]),
    ]
    assert "第5行" in lines[-1]["violations"][0]["zh"]


def test_a_file_with_bytes_that_nothing_decodes_is_refused_whole_and_says_where(tmp_path: Path) -> None:
    (line,) = _damaged(tmp_path / "table.csv", 4, lambda line: line.replace("酒类".encode(), b"\xff\xfe"))
    assert (line["rows"], codes(line)) == ([], ["encoding_unreadable"])
    assert "第5行" in line["violations"][0]["zh"] and "line 5" in line["violations"][0]["en"]


def test_lines_that_wait_for_what_follows_have_their_line_before_the_damage(tmp_path: Path) -> None:
    lines = _damaged(tmp_path / "table.csv", 2, lambda line: b"four words and one cell\r\n" + _opening_a_quote(line))
    assert [line["rows"] for line in lines] == [[2], [3], [4]]
