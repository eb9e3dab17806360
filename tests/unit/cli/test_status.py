"""`chuanyu status`: a metrics page read as rows."""

from __future__ import annotations

import pytest

from chuanyu.cli.pages import Sample, samples
from chuanyu.cli.status import Row, calendar_ends, rows_of, summary

PAGE = """\
# HELP chuanyu_behind_records Records between the stored position and the end of the partition
# TYPE chuanyu_behind_records gauge
chuanyu_behind_records{service="recall",topic="sichuan.recall",partition="0"} 2.0
chuanyu_behind_records{service="recall",topic="sichuan.recall",partition="1"} 3.0
chuanyu_oldest_unapplied_seconds{service="recall",topic="sichuan.recall",partition="0"} 1.5
chuanyu_oldest_unapplied_seconds{service="recall",topic="sichuan.recall",partition="1"} 7.25
chuanyu_partition_state{service="recall",topic="sichuan.recall",partition="0",state="running"} 1.0
chuanyu_partition_state{service="recall",topic="sichuan.recall",partition="1",state="running"} 0.0
chuanyu_partition_state{service="recall",topic="sichuan.recall",partition="1",state="gap"} 1.0
chuanyu_log_unrelayed_rows 0.0
chuanyu_log_oldest_unrelayed_seconds 0.0
chuanyu_parked_records{service="recall",code="seal_invalid"} 4.0
"""


def test_partitions_of_a_topic_become_one_row_that_shows_the_worst() -> None:
    relay, recall, parked = rows_of("sichuan", samples(PAGE))
    assert (relay.service, relay.state) == ("relay", "running")
    assert (recall.partitions, recall.behind, recall.oldest, recall.state) == (2, 5, 7.25, "gap")
    assert recall.runbook == "docs/runbooks/sequence_gap.md"
    assert (parked.behind, parked.state, parked.runbook) == (4, "parked", "docs/runbooks/seal_invalid.md")


def test_a_relay_that_gets_nothing_out_is_said() -> None:
    page = "chuanyu_log_unrelayed_rows 12.0\nchuanyu_log_oldest_unrelayed_seconds 95.0\n"
    (relay,) = rows_of("sichuan", samples(page))
    assert relay == Row(
        "sichuan", "relay", "own topics", 1, 12, 95.0, "waiting", "accepted events do not reach Kafka", "docs/runbooks/log_unrelayed.md"
    )


def test_one_line_says_whether_all_is_well() -> None:
    rows = list(rows_of("sichuan", samples(PAGE)))
    assert "2 rows are not well" in summary(rows)
    assert summary(rows[:1]).endswith("all is well")


@pytest.mark.parametrize(("left", "told"), [([60.0, 400.0], False), ([59.0, 400.0], True), ([], False)])
def test_it_warns_when_the_known_years_end_within_sixty_days(left: list[float], told: bool) -> None:
    found = [Sample("chuanyu_calendar_days", {}, days) for days in left]
    assert ("CHUANYU_CALENDAR_FILE" in calendar_ends(found)) is told
