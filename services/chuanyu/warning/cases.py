"""What an alert, and its closing, do to their case. The duties are policy: alert_verification, alert_processed (after Reg. 2019/1715)."""

from __future__ import annotations

from collections.abc import Mapping

from chuanyu.casework.case import Case, Fact, Flag, Standing
from chuanyu.casework.steps import Change, Duty, Steps
from chuanyu.contracts.warning import AlertClosed, AlertRaised

RAISED, CLOSED = "RAISED", "CLOSED"


def steps(provinces: Mapping[str, str]) -> Steps:
    """The table of the family. provinces: word of a node → first two digits of its divisions."""

    def on_alert_raised(case: Case, fact: Fact) -> Change:
        """An alert, or its correction: its province verifies it, those flagged process it. One corrected after its closing stays closed."""
        stands = case.standing is Standing.STANDS
        head = fact.event.head
        flagged = tuple(Flag(each.division, each.role.value) for each in head.flagged)
        issuer = Duty("alert_verification", f"{provinces[fact.province]}0000")
        owed = (issuer, *(Duty("alert_processed", flag.division, flag.role) for flag in flagged))
        return Change(
            stage=RAISED if stands else None, alive=stands, flagged=flagged, attention=tuple(head.attention), owed=owed if stands else None
        )

    return Steps("warning", openings={AlertRaised: on_alert_raised}, additions={AlertClosed: on_alert_closed})


def on_alert_closed(case: Case, fact: Fact) -> Change:
    """Nothing is owed any more, and whoever got the alert confirms that."""
    if case.standing is not Standing.STANDS:
        return Change(remarks=("closed_before",), undoes=True)
    return Change(stage=CLOSED, standing=Standing.ENDED, alive=False, owed=(), undoes=True)
