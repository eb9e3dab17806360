"""A batch under the fence, over a real PostgreSQL; faust is not needed to bring it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from chuanyu.contracts.warning import AlertRaised
from chuanyu.kernel.bus.fenced import Read
from chuanyu.kernel.bus.screen import Screen
from chuanyu.kernel.bus.transact import Transactor
from chuanyu.kernel.codec import decode
from chuanyu.kernel.envelope import Record
from chuanyu.kernel.faults import BrokerAway
from chuanyu.kernel.store import Arrived, Slot, Store, log, migrate, positions
from chuanyu.kernel.watch import ServiceWatch
from chuanyu.warning.applying import Applying
from chuanyu.warning.handlers import Warning
from kit.cases import CASE, LUZHOU, NOON, PROVINCES, Talk, corrects, result
from kit.nodes import TOPICS

SAMPLES = [f"{province}/spotcheck/XBJ2650010300{number}" for number in (1, 2, 3) for province in ("chongqing", "sichuan")]


class Warned:
    """Sichuan's early warning over one database; a record's offset is its sequence less one."""

    def __init__(self, conninfo: str) -> None:
        self.store, service = Store(conninfo), Warning(PROVINCES)
        migrate(self.store, service.migrations)
        screen = Screen(lambda *_: b"", service.check, TOPICS.__getitem__)
        transactor = Transactor(service, "sichuan", TOPICS, screen, lambda: NOON, lambda *_: None)
        self.applying = Applying(service.name, self.store, screen, transactor, ServiceWatch(service.name, list(PROVINCES)))
        self.connection = self.store.connect(application="test")
        self.told = 0

    def reads(self, arrivals: Sequence[Arrived]) -> None:
        read: list[Read] = [((each.record.topic, each.partition), (each.head.sequence or 0) - 1, each.record) for each in arrivals]
        ends = {slot: offset + 1 for slot, offset, _ in sorted(read, key=lambda each: each[1])}
        self.applying.apply(read, ends)

    def says(self) -> list[Any]:
        """The alerts and closings that its log has, oldest first."""
        rows = self.connection.execute("SELECT value FROM bus.log WHERE type LIKE '%%.warning.%%' ORDER BY id").fetchall()
        return [decode(value) for (value,) in rows]

    def relays(self, talk: Talk) -> list[Arrived]:
        """What its log has that the topics had not."""
        rows = log.waiting(self.connection, 1000)
        fresh = [entry for _, entry in rows[self.told :]]
        self.told = len(rows)
        return [talk.log(entry, NOON) for entry in fresh]

    def hears(self, talk: Talk, arrivals: Sequence[Arrived]) -> None:
        """Reads these, and what it says itself, until it says nothing more."""
        while arrivals:
            self.reads(arrivals)
            arrivals = self.relays(talk)

    def close(self) -> None:
        self.applying.hang_up()
        self.connection.close()


@pytest.fixture
def warned(database: str, second_database: str) -> Iterator[Callable[[], Warned]]:
    databases, made = [database, second_database], []

    def make() -> Warned:
        made.append(Warned(databases.pop()))
        return made[-1]

    yield make
    for each in made:
        each.close()


def tails(arrivals: Sequence[Arrived]) -> dict[Slot, int]:
    return {(each.record.topic, each.partition): each.head.sequence or 0 for each in arrivals}


def failed(talk: Talk, case: str) -> Arrived:
    return talk.say(case.partition("/")[0], result(case=case, sampled=LUZHOU), case)


def test_d9_after_a_restored_database_nothing_is_said_anew(warned: Callable[[], Warned]) -> None:
    """An alert on {a, b}, corrected to {a, b, c}; then an older database, which reads all of it in one batch. What comes after corrects the
    alert that stands."""
    talk, before = Talk(), warned()
    for case in SAMPLES[:3]:
        before.hears(talk, [failed(talk, case)])
    raised, corrected = before.says()
    assert (raised.head.case_id, len(corrected.evidence)) == (corrected.head.case_id, 3)
    after = warned()
    positions.decide_after(after.connection, "warning", tails(talk.arrivals))  # as `chuanyu recover` does
    after.reads(talk.arrivals)
    assert after.says() == []
    after.hears(talk, [failed(talk, SAMPLES[3])])
    (again,) = after.says()
    newest = next(each for each in reversed(talk.arrivals[:-2]) if isinstance(each.event, AlertRaised))
    assert again.head.case_id == corrected.head.case_id and again.head.correction_of == str(newest.head.id)
    assert len(again.evidence) == 4


def test_d9_what_was_said_is_learnt_whatever_it_comes_with(warned: Callable[[], Warned]) -> None:
    """Partition by partition, the topic of alerts first, each record by itself: a restored database still says nothing anew."""
    talk, before = Talk(), warned()
    for case in SAMPLES[:3]:
        before.hears(talk, [failed(talk, case)])
    before.hears(talk, [talk.say("sichuan", corrects(result(case=SAMPLES[1]), SAMPLES[1]), "newer")])
    after = warned()
    positions.decide_after(after.connection, "warning", tails(talk.arrivals))
    for arrived in sorted(talk.arrivals, key=lambda each: (each.record.topic, each.partition), reverse=True):
        after.reads([arrived])
    assert after.says() == []
    said = "SELECT subject, period, case_id, alert_id, evidence FROM warning.said ORDER BY logicaltime DESC LIMIT 1"
    assert after.connection.execute(said).fetchall() == before.connection.execute(said).fetchall()


def test_d9_a_rebuild_that_ends_on_a_parked_record_decides(warned: Callable[[], Warned]) -> None:
    """It does not wait for another record to come."""
    talk, node = Talk(), warned()
    failing = [failed(talk, case) for case in SAMPLES[:2]]
    poison = talk.say("sichuan", result(case="sichuan/spotcheck/another"))
    spoilt = Record(poison.record.topic, poison.record.key, poison.record.headers, poison.record.value[:7])
    positions.decide_after(node.connection, "warning", tails(talk.arrivals))
    node.reads(failing)
    assert node.says() == []
    slot = poison.record.topic, poison.partition
    node.applying.apply([(slot, (poison.head.sequence or 0) - 1, spoilt)], {slot: poison.head.sequence or 0})
    assert node.connection.execute("SELECT count(*) FROM bus.parked").fetchone() == (1,)
    assert len(node.says()) == 1


def test_d9_what_a_migration_wants_read_again_is_read_and_nothing_said_anew(warned: Callable[[], Warned]) -> None:
    """As after an upgrade that keeps other rows about samples than its predecessor did."""
    talk, node = Talk(), warned()
    node.hears(talk, [failed(talk, case) for case in SAMPLES[:2]])
    node.connection.execute("TRUNCATE warning.statement")
    for _ in range(2):
        Warning(PROVINCES).reread(node.connection)
    node.applying.forget()
    node.reads(talk.arrivals)
    assert node.connection.execute("SELECT count(*) FROM warning.statement WHERE stands").fetchone() == (2,)
    assert len(node.says()) == 1


def test_d6_when_the_database_lost_its_last_effects_nothing_is_taken_for_a_gap(warned: Callable[[], Warned]) -> None:
    """A server that fell comes back one record behind what was read: that is read again, no owner is asked to send it."""
    talk, node = Talk(), warned()
    said = [talk.say("chongqing", result(), "first")]
    said += [talk.say("chongqing", corrects(result(), before), word) for before, word in (("first", "second"), ("second", "third"))]
    connection = node.connection
    node.reads(said[:2])
    connection.execute("UPDATE bus.position SET sequence = 1, next_offset = 1")
    connection.execute("DELETE FROM warning.statement WHERE sequence = 2")
    connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'chuanyu-warning'")
    with pytest.raises(BrokerAway):
        node.reads(said[2:])
    assert connection.execute("SELECT count(*) FROM bus.gap").fetchone() == (0,)
    node.reads(said[1:])
    assert connection.execute("SELECT sequence FROM bus.position").fetchone() == (3,)
    standing = connection.execute("SELECT sequence, event_id FROM warning.statement WHERE case_id = %s AND stands", [CASE]).fetchall()
    assert standing == [(3, said[2].head.id)]


def test_d14_an_act_on_a_parked_record_does_not_wait_for_another_to_come(warned: Callable[[], Warned]) -> None:
    """A process that starts where nothing more is to be read carries it out all the same."""
    talk, node = Talk(), warned()
    poison = talk.say("chongqing", result())
    slot = poison.record.topic, poison.partition
    spoilt = Record(poison.record.topic, poison.record.key, poison.record.headers, poison.record.value[:7])
    node.applying.apply([(slot, 0, spoilt)], {slot: 1})
    node.applying.forget()
    node.connection.execute("UPDATE bus.parked SET act = 'DISCARD'")
    node.applying.tend({slot: 1})
    assert node.connection.execute("SELECT state FROM bus.parked").fetchone() == ("DISCARDED",)
