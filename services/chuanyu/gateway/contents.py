"""
What the data of an event must be beyond their schema (domain.md 3, 4, 5, 6), and what the gateway completes in them. Pure.

Both work on the wire value in place: `examine` brings numbers into their canonical form, `complete` adds what can be computed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from chuanyu.domain.dates import day_of, from_millis
from chuanyu.domain.divisions import acting, province_of, status
from chuanyu.domain.identifiers import check_cma, check_gtin, check_licence, check_sample_no, check_uscc, document_no
from chuanyu.domain.products import categorise
from chuanyu.domain.routing import Facts, Routing, Site, route
from chuanyu.gateway import acts, qualifications
from chuanyu.gateway.checks import UNKNOWN, Wire, at, days_to_come, given, own, period, take
from chuanyu.gateway.envelope import Findings
from chuanyu.gateway.members import Member

_GRADED = frozenset({"FOOD", "DRUG", "MEDICAL_DEVICE"})  # regimes that know levels (domain.md 5.1)


@dataclass(frozen=True, slots=True)
class Node:
    """Where it is judged, and when. provinces: word → first two digits of its division codes; now: ms."""

    province: str
    provinces: Mapping[str, str]
    now: int


def examine(event: str, wire: Wire, member: Member, found: Findings) -> None:
    """Canonical numbers, and every rule that the event breaks. event: `family.event`.

    Takes what `forms.from_json` gives also where it found faults (null stands for what it could not read), so that all come at once.
    """
    for path, party in _parties(event, wire):
        if party["uscc"] is not None:
            take(check_uscc(party["uscc"], f"{path}.uscc"), party, "uscc", found)
    if rule := _rules().get(event):
        rule(wire, member, found)


def complete(event: str, wire: Wire, node: Node, found: Findings) -> Routing | None:
    """What is computed at acceptance: how a party is keyed, whether a division still exists, who must act (spot checks alone)."""
    year = day_of(from_millis(node.now)).year
    for path, party in _parties(event, wire):
        _set(party, "key_quality", "USCC" if party["uscc"] else "DERIVED", f"{path}.key_quality", found)
        _division(party, path, year, found)
    days_to_come(event, wire, day_of(from_millis(node.now)), found)
    if event == "recall.notice_issued":
        _consignees(wire, node, year, found)
    elif event == "spotcheck.plan_published":
        _regions(wire, year, found)
    elif event == "reference.dispute_resolved":
        qualifications.decided(wire, node.provinces, found)
    return _route(wire, node, found) if event == "spotcheck.result_reported" else None


def _rules() -> Mapping[str, Callable[[Wire, Member, Findings], None]]:
    return {
        "spotcheck.result_reported": _result,
        "recall.notice_issued": _notice,
        "credit.sanction_imposed": _sanction,
        "credit.sanction_lifted": _decision,
        "spotcheck.plan_published": _plan,
        **acts.RULES,
        **qualifications.RULES,
    }


_PARTIES = {
    "spotcheck.result_reported": ("sampled_unit.party", "labelled_producer", "entrusting_party"),
    "recall.notice_issued": ("recaller",),
    "credit.sanction_imposed": ("subject.party",),
    "spotcheck.objection_raised": ("party",),
    "reference.certificate_changed": ("holder",),
}


def _parties(event: str, wire: Wire) -> Iterator[tuple[str, Wire]]:
    for path in _PARTIES.get(event, ()):
        if (party := at(wire, path)) is not None:
            yield path, party


def _set(holder: Wire, name: str, value: str, where: str, found: Findings) -> None:
    if holder[name] == UNKNOWN:
        holder[name] = value
    elif holder[name] != value:
        found.refuse("value_differs", where, value=value)


def _division(party: Wire, path: str, year: int, found: Findings) -> None:
    code = party["division"]
    if code is None:
        return
    standing = status(code, year)
    _set(party, "division_status", standing, f"{path}.division_status", found)
    if standing != "CURRENT":
        found.warn(f"division_{standing.lower()}", f"{path}.division", code=code)


def _result(wire: Wire, member: Member, found: Findings) -> None:
    sampling = wire["sampling"] or {}
    if sampling.get("sample_no") is not None:
        take(check_sample_no(sampling["sample_no"], "sampling.sample_no"), sampling, "sample_no", found)
    for check, holder, name in ((check_licence, "product", "licence_no"), (check_gtin, "product", "barcode"), (check_cma, "lab", "cma_no")):
        if (number := at(wire, f"{holder}.{name}")) is not None:
            take(check(number, f"{holder}.{name}").reported(), wire[holder], name, found)
    made, announced = at(wire, "product.produced_on"), at(wire, "publication.published_on")
    if made is not None and announced is not None and made > announced:
        found.refuse("produced_after_announcement", "product.produced_on")
    items = wire["items"]
    if wire["verdict"] == "FAILED" and items is not None and all(item and item["verdict"] == "PASSED" for item in items):
        found.refuse("no_failed_item", "items")
    _jurisdiction(wire, member, found)


def _jurisdiction(wire: Wire, member: Member, found: Findings) -> None:
    """A sample is taken in one's own jurisdiction; what was bought online was sampled wherever the shop sits."""
    code = at(wire, "sampled_unit.party.division")
    online = at(wire, "sampled_unit.online") is not None or at(wire, "sampled_unit.place_type") == "ONLINE"
    if code is not None and not online and not member.answers_for(code):
        found.refuse("jurisdiction_foreign", "sampled_unit.party.division", code=code, member=member.id)


def _notice(wire: Wire, _: Member, found: Findings) -> None:
    if wire["regime"] not in _GRADED and wire["level"] not in (UNKNOWN, "UNGRADED"):
        found.refuse("level_not_in_regime", "level")
    period(wire, "starts_on", "ends_on", found)


def _sanction(wire: Wire, member: Member, found: Findings) -> None:
    _decision(wire, member, found)
    period(wire, "effective_from", "until", found)


def _decision(wire: Wire, member: Member, found: Findings) -> None:
    """谁认定、谁修复: the authority that decides is the member itself, or one below it for which it speaks."""
    written = wire["decision_no"]
    if written is not None:
        take(document_no(written, "decision_no"), wire, "decision_no", found)
        if "decision_no_written" in wire and wire["decision_no_written"] is None and wire["decision_no"] != written:
            wire["decision_no_written"] = written
    own(wire["authority"], "authority", member, found)


def _plan(wire: Wire, member: Member, found: Findings) -> None:
    """联动抽查计划: its first organiser submits it, each region once and with something to do (domain 4.2)."""
    given(wire, ("organisers", "products", "regions", "parts"), "list_empty", found)
    if wire["organisers"]:
        own(wire["organisers"][0], "organisers[0]", member, found)
    regions = [region for region in wire["regions"] or () if region]
    codes = [region["division"] for region in regions]
    if len(set(codes)) < len(codes):
        found.refuse("region_twice", "regions")
    if any(region["batches"] is not None and region["batches"] < 1 for region in regions):
        found.refuse("batches_missing", "regions")
    for place, lab in enumerate(wire["labs"] or ()):
        if lab and lab["cma_no"] is not None:
            take(check_cma(lab["cma_no"], f"labs[{place}].cma_no").reported(), lab, "cma_no", found)
    period(wire, "starts_on", "ends_on", found)


def _consignees(wire: Wire, node: Node, year: int, found: Findings) -> None:
    """Where the goods went is who must act; where that is not known, every province of the bus (domain.md 5.2).

    Nobody is added to a notice for attention, which asks nothing of anybody (domain.md 7.1).
    """
    head, homes = wire["head"], tuple(digits + "0000" for digits in node.provinces.values())
    if head["flagged"] or head["notice_class"] == "ATTENTION":
        return
    went = [acting(code, year) for code in wire["consignee_divisions"] if province_of(code, year) in homes]
    codes = went if wire["consignee_divisions"] else list(homes)
    head["flagged"] = [{"division": code, "role": "CONSIGNEE", "name": None} for code in dict.fromkeys(codes)]
    if head["flagged"]:
        found.warn("flagged_completed", "head.flagged")


def _regions(wire: Wire, year: int, found: Findings) -> None:
    """Who takes the samples must act."""
    head, codes = wire["head"], [acting(region["division"], year) for region in wire["regions"]]
    if not head["flagged"]:
        head["flagged"] = [{"division": code, "role": "OTHER", "name": None} for code in dict.fromkeys(codes)]
        found.warn("flagged_completed", "head.flagged")
    if head["notice_class"] == UNKNOWN:
        head["notice_class"] = "ROUTINE"


def _route(wire: Wire, node: Node, found: Findings) -> Routing:
    routing = route(_facts(wire, node))
    head = wire["head"]
    if not head["flagged"] and routing.owers:
        head["flagged"] = [{"division": ower.code, "role": ower.role, "name": None} for ower in routing.owers]
        head["attention"] = head["attention"] or list(routing.attention)
        found.warn("flagged_completed", "head.flagged")
    if head["notice_class"] == UNKNOWN:
        head["notice_class"] = routing.notice_class
    if head["product_domain"] == UNKNOWN and wire["product"]["category"]:
        head["product_domain"] = categorise(wire["product"]["category"][0]).product_domain
    found.warnings += routing.warnings
    return routing


def _facts(wire: Wire, node: Node) -> Facts:
    unit, category = wire["sampled_unit"], wire["product"]["category"]
    return Facts(
        here=node.provinces[node.province] + "0000",
        nodes=frozenset(digits + "0000" for digits in node.provinces.values()),
        on=day_of(from_millis(node.now)),
        producer=_site(wire["labelled_producer"]),
        sampled=_site(unit["party"]),
        entrusting=_site(wire["entrusting_party"]),
        platform=Site(name=unit["online"]["platform"]) if unit["online"] else None,
        category=category[0] if category else None,
        place_type=None if unit["place_type"] == UNKNOWN else unit["place_type"],
        verdict=wire["verdict"],
        severe_hazard=wire["head"]["notice_class"] == "ALERT",
    )


def _site(party: Wire | None) -> Site:
    return Site(party["division"], party["name"], party["uscc"]) if party else Site()
