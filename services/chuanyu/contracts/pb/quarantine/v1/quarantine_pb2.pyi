from chuanyu.contracts.pb.quarantine.v1 import parked_pb2 as _parked_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ListParkedRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "filter")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    filter: _parked_pb2.ParkedFilter
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., filter: _Optional[_Union[_parked_pb2.ParkedFilter, _Mapping]] = ...) -> None: ...

class ListParkedResponse(_message.Message):
    __slots__ = ("records", "next_page_token")
    RECORDS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    records: _containers.RepeatedCompositeFieldContainer[_parked_pb2.ParkedRecord]
    next_page_token: str
    def __init__(self, records: _Optional[_Iterable[_Union[_parked_pb2.ParkedRecord, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class GetParkedRequest(_message.Message):
    __slots__ = ("parked_id",)
    PARKED_ID_FIELD_NUMBER: _ClassVar[int]
    parked_id: int
    def __init__(self, parked_id: _Optional[int] = ...) -> None: ...

class ReleaseParkedRequest(_message.Message):
    __slots__ = ("parked_ids", "filter", "reason", "validate_only")
    PARKED_IDS_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    parked_ids: _containers.RepeatedScalarFieldContainer[int]
    filter: _parked_pb2.ParkedFilter
    reason: str
    validate_only: bool
    def __init__(self, parked_ids: _Optional[_Iterable[int]] = ..., filter: _Optional[_Union[_parked_pb2.ParkedFilter, _Mapping]] = ..., reason: _Optional[str] = ..., validate_only: _Optional[bool] = ...) -> None: ...

class ReleaseParkedResponse(_message.Message):
    __slots__ = ("decisions", "left")
    DECISIONS_FIELD_NUMBER: _ClassVar[int]
    LEFT_FIELD_NUMBER: _ClassVar[int]
    decisions: _containers.RepeatedCompositeFieldContainer[_parked_pb2.Decision]
    left: int
    def __init__(self, decisions: _Optional[_Iterable[_Union[_parked_pb2.Decision, _Mapping]]] = ..., left: _Optional[int] = ...) -> None: ...

class DiscardParkedRequest(_message.Message):
    __slots__ = ("parked_ids", "filter", "reason", "validate_only")
    PARKED_IDS_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    parked_ids: _containers.RepeatedScalarFieldContainer[int]
    filter: _parked_pb2.ParkedFilter
    reason: str
    validate_only: bool
    def __init__(self, parked_ids: _Optional[_Iterable[int]] = ..., filter: _Optional[_Union[_parked_pb2.ParkedFilter, _Mapping]] = ..., reason: _Optional[str] = ..., validate_only: _Optional[bool] = ...) -> None: ...

class DiscardParkedResponse(_message.Message):
    __slots__ = ("decisions", "left")
    DECISIONS_FIELD_NUMBER: _ClassVar[int]
    LEFT_FIELD_NUMBER: _ClassVar[int]
    decisions: _containers.RepeatedCompositeFieldContainer[_parked_pb2.Decision]
    left: int
    def __init__(self, decisions: _Optional[_Iterable[_Union[_parked_pb2.Decision, _Mapping]]] = ..., left: _Optional[int] = ...) -> None: ...
