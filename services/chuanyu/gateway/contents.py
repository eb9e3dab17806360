"""
What the data of an event must be beyond their schema (domain.md 3, 4, 5, 6), and what the gateway completes in them. Pure.

Both work on the wire value in place: `examine` brings numbers into their canonical form, `complete` adds what can be computed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chuanyu.domain.dates import day_of, from_millis
from chuanyu.domain.divisions import acting, province_of, status
from chuanyu.domain.identifiers import check_cma, check_gtin, check_licence, check_sample_no, check_uscc, document_no
from chuanyu.domain.products import categorise
from chuanyu.domain.routing import Facts, Routing, Site, route
from chuanyu.domain.violations import Checked
from chuanyu.gateway.envelope import Findings
from chuanyu.gateway.members import Member

Wire = dict[str, Any]
UNKNOWN = "UNKNOWN"
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
            _take(check_uscc(party["uscc"], f"{path}.uscc"), party, "uscc", found)
    if rule := _rules().get(event):
        rule(wire, member, found)


def complete(event: str, wire: Wire, node: Node, found: Findings) -> Routing | None:
    """What is computed at acceptance: how a party is keyed, whether a division still exists, who must act (spot checks alone)."""
    year = day_of(from_millis(node.now)).year
    for path, party in _parties(event, wire):
        _set(party, "key_quality", "USCC" if party["uscc"] else "DERIVED", f"{path}.key_quality", found)
        _division(party, path, year, found)
    if event == "recall.notice_issued":
        _consignees(wire, node, year, found)
    return _route(wire, node, found) if event == "spotcheck.result_reported" else None


def _rules() -> Mapping[str, Callable[[Wire, Member, Findings], None]]:
    return {
        "spotcheck.result_reported": _result,
        "recall.notice_issued": _notice,
        "credit.sanction_imposed": _sanction,
        "credit.sanction_lifted": _decision,
    }


_PARTIES = {
    "spotcheck.result_reported": ("sampled_unit.party", "labelled_producer", "entrusting_party"),
    "recall.notice_issued": ("recaller",),
    "credit.sanction_imposed": ("subject.party",),
}


def _parties(event: str, wire: Wire) -> Iterator[tuple[str, Wire]]:
    for path in _PARTIES.get(event, ()):
        if (party := _at(wire, path)) is not None:
            yield path, party


def _at(wire: Wire, path: str) -> Any:
    value: Any = wire
    for name in path.split("."):
        value = value[name] if value is not None else None
    return value


def _take(checked: Checked, holder: Wire, name: str, found: Findings) -> None:
    found.refusals += checked.refusals
    found.warnings += checked.warnings
    if checked.value is not None:
        holder[name] = checked.value


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
        _take(check_sample_no(sampling["sample_no"], "sampling.sample_no"), sampling, "sample_no", found)
    for check, holder, name in ((check_licence, "product", "licence_no"), (check_gtin, "product", "barcode"), (check_cma, "lab", "cma_no")):
        if (number := _at(wire, f"{holder}.{name}")) is not None:
            _take(check(number, f"{holder}.{name}").reported(), wire[holder], name, found)
    made, announced = _at(wire, "product.produced_on"), _at(wire, "publication.published_on")
    if made is not None and announced is not None and made > announced:
        found.refuse("produced_after_announcement", "product.produced_on")
    items = wire["items"]
    if wire["verdict"] == "FAILED" and items is not None and all(item and item["verdict"] == "PASSED" for item in items):
        found.refuse("no_failed_item", "items")
    _jurisdiction(wire, member, found)


def _jurisdiction(wire: Wire, member: Member, found: Findings) -> None:
    """A sample is taken in one's own jurisdiction; what was bought online was sampled wherever the shop sits."""
    code = _at(wire, "sampled_unit.party.division")
    online = _at(wire, "sampled_unit.online") is not None or _at(wire, "sampled_unit.place_type") == "ONLINE"
    if code is not None and not online and not member.answers_for(code):
        found.refuse("jurisdiction_foreign", "sampled_unit.party.division", code=code, member=member.id)


def _notice(wire: Wire, _: Member, found: Findings) -> None:
    if wire["regime"] not in _GRADED and wire["level"] not in (UNKNOWN, "UNGRADED"):
        found.refuse("level_not_in_regime", "level")
    _period(wire, "starts_on", "ends_on", found)


def _sanction(wire: Wire, member: Member, found: Findings) -> None:
    _decision(wire, member, found)
    _period(wire, "effective_from", "until", found)


def _decision(wire: Wire, member: Member, found: Findings) -> None:
    """谁认定、谁修复: the authority that decides is the member itself, or one below it for which it speaks."""
    written, division, named = wire["decision_no"], _at(wire, "authority.division"), _at(wire, "authority.member_id")
    if written is not None:
        _take(document_no(written, "decision_no"), wire, "decision_no", found)
        if "decision_no_written" in wire and wire["decision_no_written"] is None and wire["decision_no"] != written:
            wire["decision_no_written"] = written
    if named not in (None, member.id):
        found.refuse("authority_foreign", "authority.member_id", member=member.id)
    if division is not None and not member.answers_for(division):
        found.refuse("jurisdiction_foreign", "authority.division", code=division, member=member.id)


def _period(wire: Wire, begins: str, ends: str, found: Findings) -> None:
    if wire[begins] is not None and wire[ends] is not None and wire[ends] < wire[begins]:
        found.refuse("period_reversed", ends)


def _consignees(wire: Wire, node: Node, year: int, found: Findings) -> None:
    """Where the goods went is who must act; where that is not known, every province of the bus (domain.md 5.2)."""
    head, homes = wire["head"], tuple(digits + "0000" for digits in node.provinces.values())
    if head["flagged"]:
        return
    went = [acting(code, year) for code in wire["consignee_divisions"] if province_of(code, year) in homes]
    codes = went if wire["consignee_divisions"] else list(homes)
    head["flagged"] = [{"division": code, "role": "CONSIGNEE", "name": None} for code in dict.fromkeys(codes)]
    if head["flagged"]:
        found.warn("flagged_completed", "head.flagged")


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
