"""Two provinces that say things about cases, and the two nodes' ears: records as they arrive, without broker and without clock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from msgspec.structs import replace

from chuanyu.casework.case import Fact
from chuanyu.casework.work import fact_of
from chuanyu.contracts.case import (
    CaseClosed,
    CaseReopened,
    ClosingBasis,
    FollowUpAdded,
    GradeLevel,
    ReceiptIssued,
    Reclassified,
    WithdrawalBasis,
    Withdrawn,
)
from chuanyu.contracts.common import (
    ActionOutcome,
    Addressee,
    AddresseeRole,
    Authority,
    CaseHead,
    LaboratoryRef,
    NoticeClass,
    ObjectionKind,
    Part,
    Party,
    Product,
    ReceiptKind,
    SanctionList,
    Subject,
    SubjectKind,
)
from chuanyu.contracts.credit import LiftingBasis, SanctionImposed, SanctionLifted, Severity
from chuanyu.contracts.spotcheck import (
    Authenticity,
    DisposalQuantities,
    DisposalState,
    DisposalUpdated,
    FailureCause,
    ObjectionOutcome,
    ObjectionRaised,
    ObjectionResolved,
    ResultReported,
    SampledUnit,
    Sampling,
    Task,
    TaskType,
    TestedItem,
    Verdict,
)
from chuanyu.domain.dates import SHANGHAI, to_millis
from chuanyu.kernel.codec import Record, draft, finish, from_record, partition, unpack_headers
from chuanyu.kernel.store import Arrived
from chuanyu.kernel.store.log import Entry

PROVINCES = {"sichuan": "51", "chongqing": "50"}
PARTITIONS = 12
NOON = 1_790_654_400_000  # 2026-09-29 12:00 in Shanghai
YIBIN, LUZHOU, YUZHONG, WANZHOU, HUNAN = "511500", "510500", "500103", "500101", "430100"
CASE = "chongqing/spotcheck/XBJ26500103001"


def ms(text: str) -> int:
    """An instant of Shanghai's clocks, such as 2026-09-29 12:00."""
    return to_millis(datetime.fromisoformat(text).replace(tzinfo=SHANGHAI))


def named(word: str) -> UUID:
    """An event id that a test can foretell."""
    return uuid5(UUID(int=0), word)


class Talk:
    """What the provinces have said, in their own sequence; logical times as given, or one apart."""

    def __init__(self) -> None:
        self.arrivals: list[Arrived] = []
        self._sequences: dict[tuple[str, int], int] = defaultdict(int)
        self._clock: dict[str, int] = defaultdict(int)
        self._now = NOON

    def say(
        self,
        province: str,
        event: object,
        word: str = "",
        *,
        at: int | None = None,
        time: int | None = None,
        member: str = "amr",
        later: int = 1,
    ) -> Arrived:
        """One record on the topic of its case. at: logical time, must grow per province · later: ms since what was said before."""
        self._now += later
        said = draft(
            event,  # type: ignore[arg-type]
            id=named(word or f"{len(self.arrivals)}"),
            source=f"/{province}/{member}",
            subject=event.head.case_id,  # type: ignore[attr-defined]
            time=self._now if time is None else time,
            recordedtime=self._now,
        )
        return self.relay(said.record, self._now if at is None else at)

    def log(self, entry: Entry, at: int) -> Arrived:
        """What a node says itself, back on its own topic."""
        return self.relay(Record(entry.topic, entry.case_id.encode(), unpack_headers(entry.headers), entry.value), at)

    def relay(self, record: Record, at: int) -> Arrived:
        province = record.topic.partition(".")[0]
        number = partition(record.key, PARTITIONS)
        self._sequences[record.topic, number] += 1
        self._clock[province] = max(at, self._clock[province] + 1)
        sealed = finish(record, sequence=self._sequences[record.topic, number], logicaltime=self._clock[province])
        event, head = from_record(sealed)
        arrived = Arrived(head, event, sealed, b"", number)
        self.arrivals.append(arrived)
        return arrived

    def adopt(self, arrivals: Sequence[Arrived]) -> None:
        """Goes on from what was said elsewhere."""
        for arrived in arrivals:
            topic, head = arrived.record.topic, arrived.head
            self._sequences[topic, arrived.partition] = head.sequence or 0
            province = topic.partition(".")[0]
            self._clock[province] = max(self._clock[province], head.logicaltime or 0)
        self.arrivals += arrivals

    @property
    def now(self) -> int:
        """When the last of it was said, ms."""
        return self._now

    @property
    def facts(self) -> list[Fact]:
        return facts(self.arrivals)


def facts(arrivals: Iterable[Arrived]) -> list[Fact]:
    """What the fold reads of them, in canonical order."""
    return sorted(map(fact_of, arrivals), key=lambda fact: fact.order)


def streams(arrivals: Sequence[Arrived]) -> list[list[Arrived]]:
    """One list for each partition of each topic, in sequence."""
    found: dict[tuple[str, int], list[Arrived]] = defaultdict(list)
    for arrived in arrivals:
        found[arrived.record.topic, arrived.partition].append(arrived)
    return list(found.values())


def corrects(event, original: str):  # type: ignore[no-untyped-def]
    """The same event as a correction of another one."""
    return replace(event, head=replace(event.head, correction_of=str(named(original))))


def result(
    verdict: Verdict = Verdict.FAILED,
    *,
    producer: str | None = YIBIN,
    sampled: str | None = YUZHONG,
    case: str = CASE,
    backfilled: bool = False,
) -> ResultReported:
    """A sample from a shop, with a producer somewhere."""
    return ResultReported(
        head=CaseHead(case_id=case, backfilled=backfilled, backfill_reason="系统故障" if backfilled else None),
        task=Task(type=TaskType.SUPERVISION),
        sampled_unit=SampledUnit(party=Party(name="试验超市", division=sampled)),
        labelled_producer=Party(name="试验食品厂", division=producer),
        product=Product(name="试验糕点", category=("糕点",)),
        sampling=Sampling(sample_no=case.rpartition("/")[2]),
        verdict=verdict,
        items=(TestedItem(name="菌落总数", verdict=Verdict.FAILED),) if verdict is Verdict.FAILED else (),
    )


def withdrawn(original: str, *, case: str = CASE) -> Withdrawn:
    return Withdrawn(head=CaseHead(case_id=case), event_id=str(named(original)), basis=WithdrawalBasis.MISTAKEN, reason="误报")


def receipt(original: str, *, case: str = CASE, division: str = "510000", kind: ReceiptKind = ReceiptKind.DELIVERED) -> ReceiptIssued:
    return ReceiptIssued(head=CaseHead(case_id=case), kind=kind, event_id=str(named(original)), authority=Authority(division=division))


def follow_up(division: str, *, case: str = CASE, outcome: ActionOutcome = ActionOutcome.OTHER, **fields: object) -> FollowUpAdded:
    """What an authority adds. fields: further ones of the event."""
    return FollowUpAdded(head=CaseHead(case_id=case), authority=Authority(division=division), outcome=outcome, text="试验", **fields)


def disposal(state: str, *, part: str = "PRODUCTION", by: str = YIBIN, case: str = CASE, **said: Any) -> DisposalUpdated:
    """What an authority reports about its part; whatever it needs to be finished stands in it."""
    whole: dict[str, Any] = {
        "changed_at": NOON,
        "quantities": DisposalQuantities(sold="10", sealed="2", unit="袋"),
        "cause": FailureCause.RAW_MATERIAL,
        "authenticity": Authenticity.GENUINE,
        "penalty_ref": "宜市监处罚〔2026〕3号",
        "reason": "证据充分",
    }
    return DisposalUpdated(
        head=CaseHead(case_id=case),
        sample_no=case.rpartition("/")[2],
        part=Part(part),
        state=DisposalState(state),
        authority=Authority(division=by),
        **(whole if state == "FINISHED" else {"changed_at": NOON, "reason": "一并办理"}) | said,
    )


DAY_OF_NOON = 20_725  # 2026-09-29, days since 1970


def objection(
    kind: str = "RETEST",
    *,
    raised_on: int = DAY_OF_NOON,
    by: str = YIBIN,
    party: str = "试验食品厂",
    lab: str | None = None,
    case: str = CASE,
) -> ObjectionRaised:
    return ObjectionRaised(
        head=CaseHead(case_id=case),
        sample_no=case.rpartition("/")[2],
        kind=ObjectionKind(kind),
        party=Party(name=party),
        raised_on=raised_on,
        authority=Authority(division=by),
        retest_lab=LaboratoryRef(name=lab) if lab else None,
    )


def conclusion(
    outcome: str, kind: str = "RETEST", *, raised_on: int = DAY_OF_NOON, by: str = YIBIN, lab: str | None = None, case: str = CASE
) -> ObjectionResolved:
    return ObjectionResolved(
        head=CaseHead(case_id=case),
        sample_no=case.rpartition("/")[2],
        kind=ObjectionKind(kind),
        raised_on=raised_on,
        outcome=ObjectionOutcome(outcome),
        resolved_on=raised_on + 9,
        authority=Authority(division=by),
        retest_lab=LaboratoryRef(name=lab) if lab else None,
    )


def reclassified(
    notice_class: NoticeClass | None = None, *, level: GradeLevel | None = None, division: str = "510000", case: str = CASE
) -> Reclassified:
    return Reclassified(
        head=CaseHead(case_id=case), authority=Authority(division=division), notice_class=notice_class, level=level, reason="试验"
    )


def closed(division: str = "510000", *, case: str = CASE, basis: ClosingBasis = ClosingBasis.DECISION) -> CaseClosed:
    return CaseClosed(head=CaseHead(case_id=case), basis=basis, authority=Authority(division=division), reason="试验")


def reopened(division: str = "510000", *, case: str = CASE) -> CaseReopened:
    return CaseReopened(head=CaseHead(case_id=case), authority=Authority(division=division), reason="试验")


SANCTION = "sichuan/credit/A-2026-1"


def sanction(*, case: str = SANCTION, flagged: Sequence[str] = ()) -> SanctionImposed:
    return SanctionImposed(
        head=CaseHead(case_id=case, flagged=tuple(Addressee(division=code, role=AddresseeRole.APPLIER) for code in flagged)),
        list=SanctionList.SERIOUS_VIOLATION,
        authority=Authority(division="510000"),
        subject=Subject(party=Party(name="试验公司"), kind=SubjectKind.LEGAL_ENTITY),
        decision_no="A-2026-1",
        grounds="试验",
        severity=Severity.SERIOUS,
        effective_from=20_000,
    )


def lifting(*, case: str = SANCTION) -> SanctionLifted:
    return SanctionLifted(
        head=CaseHead(case_id=case),
        list=SanctionList.SERIOUS_VIOLATION,
        authority=Authority(division="510000"),
        decision_no="A-2026-1",
        basis=LiftingBasis.REPAIRED,
        effective_at=NOON,
    )
