"""T20: refused rows come back as a file that can be mended and sent again."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest

from chuanyu.gateway.tables import rows
from chuanyu.gateway.tables.importing import imported
from chuanyu.gateway.tables.rejects import REASON_HEADS, rejects
from kit.paper_gateway import PaperGateway
from kit.tables import FAILED, JOINED, NOW, WHERE, codes, number, report, row


def send_back(path: Path, to: Path, gateway: PaperGateway) -> list[str]:
    """Imports a table, writes its refused rows, gives the outcomes."""
    outcomes = []
    with rejects(to) as back:
        for parsed, result in imported(path, gateway, "/sichuan/sichuan-amr", WHERE):
            outcomes.append(result.outcome)
            if result.outcome == "refused":
                back.add(parsed.rows, result.violations)
    return outcomes


@pytest.fixture
def gateway() -> PaperGateway:
    return PaperGateway("sichuan", int(NOW.timestamp() * 1000))


def cells(path: Path) -> list[list[str]]:
    with rows.opened(path) as sheets:
        return [list(row.cells) for sheet in sheets.values() for row in sheet()]


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_refused_rows_stand_as_they_came_below_title_and_head_with_reasons(
    table, tmp_path: Path, gateway: PaperGateway, suffix: str
) -> None:
    bad = row(抽样编号=" /", made="２０２６年２月１日", 备注="=1+1")
    more = row(抽样编号=number(3), items="合格")
    source = table(["不合格信息"], FAILED, row(), bad, row(抽样编号=number(2)), more)
    assert send_back(source, tmp_path / f"back{suffix}", gateway) == ["accepted", "refused", "accepted", "refused"]
    title, head, first, second = cells(tmp_path / f"back{suffix}")
    assert (title[0], head) == ("不合格信息", [*FAILED, *REASON_HEADS])
    assert first[: len(bad)] == bad
    assert first[len(bad)] == "sample_no_missing; produced_after_announcement"
    assert second[: len(more) + 1] == [*more, "no_failed_item"]


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_a_mended_file_is_taken_and_its_reasons_are_ignored(table, tmp_path: Path, gateway: PaperGateway, suffix: str) -> None:
    second = row(序号="", 抽样编号="", made="", items="铅║0.9mg/kg║≤0.5mg/kg")
    source = table(FAILED, row(made="2026-02-01"), second, row(抽样编号=number(2), items="合格"))
    send_back(source, tmp_path / f"back{suffix}", gateway)
    lines = cells(tmp_path / f"back{suffix}")
    mended = table(*[[cell.replace("2026-02-01", "2025-11-05") for cell in line] for line in lines], name="mended.csv")
    assert send_back(mended, tmp_path / "again.csv", gateway) == ["accepted", "refused"]
    again = cells(tmp_path / "again.csv")
    assert again[0] == [*FAILED, *REASON_HEADS]
    assert [line[len(FAILED)] for line in again[1:]] == ["no_failed_item"]


def test_typed_cells_of_a_workbook_stay_typed(workbook, tmp_path: Path, gateway: PaperGateway) -> None:
    values: list[object] = list(row(items="合格"))
    values[FAILED.index("公告日期")] = dt.date(2026, 1, 5)
    values[0] = 7
    send_back(workbook(FAILED, values), tmp_path / "back.xlsx", gateway)
    line = list(openpyxl.load_workbook(tmp_path / "back.xlsx").active.values)[1]
    assert (line[0], line[FAILED.index("公告日期")].date()) == (7, dt.date(2026, 1, 5))


def test_a_text_that_begins_like_a_formula_stays_a_text(table, tmp_path: Path, gateway: PaperGateway) -> None:
    send_back(table(FAILED, row(items="合格", 备注="=HYPERLINK(1)")), tmp_path / "back.xlsx", gateway)
    sheet = openpyxl.load_workbook(tmp_path / "back.xlsx").active
    cell = sheet.cell(2, FAILED.index("备注") + 1)
    assert (cell.data_type, cell.value) == ("s", "=HYPERLINK(1)")


def test_a_passed_table_comes_back_as_one(table, tmp_path: Path, gateway: PaperGateway) -> None:
    head = [name for name in FAILED if name != JOINED]
    source = table(["监督抽检合格信息"], head, row(head, 抽样编号="?"))
    send_back(source, tmp_path / "back.csv", gateway)
    [line] = report(tmp_path / "back.csv")
    assert codes(line) == ["sample_no_malformed"]
