"""How `chuanyu case show` tells of a sample: parts, objections, what parties may do, in Chinese first."""

from __future__ import annotations

from typing import Any

from chuanyu.casework import deadlines, messages
from chuanyu.casework.case import Fact
from chuanyu.casework.fold import fold
from chuanyu.casework.listing import Face, Happened, Kept
from chuanyu.casework.reader import Reader
from chuanyu.casework.rest import answer_json
from chuanyu.cli import case
from chuanyu.contracts.spotcheck import Authenticity
from chuanyu.spotcheck.handlers import steps
from kit.cases import CASE, DAY_OF_NOON, NOON, PROVINCES, Talk, conclusion, disposal, objection, result
from kit.reading import Reader as Member


def told(*events: Any) -> str:
    """A failed sample and these, as the command prints the case."""
    talk = Talk()
    talk.say("chongqing", result(), "result")
    for number, event in enumerate(events):
        talk.say("sichuan", event, f"e{number}")
    folded = fold(steps(PROVINCES), deadlines.frame(PROVINCES), talk.facts)
    kept = Kept(CASE, folded, held=False, face=Face("/chongqing/amr", talk.arrivals[0].event))
    message = messages.whole(kept, [happened(fact) for fact in talk.facts], {"sichuan": 0.1}, Reader(Member(), "sichuan", NOON))
    return "\n".join(case._told(answer_json(message)))


def happened(fact: Fact) -> Happened:
    return Happened(fact.order, fact.id, fact.source, fact.time, fact.recordedtime, fact.event)


def test_u_parts_objections_and_terms_are_told_in_chinese_first() -> None:
    said = told(disposal("CONTROLLED", served_on=DAY_OF_NOON), objection())
    assert "核查处置 · disposal" in said
    assert "生产  四川省宜宾市 511500：产品控制 controlled，2026-09-29 12:00:00，2026-09-29送达 served" in said
    assert "流通  重庆市渝中区 500103：未启动 not_started" in said
    assert "复检 re-test  2026-09-29  四川省宜宾市 511500：处理中 open" in said
    assert "可以申请复检（生产） · may ask for a re-test：至 until 2026-10-14 23:59:59\n" in said
    assert "可以申请复检（流通） · may ask for a re-test：至 until 2026-10-14 23:59:59（送达日期不明，暂计 provisional）" in said
    assert "确定复检机构（2026-09-29）" in said


def test_u_what_is_odd_is_told_in_words() -> None:
    said = told(disposal("CAUSE_SOUGHT", authenticity=Authenticity.COUNTERFEIT))
    assert "系假冒产品，应移送线索、查找真实生产者 · counterfeit: pass the lead on and find who made it (true_maker_to_be_found)" in said
    assert "，假冒 counterfeit" in said


def test_u_an_overturned_result_says_so() -> None:
    said = told(objection(), conclusion("OVERTURNED", lab="复检所"))
    assert "已推翻 · overturned" in said and "推翻原结论 overturned，2026-10-08" in said
