"""A recognition service over a real database: it hears records and answers questions, without broker."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from chuanyu.casework import queries as casework
from chuanyu.contracts.case import WithdrawalBasis, Withdrawn
from chuanyu.contracts.common import (
    Addressee,
    AddresseeRole,
    Authority,
    CaseHead,
    NoticeClass,
    ObjectionKind,
    Part,
    Party,
    Product,
    ProductDomain,
    QualificationStatus,
    SanctionList,
    Subject,
    SubjectKind,
)
from chuanyu.contracts.credit import CitedMeasure, LiftingBasis, SanctionImposed, SanctionLifted, Severity
from chuanyu.contracts.pb.recognition.v1 import recognition_pb2 as pb
from chuanyu.contracts.recall import BatchSet, NoticeIssued, NoticeStatus, RecalledProduct, RecallLevel, RecallType, Regime
from chuanyu.contracts.reference import CertificateChanged, CertificateKind, LaboratoryChanged, ScopeItem
from chuanyu.contracts.spotcheck import (
    Laboratory,
    ObjectionOutcome,
    ObjectionRaised,
    ObjectionResolved,
    Publication,
    Report,
    ResultReported,
    SampledUnit,
    Sampling,
    Task,
    TaskLevel,
    TaskType,
    TestedItem,
    Verdict,
)
from chuanyu.domain.dates import SHANGHAI, to_days, to_millis
from chuanyu.kernel.bus import screen
from chuanyu.kernel.store import Arrived, Store, UnitOfWork, parked
from chuanyu.kernel.store.parked import Parked
from chuanyu.recognition.api import Desk
from chuanyu.recognition.handlers import Recognition
from kit.cases import NOON, PROVINCES, named
from kit.nodes import TOPICS, Node

SAMPLE = "XBJ26510000300001"
USCC = "9150000020286320X6"
LICENCE = "sichuan/reference/LAB-1"
CERTIFIED = "sichuan/reference/CERT-1"
CMA = "202300140123"
MAKER = Party(name="渝味食品有限公司", uscc=USCC, division="500103")
SHOP = Party(name="红旗超市", division="510104")
FRESH = {"sichuan": 0.4, "chongqing": 2.1}


def day(text: str) -> int:
    return to_days(date.fromisoformat(text))


@dataclass(frozen=True)
class Asker:
    """A member who asks."""

    id: str = "chengdu-amr"
    division: str = "510100"
    clearance: str = "L3"


@dataclass
class Clock:
    """A clock that a test sets; also the age of each province's data."""

    now: int = NOON
    sources: Mapping[str, float | None] = field(default_factory=lambda: FRESH)

    def ages(self, service: str) -> Mapping[str, float | None]:
        assert service == "recognition"
        return self.sources

    def at(self, text: str) -> Clock:
        self.now = to_millis(datetime.fromisoformat(text).replace(tzinfo=SHANGHAI))
        return self


class View:
    """One node's recognition. hears() applies records as one batch; ask() answers."""

    def __init__(self, conninfo: str) -> None:
        self.node = Node("sichuan", conninfo, Recognition(PROVINCES))  # type: ignore[arg-type]
        self.clock = Clock()
        self.desk: Desk
        self.log: list[tuple[str, str, list[str]]] = []

    def told(self, member: str, status: str, cases: Sequence[str]) -> None:
        """Who asked, what was answered, about which cases."""
        self.log.append((member, status, list(cases)))

    def hears(self, *batch: Arrived) -> None:
        whole = [replace(one, digest=one.digest or hashlib.sha256(one.record.value).digest()) for one in batch]
        self.node.hears(whole, now=self.clock.now)

    def work(self) -> UnitOfWork:
        """A transaction's frame, for tests that do not check records first."""
        return UnitOfWork(self.node.connection, "sichuan", "recognition", self.clock.now, {}, TOPICS)

    async def ask(self, member: Asker = Asker(), on: str = "", **question: Any) -> pb.CheckRecognitionResponse:
        return await self.desk.check(pb.CheckRecognitionRequest(on=on, **question), member)

    def park(self, case: str) -> None:
        """Something of the case stands in quarantine; nothing for an empty case."""
        if case:
            province, family, _ = case.split("/")
            kept = Parked(
                topic=f"{province}.{family}", partition=0, sequence=9, record_offset=9, key=case.encode(), headers=b"", value=b"", code="x"
            )
            parked.park(self.node.connection, "recognition", [kept], self.clock.now)

    def keep_aside(self, arrived: Arrived, code: str = "rule_violated", value: bytes | None = None) -> None:
        """The record stands in quarantine with its bytes, or with others; without a code it waits behind another."""
        record = arrived.record if value is None else replace(arrived.record, value=value)
        fault = {"code": code, "state": "PARKED" if code else "WAITING"}
        kept = replace(screen.kept(record, arrived.partition), **fault)
        parked.park(self.node.connection, "recognition", [kept], self.clock.now)

    def rows(self) -> list[Any]:
        """Every row of the view, in order."""
        facts = self.node.connection.execute("SELECT * FROM recognition.fact ORDER BY case_id, logicaltime, topic, sequence").fetchall()
        acts = self.node.connection.execute("SELECT * FROM recognition.act ORDER BY case_id, logicaltime, topic, sequence").fetchall()
        return [*facts, *acts]

    def forget(self) -> None:
        for table in ("recognition.fact", "recognition.act", "bus.parked", *(f"cases.{each}" for each in casework.TABLES)):
            self.node.connection.execute(f"DELETE FROM {table}")


@asynccontextmanager
async def viewing(conninfo: str) -> AsyncIterator[View]:
    view = View(conninfo)
    async with Store(conninfo).pool(application="test") as pool:
        view.desk = Desk(pool, view.clock, "sichuan", list(PROVINCES), clock=lambda: view.clock.now, told=view.told)
        yield view
    view.node.connection.close()


def result(
    sample: str = SAMPLE,
    province: str = "sichuan",
    *,
    verdict: str = "PASSED",
    type: str = "SUPERVISION",
    level: str | None = None,
    notice: str = "ROUTINE",
    domain: str = "FOOD",
    producer: Party | None = MAKER,
    place: Party = SHOP,
    product: str = "麻辣香肠",
    taken: str | None = "2026-08-20",
    issued: str | None = None,
    published: str | None = "2026-09-14",
    lab: str | None = "四川省食品检验研究院",
    cma: str | None = None,
    report: str | None = None,
    flagged: Sequence[str] = (),
    corrects: str | None = None,
    campaign: str | None = None,
) -> ResultReported:
    """A sample's result as its province's authority says it."""
    return ResultReported(
        head=CaseHead(
            case_id=f"{province}/spotcheck/{sample}",
            notice_class=NoticeClass(notice),
            product_domain=ProductDomain(domain),
            correction_of=corrects and str(named(corrects)),
            flagged=tuple(Addressee(division=code, role=AddresseeRole.PRODUCTION) for code in flagged),
            campaign=campaign,
        ),
        task=Task(type=TaskType(type), level=TaskLevel(level) if level else None),
        sampled_unit=SampledUnit(party=place, place_type=Part.CIRCULATION),
        labelled_producer=producer,
        product=Product(name=product, category=("肉制品",)),
        sampling=Sampling(sample_no=sample, taken_on=taken and day(taken)),
        lab=Laboratory(name=lab, cma_no=cma) if lab else None,
        report=Report(report_no=report, issued_on=issued and day(issued)) if report or issued else None,
        verdict=Verdict(verdict),
        items=(TestedItem(name="苯甲酸", result_text="0.314g/kg", verdict=Verdict.FAILED),) if verdict == "FAILED" else (),
        publication=Publication(publishable=True, published_on=day(published)) if published else None,
    )


def withdrawn(original: str, case: str = f"sichuan/spotcheck/{SAMPLE}", basis: str = "MISTAKEN") -> Withdrawn:
    return Withdrawn(head=CaseHead(case_id=case), event_id=str(named(original)), basis=WithdrawalBasis(basis), reason="误报")


def concluded(outcome: str = "OVERTURNED", case: str = f"sichuan/spotcheck/{SAMPLE}", corrects: str | None = None) -> ObjectionResolved:
    """What became of an objection to a result."""
    return ObjectionResolved(
        head=CaseHead(case_id=case, correction_of=corrects and str(named(corrects))),
        sample_no=case.split("/")[2],
        kind=ObjectionKind.RETEST,
        raised_on=day("2026-09-18"),
        outcome=ObjectionOutcome(outcome),
        resolved_on=day("2026-09-28"),
        authority=Authority(division="510100"),
    )


def objected(case: str = f"sichuan/spotcheck/{SAMPLE}", on: str = "2026-09-18") -> ObjectionRaised:
    """A party asks for a re-test."""
    return ObjectionRaised(
        head=CaseHead(case_id=case),
        sample_no=case.split("/")[2],
        kind=ObjectionKind.RETEST,
        party=Party(name="渝味食品有限公司"),
        raised_on=day(on),
        authority=Authority(division="510100"),
    )


def sanction(
    case: str = "sichuan/credit/A-1",
    *,
    uscc: str | None = USCC,
    name: str = "渝味食品有限公司",
    start: str = "2026-09-01",
    until: str | None = "2029-08-31",
    kind: str = "LEGAL_ENTITY",
    notice: str = "FOLLOW_UP",
    corrects: str | None = None,
) -> SanctionImposed:
    return SanctionImposed(
        head=CaseHead(case_id=case, notice_class=NoticeClass(notice), correction_of=corrects and str(named(corrects))),
        list=SanctionList.SERIOUS_VIOLATION,
        authority=Authority(division="510000", name="四川省市场监督管理局"),
        subject=Subject(party=Party(name=name, uscc=uscc, division="500103"), kind=SubjectKind(kind)),
        decision_no="A-1",
        grounds="试验",
        severity=Severity.SERIOUS,
        measures=(CitedMeasure(measure_id="raise_inspection_rate"),),
        effective_from=day(start),
        until=until and day(until),
    )


def lifting(case: str = "sichuan/credit/A-1", at: int = NOON, corrects: str | None = None) -> SanctionLifted:
    return SanctionLifted(
        head=CaseHead(case_id=case, correction_of=corrects and str(named(corrects))),
        list=SanctionList.SERIOUS_VIOLATION,
        authority=Authority(division="510000"),
        decision_no="A-1",
        basis=LiftingBasis.REPAIRED,
        effective_at=at,
    )


def licence(
    status: str = "VALID",
    since: str = "2023-05-10",
    until: str | None = "2029-05-09",
    *,
    case: str = LICENCE,
    cma: str = CMA,
    name: str = "四川省食品检验研究院",
    scope: Iterable[tuple[str, str | None]] = (("苯甲酸", "GB 5009.28"),),
    corrects: str | None = None,
) -> LaboratoryChanged:
    """A laboratory's licence as of a day."""
    return LaboratoryChanged(
        head=CaseHead(case_id=case, correction_of=corrects and str(named(corrects))),
        cma_no=cma,
        name=name,
        cnas_no="CNAS L1234",
        status=QualificationStatus(status),
        valid_from=day(since),
        valid_to=until and day(until),  # type: ignore[arg-type]
        scope=tuple(ScopeItem(parameter=parameter, standard=standard) for parameter, standard in scope),
    )


def certified(
    status: str = "VALID",
    since: str = "2023-01-01",
    until: str | None = "2027-12-31",
    *,
    case: str = CERTIFIED,
    body: str = "中国质量认证中心",
) -> CertificateChanged:
    """A certificate of MAKER for one product, as of a day."""
    return CertificateChanged(
        head=CaseHead(case_id=case),
        kind=CertificateKind.CCC,
        number="2023010101234567",
        body=body,
        holder=MAKER,
        products=(Product(name="麻辣香肠"),),
        status=QualificationStatus(status),
        valid_from=day(since),
        valid_to=until and day(until),  # type: ignore[arg-type]
    )


def recall(case: str = "chongqing/recall/R-1", *, products: Iterable[str] = ("麻辣香肠",), uscc: str | None = USCC) -> NoticeIssued:
    return NoticeIssued(
        head=CaseHead(case_id=case, notice_class=NoticeClass.FOLLOW_UP),
        regime=Regime.FOOD,
        level=RecallLevel.LEVEL_2,
        type=RecallType.VOLUNTARY,
        status=NoticeStatus.IMPLEMENTED,
        issued_on=day("2026-09-20"),
        recaller=Party(name="渝味食品有限公司", uscc=uscc, division="500103"),
        products=tuple(RecalledProduct(product=Product(name=name), batches=BatchSet()) for name in products),
        notice_url="https://example.com/r1",
    )
