"""Two nodes over real PostgreSQL: whatever they heard first, their cases end byte for byte alike, and what they say they say once."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from chuanyu.casework import queries, standings, work
from chuanyu.casework.case import Standing
from chuanyu.contracts.common import Addressee, AddresseeRole, ReceiptKind
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


def rebuilt(node: Node, *, up_to: int) -> None:
    """Empties the tables, as before a rebuild that started past so many records; what was said stands in the log."""
    said = dict(node.said)
    with emptied(node):
        node.said, node.decides_after = said, up_to


def headed(event: Any, **fields: Any) -> Any:
    return replace(event, head=replace(event.head, **fields))


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
    assert queries.owed(sichuan.connection, NOON + 9 * DAY) == {"open": 2, "warned": 1, "due_unconfirmed": 1, "undelivered": 3}
    assert (queries.outstanding(sichuan.connection, "chongqing"), queries.outstanding(sichuan.connection, "sichuan")) == (1, 0)
    standings.watch("chongqing")(sichuan.connection)
    assert metrics.RECEIPTS_OUTSTANDING._value.get() == 1


def test_p7_what_fell_due_is_told_by_whether_it_was_met_in_time(sichuan: Node) -> None:
    """Open obligations past their due time and those met late count against the share, back-filled ones not at all (D25)."""
    talk = Talk()
    talk.say("chongqing", result())
    sichuan.hears(talk.arrivals, now=NOON)
    later = NOON + 9 * DAY
    assert queries.fell_due(sichuan.connection, NOON) == []
    ((days, in_time, count),) = queries.fell_due(sichuan.connection, later)
    assert (in_time, count) == (False, 1) and 1 < days <= 9
    for change, expected in [
        ("state = 'MET', settled = due + 999", [(days, True, 1)]),
        ("settled = due + 1000", [(days, False, 1)]),
        ("backfilled = true", []),
    ]:
        sichuan.connection.execute(f"UPDATE cases.obligation SET {change} WHERE due < %s", [later])
        assert queries.fell_due(sichuan.connection, later) == expected
    assert queries.fell_due(sichuan.connection, later + 30 * DAY) != []


def test_since_when_a_receipt_is_owed_and_a_reference_waits_is_told(sichuan: Node) -> None:
    talk = Talk()
    assert queries.oldest(sichuan.connection, "chongqing") == (None, None)
    talk.say("chongqing", result())
    late = talk.say("chongqing", corrects(result(), "never said"))
    sichuan.hears(talk.arrivals, now=NOON)
    owed, waits = queries.oldest(sichuan.connection, "chongqing")
    assert owed is not None and owed >= NOON
    assert waits == late.head.logicaltime
    assert queries.oldest(sichuan.connection, "sichuan")[0] is None
    standings.watch("chongqing")(sichuan.connection)
    assert metrics.OLDEST_RECEIPT._value.get() > 0
    assert metrics.OLDEST_REFERENCE._value.get() > 0


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


def test_d9_a_rebuild_says_nothing_new(sichuan: Node) -> None:
    talk = Talk()
    talk.say("chongqing", result())
    talk.say("chongqing", withdrawn("0"))
    assert len(sichuan.hears(talk.arrivals, now=NOON)) == 2
    rebuilt(sichuan, up_to=2)
    for arrived in talk.arrivals:
        assert sichuan.hears([arrived], now=NOON + DAY) == []


def test_d11_d14_what_was_parked_before_a_rebuild_is_receipted_once_when_it_is_released(sichuan: Node) -> None:
    """It stands before the place from which the rebuild started, and takes effect for the first time."""
    talk = Talk()
    released = talk.say("chongqing", result(), "parked")
    other = talk.say("chongqing", result(case="chongqing/spotcheck/another"))
    sichuan.hears([other], now=NOON)
    rebuilt(sichuan, up_to=2)
    assert sichuan.hears([other], now=NOON) == []
    assert causes(sichuan.hears([released], now=NOON)) == [str(released.head.id)]
    rebuilt(sichuan, up_to=2)
    assert sichuan.hears([released, other], now=NOON) == []


def test_d11_d12_what_waited_before_a_rebuild_is_receipted_whichever_is_read_first(sichuan: Node) -> None:
    """The original came only after the rebuild began, and the rebuild reads it before what waits for it."""
    talk = Talk()
    original = talk.say("sichuan", sanction(), "imposed", at=NOON + 9)
    waiting = talk.say("chongqing", headed(lifting(), flagged=(Addressee(division=YIBIN, role=AddresseeRole.APPLIER),)), at=NOON + 1)
    node = Node("sichuan", sichuan.connection.info.dsn + f" password={sichuan.connection.info.password}", CREDIT)
    assert node.hears([waiting], now=NOON) == []
    rebuilt(node, up_to=1)
    node.hears([original], now=NOON)
    assert causes(node.hears([waiting], now=NOON)) == [str(waiting.head.id)]
    node.connection.close()


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
    talk.say("sichuan", lifting(), "lifting")
    settle(talk, nodes, 0, now=NOON + DAY)
    assert len(nodes[1].said) == 2
    case = queries.find(nodes[0].connection, SANCTION)
    assert case is not None and (case.standing, case.open) == (Standing.LIFTED, True), "who applied it has not said that it is undone"
    heard = len(talk.arrivals)
    talk.say("chongqing", receipt("lifting", case=SANCTION, division=WANZHOU, kind=ReceiptKind.PROCESSED))
    settle(talk, nodes, heard, now=NOON + DAY)
    assert nodes[0].checksum == nodes[1].checksum
    case = queries.find(nodes[0].connection, SANCTION)
    assert case is not None and not case.open
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
    assert sichuan.connection.execute("SELECT * FROM cases.confirmation WHERE at IS NULL AND kind = 'DELIVERED'").fetchall() == []
    before = sichuan.checksum
    rebuilt(sichuan, up_to=1_000)
    for batch in data.draw(hearings(talk.arrivals)):
        assert sichuan.hears(batch, now=NOON + 99 * DAY) == []
    assert sichuan.checksum == before


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
