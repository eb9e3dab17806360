from chuanyu.contracts.pb.io.cloudevents.v1 import cloudevents_pb2 as _cloudevents_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SubmissionOutcome(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SUBMISSION_OUTCOME_UNSPECIFIED: _ClassVar[SubmissionOutcome]
    SUBMISSION_OUTCOME_ACCEPTED: _ClassVar[SubmissionOutcome]
    SUBMISSION_OUTCOME_DUPLICATE: _ClassVar[SubmissionOutcome]
    SUBMISSION_OUTCOME_REFUSED: _ClassVar[SubmissionOutcome]
SUBMISSION_OUTCOME_UNSPECIFIED: SubmissionOutcome
SUBMISSION_OUTCOME_ACCEPTED: SubmissionOutcome
SUBMISSION_OUTCOME_DUPLICATE: SubmissionOutcome
SUBMISSION_OUTCOME_REFUSED: SubmissionOutcome

class SubmitEventsRequest(_message.Message):
    __slots__ = ("events", "validate_only", "return_data")
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    RETURN_DATA_FIELD_NUMBER: _ClassVar[int]
    events: _containers.RepeatedCompositeFieldContainer[_cloudevents_pb2.CloudEvent]
    validate_only: bool
    return_data: bool
    def __init__(self, events: _Optional[_Iterable[_Union[_cloudevents_pb2.CloudEvent, _Mapping]]] = ..., validate_only: _Optional[bool] = ..., return_data: _Optional[bool] = ...) -> None: ...

class SubmitEventsResponse(_message.Message):
    __slots__ = ("results",)
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedCompositeFieldContainer[SubmissionResult]
    def __init__(self, results: _Optional[_Iterable[_Union[SubmissionResult, _Mapping]]] = ...) -> None: ...

class SubmissionResult(_message.Message):
    __slots__ = ("submission_id", "outcome", "event_id", "case_id", "violations", "warnings", "status", "current_event_id", "data_json", "routing")
    SUBMISSION_ID_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    VIOLATIONS_FIELD_NUMBER: _ClassVar[int]
    WARNINGS_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    CURRENT_EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    DATA_JSON_FIELD_NUMBER: _ClassVar[int]
    ROUTING_FIELD_NUMBER: _ClassVar[int]
    submission_id: str
    outcome: SubmissionOutcome
    event_id: str
    case_id: str
    violations: _containers.RepeatedCompositeFieldContainer[Violation]
    warnings: _containers.RepeatedCompositeFieldContainer[Violation]
    status: str
    current_event_id: str
    data_json: str
    routing: Routing
    def __init__(self, submission_id: _Optional[str] = ..., outcome: _Optional[_Union[SubmissionOutcome, str]] = ..., event_id: _Optional[str] = ..., case_id: _Optional[str] = ..., violations: _Optional[_Iterable[_Union[Violation, _Mapping]]] = ..., warnings: _Optional[_Iterable[_Union[Violation, _Mapping]]] = ..., status: _Optional[str] = ..., current_event_id: _Optional[str] = ..., data_json: _Optional[str] = ..., routing: _Optional[_Union[Routing, _Mapping]] = ...) -> None: ...

class Violation(_message.Message):
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

class Routing(_message.Message):
    __slots__ = ("producer_province", "sampled_province", "cross_province", "flagged")
    PRODUCER_PROVINCE_FIELD_NUMBER: _ClassVar[int]
    SAMPLED_PROVINCE_FIELD_NUMBER: _ClassVar[int]
    CROSS_PROVINCE_FIELD_NUMBER: _ClassVar[int]
    FLAGGED_FIELD_NUMBER: _ClassVar[int]
    producer_province: str
    sampled_province: str
    cross_province: bool
    flagged: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, producer_province: _Optional[str] = ..., sampled_province: _Optional[str] = ..., cross_province: _Optional[bool] = ..., flagged: _Optional[_Iterable[str]] = ...) -> None: ...
