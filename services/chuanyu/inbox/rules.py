"""Which member gets which notice, and why; whose *processed* counts. Pure; source: domain 7.2 (narrowest first, those above by default)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, cast
from uuid import NAMESPACE_URL, UUID, uuid5

from chuanyu.casework.notices import Notice, Why
from chuanyu.domain.classification import DataClass, may_read
from chuanyu.domain.divisions import stem, successor
from chuanyu.domain.violations import Violation

DELIVERIES: DataClass = "L2"
"""Their class: cases, obligations and receipts are no lower (domain 10)."""

REFUSALS = {
    "delivery_ids_wrong": ("请列明收件编号，1至{most}个", "name 1 to {most} delivery ids"),
    "delivery_unknown": (
        "您的收件箱中没有编号{id}，请以收件列表中的delivery_id为准",
        "there is no delivery {id} in your inbox: take the delivery_id from its list",
    ),
    "outcome_wrong": ("请填写处置结果，可选：{known}", "say what came of it, one of {known}"),
    "note_wrong": ("说明至多{most}字，不含控制字符", "a note has at most {most} characters and no control characters"),
    "note_missing": ("处置结果为{outcome}时须填写说明", "with the outcome {outcome} say why in a note"),
    "cursor_wrong": ("游标无效，请用上次答复的next或留空从头收取", "this cursor is none of ours: use `next` of an answer, or none"),
    "wait_wrong": ("等待时间应为0至{most}秒", "wait 0 to {most} seconds"),
    "request_malformed": ("请求体与接口定义不符", "the body is not what this method takes"),
    "waiting_too_many": (
        "您已有{most}个连接在等待新消息，请先结束其中之一",
        "{most} calls of yours wait for something new already: end one of them first",
    ),
}


def refused(code: str, field: str = "", **facts: object) -> Violation:
    """The finding `code` about a field of a request."""
    zh, en = REFUSALS[code]
    return Violation(field=field, code=code, zh=zh.format_map(facts), en=en.format_map(facts))


class Member(Protocol):
    """A member of this node, as the gateway knows it. division, jurisdiction: GB/T 2260 · clearance: L1…L4."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def division(self) -> str: ...
    @property
    def jurisdiction(self) -> Sequence[str]: ...
    @property
    def clearance(self) -> str: ...


Told = tuple[Member, Why, tuple[str, ...]]
"""Who is told, why, and for which divisions he then says *processed*."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one member is told of one event. confirms: divisions for which it says *processed*, sorted"""

    member: str
    event: UUID
    id: UUID
    case_id: str
    why: Why
    confirms: tuple[str, ...]


class Members:
    """The members of a node's province, by whom they answer for."""

    def __init__(self, province: str, members: Iterable[Member]) -> None:
        self._province = province
        self._members = [each for each in members if may_read(cast(DataClass, each.clearance), DELIVERIES)]
        self._reaches: dict[str, Mapping[str, int]] = {}

    def source(self, member: Member) -> str:
        """The path under which a member submits."""
        return f"/{self._province}/{member.id}"

    def acting(self, division: str) -> list[Member]:
        """Those who act for a division: whoever answers for it most narrowly; several systems of one authority all do."""
        reach = self.reach(division)
        narrowest = max(reach.values(), default=0)
        return [each for each in self._members if reach.get(each.id) == narrowest]

    def reach(self, whom: str) -> Mapping[str, int]:
        """member → how many digits of a division its jurisdiction names; of a source: of whoever speaks under it."""
        if whom not in self._reaches:
            self._reaches[whom] = self._spoken(whom) if whom.startswith("/") else self._answering(whom)
        return self._reaches[whom]

    def addressed(self, notice: Notice) -> list[Told]:
        """Who is told of a notice, why, and for whom he then says *processed*. Nobody is told what he said himself, unless he must act."""
        told = self._issuer(notice) if notice.whom.startswith("/") else self._division(notice)
        return [each for each in told if self.source(each[0]) != notice.source or each[2] or each[1] is Why.FLAGGED]

    def _division(self, notice: Notice) -> list[Told]:
        acting = [each.id for each in self.acting(notice.whom)]
        above = Why.CORRECTION if notice.why is Why.CORRECTION else Why.ATTENTION
        confirms = (notice.whom,) if notice.asked else ()
        reached = (each for each in self._members if each.id in self.reach(notice.whom))
        return [(each, notice.why, confirms) if each.id in acting else (each, above, ()) for each in reached]

    def _issuer(self, notice: Notice) -> list[Told]:
        """Whoever opened the case, and those above him."""
        own = [each for each in self._members if self.source(each) == notice.whom]
        division = next((each.division for each in own), "")
        above = (each for each in self._members if 0 < self.reach(division).get(each.id, 0) < len(stem(division))) if division else ()
        return [*((each, Why.ISSUER, ()) for each in own), *((each, Why.ATTENTION, ()) for each in above)]

    def _spoken(self, source: str) -> dict[str, int]:
        return {each.id: len(stem(each.division)) for each in self._members if self.source(each) == source}

    def _answering(self, division: str) -> dict[str, int]:
        code = successor(division)
        found = {each.id: [len(own) for own in map(stem, each.jurisdiction) if code.startswith(own)] for each in self._members}
        return {member: max(lengths) for member, lengths in found.items() if lengths}


def delivery_id(source: str, event: UUID) -> UUID:
    """Which delivery it is; source: of the member."""
    return uuid5(NAMESPACE_URL, f"urn:chuanyu:delivery:{source}\x1f{event}")


def deliveries(members: Members, notices: Mapping[int, tuple[str, Notice]]) -> tuple[list[Delivery], set[int]]:
    """What is handed out for notices (number → case, notice), in their order, and those of them for which nobody is there.

    A member that is gone is missed by nobody: whoever answers for a division gets what concerns it.
    One delivery for each member and event: the heaviest reason counts, and every division for which a receipt is asked.
    """
    made: dict[tuple[str, bytes], Delivery] = {}
    orphans: set[int] = set()
    for number, (case_id, notice) in notices.items():
        if notice.why is not Why.ISSUER and not members.reach(notice.whom):
            orphans.add(number)
        for member, why, confirms in members.addressed(notice):
            event = UUID(bytes=notice.event)
            one = Delivery(member.id, event, delivery_id(members.source(member), event), case_id, why, confirms)
            key = member.id, notice.event
            made[key] = _joined(made[key], one) if key in made else one
    return list(made.values()), orphans


def _joined(one: Delivery, other: Delivery) -> Delivery:
    why = max(one.why, other.why, key=lambda each: each.weight)
    return Delivery(one.member, one.event, one.id, one.case_id, why, tuple(sorted({*one.confirms, *other.confirms})))
