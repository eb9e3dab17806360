import datetime

from chuanyu.contracts.pb.cases.v1 import obligation_pb2 as _obligation_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from chuanyu.contracts.pb.io.cloudevents.v1 import cloudevents_pb2 as _cloudevents_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Why(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    WHY_UNSPECIFIED: _ClassVar[Why]
    WHY_ATTENTION: _ClassVar[Why]
    WHY_ISSUER: _ClassVar[Why]
    WHY_CORRECTION: _ClassVar[Why]
    WHY_FLAGGED: _ClassVar[Why]

class ActionOutcome(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ACTION_OUTCOME_UNSPECIFIED: _ClassVar[ActionOutcome]
    ACTION_OUTCOME_NOTED: _ClassVar[ActionOutcome]
    ACTION_OUTCOME_NOT_FOUND: _ClassVar[ActionOutcome]
    ACTION_OUTCOME_MEASURE_TAKEN: _ClassVar[ActionOutcome]
    ACTION_OUTCOME_NO_MEASURE: _ClassVar[ActionOutcome]
    ACTION_OUTCOME_OTHER: _ClassVar[ActionOutcome]

class AcknowledgementOutcome(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ACKNOWLEDGEMENT_OUTCOME_UNSPECIFIED: _ClassVar[AcknowledgementOutcome]
    ACKNOWLEDGEMENT_OUTCOME_ACCEPTED: _ClassVar[AcknowledgementOutcome]
    ACKNOWLEDGEMENT_OUTCOME_DUPLICATE: _ClassVar[AcknowledgementOutcome]
    ACKNOWLEDGEMENT_OUTCOME_REFUSED: _ClassVar[AcknowledgementOutcome]
WHY_UNSPECIFIED: Why
WHY_ATTENTION: Why
WHY_ISSUER: Why
WHY_CORRECTION: Why
WHY_FLAGGED: Why
ACTION_OUTCOME_UNSPECIFIED: ActionOutcome
ACTION_OUTCOME_NOTED: ActionOutcome
ACTION_OUTCOME_NOT_FOUND: ActionOutcome
ACTION_OUTCOME_MEASURE_TAKEN: ActionOutcome
ACTION_OUTCOME_NO_MEASURE: ActionOutcome
ACTION_OUTCOME_OTHER: ActionOutcome
ACKNOWLEDGEMENT_OUTCOME_UNSPECIFIED: AcknowledgementOutcome
ACKNOWLEDGEMENT_OUTCOME_ACCEPTED: AcknowledgementOutcome
ACKNOWLEDGEMENT_OUTCOME_DUPLICATE: AcknowledgementOutcome
ACKNOWLEDGEMENT_OUTCOME_REFUSED: AcknowledgementOutcome

class Delivery(_message.Message):
    __slots__ = ("delivery_id", "why", "event", "obligations", "title", "delivered_at", "confirms", "notices", "cursor")
    DELIVERY_ID_FIELD_NUMBER: _ClassVar[int]
    WHY_FIELD_NUMBER: _ClassVar[int]
    EVENT_FIELD_NUMBER: _ClassVar[int]
    OBLIGATIONS_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    DELIVERED_AT_FIELD_NUMBER: _ClassVar[int]
    CONFIRMS_FIELD_NUMBER: _ClassVar[int]
    NOTICES_FIELD_NUMBER: _ClassVar[int]
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    delivery_id: str
    why: Why
    event: _cloudevents_pb2.CloudEvent
    obligations: _containers.RepeatedCompositeFieldContainer[Duty]
    title: _obligation_pb2.Text
    delivered_at: _timestamp_pb2.Timestamp
    confirms: _containers.RepeatedScalarFieldContainer[str]
    notices: _containers.RepeatedCompositeFieldContainer[_obligation_pb2.Notice]
    cursor: str
    def __init__(self, delivery_id: _Optional[str] = ..., why: _Optional[_Union[Why, str]] = ..., event: _Optional[_Union[_cloudevents_pb2.CloudEvent, _Mapping]] = ..., obligations: _Optional[_Iterable[_Union[Duty, _Mapping]]] = ..., title: _Optional[_Union[_obligation_pb2.Text, _Mapping]] = ..., delivered_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., confirms: _Optional[_Iterable[str]] = ..., notices: _Optional[_Iterable[_Union[_obligation_pb2.Notice, _Mapping]]] = ..., cursor: _Optional[str] = ...) -> None: ...

class Duty(_message.Message):
    __slots__ = ("rule", "due", "to_do", "obligation_id", "authority", "part", "certain", "timeliness")
    RULE_FIELD_NUMBER: _ClassVar[int]
    DUE_FIELD_NUMBER: _ClassVar[int]
    TO_DO_FIELD_NUMBER: _ClassVar[int]
    OBLIGATION_ID_FIELD_NUMBER: _ClassVar[int]
    AUTHORITY_FIELD_NUMBER: _ClassVar[int]
    PART_FIELD_NUMBER: _ClassVar[int]
    CERTAIN_FIELD_NUMBER: _ClassVar[int]
    TIMELINESS_FIELD_NUMBER: _ClassVar[int]
    rule: str
    due: _timestamp_pb2.Timestamp
    to_do: _obligation_pb2.Text
    obligation_id: str
    authority: str
    part: str
    certain: bool
    timeliness: _obligation_pb2.Timeliness
    def __init__(self, rule: _Optional[str] = ..., due: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., to_do: _Optional[_Union[_obligation_pb2.Text, _Mapping]] = ..., obligation_id: _Optional[str] = ..., authority: _Optional[str] = ..., part: _Optional[str] = ..., certain: _Optional[bool] = ..., timeliness: _Optional[_Union[_obligation_pb2.Timeliness, str]] = ...) -> None: ...

class Acknowledgement(_message.Message):
    __slots__ = ("delivery_id", "outcome", "receipt_event_ids", "violations")
    DELIVERY_ID_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_EVENT_IDS_FIELD_NUMBER: _ClassVar[int]
    VIOLATIONS_FIELD_NUMBER: _ClassVar[int]
    delivery_id: str
    outcome: AcknowledgementOutcome
    receipt_event_ids: _containers.RepeatedScalarFieldContainer[str]
    violations: _containers.RepeatedCompositeFieldContainer[Finding]
    def __init__(self, delivery_id: _Optional[str] = ..., outcome: _Optional[_Union[AcknowledgementOutcome, str]] = ..., receipt_event_ids: _Optional[_Iterable[str]] = ..., violations: _Optional[_Iterable[_Union[Finding, _Mapping]]] = ...) -> None: ...

class Finding(_message.Message):
    __slots__ = ("field", "code", "zh", "en")
    FIELD_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    ZH_FIELD_NUMBER: _ClassVar[int]
    EN_FIELD_NUMBER: _ClassVar[int]
    field: str
    code: str
    zh: str
    en: str
    def __init__(self, field: _Optional[str] = ..., code: _Optional[str] = ..., zh: _Optional[str] = ..., en: _Optional[str] = ...) -> None: ...
