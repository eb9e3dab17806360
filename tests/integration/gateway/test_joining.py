"""Which case an event adds to, on a real database: named by its id or found, in either province; who may; and that no service parks it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chuanyu.domain.records import breaches
from chuanyu.gateway.accept import Desk, Result
from chuanyu.gateway.envelope import Submission
from chuanyu.gateway.members import Member
from chuanyu.kernel.codec import from_record
from chuanyu.kernel.envelope import Record, unpack_headers
from kit import said
from kit.acts import DATA, HERE, THERE, act, speaker
from kit.said import CHENGDU, SICHUAN

DISPOSAL, FOLLOW_UP, DISPUTED, DECIDED = (
    "spotcheck.disposal_updated", "case.follow_up_added", "reference.recognition_disputed", "reference.dispute_resolved",
)  # fmt: skip


async def one(desk: Desk, submission: Submission, member: Member = CHENGDU) -> Result:
    (result,) = await desk.submit(member, [submission])
    return result


def codes(result: Result) -> list[str]:
    return [violation.code for violation in result.violations]


async def test_d19_a_disposal_finds_the_case_of_the_sample_that_was_reported_here_even_in_one_batch(desk: Desk) -> None:
    reported, disposed = await desk.submit(CHENGDU, [said.result(), act(DISPOSAL)])
    assert (reported.outcome, disposed.outcome) == ("accepted", "accepted")
    assert disposed.case_id == reported.case_id == HERE
    assert (await one(desk, act(DISPOSAL))).event_id == disposed.event_id


async def test_d12_a_case_of_the_other_province_is_named_and_needs_not_have_been_seen(desk: Desk) -> None:
    assert codes(await one(desk, act(DISPOSAL))) == ["case_not_found"]
    named = await one(desk, act(DISPOSAL, {"head": {"case_id": THERE}}))
    assert (named.outcome, named.case_id) == ("accepted", THERE)


async def test_a_case_of_this_province_that_was_never_opened_is_refused(desk: Desk) -> None:
    assert codes(await one(desk, act(FOLLOW_UP, {"head.case_id": HERE}))) == ["case_not_here"]
    await one(desk, said.result())
    assert (await one(desk, act(FOLLOW_UP, {"head.case_id": HERE}))).case_id == HERE


async def test_d20_what_was_added_is_corrected_and_withdrawn_by_who_said_it_and_then_said_anew(desk: Desk) -> None:
    await one(desk, said.result())
    first = await one(desk, act(DISPOSAL))
    other = await one(desk, act(DISPOSAL, {"cause_note": "另有原因"}))
    assert codes(other) == ["conflicting_content"]
    corrected = await one(desk, act(DISPOSAL, {"cause_note": "另有原因", "head.correction_of": str(first.event_id)}))
    assert (corrected.outcome, corrected.case_id) == ("accepted", HERE)
    assert (await one(desk, said.withdrawal(corrected.event_id))).outcome == "accepted"
    again = await one(desk, act(DISPOSAL, {"cause_note": "再次报送"}))
    assert (again.outcome, again.case_id) == ("accepted", HERE)


@pytest.mark.parametrize("event", ["case.reclassified", "case.case_closed"])
async def test_s8_class_and_end_of_a_case_are_for_its_issuer_and_the_province(desk: Desk, event: str) -> None:
    await one(desk, said.result(member=CHENGDU))
    yibin = replace(CHENGDU, id="yibin-amr", division="511500", jurisdiction=("511500",))
    foreign = await one(desk, act(event, {"authority": {"division": "511500"}}, member=yibin), yibin)
    assert (foreign.status, codes(foreign)) == ("PERMISSION_DENIED", ["issuer_or_above_alone"])
    assert (await one(desk, act(event))).outcome == "accepted"
    above = act(event, {"authority": {"division": "510000"}}, member=SICHUAN)
    assert (await one(desk, above, SICHUAN)).outcome == "accepted"
    abroad = {"head.case_id": THERE}
    assert codes(await one(desk, act(event, abroad))) == ["issuer_or_above_alone"]


async def test_a_decision_stands_in_the_case_of_its_dispute(desk: Desk) -> None:
    disputed = await one(desk, act(DISPUTED))
    changes: dict[str, Any] = {"head": {}, "dispute_id": str(disputed.event_id)}
    decided = await one(desk, act(DECIDED, changes), SICHUAN)
    assert (decided.outcome, decided.case_id) == ("accepted", disputed.case_id)
    assert codes(await one(desk, act(DECIDED, {"head": {}}), SICHUAN)) == ["case_not_found"]


async def test_s8_whoever_adds_to_a_case_has_a_right_in_its_family(desk: Desk) -> None:
    limited = replace(CHENGDU, publishes=frozenset({"recall", "case"}))
    denied = await one(desk, act(FOLLOW_UP), limited)
    assert (denied.status, codes(denied)) == ("PERMISSION_DENIED", ["type_not_permitted"])


async def test_d4_what_the_gateway_accepts_no_service_parks(desk: Desk, ask: Any) -> None:
    """Every event, from the log that the relay would publish."""
    await one(desk, said.result())
    for event in DATA:
        accepted = await one(desk, act(event), speaker(event))
        assert (event, accepted.outcome) == (event, "accepted")
    rows = ask("SELECT topic, case_id, headers, value FROM bus.log ORDER BY id")
    assert len(rows) == 1 + len(DATA)
    for topic, case, headers, value in rows:
        event, head = from_record(Record(topic, case.encode(), unpack_headers(bytes(headers)), bytes(value)))
        assert list(breaches(head, event)) == []
