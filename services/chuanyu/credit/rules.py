"""What follows from a sanction (联动惩戒) and its lifting (解除). Pure; source: domain 6.3, 6.4."""

from __future__ import annotations

from chuanyu.casework.case import Flag, Standing
from chuanyu.casework.steps import Change
from chuanyu.contracts.credit import SanctionImposed, SanctionLifted

IMPOSED, LIFTED = "IMPOSED", "LIFTED"


def imposed(sanction: SanctionImposed, standing: Standing) -> Change:
    """What a sanction, or its correction, does to its case. One corrected after its lifting stays lifted."""
    stands = standing is Standing.STANDS
    return Change(
        stage=IMPOSED if stands else None,
        alive=stands,
        flagged=tuple(Flag(each.division, each.role.value) for each in sanction.head.flagged),
        attention=tuple(sanction.head.attention),
    )


def lifted(lifting: SanctionLifted, standing: Standing) -> Change:
    """A lifting ends the sanction everywhere and must be confirmed everywhere; of one that no longer stands there is nothing to lift."""
    if standing is not Standing.STANDS:
        return Change(remarks=("nothing_to_lift",), undoes=True)
    return Change(stage=LIFTED, standing=Standing.LIFTED, alive=False, undoes=True)
