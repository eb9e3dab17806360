"""Random histories of cases that both provinces speak about, and random ways in which a node hears them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from chuanyu.contracts.case import CaseClosed, ClosingBasis, ReceiptIssued
from chuanyu.contracts.common import ActionOutcome, NoticeClass
from chuanyu.contracts.credit import SanctionImposed
from chuanyu.contracts.spotcheck import Authenticity, ResultReported, Verdict
from chuanyu.kernel.store import Arrived
from kit.cases import (
    DAY_OF_NOON,
    HUNAN,
    LUZHOU,
    NOON,
    SANCTION,
    WANZHOU,
    YIBIN,
    YUZHONG,
    Talk,
    closed,
    conclusion,
    corrects,
    disposal,
    follow_up,
    lifting,
    objection,
    receipt,
    reclassified,
    reopened,
    result,
    sanction,
    streams,
    withdrawn,
)
from kit.cases import named as identified

DAY = 86_400_000
PRODUCERS = st.sampled_from([YIBIN, LUZHOU, WANZHOU, HUNAN, None])
VERDICTS = st.sampled_from(["FAILED", "FAILED", "PASSED", "PROBLEM"])


def statement(draw: Callable[..., Any], case: str) -> Any:
    """What opens a case of this family, or adds to it without naming anything."""
    if "/credit/" in case:
        return lifting(case=case) if draw(st.booleans()) else sanction(case=case, flagged=draw(st.sampled_from([(), (WANZHOU,), (YIBIN,)])))
    if draw(st.integers(0, 4)) > 1:
        return about_a_sample(draw, case)
    return result(Verdict(draw(VERDICTS)), producer=draw(PRODUCERS), sampled=draw(st.sampled_from([YUZHONG, YIBIN])), case=case)


def about_a_sample(draw: Callable[..., Any], case: str) -> Any:
    """A disposal, an objection or its conclusion, by whoever may or may not owe it."""
    by, day = draw(st.sampled_from([YIBIN, YIBIN, YUZHONG, "510000"])), DAY_OF_NOON + draw(st.sampled_from([0, 0, 30]))
    kind, lab = draw(st.sampled_from(["RETEST", "RETEST", "AUTHENTICITY"])), draw(st.sampled_from([None, "复检所"]))
    what = draw(st.sampled_from(["dispose", "dispose", "object", "conclude"]))
    if what == "object":
        return objection(kind, raised_on=day, by=by, lab=lab, case=case)
    if what == "conclude":
        outcome = draw(st.sampled_from(["UPHELD", "OVERTURNED", "WITHDRAWN", "NOT_ACCEPTED"]))
        return conclusion(outcome, kind, raised_on=day, by=by, lab=lab, case=case)
    return disposal(
        draw(st.sampled_from(["STARTED", "CONTROLLED", "FINISHED", "FINISHED", "SENT_BACK"])),
        part=draw(st.sampled_from(["PRODUCTION", "PRODUCTION", "CIRCULATION"])),
        by=by,
        case=case,
        served_on=draw(st.sampled_from([None, None, DAY_OF_NOON + 2])),
        authenticity=Authenticity(draw(st.sampled_from(["GENUINE", "GENUINE", "COUNTERFEIT", "UNKNOWN"]))),
    )


def act(draw: Callable[..., Any], case: str, named: str) -> Any:
    """What may be said in the case of every family."""
    division = draw(st.sampled_from([YIBIN, WANZHOU, "510000", "500000"]))
    kind = draw(st.sampled_from(["follow", "follow", "class", "close", "silence", "reopen"]))
    if kind == "follow":
        outcome = draw(st.sampled_from([ActionOutcome.NOT_FOUND, ActionOutcome.OTHER]))
        about = draw(st.sampled_from([None, str(identified(named))]))
        return follow_up(division, case=case, outcome=outcome, about=about, extends=draw(st.sampled_from([None, about])))
    if kind == "class":
        return reclassified(draw(st.sampled_from([NoticeClass.ALERT, NoticeClass.FOLLOW_UP])), division=division, case=case)
    if kind == "reopen":
        return reopened(division, case=case)
    return closed(division, case=case, basis=ClosingBasis.SILENCE if kind == "silence" else ClosingBasis.DECISION)


def saying(draw: Callable[..., Any], case: str, named: str, *, confirms: bool) -> Any:
    """A statement, or something about the event that is called named; a receipt only where confirms."""
    kind = draw(st.sampled_from(["state", "state", "correct", "correct", "act", "act", "withdraw", *["confirm", "confirm"] * confirms]))
    if kind == "state":
        return statement(draw, case)
    if kind == "act":
        return act(draw, case, named)
    if kind == "correct":
        return corrects(statement(draw, case), named)
    return withdrawn(named, case=case) if kind == "withdraw" else receipt(named, case=case)


@st.composite
def histories(draw: Callable[..., Any], cases: Sequence[str], size: int = 9, *, lawful: bool = False) -> list[Arrived]:
    """Statements, corrections, withdrawals and receipts; what they name was said before, comes later, comes elsewhere, or never does.

    lawful: nothing that a service parks or a gateway refuses; a case is opened and corrected by its home alone, nodes alone confirm, and
    no event id comes twice.
    """
    talk = Talk()
    count = draw(st.integers(1, size))
    words = [f"e{number}" for number in range(count)] + ["never"]
    clocks = {"sichuan": 0, "chongqing": 0}
    for number in range(count):
        case = draw(st.sampled_from(cases))
        province = draw(st.sampled_from(["sichuan", "chongqing"]))
        word = f"e{number}" if lawful else draw(st.sampled_from([f"e{number}"] * 15 + ["e0"]))
        event = saying(draw, case, draw(st.sampled_from([each for each in words if each != word])), confirms=not lawful)
        if lawful and isinstance(event, CaseClosed) and event.basis is ClosingBasis.SILENCE:
            event = closed("510000", case=case)
        if lawful and isinstance(event, ResultReported | SanctionImposed | ReceiptIssued):
            province = case.partition("/")[0]
        clocks[province] += draw(st.integers(1, 9))
        member = draw(st.sampled_from(["amr"] * 5 + ["other"]))
        talk.say(province, event, word, at=NOON + clocks[province], time=NOON + draw(st.integers(0, 40)) * DAY, member=member)
    return talk.arrivals


@st.composite
def hearings(draw: Callable[..., Any], arrivals: Sequence[Arrived]) -> list[list[Arrived]]:
    """The batches in which a node hears a history: each partition in its sequence, otherwise anyhow."""
    left = [list(stream) for stream in streams(arrivals)]
    batches: list[list[Arrived]] = [[]]
    while left:
        stream = draw(st.sampled_from(left))
        batches[-1].append(stream.pop(0))
        left = [each for each in left if each]
        if draw(st.booleans()):
            batches.append([])
    return [batch for batch in batches if batch]


def by_case(arrivals: Sequence[Arrived]) -> Mapping[str, list[Arrived]]:
    cases: dict[str, list[Arrived]] = {}
    for arrived in arrivals:
        cases.setdefault(arrived.case_id, []).append(arrived)
    return cases


__all__ = ["SANCTION", "by_case", "hearings", "histories"]
