"""
Every metric, named once. Names, labels and buckets are promises (interfaces.md); docs/metrics.md is generated from here.

A caller takes `child(METRIC, label=value)` once and keeps it: looking labels up costs as much as counting.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

REGISTRY = CollectorRegistry()
CONTENT_TYPE = CONTENT_TYPE_LATEST

_Metric = TypeVar("_Metric", Counter, Gauge, Histogram)

_VISIBLE = (0.002, 0.005, 0.01, 0.015, 0.025, 0.05, 0.08, 0.15, 0.3, 0.6, 1, 2, 5, 15, 60, 300, 3600)
_PROCESSED = (60, 600, 3600, 4 * 3600, 12 * 3600, 86400, 2 * 86400, 5 * 86400, 10 * 86400, 30 * 86400)
_ANSWER = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1, 5)

_KEY_CODES = frozenset(["key_unknown", "key_not_yet_valid", "key_expired", "key_revoked"])
SEAL_CODES = _KEY_CODES | {"seal_missing", "seal_malformed", "header_repeated", "signature_wrong", "algorithm_unknown", "algorithm_differs"}

# What a label may say where the set is closed; anything else counts as `other`, so that no caller can make series without end.
_CLOSED: dict[tuple[str, str], frozenset[str]] = {
    ("chuanyu_accepted", "family"): frozenset(["spotcheck", "recall", "credit", "warning", "assistance", "reference", "case", "system"]),
    ("chuanyu_accepted", "outcome"): frozenset(["accepted", "duplicate", "refused"]),
    ("chuanyu_applied", "outcome"): frozenset(["applied", "repeated", "parked", "waiting", "beyond"]),
    ("chuanyu_partition_state", "state"): frozenset(["running", "waiting", "gap", "fenced"]),
    ("chuanyu_dependency_away", "dependency"): frozenset(["kafka", "postgresql"]),
    ("chuanyu_obligations_due", "within"): frozenset(["1d", "7d", "30d"]),
    ("chuanyu_obligations_due", "kept"): frozenset(["yes", "no"]),
    ("chuanyu_seal_failures", "code"): SEAL_CODES,
    ("chuanyu_deliveries", "asked"): frozenset(["yes", "no"]),
    ("chuanyu_recognition_answers", "status"): frozenset(["RECOGNISED", "NOT_RECOGNISED", "CONDITIONAL", "UNKNOWN"]),
}
_WORD = re.compile(r"[A-Za-z0-9._-]{1,64}").fullmatch


@dataclass(frozen=True, slots=True)
class Described:
    """A metric as the documentation shows it. question: what a person on duty asks it."""

    name: str
    kind: str
    unit: str
    labels: tuple[str, ...]
    says: str
    question: str


DESCRIBED: list[Described] = []


def _counter(name: str, unit: str, says: str, question: str, *labels: str) -> Counter:
    DESCRIBED.append(Described(name, "counter", unit, labels, says, question))
    return Counter(name, says, labels, registry=REGISTRY)


def _gauge(name: str, unit: str, says: str, question: str, *labels: str) -> Gauge:
    DESCRIBED.append(Described(name, "gauge", unit, labels, says, question))
    return Gauge(name, says, labels, registry=REGISTRY)


def _histogram(name: str, says: str, question: str, buckets: Sequence[float], *labels: str) -> Histogram:
    DESCRIBED.append(Described(name, "histogram", "seconds", labels, says, question))
    return Histogram(name, says, labels, buckets=buckets, registry=REGISTRY)


ACCEPTED = _counter(
    "chuanyu_accepted_total",
    "submissions",
    "Submissions answered by the gateway",
    "Are members getting through, and what is refused?",
    "family",
    "outcome",
)
APPLIED = _counter(
    "chuanyu_applied_total",
    "records",
    "Records that a service has read, by what became of them; origin is the owner's province",
    "Does every service apply what both provinces say?",
    "service",
    "origin",
    "outcome",
)
VISIBLE = _histogram(
    "chuanyu_visible_seconds",
    "From accepted at its owner to applied here",
    "How old is a fact when it can be seen, here and over there?",
    _VISIBLE,
    "service",
    "origin",
)
BEHIND = _gauge(
    "chuanyu_behind_records",
    "records",
    "Records between the stored position and the end of the partition",
    "Who is behind, and by how much?",
    "service",
    "topic",
    "partition",
)
OLDEST_UNAPPLIED = _gauge(
    "chuanyu_oldest_unapplied_seconds",
    "seconds",
    "Age of the oldest record behind which a service stands; 0 when it has caught up",
    "How long has a fact been waiting to take effect?",
    "service",
    "topic",
    "partition",
)
PARTITION_STATE = _gauge(
    "chuanyu_partition_state",
    "0 or 1",
    "1 for the state in which a service reads the partition",
    "Which partition stands still, and why?",
    "service",
    "topic",
    "partition",
    "state",
)
LOG_UNRELAYED = _gauge(
    "chuanyu_log_unrelayed_rows",
    "rows",
    "Accepted events that are not on Kafka yet, heartbeats that wait in the client included",
    "Is Kafka or the relay away, and how near is the limit at which submissions are refused?",
)
LOG_OLDEST_UNRELAYED = _gauge(
    "chuanyu_log_oldest_unrelayed_seconds",
    "seconds",
    "Age of the oldest of them; 0 when none waits",
    "Since when does nothing leave this node?",
)
PARKED = _gauge(
    "chuanyu_parked_records",
    "records",
    "Records kept aside, by fault code",
    "What waits for a person in quarantine, and for which reason?",
    "service",
    "code",
)
HELD_CASES = _gauge(
    "chuanyu_held_cases",
    "cases",
    "Cases whose later records wait behind a parked one",
    "How many cases stand still because of quarantine?",
)
SEQUENCE_GAPS = _counter(
    "chuanyu_sequence_gaps_total",
    "gaps",
    "Gaps in the sequence of a partition, seen by a service that had caught up",
    "Did the mirror lose something?",
)
SEAL_FAILURES = _counter(
    "chuanyu_seal_failures_total",
    "records",
    "Records whose seal was refused, by reason",
    "Is somebody changing records, or is a key missing?",
    "code",
)
OTHER_SIDE_AGE = _gauge(
    "chuanyu_other_side_age_seconds",
    "seconds",
    "Age of the newest heartbeat of the other province whose records have all been applied",
    "How stale is what we say about the other province?",
)
RECOGNITION_SECONDS = _histogram(
    "chuanyu_recognition_seconds",
    "Time to answer a recognition question, as the service sees it",
    "Do coordinators get their answer in milliseconds?",
    _ANSWER,
)
RECOGNITION_ANSWERS = _counter(
    "chuanyu_recognition_answers_total",
    "answers",
    "Recognition answers by status",
    "What is recognised, and how much is unknown?",
    "status",
)
OBLIGATIONS = _gauge(
    "chuanyu_obligations",
    "obligations",
    "Obligations by state",
    "Are the legal clocks kept?",
    "state",
)
OBLIGATIONS_DUE = _gauge(
    "chuanyu_obligations_due",
    "obligations",
    "Obligations that fell due within the last days, by whether they were met in time; without back-filled ones",
    "Which share of the legal clocks is kept?",
    "within",
    "kept",
)
RECEIPTS_OUTSTANDING = _gauge(
    "chuanyu_receipts_outstanding",
    "receipts",
    "Deliveries that the other side has not confirmed yet",
    "Who has not got what we said?",
)
OLDEST_RECEIPT = _gauge(
    "chuanyu_oldest_receipt_seconds",
    "seconds",
    "Age of the oldest delivery that the other side has not confirmed yet; 0 when none is outstanding",
    "Since when has the other side not confirmed?",
)
OLDEST_REFERENCE = _gauge(
    "chuanyu_oldest_reference_seconds",
    "seconds",
    "Since when an event waits in its case for the one that it refers to; 0 when none waits",
    "Is there a correction or withdrawal whose original never came?",
)
PROCESSED = _histogram(
    "chuanyu_processed_seconds",
    "From delivered to a member that must act to its acknowledgement",
    "Do members act on what they are told, and how soon?",
    _PROCESSED,
    "family",
)
DELIVERIES = _gauge(
    "chuanyu_deliveries",
    "deliveries",
    "Deliveries that wait in the inboxes for an acknowledgement; asked: whether a *processed* receipt waits for it",
    "Do members read their inbox?",
    "asked",
)
OLDEST_DELIVERY = _gauge(
    "chuanyu_oldest_delivery_seconds",
    "seconds",
    "Age of the oldest delivery for which a *processed* receipt waits; 0 when none does",
    "Since when has a member not acted?",
)
UNCLAIMED = _gauge(
    "chuanyu_unclaimed_notices",
    "notices",
    "What concerns authorities for which no member of this node answers",
    "Does members.yaml leave somebody out?",
)
CALENDAR_DAYS = _gauge(
    "chuanyu_calendar_days",
    "days",
    "Days until the end of the years whose working days are known, by the state or by CHUANYU_CALENDAR_FILE",
    "Will due times be counted with days that the state has not published?",
)
RULES_DIFFER = _gauge(
    "chuanyu_rules_differ",
    "0 or 1",
    "1 while the newest heartbeats of the provinces name different rule tables",
    "Do both nodes count the same clocks?",
)
DEPENDENCY_AWAY = _gauge(
    "chuanyu_dependency_away",
    "0 or 1",
    "1 while this process does not reach its Kafka or its PostgreSQL",
    "Is it us, or what we stand on?",
    "dependency",
)
TURNED = _gauge(
    "chuanyu_turned_timestamp_seconds",
    "seconds",
    "Unix time at which the thread of a service, or the leading relay, last went round",
    "Which part lives but does nothing?",
    "service",
)
READY = _gauge(
    "chuanyu_ready_timestamp_seconds",
    "seconds",
    "Unix time at which the process became ready; 0 while it is not",
    "Is the process ready, and does it start again and again?",
)
HEAD_MISMATCH = _counter(
    "chuanyu_head_mismatch_total",
    "heads",
    "Archive heads that differ between the nodes at the same sequence; counted by the audit service, 0 until it runs",
    "Did somebody rewrite the archive?",
)


def child(metric: _Metric, **labels: str) -> _Metric:
    """The series of these labels, to be kept by the caller. A value outside its closed set, or no plain word, becomes `other`."""
    return metric.labels(**{label: _bounded(metric, label, value) for label, value in labels.items()})


def forget(metric: _Metric, **labels: str) -> None:
    """Takes every series that bears these labels off the page: this process no longer knows."""
    metric.remove_by_labels(labels)


def _bounded(metric: Counter | Gauge | Histogram, label: str, value: str) -> str:
    allowed = _CLOSED.get((metric._name, label))
    return value if (value in allowed if allowed else _WORD(value)) else "other"


for _code in SEAL_CODES:
    child(SEAL_FAILURES, code=_code)  # Prometheus sees no rise in what was not there before, and the first forgery must be seen


def describe() -> str:
    """docs/metrics.md: one row a metric."""
    rows = [
        f"| `{m.name}` | {m.kind} | {m.unit} | {', '.join(f'`{label}`' for label in m.labels) or '–'} | {m.says} | {m.question} |"
        for m in DESCRIBED
    ]
    return "\n".join(["| metric | kind | unit | labels | says | answers |", "|---|---|---|---|---|---|", *rows])


def exposed() -> bytes:
    """Every series of this process as Prometheus reads it, of CONTENT_TYPE."""
    return generate_latest(REGISTRY)
