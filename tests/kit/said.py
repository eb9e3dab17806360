"""What members say in tests: believable data of each event, as JSON; `said.result(...)` and its kin give a Submission."""

from __future__ import annotations

import copy
import itertools
from typing import Any

from chuanyu.gateway.envelope import Submission
from chuanyu.gateway.members import Member

PROVINCES = {"sichuan": "51", "chongqing": "50"}
FAMILIES = frozenset({"spotcheck", "recall", "credit", "reference", "case"})
SICHUAN = Member("sichuan-amr", "四川省市场监督管理局", "510000", ("510000",), FAMILIES, "L3")
CHENGDU = Member("chengdu-amr", "成都市市场监督管理局", "510100", ("510100",), FAMILIES, "L3")
_numbers = itertools.count(1)

ITEM = {
    "name": "苯甲酸",
    "result_text": "0.314g/kg",
    "limit_text": "不得使用",
    "value": "0.314",
    "unit": "g/kg",
    "qualifier": "EQ",
    "verdict": "不合格",
}
RESULT: dict[str, Any] = {
    "task": {"source": "四川省/省抽", "type": "监督抽检", "level": "省抽"},
    "sampled_unit": {
        "party": {"name": "红旗超市", "address": "四川省成都市锦江区人民路12号", "division": "510104", "phone": "13800001111"},
        "place_type": "CIRCULATION",
    },
    "labelled_producer": {"name": "渝味食品有限公司", "address": "重庆市渝中区民族路1号", "division": "500103"},
    "product": {"name": "麻辣香肠", "category": ["肉制品"], "brand": "渝味", "produced_on": "2026-08-02"},
    "sampling": {"sample_no": "XBJ26510000300001", "taken_on": "2026-08-20"},
    "lab": {"name": "四川省食品检验研究院"},
    "verdict": "不合格",
    "items": [ITEM],
    "publication": {"publishable": True, "published_on": "2026-09-14", "notice_no": "2026年第35期"},
}
NOTICE: dict[str, Any] = {
    "regime": "食品",
    "level": "二级",
    "type": "主动",
    "status": "实施",
    "notice_no": "川召〔2026〕7号",
    "issued_on": "2026-09-20",
    "recaller": {"name": "成都某食品有限公司", "division": "510104"},
    "products": [{"product": {"name": "鲜花饼"}, "batches": {"numbers": ["20260801A"]}}],
    "consignee_divisions": ["500101"],
}
SANCTION: dict[str, Any] = {
    "list": "严重违法失信名单",
    "authority": {"division": "510100", "name": "成都市市场监督管理局"},
    "subject": {"kind": "LEGAL_ENTITY", "party": {"name": "成都某食品有限公司", "uscc": "9150000020286320X6", "division": "510104"}},
    "decision_no": "成市监列字[2026]012 号",
    "grounds": "生产不符合食品安全标准的食品",
    "severity": "严重",
    "measures": [{"measure_id": "raise_inspection_rate"}],
    "effective_from": "2026-09-01",
    "until": "2029-08-31",
}
LIFTING: dict[str, Any] = {
    "list": "严重违法失信名单",
    "authority": {"division": "510100", "name": "成都市市场监督管理局"},
    "decision_no": "成市监列字〔2026〕12号",
    "basis": "信用修复",
    "effective_at": "2026-11-01T00:00:00+08:00",
}


def said(event: str, data: Any, member: Member = CHENGDU, **envelope: Any) -> Submission:
    """A submission of `family.event` by a member, under an id of its own."""
    envelope = {"source": f"/sichuan/{member.id}", "type": f"chuanyu.{event}.v1", "id": f"s-{next(_numbers)}"} | envelope
    return Submission(data=data, **envelope)


def changed(data: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """A copy with values at dotted paths replaced; a number in a path is a place in a list."""
    made = copy.deepcopy(data)
    for path, value in changes.items():
        holder: Any = made
        *way, last = path.split(".")
        for name in way:
            holder = holder[int(name)] if isinstance(holder, list) else holder.setdefault(name, {})
        holder[int(last) if isinstance(holder, list) else last] = value
    return made


def result(sample_no: str = "XBJ26510000300001", changes: dict[str, Any] | None = None, **envelope: Any) -> Submission:
    """A failed sample taken in Chengdu, made in Chongqing."""
    return said("spotcheck.result_reported", changed(RESULT, {"sampling.sample_no": sample_no} | (changes or {})), **envelope)


def notice(changes: dict[str, Any] | None = None, **envelope: Any) -> Submission:
    return said("recall.notice_issued", changed(NOTICE, changes or {}), **envelope)


def sanction(changes: dict[str, Any] | None = None, **envelope: Any) -> Submission:
    return said("credit.sanction_imposed", changed(SANCTION, changes or {}), **envelope)


def lifting(changes: dict[str, Any] | None = None, **envelope: Any) -> Submission:
    return said("credit.sanction_lifted", changed(LIFTING, changes or {}), **envelope)


def withdrawal(event_id: object, changes: dict[str, Any] | None = None, **envelope: Any) -> Submission:
    data = {"event_id": str(event_id), "basis": "误报", "reason": "样品混淆"}
    return said("case.withdrawn", changed(data, changes or {}), **envelope)
