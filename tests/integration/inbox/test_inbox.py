"""What concerns a member reaches it, in order, at least once until acknowledged; then the node says *processed*."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from threading import Thread

import orjson
import pytest
from msgspec.structs import replace

from chuanyu.casework import noticeboard
from chuanyu.casework import queries as cases
from chuanyu.casework.case import Receipt, unpack
from chuanyu.casework.noticeboard import Told
from chuanyu.casework.notices import Notice, Why
from chuanyu.contracts.common import ActionOutcome, NoticeClass
from chuanyu.domain.records import breaches
from chuanyu.inbox.rules import delivery_id
from chuanyu.kernel.codec import decode
from chuanyu.kernel.refusals import Kind, Refused
from chuanyu.kernel.store import Arrived, Store
from kit.cases import CASE, LUZHOU, YIBIN, YUZHONG, Talk, corrects, named, result, withdrawn
from kit.inbox import CHENGDU_AMR, LUZHOU_AMR, MEMBERS, PROVINCIAL, YIBIN_AMR, YIBIN_APP, Member, Post, post

THERE = "chongqing/spotcheck/XBJ2650010300"


def samples(talk: Talk, count: int, *, start: int = 0, producer: str = YIBIN) -> list[Arrived]:
    """Failed samples of Chongqing, each a case of its own; the event of case n is called n."""
    return [
        talk.say("chongqing", result(case=f"{THERE}{number:04}", producer=producer), str(number)) for number in range(start, start + count)
    ]


async def test_what_a_member_must_do_stands_in_its_inbox_with_what_it_owes_and_by_when(box: Post) -> None:
    talk = Talk()
    box.hears(talk, talk.say("chongqing", result(), "r", member="yuzhong-amr"))
    (told,) = (await box.listed(YIBIN_AMR))["deliveries"]
    event = told["event"]
    assert (told["why"], event["id"], event["source"], event["subject"]) == ("flagged", str(named("r")), "/chongqing/yuzhong-amr", CASE)
    assert (event["specversion"], event["type"], event["datacontenttype"]) == (
        "1.0",
        "chuanyu.spotcheck.result_reported.v1",
        "application/json",
    )
    assert event["data"]["product"]["name"] == "试验糕点"
    assert [each["rule"] for each in told["obligations"]] == [
        "spotcheck_disposal_start",
        "spotcheck_disposal_control",
        "spotcheck_disposal_finish",
    ]
    first = told["obligations"][0]
    assert (first["due"], first["to_do"]["zh"], first["authority"]) == ("2026-10-04T15:59:59.000Z", "启动核查处置", YIBIN)
    assert told["confirms"] == [YIBIN] and told["title"]["zh"] == "抽检结果"
    (above,) = (await box.listed(PROVINCIAL))["deliveries"]
    assert (above["why"], above["obligations"], above["confirms"]) == ("attention", [], [])
    assert (await box.listed(CHENGDU_AMR))["deliveries"] == []


async def test_p2_at_least_once_until_acknowledged_and_under_the_same_id(box: Post, database: str) -> None:
    """Also after the process is gone and another has come."""
    talk = Talk()
    box.hears(talk, *samples(talk, 3))
    once = await box.listed(YIBIN_AMR)
    assert await box.listed(YIBIN_AMR) == once
    async with post("sichuan", database) as other:
        assert await other.listed(YIBIN_AMR) == once
        first, *rest = [each["delivery_id"] for each in once["deliveries"]]
        assert first == str(delivery_id("/sichuan/yibin-amr", named("0")))
        await other.acknowledge(YIBIN_AMR, first)
        assert [each["delivery_id"] for each in (await other.listed(YIBIN_AMR))["deliveries"]] == rest


async def test_p2_a_rebuild_and_repetitions_tell_nothing_anew(box: Post) -> None:
    """All is folded again from nothing; what was acknowledged stays so, ids and places stay."""
    talk = Talk()
    talk.say("chongqing", result(), "r")
    talk.say("chongqing", corrects(result(producer=LUZHOU), "r"), "c")
    box.hears(talk, *talk.arrivals)
    (first, *_) = (before := await box.listed(YIBIN_AMR))["deliveries"]
    await box.acknowledge(YIBIN_AMR, first["delivery_id"])
    waiting = (await box.listed(YIBIN_AMR))["deliveries"]
    for table in cases.TABLES:
        box.connection.execute(f'TRUNCATE cases."{table}"')
    box.hears(talk, *talk.arrivals[:1])
    box.hears(talk, *talk.arrivals[1:])
    again = (await box.listed(YIBIN_AMR))["deliveries"]
    assert [(each["delivery_id"], each["cursor"]) for each in again] == [(each["delivery_id"], each["cursor"]) for each in waiting]
    assert len(again) == len(before["deliveries"]) - 1


async def test_p4_while_a_case_is_built_anew_nothing_of_it_is_skipped(box: Post) -> None:
    talk = Talk()
    one, two = samples(talk, 2)
    box.hears(talk, one, two)
    whole = await box.listed(YIBIN_AMR)
    box.connection.execute('DELETE FROM cases."case" WHERE case_id = %s', [two.case_id])
    page = await box.listed(YIBIN_AMR)
    assert [each["delivery_id"] for each in page["deliveries"]] == [whole["deliveries"][0]["delivery_id"]]
    assert page["next"] == whole["deliveries"][0]["cursor"]


async def test_p3_a_member_that_was_away_gets_all_in_the_owners_order(box: Post) -> None:
    talk = Talk()
    talk.say("chongqing", result(), "r")
    talk.say("chongqing", corrects(result(producer=LUZHOU), "r"), "c")
    talk.say("chongqing", withdrawn("c"), "w")
    first, *rest = talk.arrivals
    box.hears(talk, first)
    box.hears(talk, *rest)
    box.hears(talk, *samples(talk, 40))
    r, c, w = (str(named(word)) for word in "rcw")
    assert (await box.inbox(YIBIN_AMR))[:3] == [(r, "flagged"), (c, "correction"), (w, "correction")]
    assert [event for event, _ in (await box.inbox(YIBIN_AMR))[3:]] == [str(named(str(number))) for number in range(40)]
    assert await box.inbox(LUZHOU_AMR) == [(c, "flagged"), (w, "correction")]
    assert (await box.inbox(PROVINCIAL))[:3] == [(r, "attention"), (c, "correction"), (w, "correction")]


async def test_d9_acknowledging_says_processed_once_for_each_authority(box: Post) -> None:
    talk = Talk()
    box.hears(talk, talk.say("chongqing", result(), "r"))
    (told,) = (await box.listed(YIBIN_AMR))["deliveries"]
    before = len(box.said())
    (result_,) = await box.acknowledge(YIBIN_AMR, told["delivery_id"], outcome="MEASURE_TAKEN", note="已下架封存")
    (entry,) = box.said()[before:]
    receipt = decode(entry.value)
    assert (result_["outcome"], result_["receipt_event_ids"]) == ("accepted", [str(entry.event_id)])
    assert (receipt.kind, receipt.outcome, receipt.note) == (Receipt.PROCESSED, ActionOutcome.MEASURE_TAKEN, "已下架封存")
    assert (receipt.authority.division, receipt.authority.member_id, receipt.event_id) == (YIBIN, "yibin-amr", str(named("r")))
    assert entry.topic == "sichuan.spotcheck" and entry.case_id == CASE
    (again,) = await box.acknowledge(YIBIN_AMR, told["delivery_id"], outcome="OTHER", note="又一次")
    assert (again["outcome"], again["receipt_event_ids"]) == ("duplicate", result_["receipt_event_ids"])
    assert len(box.said()) == before + 1
    assert (await box.listed(YIBIN_AMR))["deliveries"] == []


async def test_p9_processed_is_seen_at_both_nodes_and_the_case_of_a_correction_waits_for_it(box: Post, second_database: str) -> None:
    talk = Talk()
    async with post("chongqing", second_database, [Member("yuzhong-amr", YUZHONG)]) as there:
        box.hears(talk, talk.say("chongqing", result(), "r"), talk.say("chongqing", withdrawn("r"), "w"))
        there.hears(talk, *talk.arrivals)
        for node, member in ((box, YIBIN_AMR), (there, Member("yuzhong-amr", YUZHONG))):
            ids = [each["delivery_id"] for each in (await node.listed(member))["deliveries"]]
            assert [each["outcome"] for each in await node.acknowledge(member, *ids)] == ["accepted"] * 2
        said = [*box.said(), *there.said()]
        arrived = [talk.log(entry, talk.now + 100 + place) for place, entry in enumerate(said)]
        assert not [found for each in arrived for found in breaches(each.head, each.event)], "every service takes what the gateway says"
        for node in (box, there):
            node.clerk.hears(talk, *arrived)
        books = [node.connection.execute('SELECT kept FROM cases."case"').fetchone()[0] for node in (box, there)]  # type: ignore[index]
    one, other = map(unpack, books)
    assert one == other
    processed = {(each.by, each.at is not None) for each in one.confirmations if each.kind is Receipt.PROCESSED}
    assert processed == {(YIBIN, True), (YUZHONG, True)} and not one.open


async def test_d11_who_may_only_read_says_no_receipt(box: Post) -> None:
    talk = Talk()
    box.hears(talk, talk.say("chongqing", result(), "r"))
    (told,) = (await box.listed(PROVINCIAL))["deliveries"]
    before = len(box.said())
    (done,) = await box.acknowledge(PROVINCIAL, told["delivery_id"])
    assert (done["outcome"], done["receipt_event_ids"], len(box.said())) == ("accepted", [], before)
    assert (await box.listed(PROVINCIAL))["deliveries"] == []
    assert len((await box.listed(YIBIN_AMR))["deliveries"]) == 1


async def test_of_two_systems_of_one_authority_the_first_says_processed(database: str) -> None:
    async with post("sichuan", database, [YIBIN_AMR, YIBIN_APP]) as box:
        talk = Talk()
        box.hears(talk, talk.say("chongqing", result(), "r"))
        before, receipts = len(box.said()), set()
        for member in (YIBIN_APP, YIBIN_AMR):
            (told,) = (await box.listed(member))["deliveries"]
            (done,) = await box.acknowledge(member, told["delivery_id"])
            assert done["outcome"] == "accepted"
            receipts |= set(done["receipt_event_ids"])
        assert len(receipts) == 1 and len(box.said()) == before + 1


async def test_s8_nobody_acknowledges_anothers_delivery(box: Post) -> None:
    talk = Talk()
    box.hears(talk, talk.say("chongqing", result(), "r"))
    (told,) = (await box.listed(YIBIN_AMR))["deliveries"]
    before = len(box.said())
    refused, nonsense = await box.acknowledge(LUZHOU_AMR, told["delivery_id"], "x")
    assert [each["violations"][0]["code"] for each in (refused, nonsense)] == ["delivery_unknown"] * 2
    assert refused["outcome"] == "refused" and "收件箱" in refused["violations"][0]["zh"]
    assert len(box.said()) == before and await box.inbox(YIBIN_AMR) == [(str(named("r")), "flagged")]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"ids": []}, "delivery_ids_wrong"),
        ({"ids": ["x"] * 201}, "delivery_ids_wrong"),
        ({"outcome": "UNSPECIFIED"}, "outcome_wrong"),
        ({"outcome": "OTHER"}, "note_missing"),
        ({"outcome": "NO_MEASURE", "note": "  "}, "note_missing"),
        ({"note": "a" * 501}, "note_wrong"),
        ({"note": "a\x00"}, "note_wrong"),
    ],
    ids=str,
)
async def test_an_acknowledgement_that_cannot_be_is_refused_whole(box: Post, asked: dict[str, object], code: str) -> None:
    ids: Sequence[str] = asked.pop("ids", ["x"])  # type: ignore[assignment]
    with pytest.raises(Refused) as caught:
        await box.acknowledge(YIBIN_AMR, *ids, **asked)  # type: ignore[arg-type]
    assert (caught.value.kind, caught.value.code) == (Kind.INVALID_ARGUMENT, code)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"page_size": 201}, "page_size_wrong"),
        ({"after": "17"}, "cursor_wrong"),
        ({"wait": 51}, "wait_wrong"),
        ({"wait": -1}, "wait_wrong"),
    ],
    ids=str,
)
async def test_so_is_a_list(box: Post, asked: dict[str, object], code: str) -> None:
    with pytest.raises(Refused) as caught:
        await box.listed(YIBIN_AMR, **asked)
    assert caught.value.code == code


async def test_p6_below_l2_there_is_no_inbox(box: Post) -> None:
    with pytest.raises(Refused) as caught:
        await box.listed(Member("yibin-amr", YIBIN, clearance="L1"))
    assert (caught.value.kind, caught.value.code) == (Kind.PERMISSION_DENIED, "clearance_too_low")


async def test_p6_a_member_reads_no_field_above_its_clearance(database: str) -> None:
    """The same cut as cases have: null, or the mask that the schema declares."""
    cleared = YIBIN_AMR, Member("yibin-app", YIBIN, clearance="L2")
    async with post("sichuan", database, cleared) as box:
        talk, phone = Talk(), "13800001111"
        said = result()
        party = replace(said.sampled_unit.party, phone=b"\x00" + phone.encode())
        box.hears(talk, talk.say("chongqing", replace(said, sampled_unit=replace(said.sampled_unit, party=party)), "r"))
        shown = [orjson.dumps(await box.listed(member)).decode() for member in cleared]
    assert [phone in each for each in shown] == [True, False] and all("试验糕点" in each for each in shown)


async def test_p6_of_non_compliance_who_is_not_concerned_learns_no_content(database: str) -> None:
    """Domain 7.6: for attention only: not who said it, nor what."""
    async with post("sichuan", database, [YIBIN_AMR, CHENGDU_AMR]) as box:
        talk, said = Talk(), result()
        head = replace(said.head, notice_class=NoticeClass.NON_COMPLIANCE, attention=("510100",))
        box.hears(talk, talk.say("chongqing", replace(said, head=head), "r", member="yuzhong-amr"))
        (acts,) = (await box.listed(YIBIN_AMR))["deliveries"]
        (reads,) = (await box.listed(CHENGDU_AMR))["deliveries"]
    assert acts["event"]["data"]["product"] and acts["event"]["source"] == "/chongqing/yuzhong-amr"
    assert (reads["why"], reads["event"]["data"], reads["event"]["source"]) == ("attention", None, "/chongqing")
    assert [each["code"] for each in reads["notices"]] == ["CONTENT_WITHHELD"]


async def test_p6_a_case_of_suspected_fraud_shows_nowhere_and_stops_nothing(box: Post) -> None:
    talk, said = Talk(), result()
    box.hears(talk, talk.say("chongqing", replace(said, head=replace(said.head, notice_class=NoticeClass.FRAUD)), "f"))
    box.hears(talk, *samples(talk, 2))
    assert [event for event, _ in await box.inbox(YIBIN_AMR)] == [str(named("0")), str(named("1"))]


async def test_p4_what_nobody_answers_for_waits_until_somebody_does(database: str) -> None:
    async with post("sichuan", database, [CHENGDU_AMR]) as box:
        talk = Talk()
        box.hears(talk, *samples(talk, 2))
        assert noticeboard.aside(box.connection) == 2
        noticeboard.bring_back(box.connection)
        while box.dispatcher(members=MEMBERS).hand_out(box.connection):
            pass
        assert noticeboard.aside(box.connection) == 0
        assert [event for event, _ in await box.inbox(YIBIN_AMR)] == [str(named("0")), str(named("1"))]


async def test_a_cursor_that_means_nothing_any_more_begins_with_what_is_not_acknowledged(box: Post) -> None:
    """A restored database went on otherwise: the place is there, what stands at it is something else."""
    talk = Talk()
    box.hears(talk, *samples(talk, 3))
    whole = await box.listed(YIBIN_AMR)
    place, _, _ = whole["next"].partition("-")
    assert (await box.listed(YIBIN_AMR, after=f"{place}-{named('lost').hex}")) == whole
    assert (await box.listed(YIBIN_AMR, after=whole["next"])) == {"deliveries": [], "next": whole["next"]}


async def test_told_again_when_it_asks_more_than_before(box: Post) -> None:
    """A second notice of the same event that flags whom the first only told: the same id, behind all else, not acknowledged any more."""
    talk = Talk()
    box.hears(talk, *samples(talk, 2, producer=LUZHOU))
    (first, second) = (await box.listed(PROVINCIAL))["deliveries"]
    await box.acknowledge(PROVINCIAL, first["delivery_id"])
    notice = Notice(named("0").bytes, "510000", Why.FLAGGED, True, "/chongqing/amr")
    for _ in range(2):
        noticeboard.post(box.connection, [Told(f"{THERE}0000", notice)])
        box.hand_out()
    told = (await box.listed(PROVINCIAL))["deliveries"]
    assert [(each["delivery_id"], each["why"]) for each in told] == [
        (second["delivery_id"], "attention"),
        (first["delivery_id"], "flagged"),
    ]


async def test_a_call_that_waits_is_woken_at_once_and_only_for_its_own(box: Post) -> None:
    talk = Talk()
    with box.handing_out():
        mine = asyncio.create_task(box.listed(YIBIN_AMR, wait=50))
        other = asyncio.create_task(box.listed(CHENGDU_AMR, wait=50))
        await asyncio.sleep(0)
        await asyncio.to_thread(box.clerk.hears, talk, *samples(talk, 1))
        woken = await asyncio.wait_for(mine, 20)
        assert [each["event"]["id"] for each in woken["deliveries"]] == [str(named("0"))]
        assert not other.done()
        other.cancel()


async def test_a_call_that_waits_at_another_process_is_woken_too(box: Post, database: str) -> None:
    talk = Talk()
    async with post("sichuan", database) as beside:
        with box.handing_out(), beside.handing_out():
            waiting = [asyncio.create_task(each.listed(YIBIN_AMR, wait=50)) for each in (box, beside)]
            await asyncio.sleep(0)
            await asyncio.to_thread(box.clerk.hears, talk, *samples(talk, 1))
            pages = [await asyncio.wait_for(each, 20) for each in waiting]
    assert [each["event"]["id"] for page in pages for each in page["deliveries"]] == [str(named("0"))] * 2


async def test_an_idle_wait_ends_empty_with_the_same_cursor(box: Post) -> None:
    talk = Talk()
    box.hears(talk, *samples(talk, 1))
    after = (await box.listed(YIBIN_AMR))["next"]
    assert await box.listed(YIBIN_AMR, after=after, wait=1) == {"deliveries": [], "next": after}


async def test_no_more_than_some_calls_of_a_member_wait(box: Post) -> None:
    waiting = [asyncio.create_task(box.listed(YIBIN_AMR, wait=50)) for _ in range(32)]
    await asyncio.sleep(0)
    with pytest.raises(Refused) as caught:
        await box.listed(YIBIN_AMR)
    assert (caught.value.kind, caught.value.code) == (Kind.RESOURCE_EXHAUSTED, "waiting_too_many")
    for each in waiting:
        each.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert (await box.listed(YIBIN_AMR))["deliveries"] == []


async def test_d1_nothing_that_commits_late_is_skipped_by_a_cursor(box: Post, database: str) -> None:
    """Writers whose transactions begin in one order and commit in another, two that hand out, and a reader who only ever goes forward."""
    writers, each_writes = 6, 25
    random.seed(7)
    talk = Talk()
    arrived = samples(talk, writers * each_writes)
    Thread(target=box.clerk.hears, args=(talk, *arrived)).run()
    box.connection.execute("DELETE FROM cases.notice")
    delays = [random.random() / 200 for _ in arrived]

    def write(number: int) -> None:
        with Store(database).connect(application="writer", durable=False) as connection:
            for place in range(number, len(arrived), writers):
                notice = Notice(arrived[place].head.id.bytes, YIBIN, Why.FLAGGED, True, "/chongqing/amr")
                with connection.transaction():
                    noticeboard.post(connection, [Told(arrived[place].case_id, notice)])
                    connection.execute("SELECT pg_sleep(%s)", [delays[place]])

    async def read() -> list[str]:
        seen: list[str] = []
        after = ""
        while len(seen) < len(arrived):
            page = await box.listed(YIBIN_AMR, after=after, wait=20, page_size=7)
            assert page["deliveries"], f"skipped {len(arrived) - len(seen)}"
            seen += [each["event"]["id"] for each in page["deliveries"]]
            after = page["next"]
        return seen

    async with post("sichuan", database) as beside:
        with box.handing_out(), beside.handing_out():
            threads = [Thread(target=write, args=[number]) for number in range(writers)]
            for thread in threads:
                thread.start()
            seen = await asyncio.wait_for(read(), 60)
            for thread in threads:
                await asyncio.to_thread(thread.join)
    assert sorted(seen) == sorted(str(each.head.id) for each in arrived)
    owners = [[event for event in seen if event in mine] for mine in _by_writer(arrived, writers)]
    assert owners == _by_writer(arrived, writers), "what one writer committed in order is told in order"


def _by_writer(arrived: Sequence[Arrived], writers: int) -> list[list[str]]:
    return [[str(each.head.id) for each in arrived[number::writers]] for number in range(writers)]


async def test_a_member_that_never_acknowledges_costs_references_not_copies(box: Post) -> None:
    talk = Talk()
    box.hears(talk, *samples(talk, 200))
    row = box.connection.execute("SELECT count(*), max(pg_column_size(d.*)), (SELECT count(*) FROM cases.notice) FROM inbox.delivery d")
    count, largest, left = row.fetchone() or (0, 0, 0)
    assert (count, left) == (400, 0) and largest < 250


async def test_p1_an_acknowledgement_that_did_not_commit_says_nothing(box: Post) -> None:
    """The receipt and the taking out of the inbox are one transaction."""
    talk = Talk()
    box.hears(talk, talk.say("chongqing", result(), "r"))
    (told,) = (await box.listed(YIBIN_AMR))["deliveries"]
    before = len(box.said())
    box.connection.execute("ALTER TABLE bus.log ADD CONSTRAINT broken CHECK (type NOT LIKE '%receipt%') NOT VALID")
    with pytest.raises(Exception, match="broken"):
        await box.acknowledge(YIBIN_AMR, told["delivery_id"])
    assert len(box.said()) == before and (await box.listed(YIBIN_AMR))["deliveries"] == [told]
    box.connection.execute("ALTER TABLE bus.log DROP CONSTRAINT broken")
    assert (await box.acknowledge(YIBIN_AMR, told["delivery_id"]))[0]["outcome"] == "accepted"
    assert len(box.said()) == before + 1
