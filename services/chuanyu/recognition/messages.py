"""Answers and facts as protobuf messages, cut to what their reader may see (P6). Empty text stands for what is not known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from google.protobuf.timestamp_pb2 import Timestamp

from chuanyu.contracts.pb.recognition.v1 import enterprise_pb2, evidence_pb2, recognition_pb2, spot_check_pb2
from chuanyu.domain.classification import mask_name
from chuanyu.domain.dates import from_days
from chuanyu.domain.uscc import is_sole_trader
from chuanyu.recognition import details
from chuanyu.recognition.answers import Answer, Condition, Evidence
from chuanyu.recognition.details import Recall, Result, Sanction
from chuanyu.recognition.facts import FOREVER
from chuanyu.recognition.policy import Reason
from chuanyu.recognition.search import Filed, Known, Proof

_NOTHING_PUBLIC = (
    "在L1（仅公开信息）查阅权限内没有可见记录；如需确认，请由本机关具有L2及以上权限的人员查询，或向当地市场监督管理局查询",
    "nothing is visible at clearance L1 (public information only); ask a colleague cleared to L2 or above, or the local market regulator",
)
"""Whether there is anything beyond it is not said: the words are the same either way."""
_SEES_ALL = frozenset({"ALERT", "FOLLOW_UP", "ATTENTION", "ROUTINE", "NEWS", "UNKNOWN"})


class Member(Protocol):
    """Who asks, as the gateway knows him. division: GB/T 2260 or empty · clearance: L1…L4."""

    @property
    def id(self) -> str: ...
    @property
    def division(self) -> str: ...
    @property
    def clearance(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Reader:
    """A member of this node's province."""

    member: Member
    province: str

    @property
    def public_only(self) -> bool:
        """Cleared to L1: what is not public does not exist for him."""
        return self.member.clearance == "L1"

    def sees_parties(self, one: Filed) -> bool:
        """Of a NON_COMPLIANCE only issuer, flagged and those above the flagged see whom it is about (domain 7.6)."""
        detail = one.detail
        if not isinstance(detail, Result) or detail.notice_class in _SEES_ALL:
            return True
        own = self.member.division
        stem = own[:2] if own.endswith("0000") else own[:4] if own.endswith("00") else own
        flagged = bool(stem) and any(division.startswith(stem) for division in detail.flagged)
        return flagged or one.proof.source == f"/{self.province}/{self.member.id}"


def response(answer: Answer, digest: str, reader: Reader) -> recognition_pb2.CheckRecognitionResponse:
    """The whole answer. digest: of the request."""
    return recognition_pb2.CheckRecognitionResponse(
        status=f"RECOGNITION_STATUS_{answer.status}",
        reasons=[_reason(one, reader) for one in answer.reasons],
        conditions=[_condition(one) for one in answer.conditions],
        evidence=[evidence(one) for one in answer.evidence],
        valid_until=stamp(answer.valid_until),
        as_of=stamp(answer.moment.now),
        freshness=freshness(answer.moment.ages),
        request_digest=digest,
        candidates=[recognition_pb2.Candidate(key=one.key, label=one.label, province=one.province) for one in answer.candidates],
    )


def _reason(reason: Reason, reader: Reader) -> recognition_pb2.Reason:
    zh, en = _NOTHING_PUBLIC if reason.code == "NOT_FOUND" and reader.public_only else (reason.zh, reason.en)
    return recognition_pb2.Reason(
        code=reason.code,
        zh=zh,
        en=en,
        rule=reason.rule,
        source=reason.source,
        source_certainty=reason.source_certainty,
        leads_to=f"RECOGNITION_STATUS_{reason.leads_to}",
    )


def _condition(one: Condition) -> recognition_pb2.Condition:
    return recognition_pb2.Condition(code=one.code, zh=one.zh, en=one.en, until=None if one.until is None else stamp(one.until))


def evidence(one: Evidence) -> evidence_pb2.Evidence:
    """One event by which anybody can check."""
    proof = one.proof
    return evidence_pb2.Evidence(
        event_id=str(proof.event_id),
        type=proof.type,
        case_id=one.case_id,
        topic=proof.topic,
        sequence=proof.sequence,
        digest=proof.digest.hex(),
        occurred_at=stamp(proof.occurred_at),
        recorded_at=stamp(proof.recorded_at),
        source=proof.source,
        verdict=one.verdict,
    )


def freshness(ages: Mapping[str, float | None]) -> list[evidence_pb2.SourceFreshness]:
    """province → age in seconds; none where no heartbeat was ever covered."""
    return [evidence_pb2.SourceFreshness(province=province, age_seconds=age) for province, age in ages.items()]


def spot_check(one: Filed, reader: Reader) -> spot_check_pb2.SpotCheck:
    """A result as it stands."""
    detail = one.detail
    assert isinstance(detail, Result)
    shown = reader.sees_parties(one)
    lab = detail.laboratory
    return spot_check_pb2.SpotCheck(
        case_id=one.case_id,
        sample_no=detail.sample_no,
        province=one.province,
        state=f"SPOT_CHECK_STATE_{one.state}",
        verdict=_verdict(detail.verdict),
        task_type=_known(detail.task_type),
        task_level=_known(detail.task_level),
        campaign=detail.campaign,
        labelled_producer=party(detail.producer, reader) if shown else None,
        sampled_unit=party(detail.place, reader) if shown else None,
        product=_product(detail.product),
        taken_on=day(detail.taken_on),
        laboratory=spot_check_pb2.Laboratory(name=lab.name, cma_no=lab.cma_no, cnas_no=lab.cnas_no) if lab else None,
        report_no=detail.report_no,
        report_issued_on=day(detail.issued_on),
        items=[_item(item) for item in detail.items],
        cross_province=detail.cross_province,
        recorded_at=stamp(one.first_recorded_at),
        evidence=_proofs(one),
    )


def sanction(one: Filed) -> enterprise_pb2.LiveSanction:
    """A sanction in force."""
    detail = one.detail
    assert isinstance(detail, Sanction)
    return enterprise_pb2.LiveSanction(
        case_id=one.case_id,
        province=one.province,
        list=_known(detail.list),
        severity=_known(detail.severity),
        decision_no=detail.decision_no,
        authority=detail.authority,
        grounds=detail.grounds,
        measures=detail.measures,
        in_force_from=day(detail.effective_from),
        in_force_until=day(detail.until if one.until != FOREVER else None),
        evidence=_proofs(one)[0],
    )


def recall(one: Filed) -> enterprise_pb2.OpenRecall:
    """A recall that has not ended."""
    detail = one.detail
    assert isinstance(detail, Recall)
    return enterprise_pb2.OpenRecall(
        case_id=one.case_id,
        province=one.province,
        regime=_known(detail.regime),
        level=_known(detail.level),
        status=_known(detail.status),
        products=[product.name for product in detail.products],
        defect=detail.defect,
        started_on=day(detail.starts_on),
        notice_url=detail.notice_url,
        evidence=_proofs(one)[0],
    )


def failure(one: Filed, key: str) -> enterprise_pb2.RecentFailure:
    """A failed result of the enterprise with that key."""
    detail = one.detail
    assert isinstance(detail, Result)
    made = detail.producer is not None and detail.producer.key == key
    return enterprise_pb2.RecentFailure(
        case_id=one.case_id,
        province=one.province,
        sample_no=detail.sample_no,
        product=detail.product.name,
        items=[item.name for item in detail.items if item.verdict != "PASSED"],
        taken_on=day(detail.taken_on),
        role="PRODUCER" if made else "SAMPLED_UNIT",
        evidence=_proofs(one)[0],
    )


def party(one: details.Party | None, reader: Reader) -> evidence_pb2.Party | None:
    """A party; a person's name is masked and his code left out for a reader cleared to L1."""
    if one is None:
        return None
    if one.person and reader.public_only:
        return evidence_pb2.Party(name=mask_name(one.name), division=one.division)
    return evidence_pb2.Party(name=one.name, uscc=one.uscc, key=one.key, division=one.division)


def known(named: Sequence[Known], reader: Reader) -> evidence_pb2.Party:
    """An enterprise under the names that facts give it; of several the first in order."""
    one = named[0]
    uscc = None if one.key.startswith("d-") else one.key
    person = "SOLE_TRADER" if uscc and is_sole_trader(uscc) else ""
    shown = party(details.Party(one.name or "", one.key, uscc, one.division, person), reader)
    assert shown is not None
    return shown


def names(named: Sequence[Known], reader: Reader) -> list[str]:
    """Every name, cut like `known`."""
    return sorted({known([one], reader).name for one in named if one.name})


def stamp(ms: int) -> Timestamp:
    """An instant."""
    return Timestamp(seconds=ms // 1000, nanos=ms % 1000 * 1_000_000)


def day(days: int | None) -> str:
    """A day as YYYY-MM-DD, or empty."""
    return "" if days is None else from_days(days).isoformat()


def _product(product: details.Product) -> spot_check_pb2.Product:
    return spot_check_pb2.Product(
        name=product.name,
        category=product.category,
        brand=product.brand,
        specification=product.specification,
        batch=product.batch,
        produced_on=day(product.produced_on),
        barcode=product.barcode,
    )


def _item(item: details.Item) -> spot_check_pb2.TestedItem:
    return spot_check_pb2.TestedItem(
        name=item.name, result_text=item.result_text, limit_text=item.limit_text, unit=item.unit, verdict=_verdict(item.verdict)
    )


def _verdict(word: str) -> str:
    return f"VERDICT_{_known(word) or 'UNSPECIFIED'}"


def _known(word: str) -> str:
    return "" if word == "UNKNOWN" else word


def _proofs(one: Filed) -> list[evidence_pb2.Evidence]:
    verdict = one.detail.verdict if isinstance(one.detail, Result) else ""
    events: Iterable[tuple[Proof | None, str]] = ((one.proof, verdict), (one.undone, ""))
    return [evidence(Evidence(one.case_id, proof, word)) for proof, word in events if proof]
