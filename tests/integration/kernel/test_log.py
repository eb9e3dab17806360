"""D1–D3, D7: the owner's log and its relay."""

from __future__ import annotations

from uuid import uuid4

import pytest
from confluent_kafka import KafkaError, KafkaException

from chuanyu.kernel.bus.tail import tails
from chuanyu.kernel.faults import BrokerAway, LogAhead
from chuanyu.kernel.recover import recover
from chuanyu.kernel.store import log
from kit.bus import FAMILY, PARTITIONS, Node, eventually, now, put


def on_kafka(node: Node) -> dict[tuple[str, int], int]:
    """The last sequence of each own partition that Kafka has."""
    slots = [(topic, number) for topic, count in node.own.items() for number in range(count)]
    return {slot: tail.sequence for slot, tail in tails(node.kafka, slots, node.sealing).items()}


def all_on_kafka(node: Node) -> bool:
    waiting = log.depth(node.connection)[0]
    slots = [(topic, number) for topic, count in node.own.items() for number in range(count)]
    newest = {slot: pair[0] for slot, pair in log.last_numbered(node.connection, slots).items()}
    return waiting == 0 and newest == on_kafka(node)


def test_d1_a_transaction_that_commits_late_is_not_passed_over(here: Node) -> None:
    """The row with the lower id appears only after a higher one was relayed."""
    late, entry = here.store.connect(application="late"), _entry(here)
    with late.transaction():
        log.append(late, [entry])
        early = here.accept("early")
        here.start_relay()
        eventually(lambda: here.relayed() == 2, "the early row (and the key) relayed")
    eventually(lambda: here.relayed() == 3, "the late row relayed")
    late.close()
    row = here.connection.execute(
        "SELECT (SELECT id FROM bus.log WHERE event_id = %s) < (SELECT id FROM bus.log WHERE event_id = %s)", [entry.event_id, early[0]]
    ).fetchone()
    assert row == (True,)


def _entry(node: Node) -> log.Entry:
    node.accept("pattern")
    row = node.connection.execute(
        "DELETE FROM bus.log WHERE case_id LIKE '%/pattern'"
        " RETURNING event_id, topic, partition, case_id, type, headers, value, recorded_at"
    ).fetchone()
    assert row
    entry = log.Entry(*row)
    fresh = uuid4()
    return log.Entry(fresh, *row[1:5], entry.headers.replace(str(row[0]).encode(), str(fresh).encode()), row[6], row[7])


def test_d1_what_was_answered_first_has_the_lower_sequence(here: Node) -> None:
    here.start_relay()
    ids = [here.accept("one-case")[0] for _ in range(50)]
    eventually(lambda: here.relayed() == 51, "all relayed")
    rows = here.connection.execute("SELECT event_id FROM bus.log WHERE case_id LIKE '%/one-case' ORDER BY sequence").fetchall()
    assert [row[0] for row in rows] == ids


def test_d2_only_the_holder_of_the_lock_relays(here: Node) -> None:
    holder = here.store.connect(application="holder")
    assert log.become_relay(holder)
    here.start_relay()
    here.accept("waits")
    assert log.waiting(here.connection, 10)
    holder.close()
    eventually(lambda: all_on_kafka(here), "the second one takes over once the lock is free")


def test_d2_d3_a_repetition_is_verbatim(here: Node) -> None:
    first = here.start_relay()
    here.accept(*(f"c{n}" for n in range(30)))
    eventually(lambda: all_on_kafka(here), "all on Kafka")
    first.stop()
    before = {n: here.logged(f"{here.province}.{FAMILY}", n) for n in range(PARTITIONS)}
    for n in range(PARTITIONS):
        here.connection.execute("INSERT INTO bus.resend VALUES (%s, %s, 1)", [f"{here.province}.{FAMILY}", n])
    here.start_relay()
    eventually(lambda: here.connection.execute("SELECT count(*) FROM bus.resend").fetchone() == (0,), "the request is taken")
    eventually(lambda: all(_copies(here, n) >= 2 * len(before[n]) for n in before), "everything stands there twice")
    for n, records in before.items():
        read = _read(here, n)
        assert read[: len(records)] == read[len(records) : 2 * len(records)] == records


def _read(node: Node, number: int) -> list[object]:
    from chuanyu.kernel.bus.client import ends, reader
    from chuanyu.kernel.bus.tail import read

    slot = f"{node.province}.{FAMILY}", number
    client = reader(node.kafka)
    try:
        end = ends(client, [slot])[slot][1]
        return [record for record, _ in read(client, {slot: 0}, {slot: end})] if end else []
    finally:
        client.close()


def _copies(node: Node, number: int) -> int:
    return len(_read(node, number))


def test_d3_a_new_relay_goes_on_where_kafka_ends(here: Node, there: Node) -> None:
    """Numbered, but not produced before the relay died: the next one produces it, and nothing twice in effect."""
    there.start_service()
    here.accept(*(f"c{n}" for n in range(40)))
    half = here.relay()
    half._start(here.connection)
    half._number(here.connection)
    assert here.relayed() == 41
    assert on_kafka(here) == {}
    here.start_relay()
    eventually(lambda: len(there.applied()) == 40, "applied over there")


def test_d3_a_restored_older_log_is_refused_and_recovered(here: Node, there: Node) -> None:
    there.start_service()
    relay = here.start_relay()
    kept = here.accept(*(f"c{n}" for n in range(20)))
    eventually(lambda: all_on_kafka(here), "relayed")
    lost = here.accept(*(f"c{n}" for n in range(20, 35)))
    eventually(lambda: all_on_kafka(here), "relayed")
    relay.stop()
    before = {n: here.logged(f"{here.province}.{FAMILY}", n) for n in range(PARTITIONS)}
    here.connection.execute("DELETE FROM bus.log WHERE event_id = ANY(%s)", [lost[:10]])
    here.connection.execute("UPDATE bus.log SET sequence = NULL, logicaltime = NULL, seal = NULL WHERE event_id = ANY(%s)", [lost[10:]])
    refused = here.start_relay()
    assert isinstance(eventually(refused.ended, "a relay that refuses to start"), LogAhead)
    assert recover(here.own, here.store, here.kafka, here.sealing) == len(lost)
    assert {n: here.logged(f"{here.province}.{FAMILY}", n) for n in range(PARTITIONS)} == before
    here.start_relay()
    more = here.accept("after")
    eventually(lambda: len(there.applied()) == 36, "all effects")
    assert sorted(there.applied()) == sorted(map(str, [*kept, *lost, *more]))


def test_d3_an_older_log_is_refused_also_behind_a_re_send_that_broke_off(here: Node) -> None:
    """The partition ends with a sequence that the log knows; what stands before it was numbered further."""
    topic = f"{here.province}.{FAMILY}"
    relay = here.start_relay()
    here.accept(*["same"] * 10)
    eventually(lambda: all_on_kafka(here), "relayed")
    relay.stop()
    relay = here.start_relay()
    eventually(lambda: here.watch.faults or relay.part._heartbeat_at, "a heartbeat lists them")
    relay.stop()
    (number,) = here.connection.execute("SELECT DISTINCT partition FROM bus.log WHERE topic = %s", [topic]).fetchone() or (0,)
    put(here.kafka["bootstrap.servers"], number, *here.logged(topic, number)[:3])
    here.connection.execute("DELETE FROM bus.log WHERE sequence > 5 AND topic = %s", [topic])
    refused = here.start_relay()
    here.accept("same")
    assert isinstance(eventually(refused.ended, "a relay that refuses to start"), LogAhead)
    assert recover(here.own, here.store, here.kafka, here.sealing) == 5


def test_d3_recover_will_not_run_beside_a_relay(here: Node) -> None:
    here.start_relay()
    here.accept("one")
    eventually(lambda: all_on_kafka(here), "relayed")
    with pytest.raises(LogAhead):
        recover(here.own, here.store, here.kafka, here.sealing)


def test_d3_what_a_stranger_wrote_behind_the_end_is_not_ours(here: Node, there: Node) -> None:
    """An unsealed record at the end of a partition does not move the cursor."""
    there.start_service()
    relay = here.start_relay()
    here.accept("a")
    eventually(lambda: all_on_kafka(here), "relayed")
    relay.stop()
    for n in range(PARTITIONS):
        for record in here.logged(f"{here.province}.{FAMILY}", n):
            put(here.kafka["bootstrap.servers"], n, _forged(record, 99))
    here.start_relay()
    here.accept("a")
    eventually(lambda: len(there.applied()) == 2, "both events applied")


def _forged(record, sequence: int):  # type: ignore[no-untyped-def]
    from dataclasses import replace

    headers = tuple((name, str(sequence).encode() if name == "ce_sequence" else value) for name, value in record.headers)
    return replace(record, headers=headers)


def test_d7_logical_time_never_stands_still_or_goes_back(here: Node) -> None:
    """With a clock that runs backwards, and behind a neighbour whose clock is an hour ahead."""
    clock = iter(range(10**13, 0, -1000))
    here.start_relay(clock=lambda: min(next(clock), now()))
    here.accept(*(f"c{n}" for n in range(30)))
    eventually(lambda: here.relayed() == 31, "numbered")
    ahead = now() + 3_600_000
    here.connection.execute(
        "INSERT INTO bus.position (service, topic, partition, version, logicaltime) VALUES ('x', 'elsewhere.x', 0, 1, %s)", [ahead]
    )
    here.accept("later")
    eventually(lambda: here.relayed() == 32, "numbered")
    times = [row[0] for row in here.connection.execute("SELECT logicaltime FROM bus.log ORDER BY id")]
    assert times == sorted(set(times))
    assert times[-1] == ahead + 1


@pytest.mark.parametrize("error", [BufferError("full"), KafkaException(KafkaError(KafkaError._FATAL))], ids=["full", "fatal"])
def test_p8_a_client_that_takes_no_more_is_an_outage_also_for_a_heartbeat(here: Node, error: Exception) -> None:
    """Large records fill its memory long before they are many; the relay waits, stops when it is told to, and begins again."""

    class Client:
        def produce(self, *_: object, **__: object) -> None:
            raise error

        def poll(self, _: float) -> None:
            relay.stopping.set()

    relay = here.relay()
    relay._last = {}
    with pytest.raises(BrokerAway):
        relay._beat(Client())  # type: ignore[arg-type]
