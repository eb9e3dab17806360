"""U6: every expression of every dashboard is answered with data on a running bus, by a real Prometheus."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from chuanyu.kernel.envelope import Record
from kit.bus import put
from kit.monitoring import tool
from preview import running, sampled
from preview.page import page

WHILE_ALL_IS_WELL_EMPTY = {
    "当前告警 · alerts now",
    "落后最多的分区 · partitions furthest behind",
    "停住的分区 · partitions that stand still",
}
BEFORE_ANYTHING_FELL_DUE_EMPTY = {
    "按时履行，7日 · met in time, 7 days",
    "按时履行，30日 · met in time, 30 days",
    "按时履行的占比 · share met in time",
}


@pytest.mark.watch
def test_u6_every_expression_of_every_dashboard_returns_data(tmp_path: Path) -> None:
    tool("prometheus")
    with running.bus(tmp_path / "bus", lambda _: None) as facts, running.watching(tmp_path / "prometheus", facts) as prometheus:
        start = time.time()
        junk = Record("chongqing.recall", b"x", (), b"junk")
        put(facts["nodes"]["chongqing"]["kafka_client"]["bootstrap.servers"], 0, junk)  # quarantine has something to show
        days = running.let_days_pass(facts, start + 20, lambda _: None)
        end = time.time()
        boards = list(sampled.boards(prometheus, start, end))
    empty = {panel.described["title"] for board in boards for panel in board.panels if not panel.series}
    assert empty <= WHILE_ALL_IS_WELL_EMPTY | BEFORE_ANYTHING_FELL_DUE_EMPTY
    drawn = page(boards, start, end, days)
    assert all(board.title.split(" · ")[0] in drawn for board in boards)
