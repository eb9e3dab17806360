"""T1 to T20 of published tables, each through the whole import against the gateway's own rules (domain.md 4.3)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from kit.tables import FAILED, JOINED, PASSED, codes, number, report, row

THREE = [part for name in FAILED for part in (["不合格项目", "检验结果", "标准值"] if name == JOINED else [name])]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_t1_encodings_make_no_difference(table, encoding: str) -> None:
    [line] = report(table(FAILED, row(), encoding=encoding))
    assert (line["outcome"], line["rows"], line["event"]["product"]["name"]) == ("accepted", [2], "高粱酒")


def test_t1_an_unreadable_file_is_one_refusal(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_bytes(b"\xff\xfe\x00")
    [line] = report(tmp_path / "table.csv")
    assert (line["outcome"], line["rows"], codes(line)) == ("refused", [], ["encoding_unreadable"])


def test_t2_titles_above_other_names_blanks_and_order_in_the_head_make_no_difference(table) -> None:
    plain = report(table(FAILED, row()))[0]["event"]
    names = {
        "抽样编号": "抽样单\n编号",
        "食品名称": " 样品名称\u00a0",
        JOINED: "不合格项目 ｜ 实测值｜标准要求",
        "公告日期": "发布日期",
        "检验机构": "承检机构",
    }
    head = [names.get(name, name) for name in reversed(FAILED)]
    titles = [["四川省市场监督管理局食品安全监督抽检不合格信息"], ["重要提示：本表仅对所抽批次负责", "", "x"], ["（2026年）"], []]
    [line] = report(table(*titles, head, row()[::-1]))
    assert (line["rows"], line["event"]) == ([6], plain)


def test_t2_the_head_again_in_the_middle_is_no_data_and_may_change_the_order(table) -> None:
    lines = report(table(FAILED, row(), ["附件2", ""], FAILED[::-1], row(抽样编号=number(2))[::-1]))
    assert [(line["rows"], line["outcome"]) for line in lines] == [([2], "accepted"), ([5], "accepted")]


def test_t2_a_row_of_one_cell_that_is_no_title_stays_in_the_report(table) -> None:
    lines = report(table(FAILED, row(), ["排名不分先后"], row(抽样编号=number(2)), ["共2条"]))
    assert [(line["rows"], codes(line)) for line in lines] == [
        ([2], []),
        ([3], ["sample_no_missing", "no_failed_item"]),
        ([4], []),
        ([5], ["sample_no_missing", "no_failed_item"]),
    ]


@pytest.mark.parametrize("head", [[name for name in FAILED if name != "抽样编号"], ["a", "b"]])
def test_t2_without_a_sample_number_column_the_file_is_refused(table, head: list[str]) -> None:
    [line] = report(table(head, row(head)))
    assert (line["outcome"], codes(line), line["event"]) == ("refused", ["column_missing"], None)


def test_t2_the_refusal_names_the_column_that_is_missing(table) -> None:
    head = [name for name in FAILED if name != "食品名称"]
    [line] = report(table(["题"], head, row(head)))
    assert "食品名称" in line["violations"][0]["zh"]


def test_t2_a_failed_table_without_items_is_refused_not_taken_for_a_passed_one(table) -> None:
    head = [name for name in FAILED if name != JOINED]
    [line] = report(table(["不合格信息"], head, row(head)))
    assert codes(line) == ["column_missing"]


def test_t3_blank_rows_and_notes_are_no_data_and_line_breaks_in_cells_are_no_rows(table) -> None:
    notes = [["注：排名不分先后"], ["", "附注：“标称”指产品包装上标注的信息"], ["说明 见公告"], ["声明"], [" \u3000", "\t"]]
    lines = report(table(FAILED, *notes, row(被抽样单位名称="永辉\n超市"), *notes, row(抽样编号=number(2))))
    assert [line["rows"] for line in lines] == [[7], [13]]


def test_t4_blanks_and_full_width_characters_make_no_difference(table) -> None:
    plain = report(table(FAILED, row(公告日期="2026-01-05")))[0]
    wide = {
        "抽样编号": " ＸＢＪ２６ 510000300001\n",
        "made": "\u3000２０２５年 １１月５日\t",
        "公告日期": "\u00a0２０２６／１／５",
        "items": "\n甜蜜素║1.210g/kg║≤0.65g/kg\u3000",
    }
    around = {
        name: f"\u3000{cell}\t"
        for name, cell in zip(FAILED, row(), strict=True)
        if name not in ("生产日期/批号", JOINED, "抽样编号", "公告日期")
    }
    [line] = report(table(FAILED, row(**around | wide)))
    assert (line["sample_no"], line["event"]) == (plain["sample_no"], plain["event"])


@pytest.mark.parametrize("word", ["/", "//", "-", "--", "—", "——", "–", "无", "不详", "*", "", " ／ "])
def test_t5_null_words_say_nothing_in_every_column(table, word: str) -> None:
    [line] = report(
        table(
            FAILED, row(**dict.fromkeys(["规格型号", "商标", "标称生产企业名称", "标称生产企业地址", "检验机构", "公告号", "made"], word))
        )
    )
    event = line["event"]
    assert (line["outcome"], event["labelled_producer"], event["lab"], event["publication"]["notice_no"]) == ("accepted", None, None, None)
    assert [event["product"][name] for name in ("specification", "brand", "produced_on", "batch")] == [None] * 4


def test_t5_only_as_a_whole_cell(table) -> None:
    assert report(table(FAILED, row(食品名称="无糖饼干")))[0]["event"]["product"]["name"] == "无糖饼干"


def test_t5_a_sample_of_nobody_from_nowhere_is_taken(table) -> None:
    [line] = report(table(FAILED, row(被抽样单位名称="/", 被抽样单位地址="/")))
    assert (line["outcome"], line["event"]["sampled_unit"]["party"]["name"], line["routing"]["sampled_province"]) == (
        "accepted",
        None,
        None,
    )
    assert "sampled_division_unknown" in codes(line, "warnings")


def test_t6_missing_and_malformed_numbers_are_never_grouped(table) -> None:
    bad = row(序号="", 抽样编号="XBJ2?5100", items="铅║1║≤0.5")
    lines = report(table(FAILED, row(抽样编号="xbj2?5100"), bad, row(抽样编号="—"), row(抽样编号="1.23E+14")))
    assert [(line["rows"], line["sample_no"], codes(line)) for line in lines] == [
        ([2], "XBJ2?5100", ["sample_no_malformed"]),
        ([3], "XBJ2?5100", ["sample_no_malformed"]),
        ([4], None, ["sample_no_missing"]),
        ([5], "1.23E+14", ["sample_no_malformed"]),
    ]


LEAD, CADMIUM = "铅║0.9mg/kg║≤0.5mg/kg", "镉║0.2mg/kg║≤0.1mg/kg"


@pytest.mark.parametrize(
    "more",
    [
        lambda: row(序号="", items=LEAD),
        lambda: row(**dict.fromkeys((name for name in FAILED if name != JOINED), ""))[:10] + [LEAD] + [""] * 6,
        lambda: row(items=LEAD),
        lambda: row(序号="/", 抽样编号="XBJ26 510000300001", items=LEAD, 备注="复检"),
    ],
    ids=["repeated", "merged", "equal but its items", "without a serial number"],
)
def test_t7_an_item_a_row_is_one_statement(table, more) -> None:
    cells = more()
    lines = report(
        table(FAILED, row(), [cell if name != JOINED else LEAD for name, cell in zip(FAILED, cells, strict=True)], row(抽样编号=number(2)))
    )
    assert [(line["rows"], [item["name"] for item in line["event"]["items"]]) for line in lines] == [
        ([2, 3], ["甜蜜素", "铅"]),
        ([4], ["甜蜜素"]),
    ]


def test_t7_a_row_that_says_anything_else_opens_a_statement(table) -> None:
    lines = report(table(FAILED, row(), row(序号="", 食品名称="挂面", items=LEAD), row(序号="2", items=LEAD)))
    assert [line["rows"] for line in lines] == [[2], [3], [4]]
    assert [codes(line) for line in lines] == [[], ["conflicting_content"], ["conflicting_content"]]


def test_t7_what_further_rows_remark_is_kept(table) -> None:
    [line] = report(table(FAILED, row(备注="复检"), row(序号="", items=LEAD, 备注="提出异议")))
    assert line["event"]["remark"] == "复检；提出异议"


def test_t7_cells_merged_on_a_sheet(workbook) -> None:
    first, second = row(), [None] * len(FAILED)
    second[FAILED.index(JOINED)] = LEAD
    [line] = report(workbook(FAILED, first, second))
    assert (line["rows"], len(line["event"]["items"])) == ([2, 3], 2)


@pytest.mark.parametrize("later", [False, True])
def test_t8_the_same_again_is_a_duplicate_in_any_notation(table, later: bool) -> None:
    again = row(序号="9", made="２０２５年11月5日", 公告日期="20260105", items="甜蜜素‖1.210g/kg‖≤0.65g/kg；", 备注="另有说明")
    between = [row(抽样编号=number(2))] if later else []
    lines = report(table(FAILED, row(), *between, again, row()))
    first = lines[0]["event_id"]
    assert [(line["outcome"], line["event_id"]) for line in (*lines[:1], *lines[-2:])] == [
        ("accepted", first),
        ("duplicate", first),
        ("duplicate", first),
    ]
    assert lines[-1]["violations"] == []


@pytest.mark.parametrize(
    "change", [{"食品名称": "挂面"}, {"made": "2025-11-06"}, {"标称生产企业名称": "另一家"}, {"items": "甜蜜素║9.9g/kg║≤0.65g/kg"}]
)
def test_t9_a_contradiction_is_refused_and_the_first_stands(table, change: dict[str, str]) -> None:
    lines = report(table(FAILED, row(), row(**change), row()))
    assert [line["outcome"] for line in lines] == ["accepted", "refused", "duplicate"]
    assert codes(lines[1]) == ["conflicting_content"]


def test_t9_a_refused_statement_does_not_stand_first(table) -> None:
    lines = report(table(FAILED, row(items="合格"), row(序号="2")))
    assert [line["outcome"] for line in lines] == ["refused", "accepted"]


def test_t10_a_bar_outside_the_items_is_text(table) -> None:
    [line] = report(table(FAILED, row(规格型号="10袋/盒|净含量:200g", items="甜蜜素||1.210g/kg||≤0.65g/kg")))
    assert line["event"]["product"]["specification"] == "10袋/盒|净含量:200g"
    assert line["event"]["items"][0]["limit_text"] == "≤0.65g/kg"


@pytest.mark.parametrize("joiner", [";", "；", "、", "\n"])
def test_t11_three_columns_and_one_say_the_same(table, joiner: str) -> None:
    one = report(table(FAILED, row(items=f"{LEAD}{joiner}菌落总数║12000,34000,15000,26000,11000║n=5,c=2,m=10^4,M=10^5")))[0]["event"][
        "items"
    ]
    parts = zip(LEAD.split("║"), ("菌落总数", "12000,34000,15000,26000,11000", "n=5,c=2,m=10^4,M=10^5"), strict=True)
    three = dict(zip(("不合格项目", "检验结果", "标准值"), (joiner.join(part) for part in parts), strict=True))
    assert report(table(THREE, row(THREE, **three)))[0]["event"]["items"] == one
    assert one[1]["values"] == ["12000", "34000", "15000", "26000", "11000"]


def test_t11_columns_that_do_not_agree_are_paired_with_a_warning(table) -> None:
    [line] = report(table(THREE, row(THREE, 不合格项目="铅；镉", 检验结果="0.9；0.2；0.3", 标准值="≤0.5")))
    assert "items_unpaired" in codes(line, "warnings")


@pytest.mark.parametrize(
    ("cell", "made", "batch", "warned"),
    [
        ("2025110501（批号）", None, "2025110501", False),
        ("批号：20251105A2", None, "20251105A2", False),
        ("2025年11月5日（批号：20251105-B）", "2025-11-05", "20251105-B", False),
        ("20251105", "2025-11-05", None, False),
        ("见喷码", None, "见喷码", True),
    ],
)
def test_t12_dates_and_batches(table, cell: str, made: str | None, batch: str | None, warned: bool) -> None:
    [line] = report(table(FAILED, row(made=cell)))
    product = line["event"]["product"]
    assert (product["produced_on"], product["batch"], "date_unparsed" in codes(line, "warnings")) == (made, batch, warned)


def test_t13_another_date_is_no_production_date(table) -> None:
    [line] = report(table(FAILED, row(made="购进日期：2025-11-05")))
    assert (line["event"]["product"]["produced_on"], line["event"]["product"]["batch"]) == (None, "购进日期:2025-11-05")
    assert "date_of_other_kind" in codes(line, "warnings")


def test_t14_the_producer_is_the_entrusted_party(table) -> None:
    names, places = "委托方：甲公司；受委托方：乙公司", "受委托方地址：重庆市渝中区民族路1号\n委托方地址：四川省成都市锦江区1号"
    [line] = report(table(FAILED, row(标称生产企业名称=names, 标称生产企业地址=places)))
    event = line["event"]
    assert (event["labelled_producer"]["name"], event["labelled_producer"]["division"]) == ("乙公司", "500103")
    assert (event["entrusting_party"]["name"], event["head"]["attention"]) == ("甲公司", ["510104"])
    assert line["routing"] == {
        "producer_province": "500000",
        "sampled_province": "510000",
        "cross_province": True,
        "flagged": ["500103", "510104"],
    }


def test_t15_without_an_address_the_producer_is_nowhere(table) -> None:
    [line] = report(table(FAILED, row(标称生产企业地址="/")))
    assert (line["routing"]["producer_province"], line["routing"]["cross_province"], line["outcome"]) == (None, False, "accepted")
    assert line["event"]["labelled_producer"]["division"] is None
    assert "producer_division_unknown" in codes(line, "warnings")


@pytest.mark.parametrize(("made", "outcome"), [("2026-01-05", "accepted"), ("2026-01-06", "refused")])
def test_t16_made_after_the_announcement(table, made: str, outcome: str) -> None:
    [line] = report(table(FAILED, row(made=made)))
    assert (line["outcome"], codes(line)) == (outcome, ["produced_after_announcement"] if outcome == "refused" else [])


@pytest.mark.parametrize("cell", ["合格", "所检项目合格", "/", "", "不合格", "合格║/║/"])
def test_t17_no_failed_item(table, cell: str) -> None:
    [line] = report(table(FAILED, row(items=cell)))
    assert codes(line) == ["no_failed_item"]


def test_t17_as_a_result_the_verdict_is_text(table) -> None:
    [line] = report(table(FAILED, row(items="标签║不合格║应符合GB 7718")))
    assert (line["outcome"], line["event"]["items"][0]["qualifier"]) == ("accepted", "TEXT")
    assert "result_unparsed" in codes(line, "warnings")


def test_t18_a_reading_inside_its_limit_is_warned_of_and_stands(table) -> None:
    [line] = report(table(FAILED, row(items="甜蜜素║0.5g/kg║≤0.65g/kg")))
    assert (line["outcome"], line["event"]["items"][0]["verdict"]) == ("accepted", "FAILED")
    assert "value_meets_limit" in codes(line, "warnings")


def test_t19_typed_dates_and_numbers_of_a_sheet(workbook) -> None:
    cells: list[object] = list(row())
    cells[FAILED.index("生产日期/批号")] = dt.date(2025, 11, 5)
    cells[FAILED.index("公告日期")] = 20260105
    cells[FAILED.index("规格型号")] = 500
    cells[FAILED.index("序号")] = 1
    other = list(cells)
    other[FAILED.index("抽样编号")] = 1.23e20
    good, bad = report(workbook(FAILED, cells, other))
    product = good["event"]["product"]
    assert (product["produced_on"], product["specification"], good["event"]["publication"]["published_on"]) == (
        "2025-11-05",
        "500",
        "2026-01-05",
    )
    assert (bad["sample_no"], codes(bad)) == ("1.23E+20", ["sample_no_malformed"])


def test_t19_a_serial_number_is_no_date(workbook) -> None:
    cells: list[object] = list(row())
    cells[FAILED.index("生产日期/批号")] = 45293
    [line] = report(workbook(FAILED, cells))
    assert (line["event"]["product"]["produced_on"], line["event"]["product"]["produced_on_text"]) == (None, "45293")


def test_t19_two_tables_in_one_workbook_are_refused_one_beside_other_sheets_is_read(workbook) -> None:
    [refusal] = report(workbook(FAILED, row(), 附件2=[FAILED, row(抽样编号=number(2))]))
    assert codes(refusal) == ["sheet_ambiguous"]
    [line] = report(workbook(["目录"], 附件2=[FAILED, row()]))
    assert (line["rows"], line["outcome"]) == ([2], "accepted")


def test_t20_all_faults_of_a_statement_are_told_at_once(table) -> None:
    [line] = report(table(FAILED, row(抽样编号="XBJ-2651", made="2026-02-01", items="合格")))
    assert codes(line) == ["sample_no_malformed", "produced_after_announcement", "no_failed_item"]
    assert all(finding["zh"] and finding["en"] and finding["field"] for finding in line["violations"])


def test_a_passed_table_says_that_samples_passed(table) -> None:
    cells = {"被抽样单位所在省份": "重庆", "公告网址链接": "https://example.cn/1"}
    head = [name for name in PASSED if name != "被抽样单位地址"]
    [line] = report(table(head, row(head, **cells)), "chongqing")
    event = line["event"]
    assert (line["outcome"], event["verdict"], event["items"], event["head"]["notice_class"]) == ("accepted", "PASSED", [], "ROUTINE")
    assert (line["routing"]["sampled_province"], line["routing"]["flagged"], event["publication"]["url"]) == (
        "500000",
        [],
        "https://example.cn/1",
    )


def test_a_table_of_item_names_alone(table) -> None:
    head = ["不合格项目" if name == JOINED else name for name in FAILED]
    [line] = report(table(head, row(head, 不合格项目="铅、镉")))
    assert [(item["name"], item["result_text"], item["qualifier"]) for item in line["event"]["items"]] == [
        ("铅", None, None),
        ("镉", None, None),
    ]
    assert "result_missing" in codes(line, "warnings")


@pytest.mark.parametrize(
    ("source", "kind", "level", "verdict", "publishable"),
    [
        ("四川省/国抽", "SUPERVISION", "NATIONAL", "FAILED", True),
        ("2026年评价性抽检", "EVALUATION", None, "FAILED", True),
        ("春节专项抽检", "CAMPAIGN", None, "FAILED", True),
        ("食品风险监测", "MONITORING", None, "PROBLEM", False),
        ("/", "SUPERVISION", None, "FAILED", True),
    ],
)
def test_the_source_of_the_task_tells_its_kind(table, source: str, kind: str, level: str | None, verdict: str, publishable: bool) -> None:
    event = report(table(FAILED, row(**{"任务来源/项目名称": source})))[0]["event"]
    assert (event["task"]["type"], event["task"]["level"], event["verdict"], event["publication"]["publishable"]) == (
        kind,
        level,
        verdict,
        publishable,
    )


@pytest.mark.parametrize("remark", ["企业否认生产", "提出异议", "疑似假冒"])
def test_a_remark_that_needs_a_person_is_warned_of(table, remark: str) -> None:
    [line] = report(table(FAILED, row(备注=remark)))
    assert (line["event"]["remark"], "remark_needs_reading" in codes(line, "warnings")) == (remark, True)
