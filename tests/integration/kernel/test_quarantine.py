"""D14, P2, P3, P4: what a person decides about parked records, on a real broker and database, and what the bus threads make of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from chuanyu.contracts.pb.quarantine.v1 import quarantine_pb2 as pb
from chuanyu.contracts.system import MessageDiscarded, MessageReleased
from chuanyu.kernel.codec import decode
from chuanyu.kernel.envelope import Record
from chuanyu.kernel.refusals import Refused
from chuanyu.kernel.store import positions
from kit.bus import Ledger, Node, eventually, put
from kit.owner import Owner, cases
from kit.quarantine import OPS, SECOND, Person, Warden, outcomes, remarks, warding


@pytest.fixture
def owner(there: Node) -> Owner:
    return Owner(there)


@pytest.fixture
async def warden(here: Node) -> AsyncIterator[Warden]:
    async with warding(here) as made:
        yield made


def mended() -> Ledger:
    """The service after an upgrade: no record breaks its rules any more."""
    made = Ledger()
    made.check = lambda arrived: None  # type: ignore[method-assign]
    return made


def applied(node: Node) -> list[int]:
    return [effect.sequence for effect in node.effects()]


def states(node: Node) -> list[str]:
    return [row[0] for row in node.connection.execute("SELECT state FROM bus.parked ORDER BY sequence, id")]


def carried(node: Node) -> list[tuple[str, str | None, str]]:
    """What was decided, and what came of it."""
    return node.connection.execute("SELECT act, outcome, code FROM bus.act ORDER BY id").fetchall()


def told(node: Node) -> list[object]:
    """The acts as the node's own log tells them."""
    rows = node.connection.execute("SELECT value FROM bus.log WHERE type ~ 'message_(released|discarded)' ORDER BY id").fetchall()
    return [decode(bytes(row[0])) for row in rows]


def settled(node: Node) -> bool:
    return not node.connection.execute("SELECT 1 FROM bus.act WHERE outcome IS NULL").fetchall()


async def parked(here: Node, owner: Owner, leaders: list[str | None], case: str | None = None) -> None:
    """Records of one case are kept aside or wait."""
    word = case or cases(owner.node, 1)[0]
    before = len(states(here))
    owner.sends(*(owner.seal(owner.record(word, leader)) for leader in leaders))
    await asyncio.to_thread(eventually, lambda: len(states(here)) == before + len(leaders), "all are kept")


async def until(condition: object, what: str) -> None:
    await asyncio.to_thread(eventually, condition, what)  # type: ignore[arg-type]


async def test_d14_a_release_applies_the_held_case_in_order_exactly_once(here: Node, owner: Owner, warden: Warden) -> None:
    running = here.start_service()
    await parked(here, owner, ["poison", None, None, None])
    running.stop()
    here.start_service(mended())
    (one,) = await warden.listed()
    assert (one.sequence, one.holders[0].code, one.holders[0].waiting_behind) == (1, "rule_violated", 3)
    answer = await warden.release(one.parked_id)
    assert outcomes(answer) == ["ACCEPTED"] and remarks(answer.decisions[0].follows) == ["tried_again", "waiting_go_on"]
    await until(lambda: applied(here) == [1, 2, 3, 4], "the case goes on")
    assert states(here) == ["RELEASED", "APPLIED", "APPLIED", "APPLIED"]
    owner.sends(owner.seal(owner.record(cases(owner.node, 1)[0])))
    await until(lambda: 5 in applied(here), "the hold is gone")
    assert applied(here) == [1, 2, 3, 4, 5]


async def test_d14_a_discard_lets_the_rest_go_on_and_the_log_says_who_and_why(here: Node, owner: Owner, warden: Warden) -> None:
    here.start_service()
    await parked(here, owner, ["poison", None])
    (number,) = await warden.numbers()
    answer = await warden.discard(number, reason="对方确认作废")
    await until(lambda: applied(here) == [2], "the rest goes on")
    (event,) = told(here)
    assert isinstance(event, MessageDiscarded)
    assert (event.by, event.reason, event.sequence, event.service) == ("ops", "对方确认作废", 1, "ledger")
    logged = here.connection.execute("SELECT event_id::text FROM bus.log WHERE type ~ 'discarded'").fetchone()
    assert logged == (answer.decisions[0].event_id,)
    acts = here.connection.execute("SELECT act, by, reason, event_id::text, outcome, decided_at <= carried_at FROM bus.act").fetchall()
    assert acts == [("DISCARD", "ops", "对方确认作废", answer.decisions[0].event_id, "DISCARDED", True)]


async def test_d14_an_act_on_a_settled_record_says_so(here: Node, owner: Owner, warden: Warden) -> None:
    here.start_service()
    await parked(here, owner, ["poison"])
    (number,) = await warden.numbers()
    await warden.discard(number)
    await until(lambda: states(here) == ["DISCARDED"], "carried out")
    assert outcomes(await warden.release(number, number + 99)) == ["parked_settled", "parked_unknown"]
    assert len(told(here)) == 1 and carried(here) == [("DISCARD", "DISCARDED", "")]
    assert await warden.numbers() == [] and await warden.numbers(settled=True) == [number]


async def test_d14_of_two_persons_at_once_one_decides_and_the_other_is_told(here: Node, owner: Owner, warden: Warden) -> None:
    running = here.start_service()
    await parked(here, owner, ["poison", None])
    running.stop()  # nothing is carried out while they decide
    (number,) = await warden.numbers()
    both = await asyncio.gather(warden.release(number), warden.discard(number, by=SECOND))
    assert sorted(outcomes(each)[0] for each in both) == ["ACCEPTED", "parked_decided"]
    assert len(told(here)) == 1
    (act,) = carried(here)
    again = warden.release(number) if act[0] == "RELEASE" else warden.discard(number, by=SECOND)
    assert outcomes(await again) == ["DUPLICATE"], "the same person may repeat what got no answer"
    assert len(told(here)) == len(carried(here)) == 1


async def test_d14_an_act_survives_a_restart_between_deciding_and_carrying_out(here: Node, owner: Owner, warden: Warden) -> None:
    running = here.start_service()
    await parked(here, owner, ["poison", None, None])
    running.stop()
    await warden.discard(*await warden.numbers())
    assert applied(here) == [] and carried(here) == [("DISCARD", None, "")]
    here.start_service()
    await until(lambda: applied(here) == [2, 3], "the next process carries it out")
    assert carried(here) == [("DISCARD", "DISCARDED", "")]


async def test_d14_what_is_still_poison_stays_parked_with_its_new_reason(here: Node, owner: Owner, warden: Warden) -> None:
    here.start_service()
    await parked(here, owner, ["handler", None])
    (number,) = await warden.numbers()
    here.threads[-1].stop()
    changed = Ledger()
    changed.refuses = lambda arrived: False  # type: ignore[method-assign]
    changed.check = lambda arrived: Ledger.check(changed, arrived) or _strict(arrived)  # type: ignore[method-assign,func-returns-value]
    here.start_service(changed)
    await warden.release(number)
    await until(lambda: settled(here), "tried again")
    (one,) = await warden.listed(by=Person(clearance="L3"))
    assert (one.holders[0].code, one.holders[0].reason) == ("rule_violated", "another rule refuses it")
    assert carried(here) == [("RELEASE", "PARKED", "rule_violated")] and applied(here) == [] and states(here) == ["PARKED", "WAITING"]
    assert outcomes(await warden.discard(number)) == ["ACCEPTED"], "it may be decided anew"
    await until(lambda: applied(here) == [2], "the rest goes on")
    assert [type(each) for each in told(here)] == [MessageReleased, MessageDiscarded]


def _strict(arrived: object) -> None:
    from chuanyu.kernel.faults import RuleViolated

    if arrived.event.leader is not None:  # type: ignore[attr-defined]
        raise RuleViolated("another rule refuses it")


async def test_d14_a_filter_decides_about_hundreds_in_order(here: Node, owner: Owner, warden: Warden) -> None:
    """600 records of three cases, each poison, and one other that the filter does not mean."""
    running = here.start_service()
    words = cases(owner.node, 4)
    said = [(words[number % 3], "poison") for number in range(600)] + [(words[3], "poison")]
    owner.sends(*(owner.seal(owner.record(*each)) for each in said))
    await until(lambda: len(states(here)) == 601, "all are kept")
    running.stop()
    here.start_service(mended())
    spared = f"{owner.node.province}/probe/{words[3]}"
    first = [each for each in await warden.listed() if each.case_id != spared]
    assert [each.holders[0].waiting_behind for each in first] == [199, 199, 199]
    by_case = {"topic": owner.topic, "case_id": first[0].case_id}
    rehearsed = await warden.release(filter=by_case, validate_only=True)
    assert outcomes(rehearsed) == ["ACCEPTED"] and told(here) == []
    await warden.release(filter=by_case)
    await until(lambda: len(applied(here)) == 200, "one case")
    for each in first[1:]:
        await warden.release(each.parked_id)
    await until(lambda: len(applied(here)) == 600, "all three")
    sequences = [[e.sequence for e in here.effects() if e.case == each.case_id] for each in first]
    assert all(each == sorted(each) and len(set(each)) == 200 for each in sequences)
    assert [each.case_id for each in await warden.listed()] == [spared]


async def test_d14_a_filter_takes_500_at_a_time_and_says_what_is_left(here: Node, owner: Owner, warden: Warden) -> None:
    """Junk that holds nothing: every record stands for itself."""
    here.start_service()
    put(here.kafka["bootstrap.servers"], 0, *(Record(owner.topic, b"k%d" % number, (), b"junk") for number in range(620)))
    await until(lambda: len(states(here)) == 620, "all are kept")
    first = await warden.discard(filter={"code": "seal_invalid"})
    assert (len(first.decisions), first.left) == (500, 120)
    assert {code for each in first.decisions for code in remarks(each.follows)} == {"skipped", "holds_nothing"}
    second = await warden.discard(filter={"code": "seal_invalid"})
    assert (len(second.decisions), second.left) == (120, 0)
    await until(lambda: set(states(here)) == {"DISCARDED"}, "carried out")
    assert len(told(here)) == 620


async def test_d14_one_act_counts_for_every_service_and_is_told_once(here: Node, owner: Owner, warden: Warden) -> None:
    here.start_service()
    here.start_service(Ledger("other"))
    owner.sends(owner.seal(owner.record(cases(owner.node, 1)[0], "poison")))
    await until(lambda: len(states(here)) == 2, "both park it")
    (one,) = await warden.listed()
    assert [each.service for each in one.holders] in (["ledger", "other"], ["other", "ledger"])
    assert await warden.numbers(service="other") == await warden.numbers(service="ledger") == [one.parked_id]
    await warden.discard(one.parked_id)
    await until(lambda: states(here) == ["DISCARDED", "DISCARDED"], "both carry it out")
    assert len(told(here)) == 1 and carried(here) == [("DISCARD", "DISCARDED", "")] * 2


async def test_d14_what_stands_behind_another_says_so_and_has_its_turn_after_it(here: Node, owner: Owner, warden: Warden) -> None:
    running = here.start_service()
    await parked(here, owner, ["poison", None, "poison", None])
    first = (await warden.numbers())[0]
    await warden.discard(first)
    await until(lambda: applied(here) == [2], "up to the next poison")
    running.stop()
    second = (await warden.numbers())[0]
    here.connection.execute("UPDATE bus.parked SET state = 'PARKED', act = NULL WHERE sequence = 1")  # as a rebuild finds it
    answer = await warden.discard(second)
    assert remarks(answer.decisions[0].follows) == ["skipped", "stands_behind"]
    assert f"编号{first}在前" in answer.decisions[0].follows[1].zh


async def test_d14_discarding_a_bad_seal_that_holds_its_slot_warns_of_the_sealed_record(here: Node, owner: Owner, warden: Warden) -> None:
    from dataclasses import replace

    here.start_service()
    good = owner.seal(owner.record(cases(owner.node, 1)[0]))
    owner.sends(replace(good, value=good.value[:-1] + bytes([good.value[-1] ^ 1])))
    await until(lambda: states(here) == ["PARKED"], "parked")
    rehearsed = await warden.discard(*await warden.numbers(), validate_only=True)
    assert "slot_given_up" in remarks(rehearsed.decisions[0].follows)
    assert not rehearsed.decisions[0].event_id and carried(here) == []
    owner.sends(good)
    await until(lambda: applied(here) == [1], "the sealed record takes its slot")
    assert outcomes(await warden.discard(*await warden.numbers(settled=True))) == ["parked_settled"]


async def test_d14_a_rebuild_carries_an_act_out_anew_and_tells_nothing_twice(here: Node, owner: Owner, warden: Warden) -> None:
    running = here.start_service()
    await parked(here, owner, ["poison", None])
    await warden.discard(*await warden.numbers())
    await until(lambda: applied(here) == [2], "drained")
    running.stop()
    with here.connection.transaction():
        positions.begin_rebuild(here.connection, "ledger")
        here.connection.execute("TRUNCATE ledger.effect")
    here.start_service()
    await until(lambda: applied(here) == [2], "drained again")
    assert len(told(here)) == 1 and carried(here) == [("DISCARD", "DISCARDED", "")]


@pytest.mark.parametrize("person", [Person("coordinator", "L3", frozenset({"coordinator"})), Person("amr", "L3", frozenset())], ids=str)
async def test_s8_only_ops_sees_and_decides(here: Node, owner: Owner, warden: Warden, person: Person) -> None:
    here.start_service()
    await parked(here, owner, ["poison"])
    (number,) = await warden.numbers()
    asked = [
        warden.desk.list_parked(pb.ListParkedRequest(), person),
        warden.get(number, person),
        warden.release(number, by=person),
        warden.discard(number, by=person, validate_only=True),
    ]
    for each in asked:
        with pytest.raises(Refused) as refused:
            await each
        assert (refused.value.code, str(refused.value.kind)) == ("role_missing", "PERMISSION_DENIED")
    assert carried(here) == [] and told(here) == []
    assert warden.log[-4:] == [(person.id, "DENIED", 0)] * 4


async def test_s8_nobody_releases_what_he_has_submitted_himself(here: Node, owner: Owner, warden: Warden) -> None:
    here.start_service()
    owner.node.threads[-1].stop()  # the other side's relay; this side speaks now
    own = Owner(here)
    await parked(here, own, ["poison"], cases(here, 1)[0])
    (number,) = await warden.numbers()
    assert outcomes(await warden.release(number, by=Person("tester"))) == ["parked_own"]
    assert outcomes(await warden.release(number, by=OPS)) == ["ACCEPTED"]


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"reason": " ", "parked_ids": [1]}, "reason_wrong"),
        ({"reason": "甲\n乙", "parked_ids": [1]}, "reason_wrong"),
        ({"reason": "甲" * 501, "parked_ids": [1]}, "reason_wrong"),
        ({"reason": "x"}, "parked_choice_wrong"),
        ({"reason": "x", "filter": {}}, "parked_choice_wrong"),
        ({"reason": "x", "filter": {"settled": True, "code": "c"}}, "parked_choice_wrong"),
        ({"reason": "x", "parked_ids": [1], "filter": {"code": "seal_invalid"}}, "parked_choice_wrong"),
        ({"reason": "x", "parked_ids": range(1, 502)}, "parked_too_many"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_wish_of_wrong_form_is_refused_whole(warden: Warden, wish: dict[str, object], code: str) -> None:
    with pytest.raises(Refused) as refused:
        await warden.desk.discard_parked(pb.DiscardParkedRequest(**wish), OPS)
    assert refused.value.code == code
