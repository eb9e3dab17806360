"""What may be said of plans, samples, cases, laboratories, certificates and disputes: each rule beside a control that passes."""

from __future__ import annotations

from typing import Any

import pytest

from chuanyu.domain.records import OPENINGS
from chuanyu.gateway import keys, rules
from chuanyu.gateway.contents import Node
from chuanyu.gateway.envelope import Submission
from chuanyu.gateway.members import Member
from chuanyu.gateway.rules import Judged
from kit import said
from kit.acts import DATA, HERE, OWN, act, speaker
from kit.said import CHENGDU, SICHUAN

NODE = Node("sichuan", said.PROVINCES, 1_790_000_000_000)  # 2026-09-21


def judge(submission: Submission, member: Member = CHENGDU) -> Judged:
    return rules.judge(submission, member, NODE)


def found(judged: Judged) -> set[tuple[str, str]]:
    return {(v.field, v.code) for v in judged.violations}


@pytest.mark.parametrize("event", DATA)
def test_what_is_right_becomes_a_claim(event: str) -> None:
    judged = judge(act(event), speaker(event))
    assert judged.violations == () and judged.claim is not None


PLAN, RAISED, RESOLVED = "spotcheck.plan_published", "spotcheck.objection_raised", "spotcheck.objection_resolved"
DISPOSAL, FOLLOW_UP, RECLASSIFIED = "spotcheck.disposal_updated", "case.follow_up_added", "case.reclassified"
CLOSED, LAB, CERTIFICATE = "case.case_closed", "reference.laboratory_changed", "reference.certificate_changed"
DISPUTED, DECIDED = "reference.recognition_disputed", "reference.dispute_resolved"


@pytest.mark.parametrize(
    ("event", "changes", "field", "code"),
    [
        (PLAN, {"organisers": []}, "organisers", "list_empty"),
        (PLAN, {"products": []}, "products", "list_empty"),
        (PLAN, {"regions": []}, "regions", "list_empty"),
        (PLAN, {"parts": []}, "parts", "list_empty"),
        (PLAN, {"regions.1.division": "510104"}, "regions", "region_twice"),
        (PLAN, {"regions.0.batches": 0}, "regions", "batches_missing"),
        (PLAN, {"ends_on": "2026-08-31"}, "ends_on", "period_reversed"),
        (RAISED, {"sample_no": "/"}, "sample_no", "sample_no_missing"),
        (RAISED, {"party": {"address": "重庆市渝中区"}}, "party.name", "party_unnamed"),
        (RAISED, {"party.uscc": "915001022085079728"}, "party.uscc", "uscc_check_digit"),
        (RAISED, {"raised_on": "2026-09-22"}, "raised_on", "day_to_come"),
        (RESOLVED, {"resolved_on": "2026-09-17"}, "resolved_on", "period_reversed"),
        (RESOLVED, {"retest_lab": None}, "retest_lab", "retest_missing"),
        (RESOLVED, {"retest_result": None}, "retest_result", "retest_missing"),
        (RESOLVED, {"outcome": "不予受理"}, "reason", "reason_missing"),
        (DISPOSAL, {"quantities": None}, "quantities", "needed_to_finish"),
        (DISPOSAL, {"quantities": {"unit": "袋"}}, "quantities", "quantities_missing"),
        (DISPOSAL, {"cause": None}, "cause", "needed_to_finish"),
        (DISPOSAL, {"penalty_ref": None}, "penalty_ref", "needed_to_finish"),
        (DISPOSAL, {"state": "已启动"}, "finished_at", "not_finished"),
        (DISPOSAL, {"state": "退回", "finished_at": None}, "reason", "reason_missing"),
        (DISPOSAL, {"served_on": "2026-09-22"}, "served_on", "day_to_come"),
        (FOLLOW_UP, {"outcome": "已发现未处置"}, "reason", "reason_missing"),
        (FOLLOW_UP, {"outcome": "已发现已处置"}, "quantities", "quantities_missing"),
        (FOLLOW_UP, {"outcome": "其他"}, "text", "text_missing"),
        (FOLLOW_UP, {"head": {}}, "head.case_id", "case_unnamed"),
        (FOLLOW_UP, {"head.case_id": "guizhou/spotcheck/X1"}, "head.case_id", "case_malformed"),
        (FOLLOW_UP, {"head.case_id": "chongqing/system/X1"}, "head.case_id", "case_malformed"),
        (RECLASSIFIED, {"notice_class": None}, "notice_class", "nothing_reclassified"),
        (RECLASSIFIED, {"level": "一级"}, "level", "level_of_recalls_alone"),
        (CLOSED, {"basis": "逾期未复"}, "basis", "silence_of_nodes_alone"),
        (CLOSED, {"reason": None}, "reason", "reason_missing"),
        (LAB, {"cma_no": "20230014012"}, "cma_no", "cma_malformed"),
        (LAB, {"scope": []}, "scope", "scope_missing"),
        (LAB, {"uscc": "915001022085079728"}, "uscc", "uscc_check_digit"),
        (LAB, {"valid_to": "2023-05-09"}, "valid_to", "period_reversed"),
        (CERTIFICATE, {"number": "001"}, "number", "organic_malformed"),
        (CERTIFICATE, {"kind": "CCC"}, "number", "ccc_malformed"),
        (CERTIFICATE, {"holder": {"division": "500103"}}, "holder.name", "party_unnamed"),
        (DISPUTED, {"evidence_case_id": "XBJ26510000300001"}, "evidence_case_id", "case_malformed"),
        (DECIDED, {"decided_by": [OWN]}, "decided_by", "decided_by_incomplete"),
        (DECIDED, {"decided_on": "2026-09-22"}, "decided_on", "day_to_come"),
        (DECIDED, {"head.case_id": HERE}, "type", "family_differs"),
        (DISPOSAL, {"head": {"case_id": "chongqing/spotcheck/XBJ26510000300002"}}, "sample_no", "sample_differs"),
    ],
)
def test_what_is_wrong_is_refused_with_its_field_in_both_languages(event: str, changes: dict[str, Any], field: str, code: str) -> None:
    judged = judge(act(event, changes), speaker(event))
    assert found(judged) == {(field, code)} and judged.claim is None
    assert all(v.zh and v.en for v in judged.violations)


@pytest.mark.parametrize("event", [name for name, data in DATA.items() if "authority" in data])
def test_s8_nobody_acts_for_an_authority_outside_its_jurisdiction(event: str) -> None:
    judged = judge(act(event, {"authority": {"division": "511500", "member_id": "yibin-amr"}}))
    assert found(judged) == {("authority.division", "jurisdiction_foreign"), ("authority.member_id", "authority_foreign")}
    assert rules.status_of(judged.violations) == "PERMISSION_DENIED"


def test_s8_a_plan_is_submitted_by_its_first_organiser_and_a_dispute_decided_by_a_province() -> None:
    assert found(judge(act(PLAN, {"organisers.0.division": "500000"}))) == {("organisers[0].division", "jurisdiction_foreign")}
    assert found(judge(act(DECIDED, member=CHENGDU))) == {("source", "provinces_alone")}


def test_all_faults_of_a_disposal_come_at_once() -> None:
    changes = {"sample_no": "?", "state": "完成", "quantities": None, "cause": None, "authenticity": None, "penalty_ref": None, "more": 1}
    assert {field for field, _ in found(judge(act(DISPOSAL, changes)))} == {
        "sample_no", "quantities", "cause", "authenticity", "penalty_ref", "more",
    }  # fmt: skip


def test_a_counterfeit_ends_the_production_part_without_quantities_or_cause() -> None:
    counterfeit = {
        "part": "生产",
        "authenticity": "假冒",
        "quantities": None,
        "cause": None,
        "penalty_ref": None,
        "no_penalty_reason": "非本企业生产",
    }
    assert judge(act(DISPOSAL, counterfeit)).violations == ()
    assert found(judge(act(DISPOSAL, counterfeit | {"part": "流通"}))) == {
        ("quantities", "needed_to_finish"),
        ("cause", "needed_to_finish"),
    }


def test_a_plan_addresses_its_regions() -> None:
    claim = judge(act(PLAN)).claim
    assert claim is not None and [each["division"] for each in claim.wire["head"]["flagged"]] == ["510104", "500103"]


def test_numbers_are_taken_in_their_canonical_form() -> None:
    certificate, disposal = (
        judge(act(CERTIFICATE, {"number": " ００1op1200001 "})).claim,
        judge(act(DISPOSAL, {"sample_no": "xbj26510000300001"})).claim,
    )
    assert certificate is not None and certificate.wire["number"] == "001OP1200001"
    assert disposal is not None and disposal.wire["sample_no"] == "XBJ26510000300001"


@pytest.mark.parametrize(
    ("event", "parts"),
    [
        (PLAN, ("510100", "川渝联抽〔2026〕3号")),
        (RAISED, ("XBJ26510000300001", "RETEST", "2026-09-18")),
        (RESOLVED, ("XBJ26510000300001", "RETEST", "2026-09-18")),
        (DISPOSAL, ("XBJ26510000300001", "CIRCULATION", "FINISHED", "1789869600000")),
        (LAB, ("202300140123", "2023-05-10", "VALID")),
        (CERTIFICATE, ("ORGANIC", "中国质量认证中心", "001OP1200001", "VALID", "2026-01-05")),
    ],
)
def test_d19_each_event_is_known_by_its_business_key(event: str, parts: tuple[str, ...]) -> None:
    claim = judge(act(event), speaker(event)).claim
    assert claim is not None and claim.key == keys.joined(parts)


def test_d19_what_opens_a_case_is_the_same_for_the_gateway_and_for_every_service() -> None:
    opening = {event for event, rule in keys.rules().items() if rule.original is None and rule.joins is None}
    assert opening == OPENINGS - {"warning.alert_raised"}, "alerts are raised by nodes"


@pytest.mark.parametrize("data", [None, [], "x", 7, {}, {"head": 1, "sample_no": 2, "regions": [3], "organisers": [None], "scope": 4}])
@pytest.mark.parametrize("event", DATA)
def test_s5_data_of_any_shape_are_refused_and_never_break_the_rules(event: str, data: object) -> None:
    judged = judge(said.said(event, data, SICHUAN), SICHUAN)
    assert judged.violations and judged.claim is None
