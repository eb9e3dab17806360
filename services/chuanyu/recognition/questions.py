"""Questions as they are asked, checked and brought to the form in which keys are compared. Everything here raises Refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from chuanyu.contracts.pb.recognition.v1 import recognition_pb2 as pb
from chuanyu.contracts.pb.recognition.v1 import spot_check_pb2
from chuanyu.contracts.registry import BY_TYPE
from chuanyu.domain.certificates import check_ccc, check_cma, check_cnas, check_organic
from chuanyu.domain.dates import to_days
from chuanyu.domain.identifiers import check_sample_no
from chuanyu.domain.text import compact, identifier
from chuanyu.domain.uscc import check_uscc
from chuanyu.domain.violations import Checked, Violation, violation
from chuanyu.kernel.refusals import Kind, Refused
from chuanyu.recognition.facts import report_key
from chuanyu.recognition.listing import Filter
from chuanyu.recognition.rules import Paper

_DIGEST = re.compile(r"[0-9a-f]{64}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DERIVED = re.compile(r"d-[0-9a-f]{32}")
_CODE = re.compile(r"[0-9A-Za-z]{18}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_CERTIFICATES = {"CCC": check_ccc, "ORGANIC": check_organic}
_FIELDS = {field["name"]: field["type"] for field in BY_TYPE["chuanyu.reference.certificate_changed.v1"].schema["fields"]}
_KINDS: dict[str, str] = {term: symbol for symbol, term in _FIELDS["kind"]["chuanyu.terms"].items()}


@dataclass(frozen=True, slots=True)
class PartyKey:
    """An enterprise by key (USCC or derived) or, when that is None, by name without blanks."""

    key: str | None
    name: str | None

    @property
    def words(self) -> set[str]:
        """What it is asked for by."""
        return {word for word in (self.key, self.name) if word is not None}


@dataclass(frozen=True, slots=True)
class Report:
    """A report by its key, and what the asker says of the paper. issued_on: days since 1970."""

    cma_no: str
    report_no: str
    issued_on: int | None
    paper: Paper


def judge(asked: pb.CheckRecognitionRequest, today: date) -> None:
    """Whether a question is well-formed, without asking anybody. Raises Refused with what is wrong."""
    asked_day(asked.on, today)
    kind = asked.WhichOneof("question")
    if kind is None:
        raise _wrong([violation("question_missing", "question")])
    _JUDGES[kind](getattr(asked, kind))


def sample_no(text: str) -> str:
    """抽样编号."""
    return _value(check_sample_no(text, "sample.sample_no"))


def report(asked: pb.ReportQuestion) -> Report:
    """A report; every fault of the question at once."""
    cma = check_cma(asked.cma_no, "report.cma_no")
    found = list(cma.refusals)
    found += [] if plain(asked.report_no).strip() else [violation("report_no_missing", "report.report_no")]
    digest = asked.digest.strip().lower()
    found += [violation("digest_malformed", "report.digest")] if digest and not _DIGEST.fullmatch(digest) else []
    issued = None
    try:
        issued = _day(asked.issued_on, "report.issued_on")
    except Refused as refused:
        found += refused.violations  # type: ignore[arg-type]
    if found or cma.value is None:
        raise _wrong(found)
    paper = Paper(
        digest or None,
        asked.bears_cma_mark if asked.HasField("bears_cma_mark") else None,
        asked.internal_reference_only if asked.HasField("internal_reference_only") else None,
    )
    return Report(cma.value, report_key(asked.report_no), None if issued is None else to_days(issued), paper)


def laboratory_no(text: str) -> str:
    """CMA or CNAS number, told apart by its first letter."""
    check = check_cnas if identifier(text).startswith("C") else check_cma
    return _value(check(text, "laboratory.number"))


def certificate_no(kind: str, text: str) -> str:
    """The number of a certificate; kinds with a known form are held to it."""
    if not compact(plain(text)):
        raise _wrong([violation("certificate_no_missing", "certificate.number")])
    check = _CERTIFICATES.get(certificate_kind(kind))
    return _value(check(text, "certificate.number")) if check else identifier(text)


def holder(text: str) -> set[str]:
    """By what a certificate's holder is known; nothing where any will do."""
    return party(text, "certificate.holder").words if text.strip() else set()


def certificate_kind(text: str) -> str:
    """The symbol of a kind that is asked for by symbol or Chinese term; what is no kind stays as it is and fits nothing."""
    return _KINDS.get(compact(plain(text)), text.strip().upper())


def product(text: str) -> str:
    """A product's name as it is compared."""
    name = compact(plain(text))
    if not name:
        raise _wrong([violation("product_missing", "product.name")])
    return name


def party(text: str, field: str) -> PartyKey:
    """USCC, derived key or name. Eighteen letters and digits are meant as a code, so its check digit must be right."""
    word = compact(plain(text))
    if not word:
        raise _wrong([violation("enterprise_missing", field)])
    if _DERIVED.fullmatch(word):
        return PartyKey(word, None)
    return PartyKey(_value(check_uscc(word, field)), None) if _CODE.fullmatch(word) else PartyKey(None, word)


def asked_day(text: str, today: date) -> date:
    """The day on which an answer is to count; empty means today, later than today is refused."""
    day = _day(text, "on") or today
    if day > today:
        raise _wrong([violation("asked_day_in_future", "on")])
    return day


def spot_check_filter(asked: spot_check_pb2.SpotCheckFilter) -> Filter:
    """The filters that are set."""
    taken_from, taken_to = _day(asked.taken_from, "filter.taken_from"), _day(asked.taken_to, "filter.taken_to")
    return Filter(
        province=plain(asked.province) or None,
        verdict=_word(spot_check_pb2.Verdict.Name(asked.verdict), "VERDICT_"),
        state=_word(spot_check_pb2.SpotCheckState.Name(asked.state), "SPOT_CHECK_STATE_"),
        producer=plain(asked.producer) or None,
        sampled_unit=plain(asked.sampled_unit) or None,
        producer_division=plain(asked.producer_division) or None,
        sampled_division=plain(asked.sampled_division) or None,
        cma_no=identifier(plain(asked.cma_no)) or None,
        report_no=report_key(plain(asked.report_no)) or None,
        sample_no=identifier(plain(asked.sample_no)) or None,
        product=compact(plain(asked.product)) or None,
        taken_from=None if taken_from is None else to_days(taken_from),
        taken_to=None if taken_to is None else to_days(taken_to),
        cross_province=asked.cross_province if asked.HasField("cross_province") else None,
        campaign=plain(asked.campaign) or None,
    )


def plain(text: str) -> str:
    """A text that the database can be asked for."""
    if _CONTROL.search(text.strip()):
        raise _wrong([violation("control_character", "")])
    return text.strip()


def _day(text: str, field: str) -> date | None:
    if not text:
        return None
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise _wrong([violation("day_malformed", field)])


def _word(name: str, prefix: str) -> str | None:
    word = name.removeprefix(prefix)
    return None if word == "UNSPECIFIED" else word


def _value(checked: Checked) -> str:
    if checked.value is None:
        raise _wrong(checked.refusals)
    return checked.value


def _wrong(violations: Sequence[Violation]) -> Refused:
    return Refused(Kind.INVALID_ARGUMENT, violations)


_JUDGES: dict[str, Callable[[Any], object]] = {
    "sample": lambda asked: sample_no(asked.sample_no),
    "report": report,
    "laboratory": lambda asked: laboratory_no(asked.number),
    "certificate": lambda asked: (certificate_no(asked.kind, asked.number), holder(asked.holder)),
    "product": lambda asked: (product(asked.name), party(asked.producer, "product.producer")),
    "enterprise": lambda asked: party(asked.enterprise, "enterprise.enterprise"),
}
