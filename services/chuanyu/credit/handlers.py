"""What the credit service does with each event of its family."""

from __future__ import annotations

from collections.abc import Mapping

from chuanyu.casework.case import Case, Fact
from chuanyu.casework.decisions import Ending
from chuanyu.casework.service import FamilyService
from chuanyu.casework.steps import Change, Steps
from chuanyu.contracts.credit import SanctionImposed, SanctionLifted
from chuanyu.credit import rules


def service(provinces: Mapping[str, str]) -> FamilyService:
    """The credit service of a bus. provinces: word of a node → first two digits of its divisions."""
    return FamilyService(STEPS, provinces)


def on_sanction_imposed(case: Case, fact: Fact) -> Change:
    """A sanction opens its case."""
    return rules.imposed(fact.event, case.standing)


def on_sanction_lifted(case: Case, fact: Fact) -> Change:
    """A lifting ends it, where the province says so that imposed it."""
    return rules.lifted(fact.event, case.standing, fact.province)


STEPS = Steps("credit", openings={SanctionImposed: on_sanction_imposed}, additions={SanctionLifted: on_sanction_lifted})
ENDING = Ending("sanction_expired", 1, rules.expired)
