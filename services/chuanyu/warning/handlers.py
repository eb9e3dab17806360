"""What warning does with a batch: keep what it says about samples, and say what follows for their producers. One transaction."""

from __future__ import annotations

import hashlib
from base64 import b32encode
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from chuanyu.casework import deadlines, work
from chuanyu.casework import queries as casework
from chuanyu.casework.case import Fact
from chuanyu.contracts.common import Addressee, AddresseeRole, CaseHead, KeyQuality, LegalBasis, NoticeClass, Party
from chuanyu.contracts.warning import AlertClosed, AlertOutcome, AlertRaised
from chuanyu.domain.dates import day_of, from_millis
from chuanyu.domain.divisions import acting, province_of
from chuanyu.domain.records import breaches
from chuanyu.kernel.bus.says import decision_id, node_source
from chuanyu.kernel.codec import draft
from chuanyu.kernel.store import Arrived, Connection, UnitOfWork, checked_by, positions
from chuanyu.warning import queries, rules
from chuanyu.warning.cases import steps
from chuanyu.warning.rules import RULE, VERSION, Alert, Decision, Failure, Subject

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

    def reread(self, connection: Connection) -> None:
        """Once a start, before anything is read: goes back to the beginning of what a migration wants read again."""
        with connection.transaction():
            if families := queries.to_be_read_again(connection):
                positions.begin_rebuild(connection, self.name, families)

    def apply(self, unit: UnitOfWork, batch: Sequence[Arrived]) -> None:
        """Takes alerts into their cases and what is stated about samples into the evidence, then says what follows."""
        alerts = [arrived for arrived in batch if arrived.record.topic.endswith(".warning")]
        if alerts:
            work.apply(unit, alerts, self._steps, self._frame)
            self._learn(unit, alerts)
        touched = self._keep(unit, batch)
        if _may_decide(unit):
            self._decide(unit, touched | queries.postponed(unit.connection))
        elif touched:
            queries.postpone(unit.connection, touched)

    def _learn(self, unit: UnitOfWork, alerts: Iterable[Arrived]) -> None:
        """What this node has said counts when it comes back (D9); after a restored, older database it may come for the first time."""
        own = f"{unit.province}.warning", node_source(unit.province)
        for arrived in alerts:
            event, head = arrived.event, arrived.head
            if (arrived.record.topic, head.source) != own:
                continue
            if isinstance(event, AlertRaised) and event.rule and event.rule.rule_id == RULE:
                of = event.subject_key or "", rules.period_of(event.window_from or 0)
                alert = Alert(head.id, head.subject, tuple(map(UUID, event.evidence)), head.id)
                queries.say(unit.connection, *of, alert, head.logicaltime)
            elif isinstance(event, AlertClosed) and (closes := queries.of_case(unit.connection, head.subject)):
                queries.say(unit.connection, *closes, Alert(UUID(event.event_id), head.subject, (), head.id), head.logicaltime)

    def _keep(self, unit: UnitOfWork, batch: Sequence[Arrived]) -> set[str]:
        """Writes what was stated about samples; the subjects whose evidence that changes."""
        stated = [(arrived.case_id, fact) for arrived in batch if (fact := self._fact(arrived))]
        if not stated:
            return set()
        connection, times = unit.connection, Counter(case for case, _ in stated)
        queries.hold(connection, times)
        again = queries.known(connection, times) | {case for case, count in times.items() if count > 1}
        alone = {case: rules.standing([fact]) for case, fact in stated if case not in again}
        queries.add(connection, [(case, fact, alone.get(case) is not None) for case, fact in stated])
        touched = {found[1].key for found in alone.values() if found}
        if again:
            now = {case: rules.standing(facts) for case, facts in queries.history(connection, again).items()}
            touched |= queries.settle(connection, {case: found[0].event if found else None for case, found in now.items()})
        return touched

    def _fact(self, arrived: Arrived) -> Fact | None:
        """What the rule reads of a record on the topics of samples; None where nothing."""
        province, _, family = arrived.record.topic.partition(".")
        if family != "spotcheck":
            return None
        head = arrived.head
        statement = rules.stated(arrived.event, head.id, province, head.time, self._provinces)
        return replace(work.fact_of(arrived), event=statement) if statement else None

    def _decide(self, unit: UnitOfWork, subjects: set[str]) -> None:
        if not subjects:
            return
        queries.lock(unit.connection, subjects)
        found = queries.failures(unit.connection, subjects, unit.province)
        said = queries.alerts(unit.connection, subjects)
        for subject in sorted(found.keys() | said.keys()):
            failures = found.get(subject, {})
            for decision in rules.decide(rules.evidence_sets(failures), said.get(subject, {})):
                alert = self._say(unit, subject, failures, decision)
                queries.say(unit.connection, subject, decision.period, alert)

    def _say(self, unit: UnitOfWork, subject: str, failures: Mapping[Failure, Subject], decision: Decision) -> Alert:
        """Says what was decided; what is then said last of the period. The id follows from the evidence and from what was said before."""
        evidence = tuple(failure.event for failure in decision.evidence)
        before = decision.before
        event_id = decision_id("alert", RULE, VERSION, subject, decision.period, *evidence, before.last if before else "")
        case_id = before.case_id if before and before.evidence else f"{unit.province}/warning/{_key(evidence, before)}"
        if decision.evidence:
            event = self._raised(case_id, failures, decision, unit.now)
            alert = Alert(event_id, case_id, evidence, event_id)
        else:
            assert before is not None
            event = self._closed(case_id, before, unit.province)
            alert = Alert(before.id, case_id, (), event_id)
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
                correction_of=str(before.id) if before and before.evidence else None,
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


def _may_decide(unit: UnitOfWork) -> bool:
    """False while the service is rebuilt (D9). Of two processes at the end of it, the later one sees that the other is there too."""
    if not positions.rebuilding(unit.connection, unit.service):
        return True
    queries.take_turns(unit.connection)
    return not positions.rebuilding(unit.connection, unit.service)


def _key(evidence: Iterable[UUID], before: Alert | None) -> str:
    """The key of an alert's case, from its business key: rule and evidence set (D19), and the closing of an earlier alert of the period."""
    parts = (RULE, *map(str, evidence), *([str(before.last)] if before else []))
    return b32encode(hashlib.sha256("\x1f".join(parts).encode()).digest()).decode().rstrip("=").lower()
