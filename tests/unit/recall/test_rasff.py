"""RASFF through the adapter of kit.rasff: nothing is lost, and who must act, who is told and who owes come out as RASFF says."""

from __future__ import annotations

import hashlib
import random
import re
from pathlib import Path

import pytest

from chuanyu.casework.case import Case, Receipt, pack
from chuanyu.recall.rules import FOLLOW_UP
from kit import rasff
from kit.rasff import BORDER, DIVISIONS, PROVINCES, Bus, Landed, Notification, figures, outcomes

REPOSITORY = Path(__file__).parents[3]
ROW = {
    "reference": "2025.61",
    "category": "confectionery",
    "type": "food",
    "subject": "glass in nougat from Spain",
    "date": "2025-08-08 16:05:09",
    "notifying_country": "Germany",
    "classification": "alert notification",
    "risk_decision": "serious",
    "distribution": "Germany,France",
    "forAttention": "INFOSAN,Bonaire,Sint Eustatius and Saba",
    "forFollowUp": "Spain,France",
    "operator": "Germany,Spain",
    "origin": "Spain",
    "hazards": " glass , too high count",
}


def changed(**cells: str) -> dict[str, str]:
    return ROW | cells


def later(**cells: str) -> dict[str, str]:
    return changed(date="2025-08-09 09:00:00.000000", **cells)


def codes(*countries: str) -> set[str]:
    return {DIVISIONS[country] for country in countries}


def flagged(case: Case) -> set[str]:
    return {each.division for each in case.flagged}


def owing(case: Case) -> set[str]:
    """Who owes an answer now."""
    return {each.authority for each in case.obligations if each.open and each.rule == FOLLOW_UP}


def test_a_row_is_read_with_its_traps() -> None:
    read = rasff.read(ROW)
    assert read.reference == "2025.6100", "it lost its noughts as a number"
    assert read.hazards == ("glass", "too high count")
    assert set(read.attention) == codes("INFOSAN", "Bonaire, Sint Eustatius and Saba"), "a comma may belong to a name"
    assert rasff.read(changed(date="2025-08-08 16:05:09.000000")).at == read.at
    assert rasff.read(changed(hazards="", forFollowUp="", distribution=" ")).hazards == ()


def test_a_later_row_of_its_notifier_corrects_and_asks_whom_it_adds_while_another_country_follows_up() -> None:
    bus = Bus()
    first, second, third, again = (
        bus.take(row)
        for row in (
            ROW,
            later(forFollowUp="Spain,France,Italy"),
            changed(date="2025-08-10 09:00:00", notifying_country="Italy", forFollowUp=""),
            changed(date="2025-08-09 09:00:00", forFollowUp="Spain,France,Italy"),
        )
    )
    assert [first.outcome, second.outcome, third.outcome, again.outcome] == ["case", "correction", "follow-up", "repetition"]
    assert {first.case_id} == {second.case_id, third.case_id, again.case_id}
    case = bus.cases[first.case_id]
    assert flagged(case) == owing(case) == codes("Spain", "France", "Italy")
    assert set(case.attention) == codes("INFOSAN", "Bonaire, Sint Eustatius and Saba")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (changed(reference="RASFF-1"), "reference_malformed"),
        (changed(date="08/08/2025"), "date_unreadable"),
        (changed(classification="news"), "class_unknown"),
        (changed(notifying_country="Atlantis"), "country_unknown"),
        (changed(forFollowUp="Spain,Atlantis"), "country_unknown"),
        (changed(notifying_country=""), "country_unknown"),
        (changed(notifying_country="Peru"), "notifier_not_on_the_bus"),
        (changed(type="feed"), "field_missing regime"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_said_is_refused_by_name(row: dict[str, str], reason: str) -> None:
    bus = Bus()
    landed = bus.take(row)
    assert (landed.outcome, landed.reason, bus.cases) == ("refused", reason, {})


def test_nobody_is_asked_by_a_notice_for_attention_and_every_node_by_a_border_rejection() -> None:
    bus = Bus()
    told = bus.take(changed(classification="information notification for attention", forFollowUp=""))
    assert flagged(bus.cases[told.case_id]) == owing(bus.cases[told.case_id]) == set()
    turned_away = bus.take(changed(reference="2025.62", classification=BORDER, forFollowUp="Peru"))
    assert owing(bus.cases[turned_away.case_id]) == {f"{digits}0000" for digits in PROVINCES.values()} | codes("Peru")


@pytest.fixture(scope="module")
def export(shared_data: Path) -> Path:
    path = shared_data / "rasff_notifications.csv"
    if not path.is_file():
        pytest.skip("the notifications are not beside this checkout")
    return path


@pytest.fixture(scope="module")
def whole(export: Path) -> tuple[Bus, list[Landed]]:
    """The bus after the whole export."""
    bus = Bus()
    return bus, [bus.take(row) for row in rasff.rows(export)]


def test_every_row_ends_once_and_the_counts_add_up(whole: tuple[Bus, list[Landed]], export: Path) -> None:
    bus, landed = whole
    ended = outcomes(landed)
    assert len(landed) == sum(ended.values()) == len(rasff.rows(export)) > 0
    assert ended["case"] == len(bus.cases)
    assert {each.outcome for each in landed} <= {"case", "correction", "follow-up", "repetition", "refused"}
    assert all(each.reason for each in landed if each.outcome == "refused")
    references = {each.notification.reference for each in landed if each.notification and each.outcome != "refused"}
    assert ended["case"] == len(references), "one case a reference"


def _last(landed: list[Landed]) -> dict[str, Notification]:
    """What RASFF says of each case at the end."""
    return {each.case_id: each.notification for each in landed if each.outcome in ("case", "correction") and each.notification}


def test_who_must_act_and_who_is_told_come_out_as_rasff_says(whole: tuple[Bus, list[Landed]]) -> None:
    """Save for the three rules of ours that docs/rasff.md names: border rejections, and answers wanted of nobody by name."""
    bus, landed = whole
    for case_id, said in _last(landed).items():
        case, attention = bus.cases[case_id], said.classification.endswith("attention")
        assert case.attention == said.attention
        if said.classification != BORDER and (said.flagged or attention):
            assert flagged(case) == set(said.flagged)
        else:
            assert flagged(case) >= set(said.flagged)


def test_p7_who_is_flagged_owes_and_who_is_told_does_not(whole: tuple[Bus, list[Landed]]) -> None:
    bus, landed = whole
    for case_id, said in _last(landed).items():
        case = bus.cases[case_id]
        assert owing(case) == flagged(case)
        assert owing(case).isdisjoint(set(said.attention) - flagged(case))
        running = {each.authority for each in case.obligations if each.open and each.due is not None}
        assert running == {code for code in owing(case) if code[:2] in PROVINCES.values()}, "a clock runs for who is on the bus"


def test_a_later_row_asks_whom_it_adds_with_fresh_receipts(whole: tuple[Bus, list[Landed]]) -> None:
    bus, landed = whole
    corrected = [each for each in landed if each.outcome == "correction"]
    first = {each.case_id: each.notification for each in landed if each.outcome == "case" and each.notification}
    added = 0
    for each in corrected:
        case, before = bus.cases[each.case_id], first[each.case_id]
        assert each.notification and len(case.versions) > 1
        given = {one.by for one in case.confirmations if one.event == case.versions[-1] and one.kind is Receipt.DELIVERED and one.at}
        assert given == set(PROVINCES) - {each.notification.node}, "all who got the first confirm the second"
        new = set(each.notification.flagged) - set(before.flagged)
        added += bool(new)
        assert new <= owing(case)
    assert bool(added) == any(set(each.notification.flagged) - set(first[each.case_id].flagged) for each in corrected if each.notification)


def test_d8_two_nodes_hold_the_same_bytes_whatever_order_they_heard(whole: tuple[Bus, list[Landed]]) -> None:
    bus, _ = whole
    chance = random.Random(7)
    for case_id, arrivals in bus.heard.items():
        assert pack(bus.elsewhere(chance.sample(arrivals, len(arrivals)))) == pack(bus.cases[case_id])


def test_the_page_gives_the_figures_that_are_measured(whole: tuple[Bus, list[Landed]], export: Path) -> None:
    page = (REPOSITORY / "docs" / "rasff.md").read_text(encoding="utf-8")
    if hashlib.sha256(export.read_bytes()).hexdigest() not in page:
        pytest.skip("the page measured another export")
    stated = dict(re.findall(r"^\| ([^|]+?) \| ([\d,]+) \|$", page, re.MULTILINE))
    assert {name: int(count.replace(",", "")) for name, count in stated.items()} == dict(figures(whole[1]))
