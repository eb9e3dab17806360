"""By which rules of `clock_rules.csv` a sample's case is kept, and which of them never reach it. Pure; sources: domain 4.2, 9."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from chuanyu.casework.case import Case, Obligation, Progress
from chuanyu.casework.steps import Duty
from chuanyu.contracts.common import ProductDomain
from chuanyu.contracts.spotcheck import ResultReported
from chuanyu.domain.dates import midnight
from chuanyu.domain.products import categorise

NOTICE, ORIGIN_NOTICE = "spotcheck_cross_province_notice", "spotcheck_origin_notice_industrial"
START, CONTROL, FINISH = DISPOSAL = ("spotcheck_disposal_start", "spotcheck_disposal_control", "spotcheck_disposal_finish")
RECHECK = "spotcheck_recheck_industrial"
RETEST_LABORATORY = "spotcheck_retest_laboratory"
RETEST, RETEST_INDUSTRIAL = "spotcheck_retest_application", "spotcheck_retest_application_industrial"
DENIAL = "spotcheck_objection_authenticity"
STOP, RECTIFY = "spotcheck_stop_industrial", "spotcheck_rectify_industrial"

OWED = frozenset({NOTICE, ORIGIN_NOTICE, *DISPOSAL, RECHECK, RETEST_LABORATORY})
"""What authorities owe in the case."""

TERMS = frozenset({RETEST, RETEST_INDUSTRIAL, DENIAL, STOP, RECTIFY})
"""What parties may do or must do by when, shown in the case."""

UNAPPLIED: Mapping[str, str] = {
    "spotcheck_sample_delivery": "between sampler and laboratory, before anything reaches the bus",
    "spotcheck_report_issue": "the laboratory's, before anything reaches the bus",
    "spotcheck_verdict_failed_report": "from the laboratory to the organiser, who then reports the result",
    "spotcheck_verdict_passed_report": "from the laboratory to the organiser, who then reports the result",
    "spotcheck_severe_hazard_report": "from the laboratory to the organiser, whose result then comes as ALERT; laboratories are no members",
    "spotcheck_backup_keep_passed": "the laboratory keeps its half of the sample; nobody on the bus acts",
    "spotcheck_backup_keep_failed": "the laboratory keeps its half of the sample; nobody on the bus acts",
    "spotcheck_retest_application_rapid": "a rapid test (快检) is no result, and no event tells the hour at which the party learned of it",
    "spotcheck_no_resample": "answered by recognition (CheckResampling), a case does not end by it",
    "spotcheck_record_retention": "the sampler keeps its records; nobody on the bus acts",
}
"""Rule → why no step applies it."""


def is_industrial(result: ResultReported) -> bool:
    """Whether 令18 and 产品质量法 hold for a product, and not the food acts; where nothing tells its domain, food is assumed."""
    domain, category = result.head.product_domain, result.product.category
    if domain is ProductDomain.UNKNOWN and category:
        domain = ProductDomain(categorise(category[0]).product_domain)
    return domain not in (ProductDomain.FOOD, ProductDomain.EDIBLE_AGRICULTURAL, ProductDomain.UNKNOWN)


def of_parts(parts: Iterable[Progress], *, industrial: bool) -> Iterator[Duty]:
    """The disposal (核查处置) that each part's authority owes; where the labelled producer did not make it, nothing is left to do there."""
    for part in parts:
        if part.released or part.counterfeit:
            continue
        for rule in DISPOSAL:
            yield Duty(rule, part.authority, part.part)
        if industrial:
            yield from recheck(part)


def recheck(part: Progress) -> Iterator[Duty]:
    """整改复查 of an industrial product (令18 47): from the order to rectify, taken to be served with the conclusion (to be checked)."""
    if part.part == "PRODUCTION" and part.served_on is not None:
        yield Duty(RECHECK, part.authority, part.part, trigger=midnight(part.served_on))


def still_owed(case: Case, but: Callable[[Obligation], bool]) -> tuple[Duty, ...]:
    """What stays owed in a case that lets some of it go."""
    return tuple(Duty(each.rule, each.authority, each.part) for each in case.obligations if each.open and not but(each))
