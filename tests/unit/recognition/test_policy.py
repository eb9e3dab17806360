"""The policy tables are whole: every reason of the field's list, both languages, a source and how certain it is."""

from __future__ import annotations

import re
from datetime import date

import pytest

from chuanyu.recognition import policy
from chuanyu.recognition.policy import Status
from chuanyu.recognition.rules import RESULT

TODAY = date(2026, 9, 29)
# domain 8.2, and PUBLIC_FACTS_ONLY of docs/decisions
LEADS_TO = {
    Status.RECOGNISED: "VALID_RESULT VALID_CERTIFICATE VALID_LABORATORY NO_ADVERSE_FACT NATIONAL_RESULT",
    Status.CONDITIONAL: "OBJECTION_WINDOW_OPEN UNDER_OBJECTION RECOGNITION_DISPUTED LABORATORY_NOT_ON_RECORD PARTIAL_SCOPE BATCH_ONLY"
    " SANCTION_IN_FORCE RECALL_OPEN DIGEST_NOT_ON_RECORD PUBLIC_FACTS_ONLY",
    Status.NOT_RECOGNISED: "CERTIFICATE_SUSPENDED CERTIFICATE_ENDED CMA_INVALID_ON_DATE OUT_OF_SCOPE NO_CMA_MARK INTERNAL_REFERENCE_ONLY"
    " RISK_MONITORING_SAMPLE UNVERIFIED_SOURCE OVERTURNED WITHDRAWN DISPUTE_UPHELD RESULT_TOO_OLD HOLDER_MISMATCH DIGEST_MISMATCH",
    Status.UNKNOWN: "NOT_FOUND AMBIGUOUS_KEY SOURCE_STALE PARKED_EVENT",
}


def test_every_reason_leads_where_the_field_says() -> None:
    expected = {code: status for status, codes in LEADS_TO.items() for code in codes.split()}
    assert {code: policy.reason(code, TODAY).leads_to for code in policy.codes()} == expected


@pytest.mark.parametrize("code", policy.codes())
def test_every_reason_speaks_both_languages_and_names_its_source(code: str) -> None:
    row = policy.reason(code, TODAY)
    assert row.zh and row.en and row.source and row.rule == f"recognition_{code.lower()}@1"
    assert re.search("[\u4e00-\u9fff]", row.source) and row.source_certainty in ("confirmed", "to be checked", "policy")
    assert bool(row.condition_zh) == bool(row.condition_en) == (row.leads_to is Status.CONDITIONAL)


def test_the_strongest_reason_decides() -> None:
    assert sorted(Status, key=lambda status: -status.strength) == ["NOT_RECOGNISED", "UNKNOWN", "CONDITIONAL", "RECOGNISED"]


def test_every_rule_has_its_row() -> None:
    assert set(RESULT) <= set(policy.codes())


def test_an_unknown_reason_or_limit_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        policy.reason("NO_SUCH", TODAY)
    with pytest.raises(KeyError):
        policy.limit("no_such", TODAY)
    assert policy.limit("recognition_period", TODAY) == policy.Limit(12, "month")
