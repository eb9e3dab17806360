"""D9, D10, D25: what a node decides because time has passed, on a real database."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest

from chuanyu.casework import queries
from chuanyu.casework.case import Standing
from chuanyu.casework.timers import Timers
from chuanyu.contracts.credit import LiftingBasis, SanctionImposed
from chuanyu.credit.handlers import ENDING
from chuanyu.credit.handlers import service as credit
from chuanyu.domain.dates import midnight
from chuanyu.kernel.codec import decode
from chuanyu.kernel.store import Store, log
from kit.cases import NOON, PARTITIONS, PROVINCES, SANCTION, Talk, corrects, lifting, sanction
from kit.nodes import TOPICS, Node

UNTIL = 20_500
ENDS = midnight(UNTIL + 1)
CREDIT = credit(PROVINCES)


class Home:
    """A node, its timers and a clock that the test sets."""

    def __init__(self, province: str, conninfo: str) -> None:
        self.node = Node(province, conninfo, CREDIT)
        self.clock = ENDS
        slots = [(f"{province}.credit", number) for number in range(PARTITIONS)]
        self.timers = Timers("credit", ENDING, province, PROVINCES, Store(conninfo), slots, TOPICS, lambda: self.clock)

    def looks(self) -> int:
        return self.timers.look(self.node.connection)

    def said(self) -> list[object]:
        rows = self.node.connection.execute("SELECT value FROM bus.log ORDER BY id").fetchall()
        return [decode(row[0]) for row in rows]


@pytest.fixture
def home(database: str) -> Iterator[Home]:
    made = Home("sichuan", database)
    yield made
    made.node.connection.close()


@pytest.fixture
def away(second_database: str) -> Iterator[Home]:
    made = Home("chongqing", second_database)
    yield made
    made.node.connection.close()


def until(days: int | None) -> SanctionImposed:
    return msgspec.structs.replace(sanction(), until=days)


def test_d10_only_the_home_of_a_case_says_that_it_has_expired(home: Home, away: Home) -> None:
    talk = Talk()
    talk.say("sichuan", until(UNTIL))
    for each in (home, away):
        each.node.hears(talk.arrivals, now=NOON)
    assert (home.looks(), away.looks()) == (1, 0)
    (said,) = home.said()
    assert (said.basis, said.effective_at, said.head.case_id) == (LiftingBasis.EXPIRED, ENDS, SANCTION)


def test_d9_it_counts_when_it_comes_back_and_deciding_twice_says_nothing_new(home: Home, away: Home) -> None:
    talk = Talk()
    talk.say("sichuan", until(UNTIL))
    for each in (home, away):
        each.node.hears(talk.arrivals, now=NOON)
    assert (home.looks(), home.looks()) == (1, 0)
    found = queries.find(home.node.connection, SANCTION)
    assert found is not None and found.standing is Standing.STANDS
    heard = len(talk.arrivals)
    (entry,) = home.node.connection.execute(
        "SELECT event_id, topic, partition, case_id, type, headers, value, recorded_at FROM bus.log"
    ).fetchall()
    talk.log(log.Entry(*entry), ENDS)
    for each in (home, away):
        each.node.hears(talk.arrivals[heard:], now=ENDS)
    assert home.node.checksum == away.node.checksum
    found = queries.find(away.node.connection, SANCTION)
    assert found is not None and found.standing is Standing.LIFTED
    assert home.looks() == 0


@pytest.mark.parametrize(("clock", "expected"), [(ENDS - 1, 0), (ENDS, 1)])
def test_a_sanction_ends_with_its_last_day_in_shanghai(home: Home, clock: int, expected: int) -> None:
    talk = Talk()
    talk.say("sichuan", until(UNTIL))
    home.node.hears(talk.arrivals, now=NOON)
    home.clock = clock
    assert home.looks() == expected


def test_a_correction_moves_the_end_or_takes_it_away(home: Home) -> None:
    talk = Talk()
    talk.say("sichuan", until(UNTIL), "first")
    talk.say("sichuan", corrects(until(UNTIL + 30), "first"), "second")
    home.node.hears(talk.arrivals, now=NOON)
    assert home.looks() == 0
    heard = len(talk.arrivals)
    talk.say("sichuan", corrects(until(None), "second"))
    home.node.hears(talk.arrivals[heard:], now=NOON)
    home.clock = ENDS + 10**12
    assert home.looks() == 0


def test_d25_a_lifting_accepted_on_the_last_day_is_waited_for(home: Home) -> None:
    """It stands in the log, its service has not applied it yet: the timer decides nothing, and then there is nothing to decide."""
    talk = Talk()
    talk.say("sichuan", until(UNTIL))
    home.node.hears(talk.arrivals, now=NOON)
    heard = len(talk.arrivals)
    lifted = talk.say("sichuan", lifting())
    with home.node.connection.transaction():
        log.append(
            home.node.connection,
            [log.Entry(lifted.head.id, "sichuan.credit", lifted.partition, SANCTION, lifted.head.type, b"", b"", ENDS - 1)],
        )
    assert home.looks() == 0
    home.node.hears(talk.arrivals[heard:], now=ENDS)
    home.node.connection.execute("DELETE FROM bus.log")  # applied: what the position would say
    assert home.looks() == 0
    assert home.said() == []
