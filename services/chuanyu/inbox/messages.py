"""Deliveries as protobuf messages, cut to what their reader may see exactly as cases are (P6)."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import orjson

from chuanyu.casework.case import Case, Obligation
from chuanyu.casework.content import content, title
from chuanyu.casework.listing import Happened, Kept
from chuanyu.casework.messages import notice, notices, stamp
from chuanyu.casework.reader import Reader
from chuanyu.casework.timeliness import rule_of, timeliness
from chuanyu.contracts import registry
from chuanyu.contracts.pb.cases.v1.obligation_pb2 import Text
from chuanyu.contracts.pb.inbox.v1 import delivery_pb2 as pb
from chuanyu.contracts.pb.io.cloudevents.v1.cloudevents_pb2 import CloudEvent
from chuanyu.domain.clock_words import to_do
from chuanyu.domain.dates import day_of, from_millis
from chuanyu.inbox.listing import Waiting
from chuanyu.inbox.rules import Members

_Value = CloudEvent.CloudEventAttributeValue


def delivery(waiting: Waiting, kept: Kept, happened: Happened, reader: Reader, members: Members) -> pb.Delivery:
    """One delivery as its member sees it now."""
    sees = reader.sees_content(kept)
    zh, en = title(happened.event)
    return pb.Delivery(
        delivery_id=str(waiting.id),
        why=f"WHY_{waiting.why}",
        event=_event(waiting, happened, reader, sees),
        obligations=[_duty(each, reader) for each in _owed(kept.case, reader, members)],
        title=Text(zh=zh, en=en),
        delivered_at=stamp(waiting.delivered_at),
        confirms=waiting.confirms,
        notices=notices(kept.held, {}) + ([] if sees else [notice("CONTENT_WITHHELD")]),
        cursor=waiting.cursor,
    )


def _event(waiting: Waiting, happened: Happened, reader: Reader, sees: bool) -> CloudEvent:
    """A CloudEvent; where its content is withheld, neither data nor who said it, but the node that accepted it."""
    contract = registry.BY_CLASS[type(happened.event)]
    province = happened.order[1].partition(".")[0]
    told = CloudEvent(
        id=str(waiting.event),
        source=happened.source if sees else f"/{province}",
        spec_version="1.0",
        type=contract.type,
        attributes={
            "subject": _Value(ce_string=waiting.case_id),
            "time": _Value(ce_timestamp=stamp(happened.time)),
            "recordedtime": _Value(ce_timestamp=stamp(happened.recordedtime)),
            "dataschema": _Value(ce_uri=contract.dataschema),
        },
    )
    if sees:
        told.attributes["datacontenttype"].ce_string = "application/json"
        told.text_data = orjson.dumps(content(happened.event, reader.clearance, day_of(from_millis(reader.now)))).decode()
    return told


def _owed(case: Case, reader: Reader, members: Members) -> Iterable[Obligation]:
    """What is open and owed by those for whom the reader acts."""
    return (each for each in case.obligations if each.open and any(one.id == reader.member.id for one in members.acting(each.authority)))


def _duty(each: Obligation, reader: Reader) -> pb.Duty:
    words = to_do(rule_of(each))
    return pb.Duty(
        rule=each.rule,
        due=None if each.due is None else stamp(each.due),
        to_do=Text(zh=words.zh, en=words.en),
        obligation_id=str(UUID(bytes=each.id)),
        authority=each.authority,
        part=each.part,
        certain=each.certain,
        timeliness=f"TIMELINESS_{timeliness(each, reader.now)}",
    )
