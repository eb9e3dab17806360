"""What members say about samples, cases, laboratories and certificates in tests: believable data of each event, beside `kit.said`."""

from __future__ import annotations

from typing import Any

from chuanyu.gateway.envelope import Submission
from chuanyu.gateway.members import Member
from kit.said import CHENGDU, SICHUAN, changed, said

SAMPLE = "XBJ26510000300001"
HERE, THERE = f"sichuan/spotcheck/{SAMPLE}", f"chongqing/spotcheck/{SAMPLE}"
UNKNOWN_ID = "0198f0b2-0000-7000-8000-000000000001"
OWN: dict[str, Any] = {"division": "510100", "name": "成都市市场监督管理局"}
PROVINCE: dict[str, Any] = {"division": "510000", "name": "四川省市场监督管理局"}
NEIGHBOUR: dict[str, Any] = {"division": "500000", "name": "重庆市市场监督管理局"}

DATA: dict[str, dict[str, Any]] = {
    "spotcheck.plan_published": {
        "plan_no": "川渝联抽〔2026〕3号",
        "name": "火锅底料联动抽查",
        "organisers": [OWN, NEIGHBOUR],
        "products": [{"name": "火锅底料"}],
        "regions": [{"division": "510104", "batches": 40}, {"division": "500103", "batches": 20}],
        "parts": ["生产", "流通"],
        "labs": [{"name": "四川省食品检验研究院"}],
        "starts_on": "2026-09-01",
        "ends_on": "2026-10-31",
    },
    "spotcheck.objection_raised": {
        "sample_no": SAMPLE,
        "kind": "复检",
        "party": {"name": "渝味食品有限公司"},
        "raised_on": "2026-09-18",
        "authority": OWN,
    },
    "spotcheck.objection_resolved": {
        "sample_no": SAMPLE,
        "kind": "复检",
        "raised_on": "2026-09-18",
        "outcome": "推翻原结论",
        "resolved_on": "2026-09-20",
        "authority": OWN,
        "retest_lab": {"name": "重庆市食品药品检验检测研究院"},
        "retest_result": "未检出",
    },
    "spotcheck.disposal_updated": {
        "sample_no": SAMPLE,
        "part": "流通",
        "state": "完成",
        "changed_at": "2026-09-20T10:00:00+08:00",
        "finished_at": "2026-09-20T10:00:00+08:00",
        "authority": OWN,
        "quantities": {"sold": "12", "sealed": "8", "unit": "袋"},
        "cause": "原料问题",
        "authenticity": "属实",
        "penalty_ref": "成市监处罚〔2026〕31号",
    },
    "case.follow_up_added": {"head": {"case_id": THERE}, "authority": OWN, "outcome": "已核查未发现"},
    "case.reclassified": {"head": {"case_id": HERE}, "authority": OWN, "notice_class": "警报", "reason": "检出非法添加物质"},
    "case.case_closed": {"head": {"case_id": HERE}, "authority": OWN, "basis": "决定结案", "reason": "企业已注销"},
    "case.case_reopened": {"head": {"case_id": THERE}, "authority": OWN, "reason": "同批次产品再次出现在市场"},
    "reference.laboratory_changed": {
        "cma_no": "202300140123",
        "name": "四川省食品检验研究院",
        "status": "有效",
        "valid_from": "2023-05-10",
        "valid_to": "2029-05-09",
        "scope": [{"parameter": "苯甲酸", "standard": "GB 5009.28"}],
    },
    "reference.certificate_changed": {
        "kind": "有机产品",
        "number": "001OP1200001",
        "body": "中国质量认证中心",
        "holder": {"name": "渝味食品有限公司"},
        "status": "有效",
        "valid_from": "2026-01-05",
        "valid_to": "2027-01-04",
    },
    "reference.recognition_disputed": {
        "evidence_case_id": THERE,
        "evidence_event_id": UNKNOWN_ID,
        "authority": OWN,
        "reason": "检验机构无该参数资质",
    },
    "reference.dispute_resolved": {
        "head": {"case_id": "chongqing/reference/0123456789abcdef012"},
        "dispute_id": UNKNOWN_ID,
        "outcome": "异议成立",
        "decided_on": "2026-09-20",
        "decided_by": [PROVINCE, NEIGHBOUR],
        "reason": "报告日该机构资质已暂停",
    },
}
"""A sound statement of each event at Sichuan's node; all but the last are said by Chengdu."""


def speaker(event: str) -> Member:
    """Who may say it: disputes are decided by provincial authorities."""
    return SICHUAN if event == "reference.dispute_resolved" else CHENGDU


def act(event: str, changes: dict[str, Any] | None = None, **envelope: Any) -> Submission:
    """A sound statement, with values at dotted paths replaced."""
    return said(event, changed(DATA[event], changes or {}), **{"member": speaker(event)} | envelope)
