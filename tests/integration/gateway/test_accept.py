"""The acceptance on a real database: durable, once, corrected only by who said it, complete in its refusals."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chuanyu.gateway.accept import BATCH, QUEUE, Desk, Result, Submission
from chuanyu.kernel import codec
from chuanyu.kernel.codec import unpack_headers
from chuanyu.kernel.faults import StoreAway
from chuanyu.kernel.refusals import Kind, Refused
from chuanyu.kernel.store import Store
from kit import said
from kit.said import CHENGDU, SICHUAN

from .conftest import PLACE

Ask = Callable[..., list[tuple[Any, ...]]]


async def one(desk: Desk, submission: Submission, **how: Any) -> Result:
    (result,) = await desk.submit(how.pop("member", CHENGDU), [submission], **how)
    return result


def codes(result: Result) -> list[str]:
    return [v.code for v in result.violations]


def logged(ask: Ask) -> int:
    return int(ask("SELECT count(*) FROM bus.log")[0][0])


async def test_p1_what_was_accepted_stands_in_the_log(desk: Desk, ask: Ask) -> None:
    result = await one(desk, said.result(time="2026-09-14T09:00:00+08:00", id="my-7"))
    assert (result.submission_id, result.outcome, result.status) == ("my-7", "accepted", "")
    ((event_id, topic, case_id, headers, value, recorded_at),) = ask(
        "SELECT event_id, topic, case_id, headers, value, recorded_at FROM bus.log"
    )
    assert (event_id, topic, case_id) == (result.event_id, "sichuan.spotcheck", "sichuan/spotcheck/XBJ26510000300001")
    named = dict(unpack_headers(headers))
    assert named["ce_source"] == b"/sichuan/chengdu-amr"
    assert named["ce_time"] == b"2026-09-14T01:00:00.000Z"
    assert named["ce_subject"] == case_id.encode() and "ce_sequence" not in named
    event = codec.decode(value)
    assert event.head.case_id == result.case_id == case_id
    assert event.sampled_unit.party.phone == b"\x0013800001111"
    assert event_id.version == 7 and event_id.int >> 80 == recorded_at


async def test_the_gateway_completes_who_must_act_and_says_so(desk: Desk) -> None:
    result = await one(desk, said.result())
    data = result.data()
    assert data is not None and result.routing is not None
    assert {(each["division"], each["role"]) for each in data["head"]["flagged"]} == {("500103", "PRODUCTION"), ("510104", "CIRCULATION")}
    assert data["head"]["notice_class"] == "FOLLOW_UP" and data["head"]["product_domain"] == "FOOD"
    assert data["labelled_producer"]["key_quality"] == "DERIVED" and data["labelled_producer"]["division_status"] == "CURRENT"
    assert [w.code for w in result.warnings] == ["flagged_completed"]
    assert result.routing.cross_province


async def test_d19_the_same_again_is_a_duplicate_of_the_first(desk: Desk, ask: Ask) -> None:
    first = await one(desk, said.result())
    again = await one(desk, said.result())
    assert (again.outcome, again.event_id, again.case_id) == ("duplicate", first.event_id, first.case_id)
    assert logged(ask) == 1


async def test_d19_another_spelling_of_the_same_is_a_duplicate(desk: Desk) -> None:
    first = await one(desk, said.result())
    again = await one(desk, said.result(" ＸＢＪ26 510000300001 ", {"verdict": "FAILED", "task.type": "SUPERVISION"}))
    assert (again.outcome, again.event_id) == ("duplicate", first.event_id)


async def test_d19_a_remark_does_not_count(desk: Desk) -> None:
    first = await one(desk, said.result(changes={"remark": "第一次"}))
    assert (await one(desk, said.result(changes={"remark": "第二次"}))).event_id == first.event_id


async def test_d19_what_the_gateway_completed_may_be_given_and_is_the_same(desk: Desk) -> None:
    first = await one(desk, said.result())
    data = first.data()
    assert data is not None
    again = await one(desk, said.said("spotcheck.result_reported", data))
    assert (again.outcome, again.event_id) == ("duplicate", first.event_id)


async def test_d19_a_contradiction_is_refused_with_what_differs_and_how_to_correct(desk: Desk, ask: Ask) -> None:
    first = await one(desk, said.result())
    other = await one(desk, said.result(changes={"product.name": "别的食品", "items.0.value": "0.9"}))
    assert (other.outcome, other.status, other.current) == ("refused", "ALREADY_EXISTS", first.event_id)
    assert [(v.field, v.code) for v in other.violations] == [
        ("product.name", "conflicting_content"),
        ("items[0].value", "conflicting_content"),
    ]
    assert str(first.event_id) in other.violations[0].zh and "correction_of" in other.violations[0].en
    assert logged(ask) == 1


async def test_d19_a_contradiction_never_shows_values(desk: Desk) -> None:
    await one(desk, said.result())
    other = await one(desk, said.result(changes={"sampled_unit.party.phone": "13900002222"}))
    (found,) = other.violations
    assert found.field == "sampled_unit.party.phone"
    assert not any(value in found.zh + found.en for value in ("13800001111", "13900002222"))


async def test_d19_within_one_batch_the_first_stands(desk: Desk, ask: Ask) -> None:
    results = await desk.submit(CHENGDU, [said.result(), said.result(), said.result(changes={"product.name": "别的食品"})])
    assert [r.outcome for r in results] == ["accepted", "duplicate", "refused"]
    assert results[1].event_id == results[0].event_id and codes(results[2]) == ["conflicting_content"]
    assert results[2].current == results[0].event_id and logged(ask) == 1


async def test_d19_without_a_business_key_the_submitters_own_id_counts(desk: Desk, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    from chuanyu.gateway import rules
    from chuanyu.gateway.keys import Rule

    monkeypatch.setitem(rules._RULES, "recall.notice_issued", Rule(None))  # type: ignore[index]
    first, again, fresh = (
        await one(desk, said.notice(id="own-1")),
        await one(desk, said.notice(id="own-1")),
        await one(desk, said.notice(id="own-2")),
    )
    assert (first.outcome, again.outcome, fresh.outcome) == ("accepted", "duplicate", "accepted")
    assert again.event_id == first.event_id and fresh.case_id != first.case_id


async def test_d19_racing_equal_submissions_are_accepted_once(store: Store, ask: Ask) -> None:
    """Two nodes' worth of desks and forty callers say the same at the same time."""
    desks = [Desk(store, PLACE, threads=2) for _ in range(2)]
    try:
        for round_ in range(5):
            number = f"XBJ2651000030{round_:04d}"
            results = await asyncio.gather(*(one(desks[n % 2], said.result(number)) for n in range(40)))
            assert sorted(r.outcome for r in results) == ["accepted"] + ["duplicate"] * 39
            assert len({r.event_id for r in results}) == 1
    finally:
        for desk in desks:
            desk.close()
    assert logged(ask) == 5


async def test_d20_racing_corrections_leave_one(store: Store) -> None:
    desks = [Desk(store, PLACE, threads=2) for _ in range(2)]
    try:
        first = await one(desks[0], said.result())
        changes = [{"head.correction_of": str(first.event_id), "product.name": f"食品{n}"} for n in range(20)]
        results = await asyncio.gather(*(one(desks[n % 2], said.result(changes=each)) for n, each in enumerate(changes)))
    finally:
        for desk in desks:
            desk.close()
    (accepted,) = [r for r in results if r.outcome == "accepted"]
    refused = [r for r in results if r is not accepted]
    assert {(r.outcome, r.status, r.current) for r in refused} == {("refused", "ABORTED", accepted.event_id)}


async def test_d20_a_correction_names_the_current_version(desk: Desk, ask: Ask) -> None:
    first = await one(desk, said.result())
    second = await one(desk, said.result(changes={"head.correction_of": str(first.event_id), "product.name": "麻辣香肠二"}))
    assert (second.outcome, second.case_id) == ("accepted", first.case_id)
    stale = await one(desk, said.result(changes={"head.correction_of": str(first.event_id), "product.name": "麻辣香肠三"}))
    assert (stale.outcome, stale.status, codes(stale), stale.current) == ("refused", "ABORTED", ["not_current_version"], second.event_id)
    third = await one(desk, said.result(changes={"head.correction_of": str(second.event_id), "product.name": "麻辣香肠三"}))
    assert third.outcome == "accepted" and logged(ask) == 3


async def test_p1_d20_of_two_corrections_under_one_own_id_the_accepted_one_stands_in_the_log(desk: Desk, ask: Ask) -> None:
    """A member that never changes its own id: both corrections of one batch have one event id, and only one of them is accepted."""
    first = await one(desk, said.result())
    second = await one(desk, said.result(changes={"head.correction_of": str(first.event_id), "product.name": "二"}))
    named = {"三": first.event_id, "四": second.event_id}
    batch = [said.result(changes={"head.correction_of": str(of), "product.name": name}, id="1") for name, of in named.items()]
    stale, fresh = await desk.submit(CHENGDU, batch)
    assert (codes(stale), fresh.outcome) == (["not_current_version"], "accepted")
    ((value,),) = ask("SELECT value FROM bus.log WHERE event_id = %s", fresh.event_id)
    assert codec.decode(value).product.name == "四" and logged(ask) == 3


async def test_d20_a_repeated_correction_is_a_duplicate_even_when_it_was_corrected_since(desk: Desk) -> None:
    first = await one(desk, said.result())
    correction = said.result(changes={"head.correction_of": str(first.event_id), "product.name": "二"})
    second = await one(desk, correction)
    await one(desk, said.result(changes={"head.correction_of": str(second.event_id), "product.name": "三"}))
    again = await one(desk, correction)
    assert (again.outcome, again.event_id) == ("duplicate", second.event_id)
    assert (await one(desk, said.result())).event_id == first.event_id


async def test_d20_a_contradiction_after_a_correction_names_the_version_that_stands(desk: Desk) -> None:
    first = await one(desk, said.result())
    second = await one(desk, said.result(changes={"head.correction_of": str(first.event_id), "product.name": "二"}))
    assert (await one(desk, said.result(changes={"product.name": "四"}))).current == second.event_id


async def test_d20_a_correction_keeps_the_business_key(desk: Desk) -> None:
    first = await one(desk, said.result())
    other = await one(desk, said.result("XBJ26510000300002", {"head.correction_of": str(first.event_id)}))
    assert (other.outcome, codes(other)) == ("refused", ["correction_changes_key"])


async def test_d20_a_correction_of_nothing_is_refused(desk: Desk) -> None:
    unknown = "0198f0b2-0000-7000-8000-000000000001"
    assert codes(await one(desk, said.result(changes={"head.correction_of": unknown}))) == ["original_unknown"]
    first = await one(desk, said.result())
    wrong = await one(desk, said.result(changes={"head.correction_of": unknown}))
    assert (codes(wrong), wrong.current) == (["not_current_version"], first.event_id)


async def test_d20_only_the_issuer_corrects(desk: Desk) -> None:
    first = await one(desk, said.result())
    changes = {"head.correction_of": str(first.event_id), "product.name": "二"}
    other = await one(desk, said.result(changes=changes, member=SICHUAN), member=SICHUAN)
    assert (other.outcome, other.status, codes(other)) == ("refused", "PERMISSION_DENIED", ["not_the_issuer"])
    assert "/sichuan/chengdu-amr" in other.violations[0].en


async def test_a_withdrawal_stands_in_the_case_of_its_original(desk: Desk, ask: Ask) -> None:
    first = await one(desk, said.result())
    withdrawn = await one(desk, said.withdrawal(first.event_id))
    assert (withdrawn.outcome, withdrawn.case_id) == ("accepted", first.case_id)
    assert ask("SELECT topic, type FROM bus.log ORDER BY id DESC LIMIT 1") == [("sichuan.spotcheck", "chuanyu.case.withdrawn.v1")]
    assert (await one(desk, said.withdrawal(first.event_id))).event_id == withdrawn.event_id


async def test_a_withdrawal_names_the_current_version_and_comes_from_the_issuer(desk: Desk) -> None:
    first = await one(desk, said.result())
    second = await one(desk, said.result(changes={"head.correction_of": str(first.event_id), "product.name": "二"}))
    stale = await one(desk, said.withdrawal(first.event_id))
    assert (codes(stale), stale.current) == (["not_current_version"], second.event_id)
    foreign = await one(desk, said.withdrawal(second.event_id, member=SICHUAN), member=SICHUAN)
    assert (foreign.status, codes(foreign)) == ("PERMISSION_DENIED", ["not_the_issuer"])
    assert codes(await one(desk, said.withdrawal("0198f0b2-0000-7000-8000-000000000001"))) == ["original_unknown"]


async def test_s8_a_case_event_needs_the_family_of_its_case(desk: Desk) -> None:
    first = await one(desk, said.result())
    limited = replace(CHENGDU, publishes=frozenset({"recall", "case"}))
    denied = await one(desk, said.withdrawal(first.event_id), member=limited)
    assert (denied.status, codes(denied)) == ("PERMISSION_DENIED", ["type_not_permitted"])


async def test_p9_what_was_withdrawn_is_corrected_no_more(desk: Desk) -> None:
    """No fold would give the correction an effect, so nobody is told that it was accepted."""
    first = await one(desk, said.result())
    await one(desk, said.withdrawal(first.event_id))
    late = await one(desk, said.result(changes={"head.correction_of": str(first.event_id), "product.name": "二"}))
    assert (late.outcome, codes(late)) == ("refused", ["original_withdrawn"])


async def test_p8_a_key_that_no_index_takes_is_refused_alone(desk: Desk) -> None:
    number = "".join(chr(0x4E00 + n * 7919 % 20000) for n in range(4000))
    bad = one(desk, said.sanction({"decision_no": number}))
    good = [one(desk, said.result(f"XBJ265100003{n:05d}")) for n in range(20)]
    refused, *accepted = await asyncio.gather(bad, *good)
    assert (refused.outcome, codes(refused)) == ("refused", ["key_too_long"])
    assert {each.outcome for each in accepted} == {"accepted"}


@pytest.mark.parametrize(
    ("submission", "fields"),
    [
        (said.sanction({"publish_until": "1899-12-31", "decided_on": "1899-12-31"}), ["decided_on", "publish_until"]),
        (said.result(changes={"sampling.taken_on": "2200-01-01"}), ["sampling.taken_on"]),
        (said.result(time="1969-07-20T00:00:00Z"), ["time"]),
        (said.result(changes={"product.name": "饼" * 400}), ["product.name"]),
    ],
    ids=["sanction", "day", "time", "name"],
)
async def test_d4_what_every_service_would_park_is_never_accepted(desk: Desk, ask: Ask, submission: Submission, fields: list[str]) -> None:
    refused = await one(desk, submission)
    assert (refused.outcome, [each.field for each in refused.violations]) == ("refused", fields)
    assert logged(ask) == 0


async def test_a_lifting_stands_in_the_case_of_its_sanction_even_in_one_batch(desk: Desk) -> None:
    imposed, lifted = await desk.submit(CHENGDU, [said.sanction(), said.lifting()])
    assert (imposed.outcome, lifted.outcome) == ("accepted", "accepted")
    assert imposed.case_id == lifted.case_id


async def test_a_lifting_without_its_sanction_is_refused(desk: Desk) -> None:
    assert codes(await one(desk, said.lifting())) == ["original_missing"]


async def test_only_who_imposed_a_sanction_lifts_it(desk: Desk) -> None:
    await one(desk, said.sanction())
    other = await one(desk, said.lifting(member=SICHUAN), member=SICHUAN)
    assert (other.status, codes(other)) == ("PERMISSION_DENIED", ["not_the_issuer"])


async def test_a_given_case_must_be_the_right_one(desk: Desk) -> None:
    first = await one(desk, said.result())
    good = said.withdrawal(first.event_id, {"head.case_id": first.case_id}, attributes={"subject": first.case_id})
    bad = said.withdrawal(first.event_id, {"head.case_id": "sichuan/spotcheck/X"}, attributes={"subject": "sichuan/spotcheck/Y"})
    refused = await one(desk, bad)
    assert [(v.field, v.code) for v in refused.violations] == [("head.case_id", "set_by_gateway"), ("subject", "set_by_gateway")]
    assert (await one(desk, good)).outcome == "accepted"


async def test_only_judging_stores_nothing_and_says_what_would_be(desk: Desk, ask: Ask) -> None:
    would = await one(desk, said.result(), keep=False)
    assert (would.outcome, would.event_id, would.case_id) == ("accepted", None, "sichuan/spotcheck/XBJ26510000300001")
    assert ask("SELECT count(*) FROM gateway.statement") == [(0,)] and logged(ask) == 0
    first = await one(desk, said.result())
    assert (await one(desk, said.result(), keep=False)).event_id == first.event_id
    assert codes(await one(desk, said.result(changes={"product.name": "二"}), keep=False)) == ["conflicting_content"]


async def test_refused_events_do_not_hold_up_the_others_of_their_batch(desk: Desk, ask: Ask) -> None:
    results = await desk.submit(CHENGDU, [said.result("bad"), said.result("XBJ26510000300002"), said.result(source="/chongqing/x")])
    assert [r.outcome for r in results] == ["refused", "accepted", "refused"]
    assert [r.status for r in results] == ["INVALID_ARGUMENT", "", "PERMISSION_DENIED"]
    assert logged(ask) == 1


async def test_events_are_logged_in_the_order_of_the_request(desk: Desk, ask: Ask) -> None:
    numbers = [f"XBJ2651000030{n:04d}" for n in (7, 3, 9, 1, 5)]
    results = await desk.submit(CHENGDU, [said.result(number) for number in numbers])
    assert [row[0] for row in ask("SELECT event_id FROM bus.log ORDER BY id")] == [r.event_id for r in results]


@pytest.mark.parametrize(("count", "code"), [(0, "events_missing"), (BATCH + 1, "events_too_many")])
async def test_a_request_of_the_wrong_size_is_refused_whole(desk: Desk, ask: Ask, count: int, code: str) -> None:
    with pytest.raises(Refused) as refused:
        await desk.submit(CHENGDU, [said.result()] * count)
    assert (refused.value.kind, refused.value.code) == (Kind.INVALID_ARGUMENT, code)
    assert logged(ask) == 0


async def test_r11_more_than_may_wait_is_shed(desk: Desk) -> None:
    batch = [said.result(f"XBJ2651000030{n:04d}") for n in range(BATCH)]
    outcomes = await asyncio.gather(*(desk.submit(CHENGDU, batch) for _ in range(QUEUE // BATCH + 2)), return_exceptions=True)
    shed = [each for each in outcomes if isinstance(each, Refused)]
    assert {(each.kind, each.code) for each in shed} == {(Kind.RESOURCE_EXHAUSTED, "overloaded")} and len(shed) == 2
    assert (await one(desk, batch[0])).outcome == "duplicate"


async def test_d1_a_full_log_refuses_at_the_gateway_and_goes_on_when_it_empties(store: Store, ask: Ask) -> None:
    desk = Desk(store, replace(PLACE, log_limit=2), look_seconds=0)
    try:
        await desk.submit(CHENGDU, [said.result("XBJ26510000300001"), said.result("XBJ26510000300002")])
        with pytest.raises(Refused) as refused:
            await one(desk, said.result("XBJ26510000300003"))
        assert (refused.value.kind, refused.value.code) == (Kind.RESOURCE_EXHAUSTED, "log_full")
        with store.connect(application="test") as connection:
            connection.execute("UPDATE bus.log SET sequence = id, logicaltime = 1, seal = 's'")
        assert (await one(desk, said.result("XBJ26510000300003"))).outcome == "accepted"
    finally:
        desk.close()


async def test_r4_without_postgresql_nothing_is_accepted_and_it_resumes_by_itself(store: Store, ask: Ask) -> None:
    away = Store(store.conninfo)
    desk = Desk(away, PLACE)
    try:
        assert (await one(desk, said.result())).outcome == "accepted"
        away.conninfo = store.conninfo.replace("port=", "port=1")
        ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'chuanyu-gateway'")
        for _ in range(3):
            with pytest.raises(StoreAway):
                await one(desk, said.result("XBJ26510000300002"))
        assert logged(ask) == 1
        away.conninfo = store.conninfo
        assert await resumed(desk, said.result("XBJ26510000300002")) == "accepted"
    finally:
        desk.close()


async def resumed(desk: Desk, submission: Submission) -> str:
    """What becomes of it once the database is back; each thread of the desk may have to learn first that its session is lost."""
    for _ in range(2):
        with suppress(StoreAway):
            return (await one(desk, submission)).outcome
    return (await one(desk, submission)).outcome


async def test_an_event_that_is_too_large_is_refused_alone(desk: Desk) -> None:
    large, small = await desk.submit(CHENGDU, [said.result(changes={"remark": "长" * 100_000}), said.result("XBJ26510000300002")])
    assert (codes(large), small.outcome) == (["event_too_large"], "accepted")


@pytest.fixture(scope="module")
def breakages() -> Iterator[list[dict[str, Any]]]:
    yield [
        {"sampling.sample_no": "/"},
        {"verdict": "也许"},
        {"items": 5},
        {"product.produced_on": "2026-13-01"},
        {"product.produced_on": "2026-12-01"},
        {"labelled_producer.uscc": "91510104MABX88129K"},
        {"sampled_unit.party.division": "511502"},
        {"head.backfilled": True},
        {"head.correction_of": "no-uuid"},
        {"unknown_field": 1},
    ]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_a_refused_batch_stores_nothing_and_names_every_fault(
    desk: Desk, ask: Ask, breakages: list[dict[str, Any]], data: st.DataObject
) -> None:
    before = ask("SELECT (SELECT count(*) FROM bus.log), (SELECT count(*) FROM gateway.statement)")
    several = st.lists(st.sampled_from(breakages), min_size=1, max_size=4, unique_by=lambda b: next(iter(b)))
    batch = data.draw(st.lists(several, min_size=1, max_size=5))
    broken = [said.result(changes={path: value for each in several for path, value in each.items()}) for several in batch]
    results = await desk.submit(CHENGDU, broken)
    assert {r.outcome for r in results} == {"refused"}
    for result, several in zip(results, batch, strict=True):
        named = {"head.backfilled" if v.code == "backfill_incomplete" else v.field for v in result.violations}
        assert {path for each in several for path in each} <= named
        assert all(v.zh and v.en and v.code for v in result.violations)
    assert ask("SELECT (SELECT count(*) FROM bus.log), (SELECT count(*) FROM gateway.statement)") == before


async def test_concurrent_singles_share_commits(desk: Desk, ask: Ask) -> None:
    results = await asyncio.gather(*(one(desk, said.result(f"XBJ2651000031{n:04d}")) for n in range(300)))
    assert {r.outcome for r in results} == {"accepted"} and len({r.event_id for r in results}) == 300
    transactions = ask("SELECT count(DISTINCT xmin::text) FROM bus.log")[0][0]
    assert transactions < 300 and logged(ask) == 300
    assert all(isinstance(r.event_id, UUID) for r in results)
