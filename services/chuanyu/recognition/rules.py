"""
Which reasons apply to a question. Pure: facts, day, instant and the age of sources come in; where a reason leads stands in `policy`.

Sources: domain 8.2 and 8.3; each reason's own act is named in policy/reasons.csv. One table for each kind of question; a row is a reason
and the condition under which it applies, so a regulator can read them line by line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from chuanyu.domain import clocks
from chuanyu.domain.clock_rules import rule_in_force
from chuanyu.domain.dates import SHANGHAI, from_days, from_millis
from chuanyu.recognition import policy
from chuanyu.recognition.details import Result

NATIONAL = "NATIONAL"
_FOODS = frozenset({"FOOD", "EDIBLE_AGRICULTURAL"})


@dataclass(frozen=True, slots=True)
class Paper:
    """What the asker says of the report before him; None where he does not say. digest: of the file, hex."""

    digest: str | None = None
    cma_mark: bool | None = None
    internal: bool | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A result and the question about it. state: STANDING, WITHDRAWN or OVERTURNED · recorded_at: first acceptance, ms.

    on: the day on which the answer is to count · laboratory: what speaks against it, as `qualifications.of_laboratory` says
    objected: an objection or re-test is pending
    """

    result: Result
    state: str
    recorded_at: int
    on: date
    paper: Paper = Paper()
    laboratory: Sequence[str] = ("LABORATORY_NOT_ON_RECORD",)
    objected: bool = False


def dated(asked: Asked) -> date:
    """The report date; unknown, the sampling date, else the announcement's, else the acceptance's (policy: the earliest known counts)."""
    result = asked.result
    days = next((day for day in (result.issued_on, result.taken_on, result.published_on) if day is not None), None)
    return from_days(days) if days is not None else from_millis(asked.recorded_at).astimezone(SHANGHAI).date()


def failures_since(on: date) -> date:
    """The first day of which failures are recent on that day."""
    return clocks.add_months(on, -policy.limit("recent_failures", on).length) + timedelta(days=1)


def counts_until(asked: Asked) -> date:
    """The last day of the recognition period."""
    return clocks.add_months(dated(asked), policy.limit("recognition_period", asked.on).length)


def window_end(asked: Asked) -> datetime | None:
    """Until when the party may ask for a re-test (办法 30, 产品质量法 15); None where there is nothing to dispute.

    While it is not known when the conclusion was served, it runs from the announcement, else from acceptance (domain 4.2).
    """
    result = asked.result
    if result.verdict != "FAILED":
        return None
    announced = None if result.published_on is None else from_days(result.published_on)
    start = clocks.served_start(None, announced, from_millis(asked.recorded_at)).at
    name = "spotcheck_retest_application" if result.product_domain in _FOODS else "spotcheck_retest_application_industrial"
    rule = rule_in_force(name, start.date())
    return clocks.due(rule, start).due if rule else None


def _speaks(code: str) -> Callable[[Asked], bool]:
    """Whether that speaks against the laboratory; a national result binds whoever tested it (产品质量法 15)."""
    return lambda asked: code in asked.laboratory and asked.result.task_level != NATIONAL


def _window_open(asked: Asked) -> bool:
    end = window_end(asked)
    return end is not None and asked.on <= end.date()


RESULT: Mapping[str, Callable[[Asked], bool]] = {
    "OVERTURNED": lambda asked: asked.state == "OVERTURNED",
    "WITHDRAWN": lambda asked: asked.state == "WITHDRAWN",
    "RISK_MONITORING_SAMPLE": lambda asked: asked.result.task_type == "MONITORING" or asked.result.verdict == "PROBLEM",
    "UNVERIFIED_SOURCE": lambda asked: asked.result.notice_class == "NEWS",
    "RESULT_TOO_OLD": lambda asked: asked.on > counts_until(asked),
    "NO_CMA_MARK": lambda asked: asked.paper.cma_mark is False,
    "INTERNAL_REFERENCE_ONLY": lambda asked: asked.paper.internal is True,
    "OBJECTION_WINDOW_OPEN": _window_open,
    "UNDER_OBJECTION": lambda asked: asked.objected,
    "CMA_INVALID_ON_DATE": _speaks("CMA_INVALID_ON_DATE"),
    "OUT_OF_SCOPE": _speaks("OUT_OF_SCOPE"),
    "LABORATORY_NOT_ON_RECORD": _speaks("LABORATORY_NOT_ON_RECORD"),
    "PARTIAL_SCOPE": _speaks("PARTIAL_SCOPE"),
    "DIGEST_NOT_ON_RECORD": lambda asked: asked.paper.digest is not None,
}


def of_result(asked: Asked) -> list[str]:
    """Every reason that applies to a sample's or report's result, strongest kind first; the positive one only when nothing else applies."""
    return [code for code, applies in RESULT.items() if applies(asked)] or [
        "NATIONAL_RESULT" if asked.result.task_level == NATIONAL else "VALID_RESULT"
    ]
