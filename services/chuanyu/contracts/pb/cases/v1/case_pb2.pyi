import datetime

from chuanyu.contracts.pb.cases.v1 import obligation_pb2 as _obligation_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CaseStanding(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CASE_STANDING_UNSPECIFIED: _ClassVar[CaseStanding]
    CASE_STANDING_AWAITED: _ClassVar[CaseStanding]
    CASE_STANDING_STANDS: _ClassVar[CaseStanding]
    CASE_STANDING_WITHDRAWN: _ClassVar[CaseStanding]
    CASE_STANDING_LIFTED: _ClassVar[CaseStanding]
    CASE_STANDING_ENDED: _ClassVar[CaseStanding]
    CASE_STANDING_OVERTURNED: _ClassVar[CaseStanding]

class EventEffect(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EVENT_EFFECT_UNSPECIFIED: _ClassVar[EventEffect]
    EVENT_EFFECT_STANDS: _ClassVar[EventEffect]
    EVENT_EFFECT_REPLACED: _ClassVar[EventEffect]
    EVENT_EFFECT_WITHDRAWN: _ClassVar[EventEffect]
    EVENT_EFFECT_WAITING: _ClassVar[EventEffect]
    EVENT_EFFECT_VOID: _ClassVar[EventEffect]

class ReceiptKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RECEIPT_KIND_UNSPECIFIED: _ClassVar[ReceiptKind]
    RECEIPT_KIND_DELIVERED: _ClassVar[ReceiptKind]
    RECEIPT_KIND_PROCESSED: _ClassVar[ReceiptKind]
CASE_STANDING_UNSPECIFIED: CaseStanding
CASE_STANDING_AWAITED: CaseStanding
CASE_STANDING_STANDS: CaseStanding
CASE_STANDING_WITHDRAWN: CaseStanding
CASE_STANDING_LIFTED: CaseStanding
CASE_STANDING_ENDED: CaseStanding
CASE_STANDING_OVERTURNED: CaseStanding
EVENT_EFFECT_UNSPECIFIED: EventEffect
EVENT_EFFECT_STANDS: EventEffect
EVENT_EFFECT_REPLACED: EventEffect
EVENT_EFFECT_WITHDRAWN: EventEffect
EVENT_EFFECT_WAITING: EventEffect
EVENT_EFFECT_VOID: EventEffect
RECEIPT_KIND_UNSPECIFIED: ReceiptKind
RECEIPT_KIND_DELIVERED: ReceiptKind
RECEIPT_KIND_PROCESSED: ReceiptKind

class CaseSummary(_message.Message):
    __slots__ = ("case_id", "title", "open", "standing", "stage", "notice_class", "flagged", "attention", "ends_at", "next_due_at", "open_obligations", "overdue_obligations", "receipts_outstanding", "held", "closed_at", "silent_at")
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    OPEN_FIELD_NUMBER: _ClassVar[int]
    STANDING_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    NOTICE_CLASS_FIELD_NUMBER: _ClassVar[int]
    FLAGGED_FIELD_NUMBER: _ClassVar[int]
    ATTENTION_FIELD_NUMBER: _ClassVar[int]
    ENDS_AT_FIELD_NUMBER: _ClassVar[int]
    NEXT_DUE_AT_FIELD_NUMBER: _ClassVar[int]
    OPEN_OBLIGATIONS_FIELD_NUMBER: _ClassVar[int]
    OVERDUE_OBLIGATIONS_FIELD_NUMBER: _ClassVar[int]
    RECEIPTS_OUTSTANDING_FIELD_NUMBER: _ClassVar[int]
    HELD_FIELD_NUMBER: _ClassVar[int]
    CLOSED_AT_FIELD_NUMBER: _ClassVar[int]
    SILENT_AT_FIELD_NUMBER: _ClassVar[int]
    case_id: str
    title: str
    open: bool
    standing: CaseStanding
    stage: str
    notice_class: str
    flagged: _containers.RepeatedCompositeFieldContainer[Flagged]
    attention: _containers.RepeatedCompositeFieldContainer[_obligation_pb2.Authority]
    ends_at: _timestamp_pb2.Timestamp
    next_due_at: _timestamp_pb2.Timestamp
    open_obligations: int
    overdue_obligations: int
    receipts_outstanding: int
    held: bool
    closed_at: _timestamp_pb2.Timestamp
    silent_at: _timestamp_pb2.Timestamp
    def __init__(self, case_id: _Optional[str] = ..., title: _Optional[str] = ..., open: _Optional[bool] = ..., standing: _Optional[_Union[CaseStanding, str]] = ..., stage: _Optional[str] = ..., notice_class: _Optional[str] = ..., flagged: _Optional[_Iterable[_Union[Flagged, _Mapping]]] = ..., attention: _Optional[_Iterable[_Union[_obligation_pb2.Authority, _Mapping]]] = ..., ends_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., next_due_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., open_obligations: _Optional[int] = ..., overdue_obligations: _Optional[int] = ..., receipts_outstanding: _Optional[int] = ..., held: _Optional[bool] = ..., closed_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., silent_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Flagged(_message.Message):
    __slots__ = ("authority", "role")
    AUTHORITY_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    authority: _obligation_pb2.Authority
    role: str
    def __init__(self, authority: _Optional[_Union[_obligation_pb2.Authority, _Mapping]] = ..., role: _Optional[str] = ...) -> None: ...

class Case(_message.Message):
    __slots__ = ("summary", "events", "earlier_events", "obligations", "receipts", "waiting", "remarks", "as_of", "freshness", "notices", "parts", "objections", "terms", "retentions", "regions")
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    EARLIER_EVENTS_FIELD_NUMBER: _ClassVar[int]
    OBLIGATIONS_FIELD_NUMBER: _ClassVar[int]
    RECEIPTS_FIELD_NUMBER: _ClassVar[int]
    WAITING_FIELD_NUMBER: _ClassVar[int]
    REMARKS_FIELD_NUMBER: _ClassVar[int]
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    FRESHNESS_FIELD_NUMBER: _ClassVar[int]
    NOTICES_FIELD_NUMBER: _ClassVar[int]
    PARTS_FIELD_NUMBER: _ClassVar[int]
    OBJECTIONS_FIELD_NUMBER: _ClassVar[int]
    TERMS_FIELD_NUMBER: _ClassVar[int]
    RETENTIONS_FIELD_NUMBER: _ClassVar[int]
    REGIONS_FIELD_NUMBER: _ClassVar[int]
    summary: CaseSummary
    events: _containers.RepeatedCompositeFieldContainer[CaseEvent]
    earlier_events: int
    obligations: _containers.RepeatedCompositeFieldContainer[_obligation_pb2.Obligation]
    receipts: _containers.RepeatedCompositeFieldContainer[Receipt]
    waiting: _containers.RepeatedCompositeFieldContainer[Waiting]
    remarks: _containers.RepeatedCompositeFieldContainer[Remark]
    as_of: _timestamp_pb2.Timestamp
    freshness: _containers.RepeatedCompositeFieldContainer[_obligation_pb2.SourceFreshness]
    notices: _containers.RepeatedCompositeFieldContainer[_obligation_pb2.Notice]
    parts: _containers.RepeatedCompositeFieldContainer[PartProgress]
    objections: _containers.RepeatedCompositeFieldContainer[Objection]
    terms: _containers.RepeatedCompositeFieldContainer[PartyTerm]
    retentions: _containers.RepeatedCompositeFieldContainer[Retention]
    regions: _containers.RepeatedCompositeFieldContainer[PlannedRegion]
    def __init__(self, summary: _Optional[_Union[CaseSummary, _Mapping]] = ..., events: _Optional[_Iterable[_Union[CaseEvent, _Mapping]]] = ..., earlier_events: _Optional[int] = ..., obligations: _Optional[_Iterable[_Union[_obligation_pb2.Obligation, _Mapping]]] = ..., receipts: _Optional[_Iterable[_Union[Receipt, _Mapping]]] = ..., waiting: _Optional[_Iterable[_Union[Waiting, _Mapping]]] = ..., remarks: _Optional[_Iterable[_Union[Remark, _Mapping]]] = ..., as_of: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., freshness: _Optional[_Iterable[_Union[_obligation_pb2.SourceFreshness, _Mapping]]] = ..., notices: _Optional[_Iterable[_Union[_obligation_pb2.Notice, _Mapping]]] = ..., parts: _Optional[_Iterable[_Union[PartProgress, _Mapping]]] = ..., objections: _Optional[_Iterable[_Union[Objection, _Mapping]]] = ..., terms: _Optional[_Iterable[_Union[PartyTerm, _Mapping]]] = ..., retentions: _Optional[_Iterable[_Union[Retention, _Mapping]]] = ..., regions: _Optional[_Iterable[_Union[PlannedRegion, _Mapping]]] = ...) -> None: ...

class PlannedRegion(_message.Message):
    __slots__ = ("authority", "planned", "taken")
    AUTHORITY_FIELD_NUMBER: _ClassVar[int]
    PLANNED_FIELD_NUMBER: _ClassVar[int]
    TAKEN_FIELD_NUMBER: _ClassVar[int]
    authority: _obligation_pb2.Authority
    planned: int
    taken: int
    def __init__(self, authority: _Optional[_Union[_obligation_pb2.Authority, _Mapping]] = ..., planned: _Optional[int] = ..., taken: _Optional[int] = ...) -> None: ...

class PartProgress(_message.Message):
    __slots__ = ("part", "authority", "state", "changed_at", "event_id", "served_on", "counterfeit", "released")
    PART_FIELD_NUMBER: _ClassVar[int]
    AUTHORITY_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    CHANGED_AT_FIELD_NUMBER: _ClassVar[int]
    EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    SERVED_ON_FIELD_NUMBER: _ClassVar[int]
    COUNTERFEIT_FIELD_NUMBER: _ClassVar[int]
    RELEASED_FIELD_NUMBER: _ClassVar[int]
    part: str
    authority: _obligation_pb2.Authority
    state: str
    changed_at: _timestamp_pb2.Timestamp
    event_id: str
    served_on: str
    counterfeit: bool
    released: bool
    def __init__(self, part: _Optional[str] = ..., authority: _Optional[_Union[_obligation_pb2.Authority, _Mapping]] = ..., state: _Optional[str] = ..., changed_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., event_id: _Optional[str] = ..., served_on: _Optional[str] = ..., counterfeit: _Optional[bool] = ..., released: _Optional[bool] = ...) -> None: ...

class Objection(_message.Message):
    __slots__ = ("kind", "raised_on", "authority", "outcome", "resolved_on", "event_id", "resolved_by")
    KIND_FIELD_NUMBER: _ClassVar[int]
    RAISED_ON_FIELD_NUMBER: _ClassVar[int]
    AUTHORITY_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    RESOLVED_ON_FIELD_NUMBER: _ClassVar[int]
    EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    RESOLVED_BY_FIELD_NUMBER: _ClassVar[int]
    kind: str
    raised_on: str
    authority: _obligation_pb2.Authority
    outcome: str
    resolved_on: str
    event_id: str
    resolved_by: str
    def __init__(self, kind: _Optional[str] = ..., raised_on: _Optional[str] = ..., authority: _Optional[_Union[_obligation_pb2.Authority, _Mapping]] = ..., outcome: _Optional[str] = ..., resolved_on: _Optional[str] = ..., event_id: _Optional[str] = ..., resolved_by: _Optional[str] = ...) -> None: ...

class PartyTerm(_message.Message):
    __slots__ = ("part", "to_do", "kind", "starts_at", "due_at", "provisional", "rule", "rule_version", "explained", "source_certainty")
    PART_FIELD_NUMBER: _ClassVar[int]
    TO_DO_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    STARTS_AT_FIELD_NUMBER: _ClassVar[int]
    DUE_AT_FIELD_NUMBER: _ClassVar[int]
    PROVISIONAL_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    RULE_VERSION_FIELD_NUMBER: _ClassVar[int]
    EXPLAINED_FIELD_NUMBER: _ClassVar[int]
    SOURCE_CERTAINTY_FIELD_NUMBER: _ClassVar[int]
    part: str
    to_do: _obligation_pb2.Text
    kind: str
    starts_at: _timestamp_pb2.Timestamp
    due_at: _timestamp_pb2.Timestamp
    provisional: bool
    rule: str
    rule_version: int
    explained: _obligation_pb2.Text
    source_certainty: str
    def __init__(self, part: _Optional[str] = ..., to_do: _Optional[_Union[_obligation_pb2.Text, _Mapping]] = ..., kind: _Optional[str] = ..., starts_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., due_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., provisional: _Optional[bool] = ..., rule: _Optional[str] = ..., rule_version: _Optional[int] = ..., explained: _Optional[_Union[_obligation_pb2.Text, _Mapping]] = ..., source_certainty: _Optional[str] = ...) -> None: ...

class Retention(_message.Message):
    __slots__ = ("rule", "text", "until", "source")
    RULE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    UNTIL_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    rule: str
    text: _obligation_pb2.Text
    until: _timestamp_pb2.Timestamp
    source: _obligation_pb2.Text
    def __init__(self, rule: _Optional[str] = ..., text: _Optional[_Union[_obligation_pb2.Text, _Mapping]] = ..., until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., source: _Optional[_Union[_obligation_pb2.Text, _Mapping]] = ...) -> None: ...

class CaseEvent(_message.Message):
    __slots__ = ("event_id", "type", "title", "effect", "source", "occurred_at", "recorded_at", "backfilled", "refers_to", "topic", "sequence", "data")
    EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    EFFECT_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_AT_FIELD_NUMBER: _ClassVar[int]
    RECORDED_AT_FIELD_NUMBER: _ClassVar[int]
    BACKFILLED_FIELD_NUMBER: _ClassVar[int]
    REFERS_TO_FIELD_NUMBER: _ClassVar[int]
    TOPIC_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    event_id: str
    type: str
    title: _obligation_pb2.Text
    effect: EventEffect
    source: str
    occurred_at: _timestamp_pb2.Timestamp
    recorded_at: _timestamp_pb2.Timestamp
    backfilled: bool
    refers_to: str
    topic: str
    sequence: int
    data: str
    def __init__(self, event_id: _Optional[str] = ..., type: _Optional[str] = ..., title: _Optional[_Union[_obligation_pb2.Text, _Mapping]] = ..., effect: _Optional[_Union[EventEffect, str]] = ..., source: _Optional[str] = ..., occurred_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., recorded_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., backfilled: _Optional[bool] = ..., refers_to: _Optional[str] = ..., topic: _Optional[str] = ..., sequence: _Optional[int] = ..., data: _Optional[str] = ...) -> None: ...

class Receipt(_message.Message):
    __slots__ = ("event_id", "kind", "by", "asked_at", "given_at", "receipt_event_id")
    EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    ASKED_AT_FIELD_NUMBER: _ClassVar[int]
    GIVEN_AT_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    event_id: str
    kind: ReceiptKind
    by: str
    asked_at: _timestamp_pb2.Timestamp
    given_at: _timestamp_pb2.Timestamp
    receipt_event_id: str
    def __init__(self, event_id: _Optional[str] = ..., kind: _Optional[_Union[ReceiptKind, str]] = ..., by: _Optional[str] = ..., asked_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., given_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., receipt_event_id: _Optional[str] = ...) -> None: ...

class Waiting(_message.Message):
    __slots__ = ("event_id", "waits_for", "since")
    EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    WAITS_FOR_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    event_id: str
    waits_for: str
    since: _timestamp_pb2.Timestamp
    def __init__(self, event_id: _Optional[str] = ..., waits_for: _Optional[str] = ..., since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Remark(_message.Message):
    __slots__ = ("event_id", "code", "text")
    EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    event_id: str
    code: str
    text: _obligation_pb2.Text
    def __init__(self, event_id: _Optional[str] = ..., code: _Optional[str] = ..., text: _Optional[_Union[_obligation_pb2.Text, _Mapping]] = ...) -> None: ...

class CaseFilter(_message.Message):
    __slots__ = ("province", "family", "open", "standing", "stage", "authority", "overdue")
    PROVINCE_FIELD_NUMBER: _ClassVar[int]
    FAMILY_FIELD_NUMBER: _ClassVar[int]
    OPEN_FIELD_NUMBER: _ClassVar[int]
    STANDING_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    AUTHORITY_FIELD_NUMBER: _ClassVar[int]
    OVERDUE_FIELD_NUMBER: _ClassVar[int]
    province: str
    family: str
    open: bool
    standing: CaseStanding
    stage: str
    authority: str
    overdue: bool
    def __init__(self, province: _Optional[str] = ..., family: _Optional[str] = ..., open: _Optional[bool] = ..., standing: _Optional[_Union[CaseStanding, str]] = ..., stage: _Optional[str] = ..., authority: _Optional[str] = ..., overdue: _Optional[bool] = ...) -> None: ...
