"""Whether a sample's case is still at work. Pure; source: domain 4.2."""

from __future__ import annotations

from collections.abc import Iterable

from chuanyu.casework.case import Objection, Progress
from chuanyu.casework.steps import Change

DOES_NOT_STAND = Change(remarks=("result_does_not_stand",))
"""What is said about a result that was withdrawn, overturned or passed changes nothing."""

TAKEN_BACK = Change(owed=(), alive=False)
"""With the result falls all that followed from it, from objections too (domain 7.4)."""


def alive(parts: Iterable[Progress], objections: Iterable[Objection]) -> bool:
    """Until every part is finished (完成) and no objection is open; receipts are the mechanics' own matter."""
    return any(not part.ended for part in parts) or any(each.open for each in objections)
