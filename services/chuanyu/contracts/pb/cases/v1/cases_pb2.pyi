import datetime

from chuanyu.contracts.pb.cases.v1 import case_pb2 as _case_pb2
from chuanyu.contracts.pb.cases.v1 import obligation_pb2 as _obligation_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class GetCaseRequest(_message.Message):
    __slots__ = ("case_id", "key")
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    case_id: str
    key: str
    def __init__(self, case_id: _Optional[str] = ..., key: _Optional[str] = ...) -> None: ...

class ListCasesRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "order_by", "filter")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    ORDER_BY_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    order_by: str
    filter: _case_pb2.CaseFilter
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., order_by: _Optional[str] = ..., filter: _Optional[_Union[_case_pb2.CaseFilter, _Mapping]] = ...) -> None: ...

class ListCasesResponse(_message.Message):
    __slots__ = ("cases", "next_page_token", "as_of", "freshness", "notices")
    CASES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    FRESHNESS_FIELD_NUMBER: _ClassVar[int]
    NOTICES_FIELD_NUMBER: _ClassVar[int]
    cases: _containers.RepeatedCompositeFieldContainer[_case_pb2.CaseSummary]
    next_page_token: str
    as_of: _timestamp_pb2.Timestamp
    freshness: _containers.RepeatedCompositeFieldContainer[_obligation_pb2.SourceFreshness]
    notices: _containers.RepeatedCompositeFieldContainer[_obligation_pb2.Notice]
    def __init__(self, cases: _Optional[_Iterable[_Union[_case_pb2.CaseSummary, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., as_of: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., freshness: _Optional[_Iterable[_Union[_obligation_pb2.SourceFreshness, _Mapping]]] = ..., notices: _Optional[_Iterable[_Union[_obligation_pb2.Notice, _Mapping]]] = ...) -> None: ...

class ListObligationsRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "order_by", "filter")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    ORDER_BY_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    order_by: str
    filter: _obligation_pb2.ObligationFilter
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., order_by: _Optional[str] = ..., filter: _Optional[_Union[_obligation_pb2.ObligationFilter, _Mapping]] = ...) -> None: ...

class ListObligationsResponse(_message.Message):
    __slots__ = ("obligations", "next_page_token", "as_of", "freshness", "notices")
    OBLIGATIONS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    FRESHNESS_FIELD_NUMBER: _ClassVar[int]
    NOTICES_FIELD_NUMBER: _ClassVar[int]
    obligations: _containers.RepeatedCompositeFieldContainer[_obligation_pb2.Obligation]
    next_page_token: str
    as_of: _timestamp_pb2.Timestamp
    freshness: _containers.RepeatedCompositeFieldContainer[_obligation_pb2.SourceFreshness]
    notices: _containers.RepeatedCompositeFieldContainer[_obligation_pb2.Notice]
    def __init__(self, obligations: _Optional[_Iterable[_Union[_obligation_pb2.Obligation, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., as_of: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., freshness: _Optional[_Iterable[_Union[_obligation_pb2.SourceFreshness, _Mapping]]] = ..., notices: _Optional[_Iterable[_Union[_obligation_pb2.Notice, _Mapping]]] = ...) -> None: ...
