"""The data of the day's events in the JSON that members send, with Chinese terms where a schema has them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from chuanyu.domain.limits import read_limit
from chuanyu.domain.products import category_version
from chuanyu.sample.shelves import parameter
from chuanyu.sample.sides import Side
from chuanyu.sample.tables import SYNTHETIC
from chuanyu.sample.truth import MONITORING, NATIONAL, Firm, Item, Sample

Data = dict[str, Any]
MEASURES = ("raise_inspection_rate", "full_item_testing", "licence_weight", "no_honours")
"""Of the measure catalogue (domain 6.6)."""


def result(sample: Sample) -> Data:
    """A sample as data of `spotcheck.result_reported`, written by a system instead of a table; who must act is left to the node."""
    good = sample.good
    return {
        "head": {},
        "task": {"source": sample.task, "type": "风险监测" if MONITORING in sample.task else "监督抽检", "level": _level(sample.task)},
        "sampled_unit": {"party": _party(sample.shop), "place_type": sample.place},
        "labelled_producer": _party(sample.maker) if sample.maker else None,
        "entrusting_party": _party(sample.entruster) if sample.entruster else None,
        "product": {
            "name": good.name,
            "category": [good.category],
            "category_version": category_version(sample.announced_on),
            "brand": sample.brand,
            "specification": good.specification or None,
            "batch": sample.batch,
            "produced_on": sample.made_on.isoformat() if sample.made_on else None,
        },
        "sampling": {"sample_no": sample.number},
        "lab": {"name": sample.laboratory},
        "verdict": sample.verdict,
        "items": [_item(item) for item in sample.items],
        "publication": {
            "publishable": sample.verdict != "PROBLEM",
            "published_on": sample.announced_on.isoformat(),
            "notice_no": sample.notice_no,
        },
    }


def notice(sample: Sample, number: str, consignees: tuple[str, ...]) -> Data:
    """Data of `recall.notice_issued`: the maker of a failed sample recalls what it made on that day."""
    maker, day, good, item = sample.maker or Firm(""), sample.announced_on, sample.good, sample.items[0]
    made = sample.made_on.isoformat() if sample.made_on else None
    return {
        "head": {"notice_class": "FOLLOW_UP", "product_domain": "FOOD"},
        "regime": "食品",
        "level": "二级",
        "type": "受调查影响",
        "status": "实施",
        "notice_no": number,
        "title": f"{maker.name}召回部分批次{good.name}（{SYNTHETIC}）",
        "issued_on": day.isoformat(),
        "recaller": _party(maker),
        "products": [
            {
                "product": {"name": good.name, "category": [good.category], "brand": sample.brand, "specification": good.specification},
                "batches": {"produced_from": made, "produced_to": made, "text": f"{made}生产的全部批次"},
                "quantity": "4800",
                "quantity_unit": "袋",
            }
        ],
        "defect": f"{item.name}检出{item.result}，标准值{item.limit}",
        "hazard": parameter(item.name).effect[0],
        "measures": ["退货", "销毁"],
        "measure_text": "停止销售，凭包装退货退款，退回产品集中销毁",
        "consignee_divisions": list(consignees),
        "starts_on": day.isoformat(),
        "source_sample_ref": sample.number,
    }


def sanction(firm: Firm, side: Side, since: dt.date, number: str) -> Data:
    """Data of `credit.sanction_imposed`: a listing for three years, entered late, whose measures the other side applies."""
    return {
        "head": {
            "notice_class": "FOLLOW_UP",
            "flagged": [{"division": side.other.code, "role": "惩戒措施实施", "name": side.other.authority}],
            "product_domain": "FOOD",
            "backfilled": True,
            "backfill_reason": "总线启用前作出的决定，补录",
        },
        "list": "严重违法失信名单",
        "authority": {"division": side.code, "name": side.authority, "member_id": side.member},
        "subject": {"kind": "法人及非法人组织", "party": _party(firm)},
        "decision_no": number,
        "decided_on": since.isoformat(),
        "grounds": f"一年内两次生产不合格食品（{SYNTHETIC}）",
        "basis": "市场监督管理严重违法失信名单管理办法",
        "severity": "严重",
        "measures": [{"measure_id": measure} for measure in MEASURES],
        "effective_from": since.isoformat(),
        "until": since.replace(year=since.year + 3, day=min(since.day, 28)).isoformat(),
    }


def _party(firm: Firm) -> Data:
    return {"name": firm.name, "uscc": firm.code, "address": firm.address, "division": firm.division}


def _item(item: Item) -> Data:
    limit = read_limit(item.limit)
    said = {"name": item.name, "result_text": item.result, "limit_text": item.limit, "value": item.value, "values": list(item.values)}
    bounds = {"limit_low": limit.low, "limit_high": limit.high}
    return {**said, **bounds, "unit": item.unit, "qualifier": item.qualifier, "verdict": "不合格"}


def _level(task: str) -> str | None:
    return next((level for level in (NATIONAL, "省抽", "市抽", "县抽") if level in task), None)
