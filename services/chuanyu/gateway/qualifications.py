"""Laboratories, certificates, and disputes about what counts (互认基础; domain 3.4, 8.1, 8.3). Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chuanyu.domain.identifiers import check_ccc, check_cma, check_cnas, check_organic, check_uscc, compact, identifier
from chuanyu.gateway.checks import Wire, given, own, period, take
from chuanyu.gateway.envelope import Findings
from chuanyu.gateway.members import Member

Rule = Callable[[Wire, Member, Findings], None]
_NUMBERS = {"CCC": check_ccc, "ORGANIC": check_organic}


def _laboratory(wire: Wire, _: Member, found: Findings) -> None:
    """Its number is the key, so a malformed one is refused; a valid licence names what it covers."""
    for name, check in (("cma_no", check_cma), ("uscc", check_uscc)):
        if wire[name] is not None:
            take(check(wire[name], name), wire, name, found)
    if wire["cnas_no"] is not None:
        take(check_cnas(wire["cnas_no"], "cnas_no").reported(), wire, "cnas_no", found)
    if wire["status"] == "VALID":
        given(wire, ("scope",), "scope_missing", found)
    period(wire, "valid_from", "valid_to", found)


def _certificate(wire: Wire, _: Member, found: Findings) -> None:
    holder, number = wire["holder"], wire["number"]
    if number is not None:
        if check := _NUMBERS.get(wire["kind"]):
            take(check(number, "number"), wire, "number", found)
        elif compact(number):
            wire["number"] = identifier(number)
        else:
            found.refuse("certificate_no_missing", "number")
    if holder is not None and not holder["name"] and not holder["uscc"]:
        found.refuse("party_unnamed", "holder.name")
    period(wire, "valid_from", "valid_to", found)


def _disputed(wire: Wire, member: Member, found: Findings) -> None:
    own(wire["authority"], "authority", member, found)
    if wire["evidence_case_id"] is not None and wire["evidence_case_id"].count("/") != 2:
        found.refuse("case_malformed", "evidence_case_id")


def _resolved(wire: Wire, member: Member, found: Findings) -> None:
    """The two provincial authorities decide jointly; either of them says so for both."""
    if not member.provincial:
        found.refuse("provinces_alone", "source", member=member.id)


def decided(wire: Wire, provinces: Mapping[str, str], found: Findings) -> None:
    """Each province of the bus has decided. provinces: word → first two digits."""
    deciders = {authority["division"] for authority in wire["decided_by"]}
    if not deciders >= {digits + "0000" for digits in provinces.values()}:
        found.refuse("decided_by_incomplete", "decided_by")


RULES: Mapping[str, Rule] = {
    "reference.laboratory_changed": _laboratory,
    "reference.certificate_changed": _certificate,
    "reference.recognition_disputed": _disputed,
    "reference.dispute_resolved": _resolved,
}
