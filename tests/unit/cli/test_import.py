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
    assert "No data row could be read" in capsys.readouterr().out


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
