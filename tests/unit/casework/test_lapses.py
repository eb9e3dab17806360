"""When a duty warns, lapses and climbs; and over random histories that it is said to be overdue exactly once (P7, D9, D10, D25)."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from chuanyu.casework import lapses
from chuanyu.casework.case import NEW, Case, Fact, Lapse, Obligation, Obliged, pack, unpack
from chuanyu.casework.deadlines import frame
from chuanyu.casework.decisions import pressing
from chuanyu.casework.fold import extend, fold
from chuanyu.casework.obligations import obligation_id
from chuanyu.casework.steps import Change, Duty, Steps
from chuanyu.contracts.common import NoticeClass
from chuanyu.contracts.credit import SanctionImposed, SanctionLifted
from chuanyu.kernel.store import Arrived
from kit.cases import (
    NOON,
    PROVINCES,
    SANCTION,
    Talk,
    closed,
    corrects,
    facts,
    follow_up,
    lifting,
    ms,
    named,
    reclassified,
    reopened,
    sanction,
    withdrawn,
)

FRAME = frame(PROVINCES)
CUIPING, YIBIN, SICHUAN = "511502", "511500", "510000"


def owed(rule: str = "recall_consignee_follow_up", authority: str = CUIPING, **fields: object) -> Obligation:
    """Four working days from 2026-09-25: due 2026-10-08 23:59:59, again 2026-10-13 23:59:59."""
    starts = ms("2026-09-25 10:00")
    found = FRAME.deadline(rule, starts)
    assert found is not None
    made = Obligation(
        b"o" * 16, rule, found.version, authority, "", "sichuan", b"c" * 16, "time", starts, False, starts=starts, due=found.due
    )
    return replace(made, **fields)


def pressed(obligation: Obligation, level: int) -> Obligation:
    assert obligation.due is not None
    return replace(obligation, lapses=(*obligation.lapses, Lapse(bytes(16), obligation.due, level)))


def test_d25_a_day_clock_is_late_from_the_midnight_after_and_an_hour_clock_from_the_next_instant() -> None:
    assert lapses.late_from(owed()) == ms("2026-10-09 00:00")
    assert lapses.late_from(owed("alert_processed")) == ms("2026-09-26 10:00") + 1


@pytest.mark.parametrize(
    "rule", ["spotcheck_retest_application", "spotcheck_no_resample", "spotcheck_backup_keep_failed", "repair_wait_general"]
)
def test_only_a_duty_is_ever_late(rule: str) -> None:
    assert (lapses.late_from(owed(rule)), lapses.decides_at(owed(rule)), lapses.warnings(owed(rule))) == (None, None, ())


def test_p7_it_warns_at_half_at_four_fifths_and_on_the_last_working_morning() -> None:
    assert lapses.warnings(owed()) == (ms("2026-10-02 04:59:59.500"), ms("2026-10-06 06:47:59.200"), ms("2026-10-08 09:00"))
    assert lapses.warnings(owed(state=Obliged.MET)) == ()


def test_p7_a_county_is_pressed_by_its_city_and_after_the_same_length_by_its_province_and_then_by_nobody() -> None:
    county = owed()
    first, second = pressed(county, 1), pressed(pressed(county, 1), 2)
    assert [lapses.decides_at(each) for each in (county, first, second)] == [ms("2026-10-09 00:00"), ms("2026-10-14 00:00"), None]
    assert [lapses.pressed_by(county, level) for level in (1, 2, 3)] == [YIBIN, SICHUAN, None]


@pytest.mark.parametrize(("authority", "told"), [("500103", ["500000"]), (YIBIN, [SICHUAN]), (SICHUAN, [None]), ("500000", [None])])
def test_p7_under_chongqing_a_district_stands_directly_and_a_province_is_told_to_nobody(authority: str, told: list[str | None]) -> None:
    obligation, found = owed(authority=authority), []
    while lapses.decides_at(obligation) is not None:
        found.append(lapses.pressed_by(obligation, obligation.level + 1))
        obligation = pressed(obligation, obligation.level + 1)
    assert found == told


def test_d25_an_answer_of_the_last_second_is_in_time_and_one_of_midnight_has_lapsed() -> None:
    met = [owed(state=Obliged.MET, settled=ms("2026-10-08 23:59:59.999")), owed(state=Obliged.MET, settled=ms("2026-10-09 00:00"))]
    assert [lapses.in_time(each) for each in met] == [True, False]
    assert [lapses.decides_at(each) for each in met] == [None, ms("2026-10-09 00:00")]
    assert lapses.decides_at(pressed(met[1], 1)) is None


@pytest.mark.parametrize("state", [Obliged.SUPERSEDED, Obliged.CANCELLED])
def test_what_is_owed_no_more_does_not_lapse(state: Obliged) -> None:
    assert lapses.decides_at(owed(state=state)) is None


def test_what_was_said_of_an_earlier_due_time_means_nothing_for_the_one_that_holds_and_counts_again_when_it_comes_back() -> None:
    late = pressed(owed(), 1)
    assert late.due is not None
    moved = replace(late, due=late.due + 86_400_000)
    assert (moved.level, lapses.decides_at(moved)) == (0, late.due + 86_401_000)
    assert replace(moved, due=late.due).level == 1


# A family with one duty of 48 hours whose trigger each version of the sanction sets; a lifting answers it.
HOURS = 3_600_000
FAMILY = Steps(
    "credit",
    openings={
        SanctionImposed: lambda case, fact: Change(
            owed=(
                Duty("alert_submission", CUIPING, trigger=fact.time),
                Duty("alert_submission", "500103", "B", trigger=fact.time),
                Duty("spotcheck_retest_laboratory", CUIPING, trigger=fact.time),
            )
        )
    },
    additions={SanctionLifted: lambda case, fact: Change(met=tuple(each.id for each in case.obligations if each.open)[:1])},
)


class Ear:
    """A node that hears, folds as it hears, and says what has come: what the timers do, without a database."""

    def __init__(self, province: str) -> None:
        self.province, self.case, self.known = province, NEW, list[Fact]()
        self.heard: dict[str, int] = {}

    def hears(self, fresh: list[Arrived]) -> None:
        told = facts(fresh)
        after = extend(FAMILY, FRAME, unpack(pack(self.case)), told)
        self.known += told
        self.case = fold(FAMILY, FRAME, self.known) if after is None else after

    def rebuilt(self) -> None:
        self.case = fold(FAMILY, FRAME, list(reversed(self.known))) if self.known else NEW

    def looks(self, talk: Talk, said: set[UUID], now: int) -> None:
        """D25: own records are all applied; the other side's may be missing."""
        for each in self.case.obligations:
            at = lapses.decides_at(each)
            if at is None or at > now or each.node != self.province:
                continue
            draft = pressing(self.province, SANCTION, each, at)(now)
            if draft.head.id not in said:
                said.add(draft.head.id)
                talk.relay(draft.record, now)


@st.composite
def lives(draw: st.DrawFn) -> tuple[Talk, dict[str, Ear]]:
    """A case lived through at both nodes: each hears its own at once and the other's late or very late, looks, and is rebuilt at times."""
    talk, said = Talk(), set[UUID]()
    ears = {province: Ear(province) for province in PROVINCES}
    talk.say("sichuan", sanction(), "v0")
    version, now = 0, NOON
    for step in range(draw(st.integers(3, 9))):
        act = draw(st.sampled_from(["correct", "answer", "take back", "extend", "class", "close", "reopen", "look", "look", "rebuild"]))
        if act == "correct":
            version += 1
            moved = NOON + draw(st.integers(-60, 60)) * HOURS
            talk.say("sichuan", corrects(sanction(), f"v{version - 1}"), f"v{version}", time=moved, later=HOURS)
        elif act == "answer":
            talk.say(draw(st.sampled_from(sorted(PROVINCES))), lifting(), f"a{step}", later=draw(st.integers(1, 30)) * HOURS)
        elif act == "take back":
            talk.say("sichuan", withdrawn(f"a{draw(st.integers(0, step))}", case=SANCTION), later=HOURS)
        elif act == "extend":
            open_ones = [each for each in ears["sichuan"].case.obligations if each.rule == "spotcheck_retest_laboratory"]
            id = str(UUID(bytes=draw(st.sampled_from(open_ones)).id)) if open_ones else None
            talk.say("sichuan", follow_up(CUIPING, case=SANCTION, extends=id), f"a{step}", later=draw(st.integers(1, 90)) * HOURS)
        elif act in ("class", "close", "reopen"):
            acts = {
                "class": reclassified(NoticeClass.ALERT, case=SANCTION),
                "close": closed(case=SANCTION),
                "reopen": reopened(case=SANCTION),
            }
            talk.say("sichuan", acts[act], f"a{step}", later=HOURS)
        for ear in ears.values():
            own = [each for each in talk.arrivals if each.record.topic.startswith(ear.province)]
            others = [each for each in talk.arrivals if not each.record.topic.startswith(ear.province)]
            _catch_up(ear, own, len(own))
            _catch_up(ear, others, draw(st.integers(0, len(others))))
        now = max(now, talk.now) + draw(st.integers(0, 80)) * HOURS
        if act == "rebuild":
            draw(st.sampled_from(list(ears.values()))).rebuilt()
        for ear in ears.values():
            ear.looks(talk, said, now)
    for _ in range(12):
        now += 100 * HOURS
        for ear in ears.values():
            _catch_up(ear, [each for each in talk.arrivals if each.record.topic.startswith(ear.province)])
            _catch_up(ear, [each for each in talk.arrivals if not each.record.topic.startswith(ear.province)])
        for ear in ears.values():
            ear.looks(talk, said, now)
    return talk, ears


def _catch_up(ear: Ear, stream: list[Arrived], upto: int | None = None) -> None:
    if not stream:
        return
    topic = stream[0].record.topic
    start, end = ear.heard.get(topic, 0), len(stream) if upto is None else upto
    if end > start:
        ear.hears(stream[start:end])
        ear.heard[topic] = end


@settings(max_examples=150, deadline=None)
@given(lives())
def test_d8_d10_whatever_was_heard_when_both_nodes_end_alike_and_every_lapse_was_said_once(life: tuple[Talk, dict[str, Ear]]) -> None:
    talk, ears = life
    whole = fold(FAMILY, FRAME, talk.facts)
    assert [pack(ear.case) for ear in ears.values()] == [pack(whole)] * 2
    for each in whole.obligations:
        said = [(lapse.due, lapse.level) for lapse in each.lapses]
        assert len(set(said)) == len(said)
        assert lapses.decides_at(each) is None
        if each.state is Obliged.OPEN:
            assert each.level == {"sichuan": 2, "chongqing": 1}[str(each.node)]
        if each.state is Obliged.MET:
            assert each.settled is not None and each.due is not None
            assert each.level >= 1 or each.settled <= each.due


def _overdue(province: str, word: str = "v0") -> tuple[Talk, Case]:
    """A duty of a county lapsed, and the province's node says so."""
    talk = Talk()
    talk.say("sichuan", sanction(), word)
    case = fold(FAMILY, FRAME, talk.facts)
    county = next(each for each in case.obligations if each.authority == CUIPING)
    at = lapses.decides_at(county)
    assert at is not None
    talk.relay(pressing(province, SANCTION, county, at)(at).record, at)
    return talk, fold(FAMILY, FRAME, talk.facts)


def _county(case: Case) -> Obligation:
    return next(each for each in case.obligations if each.authority == CUIPING)


def test_d25_an_answer_accepted_in_time_that_is_read_after_the_lapse_was_said_stays_in_time() -> None:
    talk, late = _overdue("sichuan")
    assert _county(late).level == 1
    talk.say("chongqing", lifting(), at=NOON + 5)
    healed = fold(FAMILY, FRAME, talk.facts)
    assert (_county(healed).state, lapses.in_time(_county(healed))) == (Obliged.MET, True)
    assert [each.code for each in healed.remarks] == ["answered_in_time"]


def test_d10_only_the_node_of_the_authority_says_that_it_is_overdue() -> None:
    _, case = _overdue("chongqing")
    assert (_county(case).level, [each.code for each in case.remarks]) == (0, ["not_the_decider"])


def test_d12_a_lapse_of_an_obligation_that_the_case_lacks_is_remarked_and_one_before_its_case_waits() -> None:
    talk, _ = _overdue("sichuan")
    opening, lapse = talk.facts
    assert [each.event for each in fold(FAMILY, FRAME, [lapse]).waiting] == [lapse.id]
    other = replace(opening.event, head=replace(opening.event.head))
    talk = Talk()
    talk.say("sichuan", other, "another")
    case = fold(FAMILY, FRAME, [*talk.facts, lapse])
    assert [each.code for each in case.remarks] == ["obligation_unknown"]


def test_d9_the_id_of_the_decision_follows_from_obligation_due_time_and_level_alone() -> None:
    county, now = replace(owed(), id=obligation_id("r", named("c").bytes, CUIPING, "").bytes), NOON
    ids = {pressing("sichuan", SANCTION, each, at)(now + at).head.id for each in (county, pressed(county, 1)) for at in (1, 2)}
    assert len(ids) == 2
    assert county.due is not None
    assert pressing("sichuan", SANCTION, replace(county, due=county.due + 1), 1)(now).head.id not in ids
