"""A batch under the fence, over a real PostgreSQL; faust is not needed to bring it."""

from __future__ import annotations

import pytest

from chuanyu.kernel.bus.fenced import Read
from chuanyu.kernel.bus.screen import Screen
from chuanyu.kernel.bus.transact import Transactor
from chuanyu.kernel.faults import BrokerAway
from chuanyu.kernel.store import Store, migrate
from chuanyu.kernel.watch import ServiceWatch
from chuanyu.warning.applying import Applying
from chuanyu.warning.handlers import Warning
from kit.cases import CASE, NOON, PROVINCES, Talk, corrects, result
from kit.nodes import TOPICS


def test_d6_when_the_database_lost_its_last_effects_nothing_is_taken_for_a_gap(database: str) -> None:
    """A server that fell comes back one record behind what was read: that is read again, no owner is asked to send it."""
    talk, store, service = Talk(), Store(database), Warning(PROVINCES)
    migrate(store, service.migrations)
    said = [talk.say("chongqing", result(), "first")]
    said += [talk.say("chongqing", corrects(result(), before), word) for before, word in (("first", "second"), ("second", "third"))]
    read: list[Read] = [((each.record.topic, each.partition), place, each.record) for place, each in enumerate(said)]
    ends = {read[0][0]: len(read)}
    screen = Screen(lambda *_: b"", service.check, TOPICS.__getitem__)
    transactor = Transactor(service, "sichuan", TOPICS, screen, lambda: NOON, lambda *_: None)
    applying = Applying(service.name, store, screen, transactor, ServiceWatch(service.name, list(PROVINCES)))
    with store.connect(application="test") as connection:
        applying.apply(read[:2], ends)
        connection.execute("UPDATE bus.position SET sequence = 1, next_offset = 1")
        connection.execute("DELETE FROM warning.statement WHERE sequence = 2")
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'chuanyu-warning'")
        with pytest.raises(BrokerAway):
            applying.apply(read[2:], ends)
        assert connection.execute("SELECT count(*) FROM bus.gap").fetchone() == (0,)
        applying.apply(read[1:], ends)
        assert connection.execute("SELECT sequence FROM bus.position").fetchone() == (3,)
        assert connection.execute("SELECT sequence, event_id FROM warning.statement WHERE case_id = %s AND stands", [CASE]).fetchone() == (
            3,
            said[2].head.id,
        )
    applying.hang_up()
