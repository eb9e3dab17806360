"""Names, labels and units are promises; values have bounds; the page answers."""

from __future__ import annotations

import inspect
import re
import urllib.error
import urllib.request

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from chuanyu.kernel import faults, keys, metrics, page, seal
from chuanyu.kernel.metrics import ACCEPTED, DESCRIBED, PARKED, RECOGNITION_ANSWERS, REGISTRY, SEAL_CODES, SEAL_FAILURES, child

PROMISED = {
    "chuanyu_accepted_total": {"family", "outcome"},
    "chuanyu_applied_total": {"service", "origin", "outcome"},
    "chuanyu_visible_seconds": {"service", "origin"},
    "chuanyu_behind_records": {"service", "topic", "partition"},
    "chuanyu_oldest_unapplied_seconds": {"service", "topic", "partition"},
    "chuanyu_partition_state": {"service", "topic", "partition", "state"},
    "chuanyu_log_unrelayed_rows": set(),
    "chuanyu_log_oldest_unrelayed_seconds": set(),
    "chuanyu_parked_records": {"service", "code"},
    "chuanyu_held_cases": set(),
    "chuanyu_sequence_gaps_total": set(),
    "chuanyu_seal_failures_total": {"code"},
    "chuanyu_other_side_age_seconds": set(),
    "chuanyu_recognition_seconds": set(),
    "chuanyu_recognition_answers_total": {"status"},
    "chuanyu_obligations": {"state"},
    "chuanyu_obligations_due": {"within", "kept"},
    "chuanyu_receipts_outstanding": set(),
    "chuanyu_oldest_receipt_seconds": set(),
    "chuanyu_oldest_reference_seconds": set(),
    "chuanyu_processed_seconds": {"family"},
    "chuanyu_deliveries": {"asked"},
    "chuanyu_oldest_delivery_seconds": set(),
    "chuanyu_unclaimed_notices": set(),
    "chuanyu_calendar_days": set(),
    "chuanyu_rules_differ": set(),
    "chuanyu_dependency_away": {"dependency"},
    "chuanyu_turned_timestamp_seconds": {"service"},
    "chuanyu_ready_timestamp_seconds": set(),
    "chuanyu_head_mismatch_total": set(),
}


def test_every_promised_metric_exists_and_no_other() -> None:
    assert {m.name: set(m.labels) for m in DESCRIBED} == PROMISED
    assert {family.name for family in REGISTRY.collect()} == {name.removesuffix("_total") for name in PROMISED}


def test_every_metric_says_what_it_is_for() -> None:
    for metric in DESCRIBED:
        assert metric.question.endswith("?")
        assert metric.says
        assert metric.name.endswith("_seconds") == (metric.unit == "seconds")
        assert metric.name.endswith("_total") == (metric.kind == "counter")


def test_the_description_has_a_row_a_metric() -> None:
    assert [row.split("`")[1] for row in metrics.describe().splitlines()[2:]] == list(PROMISED)


@given(st.text())
def test_p6_whatever_is_given_as_a_label_stays_a_plain_word(value: str) -> None:
    said = child(PARKED, service="recall", code=value)._labelvalues[1]
    assert said in (value, "other")
    assert said.isascii()
    assert len(said) <= 64


def test_a_closed_label_takes_no_other_word() -> None:
    for metric, labels in ((ACCEPTED, {"family": "x", "outcome": "y"}), (RECOGNITION_ANSWERS, {"status": "MAYBE"})):
        assert set(child(metric, **labels)._labelvalues) == {"other"}
    assert child(RECOGNITION_ANSWERS, status="UNKNOWN")._labelvalues == ("UNKNOWN",)


def test_s3_every_reason_to_refuse_a_seal_stands_at_0_from_the_start() -> None:
    """A counter that appears at 1 shows no increase: the first forgery would call nobody."""
    source = inspect.getsource(seal) + inspect.getsource(keys.SealKey) + inspect.getsource(faults.KeyUnknown)
    assert set(re.findall(r'why="(\w+)"', source)) == SEAL_CODES
    told = {sample.labels["code"] for family in REGISTRY.collect() if family.name == "chuanyu_seal_failures" for sample in family.samples}
    assert told >= SEAL_CODES


def get(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, ""


def test_the_page_serves_what_prometheus_reads() -> None:
    child(SEAL_FAILURES, code="signature_wrong").inc()
    with page.serve(("127.0.0.1", 0), lambda: True) as port:
        status, text = get(port, "/metrics")
    families = {family.name: family for family in text_string_to_metric_families(text)}
    assert status == 200
    samples = families["chuanyu_seal_failures"].samples
    assert [s.value for s in samples if s.name.endswith("_total") and s.labels == {"code": "signature_wrong"}] == [1.0]


def test_readiness_is_asked_each_time() -> None:
    answers = iter([False, True])
    with page.serve(("127.0.0.1", 0), lambda: next(answers)) as port:
        assert get(port, "/readyz")[0] == 503
        assert get(port, "/readyz")[0] == 200
        assert get(port, "/healthz")[0] == 200
        assert get(port, "/")[0] == 404
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1)
