"""
The decision table of recognition (domain 8): facts, question, expected status and reasons, whatever the order in which the facts came.

Today is Tuesday 2026-09-29, noon.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from chuanyu.contracts.common import Party
from chuanyu.domain.dates import to_days
from chuanyu.kernel.store import Arrived
from kit.asking import (
    CMA,
    FRESH,
    SAMPLE,
    USCC,
    Asker,
    View,
    certified,
    concluded,
    licence,
    lifting,
    objected,
    recall,
    result,
    sanction,
    withdrawn,
)
from kit.cases import NOON, Talk

HOUR, DAY = 3_600_000, 86_400_000
CASE, OTHER = f"sichuan/spotcheck/{SAMPLE}", f"chongqing/spotcheck/{SAMPLE}"
FIRM = "渝味食品有限公司"
OTHER_USCC = "11500228733970274Y"
LAB = "LABORATORY_NOT_ON_RECORD"
STALE_SICHUAN = {**FRESH, "sichuan": 3700.0}
STALE_CHONGQING: dict[str, float | None] = {**FRESH, "chongqing": None}
TRADER = Party(name="张三小吃店", uscc="92510104MA6XXXXX1A", division="510104")

sample: dict[str, Any] = {"sample": {"sample_no": SAMPLE}}
firm: dict[str, Any] = {"enterprise": {"enterprise": USCC}}
by_name: dict[str, Any] = {"enterprise": {"enterprise": FIRM}}
product: dict[str, Any] = {"product": {"name": "麻辣香肠", "producer": USCC}}
laboratory: dict[str, Any] = {"laboratory": {"number": CMA, "parameter": "苯甲酸"}}
certificate: dict[str, Any] = {"certificate": {"kind": "CCC", "number": "2023010101234567"}}
DIGEST = "ab" * 32


def report(**more: Any) -> dict[str, Any]:
    return {"report": {"cma_no": CMA, "report_no": "SP2026-0317", **more}}


def reported(**more: Any) -> Any:
    return result(cma=CMA, report="sp2026-0317", issued="2026-09-01", **more)


def unshown() -> Any:
    """A sanction that holds on while its publication has ended."""
    return replace(sanction(), publish_until=to_days(date(2026, 9, 20)))


Said = tuple[str, Any, str]  # province, event, word


def s(event: Any, word: str = "fact", province: str = "sichuan") -> Said:
    return province, event, word


def c(event: Any, word: str = "fact") -> Said:
    return s(event, word, "chongqing")


@dataclass(frozen=True)
class Row:
    """One case of the table."""

    name: str
    facts: Sequence[Said]
    question: dict[str, Any]
    status: str
    reasons: Sequence[str]
    on: str = ""
    ages: dict[str, float | None] = field(default_factory=lambda: dict(FRESH))
    asker: Asker = field(default_factory=Asker)
    later: int = 0
    parked: str = ""


NO, UNKNOWN, IF, YES = "NOT_RECOGNISED", "UNKNOWN", "CONDITIONAL", "RECOGNISED"
OLD = "2025-09-28"
TABLE = [
    # a sample
    Row("never seen", [], sample, UNKNOWN, ["NOT_FOUND"]),
    Row("passed, its laboratory unlisted", [s(result())], sample, IF, [LAB]),
    Row("passed without any laboratory", [s(result(lab=None))], sample, IF, [LAB]),
    Row("of the other province", [c(result(province="chongqing"))], sample, IF, [LAB]),
    Row("evaluation counts", [s(result(type="EVALUATION"))], sample, IF, [LAB]),
    Row("campaign counts", [s(result(type="CAMPAIGN", campaign="春雷行动"))], sample, IF, [LAB]),
    Row("national binds both", [s(result(level="NATIONAL"))], sample, YES, ["NATIONAL_RESULT"]),
    Row("provincial does not", [s(result(level="PROVINCIAL"))], sample, IF, [LAB]),
    Row("risk monitoring", [s(result(type="MONITORING"))], sample, NO, ["RISK_MONITORING_SAMPLE", LAB]),
    Row("problem of risk monitoring", [s(result(type="MONITORING", verdict="PROBLEM"))], sample, NO, ["RISK_MONITORING_SAMPLE", LAB]),
    Row("a lead is no result", [s(result(notice="NEWS"))], sample, NO, ["UNVERIFIED_SOURCE", LAB]),
    Row("suspected fraud does not exist here", [s(result(notice="FRAUD"))], sample, UNKNOWN, ["NOT_FOUND"]),
    Row("failed, window long over", [s(result(verdict="FAILED", published="2026-09-01"))], sample, IF, [LAB]),
    Row("failed, window open", [s(result(verdict="FAILED", published="2026-09-23"))], sample, IF, ["OBJECTION_WINDOW_OPEN", LAB]),
    Row("failed, last day of seven working days", [s(result(verdict="FAILED", published="2026-09-18"))], sample, IF,
        ["OBJECTION_WINDOW_OPEN", LAB]),
    Row("failed, the day after", [s(result(verdict="FAILED", published="2026-09-17"))], sample, IF, [LAB]),
    Row("failed, never announced: from acceptance", [s(result(verdict="FAILED", published=None))], sample, IF,
        ["OBJECTION_WINDOW_OPEN", LAB]),
    Row("failed, industrial: fifteen days and the roll", [s(result(verdict="FAILED", published="2026-09-16", domain="KEY_CONSUMER_GOODS"))],
        sample, IF, ["OBJECTION_WINDOW_OPEN", LAB]),
    Row("national and failed: the window counts", [s(result(verdict="FAILED", level="NATIONAL", published="2026-09-23"))], sample, IF,
        ["OBJECTION_WINDOW_OPEN"]),
    Row("passed, no window", [s(result(published="2026-09-23"))], sample, IF, [LAB]),
    Row("twelve months to the day", [s(result(issued="2025-09-29"))], sample, IF, [LAB]),
    Row("a day more", [s(result(issued=OLD))], sample, NO, ["RESULT_TOO_OLD", LAB]),
    Row("too old by sampling, no report date", [s(result(taken=OLD))], sample, NO, ["RESULT_TOO_OLD", LAB]),
    Row("too old by announcement alone", [s(result(taken=None, published=OLD))], sample, NO, ["RESULT_TOO_OLD", LAB]),
    Row("no date at all: from acceptance", [s(result(taken=None, published=None))], sample, IF, [LAB]),
    Row("too old now, not on the asked day", [s(result(issued=OLD))], sample, IF, [LAB], on="2026-09-01"),
    Row("national but too old", [s(result(level="NATIONAL", issued=OLD))], sample, NO, ["RESULT_TOO_OLD"]),
    Row("withdrawn", [s(result()), s(withdrawn("fact"), "undo")], sample, NO, ["WITHDRAWN", LAB]),
    Row("withdrawn after a re-test", [s(result()), s(withdrawn("fact", basis="RETEST_OVERTURNED"), "undo")], sample, NO,
        ["OVERTURNED", LAB]),
    Row("overturned, whoever handled the objection", [s(result()), c(concluded(), "end")], sample, NO, ["OVERTURNED", LAB]),
    Row("objection concluded otherwise", [s(result()), s(concluded("UPHELD"), "end")], sample, IF, [LAB]),
    Row("overturned by mistake, corrected", [s(result()), s(concluded(), "end"), s(concluded("UPHELD", corrects="end"), "mended")], sample,
        IF, [LAB]),
    Row("overturned by mistake, withdrawn", [s(result()), s(concluded(), "end"), s(withdrawn("end"), "undo")], sample, IF, [LAB]),
    Row("disputed", [s(result()), c(objected(), "raised")], sample, IF, ["UNDER_OBJECTION", LAB]),
    Row("disputed, then upheld", [s(result()), s(objected(), "raised"), c(concluded("UPHELD"), "end")], sample, IF, [LAB]),
    Row("disputed, then overturned", [s(result()), s(objected(), "raised"), s(concluded(), "end")], sample, NO, ["OVERTURNED", LAB]),
    Row("another dispute goes on", [s(result()), s(objected(), "a"), s(objected(on="2026-09-25"), "b"), s(concluded("UPHELD"), "end")],
        sample, IF, ["UNDER_OBJECTION", LAB]),
    Row("a dispute taken back", [s(result()), s(objected(), "raised"), s(withdrawn("raised"), "undo")], sample, IF, [LAB]),
    Row("conclusion alone", [s(concluded(), "end")], sample, UNKNOWN, ["NOT_FOUND"]),
    Row("withdrawn by another province", [s(result()), c(withdrawn("fact"), "undo")], sample, IF, [LAB]),
    Row("withdrawal of an unknown event", [s(result()), s(withdrawn("another"), "undo")], sample, IF, [LAB]),
    Row("withdrawal alone", [s(withdrawn("fact"), "undo")], sample, UNKNOWN, ["NOT_FOUND"]),
    Row("corrected from failed to passed", [s(result(verdict="FAILED", published="2026-09-23")), s(result(corrects="fact"), "better")],
        sample, IF, [LAB]),
    Row("corrected to risk monitoring", [s(result()), s(result(type="MONITORING", corrects="fact"), "better")], sample, NO,
        ["RISK_MONITORING_SAMPLE", LAB]),
    Row("correction of a correction", [s(result()), s(result(type="MONITORING", corrects="fact"), "one"),
        s(result(level="NATIONAL", corrects="one"), "two")], sample, YES, ["NATIONAL_RESULT"]),
    Row("of two corrections the later", [s(result()), s(result(type="MONITORING", corrects="fact"), "one"),
        s(result(level="NATIONAL", corrects="fact"), "two")], sample, YES, ["NATIONAL_RESULT"]),
    Row("correction whose original is missing", [s(result(corrects="fact"), "better")], sample, UNKNOWN, ["NOT_FOUND"]),
    Row("correction withdrawn", [s(result()), s(result(level="NATIONAL", corrects="fact"), "one"), s(withdrawn("one"), "undo")], sample,
        NO, ["WITHDRAWN"]),
    Row("original withdrawn after its correction", [s(result()), s(result(corrects="fact"), "one"), s(withdrawn("fact"), "undo")], sample,
        NO, ["WITHDRAWN", LAB]),
    Row("corrected into suspected fraud", [s(result()), s(result(notice="FRAUD", corrects="fact"), "worse")], sample, UNKNOWN,
        ["NOT_FOUND"]),
    Row("in both provinces", [s(result()), c(result(province="chongqing"), "twin")], sample, UNKNOWN, ["AMBIGUOUS_KEY"]),
    Row("in both, one withdrawn", [s(result()), c(result(province="chongqing", level="NATIONAL"), "twin"), s(withdrawn("fact"), "undo")],
        sample, YES, ["NATIONAL_RESULT"]),
    Row("in both, both withdrawn", [s(result()), c(result(province="chongqing"), "twin"), s(withdrawn("fact"), "undo"),
        c(withdrawn("twin", OTHER), "undo2")], sample, UNKNOWN, ["AMBIGUOUS_KEY"]),
    Row("positive on stale ground", [s(result(level="NATIONAL"))], sample, UNKNOWN, ["SOURCE_STALE"], ages=STALE_SICHUAN),
    Row("conditional on stale ground", [s(result())], sample, UNKNOWN, ["SOURCE_STALE", LAB], ages=STALE_SICHUAN),
    Row("negative stays negative on stale ground", [s(result(type="MONITORING"))], sample, NO,
        ["RISK_MONITORING_SAMPLE", "SOURCE_STALE", LAB], ages=STALE_SICHUAN),
    Row("the other source's age does not matter", [s(result(level="NATIONAL"))], sample, YES, ["NATIONAL_RESULT"], ages=STALE_CHONGQING),
    Row("an hour old is not stale", [s(result(level="NATIONAL"))], sample, YES, ["NATIONAL_RESULT"], ages={**FRESH, "sichuan": 3600.0}),
    Row("not found on stale ground", [], sample, UNKNOWN, ["NOT_FOUND", "SOURCE_STALE"], ages=STALE_CHONGQING),
    Row("an event of the case is parked", [s(result(level="NATIONAL"))], sample, UNKNOWN, ["PARKED_EVENT"], parked=CASE),
    Row("only a parked event is there", [], sample, UNKNOWN, ["NOT_FOUND", "PARKED_EVENT"], parked=OTHER),
    Row("negative with a parked event", [s(result(type="MONITORING"))], sample, NO, ["RISK_MONITORING_SAMPLE", "PARKED_EVENT", LAB],
        parked=CASE),
    Row("another case is parked", [s(result(level="NATIONAL"))], sample, YES, ["NATIONAL_RESULT"], parked=f"{CASE}2"),
    Row("written with blanks and full width", [s(result(level="NATIONAL"))], {"sample": {"sample_no": " ＸＢＪ26 5100 0030 0001\t"}}, YES,
        ["NATIONAL_RESULT"]),
    Row("an open recall does not change the verdict", [s(result(level="NATIONAL")), c(recall(), "recall")], sample, YES,
        ["NATIONAL_RESULT"]),
    # a report
    Row("report", [s(reported())], report(), IF, [LAB]),
    Row("report with its date", [s(reported())], report(issued_on="2026-09-01"), IF, [LAB]),
    Row("report of another date", [s(reported())], report(issued_on="2026-09-02"), UNKNOWN, ["NOT_FOUND"]),
    Row("report never seen", [s(result())], report(), UNKNOWN, ["NOT_FOUND"]),
    Row("report of another laboratory", [s(result(cma="202200140123", report="SP2026-0317"))], report(), UNKNOWN, ["NOT_FOUND"]),
    Row("report without the mark", [s(reported())], report(bears_cma_mark=False), NO, ["NO_CMA_MARK", LAB]),
    Row("report with the mark", [s(reported())], report(bears_cma_mark=True), IF, [LAB]),
    Row("report for internal use", [s(reported())], report(internal_reference_only=True), NO, ["INTERNAL_REFERENCE_ONLY", LAB]),
    Row("both faults", [s(reported())], report(internal_reference_only=True, bears_cma_mark=False), NO,
        ["NO_CMA_MARK", "INTERNAL_REFERENCE_ONLY", LAB]),
    Row("report with a digest nobody registered", [s(reported())], report(digest=DIGEST), IF, [LAB, "DIGEST_NOT_ON_RECORD"]),
    Row("report withdrawn", [s(reported()), s(withdrawn("fact"), "undo")], report(), NO, ["WITHDRAWN", LAB]),
    Row("report cited by two samples", [s(reported()), s(reported(sample="XBJ26510000300009"), "second")], report(), UNKNOWN,
        ["AMBIGUOUS_KEY"]),
    Row("report of national sampling", [s(reported(level="NATIONAL"))], report(), YES, ["NATIONAL_RESULT"]),
    Row("report parked", [s(reported(level="NATIONAL"))], report(), UNKNOWN, ["PARKED_EVENT"], parked=CASE),
    Row("report stale", [s(reported(level="NATIONAL"))], report(), UNKNOWN, ["SOURCE_STALE"], ages=STALE_SICHUAN),
    # an enterprise
    Row("unknown enterprise", [], firm, UNKNOWN, ["NOT_FOUND"]),
    Row("known, nothing adverse", [s(result())], firm, YES, ["NO_ADVERSE_FACT"]),
    Row("known as sampled unit only", [s(result(producer=None, place=Party(name=FIRM, uscc=USCC)))], firm, YES, ["NO_ADVERSE_FACT"]),
    Row("known by a withdrawn result only", [s(result()), s(withdrawn("fact"), "undo")], firm, UNKNOWN, ["NOT_FOUND"]),
    Row("a recent failure is shown, not held against it", [s(result(verdict="FAILED"))], firm, YES, ["NO_ADVERSE_FACT"]),
    Row("sanction in force", [s(sanction())], firm, IF, ["SANCTION_IN_FORCE"]),
    Row("sanction by name", [s(sanction())], by_name, IF, ["SANCTION_IN_FORCE"]),
    Row("sanction of the other province", [c(sanction("chongqing/credit/A-1"))], firm, IF, ["SANCTION_IN_FORCE"]),
    Row("sanction lifted", [s(sanction()), s(lifting(), "lift")], firm, YES, ["NO_ADVERSE_FACT"]),
    Row("lifting came alone", [s(lifting(), "lift")], firm, UNKNOWN, ["NOT_FOUND"]),
    Row("lifted from tomorrow on", [s(sanction()), s(lifting(at=NOON + DAY), "lift")], firm, IF, ["SANCTION_IN_FORCE"]),
    Row("and a day later", [s(sanction()), s(lifting(at=NOON + DAY), "lift")], firm, YES, ["NO_ADVERSE_FACT"], later=DAY),
    Row("lifted by another province", [s(sanction()), c(lifting(), "lift")], firm, IF, ["SANCTION_IN_FORCE"]),
    Row("lifting withdrawn", [s(sanction()), s(lifting(), "lift"), s(withdrawn("lift", "sichuan/credit/A-1"), "undo")], firm, IF,
        ["SANCTION_IN_FORCE"]),
    Row("lifting corrected to a later day", [s(sanction()), s(lifting(), "lift"), s(lifting(at=NOON + DAY, corrects="lift"), "late")], firm,
        IF, ["SANCTION_IN_FORCE"]),
    Row("last day of a sanction", [s(sanction(until="2026-09-29"))], firm, IF, ["SANCTION_IN_FORCE"]),
    Row("its last second", [s(sanction(until="2026-09-29"))], firm, IF, ["SANCTION_IN_FORCE"], later=12 * HOUR - 1),
    Row("run out", [s(sanction(until="2026-09-29"))], firm, YES, ["NO_ADVERSE_FACT"], later=12 * HOUR),
    Row("without an end", [s(sanction(until=None))], firm, IF, ["SANCTION_IN_FORCE"]),
    Row("not yet in force", [s(sanction(start="2026-09-30"))], firm, YES, ["NO_ADVERSE_FACT"]),
    Row("in force from today", [s(sanction(start="2026-09-29"))], firm, IF, ["SANCTION_IN_FORCE"]),
    Row("a lifted sanction is not shown for an earlier day either", [s(sanction()), s(lifting(), "lift")], firm, YES, ["NO_ADVERSE_FACT"],
        on="2026-09-15"),
    Row("sanction withdrawn", [s(sanction()), s(withdrawn("fact", "sichuan/credit/A-1"), "undo")], firm, UNKNOWN, ["NOT_FOUND"]),
    Row("sanction corrected to another subject", [s(sanction()), s(sanction(uscc=OTHER_USCC, corrects="fact"), "better")], firm, UNKNOWN,
        ["NOT_FOUND"]),
    Row("sanction corrected after its lifting stays lifted", [s(sanction()), s(lifting(), "lift"), s(sanction(corrects="fact"), "better")],
        firm, YES, ["NO_ADVERSE_FACT"]),
    Row("one of two sanctions lifted", [s(sanction()), s(lifting(), "lift"), s(sanction("sichuan/credit/B-2"), "second")], firm, IF,
        ["SANCTION_IN_FORCE"]),
    Row("suspected fraud is not told", [s(sanction(notice="FRAUD"))], firm, UNKNOWN, ["NOT_FOUND"]),
    Row("recall open", [c(recall())], firm, IF, ["RECALL_OPEN"]),
    Row("recall and sanction", [c(recall()), s(sanction(), "sanction")], firm, IF, ["SANCTION_IN_FORCE", "RECALL_OPEN"]),
    Row("recall withdrawn", [c(recall()), c(withdrawn("fact", "chongqing/recall/R-1"), "undo")], firm, UNKNOWN, ["NOT_FOUND"]),
    Row("a name with two codes", [s(sanction()), s(sanction("sichuan/credit/B-2", uscc=OTHER_USCC), "second")], by_name, UNKNOWN,
        ["AMBIGUOUS_KEY"]),
    Row("a name with and without code", [s(sanction()), s(sanction("sichuan/credit/B-2", uscc=None), "second")], by_name, UNKNOWN,
        ["AMBIGUOUS_KEY"]),
    Row("a name without any code", [s(sanction(uscc=None))], by_name, IF, ["SANCTION_IN_FORCE"]),
    Row("unknown name", [s(sanction())], {"enterprise": {"enterprise": "从未见过有限公司"}}, UNKNOWN, ["NOT_FOUND"]),
    Row("nothing adverse, one source stale", [s(result())], firm, UNKNOWN, ["SOURCE_STALE"], ages=STALE_CHONGQING),
    Row("sanction, one source stale", [s(sanction())], firm, UNKNOWN, ["SOURCE_STALE", "SANCTION_IN_FORCE"], ages=STALE_CHONGQING),
    Row("sanction's case parked", [s(sanction())], firm, UNKNOWN, ["PARKED_EVENT", "SANCTION_IN_FORCE"], parked="sichuan/credit/A-1"),
    # product and producer
    Row("product never seen", [], product, UNKNOWN, ["NOT_FOUND"]),
    Row("product sampled once", [s(result())], product, IF, [LAB, "BATCH_ONLY"]),
    Row("another product of the producer", [s(result(product="豆腐干"))], product, UNKNOWN, ["NOT_FOUND"]),
    Row("product under recall", [s(result(level="NATIONAL")), c(recall(), "recall")], product, IF, ["BATCH_ONLY", "RECALL_OPEN"]),
    Row("recalled, never sampled", [c(recall())], product, IF, ["RECALL_OPEN"]),
    Row("recall of another product", [s(result(level="NATIONAL")), c(recall(products=["豆腐干"]), "recall")], product, IF, ["BATCH_ONLY"]),
    Row("product, the other source stale", [s(result())], product, UNKNOWN, ["SOURCE_STALE", LAB, "BATCH_ONLY"], ages=STALE_CHONGQING),
    Row("only result withdrawn", [s(result()), s(withdrawn("fact"), "undo")], product, NO, ["WITHDRAWN", LAB, "BATCH_ONLY"]),
    # laboratories: as licensed on the day of the report, for what was tested
    Row("its laboratory is licensed", [s(result(cma=CMA)), s(licence(), "lab")], sample, YES, ["VALID_RESULT"]),
    Row("known by its name alone", [s(result(lab="四川省食品 检验研究院")), s(licence(), "lab")], sample, YES, ["VALID_RESULT"]),
    Row("two laboratories of one name", [s(result()), s(licence(), "lab"), c(licence(case="chongqing/reference/LAB-2", cma="202200140123"),
        "namesake")], sample, IF, [LAB]),
    Row("another laboratory", [s(result(cma=CMA)), s(licence(cma="202200140123"), "lab")], sample, IF, [LAB]),
    Row("licensed too late", [s(result(cma=CMA)), s(licence(since="2026-09-28"), "lab")], sample, NO, ["CMA_INVALID_ON_DATE"]),
    Row("licence ended before", [s(result(cma=CMA)), s(licence(until="2026-08-01"), "lab")], sample, NO, ["CMA_INVALID_ON_DATE"]),
    Row("suspended on that day", [s(result(cma=CMA)), s(licence(), "lab"), s(licence("SUSPENDED", "2026-08-01", "2026-12-31",
        case="sichuan/reference/LAB-2"), "stop")], sample, NO, ["CMA_INVALID_ON_DATE"]),
    Row("suspension over by then", [s(result(cma=CMA)), s(licence(), "lab"), s(licence("SUSPENDED", "2026-01-01", "2026-03-31",
        case="sichuan/reference/LAB-2"), "stop")], sample, YES, ["VALID_RESULT"]),
    Row("suspension withdrawn", [s(result(cma=CMA)), s(licence(), "lab"), s(licence("SUSPENDED", "2026-08-01", None,
        case="sichuan/reference/LAB-2"), "stop"), s(withdrawn("stop", "sichuan/reference/LAB-2"), "undo")], sample, YES, ["VALID_RESULT"]),
    Row("licence corrected", [s(result(cma=CMA)), s(licence(until="2026-08-01"), "lab"), s(licence(corrects="lab"), "better")], sample, YES,
        ["VALID_RESULT"]),
    Row("out of its scope", [s(result(cma=CMA, verdict="FAILED", published="2026-09-01")), s(licence(scope=[("铅", None)]), "lab")], sample,
        NO, ["OUT_OF_SCOPE"]),
    Row("its licence is parked", [s(result(cma=CMA)), s(licence(), "lab")], sample, UNKNOWN, ["PARKED_EVENT"],
        parked="sichuan/reference/LAB-1"),
    Row("report of a licensed laboratory", [s(reported()), s(licence(), "lab")], report(), YES, ["VALID_RESULT"]),
    Row("product of a licensed laboratory", [s(result(cma=CMA)), s(licence(), "lab")], product, IF, ["BATCH_ONLY"]),
    Row("licensed for it", [s(licence())], laboratory, YES, ["VALID_LABORATORY"]),
    Row("by its CNAS number", [s(licence())], {"laboratory": {"number": "CNAS L1234"}}, YES, ["VALID_LABORATORY"]),
    Row("not for that parameter", [s(licence(scope=[("铅", None)]))], laboratory, NO, ["OUT_OF_SCOPE"]),
    Row("not by that standard", [s(licence())], {"laboratory": {"number": CMA, "parameter": "苯甲酸", "standard": "GB 1"}}, NO,
        ["OUT_OF_SCOPE"]),
    Row("revoked", [s(licence()), s(licence("REVOKED", "2026-09-01", None, case="sichuan/reference/LAB-2"), "end")], laboratory, NO,
        ["CMA_INVALID_ON_DATE"]),
    Row("revoked, not on the asked day", [s(licence()), s(licence("REVOKED", "2026-09-01", None, case="sichuan/reference/LAB-2"), "end")],
        laboratory, YES, ["VALID_LABORATORY"], on="2026-08-31"),
    # certificates
    Row("certified", [s(certified())], certificate, YES, ["VALID_CERTIFICATE"]),
    Row("certified, by the Chinese term", [s(certified())], {"certificate": {"kind": "强制性产品认证", "number": "2023010101234567"}}, YES,
        ["VALID_CERTIFICATE"]),
    Row("of another kind", [s(certified())], {"certificate": {"kind": "TYPE_APPROVAL", "number": "2023010101234567"}}, UNKNOWN,
        ["NOT_FOUND"]),
    Row("for that holder and product", [s(certified())], {"certificate": {**certificate["certificate"], "holder": FIRM,
        "product": "麻辣香肠"}}, YES, ["VALID_CERTIFICATE"]),
    Row("for another holder", [s(certified())], {"certificate": {**certificate["certificate"], "holder": OTHER_USCC}}, NO,
        ["HOLDER_MISMATCH"]),
    Row("for another product", [s(certified())], {"certificate": {**certificate["certificate"], "product": "豆腐干"}}, NO,
        ["HOLDER_MISMATCH"]),
    Row("certificate suspended", [s(certified()), s(certified("SUSPENDED", "2026-09-01", None, case="sichuan/reference/C-2"), "stop")],
        certificate, NO, ["CERTIFICATE_SUSPENDED"]),
    Row("certificate run out", [s(certified(until="2026-09-28"))], certificate, NO, ["CERTIFICATE_ENDED"]),
    Row("certificate to come", [s(certified(since="2026-09-30"))], certificate, UNKNOWN, ["NOT_FOUND"]),
    Row("one number of two bodies", [s(certified()), c(certified(case="chongqing/reference/C-2", body="另一机构"), "twin")], certificate,
        UNKNOWN, ["AMBIGUOUS_KEY"]),
    Row("laboratory", [s(result(cma=CMA))], laboratory, UNKNOWN, ["NOT_FOUND", LAB]),
    Row("laboratory, source of sixteen minutes", [], laboratory, UNKNOWN, ["NOT_FOUND", "SOURCE_STALE", LAB],
        ages={**FRESH, "sichuan": 960.0}),
    Row("certificate", [], certificate, UNKNOWN, ["NOT_FOUND"]),
    # who asks
    Row("public reader, announced", [s(result(level="NATIONAL"))], sample, YES, ["NATIONAL_RESULT"], asker=Asker(clearance="L1")),
    Row("public reader, not announced", [s(result(level="NATIONAL", published=None))], sample, UNKNOWN, ["NOT_FOUND"],
        asker=Asker(clearance="L1")),
    Row("public reader, announced tomorrow", [s(result(level="NATIONAL", published="2026-09-30"))], sample, UNKNOWN, ["NOT_FOUND"],
        asker=Asker(clearance="L1")),
    Row("public reader, withdrawn", [s(result()), s(withdrawn("fact"), "undo")], sample, UNKNOWN, ["NOT_FOUND"],
        asker=Asker(clearance="L1")),
    Row("public reader, monitoring", [s(result(type="MONITORING"))], sample, UNKNOWN, ["NOT_FOUND"], asker=Asker(clearance="L1")),
    Row("public reader, nothing published against it", [s(result())], firm, IF, ["PUBLIC_FACTS_ONLY"], asker=Asker(clearance="L1")),
    Row("public reader, a sanction that is not shown any more", [s(result()), s(unshown(), "act")], firm, IF, ["PUBLIC_FACTS_ONLY"],
        asker=Asker(clearance="L1")),
    Row("public reader, a recall without a public notice", [s(result()), c(replace(recall(), notice_url=None), "act")], firm, IF,
        ["PUBLIC_FACTS_ONLY"], asker=Asker(clearance="L1")),
    Row("public reader, a sanction on show", [s(result()), s(sanction(), "act")], firm, IF, ["SANCTION_IN_FORCE", "PUBLIC_FACTS_ONLY"],
        asker=Asker(clearance="L1")),
    Row("inner reader, the same sanction that is not shown", [s(result()), s(unshown(), "act")], firm, IF, ["SANCTION_IN_FORCE"],
        asker=Asker(clearance="L2")),
    Row("inner reader, not announced", [s(result(level="NATIONAL", published=None))], sample, YES, ["NATIONAL_RESULT"],
        asker=Asker(clearance="L2")),
]  # fmt: skip


def arrivals(facts: Sequence[Said]) -> list[Arrived]:
    talk = Talk()
    return [talk.say(province, event, word) for province, event, word in facts]


def orders(arrived: list[Arrived]) -> list[Callable[[View], None]]:
    """Ways to hear the same facts: together, one by one, backwards, at random."""
    shuffled = random.Random(len(arrived)).sample(arrived, len(arrived))
    singly = lambda sequence: lambda view: [view.hears(one) for one in sequence]  # noqa: E731
    return [lambda view: view.hears(*arrived) if arrived else None, singly(arrived), singly(arrived[::-1]), singly(shuffled)]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
async def test_the_answer_follows_from_the_facts_whatever_their_order(shared_view: View, row: Row) -> None:
    view, arrived = shared_view, arrivals(row.facts)
    for hear in orders(arrived)[: 1 if len(arrived) < 2 else 4]:
        view.forget()
        hear(view)
        view.park(row.parked)
        view.clock.now, view.clock.sources = NOON + row.later, row.ages
        answer = await view.ask(row.asker, row.on, **row.question)
        found = answer.DESCRIPTOR.fields_by_name["status"].enum_type.values_by_number[answer.status].name
        assert (found.removeprefix("RECOGNITION_STATUS_"), [one.code for one in answer.reasons]) == (row.status, list(row.reasons))


async def test_p6_a_public_reader_is_told_whom_to_ask_in_the_same_words_whether_there_is_anything_or_not(shared_view: View) -> None:
    view, public = shared_view, Asker(clearance="L1")
    view.forget()
    nothing = [await view.ask(public, **question) for question in (sample, firm, product)]
    view.hears(*arrivals([s(result(published=None))]))
    something = [await view.ask(public, **question) for question in (sample, firm, product)]
    told = {(one.reasons[0].zh, one.reasons[0].en) for one in (*nothing, *something)}
    (zh, en), *others = told
    assert others == [] and [list(one.reasons) for one in something] == [list(one.reasons) for one in nothing]
    assert "L1" in zh and "L2及以上" in zh and "cleared to L2" in en and "local market regulator" in en
    inner = await view.ask(Asker(clearance="L2"), sample={"sample_no": "XBJ26510000399999"})
    assert inner.reasons[0].zh == "未找到记录"


def test_the_table_has_at_least_forty_rows_and_no_name_twice() -> None:
    assert len(TABLE) >= 40
    assert len({row.name for row in TABLE}) == len(TABLE)
