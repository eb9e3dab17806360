"""What a node tells about its cases: who owes what by when, who has answered, how late; rights, masks, pages, honest gaps."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec.structs import replace

from chuanyu.contracts.common import Authority, CaseHead, NoticeClass
from chuanyu.contracts.pb.cases.v1 import cases_pb2 as pb
from chuanyu.contracts.spotcheck import PlannedRegion, PlanPublished, Verdict
from chuanyu.domain import classification
from chuanyu.kernel.refusals import Refused
from kit.cases import CASE, HUNAN, LUZHOU, NOON, YIBIN, YUZHONG, Talk, lifting, named, result, sanction, withdrawn
from kit.reading import FRESH, Clerk, Reader

DAY = 86_400_000
WEEK = 7 * DAY
NOTICE, START, CONTROL, FINISH = (
    f"spotcheck_{name}" for name in ("cross_province_notice", "disposal_start", "disposal_control", "disposal_finish")
)


def case_no(place: int, province: str = "chongqing") -> str:
    return f"{province}/spotcheck/XBJ{'26500103' if province == 'chongqing' else '26510104'}{place:03d}"


async def get(clerk: Clerk, case_id: str = CASE, reader: Reader = Reader()) -> Any:  # noqa: B008
    return await clerk.desk.get_case(pb.GetCaseRequest(case_id=case_id), reader)


async def owed(clerk: Clerk, reader: Reader = Reader(), *, size: int = 200, order_by: str = "", **filters: Any) -> list[Any]:  # noqa: B008
    """All obligations of all pages."""
    found, token = [], ""
    while True:
        asked = pb.ListObligationsRequest(page_size=size, page_token=token, order_by=order_by, filter=filters)
        page = await clerk.desk.list_obligations(asked, reader)
        assert len(page.obligations) <= size
        found += page.obligations
        token = page.next_page_token
        if not token:
            return found


async def ids(clerk: Clerk, *, size: int = 200, order_by: str = "", **filters: Any) -> list[str]:
    """Case ids of all pages."""
    found, token = [], ""
    while True:
        asked = pb.ListCasesRequest(page_size=size, page_token=token, order_by=order_by, filter=filters)
        page = await clerk.desk.list_cases(asked, Reader())
        assert len(page.cases) <= size
        found += [one.case_id for one in page.cases]
        token = page.next_page_token
        if not token:
            return found


async def test_p7_a_case_says_who_owes_what_by_when_by_which_rule_and_source(clerk: Clerk) -> None:
    talk = Talk()
    clerk.hears(talk, talk.say("chongqing", result(), "r", member="yuzhong-amr"))
    case = await get(clerk)
    assert (case.summary.case_id, case.summary.title, case.summary.open, case.summary.stage) == (CASE, "试验糕点", True, "FAILED")
    assert {(one.authority.division, one.role) for one in case.summary.flagged} >= {(YIBIN, "PRODUCTION")}
    rows = {(one.rule, one.authority.division): one for one in case.obligations}
    start = rows[START, YIBIN]
    assert (start.to_do.zh, start.to_do.en, start.authority.name) == ("启动核查处置", "start 核查处置", "四川省宜宾市")
    assert start.due_at.ToJsonString() == "2026-10-04T15:59:59Z"
    assert (start.source.zh, start.source.en, start.source_certainty) != ("", "", "")
    assert start.explained.zh.startswith("自2026-09-29起") and start.explained.en.endswith(f"({START} version 1)")
    assert (start.timeliness, start.HasField("late_seconds")) == (2, False)
    told = rows[NOTICE, YUZHONG]
    assert (told.state, told.timeliness) == (2, 5), "the delivery met it, in time"
    assert [(one.by, one.HasField("given_at")) for one in case.receipts] == [("sichuan", True), (YIBIN, False), (YUZHONG, False)]
    assert {one.event_id for one in case.receipts} == {str(named("r"))}
    assert [(one.title.zh, one.effect, one.source) for one in case.events] == [
        ("抽检结果", 1, "/chongqing/yuzhong-amr"),
        ("回执", 1, "/sichuan/node"),
    ]
    assert {one.province: one.age_seconds for one in case.freshness} == FRESH and not case.notices


async def test_p7_how_late_is_told_of_what_is_open_and_of_what_was_answered(clerk: Clerk) -> None:
    talk = Talk()
    clerk.hears(talk, talk.say("chongqing", result(), "r"))
    due = next(one for one in await owed(clerk, authority=YIBIN) if one.rule == START)
    last = due.due_at.ToMilliseconds()
    for now, timely, late in ((last, 7, None), (last + 999, 7, None), (last + 1000, 3, 1), (last + 3 * DAY, 3, 3 * 86_400)):
        clerk.now = now
        (one,) = await owed(clerk, rule=START, authority=YIBIN)
        assert (one.timeliness, one.late_seconds if one.HasField("late_seconds") else None) == (timely, late)
        assert bool(await owed(clerk, overdue=True, rule=START, authority=YIBIN)) is (late is not None)
        found = {word: len(await owed(clerk, timeliness=word, rule=START, authority=YIBIN)) for word in range(1, 8)}
        assert found == {word: int(word == timely) for word in range(1, 8)}
    assert (await get(clerk)).summary.overdue_obligations >= 1


async def test_p7_what_was_answered_after_its_time_is_late_by_the_seconds(clerk: Clerk) -> None:
    talk = Talk()
    clerk.now = NOON + 2 * WEEK
    clerk.hears(talk, talk.say("chongqing", result(), "r"))
    told = next(one for one in (await get(clerk)).obligations if one.rule == NOTICE)
    assert (told.due_at.ToJsonString(), told.settled_at.ToMilliseconds()) == ("2026-10-08T15:59:59Z", clerk.now)
    assert (told.timeliness, told.late_seconds) == (6, (clerk.now - told.due_at.ToMilliseconds()) // 1000)


async def test_p9_corrections_and_withdrawals_show_in_the_events_and_in_what_is_owed(clerk: Clerk) -> None:
    talk = Talk()
    better = result(producer=LUZHOU)
    better = replace(better, head=replace(better.head, correction_of=str(named("r"))))
    clerk.hears(talk, talk.say("chongqing", result(), "r"), talk.say("chongqing", better, "b"))
    case = await get(clerk)
    effects = {one.event_id: one.effect for one in case.events}
    assert (effects[str(named("r"))], effects[str(named("b"))]) == (2, 1)
    states = {(one.rule, one.authority.division): one.state for one in case.obligations}
    assert (states[START, YIBIN], states[START, LUZHOU]) == (4, 1)
    clerk.hears(talk, talk.say("chongqing", withdrawn("b"), "w"))
    case = await get(clerk)
    effects = {one.event_id: one.effect for one in case.events}
    assert (effects[str(named("r"))], effects[str(named("b"))], effects[str(named("w"))]) == (3, 3, 1)
    assert case.summary.standing == 3 and not await owed(clerk, state="OBLIGATION_STATE_OPEN")
    assert await owed(clerk, state="OBLIGATION_STATE_CANCELLED")


async def test_d12_what_waits_and_what_is_odd_is_told(clerk: Clerk) -> None:
    talk = Talk()
    clerk.hears(talk, talk.say("chongqing", withdrawn("r"), "w"))
    case = await get(clerk)
    assert (case.summary.standing, case.summary.open, case.waiting[0].waits_for) == (1, True, str(named("r")))
    assert [one.effect for one in case.events] == [4]
    clerk.hears(talk, talk.say("sichuan", withdrawn("w"), "not-mine"))
    clerk.hears(talk, talk.say("chongqing", result(), "r"))
    case = await get(clerk)
    void = {remark.event_id for remark in case.remarks}
    assert void and {one.effect for one in case.events if one.event_id in void} == {5}


async def test_an_unknown_case_is_said_to_be_unknown_and_held_back_where_something_is(clerk: Clerk) -> None:
    talk = Talk()
    said = talk.say("chongqing", result(), "r")
    with pytest.raises(Refused) as refused:
        await get(clerk)
    assert [one.code for one in refused.value.violations] == ["case_unknown"]
    clerk.park(said)
    with pytest.raises(Refused) as refused:
        await get(clerk)
    assert [one.code for one in refused.value.violations] == ["case_unknown", "held_back"]
    assert await ids(clerk) == [] and await owed(clerk) == []


async def test_p4_a_case_of_which_something_is_held_back_says_so(clerk: Clerk) -> None:
    talk = Talk()
    clerk.hears(talk, talk.say("chongqing", result(), "r"))
    clerk.park(talk.say("chongqing", withdrawn("r"), "w"))
    case, page = await get(clerk), await clerk.desk.list_obligations(pb.ListObligationsRequest(), Reader())
    assert case.summary.held and [one.code for one in case.notices] == ["PARKED_EVENT"]
    assert all(one.held for one in page.obligations) and [one.code for one in page.notices] == ["PARKED_EVENT"]


@pytest.mark.parametrize(
    ("sources", "codes"),
    [
        (FRESH, []),
        ({"sichuan": 0.4, "chongqing": 3600.0}, []),
        ({"sichuan": 0.4, "chongqing": 3601.0}, ["SOURCE_STALE"]),
        ({"sichuan": 0.4, "chongqing": None}, ["SOURCE_UNHEARD"]),
        ({"sichuan": 9999.0, "chongqing": None}, ["SOURCE_UNHEARD", "SOURCE_STALE"]),
    ],
    ids=str,
)
async def test_p8_every_answer_says_how_old_its_knowledge_is(clerk: Clerk, sources: dict[str, float | None], codes: list[str]) -> None:
    clerk.sources = sources
    for page in (
        await clerk.desk.list_cases(pb.ListCasesRequest(), Reader()),
        await clerk.desk.list_obligations(pb.ListObligationsRequest(), Reader()),
    ):
        assert [one.code for one in page.notices] == codes
        assert {one.province: one.age_seconds if one.HasField("age_seconds") else None for one in page.freshness} == sources


async def test_d19_a_key_that_two_provinces_accepted_names_both_cases(clerk: Clerk) -> None:
    talk = Talk()
    key = CASE.rpartition("/")[2]
    clerk.hears(talk, talk.say("chongqing", result(), "r"))
    assert (await clerk.desk.get_case(pb.GetCaseRequest(key=key), Reader())).summary.case_id == CASE
    clerk.hears(talk, talk.say("sichuan", result(case=f"sichuan/spotcheck/{key}"), "s"))
    with pytest.raises(Refused) as refused:
        await clerk.desk.get_case(pb.GetCaseRequest(key=key), Reader())
    assert refused.value.facts == {"candidates": f"{CASE}, sichuan/spotcheck/{key}"}


async def test_p6_below_l2_nothing_of_cases_is_told_not_even_whether_one_exists(clerk: Clerk) -> None:
    talk = Talk()
    clerk.hears(talk, talk.say("chongqing", result(), "r"))
    public = Reader("ops", "", "L1")
    for asked in (
        clerk.desk.get_case(pb.GetCaseRequest(case_id=CASE), public),
        clerk.desk.get_case(pb.GetCaseRequest(case_id="chongqing/spotcheck/NONE"), public),
        clerk.desk.list_cases(pb.ListCasesRequest(), public),
        clerk.desk.list_obligations(pb.ListObligationsRequest(), public),
    ):
        with pytest.raises(Refused, match="clearance_too_low"):
            await asked


async def test_p6_fields_above_a_readers_clearance_are_left_out_or_masked(clerk: Clerk) -> None:
    talk = Talk()
    event = result()
    party = replace(event.labelled_producer, contact=b"\0" + "王小明".encode(), phone=b"\x0013812345678")
    clerk.hears(talk, talk.say("chongqing", replace(event, labelled_producer=party), "r"))
    seen = {}
    for clearance in ("L2", "L3"):
        case = await get(clerk, reader=Reader(clearance=clearance))
        seen[clearance] = json.loads(case.events[0].data)["labelled_producer"]
    assert (seen["L3"]["contact"], seen["L3"]["phone"]) == ("王小明", "13812345678")
    assert (seen["L2"]["contact"], seen["L2"]["phone"]) == (
        classification.mask_name("王小明"),
        classification.mask_phone("13812345678"),
    )
    assert {name: text for name, text in seen["L2"].items() if name not in ("contact", "phone")} == {
        name: text for name, text in seen["L3"].items() if name not in ("contact", "phone")
    }


@pytest.mark.parametrize(
    ("reader", "seen"),
    [
        (Reader("yibin-amr", "511500"), True),
        (Reader("sichuan-amr", "510000"), True),
        (Reader("issuer", "510104"), True),
        (Reader("chengdu-amr", "510100"), True),
        (Reader("zigong-amr", "510300"), False),
        (Reader("coordinator", ""), False),
    ],
    ids=lambda one: str(getattr(one, "id", one)),
)
async def test_p6_whom_a_suspicion_is_about_is_for_those_concerned(clerk: Clerk, reader: Reader, seen: bool) -> None:
    talk, case_id = Talk(), case_no(1, "sichuan")
    event = result(case=case_id, sampled="510104")
    event = replace(event, head=replace(event.head, notice_class=NoticeClass.NON_COMPLIANCE))
    clerk.hears(talk, talk.say("sichuan", event, "r", member="issuer"))
    case = await get(clerk, case_id, reader)
    assert bool(case.events[0].data) is bool(case.events[0].source) is seen
    assert [one.code for one in case.notices] == ([] if seen else ["CONTENT_WITHHELD"])
    assert case.summary.title == "试验糕点" and len(case.obligations) > 0


async def test_p6_a_case_of_suspected_fraud_exists_for_nobody_and_no_page_is_short_of_it(clerk: Clerk) -> None:
    talk = Talk()
    for place in range(6):
        event = result(case=case_no(place))
        if place % 2:
            event = replace(event, head=replace(event.head, notice_class=NoticeClass.FRAUD))
        clerk.hears(talk, talk.say("chongqing", event, f"e{place}"))
    with pytest.raises(Refused, match="case_unknown"):
        await get(clerk, case_no(1))
    assert await ids(clerk, size=2) == [case_no(place) for place in (0, 2, 4)]
    page = await clerk.desk.list_cases(pb.ListCasesRequest(page_size=2), Reader())
    assert len(page.cases) == 2 and page.next_page_token
    assert {one.case_id for one in await owed(clerk, size=3)} == {case_no(place) for place in (0, 2, 4)}


@pytest.fixture
def talk(clerk: Clerk) -> Talk:
    """Eight samples, some passed, of two producers, one made in Hunan, and a sanction that was lifted."""
    talk = Talk()
    for place in range(8):
        producer = (YIBIN, LUZHOU, HUNAN)[place % 3]
        verdict = Verdict.PASSED if place == 6 else Verdict.FAILED
        clerk.hears(talk, talk.say("chongqing", result(case=case_no(place), producer=producer, verdict=verdict), f"e{place}", later=DAY))
    clerk.hears(talk, talk.say("sichuan", sanction(), "s"), talk.say("sichuan", lifting(), "l"))
    return talk


async def test_every_filter_of_obligations_finds_what_it_says(clerk: Clerk, talk: Talk) -> None:
    everything = await owed(clerk)
    clerk.now = NOON + 9 * DAY
    kept = {
        "authority": ({"authority": YIBIN}, lambda one: one.authority.division == YIBIN),
        "above": ({"authority": "510000"}, lambda one: one.authority.division.startswith("51")),
        "mine": ({"mine": True}, lambda one: one.authority.division.startswith("5115")),
        "family": ({"family": "credit"}, lambda one: "/credit/" in one.case_id),
        "case": ({"case_id": case_no(1)}, lambda one: one.case_id == case_no(1)),
        "rule": ({"rule": FINISH}, lambda one: one.rule == FINISH),
        "state": ({"state": "OBLIGATION_STATE_MET"}, lambda one: one.state == 2),
        "overdue": ({"overdue": True}, lambda one: one.state == 1 and one.due_at.ToMilliseconds() + 1000 <= clerk.now),
        "ahead": (
            {"due_within_seconds": 2 * 86_400},
            lambda one: one.state == 1 and clerk.now - 1000 < one.due_at.ToMilliseconds() <= clerk.now + 2 * DAY,
        ),
        "both": ({"authority": YUZHONG, "rule": CONTROL}, lambda one: (one.authority.division, one.rule) == (YUZHONG, CONTROL)),
    }
    for name, (filters, fits) in kept.items():
        found = {one.obligation_id for one in await owed(clerk, Reader("yibin-amr", "511500"), size=3, **filters)}
        assert found == {one.obligation_id for one in everything if fits(one)}, name
        assert found or name == "family", name


@pytest.mark.parametrize("size", [1, 4, 7, 200])
@pytest.mark.parametrize("order_by", ["", "due desc", "opened", "opened desc", "case_id", "case_id desc"])
async def test_pages_of_any_size_hold_every_obligation_once_in_order(clerk: Clerk, talk: Talk, size: int, order_by: str) -> None:
    found = await owed(clerk, size=size, order_by=order_by)
    held = {one.obligation_id for case_id in await ids(clerk) for one in (await get(clerk, case_id)).obligations}
    assert {one.obligation_id for one in found} == held and len(found) == len(held) > 20
    keys = {
        "due": lambda one: (one.due_at.ToMilliseconds() if one.HasField("due_at") else 2**62, one.case_id),
        "opened": lambda one: (one.opened_at.ToMilliseconds(), one.case_id),
        "case_id": lambda one: one.case_id,
    }
    column, _, way = (order_by or "due").partition(" ")
    told = [keys[column](one) for one in found]  # type: ignore[no-untyped-call]
    assert told == sorted(told, reverse=way == "desc")


async def test_pages_stay_stable_while_cases_flow_in(clerk: Clerk, talk: Talk) -> None:
    before = [one.obligation_id for one in await owed(clerk)]
    page = await clerk.desk.list_obligations(pb.ListObligationsRequest(page_size=5), Reader())
    clerk.hears(talk, talk.say("chongqing", result(case=case_no(50)), "new"))
    seen = [one.obligation_id for one in page.obligations]
    while page.next_page_token:
        page = await clerk.desk.list_obligations(pb.ListObligationsRequest(page_size=5, page_token=page.next_page_token), Reader())
        seen += [one.obligation_id for one in page.obligations]
    assert [id for id in seen if id in before] == before and len(set(seen)) == len(seen)


@pytest.mark.parametrize(
    ("filters", "places"),
    [
        ({}, [0, 1, 2, 3, 4, 5, 6, 7, "s"]),
        ({"province": "chongqing"}, [0, 1, 2, 3, 4, 5, 6, 7]),
        ({"family": "credit"}, ["s"]),
        ({"open": False}, [6, "s"]),
        ({"stage": "PASSED"}, [6]),
        ({"standing": "CASE_STANDING_LIFTED"}, ["s"]),
        ({"authority": YIBIN}, [0, 3]),
        ({"authority": LUZHOU}, [1, 4, 7]),
        ({"authority": "510000"}, [0, 1, 3, 4, 7]),
        ({"overdue": True}, [0, 1, 2]),
        ({"overdue": True, "authority": YIBIN}, [0]),
    ],
    ids=str,
)
async def test_every_filter_of_cases_finds_what_it_says(clerk: Clerk, talk: Talk, filters: dict[str, Any], places: list[Any]) -> None:
    clerk.now = NOON + 9 * DAY
    wanted = ["sichuan/credit/A-2026-1" if place == "s" else case_no(place) for place in places]
    if filters.get("overdue"):
        assert set(await ids(clerk, **filters)) >= set(wanted)
    elif filters == {"open": False}:
        assert case_no(6) in await ids(clerk, **filters)
    else:
        assert await ids(clerk, size=2, **filters) == wanted
        assert await ids(clerk, size=3, order_by="case_id desc", **filters) == wanted[::-1]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"page_size": 201}, "page_size_wrong"),
        ({"page_size": -1}, "page_size_wrong"),
        ({"order_by": "authority"}, "order_by_unknown"),
        ({"order_by": "due sideways"}, "order_by_unknown"),
        ({"page_token": "AAAA"}, "page_token_wrong"),
        ({"page_token": "é"}, "page_token_wrong"),
        ({"filter": {"authority": "5101"}}, "division_malformed"),
        ({"filter": {"rule": "a\0b"}}, "control_character"),
        ({"filter": {"due_within_seconds": 0}}, "due_within_wrong"),
        ({"filter": {"mine": True}}, "jurisdiction_missing"),
    ],
    ids=str,
)
async def test_a_list_that_cannot_be_is_refused_with_its_reason(clerk: Clerk, asked: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused, match=code):
        await clerk.desk.list_obligations(pb.ListObligationsRequest(**asked), Reader("coordinator", ""))


@pytest.mark.parametrize("asked", [{}, {"case_id": CASE, "key": "X"}], ids=str)
async def test_a_case_is_asked_for_by_its_id_or_by_its_key(clerk: Clerk, asked: dict[str, str]) -> None:
    with pytest.raises(Refused, match="case_key_missing"):
        await clerk.desk.get_case(pb.GetCaseRequest(**asked), Reader())


async def test_a_token_belongs_to_its_question(clerk: Clerk, talk: Talk) -> None:
    page = await clerk.desk.list_obligations(pb.ListObligationsRequest(page_size=2), Reader())
    with pytest.raises(Refused, match="page_token_wrong"):
        other = pb.ListObligationsRequest(page_token=page.next_page_token, filter={"rule": START})
        await clerk.desk.list_obligations(other, Reader())


async def test_every_question_leaves_who_asked_and_about_what(clerk: Clerk) -> None:
    talk = Talk()
    clerk.hears(talk, talk.say("chongqing", result(), "r"))
    await get(clerk)
    await ids(clerk)
    assert clerk.log == [("chengdu-amr", "GetCase", [CASE]), ("chengdu-amr", "ListCases", [CASE])]


def planned(*regions: tuple[str, int]) -> PlanPublished:
    return PlanPublished(
        head=CaseHead(case_id=PLAN),
        plan_no="川渝联抽〔2026〕3号",
        name="火锅底料联动抽查",
        organisers=(Authority(division="510100"),),
        regions=tuple(PlannedRegion(division=division, batches=batches) for division, batches in regions),
        starts_on=20_700,
        ends_on=20_760,
    )


PLAN = "sichuan/spotcheck/plan"


async def test_a_plan_shows_how_many_of_its_samples_each_region_has_taken(clerk: Clerk) -> None:
    """By the plan's number or its case; a narrower region counts before a wider one; what was withdrawn was not taken."""
    talk = Talk()

    def taken(place: int, division: str, ref: str, verdict: Verdict = Verdict.PASSED) -> Any:
        event = result(verdict, sampled=division, case=case_no(place))
        return talk.say("chongqing", replace(event, task=replace(event.task, plan_ref=ref)), f"s{place}")

    said = [
        taken(1, YUZHONG, " 川渝联抽〔2026〕3号"),
        taken(2, "510104", PLAN),
        taken(3, "510107", PLAN),
        taken(4, YUZHONG, PLAN, Verdict.FAILED),
    ]
    said += [taken(5, YUZHONG, "another"), taken(6, HUNAN, PLAN), taken(7, YUZHONG, PLAN)]
    plan = planned(("510100", 40), ("510104", 5), (YUZHONG, 20), (LUZHOU, 9))
    clerk.hears(talk, *said, talk.say("sichuan", plan, "plan"))
    clerk.hears(talk, talk.say("chongqing", withdrawn("s7", case=case_no(7))))
    case = await get(clerk, PLAN)
    assert {one.authority.division: (one.taken, one.planned) for one in case.regions} == {
        "510100": (1, 40),
        "510104": (1, 5),
        YUZHONG: (2, 20),
        LUZHOU: (0, 9),
        "": (1, 0),
    }
    assert case.summary.ends_at.ToJsonString() == "2026-11-03T16:00:00Z"
    assert list((await get(clerk, case_no(1))).regions) == []
