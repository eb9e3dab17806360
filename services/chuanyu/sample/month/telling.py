"""How entries are said: as the CloudEvents that members send."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from chuanyu.domain.dates import SHANGHAI, from_millis
from chuanyu.sample import contents
from chuanyu.sample.contents import Data
from chuanyu.sample.month.deeds import Again, Corrected, Disposed, Entry, Objected, Planned, Reported, Resolved, Spoiled, TakenBack
from chuanyu.sample.month.faults import FAULTS
from chuanyu.sample.sides import Side
from chuanyu.sample.tables import SYNTHETIC
from chuanyu.sample.truth import Sample

RESULT, WITHDRAWN = "chuanyu.spotcheck.result_reported.v1", "chuanyu.case.withdrawn.v1"
_QUANTITIES = {"produced": "600", "sold": "410", "in_stock": "190", "recalled": "35", "sealed": "190", "unit": "袋"}


def event(label: str, entry: Entry, entries: Mapping[str, Entry], ids: Callable[[str], str | None]) -> Data:
    """An entry as a CloudEvent. label: prefix of the submitter's own ids · entries: all by name · ids: event id of an accepted entry."""
    said = entries[entry.deed.refers] if isinstance(entry.deed, Again) else entry
    type_, data = _data(said, ids)
    head = {**data["head"], **({"backfilled": True, "backfill_reason": f"报送系统故障，补录（{SYNTHETIC}）"} if said.backfilled else {})}
    return {
        "specversion": "1.0",
        "type": type_,
        "source": entry.side.source,
        "id": f"{label}-{entry.name}",
        "time": _instant(said.time),
        "datacontenttype": "application/json",
        "data": {**data, "head": head},
    }


def case_of(sample: Sample) -> str:
    """The case of a sample: at home where its result is accepted."""
    return f"{sample.side.node}/spotcheck/{sample.number}"


def _data(entry: Entry, ids: Callable[[str], str | None]) -> tuple[str, Data]:
    deed = entry.deed
    if isinstance(deed, Planned):
        return "chuanyu.spotcheck.plan_published.v1", _plan(deed, entry.side)
    if isinstance(deed, Reported):
        return RESULT, contents.result(deed.sample) | ({"publication": None} if deed.sample.verdict == "PROBLEM" else {})
    if isinstance(deed, Corrected):
        return RESULT, contents.result(deed.sample) | {"head": {"correction_of": ids(deed.refers)}}
    if isinstance(deed, TakenBack):
        return WITHDRAWN, _taken_back(ids(deed.refers))
    if isinstance(deed, Disposed):
        return "chuanyu.spotcheck.disposal_updated.v1", _disposal(deed, entry.time)
    if isinstance(deed, Objected):
        return "chuanyu.spotcheck.objection_raised.v1", _objection(deed)
    if isinstance(deed, Resolved):
        return "chuanyu.spotcheck.objection_resolved.v1", _resolution(deed)
    assert isinstance(deed, Spoiled)
    return FAULTS[deed.fault].spoil(deed.sample)


def _plan(deed: Planned, side: Side) -> Data:
    return {
        "head": {},
        "plan_no": deed.plan_no,
        "name": deed.name,
        "organisers": [{"division": one.code, "name": one.authority} for one in (side, side.other)],
        "products": [{"name": "火锅底料"}, {"name": "豆瓣"}, {"name": "白酒"}],
        "regions": [{"division": code, "batches": batches} for code, batches in deed.regions],
        "parts": ["流通", "餐饮"],
        "labs": [{"name": one.laboratories[0]} for one in (side, side.other)],
        "starts_on": deed.starts_on.isoformat(),
        "ends_on": deed.ends_on.isoformat(),
        "note": SYNTHETIC,
    }


def _taken_back(original: str | None) -> Data:
    return {"head": {}, "event_id": original, "basis": "误报", "reason": f"样品编号与检验报告不符，系录入错误（{SYNTHETIC}）"}


def _disposal(deed: Disposed, reached: int) -> Data:
    """A state with all that had to be found out by then."""
    data: Data = {
        **_joined(deed.sample),
        "part": deed.part,
        "state": deed.state,
        "changed_at": _instant(reached),
        "authority": {"division": deed.division},
    }
    if deed.served_on:
        data |= {"received_on": deed.served_on.isoformat(), "served_on": deed.served_on.isoformat()}
    if deed.state in ("CONTROLLED", "FINISHED"):
        data |= {"quantities": _QUANTITIES, "controls": ["封存扣押", "召回下架"]}
    if deed.counterfeit:
        data |= {"authenticity": "假冒", "reason": f"标称企业否认生产（{SYNTHETIC}）"}
    if deed.state == "FINISHED":
        finished = {"cause": "过程控制不严", "authenticity": "属实", "no_penalty_reason": "已履行进货查验义务，免予处罚"}
        data |= finished | {"finished_at": _instant(reached), "reason": "各步骤均已完成，一并录入"}
    return data


def _objection(deed: Objected) -> Data:
    party = deed.sample.maker or deed.sample.shop
    data = {
        "kind": deed.kind,
        "party": {"name": party.name},
        "raised_on": deed.raised_on.isoformat(),
        "reason": f"对结论有异议（{SYNTHETIC}）",
    }
    laboratory = {"retest_lab": {"name": deed.laboratory}} if deed.laboratory else {}
    return _joined(deed.sample) | data | laboratory | {"authority": {"division": deed.division}}


def _resolution(deed: Resolved) -> Data:
    days = {"raised_on": deed.raised_on.isoformat(), "resolved_on": deed.resolved_on.isoformat()}
    data = {**_joined(deed.sample), "kind": deed.kind, **days, "outcome": deed.outcome, "authority": {"division": deed.division}}
    tested = {"UPHELD": "复检结果与初检一致", "OVERTURNED": "复检未检出"}.get(deed.outcome)
    if deed.laboratory and tested:
        data |= {"retest_lab": {"name": deed.laboratory}, "retest_result": tested}
    if deed.outcome == "NOT_ACCEPTED":
        data |= {"reason": f"逾期提出，不予受理（{SYNTHETIC}）"}
    return data


def _joined(sample: Sample) -> Data:
    return {"head": {"case_id": case_of(sample)}, "sample_no": sample.number}


def _instant(at: int) -> str:
    instant: dt.datetime = from_millis(at).astimezone(SHANGHAI)
    return instant.isoformat(timespec="seconds")
