"""What is refused for reasons that lie in the record alone, by every service alike; each refusal beside a control that passes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace as amended
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from chuanyu.casework.case import Standing
from chuanyu.contracts import registry
from chuanyu.contracts.case import CaseClosed, ClosingBasis, ObligationOverdue
from chuanyu.contracts.common import Addressee, AddresseeRole, Authority, CaseHead, LegalBasis, ReceiptKind
from chuanyu.contracts.reference import CertificateChanged, LaboratoryChanged
from chuanyu.contracts.spotcheck import PlanPublished, Report
from chuanyu.credit import rules
from chuanyu.domain import records
from chuanyu.domain.dates import midnight, to_days
from chuanyu.kernel.faults import RuleViolated
from chuanyu.kernel.store import Arrived, Service
from chuanyu.node import services
from chuanyu.recognition import facts, messages
from chuanyu.recognition.facts import OPENINGS
from chuanyu.recognition.handlers import Recognition
from kit import asking
from kit.cases import (
    CASE,
    NOON,
    PROVINCES,
    SANCTION,
    YIBIN,
    Talk,
    corrects,
    follow_up,
    lifting,
    named,
    receipt,
    result,
    sanction,
    withdrawn,
)
from kit.mutations import NUMBERS, mutated, sound

SERVICES = {service.name: service for service in services("sichuan", PROVINCES)}
RECALL = "sichuan/recall/R-1"
FAMILIES = {*Recognition.families, "case"}  # what the keepers of cases and the answerer of questions hear alike
SOUND = sound(FAMILIES)


def heard(event: Any, province: str = "chongqing", **head: Any) -> Arrived:
    arrived = Talk().say(province, event, "it")
    return amended(arrived, head=amended(arrived.head, **head))


def headed(event: Any, **fields: Any) -> Any:
    return replace(event, head=replace(event.head, **fields))


def overdue(*, level: int) -> ObligationOverdue:
    basis = LegalBasis(rule_id="spotcheck_disposal_start", version=1)
    head, id = CaseHead(case_id=CASE), str(named("owed"))
    return ObligationOverdue(head=head, obligation_id=id, rule=basis, authority=Authority(division=YIBIN), due_at=NOON, level=level)


def hearers(arrived: Arrived) -> list[Service]:
    """The service that keeps the case, and the one that answers questions about it; of `reference` one does both."""
    return [SERVICES.get(arrived.case_id.split("/")[1], SERVICES["recognition"]), SERVICES["recognition"]]


def judged(service: Service, arrived: Arrived) -> dict[str, object]:
    """What a service parks it for; nothing when it takes it."""
    try:
        service.check(arrived)
    except RuleViolated as fault:
        return {"why": str(fault), **fault.facts}
    return {}


@pytest.mark.parametrize(
    "event", [result(), corrects(result(), "other"), withdrawn("other"), receipt("other")], ids=lambda e: type(e).__name__
)
def test_what_is_in_order_passes(event: Any) -> None:
    for service in hearers(heard(event)):
        service.check(heard(event))


def test_a_neighbour_may_withdraw_confirm_and_lift() -> None:
    for event in (receipt("other"), withdrawn("other")):
        assert judged(SERVICES["spotcheck"], heard(event, "sichuan")) == {}
    assert judged(SERVICES["credit"], heard(lifting())) == {}


@pytest.mark.parametrize(
    ("spoil", "field"),
    [
        (lambda: amended(heard(result()), event=headed(result(), case_id="chongqing/spotcheck/other")), "head.case_id"),
        (lambda: heard(sanction(case=CASE)), "type"),
        (lambda: heard(result(), "sichuan"), "source"),
        (lambda: heard(sanction(case=SANCTION)), "source"),
        (lambda: heard(asking.recall(RECALL)), "source"),
        (lambda: heard(result(), time=-1), "time"),
        (lambda: heard(result(), time=253_402_300_799_000), "time"),
        (lambda: heard(result(), recordedtime=7_258_089_600_000), "recordedtime"),
        (lambda: heard(replace(lifting(), effective_at=2**62)), "effective_at"),
        (lambda: heard(corrects(result(), "it")), "head.correction_of"),
        (lambda: heard(headed(result(), correction_of="no id")), "head.correction_of"),
        (lambda: heard(headed(result(), correction_of="0198F0B2-0000-7000-8000-000000000001")), "head.correction_of"),
        (lambda: heard(headed(result(), flagged=(Addressee(division="51", role=AddresseeRole.OTHER),))), "head.flagged"),
        (lambda: heard(headed(result(), attention=("51 000",))), "head.attention"),
        (lambda: heard(receipt("other", kind=ReceiptKind.UNKNOWN)), "kind"),
        (lambda: heard(receipt("other", division="５１００００")), "authority.division"),
        (lambda: heard(replace(withdrawn("other"), event_id="")), "event_id"),
        (lambda: heard(follow_up(YIBIN, about="0198f0b2")), "about"),
        (lambda: heard(follow_up(YIBIN, extends="that one")), "extends"),
        (lambda: heard(overdue(level=0)), "level"),
        (lambda: heard(replace(result(), items=())), "items"),
        (lambda: heard(replace(result(), sampling=replace(result().sampling, sample_no="XBJ26500103002"))), "sampling.sample_no"),
        (lambda: heard(replace(result(), report=Report(report_no="W1", issued_on=84_006))), "report.issued_on"),
        (lambda: heard(replace(sanction(), until=2_932_897), "sichuan"), "until"),
        (lambda: heard(replace(asking.recall(RECALL), consignee_divisions=("渝中区",)), "sichuan"), "consignee_divisions"),
        (lambda: heard(replace(result(), labelled_producer=replace(result().labelled_producer, name="试\0验"))), "labelled_producer.name"),
        (lambda: heard(replace(result(), product=replace(result().product, name="饼" * 334))), "product.name"),
    ],
)
def test_d13_what_can_never_be_applied_is_refused_by_all_and_says_where(spoil: Callable[[], Arrived], field: str) -> None:
    for service in hearers(spoil()):
        assert judged(service, spoil()).get("field") == field, service.name


@settings(max_examples=600, deadline=None)
@given(data=st.data())
def test_d4_d8_what_one_service_parks_no_other_applies(data: st.DataObject) -> None:
    """Whatever a neighbour makes of an event, the keeper of cases and the answerer of questions say the same of it."""
    event = data.draw(st.sampled_from(SOUND))
    province = data.draw(st.sampled_from([event.head.case_id.partition("/")[0]] * 3 + list(PROVINCES)))
    arrived = heard(event, province)
    if data.draw(st.booleans()):
        arrived = amended(arrived, head=amended(arrived.head, **{data.draw(st.sampled_from(["time", "recordedtime"])): data.draw(NUMBERS)}))
    arrived = amended(arrived, event=mutated(data.draw, event))
    keeper, answerer = (judged(service, arrived) for service in hearers(arrived))
    assert keeper == answerer


def test_d13_every_event_of_a_case_has_rules_of_its_own() -> None:
    known = {f"{one.family}.{one.event}" for one in registry.CONTRACTS.values() if one.family in FAMILIES}
    assert known <= records.OF_EVENTS.keys()


def test_d8_all_agree_on_what_opens_a_case() -> None:
    kept = {kind for name in ("spotcheck", "recall", "credit") for kind in SERVICES[name]._steps.openings}  # type: ignore[attr-defined]
    assert kept - {PlanPublished} == OPENINGS - {CertificateChanged, LaboratoryChanged}, "nobody asks whether a plan counts here"
    assert {f"{one.family}.{one.event}" for one in map(registry.BY_CLASS.__getitem__, kept | OPENINGS)} <= records.OPENINGS


def test_d10_silence_is_found_by_the_home_of_the_case_alone() -> None:
    (silent,) = [each for each in SOUND if isinstance(each, CaseClosed) and each.basis is ClosingBasis.SILENCE]
    decided = replace(silent, basis=ClosingBasis.DECISION)
    assert judged(SERVICES["spotcheck"], heard(silent)) == judged(SERVICES["spotcheck"], heard(decided, "sichuan")) == {}
    assert judged(SERVICES["spotcheck"], heard(silent, "sichuan")).get("field") == "source"


@pytest.mark.parametrize("event", [each for each in SOUND if hasattr(each, "sample_no")], ids=lambda event: type(event).__name__)
def test_d19_what_is_said_of_a_sample_stands_in_its_case(event: Any) -> None:
    assert judged(SERVICES["spotcheck"], heard(event)) == {}
    assert judged(SERVICES["spotcheck"], heard(replace(event, sample_no="XBJ26500103000300002"))).get("field") == "sample_no"


@pytest.mark.parametrize("event", SOUND, ids=lambda event: type(event).__name__)
def test_d13_no_day_or_instant_of_any_event_goes_unjudged(event: Any) -> None:
    """The schemas say which numbers are days and instants; each, far outside the calendar, is refused."""
    schema = registry.BY_CLASS[type(event)].schema
    for path, spoilt in _outside(event, schema, {}):
        arrived = amended(heard(event, event.head.case_id.partition("/")[0]), event=spoilt)
        assert {str(judged(service, arrived).get("field")) for service in hearers(arrived)} == {path}


@pytest.mark.parametrize("last", ["2200-01-01", "2999-12-31", "9999-12-31"])
def test_what_holds_for_good_is_taken_with_the_end_that_registers_write_for_it(last: str) -> None:
    """长期: the end of a validity may lie beyond every calendar, the beginning of one and what was done may not."""
    day = to_days(date.fromisoformat(last))
    sanctioned = replace(asking.sanction(until=last), publish_until=day)
    for event in (sanctioned, *(replace(each, valid_to=day) for each in SOUND if isinstance(each, LaboratoryChanged | CertificateChanged))):
        begins = "effective_from" if event is sanctioned else "valid_from"
        home = event.head.case_id.partition("/")[0]
        for service in hearers(heard(event, home)):
            assert judged(service, heard(event, home)) == {}
            assert judged(service, heard(replace(event, **{begins: day}), home)).get("field") == begins


def test_what_holds_for_good_is_filed_and_ends_after_its_last_day() -> None:
    """Every rule that reads an end takes the last day that can be written."""
    event = asking.sanction(until="9999-12-31")
    assert rules.imposed(event, Standing.STANDS).ends == midnight(to_days(date.max) + 1)
    assert messages.stamp(facts.keys(event).ends_at).ToJsonString() == "9999-12-31T16:00:00Z"


def _outside(value: Any, schema: Any, named: dict[str, Any], path: str = "") -> list[tuple[str, Any]]:
    """(path, the value with the day or instant there far outside every calendar)."""
    if isinstance(schema, list):
        return [] if value is None else _outside(value, schema[1], named, path)
    if isinstance(schema, str):
        return _outside(value, named[schema], named, path) if schema in named else []
    if schema["type"] == "array":
        found = [(place, each) for place, one in enumerate(value) for each in _outside(one, schema["items"], named, f"{path}[{place}]")]
        return [(where, (*value[:place], spoilt, *value[place + 1 :])) for place, (where, spoilt) in found]
    if schema["type"] != "record":
        return [(path, 2**31 - 1 if schema["logicalType"] == "date" else 2**62)] if schema.get("logicalType") in _TIMES else []
    named[f"{schema['namespace']}.{schema['name']}"] = schema
    return [
        (where, replace(value, **{field["name"]: spoilt}))
        for field in schema["fields"]
        for where, spoilt in _outside(
            getattr(value, field["name"]), field["type"], named, f"{path}.{field['name']}" if path else field["name"]
        )
    ]


_TIMES = ("date", "timestamp-millis")
