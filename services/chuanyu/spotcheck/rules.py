"""What follows from a result (抽检结果). Pure; sources: domain 4.2, 4.5, 9; 食品安全抽样检验管理办法 27, 45 (to be checked)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import cast

from msgspec.structs import replace as replace_fields

from chuanyu.casework.case import Case, Confirmation, Fact, Flag, Progress, Standing
from chuanyu.casework.steps import Change, Duty
from chuanyu.contracts.common import NoticeClass, Part, Party
from chuanyu.contracts.spotcheck import PlanPublished, ResultReported, Verdict
from chuanyu.domain import routing
from chuanyu.domain.dates import day_of, from_millis, midnight
from chuanyu.domain.places import PlaceType
from chuanyu.domain.routing import Facts, Ower, Routing, Site, route
from chuanyu.domain.text import compact, identifier
from chuanyu.spotcheck import duties, objections, terms
from chuanyu.spotcheck.standing import alive

PASSED = Change(stage="PASSED", flagged=(), attention=(), owed=())  # a passed sample asks nothing of anybody


def planned(plan: PlanPublished) -> Change:
    """A plan addresses every region that is to take samples; no clock runs for it (domain 4.2), it ends with its last day."""
    regions = dict.fromkeys(region.division for region in plan.regions)
    flagged = tuple(Flag(division, "OTHER") for division in regions)
    return Change(stage="PLANNED", flagged=flagged, attention=(), owed=(), ends=midnight(plan.ends_on + 1))


def passed(case: Case, result: ResultReported) -> Change:
    """What a passed sample does to its case; as a correction it releases everybody."""
    if not (case.parts or case.objections or result.task.plan_ref):
        return PASSED
    return replace(PASSED, parts=_parts(case.parts, ()), terms=(), alive=False, batch=_batch(result))


def reported(case: Case, fact: Fact, provinces: Mapping[str, str]) -> Change:
    """What a failed or doubtful result, or its correction, does to its case; once overturned nothing is owed for it any more.

    provinces: node → first two digits
    """
    result: ResultReported = fact.event
    found = route(facts(result, fact.province, provinces, day_of(from_millis(fact.recordedtime))))
    failed, stands = result.verdict is Verdict.FAILED, case.standing is Standing.STANDS
    parts = _parts(case.parts, found.owers if failed else ())
    return Change(
        stage=result.verdict.value,
        flagged=tuple(Flag(ower.code, ower.role) for ower in found.owers),
        attention=found.attention,
        owed=tuple(_owed(case, result, found, parts)) if failed and stands else (),
        parts=parts,
        terms=terms.of_result(result, fact, found.place_type, case.terms) if failed else (),
        laboratory=_laboratory(result),
        batch=_batch(result),
        alive=stands and alive(parts, case.objections),
    )


def _parts(known: Sequence[Progress], owers: Iterable[Ower]) -> tuple[Progress, ...]:
    """How far each part is, after routing: who owes no more is released, and who owes again goes on where it stood."""
    owing = {(ower.part, ower.code): Progress(ower.part, ower.code) for ower in owers}
    kept = [replace_fields(each, released=(each.part, each.authority) not in owing) for each in known]
    seen = {(each.part, each.authority) for each in kept}
    return (*kept, *(fresh for key, fresh in owing.items() if key not in seen))


def _owed(case: Case, result: ResultReported, found: Routing, parts: Iterable[Progress]) -> Iterator[Duty]:
    """Who owes what for a failed sample: the notice over the border, the disposal of each part, and the re-test that was asked for."""
    industrial = duties.is_industrial(result)
    if found.notice_owed and found.producer_province:
        yield Duty(duties.ORIGIN_NOTICE if industrial else duties.NOTICE, _sampling_authority(found), found.producer_province)
    yield from duties.of_parts(parts, industrial=industrial)
    yield from objections.retests(case)


def noticed(case: Case, confirmation: Confirmation, provinces: Mapping[str, str]) -> tuple[bytes, ...]:
    """The notices that a delivery answers: the producer's province has been told once its node has what the notice is about."""
    reached, rules = provinces[confirmation.by] + "0000", (duties.NOTICE, duties.ORIGIN_NOTICE)
    told = (each for each in case.obligations if each.open and each.rule in rules and each.part == reached)
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


def _batch(result: ResultReported) -> tuple[str, str] | None:
    """The plan that a sample was taken for, by its number or the id of its case, and where."""
    ref = result.task.plan_ref
    return (ref if "/" in ref else identifier(ref), result.sampled_unit.party.division or "") if ref else None


def _laboratory(result: ResultReported) -> tuple[str, str]:
    return (result.lab.cma_no or "", compact(result.lab.name)) if result.lab else ("", "")
