"""P4, D13: what stands in quarantine was never filed, and no answer that it might have changed passes over it."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from chuanyu.contracts.common import Party
from chuanyu.contracts.pb.recognition.v1 import recognition_pb2 as pb
from chuanyu.kernel import codec
from chuanyu.kernel.refusals import Refused
from chuanyu.recognition import aside
from chuanyu.recognition.aside import LIMIT
from kit.asking import CMA, USCC, Asker, View, lifting, recall, result, sanction, withdrawn
from kit.cases import SANCTION, Talk

FIRM = "渝味食品有限公司"
OTHER_USCC = "11500228733970274Y"
OTHER = Party(name="别家食品有限公司", uscc=OTHER_USCC, division="500103")
ANYBODY, PUBLIC = Asker(), Asker(clearance="L1")

firm: dict[str, Any] = {"enterprise": {"enterprise": USCC}}
by_name: dict[str, Any] = {"enterprise": {"enterprise": FIRM}}
other: dict[str, Any] = {"enterprise": {"enterprise": OTHER_USCC}}
product: dict[str, Any] = {"product": {"name": "麻辣香肠", "producer": USCC}}
other_product: dict[str, Any] = {"product": {"name": "豆干", "producer": USCC}}
report: dict[str, Any] = {"report": {"cma_no": CMA, "report_no": "SP2026-0317"}}
other_report: dict[str, Any] = {"report": {"cma_no": CMA, "report_no": "SP2026-0318"}}
ALL = [firm, by_name, other, product, other_product, report, other_report]


@pytest.fixture
def talk(view: View) -> Talk:
    """Both firms and two reports are known, and nothing stands against them."""
    talk = Talk()
    common: dict[str, Any] = {"level": "NATIONAL", "cma": CMA, "issued": "2026-09-01"}
    view.hears(
        talk.say("sichuan", result("XBJ26510000300001", report="SP2026-0317", **common)),
        talk.say("sichuan", result("XBJ26510000300002", report="SP2026-0318", producer=OTHER, product="豆干", **common)),
        talk.say("sichuan", result("XBJ26510000300003", product="豆干", **common)),
    )
    return talk


async def flagged(view: View, *questions: dict[str, Any], asker: Asker = ANYBODY) -> list[dict[str, Any]]:
    """The questions whose answer says that something is held back; it is then never RECOGNISED."""
    found = []
    for question in questions or ALL:
        answer = await view.ask(asker, **question)
        if "PARKED_EVENT" in [one.code for one in answer.reasons]:
            assert answer.status != pb.RecognitionStatus.RECOGNITION_STATUS_RECOGNISED
            found.append(question)
    return found


async def test_what_is_known_and_not_held_back_is_answered(view: View, talk: Talk) -> None:
    assert await flagged(view) == []
    assert [one.code for one in (await view.ask(**firm)).reasons] == ["NO_ADVERSE_FACT"]


@pytest.mark.parametrize(
    ("province", "event", "concerned"),
    [
        ("sichuan", sanction(), [firm, by_name]),
        ("chongqing", recall(), [firm, by_name, product, other_product]),
        ("sichuan", result("XBJ26510000300009", verdict="FAILED"), [firm, by_name, product]),
        ("sichuan", result("XBJ26510000300009", place=OTHER, product="糕点", producer=None), [other]),
        ("sichuan", result("XBJ26510000300009", cma=CMA, report="sp2026-0318", producer=None), [other_report]),
        ("sichuan", sanction(notice="FRAUD"), []),
    ],
    ids=["sanction", "recall", "result", "place", "report", "suspected fraud is nobody's to know"],
)
@pytest.mark.parametrize("code", ["rule_violated", ""], ids=["parked", "waiting"])
async def test_p4_a_new_fact_held_back_shows_in_every_answer_that_it_concerns(
    view: View, talk: Talk, province: str, event: Any, concerned: list[dict[str, Any]], code: str
) -> None:
    view.keep_aside(talk.say(province, event), code)
    assert await flagged(view) == concerned


@pytest.mark.parametrize(
    ("event", "concerned"),
    [
        (sanction(), [firm, by_name, other]),
        (recall("sichuan/recall/R-1"), [firm, by_name, other, product, other_product]),
        (result("XBJ26510000300009"), ALL),
    ],
    ids=["credit", "recall", "spotcheck"],
)
async def test_p4_what_nobody_can_read_may_concern_everybody_who_asks_its_source(
    view: View, talk: Talk, event: Any, concerned: list[dict[str, Any]]
) -> None:
    view.keep_aside(talk.say("sichuan", event), "schema_unknown", b"\0\0\0\xff\xff?")
    assert await flagged(view) == concerned


async def test_p4_more_than_one_answer_reads_may_concern_everybody(view: View, talk: Talk) -> None:
    for number in range(LIMIT):
        view.keep_aside(talk.say("sichuan", sanction(f"sichuan/credit/B-{number}", uscc=None, name="第三家")))
    assert await flagged(view) == [firm, by_name, other]


async def test_p4_more_than_one_answer_reads_are_not_read_either(view: View, talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whom they concern is not told any more, so no answer spends its time on them."""
    decoded: list[bytes] = []
    monkeypatch.setattr(aside, "decode", decoded.append)
    for number in range(LIMIT):
        view.keep_aside(talk.say("sichuan", sanction(f"sichuan/credit/B-{number}")))
    assert await flagged(view) == [firm, by_name, other] and decoded == []


async def test_what_is_kept_aside_is_read_once_and_not_by_the_answering_loop(
    view: View, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large record takes ten milliseconds to read; of 199, two seconds of every answer, in which nobody else would be answered."""
    readers: list[str] = []

    def decode(value: bytes) -> object:
        readers.append(threading.current_thread().name)
        return codec.decode(value)

    monkeypatch.setattr(aside, "decode", decode)
    for number in range(5):
        view.keep_aside(talk.say("sichuan", sanction(f"sichuan/credit/B-{number}")))
    found = await asyncio.gather(*(flagged(view, firm) for _ in range(4)))
    assert found == [[firm]] * 4 and len(readers) == 5 and threading.current_thread().name not in readers
    view.keep_aside(talk.say("sichuan", sanction("sichuan/credit/B-6")))
    assert await flagged(view, firm, other) == [firm] and len(readers) == 6


async def test_d4_what_bears_no_valid_seal_says_nothing_about_anybody(view: View, talk: Talk) -> None:
    view.keep_aside(talk.say("sichuan", sanction()), "seal_invalid")
    assert await flagged(view) == []


async def test_d14_what_was_decided_holds_nothing_back_any_more(view: View, talk: Talk) -> None:
    view.keep_aside(talk.say("sichuan", sanction()))
    view.node.connection.execute("UPDATE bus.parked SET state = 'DISCARDED'")
    assert await flagged(view) == []


async def test_p9_a_lifting_whose_withdrawal_is_held_back_is_not_taken_for_granted(view: View, talk: Talk) -> None:
    view.hears(talk.say("sichuan", sanction(SANCTION), "imposed"), talk.say("sichuan", lifting(SANCTION), "lifted"))
    assert await flagged(view) == []
    view.keep_aside(talk.say("sichuan", withdrawn("lifted", SANCTION)))
    assert await flagged(view) == [firm, by_name]


async def test_p4_a_firm_that_only_a_held_record_names_is_not_plainly_unknown(view: View) -> None:
    view.keep_aside(Talk().say("sichuan", sanction()))
    for question in (firm, by_name):
        assert [one.code for one in (await view.ask(**question)).reasons] == ["NOT_FOUND", "PARKED_EVENT"]
    with pytest.raises(Refused) as refused:
        await view.desk.get_enterprise_standing(pb.GetEnterpriseStandingRequest(enterprise=USCC), Asker())
    assert [one.code for one in refused.value.violations] == ["enterprise_unknown", "held_back"]


async def test_p4_a_standing_says_that_it_is_incomplete(view: View, talk: Talk) -> None:
    asked = pb.GetEnterpriseStandingRequest(enterprise=USCC)
    assert not (await view.desk.get_enterprise_standing(asked, Asker())).incomplete
    view.keep_aside(talk.say("sichuan", sanction()))
    standing = await view.desk.get_enterprise_standing(asked, Asker())
    assert standing.incomplete and list(standing.sanctions) == []


async def test_p6_a_public_reader_hears_nothing_of_what_would_not_be_shown(view: View, talk: Talk) -> None:
    view.keep_aside(talk.say("sichuan", result("XBJ26510000300009", verdict="FAILED", published=None)))
    assert await flagged(view, asker=PUBLIC) == []
    view.keep_aside(talk.say("sichuan", result("XBJ26510000300010", verdict="FAILED")))
    assert await flagged(view, asker=PUBLIC) == [firm, by_name, product]
