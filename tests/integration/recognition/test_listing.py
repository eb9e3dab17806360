"""ListSpotChecks and GetSpotCheck: filters, pages that stay stable, and what a reader may see."""

from __future__ import annotations

from typing import Any

import pytest

from chuanyu.contracts.common import Party
from chuanyu.contracts.pb.recognition.v1 import recognition_pb2 as pb
from chuanyu.kernel.refusals import Refused
from kit.asking import CMA, MAKER, SAMPLE, USCC, Asker, View, result, withdrawn
from kit.cases import Talk

YIBIN = Party(name="宜宾酒业有限公司", division="511503")
TRADER = Party(name="张三小吃店", uscc="92510104MA62P0000X", division="500103")


def number(place: int) -> str:
    return f"XBJ265100003{place:05d}"


@pytest.fixture
def talk(view: View) -> Talk:
    """Twelve samples, every third from Chongqing, every second failed."""
    talk = Talk()
    for place in range(12):
        province = "chongqing" if place % 3 == 0 else "sichuan"
        event = result(
            number(place),
            province,
            verdict="FAILED" if place % 2 else "PASSED",
            producer=MAKER if place < 6 else YIBIN,
            taken=f"2026-08-{20 - place:02d}" if place < 10 else None,
            product="麻辣香肠" if place < 4 else "白酒",
            campaign="春雷行动" if place == 5 else None,
            cma=CMA,
            report=f"R-{place}",
        )
        view.hears(talk.say(province, event, f"e{place}"))
    view.hears(talk.say("sichuan", withdrawn("e1", f"sichuan/spotcheck/{number(1)}")))
    return talk


async def listed(view: View, *, asker: Asker = Asker(), size: int = 50, order_by: str = "", **filters: Any) -> list[int]:  # noqa: B008
    """Places of all samples on all pages."""
    found, token = [], ""
    while True:
        asked = pb.ListSpotChecksRequest(page_size=size, page_token=token, order_by=order_by, filter=filters)
        page = await view.desk.list_spot_checks(asked, asker)
        assert len(page.spot_checks) <= size
        found += [int(one.sample_no[-5:]) for one in page.spot_checks]
        token = page.next_page_token
        if not token:
            return found


@pytest.mark.parametrize(
    ("filters", "places"),
    [
        ({}, list(range(12))),
        ({"province": "chongqing"}, [0, 3, 6, 9]),
        ({"verdict": "VERDICT_FAILED"}, [1, 3, 5, 7, 9, 11]),
        ({"state": "SPOT_CHECK_STATE_WITHDRAWN"}, [1]),
        ({"producer": USCC}, [0, 1, 2, 3, 4, 5]),
        ({"producer_division": "511500"}, [6, 7, 8, 9, 10, 11]),
        ({"producer_division": "510000"}, [6, 7, 8, 9, 10, 11]),
        ({"producer_division": "511502"}, []),
        ({"sampled_division": "510100"}, list(range(12))),
        ({"cma_no": CMA, "report_no": "r-7"}, [7]),
        ({"sample_no": number(4).lower()}, [4]),
        ({"product": "麻辣 香肠"}, [0, 1, 2, 3]),
        ({"taken_from": "2026-08-18", "taken_to": "2026-08-19"}, [1, 2]),
        ({"cross_province": True}, [0, 1, 2, 3, 4, 5]),
        ({"cross_province": False}, [6, 7, 8, 9, 10, 11]),
        ({"campaign": "春雷行动"}, [5]),
        ({"province": "chongqing", "verdict": "VERDICT_FAILED", "producer": USCC}, [3]),
    ],
    ids=str,
)
async def test_every_filter_finds_what_it_says(view: View, talk: Talk, filters: dict[str, Any], places: list[int]) -> None:
    assert sorted(await listed(view, **filters)) == places


@pytest.mark.parametrize("size", [1, 5, 12])
@pytest.mark.parametrize(
    ("order_by", "places"),
    [
        ("", list(range(11, -1, -1))),
        ("recorded_at", list(range(12))),
        ("taken_on desc", [*range(10), 11, 10]),
        ("taken_on", [10, 11, *range(9, -1, -1)]),
        ("case_id", [0, 3, 6, 9, 1, 2, 4, 5, 7, 8, 10, 11]),
    ],
)
async def test_every_order_holds_over_pages_of_any_size(view: View, talk: Talk, size: int, order_by: str, places: list[int]) -> None:
    found = await listed(view, size=size, order_by=order_by)
    assert found == places if "taken_on" not in order_by else (sorted(found) == list(range(12)) and found[2:9] == places[2:9])


async def test_pages_stay_stable_while_results_flow_in_and_are_corrected(view: View, talk: Talk) -> None:
    asked = pb.ListSpotChecksRequest(page_size=4)
    first = await view.desk.list_spot_checks(asked, Asker())
    view.hears(talk.say("sichuan", result("XBJ26510000399999"), "new"))
    view.hears(talk.say("sichuan", result(number(2), corrects="e2", verdict="FAILED"), "better"))
    seen = [one.sample_no for one in first.spot_checks]
    token = first.next_page_token
    while token:
        page = await view.desk.list_spot_checks(pb.ListSpotChecksRequest(page_size=4, page_token=token), Asker())
        seen += [one.sample_no for one in page.spot_checks]
        token = page.next_page_token
    assert seen == [number(place) for place in range(11, -1, -1)]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"page_size": 201}, "page_size_wrong"),
        ({"page_size": -1}, "page_size_wrong"),
        ({"order_by": "verdict"}, "order_by_unknown"),
        ({"order_by": "taken_on sideways"}, "order_by_unknown"),
        ({"page_token": "AAAA"}, "page_token_wrong"),
        ({"page_token": "é"}, "page_token_wrong"),
        ({"page_token": "MTI"}, "page_token_wrong"),
        ({"filter": {"taken_from": "2026-8-1"}}, "day_malformed"),
        ({"filter": {"product": "a\0b"}}, "control_character"),
    ],
    ids=str,
)
async def test_a_list_that_cannot_be_is_refused_with_its_reason(view: View, asked: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        await view.desk.list_spot_checks(pb.ListSpotChecksRequest(**asked), Asker())
    assert refused.value.code == code


async def test_a_token_belongs_to_its_question(view: View, talk: Talk) -> None:
    page = await view.desk.list_spot_checks(pb.ListSpotChecksRequest(page_size=2), Asker())
    with pytest.raises(Refused, match="page_token_wrong"):
        other = pb.ListSpotChecksRequest(page_size=2, page_token=page.next_page_token, filter={"province": "sichuan"})
        await view.desk.list_spot_checks(other, Asker())


async def test_d19_a_number_accepted_twice_is_ambiguous_and_both_are_named(view: View) -> None:
    talk = Talk()
    view.hears(talk.say("sichuan", result()), talk.say("chongqing", result(province="chongqing")))
    with pytest.raises(Refused) as refused:
        await view.desk.get_spot_check(pb.GetSpotCheckRequest(sample_no=SAMPLE), Asker())
    assert refused.value.facts == {"candidates": f"chongqing/spotcheck/{SAMPLE}, sichuan/spotcheck/{SAMPLE}"}
    found = await view.desk.get_spot_check(pb.GetSpotCheckRequest(case_id=f"chongqing/spotcheck/{SAMPLE}"), Asker())
    assert found.province == "chongqing"
    with pytest.raises(Refused, match="spot_check_unknown"):
        await view.desk.get_spot_check(pb.GetSpotCheckRequest(sample_no=number(77)), Asker())


async def test_p6_a_sole_traders_name_is_masked_for_public_readers_only(view: View) -> None:
    view.hears(Talk().say("sichuan", result(producer=TRADER)))
    asked = pb.GetSpotCheckRequest(sample_no=SAMPLE)
    public = await view.desk.get_spot_check(asked, Asker(clearance="L1"))
    inner = await view.desk.get_spot_check(asked, Asker(clearance="L2"))
    assert (public.labelled_producer.name, public.labelled_producer.uscc, public.labelled_producer.key) == ("张**", "", "")
    assert (inner.labelled_producer.name, inner.labelled_producer.uscc) == ("张三小吃店", TRADER.uscc)


@pytest.mark.parametrize(
    ("asker", "seen"),
    [
        (Asker("amr", "510000"), True),
        (Asker("yibin-amr", "511500"), True),
        (Asker("sichuan-other", "510000"), True),
        (Asker("chengdu-amr", "510100"), False),
        (Asker("coordinator", ""), False),
    ],
    ids=["issuer", "flagged", "above the flagged", "another", "nobody in particular"],
)
async def test_p6_whom_a_suspicion_is_about_is_for_those_concerned(view: View, asker: Asker, seen: bool) -> None:
    event = result(type="MONITORING", verdict="PROBLEM", notice="NON_COMPLIANCE", flagged=["511503"], published=None)
    view.hears(Talk().say("sichuan", event))
    found = await view.desk.get_spot_check(pb.GetSpotCheckRequest(sample_no=SAMPLE), asker)
    assert bool(found.labelled_producer.name) is seen and bool(found.sampled_unit.name) is seen
    assert found.product.name == "麻辣香肠"


async def test_p6_public_readers_list_what_is_public(view: View) -> None:
    talk = Talk()
    for place, published in enumerate(["2026-09-14", None, "2026-09-30"]):
        view.hears(talk.say("sichuan", result(number(place), published=published)))
    assert await listed(view, asker=Asker(clearance="L1")) == [0]
    assert len(await listed(view, asker=Asker(clearance="L2"))) == 3
