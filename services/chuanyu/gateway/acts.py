"""What is said about a case that stands: objections, disposals, follow-ups, closings (domain 4.2, 4.6, 5.3, 7.3). Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chuanyu.domain.identifiers import check_cma, check_sample_no
from chuanyu.gateway.checks import UNKNOWN, Wire, given, own, period, take
from chuanyu.gateway.envelope import Findings
from chuanyu.gateway.members import Member

Rule = Callable[[Wire, Member, Findings], None]
_NEEDED = {  # outcome of a follow-up → what it comes with, and the fault without (domain 5.3)
    "NO_MEASURE": ("reason", "reason_missing"),
    "MEASURE_TAKEN": ("quantities", "quantities_missing"),
    "OTHER": ("text", "text_missing"),
}


def _sample(wire: Wire, member: Member, found: Findings) -> None:
    if wire["sample_no"] is not None:
        take(check_sample_no(wire["sample_no"], "sample_no"), wire, "sample_no", found)
    own(wire["authority"], "authority", member, found)


def _retest_lab(wire: Wire, found: Findings) -> None:
    lab = wire["retest_lab"]
    if lab and lab["cma_no"] is not None:
        take(check_cma(lab["cma_no"], "retest_lab.cma_no").reported(), lab, "cma_no", found)


def _raised(wire: Wire, member: Member, found: Findings) -> None:
    """Parties never write themselves: an authority files their objection."""
    _sample(wire, member, found)
    _retest_lab(wire, found)
    party = wire["party"]
    if party is not None and not party["name"] and not party["uscc"]:
        found.refuse("party_unnamed", "party.name")


def _resolved(wire: Wire, member: Member, found: Findings) -> None:
    """A re-test that decides names its laboratory and what that found; what is not accepted has its reason."""
    _sample(wire, member, found)
    _retest_lab(wire, found)
    period(wire, "raised_on", "resolved_on", found)
    if wire["kind"] == "RETEST" and wire["outcome"] in ("UPHELD", "OVERTURNED"):
        given(wire, ("retest_lab", "retest_result"), "retest_missing", found)
    if wire["outcome"] == "NOT_ACCEPTED":
        given(wire, ("reason",), "reason_missing", found)


def _disposal(wire: Wire, member: Member, found: Findings) -> None:
    """完成 needs quantities, cause, authenticity and a penalty or the reason for none; a maker who was only named has no quantities."""
    _sample(wire, member, found)
    if wire["state"] == "FINISHED":
        counterfeit = wire["part"] == "PRODUCTION" and wire["authenticity"] == "COUNTERFEIT"
        given(wire, ("authenticity",) if counterfeit else ("quantities", "cause", "authenticity"), "needed_to_finish", found)
        if not wire["penalty_ref"] and not wire["no_penalty_reason"]:
            found.refuse("needed_to_finish", "penalty_ref")
    elif wire["finished_at"] is not None:
        found.refuse("not_finished", "finished_at")
    if wire["state"] == "SENT_BACK":
        given(wire, ("reason",), "reason_missing", found)
    _some_quantity(wire, found)


def _follow_up(wire: Wire, member: Member, found: Findings) -> None:
    own(wire["authority"], "authority", member, found)
    if wire["outcome"] in _NEEDED:
        name, code = _NEEDED[wire["outcome"]]
        given(wire, (name,), code, found)
    if wire["extends"] is not None and wire["outcome"] != "OTHER":
        given(wire, ("text",), "text_missing", found)
    _some_quantity(wire, found)


def _some_quantity(wire: Wire, found: Findings) -> None:
    quantities = wire["quantities"]
    if quantities and all(number is None for name, number in quantities.items() if name != "unit"):
        found.refuse("quantities_missing", "quantities")


def _reclassified(wire: Wire, member: Member, found: Findings) -> None:
    own(wire["authority"], "authority", member, found)
    if wire["notice_class"] in (None, UNKNOWN) and wire["level"] in (None, UNKNOWN):
        found.refuse("nothing_reclassified", "notice_class")
    if wire["level"] is not None and "/recall/" not in ((wire["head"] or {}).get("case_id") or ""):
        found.refuse("level_of_recalls_alone", "level")


def _closed(wire: Wire, member: Member, found: Findings) -> None:
    own(wire["authority"], "authority", member, found)
    if wire["basis"] == "SILENCE":
        found.refuse("silence_of_nodes_alone", "basis")
    given(wire, ("reason",), "reason_missing", found)


def _reopened(wire: Wire, member: Member, found: Findings) -> None:
    own(wire["authority"], "authority", member, found)


RULES: Mapping[str, Rule] = {
    "spotcheck.objection_raised": _raised,
    "spotcheck.objection_resolved": _resolved,
    "spotcheck.disposal_updated": _disposal,
    "case.follow_up_added": _follow_up,
    "case.reclassified": _reclassified,
    "case.case_closed": _closed,
    "case.case_reopened": _reopened,
}
