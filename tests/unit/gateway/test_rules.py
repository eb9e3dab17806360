"""What a submission must be: every fault at once, with its field, in both languages; who may say it (S8)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chuanyu.gateway import rules
from chuanyu.gateway.contents import Node
from chuanyu.gateway.envelope import Submission
from chuanyu.gateway.members import Member
from chuanyu.gateway.rules import Judged
from kit import said
from kit.said import CHENGDU

NOW = 1_790_000_000_000  # 2026-09-21
UNKNOWN_ID = "0198f0b2-0000-7000-8000-000000000001"
SPOTCHECK_ONLY = replace(CHENGDU, publishes=frozenset({"spotcheck"}))
NODE = Node("sichuan", said.PROVINCES, NOW)


def judge(submission: Submission, member: Member = CHENGDU) -> Judged:
    return rules.judge(submission, member, NODE)


def found(judged: Judged) -> set[tuple[str, str]]:
    return {(v.field, v.code) for v in judged.violations}


@pytest.mark.parametrize("submission", [said.result(), said.notice(), said.sanction(), said.lifting(), said.withdrawal(UNKNOWN_ID)])
def test_what_is_right_becomes_a_claim(submission: Submission) -> None:
    assert judge(submission).violations == () and judge(submission).claim is not None


@pytest.mark.parametrize(
    ("envelope", "field", "code"),
    [
        ({"specversion": "0.3"}, "specversion", "specversion_unknown"),
        ({"source": ""}, "source", "source_missing"),
        ({"id": ""}, "id", "id_missing"),
        ({"id": "x" * 201}, "id", "id_missing"),
        ({"type": "chuanyu.spotcheck.nothing.v1"}, "type", "type_unknown"),
        ({"time": "yesterday"}, "time", "time_malformed"),
        ({"time": "2026-09-30T00:00:00Z"}, "time", "time_in_future"),
        ({"attributes": {"datacontenttype": "application/xml"}}, "datacontenttype", "content_type_unknown"),
        ({"attributes": {"recordedtime": "2026-09-14T00:00:00Z"}}, "recordedtime", "set_by_gateway"),
        ({"attributes": {"sequence": "7"}}, "sequence", "set_by_gateway"),
        ({"attributes": {"chuanyuseal": "x"}}, "chuanyuseal", "set_by_gateway"),
        ({"attributes": {"subject": "sichuan/spotcheck/other"}}, "subject", "set_by_gateway"),
        ({"attributes": {"dataschema": "urn:x"}}, "dataschema", "set_by_gateway"),
        ({"attributes": {"dataclassification": "L1"}}, "dataclassification", "set_by_gateway"),
        ({"attributes": {"traceparent": "00-1-2-3"}}, "traceparent", "attribute_malformed"),
        ({"attributes": {"causationid": "a b"}}, "causationid", "attribute_malformed"),
        ({"attributes": {"chuanyumember": "*"}}, "chuanyumember", "attribute_malformed"),
    ],
)
def test_a_wrong_envelope_is_refused(envelope: dict[str, Any], field: str, code: str) -> None:
    judged = judge(said.result(**envelope))
    assert found(judged) == {(field, code)} and judged.claim is None
    assert rules.status_of(judged.violations) == "INVALID_ARGUMENT"


def test_given_values_that_are_right_are_no_fault_and_foreign_attributes_are_mentioned() -> None:
    given = {
        "subject": "sichuan/spotcheck/XBJ26510000300001",
        "dataschema": "urn:chuanyu:spotcheck:result_reported:1",
        "datacontenttype": "application/json; charset=utf-8",
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "partitionkey": "x",
    }
    judged = judge(said.result(attributes=given))
    assert judged.violations == ()
    assert ("partitionkey", "attribute_ignored") in {(w.field, w.code) for w in judged.warnings}


@pytest.mark.parametrize(
    ("submission", "member", "expected"),
    [
        (said.result(source="/chongqing/chongqing-amr"), CHENGDU, ("source", "province_foreign")),
        (said.result(source="/sichuan/sichuan-amr"), CHENGDU, ("source", "source_foreign")),
        (said.result(source="chengdu-amr"), CHENGDU, ("source", "source_foreign")),
        (said.result(source="/sichuan/chengdu-amr/x"), CHENGDU, ("source", "source_foreign")),
        (said.result(), replace(CHENGDU, publishes=frozenset({"recall"})), ("type", "type_not_permitted")),
        (said.notice(), SPOTCHECK_ONLY, ("type", "type_not_permitted")),
        (
            said.withdrawal(UNKNOWN_ID),
            SPOTCHECK_ONLY,
            ("type", "type_not_permitted"),
        ),
        (said.result(), replace(CHENGDU, publishes=frozenset()), ("type", "type_not_permitted")),
        (said.said("case.receipt_issued", {}), CHENGDU, ("type", "type_not_for_members")),
        (said.said("system.heartbeat", {}), CHENGDU, ("type", "type_not_for_members")),
        (said.result(changes={"sampled_unit.party.division": "511502"}), CHENGDU, ("sampled_unit.party.division", "jurisdiction_foreign")),
        (said.result(changes={"sampled_unit.party.division": "500103"}), CHENGDU, ("sampled_unit.party.division", "jurisdiction_foreign")),
        (said.sanction({"authority.division": "511500"}), CHENGDU, ("authority.division", "jurisdiction_foreign")),
        (said.sanction({"authority.member_id": "yibin-amr"}), CHENGDU, ("authority.member_id", "authority_foreign")),
        (said.lifting({"authority.division": "500000"}), CHENGDU, ("authority.division", "jurisdiction_foreign")),
    ],
)
def test_s8_what_a_member_may_not_say_is_denied(submission: Submission, member: Member, expected: tuple[str, str]) -> None:
    judged = judge(submission, member)
    assert found(judged) == {expected}
    assert rules.status_of(judged.violations) == "PERMISSION_DENIED"


@pytest.mark.parametrize(
    "changes",
    [
        {"sampled_unit.party.division": "500103", "sampled_unit.place_type": "ONLINE"},
        {"sampled_unit.party.division": "500103", "sampled_unit.online": {"platform": "某平台"}},
        {"sampled_unit.party.division": None},
    ],
)
def test_s8_what_was_bought_online_was_sampled_where_the_shop_sits(changes: dict[str, Any]) -> None:
    assert judge(said.result(changes=changes)).violations == ()


@pytest.mark.parametrize(
    ("submission", "field", "code"),
    [
        (said.result("/"), "sampling.sample_no", "sample_no_missing"),
        (said.result("XBJ2?5100"), "sampling.sample_no", "sample_no_malformed"),
        (said.result(changes={"product.produced_on": "2026-09-15"}), "product.produced_on", "produced_after_announcement"),
        (said.result(changes={"items": []}), "items", "no_failed_item"),
        (said.result(changes={"items.0.verdict": "合格"}), "items", "no_failed_item"),
        (said.result(changes={"labelled_producer.uscc": "91510104MABX88129K"}), "labelled_producer.uscc", "uscc_check_digit"),
        (said.result(changes={"sampled_unit.party.uscc": "11010519491231002X"}), "sampled_unit.party.uscc", "personal_id_in_uscc"),
        (said.result(changes={"labelled_producer.key_quality": "USCC"}), "labelled_producer.key_quality", "value_differs"),
        (said.result(changes={"labelled_producer.division_status": "HISTORIC"}), "labelled_producer.division_status", "value_differs"),
        (said.result(changes={"head.backfilled": True, "head.backfill_reason": "断网"}), "time", "backfill_incomplete"),
        (said.result(changes={"head.backfilled": True}, time="2026-09-01T00:00:00Z"), "head.backfill_reason", "backfill_incomplete"),
        (said.result(changes={"head.case_id": "sichuan/spotcheck/X"}), "head.case_id", "set_by_gateway"),
        (said.notice({"regime": "汽车"}), "level", "level_not_in_regime"),
        (said.notice({"starts_on": "2026-09-20", "ends_on": "2026-09-19"}), "ends_on", "period_reversed"),
        (said.sanction({"until": "2026-08-31"}), "until", "period_reversed"),
        (said.sanction({"decision_no": "/"}), "decision_no", "document_no_missing"),
    ],
)
def test_wrong_contents_are_refused(submission: Submission, field: str, code: str) -> None:
    judged = judge(submission)
    assert found(judged) == {(field, code)}
    assert all(v.zh and v.en for v in judged.violations)


def test_all_faults_come_at_once_from_envelope_schema_and_contents() -> None:
    broken = said.result(
        "?",
        {"verdict": "坏", "sampling.taken_on": "x", "labelled_producer.uscc": "1", "product.produced_on": "2027-01-01", "more": 1},
        source="/chongqing/x",
        time="?",
    )
    assert {field for field, _ in found(judge(broken))} == {
        "source", "time", "verdict", "sampling.taken_on", "sampling.sample_no", "labelled_producer.uscc", "product.produced_on", "more",
    }  # fmt: skip


@pytest.mark.parametrize("data", [None, [], "x", 7, {}, {"head": 1, "sampling": 2, "items": 3, "sampled_unit": []}])
@pytest.mark.parametrize("event", ["spotcheck.result_reported", "recall.notice_issued", "credit.sanction_imposed", "case.withdrawn"])
def test_s5_data_of_any_shape_are_refused_and_never_break_the_rules(event: str, data: object) -> None:
    judged = judge(said.said(event, data))
    assert judged.violations and judged.claim is None


def test_a_personal_number_is_never_told_back() -> None:
    judged = judge(said.result(changes={"sampled_unit.party.uscc": "11010519491231002X"}))
    assert not any("11010519491231002X" in text for v in judged.violations for text in (v.field, v.zh, v.en))


def test_a_label_may_lie_so_a_wrong_licence_or_barcode_only_warns() -> None:
    judged = judge(said.result(changes={"product.licence_no": "SC12345678901234", "product.barcode": "6901234567893"}))
    assert judged.violations == ()
    assert {"sc_check_digit", "gtin_check_digit"} <= {w.code for w in judged.warnings}


def test_numbers_are_taken_in_their_canonical_form() -> None:
    judged = judge(said.result(" ＸＢＪ26 510000300001 ", {"labelled_producer.uscc": "9150000020286320x6"}))
    assert judged.claim is not None
    assert judged.claim.wire["sampling"]["sample_no"] == "XBJ26510000300001"
    assert judged.claim.wire["labelled_producer"]["uscc"] == "9150000020286320X6"


def test_a_decision_number_keeps_its_written_form_beside_the_canonical_one() -> None:
    claim = judge(said.sanction()).claim
    assert claim is not None
    assert (claim.wire["decision_no"], claim.wire["decision_no_written"]) == ("成市监列字〔2026〕12号", "成市监列字[2026]012 号")


def test_who_must_act_is_completed_only_where_nobody_was_named() -> None:
    named = [{"division": "500103", "role": "PRODUCTION"}]
    judged = judge(said.result(changes={"head.flagged": named}))
    assert judged.claim is not None and [each["division"] for each in judged.claim.wire["head"]["flagged"]] == ["500103"]
    assert "flagged_completed" not in {w.code for w in judged.warnings}


def test_a_passed_sample_flags_nobody() -> None:
    judged = judge(said.result(changes={"verdict": "合格", "items": []}))
    assert judged.claim is not None and judged.claim.wire["head"]["flagged"] == []
    assert judged.claim.wire["head"]["notice_class"] == "ROUTINE"


def test_a_recall_reaches_where_the_goods_went_or_everybody() -> None:
    def flagged(changes: dict[str, Any]) -> list[str]:
        claim = judge(said.notice(changes)).claim
        assert claim is not None
        return [each["division"] for each in claim.wire["head"]["flagged"]]

    assert flagged({"consignee_divisions": ["500101", "510104", "440100"]}) == ["500101", "510104"]
    assert flagged({"consignee_divisions": []}) == ["510000", "500000"]
