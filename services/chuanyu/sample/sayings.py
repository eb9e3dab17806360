"""What the day says apart from its tables, as CloudEvents: correction, withdrawal, recall, sanction, lifting, and three that go wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from chuanyu.domain import divisions
from chuanyu.domain.limits import read_limit
from chuanyu.domain.products import category_version
from chuanyu.sample.shelves import parameter
from chuanyu.sample.sides import Side
from chuanyu.sample.tables import SYNTHETIC
from chuanyu.sample.truth import MONITORING, NATIONAL, Firm, Item, Sample

RESULT, WITHDRAWN = "chuanyu.spotcheck.result_reported.v1", "chuanyu.case.withdrawn.v1"
NOTICE = "chuanyu.recall.notice_issued.v1"
IMPOSED, LIFTED = "chuanyu.credit.sanction_imposed.v1", "chuanyu.credit.sanction_lifted.v1"
MEASURES = ("raise_inspection_rate", "full_item_testing", "licence_weight", "no_honours")
Data = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """One submission of a member. name: unique within the day · told: whether the other node must say *delivered*.

    refers: the number of the sample whose event it corrects or withdraws; its id is known only once the sample was accepted
    codes: reasons that must be among those of a refusal
    """

    name: str
    side: Side
    type: str
    data: Mapping[str, Any]
    at: str
    zh: str
    en: str
    refers: str | None = None
    told: bool = False
    outcome: str = "accepted"
    codes: frozenset[str] = field(default_factory=frozenset)

    def event(self, day: str, original: str | None) -> Data:
        """As a CloudEvent. day: prefix of the submitter's own ids · original: event id of what it refers to."""
        data: Data = dict(self.data)
        if self.refers and self.type == WITHDRAWN:
            data["event_id"] = original
        elif self.refers:
            data["head"] = {**data["head"], "correction_of": original}
        return {
            "specversion": "1.0",
            "type": self.type,
            "source": self.side.source,
            "id": f"{day}-{self.name}",
            "time": self.at,
            "datacontenttype": "application/json",
            "data": data,
        }


def monitoring(sample: Sample) -> Saying:
    """A problem that risk monitoring found: told to the other side, never announced, no result for anybody."""
    maker = sample.maker or Firm("")
    return Saying(
        name="monitoring",
        side=sample.side,
        type=RESULT,
        data=result(sample) | {"publication": None},
        at=_morning(sample.announced_on, 9),
        told=sample.addresses_other_side,
        zh=f"风险监测问题样品{sample.number}：{maker.name}“{sample.good.name}”，不公布",
        en="a problem sample of risk monitoring: internal, never published",
    )


def correction(before: Sample, after: Sample) -> Saying:
    """The address of the maker, missing in the table, was found: it sits over the border."""
    maker = after.maker or Firm("")
    where = divisions.full_name(maker.division or "", after.announced_on.year)
    return Saying(
        name="correction",
        side=before.side,
        type=RESULT,
        data=result(after),
        at=_morning(after.announced_on, 10),
        refers=before.number,
        told=True,
        zh=f"更正{before.number}：补上生产企业地址，在{where}",
        en=f"corrects {before.number}: the maker's address was missing, it sits in {maker.division}",
    )


def withdrawal(sample: Sample) -> Saying:
    """A result reported by mistake is taken back."""
    return Saying(
        name="withdrawal",
        side=sample.side,
        type=WITHDRAWN,
        data={
            "head": {},
            "event_id": None,
            "basis": "误报",
            "reason": f"样品编号与检验报告不符，系录入错误（{SYNTHETIC}）",
            "public_note": "原信息录入有误，已撤回",
        },
        at=_morning(sample.announced_on, 11),
        refers=sample.number,
        told=True,
        zh=f"撤回{sample.number}：录入错误（误报）",
        en=f"withdraws {sample.number}: entered by mistake",
    )


def recall(sample: Sample, number: str, consignees: tuple[str, ...], name: str = "recall", outcome: str = "accepted") -> Saying:
    """The maker of a failed sample recalls the batch; the goods went to divisions over the border."""
    maker, day = sample.maker or Firm(""), sample.announced_on
    zh, en = f"{maker.name}召回“{sample.good.name}”（二级）", "second-class recall of the failed batch"
    again = outcome == "duplicate"
    return Saying(
        name=name,
        side=sample.side.other,
        type=NOTICE,
        data=_notice(sample, maker, number, consignees),
        at=_morning(day, 14),
        told=not again,
        outcome=outcome,
        zh=f"再次报送同一召回：{number}" if again else f"{zh}，流向{_names(consignees, day.year)}",
        en=f"the same recall handed in again: {number}" if again else f"{en}, goods went to {', '.join(consignees)}",
    )


def sanction(firm: Firm, side: Side, on: dt.date, number: str) -> Saying:
    """A listing decided more than a year ago, entered late when the bus began; the other province applies its measures."""
    since = on - dt.timedelta(days=400)
    return Saying(
        name="sanction",
        side=side,
        type=IMPOSED,
        data={
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
        },
        at=_morning(since, 9),
        told=True,
        zh=f"{firm.name}列入严重违法失信名单，{number}，{side.other.name}同步实施{len(MEASURES)}项措施",
        en=f"listed for serious violations, {len(MEASURES)} measures to be applied over the border",
    )


def lifting(imposed: Saying, number: str, on: dt.date) -> Saying:
    """The subject has repaired its credit: the sanction is over, and must be over everywhere."""
    return Saying(
        name="lifting",
        side=imposed.side,
        type=LIFTED,
        data={
            "head": {},
            "list": imposed.data["list"],
            "authority": imposed.data["authority"],
            "decision_no": imposed.data["decision_no"],
            "basis": "信用修复",
            "lifting_decision_no": number,
            "effective_at": _morning(on, 0),
            "reason": "义务已履行，危害已消除，满一年后准予修复",
        },
        at=_morning(on, 0),
        told=True,
        zh=f"解除{imposed.data['decision_no']}：信用修复，两地措施同步停止",
        en="lifted after credit repair: every measure ends on both sides at once",
    )


def contradiction(sample: Sample) -> Saying:
    """The same number with another reading, and not marked as a correction."""
    first, *more = sample.items
    said = replace(first, result=f"0.01{first.unit or ''}", value="0.01", values=(), qualifier="EQ")
    other = replace(_without_codes(sample), items=(said, *more))
    return Saying(
        name="contradiction",
        side=sample.side,
        type=RESULT,
        data=result(other),
        at=_morning(sample.announced_on, 15),
        outcome="refused",
        codes=frozenset({"conflicting_content"}),
        zh=f"{sample.number}另报一个数值，又未注明更正",
        en=f"{sample.number} with another reading, not marked as a correction",
    )


def malformed(sample: Sample) -> Saying:
    """Five faults at once; all of them come back."""
    data = result(sample)
    data["sampling"] = {"sample_no": "SBJ-26?5100"}
    data["verdict"] = "大概不合格"
    data["product"] = {**data["product"], "produced_on": "2026-02-30"}
    code = (sample.maker or Firm("")).code or ""
    data["labelled_producer"] = {**data["labelled_producer"], "uscc": code[:-1] + ("1" if code[-1:] != "1" else "2")}
    del data["task"]
    return Saying(
        name="malformed",
        side=sample.side,
        type=RESULT,
        data=data,
        at=_morning(sample.announced_on, 16),
        outcome="refused",
        codes=frozenset({"sample_no_malformed", "term_unknown", "date_malformed", "uscc_check_digit", "field_missing"}),
        zh="一份五处有误的报送：五处一次说清",
        en="a submission with five faults: all five are named at once",
    )


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


def _notice(sample: Sample, maker: Firm, number: str, consignees: tuple[str, ...]) -> Data:
    day, good, item = sample.announced_on, sample.good, sample.items[0]
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


def _without_codes(sample: Sample) -> Sample:
    """As a table knows its firms: by name and place."""
    maker = replace(sample.maker, code=None) if sample.maker else None
    return replace(sample, maker=maker, shop=replace(sample.shop, code=None))


def _party(firm: Firm) -> Data:
    return {"name": firm.name, "uscc": firm.code, "address": firm.address, "division": firm.division}


def _item(item: Item) -> Data:
    limit = read_limit(item.limit)
    said = {"name": item.name, "result_text": item.result, "limit_text": item.limit, "value": item.value, "values": list(item.values)}
    bounds = {"limit_low": limit.low, "limit_high": limit.high}
    return {**said, **bounds, "unit": item.unit, "qualifier": item.qualifier, "verdict": "不合格"}


def _level(task: str) -> str | None:
    return next((level for level in (NATIONAL, "省抽", "市抽", "县抽") if level in task), None)


def _morning(day: dt.date, hour: int) -> str:
    return f"{day.isoformat()}T{hour:02}:00:00+08:00"


def _names(codes: tuple[str, ...], year: int) -> str:
    return "、".join(divisions.name(code, year) or code for code in codes)
