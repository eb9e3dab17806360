"""By what an event is known again (catalogue.md, Business keys) and the case it stands in (D19). Pure; data are wire values."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from base64 import b32encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chuanyu.domain.dates import from_days
from chuanyu.domain.identifiers import compact, derived_party_key, identifier

Data = Mapping[str, Any]
SEPARATOR = "\x1f"
_IMPOSED = "chuanyu.credit.sanction_imposed.v1"
_PLAIN = re.compile(r"[A-Za-z0-9._-]{1,64}")


@dataclass(frozen=True, slots=True)
class Original:
    """The statement that an event refers to: by its event id, which stands in `field`, or by type and key."""

    event_id: UUID | None = None
    field: str = ""
    type: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Joined:
    """The case that an event adds to, whoever opened it: what `head.case_id` names, else what was opened at this node.

    family, sample: of that case, empty where any will do · event_id: of what opened it · field: where sample or event_id stands
    above: only who opened the case, or a provincial authority, may say this
    """

    family: str = ""
    sample: str = ""
    event_id: UUID | None = None
    field: str = "head.case_id"
    above: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """How one event is known again.

    parts: its business key; none where it has none, and the submitter's own (source, id) takes its place.
    original: what it refers to and only its issuer may; the event then stands in that one's case. joins: the case that it adds to.
    Without either it opens a case of its own family.
    again: once withdrawn, it may be said anew. What opens a case may not: its case is over at both nodes.
    """

    parts: Callable[[Data], tuple[str, ...]] | None
    original: Callable[[Data], Original] | None = None
    again: bool = False
    joins: Callable[[Data], Joined] | None = None


def rules() -> Mapping[str, Rule]:
    """What members may submit, by `family.event`. What does not stand here is said by nodes alone."""
    return {
        "spotcheck.result_reported": Rule(lambda data: (data["sampling"]["sample_no"],)),
        "spotcheck.plan_published": Rule(lambda data: (data["organisers"][0]["division"], identifier(data["plan_no"]))),
        "spotcheck.objection_raised": Rule(_objection, joins=_sample, again=True),
        "spotcheck.objection_resolved": Rule(_objection, joins=_sample, again=True),
        "spotcheck.disposal_updated": Rule(_disposal, joins=_sample, again=True),
        "recall.notice_issued": Rule(_notice),
        "credit.sanction_imposed": Rule(_sanction),
        "credit.sanction_lifted": Rule(_sanction, lambda data: Original(type=_IMPOSED, key=joined(_sanction(data))), again=True),
        "reference.laboratory_changed": Rule(lambda data: (data["cma_no"], _day(data["valid_from"]), data["status"])),
        "reference.certificate_changed": Rule(_certificate),
        "reference.recognition_disputed": Rule(None),
        "reference.dispute_resolved": Rule(None, joins=_dispute),
        "case.follow_up_added": Rule(None, joins=lambda _: Joined()),
        "case.reclassified": Rule(None, joins=lambda _: Joined(above=True)),
        "case.case_closed": Rule(None, joins=lambda _: Joined(above=True)),
        "case.case_reopened": Rule(None, joins=lambda _: Joined()),
        "case.withdrawn": Rule(lambda data: (str(UUID(data["event_id"])),), lambda data: Original(UUID(data["event_id"]), "event_id")),
    }


def joined(parts: Sequence[str]) -> str:
    """The parts of a key as one text: NFC, joined by 0x1F."""
    return SEPARATOR.join(unicodedata.normalize("NFC", part) for part in parts)


def case_id(province: str, family: str, key: str) -> str:
    """`{province}/{family}/{key}`; a key that is no plain word is base32 of its SHA-256, lower case, without padding."""
    word = key if _PLAIN.fullmatch(key) else b32encode(hashlib.sha256(key.encode()).digest()).decode().rstrip("=").lower()
    return f"{province}/{family}/{word}"


def family_of(case: str) -> str:
    """The family in a case id."""
    return case.split("/")[1]


def _notice(data: Data) -> tuple[str, ...]:
    """Regime and notice number; without a number what is recalled, by whom and when (domain.md 5)."""
    if data["notice_no"]:
        return data["regime"], identifier(data["notice_no"])
    recaller = data["recaller"]
    party = recaller["uscc"] or derived_party_key(recaller["name"] or "", recaller["division"])
    products = sorted(compact(each["product"]["name"] or "") for each in data["products"])
    batches = sorted(_batches(each["batches"]) for each in data["products"])
    return party, "|".join(products), "|".join(batches), from_days(data["issued_on"]).isoformat()


def _batches(batches: Data) -> str:
    """Everything that delimits the goods, as one text."""
    parts = [*sorted(batches["numbers"]), *(batches[name] for name in ("produced_from", "produced_to", "serial_from", "serial_to", "text"))]
    return ";".join("" if part is None else compact(str(part)) for part in parts)


def _sanction(data: Data) -> tuple[str, ...]:
    """The list, the authority by its division (always given, unlike its code), and the number of the listing decision."""
    return data["list"], data["authority"]["division"], data["decision_no"]


def _objection(data: Data) -> tuple[str, ...]:
    return data["sample_no"], data["kind"], _day(data["raised_on"])


def _disposal(data: Data) -> tuple[str, ...]:
    at = data["changed_at"] if data["finished_at"] is None else data["finished_at"]
    return data["sample_no"], data["part"], data["state"], str(at)


def _certificate(data: Data) -> tuple[str, ...]:
    return data["kind"], compact(data["body"]), data["number"], data["status"], _day(data["valid_from"])


def _sample(data: Data) -> Joined:
    return Joined("spotcheck", data["sample_no"], field="sample_no")


def _dispute(data: Data) -> Joined:
    return Joined("reference", event_id=UUID(data["dispute_id"]), field="dispute_id")


def _day(days: int) -> str:
    return from_days(days).isoformat()
