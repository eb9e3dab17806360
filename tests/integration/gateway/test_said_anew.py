"""After a withdrawal: what may be said again, what stays withdrawn, and that a repetition never revives anything (0006, P9)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from chuanyu.gateway import keys, rules
from chuanyu.gateway.accept import Desk, Result, Submission
from chuanyu.gateway.keys import Rule
from chuanyu.gateway.relearn import relearn
from chuanyu.kernel.codec import unpack_headers
from chuanyu.kernel.envelope import Record
from chuanyu.kernel.store import Store
from kit import said
from kit.said import CHENGDU

Ask = Callable[..., list[tuple[Any, ...]]]


async def one(desk: Desk, submission: Submission, **how: Any) -> Result:
    (result,) = await desk.submit(CHENGDU, [submission], **how)
    return result


def codes(result: Result) -> list[str]:
    return [v.code for v in result.violations]


def warned(result: Result) -> list[str]:
    return [v.code for v in result.warnings]


async def lifted(desk: Desk, **how: Any) -> Result:
    await one(desk, said.sanction())
    return await one(desk, said.lifting(**how))


async def test_p9_a_withdrawn_lifting_can_be_given_again(desk: Desk, ask: Ask) -> None:
    first = await lifted(desk)
    await one(desk, said.withdrawal(first.event_id))
    again = await one(desk, said.lifting())
    assert again.outcome == "accepted" and again.event_id != first.event_id and again.case_id == first.case_id
    assert ask("SELECT event_id FROM bus.log ORDER BY id DESC LIMIT 1") == [(again.event_id,)]
    for repeated in (await one(desk, said.lifting()), await one(desk, said.lifting(), keep=False)):
        assert (repeated.outcome, repeated.event_id, warned(repeated)) == ("duplicate", again.event_id, [])
    other = await one(desk, said.lifting({"basis": "期满"}))
    assert (codes(other), other.current) == (["conflicting_content"], again.event_id)


async def test_p2_the_same_submission_sent_again_revives_nothing(desk: Desk, ask: Ask) -> None:
    """A retry that was under way for long must not lift what was put back since."""
    first = await lifted(desk, id="lift-1")
    withdrawn = await one(desk, said.withdrawal(first.event_id))
    before = ask("SELECT count(*) FROM bus.log")
    retry = await one(desk, said.lifting(id="lift-1"))
    assert (retry.outcome, retry.event_id, warned(retry)) == ("duplicate", first.event_id, ["withdrawn_before"])
    assert str(withdrawn.event_id) in retry.warnings[0].zh and "id" in retry.warnings[0].zh
    assert ask("SELECT count(*) FROM bus.log") == before
    again = await one(desk, said.lifting(id="lift-2"))
    assert again.outcome == "accepted"
    assert (await one(desk, said.lifting(id="lift-1"))).event_id == first.event_id
    assert (await one(desk, said.lifting(id="lift-2"))).event_id == again.event_id


async def test_d19_of_many_who_say_it_again_at_once_one_is_accepted(desk: Desk, store: Store) -> None:
    first = await lifted(desk)
    await one(desk, said.withdrawal(first.event_id))
    results = await asyncio.gather(*(one(desk, said.lifting()) for _ in range(40)))
    assert sorted({r.outcome for r in results}) == ["accepted", "duplicate"]
    assert len({r.event_id for r in results}) == 1 and [r.outcome for r in results].count("accepted") == 1


async def test_d20_each_life_is_corrected_and_withdrawn_for_itself(desk: Desk) -> None:
    first = await lifted(desk)
    gone = await one(desk, said.withdrawal(first.event_id))
    second = await one(desk, said.lifting({"basis": "期满"}))
    third = await one(desk, said.lifting({"basis": "撤销", "head.correction_of": str(second.event_id)}))
    assert [second.outcome, third.outcome] == ["accepted", "accepted"]
    assert codes(await one(desk, said.lifting({"basis": "移出", "head.correction_of": str(first.event_id)}))) == ["original_withdrawn"]
    assert (await one(desk, said.withdrawal(first.event_id))).event_id == gone.event_id
    stale = await one(desk, said.withdrawal(second.event_id))
    assert (codes(stale), stale.current) == (["not_current_version"], third.event_id)
    assert (await one(desk, said.withdrawal(third.event_id))).outcome == "accepted"
    fourth = await one(desk, said.lifting({"basis": "移出"}))
    assert fourth.outcome == "accepted" and (await one(desk, said.lifting({"basis": "移出"}))).event_id == fourth.event_id


async def test_a_batch_withdraws_and_says_anew_in_its_own_order(desk: Desk) -> None:
    first = await lifted(desk)
    repeated, withdrawn, again = await desk.submit(CHENGDU, [said.lifting(), said.withdrawal(first.event_id), said.lifting()])
    assert [repeated.outcome, withdrawn.outcome, again.outcome] == ["duplicate", "accepted", "accepted"]
    assert repeated.event_id == first.event_id != again.event_id


async def test_p9_what_opened_a_case_stays_withdrawn_and_a_repetition_says_so(desk: Desk) -> None:
    first = await one(desk, said.result())
    withdrawn = await one(desk, said.withdrawal(first.event_id))
    repeated = await one(desk, said.result())
    assert (repeated.outcome, repeated.event_id, warned(repeated)[-1]) == ("duplicate", first.event_id, "withdrawn_for_good")
    other = await one(desk, said.result(changes={"product.name": "二"}))
    assert codes(other) == ["withdrawn_for_good"] and str(withdrawn.event_id) in other.violations[0].zh


async def test_p9_a_withdrawal_is_not_withdrawn(desk: Desk) -> None:
    """No fold would give it an effect."""
    first = await lifted(desk)
    withdrawn = await one(desk, said.withdrawal(first.event_id))
    assert codes(await one(desk, said.withdrawal(withdrawn.event_id))) == ["withdrawal_final"]


def restored(store: Store, ask: Ask) -> None:
    """What `chuanyu recover` does for the gateway, twice: nothing is left of its statements but the records."""
    rows = ask("SELECT topic, case_id, headers, value FROM bus.log ORDER BY id")
    records = [Record(topic, case.encode(), unpack_headers(headers), value) for topic, case, headers, value in rows]
    with store.connect(application="test") as connection:
        connection.execute("TRUNCATE gateway.statement")
        relearn(connection, records)
        relearn(connection, records)


async def test_d3_d19_after_a_restore_the_same_submission_still_revives_nothing(desk: Desk, store: Store, ask: Ask) -> None:
    first = await lifted(desk, id="lift-1")
    await one(desk, said.withdrawal(first.event_id))
    restored(store, ask)
    retry = await one(desk, said.lifting(id="lift-1"))
    assert (retry.outcome, retry.event_id, warned(retry)) == ("duplicate", first.event_id, ["withdrawn_before"])
    assert (await one(desk, said.lifting(id="lift-2"))).outcome == "accepted"


async def test_d3_d19_after_a_restore_an_event_without_a_business_key_is_known_again(
    desk: Desk, store: Store, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyless = {**keys.rules(), "recall.notice_issued": Rule(None)}
    monkeypatch.setattr(rules, "_RULES", keyless)
    monkeypatch.setattr(keys, "rules", lambda: keyless)
    first, other = await one(desk, said.notice(id="own-1")), await one(desk, said.notice(id="own-2"))
    stated = ask("SELECT type, key, event_id, source, case_id FROM gateway.statement ORDER BY event_id")
    restored(store, ask)
    assert ask("SELECT type, key, event_id, source, case_id FROM gateway.statement ORDER BY event_id") == stated
    for known, id in ((first, "own-1"), (other, "own-2")):
        again = await one(desk, said.notice(id=id))
        assert (again.outcome, again.event_id, again.case_id) == ("duplicate", known.event_id, known.case_id)
    assert codes(await one(desk, said.notice({"title": "另一份"}, id="own-1"))) == ["conflicting_content"]
    assert (await one(desk, said.notice(id="own-3"))).outcome == "accepted"


async def test_d3_a_restored_gateway_knows_again_what_was_said_anew(desk: Desk, store: Store, ask: Ask) -> None:
    first = await lifted(desk)
    await one(desk, said.withdrawal(first.event_id))
    again = await one(desk, said.lifting())
    corrected = await one(desk, said.lifting({"basis": "期满", "head.correction_of": str(again.event_id)}))
    wanted = ask("SELECT event_id, correction_of, anew FROM gateway.statement ORDER BY event_id")
    restored(store, ask)
    assert ask("SELECT event_id, correction_of, anew FROM gateway.statement ORDER BY event_id") == wanted
    assert (await one(desk, said.withdrawal(corrected.event_id))).outcome == "accepted"
