import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ParkedState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PARKED_STATE_UNSPECIFIED: _ClassVar[ParkedState]
    PARKED_STATE_PARKED: _ClassVar[ParkedState]
    PARKED_STATE_WAITING: _ClassVar[ParkedState]
    PARKED_STATE_RELEASED: _ClassVar[ParkedState]
    PARKED_STATE_DISCARDED: _ClassVar[ParkedState]
    PARKED_STATE_APPLIED: _ClassVar[ParkedState]
    PARKED_STATE_REPLACED: _ClassVar[ParkedState]

class DecisionOutcome(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DECISION_OUTCOME_UNSPECIFIED: _ClassVar[DecisionOutcome]
    DECISION_OUTCOME_ACCEPTED: _ClassVar[DecisionOutcome]
    DECISION_OUTCOME_DUPLICATE: _ClassVar[DecisionOutcome]
    DECISION_OUTCOME_REFUSED: _ClassVar[DecisionOutcome]
PARKED_STATE_UNSPECIFIED: ParkedState
PARKED_STATE_PARKED: ParkedState
PARKED_STATE_WAITING: ParkedState
PARKED_STATE_RELEASED: ParkedState
PARKED_STATE_DISCARDED: ParkedState
PARKED_STATE_APPLIED: ParkedState
PARKED_STATE_REPLACED: ParkedState
DECISION_OUTCOME_UNSPECIFIED: DecisionOutcome
DECISION_OUTCOME_ACCEPTED: DecisionOutcome
DECISION_OUTCOME_DUPLICATE: DecisionOutcome
DECISION_OUTCOME_REFUSED: DecisionOutcome

class ParkedFilter(_message.Message):
    __slots__ = ("service", "code", "topic", "case_id", "settled")
    SERVICE_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    TOPIC_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    SETTLED_FIELD_NUMBER: _ClassVar[int]
    service: str
    code: str
    topic: str
    case_id: str
    settled: bool
    def __init__(self, service: _Optional[str] = ..., code: _Optional[str] = ..., topic: _Optional[str] = ..., case_id: _Optional[str] = ..., settled: _Optional[bool] = ...) -> None: ...

class ParkedRecord(_message.Message):
    __slots__ = ("parked_id", "topic", "partition", "sequence", "record_offset", "case_id", "digest", "size_bytes", "holders", "content", "acts")
    PARKED_ID_FIELD_NUMBER: _ClassVar[int]
    TOPIC_FIELD_NUMBER: _ClassVar[int]
    PARTITION_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    RECORD_OFFSET_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    SIZE_BYTES_FIELD_NUMBER: _ClassVar[int]
    HOLDERS_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    ACTS_FIELD_NUMBER: _ClassVar[int]
    parked_id: int
    topic: str
    partition: int
    sequence: int
    record_offset: int
    case_id: str
    digest: str
    size_bytes: int
    holders: _containers.RepeatedCompositeFieldContainer[Holder]
    content: ParkedContent
    acts: _containers.RepeatedCompositeFieldContainer[Act]
    def __init__(self, parked_id: _Optional[int] = ..., topic: _Optional[str] = ..., partition: _Optional[int] = ..., sequence: _Optional[int] = ..., record_offset: _Optional[int] = ..., case_id: _Optional[str] = ..., digest: _Optional[str] = ..., size_bytes: _Optional[int] = ..., holders: _Optional[_Iterable[_Union[Holder, _Mapping]]] = ..., content: _Optional[_Union[ParkedContent, _Mapping]] = ..., acts: _Optional[_Iterable[_Union[Act, _Mapping]]] = ...) -> None: ...

class Holder(_message.Message):
    __slots__ = ("service", "state", "code", "reason", "holds", "waiting_behind", "stands_behind", "parked_at", "settled_at", "decided")
    SERVICE_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    HOLDS_FIELD_NUMBER: _ClassVar[int]
    WAITING_BEHIND_FIELD_NUMBER: _ClassVar[int]
    STANDS_BEHIND_FIELD_NUMBER: _ClassVar[int]
    PARKED_AT_FIELD_NUMBER: _ClassVar[int]
    SETTLED_AT_FIELD_NUMBER: _ClassVar[int]
    DECIDED_FIELD_NUMBER: _ClassVar[int]
    service: str
    state: ParkedState
    code: str
    reason: str
    holds: bool
    waiting_behind: int
    stands_behind: int
    parked_at: _timestamp_pb2.Timestamp
    settled_at: _timestamp_pb2.Timestamp
    decided: bool
    def __init__(self, service: _Optional[str] = ..., state: _Optional[_Union[ParkedState, str]] = ..., code: _Optional[str] = ..., reason: _Optional[str] = ..., holds: _Optional[bool] = ..., waiting_behind: _Optional[int] = ..., stands_behind: _Optional[int] = ..., parked_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., settled_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., decided: _Optional[bool] = ...) -> None: ...

class ParkedContent(_message.Message):
    __slots__ = ("type", "source", "recorded_at", "data", "unreadable", "withheld", "data_class", "key", "headers", "value")
    TYPE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    RECORDED_AT_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    UNREADABLE_FIELD_NUMBER: _ClassVar[int]
    WITHHELD_FIELD_NUMBER: _ClassVar[int]
    DATA_CLASS_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    HEADERS_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    type: str
    source: str
    recorded_at: _timestamp_pb2.Timestamp
    data: str
    unreadable: str
    withheld: str
    data_class: str
    key: bytes
    headers: _containers.RepeatedCompositeFieldContainer[Header]
    value: bytes
    def __init__(self, type: _Optional[str] = ..., source: _Optional[str] = ..., recorded_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., data: _Optional[str] = ..., unreadable: _Optional[str] = ..., withheld: _Optional[str] = ..., data_class: _Optional[str] = ..., key: _Optional[bytes] = ..., headers: _Optional[_Iterable[_Union[Header, _Mapping]]] = ..., value: _Optional[bytes] = ...) -> None: ...

class Header(_message.Message):
    __slots__ = ("name", "value")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    name: str
    value: bytes
    def __init__(self, name: _Optional[str] = ..., value: _Optional[bytes] = ...) -> None: ...

class Act(_message.Message):
    __slots__ = ("act", "service", "by", "reason", "decided_at", "event_id", "outcome", "code", "carried_at")
    ACT_FIELD_NUMBER: _ClassVar[int]
    SERVICE_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    DECIDED_AT_FIELD_NUMBER: _ClassVar[int]
    EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    CARRIED_AT_FIELD_NUMBER: _ClassVar[int]
    act: str
    service: str
    by: str
    reason: str
    decided_at: _timestamp_pb2.Timestamp
    event_id: str
    outcome: ParkedState
    code: str
    carried_at: _timestamp_pb2.Timestamp
    def __init__(self, act: _Optional[str] = ..., service: _Optional[str] = ..., by: _Optional[str] = ..., reason: _Optional[str] = ..., decided_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., event_id: _Optional[str] = ..., outcome: _Optional[_Union[ParkedState, str]] = ..., code: _Optional[str] = ..., carried_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Decision(_message.Message):
    __slots__ = ("parked_id", "outcome", "event_id", "violations", "follows")
    PARKED_ID_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    VIOLATIONS_FIELD_NUMBER: _ClassVar[int]
    FOLLOWS_FIELD_NUMBER: _ClassVar[int]
    parked_id: int
    outcome: DecisionOutcome
    event_id: str
    violations: _containers.RepeatedCompositeFieldContainer[Remark]
    follows: _containers.RepeatedCompositeFieldContainer[Remark]
    def __init__(self, parked_id: _Optional[int] = ..., outcome: _Optional[_Union[DecisionOutcome, str]] = ..., event_id: _Optional[str] = ..., violations: _Optional[_Iterable[_Union[Remark, _Mapping]]] = ..., follows: _Optional[_Iterable[_Union[Remark, _Mapping]]] = ...) -> None: ...

class Remark(_message.Message):
    __slots__ = ("code", "zh", "en")
    CODE_FIELD_NUMBER: _ClassVar[int]
    ZH_FIELD_NUMBER: _ClassVar[int]
    EN_FIELD_NUMBER: _ClassVar[int]
    code: str
    zh: str
    en: str
    def __init__(self, code: _Optional[str] = ..., zh: _Optional[str] = ..., en: _Optional[str] = ...) -> None: ...
