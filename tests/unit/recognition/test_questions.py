"""Questions: brought to the form in which keys are compared, or refused with every fault."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from chuanyu.contracts.pb.recognition.v1 import recognition_pb2 as pb
from chuanyu.kernel.refusals import Kind, Refused
from chuanyu.recognition import questions

TODAY = date(2026, 9, 29)
SAMPLE = {"sample": {"sample_no": "XBJ26510000300001"}}


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        ({}, ["question_missing"]),
        ({"sample": {}}, ["sample_no_missing"]),
        ({"sample": {"sample_no": "XBJ2?5100"}}, ["sample_no_malformed"]),
        ({**SAMPLE, "on": "2026-09-30"}, ["asked_day_in_future"]),
        ({**SAMPLE, "on": "2026-9-1"}, ["day_malformed"]),
        ({**SAMPLE, "on": "2026-02-30"}, ["day_malformed"]),
        ({"report": {}}, ["cma_malformed", "report_no_missing"]),
        ({"report": {"cma_no": "202300140123", "report_no": "1", "digest": "xy"}}, ["digest_malformed"]),
        ({"report": {"cma_no": "1", "report_no": "1", "issued_on": "1.9.2026"}}, ["cma_malformed", "day_malformed"]),
        ({"laboratory": {"number": "1234"}}, ["cma_malformed"]),
        ({"laboratory": {"number": "CNAS L1"}}, ["cnas_malformed"]),
        ({"certificate": {"kind": "CCC", "number": ""}}, ["certificate_no_missing"]),
        ({"certificate": {"kind": "ccc", "number": "12"}}, ["ccc_malformed"]),
        ({"product": {"producer": "某厂"}}, ["product_missing"]),
        ({"product": {"name": "白酒"}}, ["enterprise_missing"]),
        ({"enterprise": {"enterprise": " "}}, ["enterprise_missing"]),
        ({"enterprise": {"enterprise": "9150000020286320X5"}}, ["uscc_check_digit"]),
        ({"enterprise": {"enterprise": "11010519491231002X"}}, ["personal_id_in_uscc"]),
        ({"enterprise": {"enterprise": "某\0厂"}}, ["control_character"]),
    ],
    ids=str,
)  # fmt: skip
def test_a_malformed_question_is_refused_with_every_fault(asked: dict[str, Any], codes: list[str]) -> None:
    with pytest.raises(Refused) as refused:
        questions.judge(pb.CheckRecognitionRequest(**asked), TODAY)
    assert refused.value.kind is Kind.INVALID_ARGUMENT
    assert [one.code for one in refused.value.violations] == codes


@pytest.mark.parametrize(
    "asked",
    [
        {**SAMPLE, "on": "2026-09-29", "purpose": "许可审查"},
        {"report": {"cma_no": "202300140123", "report_no": "SP-1", "digest": "AB" * 32, "issued_on": "2026-09-01"}},
        {"laboratory": {"number": "CNAS L1234", "parameter": "铅"}},
        {"certificate": {"kind": "川渝名品", "number": "CYMP-001"}},
        {"certificate": {"kind": "ORGANIC", "number": "001OP1200001"}},
        {"product": {"name": "白酒", "producer": "d-6cd69d1f416dfc8e3880b789ab4caf5d"}},
        {"enterprise": {"enterprise": "９１５０００００２０２８６３２０Ｘ６"}},
    ],
    ids=str,
)
def test_a_sound_question_passes(asked: dict[str, Any]) -> None:
    questions.judge(pb.CheckRecognitionRequest(**asked), TODAY)


@pytest.mark.parametrize(
    ("text", "key", "name"),
    [
        (" 9150000020286320x6", "9150000020286320X6", None),
        ("d-6cd69d1f416dfc8e3880b789ab4caf5d", "d-6cd69d1f416dfc8e3880b789ab4caf5d", None),
        ("张三 小吃店", None, "张三小吃店"),
        ("Sichuan Food Ltd", None, "SichuanFoodLtd"),
    ],
)
def test_an_enterprise_is_meant_by_code_key_or_name(text: str, key: str | None, name: str | None) -> None:
    assert questions.party(text, "enterprise") == questions.PartyKey(key, name)


def test_a_report_number_is_the_laboratorys_own_text_compared_without_blanks_and_case() -> None:
    asked = pb.ReportQuestion(cma_no="2023 0014 0123", report_no="sp 2026-0317")
    found = questions.report(asked)
    assert (found.cma_no, found.report_no, found.issued_on) == ("202300140123", "SP2026-0317", None)
    assert found.paper.cma_mark is None and found.paper.digest is None
