"""P7, D9, D10, D25 on a real database: an obligation lapses once a level, 区县 → 市州 → 省, and both nodes hold the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from chuanyu.casework import queries, standings
from chuanyu.casework.case import Case, Obligation
from chuanyu.casework.timeliness import Timeliness, timeliness
from chuanyu.casework.timers import Timers
from chuanyu.contracts.case import CaseClosed, ClosingBasis
from chuanyu.domain import calendar
from chuanyu.kernel import metrics
from chuanyu.kernel.codec import decode
from chuanyu.kernel.store import Store, log, positions
from chuanyu.spotcheck.handlers import service as spotcheck
from kit.cases import CASE, NOON, PARTITIONS, PROVINCES, YUZHONG, Talk, corrects, ms, named, receipt, result, withdrawn
from kit.nodes import TOPICS, Node, settle

CUIPING, YIBIN, SICHUAN = "511502", "511500", "510000"
DAY = 86_400_000
_ENTRY = "SELECT event_id, topic, partition, case_id, type, headers, value, recorded_at FROM bus.log ORDER BY id"


class Side:
    """A node, what it decides as time passes, and a clock that the test sets."""

    def __init__(self, province: str, conninfo: str) -> None:
        self.node, self.now = Node(province, conninfo, spotcheck(PROVINCES)), NOON
        slots = [(f"{province}.spotcheck", number) for number in range(PARTITIONS)]
        self.timers = Timers("spotcheck", None, province, PROVINCES, Store(conninfo), slots, TOPICS, lambda: self.now)

    def looks(self, now: int) -> int:
        self.now = now
        return self.timers.look(self.node.connection)

    def relayed(self, talk: Talk) -> list[Any]:
        """What it said comes back on its topic: relayed, and applied as far as the log can tell."""
        entries = [log.Entry(*row) for row in self.node.connection.execute(_ENTRY).fetchall()]
        self.node.connection.execute("DELETE FROM bus.log")
        for entry in entries:
            talk.log(entry, self.now)
        return [decode(entry.value) for entry in entries]

    @property
    def case(self) -> Case:
        found = queries.find(self.node.connection, CASE)
        assert found is not None
        return found

    def owed(self, rule: str, authority: str) -> Obligation:
        return next(each for each in self.case.obligations if (each.rule, each.authority) == (rule, authority))


@pytest.fixture
def sides(database: str, second_database: str) -> Iterator[tuple[Side, Side]]:
    made = Side("sichuan", database), Side("chongqing", second_database)
    yield made
    for side in made:
        side.node.connection.close()


def opened(sides: tuple[Side, Side]) -> Talk:
    """A sample from a shop in Yuzhong fails; its maker sits in Cuiping, Yibin. Both nodes heard all, on 2026-09-29 at noon."""
    talk = Talk()
    talk.say("chongqing", result(producer=CUIPING, sampled=YUZHONG), "result")
    settle(talk, [side.node for side in sides], 0, now=NOON)
    return talk


def all_look(talk: Talk, sides: tuple[Side, Side], now: int) -> list[tuple[str, str, int, str | None]]:
    """Both nodes look, and hear what they said: (rule, authority, level, who is told)."""
    heard, said = len(talk.arrivals), []
    for side in sides:
        side.looks(now)
        said += side.relayed(talk)
    settle(talk, [side.node for side in sides], heard, now=now)
    assert sides[0].node.checksum == sides[1].node.checksum
    return [(each.rule.rule_id, each.authority.division, each.level, each.escalated_to and each.escalated_to.division) for each in said]


START = "spotcheck_disposal_start"


def test_p7_an_overdue_disposal_is_pressed_by_the_city_then_by_the_province_and_then_by_nobody(sides: tuple[Side, Side]) -> None:
    """区县 → 市州 → 省. Five days to start: due 2026-10-04 23:59:59, a holiday, for authorities' clocks do not roll."""
    talk, (sichuan, chongqing) = opened(sides), sides
    assert sichuan.owed(START, CUIPING).due == ms("2026-10-04 23:59:59")
    assert all_look(talk, sides, ms("2026-10-04 23:59:59.999")) == []
    first = all_look(talk, sides, ms("2026-10-05 00:00"))
    assert first == [(START, CUIPING, 1, YIBIN), (START, YUZHONG, 1, "500000")]
    assert all_look(talk, sides, ms("2026-10-09 23:59:59")) == []
    assert all_look(talk, sides, ms("2026-10-10 00:00")) == [(START, CUIPING, 2, SICHUAN)]
    assert all_look(talk, sides, ms("2026-10-19 23:59:59")) == []
    assert [sichuan.owed(START, code).level for code in (CUIPING, YUZHONG)] == [2, 1]
    assert timeliness(chongqing.owed(START, CUIPING), ms("2026-10-19 12:00")) is Timeliness.OVERDUE
    assert queries.owed(chongqing.node.connection, ms("2026-10-19 23:59:59"))["overdue"] == 2


def test_d9_deciding_twice_says_nothing_new_and_only_the_ower_s_node_decides(sides: tuple[Side, Side]) -> None:
    opened(sides)
    late = ms("2026-10-05 00:00")
    assert [side.looks(late) for side in sides] == [1, 1]
    assert [side.looks(late + 1) for side in sides] == [0, 0]
    for side, authority in zip(sides, (CUIPING, YUZHONG), strict=True):
        assert [each.authority.division for each in side.relayed(Talk())] == [authority]


def test_d9_a_rebuild_says_nothing_before_it_is_past_where_it_started(sides: tuple[Side, Side]) -> None:
    opened(sides)
    connection = sides[0].node.connection
    positions.take(connection, "spotcheck", [("chongqing.spotcheck", 0)])
    connection.execute("UPDATE bus.position SET decides_after = 1")
    assert sides[0].looks(ms("2026-10-05 00:00")) == 0
    connection.execute("UPDATE bus.position SET sequence = 1")
    assert sides[0].looks(ms("2026-10-05 00:00")) == 1


def test_d13_a_case_of_which_something_is_in_quarantine_waits_for_the_person_who_decides(sides: tuple[Side, Side]) -> None:
    """The answer may stand there; released, it is in time."""
    opened(sides)
    connection, late = sides[0].node.connection, ms("2026-10-05 00:00")
    connection.execute(
        "INSERT INTO bus.parked (service, topic, partition, sequence, record_offset, digest, key, headers, value, holds, state, parked_at)"
        " VALUES ('spotcheck', 'sichuan.spotcheck', 0, 1, 0, '', %s, '', '', true, 'PARKED', 0)",
        [CASE.encode()],
    )
    assert sides[0].looks(late) == 0
    connection.execute("UPDATE bus.parked SET state = 'DISCARDED'")
    assert sides[0].looks(late) == 1


def test_d25_an_own_record_accepted_in_the_last_second_is_waited_for(sides: tuple[Side, Side]) -> None:
    talk, sichuan = opened(sides), sides[0]
    taken_back = talk.say("sichuan", receipt("result"), at=NOON + 9)
    accepted = log.Entry(taken_back.head.id, "sichuan.spotcheck", taken_back.partition, CASE, taken_back.head.type, b"", b"", 0)
    for recorded_at, said in ((ms("2026-10-04 23:59:59.999"), 0), (ms("2026-10-05 00:00"), 1)):
        sichuan.node.connection.execute("DELETE FROM bus.log")
        with sichuan.node.connection.transaction():
            log.append(sichuan.node.connection, [log.Entry(*[*vars_of(accepted)[:-1], recorded_at])])
        assert sichuan.looks(ms("2026-10-05 00:00")) == said


def vars_of(entry: log.Entry) -> list[object]:
    return [getattr(entry, name) for name in entry.__slots__]


def test_d25_a_delivery_of_the_last_second_that_is_read_after_the_lapse_was_said_was_in_time(sides: tuple[Side, Side]) -> None:
    """The notice over the border: two working days, due 2026-10-08 23:59:59. Sichuan's receipt stands in time and comes late."""
    talk, (sichuan, chongqing) = Talk(), sides
    talk.say("chongqing", result(producer=CUIPING, sampled=YUZHONG), "result")
    chongqing.node.hears(talk.arrivals, now=NOON)
    notice = "spotcheck_cross_province_notice"
    assert chongqing.owed(notice, YUZHONG).due == ms("2026-10-08 23:59:59")
    (entry,) = sichuan.node.hears(talk.arrivals, now=ms("2026-10-08 23:59:59.999"))
    chongqing.looks(ms("2026-10-09 00:00"))
    assert [each.rule.rule_id for each in chongqing.relayed(talk)] == [START, notice]
    heard = talk.arrivals[1:]
    chongqing.node.hears(heard, now=ms("2026-10-09 00:00"))
    assert chongqing.owed(notice, YUZHONG).level == 1
    late = talk.log(entry, ms("2026-10-08 23:59:59.999"))
    chongqing.node.hears([late], now=ms("2026-10-09 08:00"))
    sichuan.node.hears([*heard, late], now=ms("2026-10-09 08:00"))
    assert sichuan.node.checksum == chongqing.node.checksum
    settled = chongqing.owed(notice, YUZHONG)
    assert (settled.state, [each.code for each in chongqing.case.remarks]) == ("MET", ["answered_in_time"])
    assert queries.fell_due(chongqing.node.connection, ms("2026-10-09 09:00"))[0][1] is True


def test_p7_what_a_withdrawal_cancels_is_pressed_no_further(sides: tuple[Side, Side]) -> None:
    talk = opened(sides)
    assert len(all_look(talk, sides, ms("2026-10-05 00:00"))) == 2
    heard = len(talk.arrivals)
    talk.say("chongqing", withdrawn("result"), later=7 * DAY)
    settle(talk, [side.node for side in sides], heard, now=ms("2026-10-06 12:00"))
    assert all_look(talk, sides, ms("2026-12-31 12:00")) == []


def test_p7_a_producer_that_a_correction_moves_is_owed_by_the_other_place_and_the_old_one_is_pressed_no_more(
    sides: tuple[Side, Side],
) -> None:
    talk = opened(sides)
    heard = len(talk.arrivals)
    talk.say("chongqing", corrects(result(producer="500101", sampled=YUZHONG), "result"), "second", later=2 * DAY)
    settle(talk, [side.node for side in sides], heard, now=ms("2026-10-01 12:00"))
    told = all_look(talk, sides, ms("2026-10-07 00:00"))
    assert CUIPING not in [authority for _, authority, _, _ in told]
    assert (START, "500101", 1, "500000") in told


def test_d10_the_home_closes_what_nobody_answered_for_six_months_and_it_counts_as_a_breach(sides: tuple[Side, Side]) -> None:
    talk, (sichuan, chongqing) = opened(sides), sides
    at = sichuan.case.silent
    assert at == ms("2027-03-30 00:00")
    for day in ("2026-10-09", "2026-10-20", "2026-11-30", "2026-12-28", "2027-02-01", "2027-03-29"):
        all_look(talk, sides, ms(f"{day} 23:00"))
    heard, breached = len(talk.arrivals), sum(each.open for each in sichuan.case.obligations)
    said = [side.looks(ms("2027-03-30 00:00")) for side in sides]
    assert said == [0, 1], "the home is Chongqing"
    (said,) = (each for each in chongqing.relayed(talk) if isinstance(each, CaseClosed))
    assert (said.basis, said.authority.division, said.about) == (ClosingBasis.SILENCE, "500000", str(named("result")))
    settle(talk, [side.node for side in sides], heard, now=ms("2027-03-30 00:00"))
    assert sichuan.node.checksum == chongqing.node.checksum
    assert {(side.case.open, sum(each.state == "UNANSWERED" for each in side.case.obligations)) for side in sides} == {(False, breached)}
    assert [side.looks(ms("2027-12-31 00:00")) for side in sides] == [0, 0]
    assert chongqing.node.connection.execute("SELECT count(*) FROM bus.log").fetchone() == (0,)


def test_d10_a_case_of_which_something_is_in_quarantine_is_not_closed_by_silence(sides: tuple[Side, Side]) -> None:
    opened(sides)
    connection = sides[1].node.connection
    connection.execute(
        "INSERT INTO bus.parked (service, topic, partition, sequence, record_offset, digest, key, headers, value, holds, state, parked_at)"
        " VALUES ('spotcheck', 'sichuan.spotcheck', 0, 1, 0, '', %s, '', '', true, 'PARKED', 0)",
        [CASE.encode()],
    )
    assert sides[1].looks(ms("2027-03-30 00:00")) == 0


def test_d8_what_an_earlier_edition_folded_is_folded_again_once(sides: tuple[Side, Side]) -> None:
    opened(sides)
    sichuan, chongqing = (side.node for side in sides)
    sichuan.connection.execute("UPDATE cases.case SET edition = 1, silent = NULL, stage = 'OLD'")
    assert sichuan.checksum != chongqing.checksum
    assert [sichuan.service.recount(sichuan.connection) for _ in range(2)] == [0, 0], "the whole case is kept as it was"
    assert sichuan.checksum == chongqing.checksum


def test_p7_what_is_warned_of_and_overdue_is_counted(sides: tuple[Side, Side], monkeypatch: pytest.MonkeyPatch) -> None:
    talk = opened(sides)
    connection = sides[0].node.connection
    assert queries.owed(connection, NOON) == {"open": 6}
    assert queries.owed(connection, ms("2026-10-03 12:00")) == {"open": 4, "warned": 2}
    all_look(talk, sides, ms("2026-10-05 00:00"))
    assert queries.owed(connection, ms("2026-10-05 00:00")) == {"open": 4, "overdue": 2}
    monkeypatch.setattr(standings.time, "time_ns", lambda: ms("2026-10-05 00:00") * 1_000_000)
    standings.watch("sichuan")(connection)
    shown = {state: metrics.child(metrics.OBLIGATIONS, state=state)._value.get() for state in ("open", "warned", "overdue")}
    assert shown == {"open": 4, "warned": 0, "overdue": 2}


def test_p7_once_a_year_is_published_what_falls_due_in_it_is_counted_anew_and_the_old_due_time_is_kept(
    sides: tuple[Side, Side], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two working days from Thursday 2026-12-31: 1 January is off; then Sunday the 3rd turns out to be worked."""
    talk, chongqing = Talk(), sides[1]
    talk.say("chongqing", result(producer=CUIPING, sampled=YUZHONG), "result", later=93 * DAY)
    chongqing.node.hears(talk.arrivals, now=NOON + 93 * DAY)
    notice = "spotcheck_cross_province_notice"
    told = chongqing.owed(notice, YUZHONG)
    assert (told.due, told.certain) == (ms("2027-01-05 23:59:59"), False)
    added = calendar.read("day,works,name,noticed_on\n2027-01-01,false,元旦,2027-01-01\n2027-01-03,true,,2027-01-01\n")
    monkeypatch.setitem(calendar._PUBLISHED, 2027, added.published[2027])
    monkeypatch.setitem(calendar._NOTICED, 2027, added.noticed[2027])
    connection = chongqing.node.connection
    assert [chongqing.node.service.recount(connection) for _ in range(2)] == [1, 0]
    found = chongqing.owed(notice, YUZHONG)
    assert (found.due, found.certain, found.earlier) == (ms("2027-01-04 23:59:59"), True, (ms("2027-01-05 23:59:59"),))
    row = connection.execute("SELECT due, late_from FROM cases.obligation WHERE rule = %s", [notice]).fetchone()
    assert row == (ms("2027-01-04 23:59:59"), ms("2027-01-05 00:00"))
