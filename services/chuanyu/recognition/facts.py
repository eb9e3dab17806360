"""What is kept of an event: the keys by which it is asked for, and the details that answers show. Pure."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from chuanyu.contracts import common
from chuanyu.contracts.credit import SanctionImposed
from chuanyu.contracts.recall import NoticeIssued
from chuanyu.contracts.reference import CertificateChanged, LaboratoryChanged
from chuanyu.contracts.spotcheck import ResultReported
from chuanyu.domain.dates import midnight
from chuanyu.domain.divisions import province_of
from chuanyu.domain.text import compact, identifier
from chuanyu.domain.uscc import derived_party_key, is_sole_trader
from chuanyu.recognition.details import Certificate, Item, Laboratory, Licence, Party, Product, Recall, Result, Sanction, encode

FOREVER = 2**62  # ms


class Keys(NamedTuple):
    """The columns of recognition.fact by which an event is found, in their order. Days since 1970; starts_at and ends_at in ms.

    dated: sampling date, else report date · hidden: suspected fraud, shown to nobody here (domain 7.6)
    public_from, public_until: when readers cleared to L1 may see it; never while from is None
    """

    kind: str
    party_key: str | None = None
    party_name: str | None = None
    party_division: str | None = None
    place_key: str | None = None
    place_name: str | None = None
    place_division: str | None = None
    product: str | None = None
    sample_no: str | None = None
    cma_no: str | None = None
    report_no: str | None = None
    verdict: str | None = None
    taken_on: int | None = None
    cross_province: bool = False
    campaign: str | None = None
    dated: int | None = None
    starts_at: int = 0
    ends_at: int = FOREVER
    hidden: bool = False
    public_from: int | None = None
    public_until: int | None = None
    detail: bytes = b""
    number: str | None = None


def keys(event: Any) -> Keys:
    """What is kept of an event that opens a case; KeyError for any other kind."""
    return _KEYS[type(event)](event)


def _result(event: ResultReported) -> Keys:
    producer, place = event.labelled_producer, event.sampled_unit.party
    maker, shop = _party(producer) if producer else None, _party(place)
    lab, report, number = event.lab, event.report, event.sampling.sample_no
    crosses = _crosses(producer.division if producer else None, place.division)
    detail = Result(
        sample_no=number,
        verdict=event.verdict,
        task_type=event.task.type,
        task_level=event.task.level or "",
        notice_class=event.head.notice_class,
        product_domain=event.head.product_domain,
        producer=maker,
        place=shop,
        place_type=event.sampled_unit.place_type,
        product=_product(event.product),
        campaign=event.head.campaign,
        taken_on=event.sampling.taken_on,
        laboratory=Laboratory(lab.name, lab.cma_no, lab.cnas_no) if lab else None,
        report_no=report.report_no if report else None,
        issued_on=report.issued_on if report else None,
        published_on=event.publication.published_on if event.publication else None,
        items=tuple(Item(item.name, item.result_text, item.limit_text, item.unit, item.verdict, item.method) for item in event.items),
        cross_province=crosses,
        flagged=tuple(addressee.division for addressee in event.head.flagged),
    )
    return Keys(
        "RESULT",
        *_party_keys(producer, maker),
        *_party_keys(place, shop),
        _compact(event.product.name),
        number,
        lab.cma_no if lab else None,
        report_key(report.report_no) if report and report.report_no else None,
        event.verdict,
        event.sampling.taken_on,
        crosses,
        event.head.campaign,
        detail.taken_on if detail.taken_on is not None else detail.issued_on,
        hidden=_hidden(event.head),
        public_from=_public_from(event),
        detail=encode(detail),
    )


def _recall(event: NoticeIssued) -> Keys:
    recaller = _party(event.recaller)
    detail = Recall(
        regime=event.regime,
        level=event.level,
        status=event.status,
        recaller=recaller,
        products=tuple(_product(one.product) for one in event.products),
        defect=event.defect,
        starts_on=event.starts_on,
        notice_url=event.notice_url,
        sample_ref=event.source_sample_ref,
    )
    return Keys(
        "RECALL",
        *_party_keys(event.recaller, recaller),
        hidden=_hidden(event.head),
        public_from=event.issued_on if event.notice_url else None,
        detail=encode(detail),
    )


def _sanction(event: SanctionImposed) -> Keys:
    person = "" if event.subject.kind in ("LEGAL_ENTITY", "UNKNOWN") else event.subject.kind
    subject = _party(event.subject.party, person)
    detail = Sanction(
        list=event.list,
        severity=event.severity,
        decision_no=event.decision_no,
        authority=event.authority.name or event.authority.division,
        subject=subject,
        grounds=event.grounds,
        measures=tuple(measure.measure_id for measure in event.measures),
        effective_from=event.effective_from,
        until=event.until,
    )
    return Keys(
        "SANCTION",
        *_party_keys(event.subject.party, subject),
        starts_at=midnight(event.effective_from),
        ends_at=FOREVER if event.until is None else midnight(event.until + 1),
        hidden=_hidden(event.head),
        public_from=event.effective_from,
        public_until=event.publish_until,
        detail=encode(detail),
    )


def _laboratory(event: LaboratoryChanged) -> Keys:
    known = common.Party(name=event.name, uscc=event.uscc, division=event.division)
    detail = Licence(
        name=event.name,
        cma_no=event.cma_no,
        status=event.status,
        valid_from=event.valid_from,
        valid_to=event.valid_to,
        cnas_no=event.cnas_no,
        scope=tuple((item.parameter, item.standard) for item in event.scope),
    )
    return Keys(
        "LABORATORY",
        *_party_keys(known, _party(known)),
        cma_no=event.cma_no,
        hidden=_hidden(event.head),
        public_from=event.valid_from,
        detail=encode(detail),
        number=event.cnas_no,
    )


def _certificate(event: CertificateChanged) -> Keys:
    holder = _party(event.holder)
    detail = Certificate(
        kind=event.kind,
        number=event.number,
        body=event.body,
        holder=holder,
        status=event.status,
        valid_from=event.valid_from,
        valid_to=event.valid_to,
        products=tuple(compact(product.name) for product in event.products if product.name),
    )
    return Keys(
        "CERTIFICATE",
        *_party_keys(event.holder, holder),
        hidden=_hidden(event.head),
        public_from=event.valid_from,
        detail=encode(detail),
        number=event.number,
    )


_KEYS: dict[type, Callable[[Any], Keys]] = {
    ResultReported: _result,
    NoticeIssued: _recall,
    SanctionImposed: _sanction,
    LaboratoryChanged: _laboratory,
    CertificateChanged: _certificate,
}
OPENINGS = frozenset(_KEYS)
"""What opens a case here."""


def _public_from(event: ResultReported) -> int | None:
    """Risk monitoring is never public, nor what its issuer did not announce (domain 10)."""
    publication = event.publication
    if publication is None or not publication.publishable or event.task.type == "MONITORING" or event.verdict == "PROBLEM":
        return None
    return publication.published_on


def _hidden(head: common.CaseHead) -> bool:
    return head.notice_class == "FRAUD"


def report_key(report_no: str) -> str:
    """The laboratory's own text in the one form in which report numbers are compared."""
    return identifier(report_no)


def _party(party: common.Party, person: str = "") -> Party:
    name, uscc = party.name or "", party.uscc
    if uscc:
        return Party(name, uscc, uscc, party.division, person or ("SOLE_TRADER" if is_sole_trader(uscc) else ""))
    return Party(name, _derived(name, party.division), None, party.division, person)


def _party_keys(party: common.Party | None, kept: Party | None) -> tuple[str | None, str | None, str | None]:
    return (None, None, None) if party is None or kept is None else (kept.key, _compact(party.name), party.division)


def _product(product: common.Product) -> Product:
    return Product(
        product.name or "",
        product.category,
        product.brand,
        product.specification,
        product.batch,
        product.produced_on,
        product.barcode,
    )


def _compact(text: str | None) -> str | None:
    return _compacted(text) if text else None


_compacted = lru_cache(8192)(compact)
_derived = lru_cache(8192)(derived_party_key)


@lru_cache(8192)
def _crosses(producer: str | None, place: str | None) -> bool:
    provinces = province_of(producer), province_of(place)
    return None not in provinces and provinces[0] != provinces[1]
