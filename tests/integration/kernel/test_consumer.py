"""D4–D6: order of checks, gaps, the one transaction and its fence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from confluent_kafka import Message

from chuanyu.kernel.envelope import Record
from chuanyu.kernel.faults import BrokerAway, FenceLost
from chuanyu.kernel.store import gaps, positions
from kit.bus import FAMILY, Ledger, Node, eventually, put


@pytest.fixture
def sealed(there: Node) -> list[Record]:
    """Twelve sealed records of partition 0 of the other province, numbered but not on Kafka; its key is."""
    number = 0
    cases = (f"k{n}" for n in range(10_000))
    while number < 12:
        case = next(cases)
        there.accept(case)
        row = there.connection.execute("SELECT count(*) FROM bus.log WHERE partition = 0 AND topic = %s", [topic(there)]).fetchone()
        assert row
        number = row[0]
    relay = there.relay()
    relay._start(there.connection)
    while relay._number(there.connection):
        pass
    send(there, *there.logged(f"{there.province}.system", 0))
    records = there.logged(topic(there), 0)
    assert len(records) == 12
    return records


def topic(node: Node) -> str:
    return f"{node.province}.{FAMILY}"


def sequences(node: Node, service: str = "ledger") -> list[int]:
    return [effect.sequence for effect in node.effects(service)]


def send(node: Node, *records: Record) -> None:
    put(node.kafka["bootstrap.servers"], 0, *records)


def resealed(record: Record) -> Record:
    """The same record under a seal that does not cover it."""
    return replace(record, value=record.value[:-1] + bytes([record.value[-1] ^ 1]))


def claiming(record: Record, sequence: int) -> Record:
    return replace(record, headers=tuple((n, str(sequence).encode() if n == "ce_sequence" else v) for n, v in record.headers))


def parked(node: Node) -> list[tuple[str, str, int]]:
    return node.connection.execute("SELECT code, state, sequence FROM bus.parked ORDER BY id").fetchall()


def stored(node: Node, where: Node, service: str = "ledger") -> tuple[int, int]:
    """(sequence, next offset) of partition 0 of the other province's topic."""
    row = node.connection.execute(
        "SELECT sequence, next_offset FROM bus.position WHERE service = %s AND topic = %s AND partition = 0", [service, topic(where)]
    ).fetchone()
    return (row[0], row[1]) if row else (0, 0)


def test_d4_a_repetition_is_dropped(here: Node, there: Node, sealed: list[Record]) -> None:
    send(there, *sealed[:4], *sealed[:4], *sealed[2:6], sealed[0])
    here.start_service()
    eventually(lambda: stored(here, there)[1] == 13, "read to the end")
    assert sequences(here) == [1, 2, 3, 4, 5, 6]


def test_d5_beyond_a_gap_nothing_is_applied_and_the_owner_is_asked(here: Node, there: Node, sealed: list[Record]) -> None:
    send(there, *sealed[:3], *sealed[4:8])
    here.start_service()
    here.start_relay()
    eventually(lambda: gaps.stored(here.connection, "ledger") == {(topic(there), 0)}, "the gap is told")
    assert sequences(here) == [1, 2, 3]
    assert stored(here, there)[1] == 7
    eventually(
        lambda: (
            here.connection.execute("SELECT count(*) FROM bus.log WHERE type = 'chuanyu.system.resend_requested.v1'").fetchone() == (1,)
        ),
        "a request to send again",
    )
    send(there, *sealed[3:])
    eventually(lambda: sequences(here) == list(range(1, 13)), "all applied, in order")
    eventually(lambda: not gaps.stored(here.connection, "ledger"), "the gap is closed")


def test_d5_the_owner_sends_again_from_the_gap_on(here: Node, there: Node, sealed: list[Record]) -> None:
    send(there, *sealed[:3], *sealed[4:])
    here.start_service()
    eventually(lambda: gaps.stored(here.connection, "ledger"), "the gap is told")
    gaps.ask_resend(there.connection, topic(there), 0, 4)
    there.start_relay()
    eventually(lambda: sequences_in(here, 0) == list(range(1, 13)), "all applied, in order")


def sequences_in(node: Node, partition: int) -> list[int]:
    return [effect.sequence for effect in node.effects() if effect.partition == partition]


def test_d5_records_lost_at_the_end_are_missed_too(here: Node, there: Node, sealed: list[Record]) -> None:
    """Nothing comes after them; only the owner's heartbeat tells that there is more."""
    send(there, *sealed[:8])
    here.start_service(tails=lambda: {(topic(there), 0): 12})
    eventually(lambda: gaps.stored(here.connection, "ledger") == {(topic(there), 0)}, "the gap is told")
    send(there, *sealed[8:])
    eventually(lambda: sequences(here) == list(range(1, 13)), "all applied")
    eventually(lambda: not gaps.stored(here.connection, "ledger"), "the gap is closed")


def test_d4_a_bad_seal_in_the_next_slot_passes_it_and_its_good_copy_is_applied_late(here: Node, there: Node, sealed: list[Record]) -> None:
    send(there, *sealed[:2], resealed(sealed[2]), *sealed[3:6])
    here.start_service()
    eventually(lambda: stored(here, there) == (6, 6), "read on")
    assert sequences(here) == [1, 2, 4, 5, 6]
    assert parked(here) == [("seal_invalid", "PARKED", 3)]
    assert gaps.stored(here.connection, "ledger") == {(topic(there), 0)}
    send(there, *sealed[2:])
    eventually(lambda: sorted(sequences(here)) == list(range(1, 13)), "the good copy is applied too, once")
    assert parked(here) == [("seal_invalid", "REPLACED", 3)]
    assert gaps.stored(here.connection, "ledger") == set()


@pytest.mark.parametrize("claim", [9_999_999_999, 1, 0])
def test_d4_a_bad_seal_elsewhere_moves_nothing(here: Node, there: Node, sealed: list[Record], claim: int) -> None:
    send(there, *sealed[:2], claiming(sealed[2], claim), *sealed[2:])
    here.start_service()
    eventually(lambda: sequences(here) == list(range(1, 13)), "everything is applied")
    assert [row[:2] for row in parked(here)] == [("seal_invalid", "PARKED")]


def test_d6_a_second_owner_makes_the_first_one_leave(here: Node, there: Node, sealed: list[Record]) -> None:
    send(there, *sealed[:3])
    first = here.start_service()
    eventually(lambda: sequences(here) == [1, 2, 3], "applied")
    positions.take(here.connection, "ledger", [(topic(there), 0)])
    send(there, *sealed[3:])
    assert isinstance(eventually(first.ended, "the first owner leaves"), FenceLost)
    assert sequences(here) == [1, 2, 3]
    here.start_service()
    eventually(lambda: sequences(here) == list(range(1, 13)), "the second one goes on")


def test_d6_a_second_process_of_the_same_name_makes_the_first_one_leave(here: Node, there: Node, sealed: list[Record]) -> None:
    here.kafka["group.instance.id"] = "the-only-one"
    first = here.start_service()
    send(there, *sealed[:3])
    eventually(lambda: sequences(here) == [1, 2, 3], "applied")
    here.start_service()
    assert isinstance(eventually(first.ended, "the first one leaves"), FenceLost)
    send(there, *sealed[3:])
    eventually(lambda: sequences(here) == list(range(1, 13)), "the second one goes on")


def test_d6_a_lost_connection_costs_nothing_and_repeats_nothing(here: Node, there: Node, sealed: list[Record]) -> None:
    service = Ledger()
    cuts = iter([True, False, True, False, True])
    service.before_apply = lambda work: (
        work.connection.execute("SELECT pg_terminate_backend(pg_backend_pid())") if next(cuts, False) else None
    )
    here.start_service(service, batch=3)
    send(there, *sealed)
    eventually(lambda: sequences(here) == list(range(1, 13)), "every effect, once")
    assert here.watch.faults


def test_d6_a_commit_whose_answer_was_lost_is_not_repeated(here: Node, there: Node, sealed: list[Record]) -> None:
    thread = here.bus_thread(batch=4)
    whole = thread._mine._transactor.commit
    lose = iter([True, False, True])

    def commit(connection, *rest):  # type: ignore[no-untyped-def]
        done = whole(connection, *rest)
        if next(lose, False):
            connection.close()
            connection.execute("SELECT")  # what the driver says when the answer never came
        return done

    thread._mine._transactor.commit = commit  # type: ignore[method-assign]
    here.start(thread, "service")
    send(there, *sealed)
    eventually(lambda: stored(here, there)[0] == 12, "read to the end")
    assert sequences(here) == list(range(1, 13))


def test_d6_two_instances_of_a_service_share_its_partitions(here: Node, there: Node) -> None:
    here.start_service(batch=20)
    here.start_service(batch=20)
    there.start_relay()
    said = [str(each) for n in range(10) for each in there.accept(*(f"c{n}-{m}" for m in range(40)))]
    eventually(lambda: len(here.applied()) >= 400, "all effects")
    assert sorted(here.applied()) == sorted(said)


def test_d6_an_offset_out_of_range_starts_at_the_beginning(here: Node, there: Node, sealed: list[Record]) -> None:
    send(there, *sealed[:5])
    first = here.start_service()
    eventually(lambda: sequences(here) == [1, 2, 3, 4, 5], "applied")
    first.stop()
    here.connection.execute("UPDATE bus.position SET next_offset = 1000 WHERE topic = %s", [topic(there)])
    send(there, *sealed[5:])
    here.start_service()
    eventually(lambda: sequences(here) == list(range(1, 13)), "the rest, and nothing twice")


def test_d9_a_rebuild_says_nothing_twice(here: Node, there: Node, sealed: list[Record]) -> None:
    """A service that is rebuilt decides nothing until it is past the positions from which it started."""
    decided: list[bool] = []

    class Deciding(Ledger):
        def apply(self, work, batch) -> None:  # type: ignore[no-untyped-def]
            super().apply(work, batch)
            decided.extend(work.deciding(each) for each in batch)

    send(there, *sealed[:6])
    first = here.start_service(Deciding())
    eventually(lambda: len(decided) == 6, "applied")
    first.stop()
    with here.connection.transaction():
        positions.begin_rebuild(here.connection, "ledger")
        here.connection.execute("TRUNCATE ledger.effect")
    here.start_service(Deciding())
    send(there, *sealed[6:])
    eventually(lambda: sequences(here) == list(range(1, 13)), "rebuilt")
    assert decided == [True] * 6 + [False] * 6 + [True] * 6


def test_p2_an_error_among_the_messages_of_a_poll_loses_none_of_them(here: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client has handed them out already: the thread reads again from where it stands."""
    from chuanyu.kernel.bus import consumer

    calm, seen = consumer._good, []

    def once(message: Message) -> bool:
        seen.append(message)
        if len(seen) == 5:
            raise BrokerAway("an error among the messages")
        return calm(message)

    monkeypatch.setattr(consumer, "_good", once)
    ids = here.accept(*(f"c{n}" for n in range(40)))
    relay = here.start_relay()
    eventually(lambda: here.relayed() == 41, "relayed")
    relay.stop()
    here.start_service()
    eventually(lambda: len(here.applied()) >= 40, "all are applied")
    assert sorted(here.applied()) == sorted(map(str, ids))
