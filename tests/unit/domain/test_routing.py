"""Who must act on a sample: rules 1-9 of the routing table."""

from dataclasses import replace
from datetime import date

import pytest

from chuanyu.domain.places import guess_place_type
from chuanyu.domain.routing import Facts, Routing, Site, notice_class, route

YIBIN, CHENGDU, YUZHONG, WANZHOU, GUANGZHOU = "511502", "510104", "500103", "500101", "440000"
BASE = Facts(
    here="510000",
    nodes=frozenset({"500000", "510000"}),
    on=date(2026, 6, 1),
    producer=Site(YIBIN, "甲食品厂"),
    sampled=Site(CHENGDU, "乙超市"),
    place_type="CIRCULATION",
)


def owers(routing: Routing) -> list[tuple[str, str]]:
    return [(ower.role, ower.code) for ower in routing.owers]


def test_rule_1_both_ours() -> None:
    routing = route(BASE)
    assert (routing.cross_province, routing.notice_owed, routing.notice_class) == (False, False, "FOLLOW_UP")
    assert owers(routing) == [("PRODUCTION", YIBIN), ("CIRCULATION", CHENGDU)]


def test_rule_2_the_producer_is_the_other_nodes() -> None:
    routing = route(replace(BASE, producer=Site(WANZHOU)))
    assert (routing.producer_province, routing.sampled_province) == ("500000", "510000")
    assert (routing.cross_province, routing.notice_owed) == (True, True)
    assert owers(routing) == [("PRODUCTION", WANZHOU), ("CIRCULATION", CHENGDU)]


def test_rule_3_a_third_province_is_told_outside_the_bus() -> None:
    routing = route(replace(BASE, producer=Site(GUANGZHOU)))
    assert (routing.producer_province, routing.cross_province, routing.notice_owed) == ("440000", True, True)
    assert owers(routing) == [("CIRCULATION", CHENGDU)]


def test_rule_4_an_unknown_producer_stays_at_home() -> None:
    routing = route(replace(BASE, producer=Site(None, "甲食品厂")))
    assert (routing.producer_province, routing.cross_province, routing.notice_owed) == (None, False, False)
    assert owers(routing) == [("CIRCULATION", CHENGDU)]
    assert [warning.code for warning in routing.warnings] == ["producer_division_unknown"]


def test_rule_5_sampled_in_the_other_province_flags_it() -> None:
    routing = route(replace(BASE, sampled=Site(YUZHONG), place_type="CATERING"))
    assert (routing.cross_province, routing.notice_owed) == (True, False)
    assert owers(routing) == [("PRODUCTION", YIBIN), ("CATERING", YUZHONG)]


def test_rule_6_sampled_at_the_producers() -> None:
    site = Site(YIBIN, "甲食品厂")
    routing = route(replace(BASE, producer=site, sampled=site, place_type=None))
    assert (routing.place_type, routing.cross_province) == ("PRODUCTION", False)
    assert owers(routing) == [("PRODUCTION", YIBIN)]
    assert [warning.code for warning in routing.warnings] == ["place_type_assumed"]


def test_rule_7_the_entrusting_partys_authority_may_read() -> None:
    routing = route(replace(BASE, entrusting=Site(WANZHOU)))
    assert routing.attention == (WANZHOU,)
    assert not routing.cross_province


def test_rule_8_sold_online_adds_the_operator() -> None:
    routing = route(replace(BASE, place_type="ONLINE", platform=Site(YUZHONG)))
    assert owers(routing) == [("PRODUCTION", YIBIN), ("CIRCULATION", CHENGDU), ("ONLINE", YUZHONG)]
    assert not routing.cross_province


def test_rule_9_goods_from_abroad_are_the_importers() -> None:
    routing = route(replace(BASE, producer=Site(None, "Foreign Foods Ltd."), importer=Site(WANZHOU)))
    assert not routing.cross_province
    assert owers(routing) == [("PRODUCTION", WANZHOU), ("CIRCULATION", CHENGDU)]


def test_a_duty_goes_to_the_successor_of_an_ended_division() -> None:
    routing = route(replace(BASE, producer=Site("500112"), sampled=Site("512081")))
    assert owers(routing) == [("PRODUCTION", "500157"), ("CIRCULATION", "510185")]
    assert [warning.code for warning in routing.warnings] == ["division_split"]


def test_a_place_that_changed_province_is_todays() -> None:
    routing = route(replace(BASE, producer=Site("513524")))
    assert (routing.producer_province, routing.cross_province) == ("500000", True)
    assert ("PRODUCTION", "500000") in owers(routing)


def test_an_unknown_place_of_sampling_is_the_accepting_nodes_duty() -> None:
    routing = route(replace(BASE, sampled=Site(None), producer=Site(WANZHOU)))
    assert (routing.sampled_province, routing.cross_province) == (None, False)
    assert owers(routing) == [("PRODUCTION", WANZHOU), ("CIRCULATION", "510000")]


def test_a_passed_sample_flags_nobody() -> None:
    routing = route(replace(BASE, producer=Site(WANZHOU), verdict="PASSED"))
    assert (routing.owers, routing.notice_owed, routing.notice_class) == ((), False, "ROUTINE")


def test_the_same_facts_route_alike_at_both_nodes() -> None:
    facts = replace(BASE, producer=Site(WANZHOU))
    assert route(facts).owers == route(replace(facts, here="500000")).owers


@pytest.mark.parametrize(
    ("verdict", "hazard", "expected"),
    [("FAILED", False, "FOLLOW_UP"), ("FAILED", True, "ALERT"), ("PASSED", False, "ROUTINE"), ("PROBLEM", False, "NON_COMPLIANCE")],
)
def test_the_verdict_decides_the_class(verdict: str, hazard: bool, expected: str) -> None:
    assert notice_class(verdict, hazard) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("unit", "category", "is_producer", "online", "expected"),
    [
        ("红旗超市", "糕点", False, False, "CIRCULATION"),
        ("红旗超市", "餐饮食品", False, False, "CATERING"),
        ("巴山火锅", None, False, False, "CATERING"),
        ("第一中学食堂", "粮食加工品", False, False, "CATERING"),
        ("川江食品有限公司", "糕点", True, False, "PRODUCTION"),
        ("川江食品旗舰店（天猫）", "糕点", False, False, "ONLINE"),
        ("https://shop.example.cn/1", "糕点", False, False, "ONLINE"),
        ("川江食品", "糕点", False, True, "ONLINE"),
        (None, None, False, False, "CIRCULATION"),
    ],
)
def test_the_kind_of_place_is_guessed_from_words(
    unit: str | None, category: str | None, is_producer: bool, online: bool, expected: str
) -> None:
    assert guess_place_type(unit, category, is_producer=is_producer, online=online) == expected


def test_one_name_in_two_provinces_is_no_sample_at_the_producers() -> None:
    routing = route(replace(BASE, producer=Site(WANZHOU, "丙公司"), sampled=Site(CHENGDU, "丙公司"), place_type=None))
    assert (routing.place_type, routing.cross_province) == ("CIRCULATION", True)
