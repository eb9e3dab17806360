"""What each event of a case may not lack, by `family.event`, beyond what all have in common (`records`). Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from chuanyu.domain.record_fields import authority, days, divisions, ends, instants, party, reference, texts
from chuanyu.domain.violations import Violation, violation


def _result(event: Any, key: str) -> Iterator[Violation]:
    """A result stands in the case of its sample, by which it is asked for (D19)."""
    if key != event.sampling.sample_no:
        yield violation("sample_differs", "sampling.sample_no")
    if event.verdict == "FAILED" and not event.items:
        yield violation("no_failed_item", "items")
    report, publication, lab = event.report, event.publication, event.lab
    yield from days({"sampling.taken_on": event.sampling.taken_on, "product.produced_on": event.product.produced_on})
    if report:
        yield from days({"report.received_on": report.received_on, "report.issued_on": report.issued_on})
        yield from texts({"report.report_no": report.report_no})
    if publication:
        yield from days({"publication.published_on": publication.published_on})
    if lab:
        yield from texts({"lab.cma_no": lab.cma_no})
    yield from texts({"product.name": event.product.name})
    yield from party(event.sampled_unit.party, "sampled_unit.party")
    yield from party(event.labelled_producer, "labelled_producer")


def _notice(event: Any, _: str) -> Iterator[Violation]:
    yield from days({"issued_on": event.issued_on, "starts_on": event.starts_on, "ends_on": event.ends_on})
    for place, each in enumerate(event.products):
        path, batches = f"products[{place}]", each.batches
        yield from days({f"{path}.product.produced_on": each.product.produced_on})
        bounds = {"produced_from": batches.produced_from, "produced_to": batches.produced_to}
        yield from days({f"{path}.batches.{name}": day for name, day in bounds.items()})
    yield from party(event.recaller, "recaller")
    yield from divisions(event.consignee_divisions, "consignee_divisions")


def _sanction(event: Any, _: str) -> Iterator[Violation]:
    yield from days({"decided_on": event.decided_on, "effective_from": event.effective_from})
    yield from ends({"until": event.until, "publish_until": event.publish_until})
    yield from party(event.subject.party, "subject.party")


def _lifting(event: Any, _: str) -> Iterator[Violation]:
    yield from instants({"effective_at": event.effective_at})


def _withdrawal(event: Any, _: str) -> Iterator[Violation]:
    yield from reference(event.event_id, "event_id")


def _receipt(event: Any, _: str) -> Iterator[Violation]:
    yield from reference(event.event_id, "event_id")
    if event.kind == "UNKNOWN":
        yield violation("receipt_kind_missing", "kind")
    yield from divisions([event.authority.division], "authority.division")


def _alert(event: Any, _: str) -> Iterator[Violation]:
    yield from days({"window_from": event.window_from, "window_to": event.window_to})
    for place, each in enumerate(event.evidence):
        yield from reference(each, f"evidence[{place}]")
    yield from divisions(event.regions, "regions")
    yield from party(event.subject, "subject")


def _closing(event: Any, _: str) -> Iterator[Violation]:
    yield from reference(event.event_id, "event_id")


def _sample(event: Any, key: str) -> Iterator[Violation]:
    if key != event.sample_no:
        yield violation("sample_differs", "sample_no")
    yield from authority(event.authority, "authority")


def _plan(event: Any, _: str) -> Iterator[Violation]:
    yield from days({"starts_on": event.starts_on, "ends_on": event.ends_on})
    yield from days({f"products[{place}].produced_on": each.produced_on for place, each in enumerate(event.products)})
    yield from divisions([each.division for each in event.regions], "regions")
    yield from _authorities(event.organisers, "organisers")


def _objection(event: Any, key: str) -> Iterator[Violation]:
    yield from _sample(event, key)
    yield from days({"raised_on": event.raised_on})


def _conclusion(event: Any, key: str) -> Iterator[Violation]:
    yield from _sample(event, key)
    yield from days({"raised_on": event.raised_on, "resolved_on": event.resolved_on})


def _disposal(event: Any, key: str) -> Iterator[Violation]:
    yield from _sample(event, key)
    yield from instants({"changed_at": event.changed_at, "finished_at": event.finished_at})
    yield from days({"received_on": event.received_on, "served_on": event.served_on})
    yield from authority(event.transferred_to, "transferred_to")


def _about(event: Any, _: str) -> Iterator[Violation]:
    yield from reference(event.about, "about")
    yield from authority(event.authority, "authority")


def _follow_up(event: Any, key: str) -> Iterator[Violation]:
    yield from _about(event, key)
    yield from reference(event.extends, "extends")


def _overdue(event: Any, _: str) -> Iterator[Violation]:
    yield from reference(event.obligation_id, "obligation_id")
    if event.level < 1:
        yield violation("level_wrong", "level")
    yield from instants({"due_at": event.due_at})
    yield from authority(event.authority, "authority")
    yield from authority(event.escalated_to, "escalated_to")


def _by_authority(event: Any, _: str) -> Iterator[Violation]:
    yield from authority(event.authority, "authority")


def _laboratory(event: Any, _: str) -> Iterator[Violation]:
    yield from days({"valid_from": event.valid_from})
    yield from ends({"valid_to": event.valid_to})
    yield from texts({"cma_no": event.cma_no, "cnas_no": event.cnas_no, "name": event.name, "uscc": event.uscc})
    yield from divisions([event.division] if event.division is not None else (), "division")
    yield from authority(event.licensed_by, "licensed_by")


def _certificate(event: Any, _: str) -> Iterator[Violation]:
    yield from days({"valid_from": event.valid_from})
    yield from ends({"valid_to": event.valid_to})
    yield from days({f"products[{place}].produced_on": each.produced_on for place, each in enumerate(event.products)})
    yield from texts({"number": event.number, "body": event.body})
    yield from party(event.holder, "holder")


def _dispute(event: Any, _: str) -> Iterator[Violation]:
    yield from reference(event.evidence_event_id, "evidence_event_id")
    yield from texts({"evidence_case_id": event.evidence_case_id})
    yield from authority(event.authority, "authority")


def _decision(event: Any, _: str) -> Iterator[Violation]:
    yield from reference(event.dispute_id, "dispute_id")
    yield from days({"decided_on": event.decided_on})
    yield from _authorities(event.decided_by, "decided_by")


def _authorities(named: Iterable[Any], field: str) -> Iterator[Violation]:
    yield from divisions([each.division for each in named], field)


OF_EVENTS: Mapping[str, Callable[[Any, str], Iterator[Violation]]] = {
    "spotcheck.result_reported": _result,
    "spotcheck.plan_published": _plan,
    "spotcheck.objection_raised": _objection,
    "spotcheck.objection_resolved": _conclusion,
    "spotcheck.disposal_updated": _disposal,
    "recall.notice_issued": _notice,
    "credit.sanction_imposed": _sanction,
    "credit.sanction_lifted": _lifting,
    "warning.alert_raised": _alert,
    "warning.alert_closed": _closing,
    "reference.laboratory_changed": _laboratory,
    "reference.certificate_changed": _certificate,
    "reference.recognition_disputed": _dispute,
    "reference.dispute_resolved": _decision,
    "case.withdrawn": _withdrawal,
    "case.receipt_issued": _receipt,
    "case.follow_up_added": _follow_up,
    "case.obligation_overdue": _overdue,
    "case.reclassified": _by_authority,
    "case.case_closed": _about,
    "case.case_reopened": _by_authority,
}
"""A rule yields what is wrong with an event; its second argument is the key of the case in which the record stands."""
