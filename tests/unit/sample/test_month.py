"""The sample month: the same for its seed, of the asked size and rates, at believable hours; and its truth, counted by hand."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable

import pytest

from chuanyu.domain.dates import SHANGHAI, from_millis
from chuanyu.gateway import rules
from chuanyu.gateway.contents import Node
from chuanyu.gateway.envelope import Submission
from chuanyu.gateway.members import Member
from chuanyu.sample.month import telling
from chuanyu.sample.month.deeds import Corrected, Disposed, Entry, Objected, Planned, Reported, Resolved, Spoiled, TakenBack
from chuanyu.sample.month.faults import FAULTS
from chuanyu.sample.month.hours import DAY, HOUR, MINUTE, instant, works
from chuanyu.sample.month.ledger import Ledger, looks
from chuanyu.sample.month.owing import CONTROL, FINISH, NOTICE, RETEST, START, Owed, Told
from chuanyu.sample.month.plots import PLOTS, SHARES, deal
from chuanyu.sample.month.script import Month, Rates, generate
from chuanyu.sample.month.travel import Link
from chuanyu.sample.shelves import goods
from chuanyu.sample.sides import CHONGQING, SICHUAN, SIDES, Side
from chuanyu.sample.truth import Firm, Sample
from kit.said import FAMILIES, PROVINCES

OFTEN = Rates(failed=0.2, crossing=0.4, monitored=0.02, repeated=0.04, dirty=0.05)
YUZHONG, CUIPING, WANZHOU = "500103", "511502", "500101"
AN_ID = "01991f5a-0000-7000-8000-000000000001"


def written(month: Month) -> str:
    """Everything that is submitted, as text."""
    return json.dumps([telling.event(month.label, entry, month.by_name, lambda _: AN_ID) for entry in month.entries], ensure_ascii=False)


def test_the_same_seed_is_the_same_month_byte_for_byte_and_another_shares_no_sample() -> None:
    one, same, other = generate(3, 2026, 9, 120, OFTEN), generate(3, 2026, 9, 120, OFTEN), generate(4, 2026, 9, 120, OFTEN)
    assert written(one) == written(same) and one.link == same.link
    assert not {sample.number for sample in one.samples} & {sample.number for sample in other.samples}


@pytest.mark.parametrize(("size", "failed", "crossing"), [(400, 8, 1), (6_000, 120, 9)])
def test_a_month_has_the_asked_size_and_rates(size: int, failed: int, crossing: int) -> None:
    month = generate(1, 2026, 9, size)
    verdicts = Counter(sample.verdict for sample in month.samples)
    assert (len(month.samples), verdicts["FAILED"]) == (size, failed)
    assert len({sample.number for sample in month.samples}) == size
    assert sum(sample.crosses for sample in month.samples if sample.verdict == "FAILED") == crossing
    assert month.outcomes() == {
        "accepted": sum(entry.outcome == "accepted" for entry in month.entries),
        "duplicate": max(2, size // 100),
        "refused": max(len(FAULTS), size // 100),
    }


def test_whatever_can_happen_happens() -> None:
    month = generate(1, 2026, 9, 500, Rates(failed=0.2, crossing=0.4))
    deeds = {type(entry.deed) for entry in month.entries}
    assert deeds >= {Planned, Reported, Corrected, TakenBack, Disposed, Objected, Resolved, Spoiled}
    assert {entry.deed.outcome for entry in month.entries if isinstance(entry.deed, Resolved)} == {
        "UPHELD", "OVERTURNED", "WITHDRAWN", "NOT_ACCEPTED",
    }  # fmt: skip
    moved = [entry for entry in month.entries if isinstance(entry.deed, Corrected)]
    assert {entry.deed.sample.crosses for entry in moved if isinstance(entry.deed, Corrected)} == {True, False}
    assert any(entry.backfilled for entry in month.entries)
    assert {entry.deed.fault for entry in month.entries if isinstance(entry.deed, Spoiled)} == set(FAULTS)
    assert sum(SHARES.values()) == 100 and set(SHARES) == set(PLOTS) == set(deal_of_a_hundred())


def deal_of_a_hundred() -> Counter[str]:
    from random import Random

    return Counter(deal(Random(1), 100))


def test_people_type_in_office_hours_of_working_days_make_up_days_included() -> None:
    """2026: Sunday 20 September and Saturday 10 October are worked, 25–27 September and 1–7 October are off."""
    month = generate(1, 2026, 9, 2_000, Rates(failed=0.2))
    days = Counter(from_millis(entry.at).astimezone(SHANGHAI).date() for entry in month.entries)
    assert all(works(day) for day in days)
    assert days[dt.date(2026, 9, 20)] and days[dt.date(2026, 10, 10)]
    hours = {from_millis(entry.at).astimezone(SHANGHAI).hour for entry in month.entries}
    assert hours <= set(range(9, 18))


def submission(month: Month, entry: Entry) -> Submission:
    said = telling.event(month.label, entry, month.by_name, lambda _: AN_ID)
    return Submission(id=said["id"], source=said["source"], type=said["type"], data=said["data"], time=said["time"])


def test_the_gateway_s_rules_find_in_each_submission_what_was_spoiled_and_nothing_else() -> None:
    """What contradicts or names what was never said is found where that is known: at the desk, in the test of both nodes."""
    month = generate(5, 2026, 9, 150, OFTEN)
    at_the_desk = {"conflict", "orphan"}
    for entry in month.entries:
        side = entry.side
        member = Member(side.member, side.authority, side.code, (side.code,), FAMILIES, "L3")
        judged = rules.judge(submission(month, entry), member, Node(side.node, PROVINCES, entry.at))
        spoiled = isinstance(entry.deed, Spoiled) and entry.deed.fault not in at_the_desk
        assert {found.code for found in judged.violations} == ({entry.deed.code} if spoiled else set()), entry  # type: ignore[union-attr]


# The truth, counted by hand over the holidays of 2026: 25–27 September and 1–7 October are off, 20 September and 10 October are worked.

NOON = instant(dt.date(2026, 9, 29), 12)
LINK = Link(lag=10 * MINUTE)
LOOKS = looks(NOON, NOON + 60 * DAY)


def sample(maker: str | None = CUIPING, shop: str = YUZHONG) -> Sample:
    return Sample(
        side=CHONGQING, number="XBJ26500000001", verdict="FAILED", good=goods()[0], brand=None, maker=Firm("甲厂", maker),
        shop=Firm("乙店", shop), place="CIRCULATION", made_on=None, task="重庆市/省抽", laboratory="丙所", notice_no="",
        announced_on=dt.date(2026, 9, 29),
    )  # fmt: skip


def entry(name: str, deed: object, at: int, side: Side = CHONGQING, time: int | None = None) -> Entry:
    return Entry(name=name, side=side, at=at, time=at if time is None else time, deed=deed, backfilled=time is not None)  # type: ignore[arg-type]


def case(entries: Iterable[Entry], at: int, side: Side = CHONGQING, link: Link = LINK) -> Told:
    ((_, found),) = Ledger(entries, link, LOOKS).cases(side, at)
    return found


def delivered(told: Told) -> dict[str, int | None]:
    """When the other node said *delivered*, by the entry."""
    return {each.of: each.at for each in told.receipts if not each.by.isdigit()}


def owed(told: Told, rule: str, authority: str) -> Owed:
    (found,) = [each for each in told.owed if (each.rule, each.authority) == (rule, authority)]
    return found


def ms(month: int, day: int, hour: int = 23, minute: int = 59, second: int = 59) -> int:
    return instant(dt.date(2026, month, day), hour, minute, second)


def test_the_truth_counts_a_clock_from_acceptance_here_and_from_delivery_over_the_border() -> None:
    """Five, twenty, ninety days, no roll; the notice has two working days, and is answered by the delivery."""
    told = case([entry("r", Reported(sample()), NOON)], NOON + HOUR)
    assert (owed(told, START, YUZHONG).starts, owed(told, START, YUZHONG).due) == (NOON, ms(10, 4))
    assert (owed(told, START, CUIPING).starts, owed(told, START, CUIPING).due) == (NOON + 10 * MINUTE, ms(10, 4))
    assert (owed(told, CONTROL, CUIPING).due, owed(told, FINISH, CUIPING).due) == (ms(10, 19), ms(12, 28))
    notice = owed(told, NOTICE, YUZHONG)
    assert (notice.due, notice.state, notice.settled, notice.part) == (ms(10, 8), "MET", NOON + 10 * MINUTE, "510000")
    assert told.open and told.flagged == {CUIPING, YUZHONG}


def test_the_truth_has_no_clock_before_the_delivery_is_known_and_waits_for_the_receipt() -> None:
    entries = [entry("r", Reported(sample()), NOON)]
    before = case(entries, NOON + 19 * MINUTE)
    assert owed(before, START, CUIPING).due is None and delivered(before) == {"r": None}
    assert delivered(case(entries, NOON + 20 * MINUTE)) == {"r": NOON + 10 * MINUTE}
    assert owed(case(entries, NOON + 10 * MINUTE, SICHUAN), START, CUIPING).due == ms(10, 4)


def test_the_truth_presses_the_city_then_the_province_and_then_nobody() -> None:
    """区县 → 市州 → 省 in Sichuan, 区县 → 市 in Chongqing; again after the same length from the due time."""
    entries = [entry("r", Reported(sample()), NOON)]

    def levels(at: int) -> list[int]:
        return [owed(case(entries, at), START, code).level for code in (CUIPING, YUZHONG)]

    assert levels(ms(10, 5, 0, 9)) == [0, 0]
    assert levels(ms(10, 5, 1)) == [1, 1]
    assert levels(ms(10, 10, 0, 9)) == [1, 1]
    assert levels(ms(10, 10, 1)) == [2, 1]
    assert levels(ms(11, 1)) == [2, 1]


def test_the_truth_takes_an_answer_by_when_it_was_entered_unless_it_is_back_filled() -> None:
    """D25: 23:59:59 of the last day is in time; a later answer lapsed all the same, once; a back-filled one counts from its own time."""

    def told(at: int, time: int | None = None) -> Owed:
        step = Disposed(sample=sample(), part="CIRCULATION", division=YUZHONG, state="STARTED")
        return owed(case([entry("r", Reported(sample()), NOON), entry("d", step, at, time=time)], ms(10, 30)), START, YUZHONG)

    assert (told(ms(10, 4)).state, told(ms(10, 4)).level) == ("MET", 0)
    assert (told(ms(10, 5, 0, 0, 0)).state, told(ms(10, 5, 0, 0, 0)).level) == ("MET", 1)
    late = told(ms(10, 8, 10), time=ms(10, 3, 10))
    assert (late.settled, late.level) == (ms(10, 3, 10), 1)


def test_the_truth_lets_a_later_state_answer_those_before_it() -> None:
    step = Disposed(sample=sample(), part="PRODUCTION", division=CUIPING, state="CONTROLLED")
    told = case([entry("r", Reported(sample()), NOON), entry("d", step, NOON + DAY, SICHUAN)], NOON + 2 * DAY)
    assert [owed(told, rule, CUIPING).state for rule in (START, CONTROL, FINISH)] == ["MET", "MET", "OPEN"]
    assert owed(told, START, YUZHONG).state == "OPEN"


def test_the_truth_ends_the_part_of_a_maker_who_never_made_it() -> None:
    step = Disposed(sample=sample(), part="PRODUCTION", division=CUIPING, state="CAUSE_SOUGHT", counterfeit=True)
    told = case([entry("r", Reported(sample()), NOON), entry("d", step, NOON + DAY, SICHUAN)], NOON + 2 * DAY)
    assert [owed(told, rule, CUIPING).state for rule in (START, CONTROL, FINISH)] == ["MET", "MET", "CANCELLED"]
    assert owed(told, FINISH, YUZHONG).state == "OPEN"


def test_the_truth_releases_whom_a_correction_no_longer_asks_and_asks_the_other_province() -> None:
    """Made in Wanzhou, it said; it was made in Cuiping. The new clocks start with the delivery of the correction."""
    before, after = sample(WANZHOU), sample(CUIPING)
    entries = [entry("r", Reported(before), NOON), entry("c", Corrected(after, "r"), NOON + DAY)]
    told = case(entries, NOON + 2 * DAY)
    assert {owed(told, rule, WANZHOU).state for rule in (START, CONTROL, FINISH)} == {"CANCELLED"}
    assert owed(told, START, CUIPING).starts == NOON + DAY + 10 * MINUTE
    assert owed(told, START, YUZHONG).starts == NOON
    assert owed(told, NOTICE, YUZHONG).starts == NOON + DAY
    assert list(delivered(told)) == ["c"] and told.flagged == {CUIPING, YUZHONG}
    assert {each.by for each in told.receipts if each.of == "c"} == {"sichuan", WANZHOU, CUIPING, YUZHONG}
    assert owed(case(entries, NOON + HOUR), START, WANZHOU).due == ms(10, 4)


def test_the_truth_lets_everything_fall_with_the_result() -> None:
    """Withdrawn by its issuer, or overturned in the other province: what was answered stays answered, and all who were told must say so."""
    took = entry("w", TakenBack(sample(), "r"), NOON + DAY)
    over = Resolved(
        sample=sample(),
        kind="RETEST",
        division=CUIPING,
        raised_on=dt.date(2026, 9, 30),
        resolved_on=dt.date(2026, 9, 30),
        outcome="OVERTURNED",
    )
    for end, standing in ((took, "WITHDRAWN"), (entry("o", over, NOON + DAY, SICHUAN), "OVERTURNED")):
        told = case([entry("r", Reported(sample()), NOON), end], NOON + 2 * DAY)
        assert (told.standing, told.open) == (standing, True)
        assert {each.by for each in told.receipts if each.at is None and each.holds} == {CUIPING, YUZHONG}
        assert Counter(each.state for each in told.owed) == {"MET": 1, "CANCELLED": 6}
        assert set(delivered(told)) == {"r", end.name}


def test_the_truth_asks_the_handling_authority_for_a_laboratory_within_five_working_days() -> None:
    """Raised on Tuesday 29 September: 30 September, 8, 9, Saturday 10, 12 October. A conclusion without a test releases it."""
    raised = Objected(sample=sample(), kind="RETEST", division=YUZHONG, raised_on=dt.date(2026, 9, 29))
    entries = [entry("r", Reported(sample()), NOON), entry("o", raised, NOON + HOUR)]
    found = owed(case(entries, NOON + DAY), RETEST, YUZHONG)
    assert (found.due, found.state, found.part) == (ms(10, 12), "OPEN", "2026-09-29")
    for outcome, state in (("UPHELD", "MET"), ("WITHDRAWN", "CANCELLED")):
        end = Resolved(
            sample=sample(), kind="RETEST", division=YUZHONG, raised_on=raised.raised_on, resolved_on=raised.raised_on, outcome=outcome
        )
        assert owed(case([*entries, entry("e", end, NOON + 2 * HOUR)], NOON + DAY), RETEST, YUZHONG).state == state


def test_a_broken_link_brings_what_waited_together_when_it_is_mended() -> None:
    link = Link(lag=2_000, broken=((NOON, NOON + HOUR),))
    assert [link.arrives(NOON + at) for at in (-3_000, 0, 40 * MINUTE, HOUR)] == [
        NOON - 1_000,
        NOON + HOUR,
        NOON + HOUR,
        NOON + HOUR + 2_000,
    ]
    assert {link.heard(side, side, NOON) for side in SIDES} == {NOON}
