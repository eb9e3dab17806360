"""What warning does with a batch: keep what it says about samples, and say what follows for their producers. One transaction."""

from __future__ import annotations

import hashlib
from base64 import b32encode
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from chuanyu.casework import deadlines, work
from chuanyu.casework import queries as casework
from chuanyu.contracts.case import Withdrawn
from chuanyu.contracts.common import Addressee, AddresseeRole, CaseHead, KeyQuality, LegalBasis, NoticeClass, Party
from chuanyu.contracts.spotcheck import ResultReported
from chuanyu.contracts.warning import AlertClosed, AlertOutcome, AlertRaised
from chuanyu.domain.dates import day_of, from_millis
from chuanyu.domain.divisions import acting, province_of
from chuanyu.domain.records import breaches
from chuanyu.kernel.bus.says import decision_id, node_source
from chuanyu.kernel.codec import draft
from chuanyu.kernel.store import Arrived, UnitOfWork, checked_by, positions
from chuanyu.warning import queries, rules
from chuanyu.warning.cases import steps
from chuanyu.warning.rules import RULE, UNTOLD, VERSION, Alert, Decision, Failure, Said, Sample, Subject

_ADVICE = "该生产企业的产品90日内在两地抽检均不合格：请核查生产环节、互通处置情况，必要时会商研判"
_FALLEN = "所依据的抽检结果已被更正、撤回或复检推翻，不再满足预警条件"


class Warning:
    """The service as its stream runs it. provinces: word of a node → first two digits of its divisions."""

    name = "warning"
    families = ("spotcheck", "warning")
    migrations = (queries.MIGRATIONS, casework.MIGRATIONS)
    check = staticmethod(checked_by(breaches))

    def __init__(self, provinces: Mapping[str, str]) -> None:
        self._provinces = provinces
        self._steps = steps(provinces)
        self._frame = deadlines.frame(provinces)

    def apply(self, unit: UnitOfWork, batch: Sequence[Arrived]) -> None:
        """Takes alerts into their cases and results into the evidence, then says what follows."""
        alerts = [arrived for arrived in batch if arrived.record.topic.endswith(".warning")]
        if alerts:
            work.apply(unit, alerts, self._steps, self._frame)
        touched = self._keep(unit, [arrived for arrived in batch if _counts(arrived)])
        if positions.rebuilding(unit.connection, unit.service):
            queries.postpone(unit.connection, touched)
        elif subjects := touched | queries.postponed(unit.connection):
            self._decide(unit, subjects)

    def _keep(self, unit: UnitOfWork, batch: Sequence[Arrived]) -> set[str]:
        """Writes what was said about samples; the subjects whose evidence that changes."""
        if not batch:
            return set()
        known = queries.samples(unit.connection, {arrived.case_id for arrived in batch})
        after: dict[str, Sample] = {}
        for arrived in batch:
            before = after.get(arrived.case_id) or known.get(arrived.case_id, UNTOLD)
            after[arrived.case_id] = self._told(before, arrived)
        changed = {case: sample for case, sample in after.items() if sample != known.get(case, UNTOLD)}
        if changed:
            queries.keep_samples(unit.connection, changed)
        seen = [sample for case in changed for sample in (known.get(case, UNTOLD), changed[case])]
        return {sample.subject.key for sample in seen if sample.stands and sample.subject}

    def _told(self, sample: Sample, arrived: Arrived) -> Sample:
        event, head = arrived.event, arrived.head
        if isinstance(event, Withdrawn):
            return rules.withdrawn(sample, event)
        home = arrived.record.topic.partition(".")[0]
        return rules.reported(sample, event, Said(head.id, head.sequence or 0, home, head.time), self._provinces)

    def _decide(self, unit: UnitOfWork, subjects: set[str]) -> None:
        queries.lock(unit.connection, subjects)
        found = queries.failures(unit.connection, subjects, unit.province)
        said = queries.alerts(unit.connection, subjects)
        for subject in sorted(found.keys() | said.keys()):
            failures = found.get(subject, {})
            for decision in rules.decide(rules.evidence_sets(failures), said.get(subject, {})):
                alert = self._say(unit, subject, failures, decision)
                queries.keep_alert(unit.connection, subject, decision.period, alert)

    def _say(self, unit: UnitOfWork, subject: str, failures: Mapping[Failure, Subject], decision: Decision) -> Alert:
        """Says what was decided; what is then said last of the period. The id follows from the evidence and from what was said before."""
        evidence = tuple(failure.event for failure in decision.evidence)
        before = decision.before
        event_id = decision_id("alert", RULE, VERSION, subject, decision.period, *evidence, before.last if before else "")
        case_id = before.case_id if before and before.open else f"{unit.province}/warning/{_key(evidence)}"
        if decision.evidence:
            event = self._raised(case_id, failures, decision, unit.now)
            alert = Alert(event_id, case_id, evidence, True, event_id)
        else:
            assert before is not None
            event = self._closed(case_id, before, unit.province)
            alert = Alert(before.id, case_id, (), False, event_id)
        source, now = node_source(unit.province), unit.now
        unit.emit(draft(event, id=event_id, source=source, subject=case_id, time=now, recordedtime=now, correlationid=case_id))
        return alert

    def _raised(self, case_id: str, failures: Mapping[Failure, Subject], decision: Decision, now: int) -> Any:
        newest = failures[decision.evidence[-1]]
        first, last = rules.window(decision.period)
        regions = self._regions(decision.evidence)
        before = decision.before
        seat = [Addressee(division=code, role=AddresseeRole.PRODUCTION) for code in self._seat(newest, now)]
        return AlertRaised(
            head=CaseHead(
                case_id=case_id,
                notice_class=NoticeClass.ALERT,
                flagged=(*seat, *(Addressee(division=code, role=AddresseeRole.CIRCULATION) for code in regions)),
                legal_basis=(LegalBasis(rule_id=RULE, version=VERSION),),
                correction_of=str(before.id) if before and before.open else None,
            ),
            rule=LegalBasis(rule_id=RULE, version=VERSION),
            window_from=first,
            window_to=last,
            evidence=tuple(str(failure.event) for failure in decision.evidence),
            subject_key=newest.key,
            subject=Party(
                name=newest.name,
                uscc=newest.uscc,
                key_quality=KeyQuality.USCC if newest.uscc else KeyQuality.DERIVED,
                division=newest.division,
            ),
            regions=regions,
            observed=len(decision.evidence),
            advice=_ADVICE,
        )

    def _closed(self, case_id: str, alert: Alert, province: str) -> Any:
        others = sorted(f"{digits}0000" for word, digits in self._provinces.items() if word != province)
        flagged = tuple(Addressee(division=code, role=AddresseeRole.CIRCULATION) for code in others)
        head = CaseHead(case_id=case_id, notice_class=NoticeClass.FOLLOW_UP, flagged=flagged)
        return AlertClosed(head=head, event_id=str(alert.id), outcome=AlertOutcome.UNFOUNDED, reason=_FALLEN)

    def _regions(self, evidence: Iterable[Failure]) -> tuple[str, ...]:
        return tuple(sorted({f"{self._provinces[failure.province]}0000" for failure in evidence}))

    def _seat(self, subject: Subject, now: int) -> list[str]:
        """The division that acts for the producer's place today, if its province has a node."""
        division, seat = subject.division, province_of(subject.division)
        if division is None or seat is None or seat[:2] not in self._provinces.values():
            return []
        return [acting(division, day_of(from_millis(now)).year) if division[:2] == seat[:2] else seat]


def _counts(arrived: Arrived) -> bool:
    """Whether it is a word of the sample's home about the sample: a result, or a withdrawal."""
    home = f"{arrived.case_id.partition('/')[0]}.spotcheck"
    return arrived.record.topic == home and isinstance(arrived.event, ResultReported | Withdrawn)


def _key(evidence: Iterable[UUID]) -> str:
    """The key of an alert's case, from its business key: rule and evidence set (D19)."""
    parts = "\x1f".join((RULE, *map(str, evidence)))
    return b32encode(hashlib.sha256(parts.encode()).digest()).decode().rstrip("=").lower()
