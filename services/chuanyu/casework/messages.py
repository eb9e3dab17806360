"""Cases and obligations as protobuf messages, cut to what their reader may see (P6). Empty text stands for what is not known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, cast
from uuid import UUID

import orjson
from google.protobuf.timestamp_pb2 import Timestamp

from chuanyu.casework import endings, lapses, remarks, samples
from chuanyu.casework.case import Case, Confirmation, Remark
from chuanyu.casework.content import content, title
from chuanyu.casework.listing import Face, Happened, Kept, Owed
from chuanyu.casework.reader import Reader
from chuanyu.casework.timeliness import Timeliness, deadline_of, late_ms, rule_of, timeliness
from chuanyu.contracts import registry
from chuanyu.contracts.case import ReceiptIssued, Withdrawn
from chuanyu.contracts.pb.cases.v1 import case_pb2, cases_pb2, obligation_pb2
from chuanyu.domain import clock_rules, clocks
from chuanyu.domain.clock_words import explain, to_do
from chuanyu.domain.dates import day_of, from_millis, to_millis
from chuanyu.domain.divisions import full_name

STALE_SECONDS = 3600
"""Older data than this is said to be stale; project rule, the same as recognition's `source_age`."""

NOTICES = {
    "PARKED_EVENT": (
        "有关案件的消息在隔离区待人处置，以下内容可能不全",
        "a record of a case shown here is held back in quarantine, so this may lack something",
    ),
    "SOURCE_STALE": (
        "{provinces}的数据已{minutes}分钟未更新，以下内容可能不全",
        "data of {provinces} is {minutes} minutes old: this may lack something",
    ),
    "SOURCE_UNHEARD": ("从未收到{provinces}的数据，以下内容可能不全", "nothing was ever heard of {provinces}: this may lack something"),
    "CONTENT_WITHHELD": (
        "此案内容仅供报送机关、须处置机关及其上级查阅",
        "the content of this case is for its issuer, those who must act and those above them",
    ),
}


def whole(
    kept: Kept,
    happened: Sequence[Happened],
    ages: Mapping[str, float | None],
    reader: Reader,
    taken: Mapping[str, int] = MappingProxyType({}),
) -> case_pb2.Case:
    """A case with its events, obligations and receipts. taken: of a plan, samples by division."""
    case, sees = kept.case, reader.sees_content(kept)
    effects = _Effects(case, happened)
    return case_pb2.Case(
        summary=summary(kept, reader),
        events=[_event(each, effects, reader, sees) for each in happened],
        earlier_events=max(0, case.events - len(happened)),
        obligations=[obligation(Owed(each, kept), reader) for each in case.obligations],
        receipts=[_receipt(each) for each in case.confirmations],
        waiting=[
            case_pb2.Waiting(event_id=_id(each.event), waits_for=_id(each.original), since=stamp(each.since)) for each in case.waiting
        ],
        remarks=[_remark(each) for each in case.remarks],
        parts=[samples.progress(each, reader.now) for each in case.parts],
        objections=[samples.objection(each, reader.now) for each in case.objections],
        terms=[samples.term(each) for each in case.terms],
        regions=samples.regions(kept.face.event if kept.face and sees else None, taken, reader.now),
        as_of=stamp(reader.now),
        freshness=freshness(ages),
        notices=notices(kept.held, ages) + ([] if sees else [notice("CONTENT_WITHHELD")]),
        retentions=[_retention(rule_id, since) for rule_id, since in endings.kept_since(case, kept.face.event if kept.face else None)],
    )


def summary(kept: Kept, reader: Reader) -> case_pb2.CaseSummary:
    """A case in one line."""
    case = kept.case
    owed = [each for each in case.obligations if each.open]
    dues = [each.due for each in owed if each.due is not None]
    return case_pb2.CaseSummary(
        case_id=kept.case_id,
        title=_about(kept.face, reader.sees_content(kept)),
        open=case.open,
        standing=f"CASE_STANDING_{case.standing}",
        stage=case.stage,
        notice_class=_known(kept.notice_class),
        flagged=[case_pb2.Flagged(authority=_authority(each.division, reader), role=each.role) for each in case.flagged],
        attention=[_authority(each, reader) for each in case.attention],
        ends_at=_stamped(case.ends),
        next_due_at=_stamped(min(dues, default=None)),
        open_obligations=len(owed),
        overdue_obligations=sum(late_ms(each, reader.now) is not None for each in owed),
        receipts_outstanding=sum(each.holds for each in case.confirmations),
        held=kept.held,
        closed_at=_stamped(case.over),
        silent_at=_stamped(case.silent),
    )


def obligation(owed: Owed, reader: Reader) -> obligation_pb2.Obligation:
    """What is owed, by which rule and source, and how it stands now."""
    each, rule, deadline = owed.obligation, rule_of(owed.obligation), deadline_of(owed.obligation)
    late, words = late_ms(each, reader.now), to_do(rule)
    told = obligation_pb2.Obligation(
        obligation_id=_id(each.id),
        case_id=owed.kept.case_id,
        title=_about(owed.kept.face, reader.sees_content(owed.kept)),
        authority=_authority(each.authority, reader),
        part=each.part,
        to_do=obligation_pb2.Text(zh=words.zh, en=words.en),
        state=f"OBLIGATION_STATE_{each.state}",
        timeliness=_timely(timeliness(each, reader.now)),
        opened_at=stamp(each.opened),
        starts_at=_stamped(each.starts),
        due_at=_stamped(each.due),
        earlier_due_at=[stamp(due) for due in each.earlier],
        settled_at=_stamped(each.settled),
        settled_by=_id(each.settled_by),
        late_seconds=None if late is None else late // 1000,
        rule=each.rule,
        rule_version=each.version,
        source=obligation_pb2.Text(zh=rule.source_zh, en=rule.source),
        source_certainty=rule.certainty,
        certain=each.certain,
        clock=each.clock,
        backfilled=each.backfilled,
        cause=_id(each.cause),
        node=each.node,
        held=owed.kept.held,
        warned_at=_stamped(lapses.warned(each, reader.now)),
        warns_at=_stamped(min((at for at in lapses.warnings(each) if at > reader.now), default=None)),
        nth=each.nth,
        extended=each.extended is not None,
    )
    if deadline is not None:
        explained = explain(deadline)
        told.explained.CopyFrom(obligation_pb2.Text(zh=explained.zh, en=explained.en))
    return told


def listed(found: Iterable[Kept], token: str, ages: Mapping[str, float | None], reader: Reader) -> cases_pb2.ListCasesResponse:
    """A page of cases."""
    rows = [summary(each, reader) for each in found]
    said = notices(any(row.held for row in rows), ages)
    return cases_pb2.ListCasesResponse(cases=rows, next_page_token=token, as_of=stamp(reader.now), freshness=freshness(ages), notices=said)


def owing(found: Iterable[Owed], token: str, ages: Mapping[str, float | None], reader: Reader) -> cases_pb2.ListObligationsResponse:
    """A page of obligations."""
    rows = [obligation(each, reader) for each in found]
    said = notices(any(row.held for row in rows), ages)
    return cases_pb2.ListObligationsResponse(
        obligations=rows, next_page_token=token, as_of=stamp(reader.now), freshness=freshness(ages), notices=said
    )


def notices(held: bool, ages: Mapping[str, float | None]) -> list[obligation_pb2.Notice]:
    """Why an answer may lack something. ages: province → seconds, None for never."""
    unheard = [province for province, age in ages.items() if age is None]
    stale = {province: age for province, age in ages.items() if age is not None and age > STALE_SECONDS}
    said = [notice("PARKED_EVENT")] if held else []
    said += [notice("SOURCE_UNHEARD", provinces=", ".join(unheard))] if unheard else []
    return said + ([notice("SOURCE_STALE", provinces=", ".join(stale), minutes=int(max(stale.values()) // 60))] if stale else [])


def freshness(ages: Mapping[str, float | None]) -> list[obligation_pb2.SourceFreshness]:
    """province → age in seconds; none where no heartbeat was ever covered."""
    return [obligation_pb2.SourceFreshness(province=province, age_seconds=age) for province, age in ages.items()]


def stamp(ms: int) -> Timestamp:
    """An instant."""
    return Timestamp(seconds=ms // 1000, nanos=ms % 1000 * 1_000_000)


class _Effects:
    """What each event of a case does in it now."""

    def __init__(self, case: Case, happened: Iterable[Happened]) -> None:
        self._known = frozenset(case.known)
        self._waiting = {each.event for each in case.waiting}
        counting = [each for each in happened if each.id in self._known]
        self._corrects = {_id(each.id): corrected for each in counting if (corrected := _corrects(each.event))}
        self._replaced = frozenset(self._corrects.values())
        self._withdrawn = {self._first(each.event.event_id) for each in counting if isinstance(each.event, Withdrawn)}

    def of(self, each: Happened) -> str:
        if each.id in self._waiting:
            return "WAITING"
        if each.id not in self._known:
            return "VOID"
        if self._first(_id(each.id)) in self._withdrawn:
            return "WITHDRAWN"
        return "REPLACED" if _id(each.id) in self._replaced else "STANDS"

    def _first(self, id: str) -> str:
        """Where the chain of corrections began in which an event stands."""
        while id in self._corrects:
            id = self._corrects[id]
        return id


def _corrects(event: Any) -> str | None:
    """The event that this one replaces."""
    return cast(str | None, event.head.correction_of)


def _refers(event: Any) -> str | None:
    """The event that this one confirms, withdraws or replaces."""
    return event.event_id if isinstance(event, ReceiptIssued | Withdrawn) else _corrects(event)


def _event(each: Happened, effects: _Effects, reader: Reader, sees: bool) -> case_pb2.CaseEvent:
    zh, en = title(each.event)
    told = content(each.event, reader.clearance, day_of(from_millis(reader.now))) if sees else None
    _, topic, sequence = each.order
    return case_pb2.CaseEvent(
        event_id=_id(each.id),
        type=registry.BY_CLASS[type(each.event)].type,
        title=obligation_pb2.Text(zh=zh, en=en),
        effect=f"EVENT_EFFECT_{effects.of(each)}",
        source=each.source if sees else "",
        occurred_at=stamp(each.time),
        recorded_at=stamp(each.recordedtime),
        backfilled=each.event.head.backfilled,
        refers_to=_refers(each.event),
        topic=topic,
        sequence=sequence,
        data=orjson.dumps(told).decode() if told is not None else "",
    )


def _retention(rule_id: str, since: int) -> case_pb2.Retention:
    rule = clock_rules.rules()[rule_id][-1]
    words, until = to_do(rule), to_millis(clocks.due(rule, from_millis(since)).due)
    source = obligation_pb2.Text(zh=rule.source_zh, en=rule.source)
    return case_pb2.Retention(rule=rule_id, text=obligation_pb2.Text(zh=words.zh, en=words.en), until=stamp(until), source=source)


def _receipt(each: Confirmation) -> case_pb2.Receipt:
    return case_pb2.Receipt(
        event_id=_id(each.event),
        kind=f"RECEIPT_KIND_{each.kind}",
        by=each.by,
        asked_at=stamp(each.asked),
        given_at=_stamped(each.at),
        receipt_event_id=_id(each.receipt),
    )


def _remark(each: Remark) -> case_pb2.Remark:
    zh, en = remarks.WORDS.get(each.code, ("", ""))
    return case_pb2.Remark(event_id=_id(each.event), code=each.code, text=obligation_pb2.Text(zh=zh, en=en))


def _about(face: Face | None, sees: bool) -> str:
    """What a case is about: its product, else its party where the reader may know it."""
    event = face.event if face else None
    products = [getattr(each, "product", each) for each in getattr(event, "products", ())]
    product = getattr(event, "product", None) or next(iter(products), None)
    if product is not None:
        return str(getattr(product, "name", None) or "")
    party = getattr(getattr(event, "subject", None), "party", None)
    return str(party.name or "") if sees and party is not None else ""


def _authority(division: str, reader: Reader) -> obligation_pb2.Authority:
    return obligation_pb2.Authority(division=division, name=full_name(division, day_of(from_millis(reader.now)).year))


def _timely(word: Timeliness | None) -> str:
    return f"TIMELINESS_{word or 'UNSPECIFIED'}"


def notice(code: str, **facts: object) -> obligation_pb2.Notice:
    """One of NOTICES."""
    zh, en = NOTICES[code]
    return obligation_pb2.Notice(code=code, text=obligation_pb2.Text(zh=zh.format_map(facts), en=en.format_map(facts)))


def _known(word: str) -> str:
    return "" if word == "UNKNOWN" else word


def _stamped(ms: int | None) -> Timestamp | None:
    return None if ms is None else stamp(ms)


def _id(id: bytes | None) -> str:
    return "" if id is None else str(UUID(bytes=id))
