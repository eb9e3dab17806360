"""What may be decided about a parked record, and what follows from it. Pure."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from chuanyu.domain.violations import Violation
from chuanyu.kernel.kept import Decided, Kept

Act = Literal["RELEASE", "DISCARD"]
WORDS = {"RELEASE": ("放行", "released"), "DISCARD": ("弃置", "discarded")}
_BAD_SEAL = "seal_invalid"

REFUSALS = {
    "role_missing": (
        "隔离区仅限运维岗位（{role}）查看和处置，请由该岗位人员办理",
        "quarantine is for the role {role} alone: ask a colleague who has it",
    ),
    "parked_unknown": ("隔离区没有编号{id}的记录", "there is no record {id} in quarantine"),
    "parked_settled": ("编号{id}已了结（{state}），无需再处置", "record {id} is settled already ({state}): nothing is left to decide"),
    "parked_waits": (
        "编号{id}只是在排队，前面的记录处置后自动办理",
        "record {id} only waits behind another and goes on by itself once that is decided",
    ),
    "parked_decided": (
        "编号{id}已由{by}决定{zh}，正待执行，先决定者为准",
        "{by} decided first that record {id} be {en}; it is about to be carried out",
    ),
    "parked_own": ("编号{id}为本人所报送，须由他人放行", "record {id} is your own submission: somebody else must release it"),
    "parked_choice_wrong": (
        "请用编号或筛选条件之一指明待处置的记录，筛选条件至少一项",
        "name parked records either by number or by at least one filter",
    ),
    "request_malformed": ("请求体与接口定义不符", "the body is not what this method takes"),
    "parked_too_many": ("一次至多处置{most}条，请分次办理", "at most {most} records at once: go on in several steps"),
    "reason_wrong": ("请写明理由，1至{most}字，不含控制字符", "say why, in 1 to {most} characters without control characters"),
}
FOLLOWS = {
    "tried_again": (
        "重新核验并办理；仍不符则带新的原因退回隔离区",
        "it is checked and tried again; still poison, it is parked with the new reason",
    ),
    "skipped": ("此记录永不办理", "this record is skipped for good"),
    "waiting_go_on": (
        "其后{count}条依次办理（{service}），至下一条隔离记录为止",
        "{count} records that wait behind it go on in sequence ({service}), up to the next parked one",
    ),
    "stands_behind": (
        "同一案件中编号{id}在前，处置它之后才轮到本条（{service}）",
        "record {id} of the same case comes first: this one has its turn once that is decided ({service})",
    ),
    "slot_given_up": (
        "属主日后重发的真本将按重复丢弃：宜先等待重发，或确认属主不再重发",
        "the sealed record that its owner may still send for this slot will count as a repetition: rather wait for it first",
    ),
    "holds_nothing": ("不占次序，任何案件都不因它等待", "it fills no slot and no case waits for it"),
}


def refused(code: str, field: str = "", **facts: object) -> Violation:
    """The finding `code` about a field of a request."""
    zh, en = REFUSALS[code]
    return Violation(field=field, code=code, zh=zh.format_map(facts), en=en.format_map(facts))


def refusal(kept: Kept, act: Act, by: str, source: str) -> Violation | None:
    """Why a person may not decide this about the record now; None: he may. source: the path under which he submits himself."""
    if not kept.parked and any(holder.state == "WAITING" for holder in kept.holders):
        return refused("parked_waits", "parked_ids", id=kept.id)
    if not kept.parked:
        return refused("parked_settled", "parked_ids", id=kept.id, state=kept.holders[0].state)
    if kept.undecided:
        own = act == "RELEASE" and ("ce_source", source.encode()) in kept.headers
        return refused("parked_own", "parked_ids", id=kept.id) if own else None
    first = _decided(kept)
    zh, en = WORDS[first.act]
    return refused("parked_decided", "parked_ids", id=kept.id, by=first.by, zh=zh, en=en)


def repeated(kept: Kept, decided: Decided) -> bool:
    """Whether the same person decided the very same before, and it is still to be carried out."""
    return bool(kept.parked) and not kept.undecided and _decided(kept) == decided


def follows(kept: Kept, act: Act, chosen: Collection[int]) -> list[Violation]:
    """What an act on the record brings about. chosen: the numbers of all that are decided with it."""
    said = [_follow("tried_again" if act == "RELEASE" else "skipped")]
    open_ = kept.undecided
    if not any(holder.holds for holder in open_):
        return [*said, _follow("holds_nothing")]
    for holder in open_:
        if holder.before is not None and holder.before not in chosen:
            said.append(_follow("stands_behind", id=holder.before, service=holder.service))
        elif holder.behind:
            said.append(_follow("waiting_go_on", count=holder.behind, service=holder.service))
    if act == "DISCARD" and any(holder.holds and holder.code == _BAD_SEAL for holder in open_):
        said.append(_follow("slot_given_up"))
    return said


def _decided(kept: Kept) -> Decided:
    return next(holder.decided for holder in kept.parked if holder.decided is not None)


def _follow(code: str, **facts: object) -> Violation:
    zh, en = FOLLOWS[code]
    return Violation(field="", code=code, zh=zh.format_map(facts), en=en.format_map(facts))
