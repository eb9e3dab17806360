"""What a service refuses for reasons that lie in the record alone; each refusal beside a control that passes."""

from collections.abc import Callable
from dataclasses import replace as amended
from typing import Any

import pytest
from msgspec.structs import replace

from chuanyu.contracts.common import Addressee, AddresseeRole, ReceiptKind
from chuanyu.kernel.faults import RuleViolated
from chuanyu.kernel.store import Arrived
from chuanyu.spotcheck.handlers import service
from kit.cases import CASE, PROVINCES, SANCTION, Talk, corrects, receipt, result, sanction, withdrawn

SERVICE = service(PROVINCES)


def heard(event: Any, province: str = "chongqing") -> Arrived:
    return Talk().say(province, event, "it")


def headed(event: Any, **fields: Any) -> Any:
    return replace(event, head=replace(event.head, **fields))


def test_what_is_in_order_passes() -> None:
    for event in (result(), corrects(result(), "other"), withdrawn("other"), receipt("other")):
        SERVICE.check(heard(event))
    SERVICE.check(heard(receipt("other"), "sichuan"))


@pytest.mark.parametrize(
    ("spoil", "field"),
    [
        (lambda: amended(heard(result()), event=result(case="chongqing/spotcheck/other")), "head.case_id"),
        (lambda: heard(sanction(case=CASE)), "type"),
        (lambda: heard(result(), "sichuan"), "source"),
        (lambda: amended(heard(result()), head=amended(heard(result()).head, time=-1)), "time"),
        (lambda: amended(heard(result()), head=amended(heard(result()).head, time=253_402_300_799_000)), "time"),
        (lambda: heard(corrects(result(), "it")), "head.correction_of"),
        (lambda: heard(headed(result(), correction_of="no id")), "event_id"),
        (lambda: heard(headed(result(), flagged=(Addressee(division="51", role=AddresseeRole.OTHER),))), "head.flagged"),
        (lambda: heard(headed(result(), attention=("51 000",))), "head.attention"),
        (lambda: heard(receipt("other", kind=ReceiptKind.UNKNOWN)), "kind"),
        (lambda: heard(receipt("other", division="５１００００")), "authority.division"),
        (lambda: heard(replace(withdrawn("other"), event_id="")), "event_id"),
        (lambda: heard(replace(result(), items=())), "items"),
    ],
)
def test_d13_what_can_never_be_applied_is_refused_and_says_where(spoil: Callable[[], Arrived], field: str) -> None:
    with pytest.raises(RuleViolated) as refused:
        SERVICE.check(spoil())
    assert refused.value.facts == {"field": field}


def test_another_familys_case_is_not_judged_by_this_ones_types() -> None:
    with pytest.raises(RuleViolated):
        SERVICE.check(heard(result(case=SANCTION), "sichuan"))
