"""What follows from a result (抽检结果). Pure; sources: domain 4.2, 4.5, 9; 食品安全抽样检验管理办法 27, 45 (to be checked)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import cast

from chuanyu.casework.case import Case, Confirmation, Flag
from chuanyu.casework.steps import Change, Duty
from chuanyu.contracts.common import NoticeClass, Part, Party
from chuanyu.contracts.spotcheck import PlanPublished, ResultReported, Verdict
from chuanyu.domain import routing
from chuanyu.domain.places import PlaceType
from chuanyu.domain.routing import Facts, Routing, Site, route

NOTICE = "spotcheck_cross_province_notice"
DISPOSAL = ("spotcheck_disposal_start", "spotcheck_disposal_control", "spotcheck_disposal_finish")

PASSED = Change(stage="PASSED", flagged=(), attention=(), owed=())  # a passed sample asks nothing of anybody


def planned(plan: PlanPublished) -> Change:
    """A plan addresses every region that is to take samples; no clock runs for it (domain 4.2)."""
    regions = dict.fromkeys(region.division for region in plan.regions)
    return Change(stage="PLANNED", flagged=tuple(Flag(division, "OTHER") for division in regions), attention=(), owed=())


def reported(result: ResultReported, here: str, provinces: Mapping[str, str], on: date) -> Change:
    """What a failed or doubtful result does to its case.

    here: the accepting node · provinces: node → first two digits · on: the day of acceptance
    """
    found = route(facts(result, here, provinces, on))
    return Change(
        stage=result.verdict.value,
        flagged=tuple(Flag(ower.code, ower.role) for ower in found.owers),
        attention=found.attention,
        owed=tuple(duties(result.verdict, found)),
    )


def duties(verdict: Verdict, found: Routing) -> Iterator[Duty]:
    """Who owes what for a failed sample: the notice over the border, and the disposal (核查处置) of each part. 问题 alone owes nothing."""
    if verdict is not Verdict.FAILED:
        return
    if found.notice_owed and found.producer_province:
        yield Duty(NOTICE, _sampling_authority(found), found.producer_province)
    for ower in found.owers:
        for rule in DISPOSAL:
            yield Duty(rule, ower.code, ower.part)


def noticed(case: Case, confirmation: Confirmation, provinces: Mapping[str, str]) -> tuple[bytes, ...]:
    """The notices that a delivery answers: the producer's province has been told once its node has what the notice is about."""
    reached = provinces[confirmation.by] + "0000"
    told = (each for each in case.obligations if each.open and each.rule == NOTICE and each.part == reached)
    return tuple(each.id for each in told if confirmation.event in case.since(each.cause))


def facts(result: ResultReported, here: str, provinces: Mapping[str, str], on: date) -> Facts:
    """A result as the routing rule reads it."""
    unit, place = result.sampled_unit, result.sampled_unit.place_type
    return Facts(
        here=provinces[here] + "0000",
        nodes=frozenset(digits + "0000" for digits in provinces.values()),
        on=on,
        producer=_site(result.labelled_producer),
        sampled=_site(unit.party),
        entrusting=_site(result.entrusting_party),
        platform=Site(name=unit.online.platform) if unit.online else None,
        category=result.product.category[0] if result.product.category else None,
        place_type=None if place is Part.UNKNOWN else cast(PlaceType, place.value),
        verdict=cast(routing.Verdict, result.verdict.value),
        severe_hazard=result.head.notice_class is NoticeClass.ALERT,
    )


def _site(party: Party | None) -> Site:
    return Site(party.division, party.name, party.uscc) if party else Site()


def _sampling_authority(found: Routing) -> str:
    """The division that answers for the place of sampling; its province when no narrower one is known."""
    narrowest = next((ower.code for ower in found.owers if ower.part in ("CIRCULATION", "CATERING")), found.sampled_province)
    assert narrowest is not None
    return narrowest
