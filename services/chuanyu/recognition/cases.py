"""What licences, certificates and disputes do to their cases: who must confirm a change of them (P9), and by when a dispute is answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chuanyu.casework.case import Case, Fact, Flag, Standing
from chuanyu.casework.steps import Change, Duty, Step, Steps
from chuanyu.contracts.reference import CertificateChanged, DisputeResolved, LaboratoryChanged, RecognitionDisputed

ANSWER = "recognition_dispute_answer"
DISPUTED, RESOLVED = "DISPUTED", "RESOLVED"


def steps(provinces: Mapping[str, str]) -> Steps:
    """The table of the family `reference`. provinces: word of a node → first two digits of its divisions."""

    def on_disputed(case: Case, fact: Fact) -> Change:
        """Whoever the dispute names answers it, else the province whose evidence it is (domain 8.3)."""
        return disputed(fact.event, case.standing, provinces)

    openings: dict[type, Step] = {LaboratoryChanged: on_changed, CertificateChanged: on_changed, RecognitionDisputed: on_disputed}
    return Steps("reference", openings=openings, additions={DisputeResolved: on_resolved}, follow_ups=frozenset({ANSWER}))


def on_changed(case: Case, fact: Fact) -> Change:
    """A licence or certificate, as its register says it: nothing is owed for it."""
    return Change(stage=fact.event.status.value, flagged=_flagged(fact.event), attention=fact.event.head.attention, owed=())


def disputed(dispute: RecognitionDisputed, standing: Standing, provinces: Mapping[str, str]) -> Change:
    """What a dispute, or its correction, does to its case; it is open until both provinces have decided."""
    stands = standing is Standing.STANDS
    issuer = provinces.get(dispute.evidence_case_id.partition("/")[0])
    flagged = _flagged(dispute) or ((Flag(f"{issuer}0000", "OTHER"),) if issuer else ())
    return Change(
        stage=DISPUTED if stands else None,
        alive=stands,
        flagged=flagged,
        attention=dispute.head.attention,
        owed=tuple(Duty(ANSWER, flag.division) for flag in flagged) if stands else None,
    )


def on_resolved(case: Case, fact: Fact) -> Change:
    """The two provincial authorities have decided: nothing more is to be answered."""
    if case.standing is not Standing.STANDS:
        return Change(remarks=("closed_before",))
    return Change(stage=RESOLVED, standing=Standing.ENDED, alive=False, owed=())


def _flagged(event: Any) -> tuple[Flag, ...]:
    return tuple(Flag(each.division, each.role.value) for each in event.head.flagged)
