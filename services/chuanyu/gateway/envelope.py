"""What the envelope of a submission must be: its source, its time, its attributes. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chuanyu.domain.dates import parse_instant, to_millis
from chuanyu.domain.violations import Violation, violation
from chuanyu.gateway.members import Member
from chuanyu.kernel.envelope import from_base64url

ID_LIMIT = 200  # characters
DAY = 86_400_000  # ms
_REFERENCE = re.compile(r"[!-~]{1,200}")
_FORMS = {"correlationid": _REFERENCE, "causationid": _REFERENCE, "traceparent": re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")}
_NODES = ("sequence", "logicaltime", "recordedtime", "chuanyuseal")  # only the node can know them
_COMPARED = ("subject", "dataschema", "dataclassification")  # may be given, must be right


@dataclass(frozen=True, slots=True)
class Submission:
    """One CloudEvent as a door parsed it.

    data: what its JSON gave · attributes: all that have no place here, as text · faults: what the door could not parse
    """

    id: str
    source: str
    type: str
    data: Any
    specversion: str = "1.0"
    time: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[Violation, ...] = ()


@dataclass(slots=True)
class Findings:
    """What judging one submission brings to light."""

    refusals: list[Violation] = field(default_factory=list)
    warnings: list[Violation] = field(default_factory=list)

    def refuse(self, code: str, where: str, /, **facts: object) -> None:
        self.refusals.append(violation(code, where, **facts))

    def warn(self, code: str, where: str, /, **facts: object) -> None:
        self.warnings.append(violation(code, where, **facts))


@dataclass(frozen=True, slots=True)
class Extras:
    """What the envelope adds to an event. time: ms, None when not given."""

    time: int | None
    correlationid: str | None
    causationid: str | None
    traceparent: str | None
    member_signature: bytes | None


def examine(submission: Submission, member: Member, province: str, now: int, found: Findings) -> Extras:
    """All that is wrong with an envelope goes into found. now: ms."""
    found.refusals += submission.faults
    if submission.specversion != "1.0":
        found.refuse("specversion_unknown", "specversion")
    if not 0 < len(submission.id) <= ID_LIMIT:
        found.refuse("id_missing", "id")
    _source(submission.source, member, province, found)
    given = submission.attributes
    for name in given:
        _attribute(name, given[name], found)
    return Extras(
        time=_time(submission.time, now, found),
        correlationid=given.get("correlationid"),
        causationid=given.get("causationid"),
        traceparent=given.get("traceparent"),
        member_signature=_signature(given.get("chuanyumember"), found),
    )


def compare(submission: Submission, computed: Mapping[str, str], found: Findings) -> None:
    """Attributes that the gateway sets may be given if they are right. computed: those that are known by now."""
    for name, value in computed.items():
        if submission.attributes.get(name, value) != value:
            found.refuse("set_by_gateway", name, value=value)


def _source(source: str, member: Member, province: str, found: Findings) -> None:
    own = f"/{province}/{member.id}"
    if source == own:
        return
    if not source:
        found.refuse("source_missing", "source", source=own)
    elif source.startswith(f"/{province}/") or source.count("/") < 2:
        found.refuse("source_foreign", "source", source=own)
    else:
        found.refuse("province_foreign", "source", province=province)


def _time(text: str | None, now: int, found: Findings) -> int | None:
    if text is None:
        return None
    instant = parse_instant(text)
    if instant is None:
        found.refuse("time_malformed", "time")
        return None
    if to_millis(instant) > now + DAY:
        found.refuse("time_in_future", "time")
    return to_millis(instant)


def _attribute(name: str, value: str, found: Findings) -> None:
    if name == "datacontenttype":
        if value.split(";")[0].strip().lower() != "application/json":
            found.refuse("content_type_unknown", name, wanted="application/json")
    elif name in _NODES:
        found.refuse("set_by_gateway", name, value="(未知 unknown)")
    elif name in _FORMS:
        if not _FORMS[name].fullmatch(value):
            found.refuse("attribute_malformed", name)
    elif name not in _COMPARED and name != "chuanyumember":
        found.warn("attribute_ignored", name, name=name)


def _signature(text: str | None, found: Findings) -> bytes | None:
    try:
        return from_base64url(text) if text else None
    except ValueError:
        found.refuse("attribute_malformed", "chuanyumember")
        return None
