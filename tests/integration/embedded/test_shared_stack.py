"""The fixtures: one real broker and server for the run, room of one's own on them."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest

from chuanyu.embedded.keeper import Borrowed
from chuanyu.kernel import topics
from chuanyu.kernel.faults import TopicsDiffer


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_finds_its_database_empty(database: str, turn: int) -> None:
    with psycopg.connect(database) as connection:
        connection.execute("CREATE TABLE mine (n int)")


def test_d18_topics_stand_as_declared(stack: Borrowed, provinces: Callable[..., tuple[str, str]]) -> None:
    """Twelve partitions a family, one for system; asked again, nothing is left to do."""
    pair = provinces("spotcheck", "system")
    wanted = topics.declared(pair, {"spotcheck", "system"})
    assert {topic.name.split(".")[1]: topic.partitions for topic in wanted} == {"spotcheck": 12, "system": 1}
    assert not topics.plan(stack.kafka, wanted)


def test_d18_a_differing_partition_count_is_broken_and_stays(stack: Borrowed, provinces: Callable[..., tuple[str, str]]) -> None:
    here, _ = provinces("system")
    (right,) = topics.declared([here], {"system"})
    wrong = topics.Topic(right.name, 3, right.replication, right.config)
    with pytest.raises(TopicsDiffer, match="has 1, not 3"):
        topics.apply(stack.kafka, [wrong])
    assert not topics.plan(stack.kafka, [right])


def test_a_changed_setting_is_planned_and_applied(stack: Borrowed, provinces: Callable[..., tuple[str, str]]) -> None:
    here, _ = provinces("heartbeat")
    (right,) = topics.declared([here], {"heartbeat"})
    longer = topics.Topic(right.name, 1, 1, {**right.config, "retention.ms": "172800000"})
    assert topics.plan(stack.kafka, [longer]).change == (topics.Change(right.name, "retention.ms", "86400000", "172800000"),)
    topics.apply(stack.kafka, [longer])
    assert not topics.plan(stack.kafka, [longer])


def test_lag_counts_from_the_groups_commit(stack: Borrowed, provinces: Callable[..., tuple[str, str]]) -> None:
    here, _ = provinces("system")
    (row,) = topics.lag(stack.kafka, ["nobody"], topics.declared([here], {"system"}))
    assert (row.committed, row.end, row.behind) == (None, 0, 0)
