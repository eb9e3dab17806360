"""
Who must act on a sample. Source: domain 4.5, rules 1-9; duty 食品安全抽样检验管理办法 27 (to be checked), industrial 令18 44(2).

A rule is policy: nothing here knows a province by name; the accepting node and the nodes on the bus are facts.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from chuanyu.domain.divisions import acting, province_of, was_split
from chuanyu.domain.places import PlaceType, guess_place_type
from chuanyu.domain.text import compact
from chuanyu.domain.violations import Violation, violation

Part = Literal["PRODUCTION", "CIRCULATION", "CATERING", "ONLINE"]
Verdict = Literal["PASSED", "FAILED", "PROBLEM"]
NoticeClass = Literal["ALERT", "FOLLOW_UP", "NON_COMPLIANCE", "ROUTINE"]


@dataclass(frozen=True, slots=True)
class Site:
    """A party as far as routing goes: narrowest known division, null if unknown; name and code tell whether two are one."""

    division: str | None = None
    name: str | None = None
    uscc: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """
    What a result says about places, on the day of its acceptance.

    `here` and `nodes` are province codes (xx0000): of the accepting node, of all nodes on the bus. `importer` only for goods from abroad.
    """

    here: str
    nodes: frozenset[str]
    on: date
    producer: Site
    sampled: Site
    entrusting: Site = Site()
    platform: Site | None = None
    importer: Site | None = None
    category: str | None = None
    place_type: PlaceType | None = None
    verdict: Verdict = "FAILED"
    severe_hazard: bool = False


@dataclass(frozen=True, slots=True)
class Ower:
    """One part of the disposal (核查处置) and the division that owes it."""

    part: Part
    code: str

    @property
    def role(self) -> Part:
        """As `flagged[]` names it: the part of the chain for which the division is flagged."""
        return self.part


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """Provinces are those of today. All `owers` are flagged, `attention` may read; `notice_owed`: we must tell the producer's province."""

    producer_province: str | None
    sampled_province: str | None
    cross_province: bool
    notice_owed: bool
    place_type: PlaceType
    notice_class: NoticeClass
    owers: tuple[Ower, ...]
    attention: tuple[str, ...]
    warnings: tuple[Violation, ...]


def route(facts: Facts) -> Routing:
    """
    Where the duties of a result lie. A passed result flags nobody.

    Warned: place_type_assumed, producer_division_unknown, sampled_division_unknown, division_split.
    """
    year = facts.on.year
    place = facts.place_type or _guess(facts)
    maker = facts.importer or facts.producer
    made_in, sampled_in = province_of(maker.division, year), province_of(facts.sampled.division, year)
    crossing = facts.importer is None and place != "PRODUCTION" and None not in (made_in, sampled_in) and made_in != sampled_in
    return Routing(
        producer_province=made_in,
        sampled_province=sampled_in,
        cross_province=crossing,
        notice_owed=crossing and sampled_in == facts.here and facts.verdict != "PASSED",
        place_type=place,
        notice_class=notice_class(facts.verdict, facts.severe_hazard),
        owers=tuple(dict.fromkeys(_owers(facts, place))) if facts.verdict != "PASSED" else (),
        attention=tuple(_on_the_bus(facts.entrusting.division, facts)),
        warnings=tuple(_warnings(facts, maker)),
    )


def notice_class(verdict: Verdict, severe_hazard: bool = False) -> NoticeClass:
    """Failed: FOLLOW_UP, with a severe hazard (限时报告) ALERT; passed: ROUTINE; 问题: NON_COMPLIANCE (policy)."""
    if verdict == "FAILED":
        return "ALERT" if severe_hazard else "FOLLOW_UP"
    return "ROUTINE" if verdict == "PASSED" else "NON_COMPLIANCE"


def _owers(facts: Facts, place: PlaceType) -> Iterator[Ower]:
    """One ower a part; a place outside the nodes' provinces owes nothing here, its notice runs outside the bus."""
    sampled_at = facts.sampled.division or facts.here
    made_at = (facts.importer or facts.producer).division
    if place == "PRODUCTION":
        yield from _part("PRODUCTION", made_at or sampled_at, facts)
        return
    yield from _part("PRODUCTION", made_at, facts)
    yield from _part("CATERING" if place == "CATERING" else "CIRCULATION", sampled_at, facts)
    if facts.platform:
        yield from _part("ONLINE", facts.platform.division, facts)


def _part(part: Part, division: str | None, facts: Facts) -> Iterator[Ower]:
    yield from (Ower(part, code) for code in _on_the_bus(division, facts))


def _on_the_bus(division: str | None, facts: Facts) -> Iterator[str]:
    """The division that acts for a place today, if its province has a node."""
    province = province_of(division, facts.on.year)
    if division and province in facts.nodes:
        yield acting(division, facts.on.year) if division[:2] == province[:2] else province


def _guess(facts: Facts) -> PlaceType:
    return guess_place_type(facts.sampled.name, facts.category, is_producer=_sampled_at_producer(facts), online=facts.platform is not None)


def _sampled_at_producer(facts: Facts) -> bool:
    producer, sampled, year = facts.producer, facts.sampled, facts.on.year
    if producer.uscc and sampled.uscc:
        same = producer.uscc == sampled.uscc
    else:
        same = bool(producer.name) and compact(producer.name or "") == compact(sampled.name or "")
    provinces = {province_of(site.division, year) for site in (producer, sampled)} - {None}
    return same and len(provinces) < 2


def _warnings(facts: Facts, maker: Site) -> Iterator[Violation]:
    if facts.place_type is None:
        yield violation("place_type_assumed", "sampled_unit.place_type")
    if province_of(maker.division, facts.on.year) is None:
        yield violation("producer_division_unknown", "labelled_producer.division")
    if province_of(facts.sampled.division, facts.on.year) is None:
        yield violation("sampled_division_unknown", "sampled_unit.division")
    for field, site in (("labelled_producer.division", maker), ("sampled_unit.division", facts.sampled)):
        if site.division and was_split(site.division, facts.on.year):
            yield violation("division_split", field, code=site.division, successor=acting(site.division, facts.on.year))
