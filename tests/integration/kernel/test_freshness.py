"""D15, D25: how fresh a view is, and when a timer may decide."""

from __future__ import annotations

from chuanyu.kernel.store import log, parked, positions
from kit.bus import FAMILY, PARTITIONS, Node, eventually, now


def test_d15_a_view_is_as_fresh_as_the_newest_heartbeat_it_has_wholly_applied(here: Node, there: Node) -> None:
    here.start_relay()
    there.start_relay()
    there.accept(*(f"c{n}" for n in range(30)))
    here.start_service()
    fresh = here.start_freshness("ledger", "absent")
    eventually(lambda: all(age is not None and age < 10 for age in fresh.ages("ledger").values()), "both provinces are fresh")
    covered = lambda service: fresh._covered.get((service, there.province), 0)  # noqa: E731
    eventually(lambda: covered("ledger") > covered("absent"), "only the one that applies is fresh")


def test_d15_one_stuck_partition_makes_the_view_stale_though_others_flow(here: Node, there: Node) -> None:
    here.start_relay()
    there.start_relay()
    here.start_service()
    fresh = here.start_freshness("ledger")
    there.accept(*(f"c{n}" for n in range(30)))
    eventually(lambda: fresh.ages("ledger")[there.province] is not None, "fresh once")
    stuck = f"{there.province}.{FAMILY}", 1
    positions.take(here.connection, "ledger", [stuck])
    here.connection.execute("UPDATE bus.position SET sequence = 0 WHERE topic = %s AND partition = 1", [stuck[0]])
    covered = fresh._covered["ledger", there.province]
    heard = fresh._beats[there.province][-1].clock
    eventually(lambda: fresh._beats[there.province][-1].clock > heard, "another heartbeat is heard")
    assert fresh._covered["ledger", there.province] == covered


def test_d15_a_clock_from_the_future_counts_as_stale_until_it_is_set_right(here: Node, there: Node) -> None:
    ahead = [120_000]
    there.start_relay(clock=lambda: now() + ahead[0])
    here.start_relay()
    here.start_service()
    fresh = here.start_freshness("ledger")
    eventually(lambda: fresh._beats[there.province], "its heartbeat is heard")
    eventually(lambda: fresh.ages("ledger")[here.province] is not None, "covered by what the service applied")
    assert fresh.ages("ledger")[there.province] is None
    ahead[0] = 0
    eventually(lambda: fresh.ages("ledger")[there.province] is not None, "fresh again")


def test_d15_a_slot_passed_with_a_bad_seal_is_not_applied(here: Node, there: Node) -> None:
    """Its bytes may be of any case, so no answer may rest on it."""
    there.start_relay()
    here.start_service()
    fresh = here.start_freshness("ledger")
    eventually(lambda: fresh.ages("ledger")[there.province] is not None, "fresh once")
    slot = f"{there.province}.{FAMILY}", 1
    kept = parked.Parked(
        topic=slot[0], partition=1, sequence=1, record_offset=0, key=b"x", headers=b"", value=b"", code="seal_invalid", reason="bad"
    )
    positions.take(here.connection, "ledger", [slot])
    here.connection.execute("UPDATE bus.position SET sequence = 1 WHERE topic = %s AND partition = 1", [slot[0]])
    parked.park(here.connection, "ledger", [kept], now())
    assert positions.sequences(here.connection)["ledger"][slot] == 0
    parked.settle(here.connection, here.connection.execute("SELECT id FROM bus.parked").fetchone()[0], "DISCARDED", now())  # type: ignore[index]
    assert positions.sequences(here.connection)["ledger"][slot] == 1


def test_d15_a_database_that_fell_is_looked_at_anew(here: Node, there: Node) -> None:
    """Consumers do not wait for the disk: what was applied may be gone after a crash, and then it is read again."""
    there.start_relay()
    there.accept(*(f"c{n}" for n in range(30)))
    service = here.start_service()
    fresh = here.start_freshness("ledger")
    eventually(lambda: fresh.ages("ledger")[there.province] is not None, "fresh once")
    service.stop()
    here.connection.execute("UPDATE bus.position SET sequence = 0")
    here.connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'chuanyu-freshness'"
        " AND datname = current_database()"
    )
    eventually(lambda: fresh.ages("ledger")[there.province] is None, "nothing is covered any more")


def test_d25_a_timer_waits_for_every_own_record_accepted_up_to_then(here: Node) -> None:
    slots = [(f"{here.province}.{FAMILY}", n) for n in range(PARTITIONS)]
    here.start_service()
    eventually(lambda: log.settled(here.connection, "ledger", slots, now()), "nothing is on its way")
    here.accept("answered-in-time")
    due = now()
    assert not log.settled(here.connection, "ledger", slots, due)
    assert log.settled(here.connection, "ledger", slots, due - 60_000)
    here.start_relay()
    eventually(lambda: log.settled(here.connection, "ledger", slots, due), "applied")
    assert len(here.applied()) == 1


def test_d25_an_acceptance_under_way_is_waited_for(here: Node) -> None:
    """Its recordedtime is before due, its commit after: the timer may not look past it."""
    slots = [(f"{here.province}.{FAMILY}", n) for n in range(PARTITIONS)]
    here.start_service().part.assigned.wait(10)
    slow = here.store.connect(application="slow")
    asking = here.store.connect(application="timer")
    with slow.transaction():
        log.open_for_append(slow)
        asking.execute("SET lock_timeout = '300ms'")
        refused = False
        try:
            log.settled(asking, "ledger", slots, now())
        except Exception as error:  # noqa: BLE001 - the driver's own, here in the test
            refused = "lock timeout" in str(error)
        assert refused
    assert log.settled(asking, "ledger", slots, now())
    slow.close()
    asking.close()
