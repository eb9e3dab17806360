"""T1, T3, T19: bytes become numbered records."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path

import pytest

from chuanyu.gateway.tables import csv_rows, rows, xlsx_rows
from chuanyu.gateway.tables.refused import TableRefused

moment = dt.datetime.fromisoformat


def read(path: Path) -> list[tuple[int, tuple[str, ...]]]:
    with rows.opened(path) as sheets:
        return [(row.number, row.cells) for sheet in sheets.values() for row in sheet()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_t1_both_encodings_are_read_with_and_without_a_mark(table, encoding: str) -> None:
    assert read(table(["抽样编号", "𠮷野家"], encoding=encoding)) == [(1, ("抽样编号", "𠮷野家"))]


@pytest.mark.parametrize("where", [csv_rows.BLOCK - 2, csv_rows.BLOCK - 1, 3 * csv_rows.BLOCK + 5])
def test_t1_the_whole_file_is_judged_however_late_the_first_byte_that_is_no_ascii_stands(tmp_path: Path, where: int) -> None:
    path = tmp_path / "late.csv"
    path.write_bytes(b"a" * where + "\n重庆".encode("gb18030"))
    assert csv_rows.encoding(path) == "gb18030"
    path.write_bytes(b"a" * where + "重庆".encode())
    assert csv_rows.encoding(path) == "utf-8"


@pytest.mark.parametrize("content", [b"\xff\xfea\x00", b"\xef\xbb\xbf\xd6\xd8", "重".encode() + b"\xff", "重庆".encode()[:-1] + b"\xff"])
def test_t1_what_is_neither_encoding_throughout_is_refused_before_any_row(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    with pytest.raises(TableRefused) as refusal:
        read(path)
    assert refusal.value.finding.code == "encoding_unreadable"


def test_t3_a_quoted_cell_holds_line_breaks_and_an_empty_line_is_a_record(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(b'a,"b\r\nc"\r\n\r\nd\r\n')
    assert read(path) == [(1, ("a", "b\r\nc")), (2, ()), (3, ("d",))]


def test_t3_an_endless_quote_is_refused_with_its_row_after_what_stands_before(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("a,b\nc,d\n" + '"' + "e" * 200_000, encoding="utf-8")
    seen: list[int] = []
    with pytest.raises(TableRefused) as refusal, rows.opened(path) as sheets:
        seen.extend(row.number for row in sheets["table"]())
    assert seen == [1, 2]
    assert (refusal.value.finding.code, refusal.value.row) == ("record_unreadable", 3)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (moment("2026-01-05"), "2026-01-05"),
        (dt.date(2026, 1, 5), "2026-01-05"),
        (moment("2026-01-05 08:30"), "2026-01-05 08:30:00"),
        (20260105, "20260105"),
        (2.0, "2"),
        (0.30000000000000004, "0.3"),
        (1e-05, "0.00001"),
        (1.23e14, "123000000000000"),
        (1.23e20, "1.23E+20"),
        (45293, "45293"),
        (True, "TRUE"),
        (None, ""),
        ("川江_x000D_\n厂", "川江\r\n厂"),
        ("＃", "＃"),
    ],
)
def test_t19_a_cell_reads_as_the_sheet_shows_it(value: object, text: str) -> None:
    assert xlsx_rows.text(value) == text


def test_t19_rows_of_a_workbook_are_numbered_as_on_the_sheet_gaps_included(workbook) -> None:
    path = workbook(["a"], [], [None, dt.date(2026, 1, 5)])
    assert [(number, cells) for number, cells in read(path) if any(cells)] == [(1, ("a",)), (3, ("", "2026-01-05"))]


def test_t19_a_formula_counts_by_its_stored_value(workbook, tmp_path: Path) -> None:
    path = workbook(['="XBJ"&"26"', "b"])
    stored = tmp_path / "stored.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(stored, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(
                name, content.replace(b"<v></v>", b"<v>XBJ26</v>").replace(b"<v />", b"<v>XBJ26</v>").replace(b'r="A1"', b'r="A1" t="str"')
            )
    assert read(stored)[0][1] == ("XBJ26", "b")


@pytest.mark.parametrize(("content", "code"), [(b"\xd0\xcf\x11\xe0rest", "file_kind_unknown"), (b"PK\x03\x04rest", "file_unreadable")])
def test_a_workbook_that_cannot_be_opened_says_why(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    with pytest.raises(TableRefused) as refusal:
        read(path)
    assert refusal.value.finding.code == code


def test_a_workbook_that_would_fill_the_memory_is_refused_unread(workbook, monkeypatch: pytest.MonkeyPatch) -> None:
    path = workbook(["a", "b"])
    with zipfile.ZipFile(path, "a") as parts:
        parts.writestr("xl/sharedStrings.xml", "x" * 100)
    monkeypatch.setattr(xlsx_rows, "TEXTS", 10)
    with pytest.raises(TableRefused) as refusal:
        read(path)
    assert refusal.value.finding.code == "file_too_large"


def test_about_how_many_rows_there_are_is_told_for_the_progress_bar(table, workbook) -> None:
    assert rows.about(table(["a"], ["b"])) == rows.about(workbook(["a"], ["b"])) == 2
