"""Statements go to the gateway in batches and come back in their order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from chuanyu.gateway.tables.importing import imported
from chuanyu.gateway.tables.sending import BATCH
from chuanyu.kernel.faults import StoreAway
from kit.paper_gateway import PaperGateway
from kit.tables import FAILED, NOW, WHERE, codes, number, report, row


def gateway() -> PaperGateway:
    return PaperGateway("sichuan", int(NOW.timestamp() * 1000))


def test_batches_hold_500_at_most_and_lines_keep_the_order_of_the_table(table) -> None:
    desk, count = gateway(), 2 * BATCH + 7
    lines = report(table(FAILED, *(row(序号=str(n), 抽样编号=number(n)) for n in range(count))), submitter=desk)
    assert desk.batches == [BATCH, BATCH, 7]
    assert [line["rows"] for line in lines] == [[n + 2] for n in range(count)]


def test_what_is_refused_here_is_not_sent(table) -> None:
    desk = gateway()
    lines = report(table(FAILED, row(抽样编号="?"), row(抽样编号="!")), submitter=desk)
    assert (desk.batches, [codes(line) for line in lines]) == ([], [["sample_no_malformed"], ["sample_no_malformed"]])


def test_the_same_file_handed_in_again_is_all_duplicates(table) -> None:
    desk, source = gateway(), table(FAILED, row(), row(序号="2", 抽样编号=number(2)))
    first, again = (report(source, submitter=desk) for _ in range(2))
    assert [line["outcome"] for line in again] == ["duplicate", "duplicate"]
    assert [line["event_id"] for line in again] == [line["event_id"] for line in first]


def test_t9_a_contradiction_of_an_earlier_file_is_refused(table) -> None:
    desk = gateway()
    report(table(FAILED, row()), submitter=desk)
    [line] = report(table(FAILED, row(食品名称="挂面"), name="later.csv"), submitter=desk)
    assert codes(line) == ["conflicting_content"]


def test_the_line_tells_event_case_and_routing(table) -> None:
    [line] = report(table(FAILED, row()))
    assert set(line) == {"sample_no", "rows", "outcome", "event_id", "case_id", "violations", "warnings", "event", "routing"}
    assert line["case_id"] == line["event"]["head"]["case_id"] == "sichuan/spotcheck/XBJ26510000300001"
    assert line["event"]["head"]["flagged"] == [
        {"division": "511502", "role": "PRODUCTION", "name": None},
        {"division": "510104", "role": "CIRCULATION", "name": None},
    ]


def test_the_day_of_the_announcement_is_when_it_happened_unless_it_is_still_to_come(table) -> None:
    times: list[object] = []

    class Watching(PaperGateway):
        def submit(self, events: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
            times.extend(event.get("time") for event in events)
            return super().submit(events)

    later = row(抽样编号=number(2), 公告日期="2031-01-05")
    lines = report(table(FAILED, row(), later), submitter=Watching("sichuan", int(NOW.timestamp() * 1000)))
    assert times == ["2026-01-05T00:00:00+08:00", None]
    assert [line["outcome"] for line in lines] == ["accepted", "accepted"]


def test_a_batch_stays_below_the_size_of_a_request_and_an_event_below_that_of_a_record(table) -> None:
    desk, long = gateway(), "长" * 100_000
    lines = report(table(FAILED, *(row(序号=str(n), 抽样编号=number(n), 规格型号=long[:40_000]) for n in range(30))), submitter=desk)
    assert (max(desk.batches), len(lines)) == (12, 30)
    [refusal] = report(table(FAILED, row(规格型号=long, 商标=long, 食品名称=long)), submitter=desk)
    assert codes(refusal) == ["event_too_large"]


class Away:
    """A gateway that is away for its third call alone."""

    def __init__(self) -> None:
        self.desk, self.calls = gateway(), 0

    def submit(self, events: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        self.calls += 1
        if self.calls == 3:
            raise StoreAway("the database is away")
        return self.desk.submit(events)


def test_answers_given_before_the_gateway_went_away_come_out_and_nothing_is_sent_behind(table) -> None:
    source = table(FAILED, *(row(序号=str(n), 抽样编号=number(n)) for n in range(6 * BATCH)))
    away, told = Away(), 0
    with pytest.raises(StoreAway):
        for _ in imported(source, away, "/sichuan/sichuan-amr", WHERE):
            told += 1
    assert (told, away.calls) == (2 * BATCH, 3)
