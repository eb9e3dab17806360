"""From what is filed to an answer: status, reasons, conditions, evidence, validity (domain 8.2, 8.3). Pure; instants in ms."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time

from chuanyu.domain.dates import SHANGHAI, midnight, to_millis
from chuanyu.domain.text import compact
from chuanyu.recognition import policy, qualifications, rules
from chuanyu.recognition.details import Certificate, Licence, Recall, Result, Sanction
from chuanyu.recognition.facts import FOREVER
from chuanyu.recognition.policy import Reason, Status
from chuanyu.recognition.qualifications import Parameter
from chuanyu.recognition.rules import Paper
from chuanyu.recognition.search import Filed, Known, Proof

_UNIT_SECONDS = {"minute": 60, "hour": 3600}
_END_OF_DAY = time(23, 59, 59, tzinfo=SHANGHAI)


@dataclass(frozen=True, slots=True)
class Moment:
    """When an answer is given. on: the day on which it is to count · ages: province → age of its data here in seconds, None for never."""

    now: int
    on: date
    ages: Mapping[str, float | None]

    def stale(self, provinces: Iterable[str], limit_id: str) -> bool:
        """Whether one of these sources is older than the limit (domain 8.3)."""
        limit = policy.limit(limit_id, self.on)
        most = limit.length * _UNIT_SECONDS[limit.unit]
        ages = [self.ages.get(province) for province in provinces]
        return any(age is None or age > most for age in ages)


@dataclass(frozen=True, slots=True)
class Evidence:
    """An event that an answer rests on. verdict: of a result, else empty."""

    case_id: str
    proof: Proof
    verdict: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """What must hold or be observed, until when if known."""

    code: str
    zh: str
    en: str
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of several records that a key fits."""

    key: str
    label: str
    province: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said; with the question's digest it is a record."""

    status: Status
    reasons: tuple[Reason, ...]
    conditions: tuple[Condition, ...]
    evidence: tuple[Evidence, ...]
    valid_until: int
    moment: Moment
    candidates: tuple[Candidate, ...] = ()


@dataclass(slots=True)
class _Draft:
    """An answer in the making. ends: instants after which it must be asked again."""

    codes: list[str] = field(default_factory=list)
    conditions: list[Condition] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)


def standing(found: Sequence[Filed]) -> list[Filed]:
    """What an answer about a sample or report may rest on: what stands, else all that does not."""
    return [one for one in found if one.state == "STANDING"] or list(found)


def about_result(found: Sequence[Filed], held: bool, paper: Paper, moment: Moment, licences: Sequence[Filed] = ()) -> Answer:
    """May this sample or report be used? found: what may be meant · held: something is in quarantine · licences: of its laboratory."""
    draft = _Draft()
    if len(found) == 1:
        _judge(draft, found[0], paper, moment, licences)
    else:
        draft.codes.append("AMBIGUOUS_KEY" if found else "NOT_FOUND")
        draft.evidence += [piece for one in found for piece in _pieces(one)]
        draft.candidates += [Candidate(one.case_id, _label(one), one.province) for one in found]
    held = held or any(one.held for one in [*found, *licences])
    return _finish(draft, held, {one.province for one in found}, moment)


def newest(found: Sequence[Filed]) -> Filed | None:
    """The result that decides about a product, of those found newest first."""
    results = [one for one in found if isinstance(one.detail, Result)]
    return next((one for one in results if one.state == "STANDING"), results[0] if results else None)


def about_product(found: Sequence[Filed], product: str, held: bool, moment: Moment, licences: Sequence[Filed] = ()) -> Answer:
    """Which results are there for a producer's product? The newest one of any province decides; it counts for its batch only.

    held: something else about it is in quarantine · licences: of the laboratory of the newest
    """
    results = [one for one in found if isinstance(one.detail, Result)]
    recalls = [one for one in found if isinstance(one.detail, Recall) and _covers(one.detail, product)]
    deciding = newest(found)
    draft = _Draft()
    if deciding:
        _judge(draft, deciding, Paper(), moment, licences)
        draft.codes.append("BATCH_ONLY")
        draft.evidence += [piece for one in results if one is not deciding for piece in _pieces(one)]
    if recalls:
        draft.codes.append("RECALL_OPEN")
        draft.evidence += [piece for one in recalls for piece in _pieces(one)]
    draft.codes = draft.codes or ["NOT_FOUND"]
    return _finish(draft, held or any(one.held for one in [*found, *licences]), set(), moment)


def about_laboratory(found: Sequence[Filed], tested: Sequence[Parameter], held: bool, moment: Moment) -> Answer:
    """Was it able and allowed to test this on that day? found: what stands of it · held: something about it is in quarantine."""
    licences = [one.detail for one in found if isinstance(one.detail, Licence)]
    codes = qualifications.of_laboratory(licences, tested, moment.on) or ["VALID_LABORATORY"]
    draft = _Draft(codes if found else ["NOT_FOUND", *codes])
    return _qualified(draft, found, qualifications.holding(licences, moment.on), held, moment)


def about_certificate(found: Sequence[Filed], holder: Collection[str], product: str, held: bool, moment: Moment) -> Answer:
    """Is it valid, for this holder and product? As `qualifications.of_certificate`; held: something about it is in quarantine."""
    certificates = [one.detail for one in found if isinstance(one.detail, Certificate)]
    draft = _Draft(qualifications.of_certificate(certificates, holder, product, moment.on))
    return _qualified(draft, found, qualifications.holding(certificates, moment.on), held, moment)


def _qualified(draft: _Draft, found: Sequence[Filed], holds: Licence | Certificate | None, held: bool, moment: Moment) -> Answer:
    draft.evidence += [piece for one in found for piece in _pieces(one)]
    if holds and holds.valid_to is not None:
        draft.ends.append(midnight(holds.valid_to + 1) - 1000)
    return _finish(draft, held or any(one.held for one in found), set(), moment, "source_age_reference")


def about_enterprise(found: Sequence[Filed], known: bool, held: bool, moment: Moment, *, public_only: bool = False) -> Answer:
    """What stands against it? found: live sanctions, open recalls, recent failures · held: something else about it is in quarantine.

    public_only: the asker is shown what is published, so that he finds nothing is no proof; told alike whether there is more or not (P6).
    """
    draft = _Draft()
    for code, kind in (("SANCTION_IN_FORCE", Sanction), ("RECALL_OPEN", Recall)):
        if any(isinstance(one.detail, kind) for one in found):
            draft.codes.append(code)
    if not draft.codes:
        draft.codes.append("NO_ADVERSE_FACT" if known else "NOT_FOUND")
    if public_only and known:
        draft.codes.append("PUBLIC_FACTS_ONLY")
    for one in found:
        draft.evidence += _pieces(one)
        if isinstance(one.detail, Sanction):
            draft.conditions.append(_measures(one, one.detail, moment.on))
            draft.ends.append(one.until)
    return _finish(draft, held or any(one.held for one in found), set(), moment)


def unnamed(parties: Sequence[Known], held: bool, moment: Moment) -> Answer:
    """A name that fits several enterprises, or none. held: something about one of that name is in quarantine."""
    candidates = [Candidate(one.key, one.name or "", one.province) for one in parties]
    return _finish(_Draft(["AMBIGUOUS_KEY" if parties else "NOT_FOUND"], candidates=candidates), held, set(), moment)


def _judge(draft: _Draft, one: Filed, paper: Paper, moment: Moment, licences: Sequence[Filed]) -> None:
    assert isinstance(one.detail, Result)
    asked = rules.Asked(one.detail, one.state, one.first_recorded_at, moment.on, paper, objected=one.objected)
    known = [each.detail for each in licences if isinstance(each.detail, Licence)]
    against = qualifications.of_laboratory(known, qualifications.tested_of(one.detail), rules.dated(asked))
    asked = replace(asked, laboratory=against)
    draft.codes += rules.of_result(asked)
    draft.evidence += [piece for each in (one, *licences) for piece in _pieces(each)]
    draft.ends.append(to_millis(datetime.combine(rules.counts_until(asked), _END_OF_DAY)))
    if "OBJECTION_WINDOW_OPEN" in draft.codes and (end := rules.window_end(asked)):
        draft.ends.append(to_millis(end))
        draft.conditions.append(replace(_condition(policy.reason("OBJECTION_WINDOW_OPEN", moment.on)), until=to_millis(end)))


def _finish(draft: _Draft, held: bool, concerned: set[str], moment: Moment, limit_id: str = "source_age") -> Answer:
    """concerned: the provinces whose data the answer rests on; none named means all of them."""
    codes = draft.codes + (["PARKED_EVENT"] if held else [])
    if moment.stale(concerned or moment.ages, limit_id):
        codes.append("SOURCE_STALE")
    reasons = [policy.reason(code, moment.on) for code in dict.fromkeys(codes)]
    if any(one.leads_to is not Status.RECOGNISED for one in reasons):
        reasons = [one for one in reasons if one.leads_to is not Status.RECOGNISED]
    reasons.sort(key=lambda one: -one.leads_to.strength)
    status = reasons[0].leads_to
    validity = policy.limit("answer_validity", moment.on)
    latest = moment.now + validity.length * _UNIT_SECONDS[validity.unit] * 1000
    return Answer(
        status=status,
        reasons=tuple(reasons),
        conditions=_conditions(draft, reasons) if status is Status.CONDITIONAL else (),
        evidence=tuple(draft.evidence),
        valid_until=min([latest, *(end for end in draft.ends if end > moment.now)]),
        moment=moment,
        candidates=tuple(draft.candidates),
    )


def _conditions(draft: _Draft, reasons: Sequence[Reason]) -> tuple[Condition, ...]:
    """What to observe: what the facts set, then what the remaining reasons set in general."""
    told = {condition.code for condition in draft.conditions}
    return (*draft.conditions, *(_condition(one) for one in reasons if one.condition_en and one.code not in told))


def _pieces(one: Filed) -> list[Evidence]:
    verdict = one.detail.verdict if isinstance(one.detail, Result) else ""
    pieces = [Evidence(one.case_id, one.proof, verdict)]
    return [*pieces, Evidence(one.case_id, one.undone)] if one.undone else pieces


def _condition(reason: Reason) -> Condition:
    return Condition(reason.code, reason.condition_zh, reason.condition_en)


def _measures(one: Filed, sanction: Sanction, on: date) -> Condition:
    """The condition that a live sanction sets, naming its measures."""
    plain = _condition(policy.reason("SANCTION_IN_FORCE", on))
    named = ", ".join(sanction.measures)
    texts = (f"{plain.zh}：{named}", f"{plain.en}: {named}") if named else (plain.zh, plain.en)
    return Condition(plain.code, *texts, until=None if one.until == FOREVER else one.until - 1000)


def _label(one: Filed) -> str:
    detail = one.detail
    return detail.product.name if isinstance(detail, Result) else ""


def _covers(recall: Recall, product: str) -> bool:
    return any(compact(one.name) == product for one in recall.products)
