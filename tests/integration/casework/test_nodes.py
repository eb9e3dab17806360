"""Two nodes over real PostgreSQL: whatever they heard first, their cases end byte for byte alike, and what they say they say once."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chuanyu.casework import queries, standings, work
from chuanyu.casework.case import Standing
from chuanyu.contracts.spotcheck import Verdict
from chuanyu.credit.handlers import service as credit
from chuanyu.kernel import metrics
from chuanyu.kernel.codec import unpack_headers
from chuanyu.kernel.store.log import Entry
from chuanyu.spotcheck.handlers import service as spotcheck
from kit.cases import (
    CASE,
    NOON,
    PROVINCES,
    SANCTION,
    WANZHOU,
    YIBIN,
    YUZHONG,
    Talk,
    corrects,
    lifting,
    receipt,
    result,
    sanction,
    withdrawn,
)
from kit.histories import hearings, histories
from kit.nodes import Node, settle

DAY = 86_400_000
SPOTCHECK, CREDIT = spotcheck(PROVINCES), credit(PROVINCES)


@pytest.fixture
def sichuan(database: str) -> Iterator[Node]:
    node = Node("sichuan", database, SPOTCHECK)
    yield node
    node.connection.close()


@pytest.fixture
def chongqing(second_database: str) -> Iterator[Node]:
    node = Node("chongqing", second_database, SPOTCHECK)
    yield node
    node.connection.close()


@contextmanager
def emptied(*nodes: Node) -> Iterator[None]:
    for node in nodes:
        node.said.clear()
        node.decides_after = 0
        for table in queries.TABLES:
            node.connection.execute(f'DELETE FROM cases."{table}"')
    yield


def causes(entries: list[Entry]) -> list[str]:
    return [dict_of(entry)["ce_causationid"].decode() for entry in entries]


def dict_of(entry: Entry) -> dict[str, bytes]:
    return dict(unpack_headers(entry.headers))


def test_d11_a_failed_sample_over_the_border_is_receipted_once_and_open_at_both_nodes(sichuan: Node, chongqing: Node) -> None:
    talk = Talk()
    result_said = talk.say("chongqing", result())
    settle(talk, [sichuan, chongqing], 0, now=NOON + DAY)
    assert causes(list(sichuan.said.values())) == [str(result_said.head.id)]
    assert chongqing.said == {}
    assert sichuan.checksum == chongqing.checksum
    case = queries.find(sichuan.connection, CASE)
    assert case is not None and case.open
    assert {each.authority for each in case.obligations if each.due} == {YIBIN, YUZHONG}
    assert [case_id for case_id, _ in queries.open_in(chongqing.connection, "510000")] == [CASE]
    assert queries.open_in(chongqing.connection, WANZHOU) == []


def test_what_is_owed_and_not_confirmed_is_counted(sichuan: Node) -> None:
    talk = Talk()
    talk.say("chongqing", result())
    sichuan.hears(talk.arrivals, now=NOON)
    assert queries.owed(sichuan.connection, NOON) == {"open": 4, "undelivered": 3}
    assert queries.owed(sichuan.connection, NOON + 9 * DAY) == {"open": 3, "due_unconfirmed": 1, "undelivered": 3}
    assert (queries.outstanding(sichuan.connection, "chongqing"), queries.outstanding(sichuan.connection, "sichuan")) == (1, 0)
    standings.watch("chongqing")(sichuan.connection)
    assert metrics.RECEIPTS_OUTSTANDING._value.get() == 1


def test_d11_nothing_is_receipted_that_addresses_nobody_here_and_undoes_nothing(sichuan: Node) -> None:
    talk = Talk()
    talk.say("chongqing", result(Verdict.PASSED, case="chongqing/spotcheck/passed"))
    talk.say("chongqing", result(producer=WANZHOU, case="chongqing/spotcheck/ours"))
    first = talk.say("chongqing", result(case="chongqing/spotcheck/yours"), "asked")
    talk.say("chongqing", receipt("asked", case="chongqing/spotcheck/yours"))
    talk.say("sichuan", result(producer=YUZHONG, sampled=YIBIN, case="sichuan/spotcheck/said-here"))
    assert causes(sichuan.hears(talk.arrivals, now=NOON)) == [str(first.head.id)]


def test_d11_what_undoes_is_receipted_even_where_nobody_is_flagged(sichuan: Node) -> None:
    talk = Talk()
    talk.say("chongqing", result(Verdict.PASSED), "result")
    correction = talk.say("chongqing", corrects(result(producer=WANZHOU), "result"), "correction")
    withdrawal = talk.say("chongqing", withdrawn("correction"))
    assert causes(sichuan.hears(talk.arrivals, now=NOON)) == [str(correction.head.id), str(withdrawal.head.id)]


def test_d11_the_receipts_time_is_the_delivered_instant_and_stands_on_the_nodes_own_topic(sichuan: Node) -> None:
    talk = Talk()
    talk.say("chongqing", result())
    (entry,) = sichuan.hears(talk.arrivals, now=NOON + 5)
    assert (entry.topic, entry.case_id, dict_of(entry)["ce_time"]) == ("sichuan.spotcheck", CASE, b"2026-09-29T04:00:00.005Z")


def test_d9_a_decision_counts_only_when_it_comes_back_and_twice_says_nothing_new(sichuan: Node, chongqing: Node) -> None:
    talk = Talk()
    talk.say("chongqing", result())
    (entry,) = sichuan.hears(talk.arrivals, now=NOON)
    case = queries.find(sichuan.connection, CASE)
    assert case is not None and case.confirmations[0].at is None
    with emptied(sichuan):
        (again,) = sichuan.hears(talk.arrivals, now=NOON + DAY)
    assert again.event_id == entry.event_id


def test_d9_a_rebuild_says_nothing_until_it_is_past_where_it_started(sichuan: Node) -> None:
    talk = Talk()
    talk.say("chongqing", result())
    sichuan.decides_after = 1
    assert sichuan.hears(talk.arrivals, now=NOON) == []
    talk.say("chongqing", withdrawn("0"))
    assert len(sichuan.hears(talk.arrivals[1:], now=NOON)) == 1


def test_d12_a_waiting_withdrawal_is_receipted_when_its_original_comes(sichuan: Node) -> None:
    talk = Talk()
    late = talk.say("chongqing", withdrawn("result"), "withdrawal", at=NOON + 1)
    original = talk.say("chongqing", result(), "result", at=NOON + 9)
    assert sichuan.hears([late], now=NOON) == []
    assert sichuan.connection.execute("SELECT event, original FROM cases.waiting").fetchall() == [(late.head.id, original.head.id)]
    assert sorted(causes(sichuan.hears([original], now=NOON))) == sorted([str(original.head.id), str(late.head.id)])
    assert sichuan.connection.execute("SELECT count(*) FROM cases.waiting").fetchone() == (0,)
    case = queries.find(sichuan.connection, CASE)
    assert case is not None and case.standing is Standing.WITHDRAWN


def test_p9_a_lifted_sanction_is_confirmed_over_the_border(database: str, second_database: str) -> None:
    nodes = [Node("sichuan", database, CREDIT), Node("chongqing", second_database, CREDIT)]
    talk = Talk()
    talk.say("sichuan", sanction(flagged=[WANZHOU]), "sanction")
    talk.say("sichuan", lifting())
    settle(talk, nodes, 0, now=NOON + DAY)
    assert len(nodes[1].said) == 2
    assert nodes[0].checksum == nodes[1].checksum
    case = queries.find(nodes[0].connection, SANCTION)
    assert case is not None and (case.standing, case.open) == (Standing.LIFTED, False)
    for node in nodes:
        node.connection.close()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_d8_two_nodes_and_a_rebuild_end_with_equal_tables(data: st.DataObject, sichuan: Node, chongqing: Node) -> None:
    history = data.draw(histories([CASE, "chongqing/spotcheck/another", "sichuan/spotcheck/third"], size=12, lawful=True))
    talk = Talk()
    talk.adopt(history)
    with emptied(sichuan, chongqing):
        for node in (sichuan, chongqing):
            for batch in data.draw(hearings(history)):
                node.hears(batch, now=NOON + 50 * DAY)
        for entry in [*sichuan.said.values(), *chongqing.said.values()]:
            talk.log(entry, NOON + 50 * DAY)
        settle(talk, [sichuan, chongqing], len(history), now=NOON + 51 * DAY)
    assert sichuan.checksum == chongqing.checksum
    assert sichuan.connection.execute("SELECT * FROM cases.confirmation WHERE at IS NULL").fetchall() == []
    before = sichuan.checksum
    with emptied(sichuan):
        sichuan.decides_after = 1_000
        for batch in data.draw(hearings(talk.arrivals)):
            sichuan.hears(batch, now=NOON + 99 * DAY)
    assert sichuan.checksum == before
    assert sichuan.said == {}


def test_d6_a_case_that_another_process_makes_meanwhile_is_taken_up_again(sichuan: Node) -> None:
    talk = Talk()
    first = talk.say("chongqing", result(), "result")
    second = talk.say("sichuan", receipt("result"))
    really_lock, told = queries.lock, []

    def lock_before_the_other(connection, case_ids):  # type: ignore[no-untyped-def]
        found = really_lock(connection, case_ids)
        if not told:
            told.append(True)
            other = Node("sichuan", sichuan.connection.info.dsn + f" password={sichuan.connection.info.password}", SPOTCHECK)
            other.hears([first], now=NOON)
            other.connection.close()
        return found

    with patch.object(work.queries, "lock", lock_before_the_other):
        sichuan.hears([second], now=NOON)
    case = queries.find(sichuan.connection, CASE)
    assert case is not None and case.events == 2
    assert case.confirmations[0].at is not None
