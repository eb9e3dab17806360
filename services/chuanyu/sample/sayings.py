"""What the day says apart from its tables, as CloudEvents: correction, withdrawal, recall, sanction, lifting, and three that go wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from chuanyu.domain import divisions
from chuanyu.sample import contents
from chuanyu.sample.contents import Data
from chuanyu.sample.sides import Side
from chuanyu.sample.tables import SYNTHETIC
from chuanyu.sample.truth import Firm, Sample

RESULT, WITHDRAWN = "chuanyu.spotcheck.result_reported.v1", "chuanyu.case.withdrawn.v1"
NOTICE = "chuanyu.recall.notice_issued.v1"
IMPOSED, LIFTED = "chuanyu.credit.sanction_imposed.v1", "chuanyu.credit.sanction_lifted.v1"


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
        data=contents.result(sample) | {"publication": None},
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
        data=contents.result(after),
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
        data=contents.notice(sample, number, consignees),
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
        data=contents.sanction(firm, side, since, number),
        at=_morning(since, 9),
        told=True,
        zh=f"{firm.name}列入严重违法失信名单，{number}，{side.other.name}同步实施{len(contents.MEASURES)}项措施",
        en=f"listed for serious violations, {len(contents.MEASURES)} measures to be applied over the border",
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
        data=contents.result(other),
        at=_morning(sample.announced_on, 15),
        outcome="refused",
        codes=frozenset({"conflicting_content"}),
        zh=f"{sample.number}另报一个数值，又未注明更正",
        en=f"{sample.number} with another reading, not marked as a correction",
    )


def malformed(sample: Sample) -> Saying:
    """Five faults at once; all of them come back."""
    data = contents.result(sample)
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


def _without_codes(sample: Sample) -> Sample:
    """As a table knows its firms: by name and place."""
    maker = replace(sample.maker, code=None) if sample.maker else None
    return replace(sample, maker=maker, shop=replace(sample.shop, code=None))


def _morning(day: dt.date, hour: int) -> str:
    return f"{day.isoformat()}T{hour:02}:00:00+08:00"


def _names(codes: tuple[str, ...], year: int) -> str:
    return "、".join(divisions.name(code, year) or code for code in codes)
