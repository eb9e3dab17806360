import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ObligationState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OBLIGATION_STATE_UNSPECIFIED: _ClassVar[ObligationState]
    OBLIGATION_STATE_OPEN: _ClassVar[ObligationState]
    OBLIGATION_STATE_MET: _ClassVar[ObligationState]
    OBLIGATION_STATE_SUPERSEDED: _ClassVar[ObligationState]
    OBLIGATION_STATE_CANCELLED: _ClassVar[ObligationState]
    OBLIGATION_STATE_UNANSWERED: _ClassVar[ObligationState]

class Timeliness(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TIMELINESS_UNSPECIFIED: _ClassVar[Timeliness]
    TIMELINESS_NOT_STARTED: _ClassVar[Timeliness]
    TIMELINESS_RUNNING: _ClassVar[Timeliness]
    TIMELINESS_DUE_UNCONFIRMED: _ClassVar[Timeliness]
    TIMELINESS_OVERDUE: _ClassVar[Timeliness]
    TIMELINESS_IN_TIME: _ClassVar[Timeliness]
    TIMELINESS_LATE: _ClassVar[Timeliness]
    TIMELINESS_WARNED: _ClassVar[Timeliness]
OBLIGATION_STATE_UNSPECIFIED: ObligationState
OBLIGATION_STATE_OPEN: ObligationState
OBLIGATION_STATE_MET: ObligationState
OBLIGATION_STATE_SUPERSEDED: ObligationState
OBLIGATION_STATE_CANCELLED: ObligationState
OBLIGATION_STATE_UNANSWERED: ObligationState
TIMELINESS_UNSPECIFIED: Timeliness
TIMELINESS_NOT_STARTED: Timeliness
TIMELINESS_RUNNING: Timeliness
TIMELINESS_DUE_UNCONFIRMED: Timeliness
TIMELINESS_OVERDUE: Timeliness
TIMELINESS_IN_TIME: Timeliness
TIMELINESS_LATE: Timeliness
TIMELINESS_WARNED: Timeliness

class Obligation(_message.Message):
    __slots__ = ("obligation_id", "case_id", "title", "authority", "part", "to_do", "state", "timeliness", "opened_at", "starts_at", "due_at", "earlier_due_at", "settled_at", "settled_by", "late_seconds", "rule", "rule_version", "source", "source_certainty", "explained", "certain", "clock", "backfilled", "cause", "node", "held", "warned_at", "warns_at", "nth", "extended")
    OBLIGATION_ID_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    AUTHORITY_FIELD_NUMBER: _ClassVar[int]
    PART_FIELD_NUMBER: _ClassVar[int]
    TO_DO_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    TIMELINESS_FIELD_NUMBER: _ClassVar[int]
    OPENED_AT_FIELD_NUMBER: _ClassVar[int]
    STARTS_AT_FIELD_NUMBER: _ClassVar[int]
    DUE_AT_FIELD_NUMBER: _ClassVar[int]
    EARLIER_DUE_AT_FIELD_NUMBER: _ClassVar[int]
    SETTLED_AT_FIELD_NUMBER: _ClassVar[int]
    SETTLED_BY_FIELD_NUMBER: _ClassVar[int]
    LATE_SECONDS_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    RULE_VERSION_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_CERTAINTY_FIELD_NUMBER: _ClassVar[int]
    EXPLAINED_FIELD_NUMBER: _ClassVar[int]
    CERTAIN_FIELD_NUMBER: _ClassVar[int]
    CLOCK_FIELD_NUMBER: _ClassVar[int]
    BACKFILLED_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    NODE_FIELD_NUMBER: _ClassVar[int]
    HELD_FIELD_NUMBER: _ClassVar[int]
    WARNED_AT_FIELD_NUMBER: _ClassVar[int]
    WARNS_AT_FIELD_NUMBER: _ClassVar[int]
    NTH_FIELD_NUMBER: _ClassVar[int]
    EXTENDED_FIELD_NUMBER: _ClassVar[int]
    obligation_id: str
    case_id: str
    title: str
    authority: Authority
    part: str
    to_do: Text
    state: ObligationState
    timeliness: Timeliness
    opened_at: _timestamp_pb2.Timestamp
    starts_at: _timestamp_pb2.Timestamp
    due_at: _timestamp_pb2.Timestamp
    earlier_due_at: _containers.RepeatedCompositeFieldContainer[_timestamp_pb2.Timestamp]
    settled_at: _timestamp_pb2.Timestamp
    settled_by: str
    late_seconds: int
    rule: str
    rule_version: int
    source: Text
    source_certainty: str
    explained: Text
    certain: bool
    clock: str
    backfilled: bool
    cause: str
    node: str
    held: bool
    warned_at: _timestamp_pb2.Timestamp
    warns_at: _timestamp_pb2.Timestamp
    nth: int
    extended: bool
    def __init__(self, obligation_id: _Optional[str] = ..., case_id: _Optional[str] = ..., title: _Optional[str] = ..., authority: _Optional[_Union[Authority, _Mapping]] = ..., part: _Optional[str] = ..., to_do: _Optional[_Union[Text, _Mapping]] = ..., state: _Optional[_Union[ObligationState, str]] = ..., timeliness: _Optional[_Union[Timeliness, str]] = ..., opened_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., starts_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., due_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., earlier_due_at: _Optional[_Iterable[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]]] = ..., settled_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., settled_by: _Optional[str] = ..., late_seconds: _Optional[int] = ..., rule: _Optional[str] = ..., rule_version: _Optional[int] = ..., source: _Optional[_Union[Text, _Mapping]] = ..., source_certainty: _Optional[str] = ..., explained: _Optional[_Union[Text, _Mapping]] = ..., certain: _Optional[bool] = ..., clock: _Optional[str] = ..., backfilled: _Optional[bool] = ..., cause: _Optional[str] = ..., node: _Optional[str] = ..., held: _Optional[bool] = ..., warned_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., warns_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., nth: _Optional[int] = ..., extended: _Optional[bool] = ...) -> None: ...

class Authority(_message.Message):
    __slots__ = ("division", "name")
    DIVISION_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    division: str
    name: str
    def __init__(self, division: _Optional[str] = ..., name: _Optional[str] = ...) -> None: ...

class Text(_message.Message):
    __slots__ = ("zh", "en")
    ZH_FIELD_NUMBER: _ClassVar[int]
    EN_FIELD_NUMBER: _ClassVar[int]
    zh: str
    en: str
    def __init__(self, zh: _Optional[str] = ..., en: _Optional[str] = ...) -> None: ...

class SourceFreshness(_message.Message):
    __slots__ = ("province", "age_seconds")
    PROVINCE_FIELD_NUMBER: _ClassVar[int]
    AGE_SECONDS_FIELD_NUMBER: _ClassVar[int]
    province: str
    age_seconds: float
    def __init__(self, province: _Optional[str] = ..., age_seconds: _Optional[float] = ...) -> None: ...

class Notice(_message.Message):
    __slots__ = ("code", "text")
    CODE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    code: str
    text: Text
    def __init__(self, code: _Optional[str] = ..., text: _Optional[_Union[Text, _Mapping]] = ...) -> None: ...

class ObligationFilter(_message.Message):
    __slots__ = ("authority", "mine", "family", "case_id", "rule", "state", "overdue", "due_within_seconds", "timeliness")
    AUTHORITY_FIELD_NUMBER: _ClassVar[int]
    MINE_FIELD_NUMBER: _ClassVar[int]
    FAMILY_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    OVERDUE_FIELD_NUMBER: _ClassVar[int]
    DUE_WITHIN_SECONDS_FIELD_NUMBER: _ClassVar[int]
    TIMELINESS_FIELD_NUMBER: _ClassVar[int]
    authority: str
    mine: bool
    family: str
    case_id: str
    rule: str
    state: ObligationState
    overdue: bool
    due_within_seconds: int
    timeliness: Timeliness
    def __init__(self, authority: _Optional[str] = ..., mine: _Optional[bool] = ..., family: _Optional[str] = ..., case_id: _Optional[str] = ..., rule: _Optional[str] = ..., state: _Optional[_Union[ObligationState, str]] = ..., overdue: _Optional[bool] = ..., due_within_seconds: _Optional[int] = ..., timeliness: _Optional[_Union[Timeliness, str]] = ...) -> None: ...
