"""What follows from a sanction (联动惩戒), its lifting (解除) and its end by time (期满). Pure; source: domain 6.3, 6.4."""

from __future__ import annotations

from chuanyu.casework.case import Flag, Standing
from chuanyu.casework.steps import Change
from chuanyu.contracts.common import CaseHead, NoticeClass
from chuanyu.contracts.credit import LiftingBasis, SanctionImposed, SanctionLifted
from chuanyu.domain.dates import midnight

IMPOSED, LIFTED = "IMPOSED", "LIFTED"


def imposed(sanction: SanctionImposed, standing: Standing) -> Change:
    """What a sanction, or its correction, does to its case. One corrected after its lifting stays lifted."""
    stands = standing is Standing.STANDS
    return Change(
        stage=IMPOSED if stands else None,
        alive=stands,
        flagged=tuple(Flag(each.division, each.role.value) for each in sanction.head.flagged),
        attention=tuple(sanction.head.attention),
        ends=None if sanction.until is None else midnight(sanction.until + 1),
    )


def expired(case_id: str, sanction: SanctionImposed, ends: int) -> SanctionLifted:
    """What the home of a case says when the maximum period is over: 期满 needs no decision.

    ends: ms, the first instant after the last day
    """
    return SanctionLifted(
        head=CaseHead(case_id=case_id, notice_class=NoticeClass.FOLLOW_UP),
        list=sanction.list,
        authority=sanction.authority,
        decision_no=sanction.decision_no,
        basis=LiftingBasis.EXPIRED,
        effective_at=ends,
    )


def lifted(lifting: SanctionLifted, standing: Standing, province: str) -> Change:
    """A lifting ends the sanction everywhere and must be confirmed everywhere; of one that no longer stands there is nothing to lift.

    province: that of the speaker. Only the one that imposed a sanction, the home of its case, lifts it (谁认定、谁修复).
    """
    if province != lifting.head.case_id.partition("/")[0]:
        return Change(remarks=("not_the_issuer",))
    if standing is not Standing.STANDS:
        return Change(remarks=("nothing_to_lift",), undoes=True)
    return Change(stage=LIFTED, standing=Standing.LIFTED, alive=False, undoes=True)
