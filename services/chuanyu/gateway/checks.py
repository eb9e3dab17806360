"""What the rules of contents have in common. Each looks at a part of a wire value, where null stands for what could not be read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from chuanyu.domain.dates import to_days
from chuanyu.domain.violations import Checked
from chuanyu.gateway.envelope import Findings
from chuanyu.gateway.members import Member

Wire = dict[str, Any]
UNKNOWN = "UNKNOWN"

_PAST = {  # days on which something was done, so none of them is to come
    "spotcheck.objection_raised": ("raised_on",),
    "spotcheck.objection_resolved": ("raised_on", "resolved_on"),
    "spotcheck.disposal_updated": ("received_on", "served_on"),
    "reference.dispute_resolved": ("decided_on",),
}


def at(wire: Wire, path: str) -> Any:
    """The value at a dotted path, None where the way ends before."""
    value: Any = wire
    for name in path.split("."):
        value = value[name] if value is not None else None
    return value


def take(checked: Checked, holder: Wire, name: str, found: Findings) -> None:
    """Takes a number in its canonical form, with what was found about it."""
    found.refusals += checked.refusals
    found.warnings += checked.warnings
    if checked.value is not None:
        holder[name] = checked.value


def period(wire: Wire, begins: str, ends: str, found: Findings) -> None:
    """Refuses period_reversed."""
    if wire[begins] is not None and wire[ends] is not None and wire[ends] < wire[begins]:
        found.refuse("period_reversed", ends)


def own(authority: Wire | None, path: str, member: Member, found: Findings) -> None:
    """Whoever acts is the member itself, or an authority below it for which it speaks."""
    division, named = (authority or {}).get("division"), (authority or {}).get("member_id")
    if named not in (None, member.id):
        found.refuse("authority_foreign", f"{path}.member_id", member=member.id)
    if division is not None and not member.answers_for(division):
        found.refuse("jurisdiction_foreign", f"{path}.division", code=division, member=member.id)


def given(wire: Wire, names: Iterable[str], code: str, found: Findings) -> None:
    """Refuses, with this code, each of the fields that says nothing."""
    for name in names:
        if wire[name] in (None, (), [], UNKNOWN):
            found.refuse(code, name)


def days_to_come(event: str, wire: Wire, today: date, found: Findings) -> None:
    """Refuses day_to_come for what is said to be done later than today."""
    for name in _PAST.get(event, ()):
        if wire[name] is not None and wire[name] > to_days(today):
            found.refuse("day_to_come", name)
