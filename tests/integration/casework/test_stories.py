"""What becomes of a failed sample between two provinces, told as it happens. Both nodes over real PostgreSQL end byte for byte alike."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from chuanyu.casework import queries
from chuanyu.casework.case import Case, Obliged, Standing
from chuanyu.contracts.spotcheck import Authenticity
from chuanyu.domain.dates import SHANGHAI, to_days, to_millis
from chuanyu.spotcheck import duties
from chuanyu.spotcheck.handlers import service
from kit.cases import (
    CASE,
    NOON,
    PROVINCES,
    WANZHOU,
    YIBIN,
    YUZHONG,
    Talk,
    conclusion,
    corrects,
    disposal,
    named,
    objection,
    receipt,
    result,
    withdrawn,
)
from kit.nodes import Node, settle


def ms(text: str) -> int:
    return to_millis(datetime.fromisoformat(text).replace(tzinfo=SHANGHAI))


class Provinces:
    """Both nodes and what is said on them. away: what is said is not heard everywhere at once."""

    def __init__(self, *nodes: Node) -> None:
        self.nodes = {node.province: node for node in nodes}
        self.talk, self.away = Talk(), False

    def say(self, province: str, event: Any, word: str, on: str, *, at: str = "") -> None:
        """A member says it on a day; at: when it happened, where it is entered late."""
        self.talk.say(province, event, word, later=max(1, ms(on) - self.talk.now), time=ms(at or on))
        if not self.away:
            settle(self.talk, list(self.nodes.values()), len(self.talk.arrivals) - 1, now=self.talk.now)

    def processes(self, division: str, word: str, on: str) -> None:
        """A division says that it acted on an event."""
        province = next(name for name, digits in PROVINCES.items() if division.startswith(digits))
        said = receipt(word, division=division)
        self.say(province, replace(said, kind=type(said.kind)("PROCESSED")), f"{word}-{division}", on)

    @property
    def case(self) -> Case:
        """As both nodes have it."""
        found = [queries.find(node.connection, CASE) for node in self.nodes.values()]
        assert found[0] is not None and found[0] == found[1]
        assert len({node.checksum for node in self.nodes.values()}) == 1
        return found[0]

    def states(self, rule: str) -> dict[str, Obliged]:
        return {each.authority: each.state for each in self.case.obligations if each.rule == rule}


@pytest.fixture
def both(database: str, second_database: str) -> Iterator[Provinces]:
    nodes = Node("sichuan", database, service(PROVINCES)), Node("chongqing", second_database, service(PROVINCES))
    yield Provinces(*nodes)
    for node in nodes:
        node.connection.close()


def failed(both: Provinces) -> None:
    """On 29 September a cake from a shop in Yuzhong, Chongqing, fails; its maker sits in Yibin, Sichuan."""
    both.say("chongqing", result(), "result", "2026-09-29 15:00")


def test_story_a_failed_sample_is_disposed_of_on_both_sides_of_the_border_and_its_case_closes(both: Provinces) -> None:
    failed(both)
    assert both.states(duties.NOTICE) == {YUZHONG: Obliged.MET}, "Sichuan's node has it: the notice over the border is given"
    served = to_days(date(2026, 10, 8))
    both.say("sichuan", disposal("STARTED", served_on=served), "started", "2026-10-03 10:00")
    both.say("chongqing", disposal("CONTROLLED", part="CIRCULATION", by=YUZHONG), "off-sale", "2026-10-04 09:00")
    both.say("sichuan", disposal("CONTROLLED"), "sealed", "2026-10-09 09:00")
    both.say("chongqing", disposal("FINISHED", part="CIRCULATION", by=YUZHONG), "shop", "2026-11-02 09:00")
    assert both.case.open and both.states(duties.FINISH) == {YIBIN: Obliged.OPEN, YUZHONG: Obliged.MET}
    both.say("sichuan", disposal("FINISHED"), "maker", "2026-12-01 09:00")
    case = both.case
    assert (case.open, case.standing, case.remarks) == (False, Standing.STANDS, ())
    assert {each.part: each.state for each in case.parts} == {"PRODUCTION": "FINISHED", "CIRCULATION": "FINISHED"}
    assert all(each.state is Obliged.MET and each.settled is not None and each.due is not None for each in case.obligations)
    assert all(each.settled <= each.due for each in case.obligations if each.settled and each.due), "everybody was in time"


def test_story_a_re_test_overturns_the_result_and_everybody_who_got_it_says_so(both: Provinces) -> None:
    failed(both)
    both.say("sichuan", disposal("CONTROLLED"), "sealed", "2026-10-03 10:00")
    both.say("sichuan", objection(), "objection", "2026-10-08 10:00")
    assert both.states(duties.RETEST_LABORATORY) == {YIBIN: Obliged.OPEN}
    both.say("sichuan", corrects(objection(lab="省检验院"), "objection"), "named", "2026-10-10 10:00")
    assert both.states(duties.RETEST_LABORATORY) == {YIBIN: Obliged.MET}
    both.say("sichuan", conclusion("OVERTURNED", lab="省检验院"), "end", "2026-10-29 10:00")
    case = both.case
    assert (case.standing, case.alive, case.open) == (Standing.OVERTURNED, False, True), "open until all have confirmed"
    assert not any(each.open for each in case.obligations)
    outstanding = [(each.event, each.by) for each in case.confirmations if each.holds]
    assert {by for event, by in outstanding if event == named("end").bytes} == {YIBIN, YUZHONG}
    for event, by in outstanding:
        word = next(word for word in ("result", "objection", "named", "end") if named(word).bytes == event)
        both.processes(by, word, "2026-10-30 10:00")
    assert not both.case.open


def test_story_the_label_lied_production_ends_and_the_shop_goes_on(both: Provinces) -> None:
    failed(both)
    found = disposal("CAUSE_SOUGHT", authenticity=Authenticity.COUNTERFEIT)
    both.say("sichuan", found, "fake", "2026-10-10 10:00")
    assert both.states(duties.FINISH) == {YIBIN: Obliged.CANCELLED, YUZHONG: Obliged.OPEN}
    assert [each.code for each in both.case.remarks] == ["true_maker_to_be_found"]
    both.say("sichuan", withdrawn("fake"), "no-fake", "2026-10-12 10:00")
    assert both.states(duties.FINISH) == {YIBIN: Obliged.OPEN, YUZHONG: Obliged.OPEN}
    assert both.case.remarks == ()


def test_story_a_correction_finds_the_maker_in_the_other_province(both: Provinces) -> None:
    """Read from a torn label: not Yibin but Wanzhou, at home in Chongqing."""
    failed(both)
    both.say("sichuan", disposal("STARTED"), "started", "2026-10-03 10:00")
    both.say("chongqing", corrects(result(producer=WANZHOU), "result"), "mended", "2026-10-05 10:00")
    case = both.case
    assert both.states(duties.CONTROL) == {YIBIN: Obliged.CANCELLED, YUZHONG: Obliged.OPEN, WANZHOU: Obliged.OPEN}
    assert both.states(duties.START)[YIBIN] is Obliged.MET, "what was done stays done"
    assert {each.by for each in case.confirmations if each.event == named("mended").bytes} >= {"sichuan", YIBIN, WANZHOU}
    assert {flag.division for flag in case.flagged} == {WANZHOU, YUZHONG}
    both.say("sichuan", disposal("CONTROLLED"), "too-late", "2026-10-06 10:00")
    assert [each.code for each in both.case.remarks] == ["disposal_not_owed"]


def test_story_a_node_is_away_its_people_telephone_and_enter_it_afterwards(both: Provinces) -> None:
    """Sichuan's node hears nothing for a week. What was done meanwhile is back-filled, and counts from when it was done (D25)."""
    both.away, kept = True, len(both.talk.arrivals)
    both.say("chongqing", result(), "result", "2026-09-29 15:00")
    both.nodes["chongqing"].hears(both.talk.arrivals[kept:], now=both.talk.now)
    both.talk.say("chongqing", disposal("CONTROLLED", part="CIRCULATION", by=YUZHONG), "shop", later=86_400_000)
    both.nodes["chongqing"].hears(both.talk.arrivals[kept + 1 :], now=both.talk.now)
    both.away = False
    settle(both.talk, [both.nodes["sichuan"]], kept, now=ms("2026-10-06 08:00"))
    said = both.talk.arrivals[kept + 2 :]
    both.nodes["chongqing"].hears(said, now=ms("2026-10-06 08:00"))
    late = disposal("STARTED", changed_at=ms("2026-10-01 09:00"))
    late = replace(late, head=replace(late.head, backfilled=True, backfill_reason="节点停运"))
    both.say("sichuan", late, "entered", "2026-10-06 09:00", at="2026-10-01 09:00")
    case = both.case
    start = next(each for each in case.obligations if (each.rule, each.authority) == (duties.START, YIBIN))
    assert (start.state, start.settled) == (Obliged.MET, ms("2026-10-01 09:00"))
    assert start.starts == ms("2026-10-06 08:00"), "its clock began when the node had it at last"
    assert case.parts[0].changed == ms("2026-10-01 09:00")
    assert case.last[0] > NOON
