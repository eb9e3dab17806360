"""`chuanyu import spotcheck`: what it prints, writes and answers as exit status."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from chuanyu import cli
from chuanyu.cli import AWAY, DONE, NO, WRONG_USE
from chuanyu.cli.connect import Caller, NodeAway
from kit.paper_gateway import PaperGateway
from kit.tables import FAILED, NOW, number, row

Run = Callable[..., int]


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> PaperGateway:
    """Every caller reaches this one."""
    paper = PaperGateway("sichuan", int(NOW.timestamp() * 1000))
    monkeypatch.setattr(Caller, "events", lambda _: paper)
    return paper


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs `chuanyu import spotcheck` on rows, in the name of sichuan-amr; gives the exit status."""

    def run(rows: Sequence[Sequence[str]], *options: str, name: str = "sichuan-amr") -> int:
        path = tmp_path / "table.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
        with pytest.raises(SystemExit) as left:
            cli.main(["import", "spotcheck", str(path), "--node", "sichuan", *(["--as", name] if name else []), *options])
        assert isinstance(left.value.code, int)
        return left.value.code

    return run


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


GOOD, BAD = row(), row(序号="2", 抽样编号="?")


def test_one_line_of_json_on_standard_output_and_nothing_else(run: Run, gateway: PaperGateway, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([FAILED, GOOD, GOOD, BAD], "--json") == NO
    assert json.loads(capsys.readouterr().out) == {"rows": 3, "samples": 3, "accepted": 1, "duplicates": 1, "refused": 1}


def test_duplicates_alone_are_no_refusal(run: Run, gateway: PaperGateway) -> None:
    assert [run([FAILED, GOOD]), run([FAILED, GOOD])] == [DONE, DONE]


def test_every_data_row_stands_in_exactly_one_line_of_the_report(run: Run, gateway: PaperGateway, tmp_path: Path) -> None:
    more = row(序号="", items="铅║0.9mg/kg║≤0.5mg/kg")
    assert run([["题"], FAILED, GOOD, more, [], BAD, ["注：无"]], "--report", str(tmp_path / "out.jsonl")) == NO
    written = lines(tmp_path / "out.jsonl")
    assert [(line["rows"], line["outcome"]) for line in written] == [([3, 4], "accepted"), ([6], "refused")]
    assert written[0]["event"]["head"]["case_id"] == written[0]["case_id"]


def test_people_read_the_sums_and_the_reasons(run: Run, gateway: PaperGateway, capsys: pytest.CaptureFixture[str]) -> None:
    run([FAILED, GOOD, BAD])
    out = capsys.readouterr().out
    assert "2 rows, 2 samples: 1 accepted, 0 duplicates, 1 refused" in out
    assert "2行，2件样品：受理1，重复0，拒收1" in out
    (reason,) = [line for line in out.splitlines() if "sample_no_malformed" in line]
    assert [cell.strip() for cell in reason.split("│")][1:4] == ["1", "sample_no_malformed", "3"]
    assert "抽样编号格式不符" in reason
    assert "--rejects FILE.csv gives the refused rows back" in out


def test_people_read_where_the_refused_rows_are(
    run: Run, gateway: PaperGateway, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run([FAILED, BAD], "--rejects", str(tmp_path / "back.csv"))
    assert f"the refused rows and why are in {tmp_path / 'back.csv'}" in capsys.readouterr().out


def test_check_sends_nothing_and_finds_repeats_and_contradictions(
    run: Run, gateway: PaperGateway, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = [FAILED, GOOD, GOOD, row(食品名称="挂面"), BAD, row(序号="3", 抽样编号=number(3))]
    assert run(table, "--check", "--json", "--report", str(tmp_path / "out.jsonl"), name="") == NO
    assert json.loads(capsys.readouterr().out) == {"rows": 5, "samples": 5, "accepted": 2, "duplicates": 1, "refused": 2}
    assert gateway.batches == []
    assert [line["event_id"] for line in lines(tmp_path / "out.jsonl")] == [None] * 5


def test_a_file_that_is_no_table_is_one_refusal(run: Run, gateway: PaperGateway, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([["a", "b"], ["1", "2"]], "--json") == NO
    assert json.loads(capsys.readouterr().out) == {"rows": 0, "samples": 1, "accepted": 0, "duplicates": 0, "refused": 1}
    assert run([["a", "b"], ["1", "2"]]) == NO
    assert "The file was not taken: there is no column '抽样编号'" in capsys.readouterr().out


def test_of_a_member_that_nobody_knows_it_says_who_there_is(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    known = tmp_path / "members" / "yibin-amr" / "cert.pem"
    known.parent.mkdir(parents=True)
    known.touch()
    assert run([FAILED, GOOD], "--dir", str(tmp_path), "--at", "127.0.0.1:1", name="nobody") == WRONG_USE
    assert "There are no credentials of nobody" in (said := capsys.readouterr().err)
    assert "--as takes one of yibin-amr." in said


def test_a_node_that_is_away_leaves_the_report_of_what_was_answered(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Away(PaperGateway):
        def submit(self, events: Sequence[Any]) -> list[dict[str, Any]]:
            if self.batches:
                raise NodeAway("127.0.0.1:1", "away")
            return super().submit(events)

    monkeypatch.setattr(Caller, "events", lambda _: Away("sichuan", int(NOW.timestamp() * 1000)))
    table = [FAILED, *(row(序号=str(n), 抽样编号=number(n)) for n in range(1200))]
    assert run(table, "--json", "--report", str(tmp_path / "out.jsonl")) == AWAY
    captured = capsys.readouterr()
    assert (captured.out, len(lines(tmp_path / "out.jsonl"))) == ("", 500)
    assert "500 rows were answered" in captured.err


@pytest.mark.parametrize(
    "options", [["--report", "{table}"], ["--rejects", "{table}"], ["--report", "x.csv", "--rejects", "x.csv"], ["--rejects", "x.txt"]]
)
def test_nothing_is_written_over_the_table(run: Run, gateway: PaperGateway, tmp_path: Path, options: list[str]) -> None:
    named = [option.replace("{table}", str(tmp_path / "table.csv")) for option in options]
    assert run([FAILED, GOOD], *named) == WRONG_USE
    assert (tmp_path / "table.csv").stat().st_size > 0


def test_without_a_name_nothing_is_sent(run: Run, gateway: PaperGateway) -> None:
    assert (run([FAILED, GOOD], name=""), gateway.batches) == (WRONG_USE, [])


@pytest.mark.parametrize(
    ("content", "zh", "en"),
    [
        (b"\xd0\xcf\x11\xe0old", "文件未受理：旧版Excel（.xls）文件", "The file was not taken: this is a workbook of Excel 2003"),
        (b"PK\x03\x04damaged", "文件未受理：工作簿已损坏", "The file was not taken: the workbook is damaged"),
        (b"\xff\xfe\x00\x81", "文件未受理：文件既不是UTF-8也不是GB18030", "The file was not taken: the file is neither UTF-8"),
        (b"", "文件未受理：找不到“抽样编号”列", "The file was not taken: there is no column"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_sentence(
    gateway: PaperGateway, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, zh: str, en: str
) -> None:
    file = tmp_path / "table.bin"
    file.write_bytes(content)
    with pytest.raises(SystemExit) as left:
        cli.main(["import", "spotcheck", str(file), "--as", "sichuan-amr"])
    first, second = capsys.readouterr().out.splitlines()
    assert (left.value.code, first.startswith(zh), second.startswith(en)) == (NO, True, True)


def test_what_can_be_read_is_counted_apart_from_where_the_file_breaks(
    gateway: PaperGateway, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "table.csv"
    lines = [FAILED, GOOD, row(序号="2", 抽样编号=number(2)), row(序号="3", 抽样编号=number(3))]
    file.write_text("\n".join(",".join(cells) for cells in lines) + '\n"' + "长" * 200_000, encoding="utf-8")
    with pytest.raises(SystemExit):
        cli.main(["import", "spotcheck", str(file), "--as", "sichuan-amr"])
    said = capsys.readouterr().out
    assert "3 rows, 3 samples: 2 accepted, 0 duplicates, 1 refused\n" in said and "cut_short" in said
    assert "其余未受理：第5行起文件损坏" in said and "The rest was not taken" in said


def test_a_contradiction_tells_users_of_tables_what_they_can_do(run: Run, gateway: PaperGateway, tmp_path: Path) -> None:
    other = row(食品名称="挂面")
    run([FAILED, GOOD, other], "--report", str(tmp_path / "out.jsonl"))
    [found] = lines(tmp_path / "out.jsonl")[1]["violations"]
    assert (found["field"], found["code"]) == ("product.name", "conflicting_content")
    assert "head.correction_of" not in found["zh"] + found["en"] and "event-0" in found["zh"] and "chuanyu submit" in found["en"]


def test_a_contradiction_inside_the_file_names_its_row_and_no_event(run: Run, tmp_path: Path) -> None:
    assert run([["题"], FAILED, GOOD, row(食品名称="挂面")], "--check", "--report", str(tmp_path / "out.jsonl")) == NO
    [found] = lines(tmp_path / "out.jsonl")[1]["violations"]
    assert (found["code"], "第3行" in found["zh"], "row 3 of this file" in found["en"]) == ("conflicting_content", True, True)
    assert "事件" not in found["zh"] and "event" not in found["en"]


def test_a_check_judges_the_jurisdiction_of_a_member_that_is_on_record(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "nodes" / "sichuan" / "members.yaml"
    place.parent.mkdir(parents=True)
    place.write_text('members: [{id: yibin-amr, name: 宜宾市市场监督管理局, division: "511500", publishes: [spotcheck]}]')
    here = row(序号="2", 抽样编号=number(2), 被抽样单位地址="四川省宜宾市翠屏区解放街2号")
    report = tmp_path / "out.jsonl"
    assert run([FAILED, GOOD, here], "--check", "--dir", str(tmp_path), "--report", str(report), name="yibin-amr") == NO
    assert [[found["code"] for found in line["violations"]] for line in lines(report)] == [["jurisdiction_foreign"], []]
    assert "jurisdiction" not in (said := capsys.readouterr().out).splitlines()[-1] and "未核对：此前报送的内容" in said
    assert run([FAILED, GOOD, here], "--check", "--dir", str(tmp_path), name="unknown-amr") == DONE
    assert "成员的权限和管辖范围" in (said := capsys.readouterr().out) and "rights and jurisdiction" in said


def test_a_check_refuses_what_no_table_behind_the_gateway_takes(run: Run, tmp_path: Path) -> None:
    long = row(食品名称="".join(chr(0x4E00 + n) for n in range(400)))
    assert run([FAILED, long], "--check", "--report", str(tmp_path / "out.jsonl")) == NO
    [found] = lines(tmp_path / "out.jsonl")[0]["violations"]
    assert (found["field"], found["code"], "1000" in found["zh"]) == ("product.name", "text_too_long", True)


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(
    ("kind", "rows", "unit"),
    [
        (
            "laboratories",
            [["证书编号", "机构名称", "状态", "发证日期", "参数"], ["202300140123", "成都检验院", "有效", "2023-01-01", "铅"]],
            "laboratories",
        ),
        (
            "certificates",
            [
                ["证书编号", "证书类型", "认证机构", "持证人", "状态", "发证日期"],
                ["2023010101234567", "3C", "认证中心", "电器厂", "有效", "2023-01-01"],
            ],
            "certificates",
        ),
    ],
)
def test_qualifications_are_handed_in_and_judged_alike(
    gateway: PaperGateway, tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str, rows: list[list[str]], unit: str, check: bool
) -> None:
    file, report, back = (tmp_path / name for name in ("table.csv", "out.jsonl", "back.csv"))
    with file.open("w", encoding="gb18030", newline="") as table:
        csv.writer(table).writerows([*rows, [*rows[1][:4], "待定", *rows[1][5:]] if kind == "certificates" else ["2023", *rows[1][1:]]])
    options = ["--as", "sichuan-amr", "--report", str(report), "--rejects", str(back), *(["--check"] if check else [])]
    with pytest.raises(SystemExit) as left:
        cli.main(["import", kind, str(file), "--node", "sichuan", *options])
    assert left.value.code == NO
    assert [line["outcome"] for line in lines(report)] == ["accepted", "refused"]
    assert f"2 rows, 2 {unit}: 1 " in capsys.readouterr().out
    assert len(back.read_text(encoding="utf-8-sig").splitlines()) == 2
