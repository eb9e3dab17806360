"""Who owes what for a result, row by row of domain 4.5, and what no result may lack."""

import pytest
from msgspec.structs import replace

from chuanyu.casework.case import NEW, Confirmation, Fact, Flag, Receipt, Standing
from chuanyu.casework.steps import Duty
from chuanyu.contracts.common import OnlinePlace, Part
from chuanyu.contracts.spotcheck import ResultReported, Verdict
from chuanyu.spotcheck import duties, rules
from kit.cases import HUNAN, NOON, PROVINCES, WANZHOU, YIBIN, YUZHONG, result

STANDING = replace(NEW, standing=Standing.STANDS)
CHENGDU = "510100"


def fact(event: ResultReported, here: str) -> Fact:
    return Fact((1, f"{here}.spotcheck", 1), b"it", f"/{here}/amr", NOON, NOON, event)


def asked(event: ResultReported, here: str = "chongqing") -> tuple[set[tuple[str, str]], list[Duty]]:
    """(division, role) of the flagged, and the duties other than disposal."""
    change = rules.reported(STANDING, fact(event, here), PROVINCES)
    assert change.flagged is not None and change.owed is not None
    flagged = {(each.division, each.role) for each in change.flagged}
    disposal = {(duty.authority, duty.part) for duty in change.owed if duty.rule in duties.DISPOSAL}
    assert disposal == flagged or event.verdict is not Verdict.FAILED
    assert len(change.owed) == 3 * len(disposal) + sum(duty.rule == duties.NOTICE for duty in change.owed)
    return flagged, [duty for duty in change.owed if duty.rule not in duties.DISPOSAL]


def notice(authority: str, to: str) -> list[Duty]:
    return [Duty(duties.NOTICE, authority, to)]


@pytest.mark.parametrize(
    ("producer", "sampled", "here", "flagged", "owed"),
    [
        (WANZHOU, YUZHONG, "chongqing", {(WANZHOU, "PRODUCTION"), (YUZHONG, "CIRCULATION")}, []),
        (YIBIN, YUZHONG, "chongqing", {(YIBIN, "PRODUCTION"), (YUZHONG, "CIRCULATION")}, notice(YUZHONG, "510000")),
        (HUNAN, YUZHONG, "chongqing", {(YUZHONG, "CIRCULATION")}, notice(YUZHONG, "430000")),
        (None, YUZHONG, "chongqing", {(YUZHONG, "CIRCULATION")}, []),
        (YUZHONG, CHENGDU, "chongqing", {(YUZHONG, "PRODUCTION"), (CHENGDU, "CIRCULATION")}, []),
        (YUZHONG, CHENGDU, "sichuan", {(YUZHONG, "PRODUCTION"), (CHENGDU, "CIRCULATION")}, notice(CHENGDU, "500000")),
        (YIBIN, None, "chongqing", {(YIBIN, "PRODUCTION"), ("500000", "CIRCULATION")}, []),
    ],
    ids=["1 ours", "2 theirs", "3 a third province's", "4 unknown", "5 sampled over there", "2 seen from sichuan", "sampled somewhere"],
)
def test_the_rows_of_the_routing_table(
    producer: str | None, sampled: str | None, here: str, flagged: set[tuple[str, str]], owed: list[Duty]
) -> None:
    assert asked(result(producer=producer, sampled=sampled), here) == (flagged, owed)


def test_a_place_type_that_is_told_is_not_guessed() -> None:
    event = result()
    catering = replace(event, sampled_unit=replace(event.sampled_unit, place_type=Part.CATERING))
    assert (YUZHONG, "CATERING") in asked(catering)[0]


def test_an_online_shop_is_routed_by_its_own_division() -> None:
    event = result(sampled=CHENGDU)
    online = replace(event, sampled_unit=replace(event.sampled_unit, online=OnlinePlace(platform="试验平台")))
    assert (CHENGDU, "CIRCULATION") in asked(online)[0]


def test_a_problem_found_in_risk_monitoring_is_told_and_owes_nothing() -> None:
    flagged, owed = asked(result(Verdict.PROBLEM))
    assert (YIBIN, "PRODUCTION") in flagged
    assert owed == []


def test_a_passed_sample_asks_nothing_of_anybody() -> None:
    assert (rules.PASSED.flagged, rules.PASSED.owed) == ((), ())


def test_flagged_roles_are_the_parts_of_the_chain() -> None:
    change = rules.reported(STANDING, fact(result(), "chongqing"), PROVINCES)
    assert change.flagged == (Flag(YIBIN, "PRODUCTION"), Flag(YUZHONG, "CIRCULATION"))


def test_a_delivery_elsewhere_answers_no_notice() -> None:
    assert rules.noticed(NEW, Confirmation(b"", Receipt.DELIVERED, "sichuan", 0), PROVINCES) == ()
