"""`import laboratories` and `import certificates`: dirty tables against their truth, every row in one line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from chuanyu.gateway.tables.qualifications import CERTIFICATE_NAMES, CERTIFICATES, LABORATORIES, LABORATORY_NAMES
from kit.qualifications import laboratories
from kit.tables import codes, report

DOCUMENTED = Path(__file__).parents[4] / "docs" / "tables.md"
LAB = ["证书编号", "机构名称", "状态", "起始日期", "有效期至", "参数", "标准"]
ONE = ["202300140123", "成都检验院", "有效", "2023-01-01", "长期", "铅", "GB 5009.12"]
CERT = ["证书编号", "证书类型", "认证机构", "获证组织", "状态", "有效期", "产品名称", "型号"]
OTHER = ["2023010101234567", "3C认证", "中国质量认证中心", "成都电器厂", "正常", "2023年1月1日至2028年1月1日", "延长线插座", "X-1"]


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("written", ["utf-8", "gb18030", "xlsx"])
def test_a_dirty_table_of_laboratories_comes_out_as_its_truth(table, workbook, seed: int, written: str) -> None:
    rows, truth = laboratories(seed)
    path = workbook(*rows) if written == "xlsx" else table(*rows, encoding=written)
    lines = report(path, kind=LABORATORIES)
    assert sorted(number for line in lines for number in line["rows"]) == list(range(3, len(rows) + 1)), "each row once"
    assert [line["rows"] for line in lines] == [told.rows for told in truth]
    for line, told in zip(lines, truth, strict=True):
        assert line["outcome"] == told.outcome, (line, told)
        assert told.code in ["", *codes(line)]
        if told.event:
            event = line["event"] | {"licensed_by": (line["event"]["licensed_by"] or {}).get("division")}
            assert {name: event[name] for name in told.event} == told.event


def one(table: Any, kind: Any, *rows: list[str]) -> dict[str, Any]:
    (line,) = report(table(*rows), kind=kind)
    return line


@pytest.mark.parametrize(
    ("written", "ends"),
    [("长期", None), ("/", None), ("9999-12-31", "9999-12-31"), ("2999年12月31日", "2999-12-31"), ("2029.1.5", "2029-01-05")],
)
def test_an_end_may_be_for_good(table, written: str, ends: str | None) -> None:
    assert one(table, LABORATORIES, LAB, [*ONE[:4], written, *ONE[5:]])["event"]["valid_to"] == ends


@pytest.mark.parametrize(
    ("names", "standards", "scope"),
    [
        ("铅、镉", "GB 5009.268", [("铅", "GB 5009.268"), ("镉", "GB 5009.268")]),
        ("铅；镉", "甲；乙", [("铅", "甲"), ("镉", "乙")]),
        ("铅", "甲\n乙", [("铅", "甲"), ("铅", "乙")]),
        ("甜蜜素、糖精钠之和", "/", [("甜蜜素、糖精钠之和", None)]),
    ],
)
def test_a_cell_lists_parameters_and_standards(table, names: str, standards: str, scope: list[tuple[str, str | None]]) -> None:
    found = one(table, LABORATORIES, LAB, [*ONE[:5], names, standards])["event"]["scope"]
    assert [(item["parameter"], item["standard"]) for item in found] == scope


def test_a_scope_that_nobody_can_pair_is_refused_in_both_languages(table) -> None:
    line = one(table, LABORATORIES, LAB, [*ONE[:5], "铅；镉；汞", "甲；乙"])
    (found,) = line["violations"]
    assert (found["code"], "每行写一项" in found["zh"], "one a row" in found["en"]) == ("scope_unpaired", True, True)


def test_t20_everything_wrong_with_a_row_is_said_at_once(table) -> None:
    line = one(table, LABORATORIES, LAB, ["2023", "/", "待定", "2024-02-30", "x", "", ""])
    assert {"field_missing", "term_unknown", "date_malformed"} <= set(codes(line)) and line["cma_no"] == "2023"


def test_a_certificate_with_its_span_other_words_and_several_products(table) -> None:
    more = ["", "", "", "", "", "", "电源转换器", "Y-2"]
    event = one(table, CERTIFICATES, CERT, OTHER, more)["event"]
    assert (event["kind"], event["status"], event["valid_from"], event["valid_to"]) == ("CCC", "VALID", "2023-01-01", "2028-01-01")
    assert [(each["name"], each["specification"]) for each in event["products"]] == [("延长线插座", "X-1"), ("电源转换器", "Y-2")]
    assert (event["holder"]["name"], event["body"]) == ("成都电器厂", "中国质量认证中心")


@pytest.mark.parametrize(
    ("span", "ends"), [("2023-01-01至长期", None), ("2023-01-01-2028-01-01", "2028-01-01"), ("2023.1.1~2028.1.1", "2028-01-01")]
)
def test_a_validity_may_stand_in_one_cell(table, span: str, ends: str | None) -> None:
    event = one(table, CERTIFICATES, CERT, [*OTHER[:5], span, *OTHER[6:]])["event"]
    assert (event["valid_from"], event["valid_to"]) == ("2023-01-01", ends)


def test_a_certificate_said_again_repeats_and_otherwise_conflicts(table) -> None:
    other = [*OTHER[:3], "另一家", *OTHER[4:]]
    assert [line["outcome"] for line in report(table(CERT, OTHER, other, OTHER), kind=CERTIFICATES)] == ["accepted", "refused", "duplicate"]


def test_a_table_without_its_number_is_refused_whole(table) -> None:
    line = one(table, LABORATORIES, LAB[1:], ONE[1:])
    assert (codes(line), line["rows"]) == (["column_missing"], []) and "证书编号" in line["violations"][0]["zh"]


def test_every_head_stands_in_the_page_of_tables() -> None:
    page = DOCUMENTED.read_text(encoding="utf-8")
    for names in (LABORATORY_NAMES, CERTIFICATE_NAMES):
        for column, others in names.items():
            row = f"| {column.value} | {'、'.join(others.split())} |"
            assert row in page, row
