import datetime

from chuanyu.contracts.pb.recognition.v1 import evidence_pb2 as _evidence_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class EnterpriseStanding(_message.Message):
    __slots__ = ("enterprise", "sanctions", "recalls", "failures", "as_of", "freshness", "names", "incomplete")
    ENTERPRISE_FIELD_NUMBER: _ClassVar[int]
    SANCTIONS_FIELD_NUMBER: _ClassVar[int]
    RECALLS_FIELD_NUMBER: _ClassVar[int]
    FAILURES_FIELD_NUMBER: _ClassVar[int]
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    FRESHNESS_FIELD_NUMBER: _ClassVar[int]
    NAMES_FIELD_NUMBER: _ClassVar[int]
    INCOMPLETE_FIELD_NUMBER: _ClassVar[int]
    enterprise: _evidence_pb2.Party
    sanctions: _containers.RepeatedCompositeFieldContainer[LiveSanction]
    recalls: _containers.RepeatedCompositeFieldContainer[OpenRecall]
    failures: _containers.RepeatedCompositeFieldContainer[RecentFailure]
    as_of: _timestamp_pb2.Timestamp
    freshness: _containers.RepeatedCompositeFieldContainer[_evidence_pb2.SourceFreshness]
    names: _containers.RepeatedScalarFieldContainer[str]
    incomplete: bool
    def __init__(self, enterprise: _Optional[_Union[_evidence_pb2.Party, _Mapping]] = ..., sanctions: _Optional[_Iterable[_Union[LiveSanction, _Mapping]]] = ..., recalls: _Optional[_Iterable[_Union[OpenRecall, _Mapping]]] = ..., failures: _Optional[_Iterable[_Union[RecentFailure, _Mapping]]] = ..., as_of: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., freshness: _Optional[_Iterable[_Union[_evidence_pb2.SourceFreshness, _Mapping]]] = ..., names: _Optional[_Iterable[str]] = ..., incomplete: _Optional[bool] = ...) -> None: ...

class LiveSanction(_message.Message):
    __slots__ = ("case_id", "province", "list", "severity", "decision_no", "authority", "grounds", "measures", "in_force_from", "in_force_until", "evidence")
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    PROVINCE_FIELD_NUMBER: _ClassVar[int]
    LIST_FIELD_NUMBER: _ClassVar[int]
    SEVERITY_FIELD_NUMBER: _ClassVar[int]
    DECISION_NO_FIELD_NUMBER: _ClassVar[int]
    AUTHORITY_FIELD_NUMBER: _ClassVar[int]
    GROUNDS_FIELD_NUMBER: _ClassVar[int]
    MEASURES_FIELD_NUMBER: _ClassVar[int]
    IN_FORCE_FROM_FIELD_NUMBER: _ClassVar[int]
    IN_FORCE_UNTIL_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_FIELD_NUMBER: _ClassVar[int]
    case_id: str
    province: str
    list: str
    severity: str
    decision_no: str
    authority: str
    grounds: str
    measures: _containers.RepeatedScalarFieldContainer[str]
    in_force_from: str
    in_force_until: str
    evidence: _evidence_pb2.Evidence
    def __init__(self, case_id: _Optional[str] = ..., province: _Optional[str] = ..., list: _Optional[str] = ..., severity: _Optional[str] = ..., decision_no: _Optional[str] = ..., authority: _Optional[str] = ..., grounds: _Optional[str] = ..., measures: _Optional[_Iterable[str]] = ..., in_force_from: _Optional[str] = ..., in_force_until: _Optional[str] = ..., evidence: _Optional[_Union[_evidence_pb2.Evidence, _Mapping]] = ...) -> None: ...

class OpenRecall(_message.Message):
    __slots__ = ("case_id", "province", "regime", "level", "status", "products", "defect", "started_on", "notice_url", "evidence")
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    PROVINCE_FIELD_NUMBER: _ClassVar[int]
    REGIME_FIELD_NUMBER: _ClassVar[int]
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    PRODUCTS_FIELD_NUMBER: _ClassVar[int]
    DEFECT_FIELD_NUMBER: _ClassVar[int]
    STARTED_ON_FIELD_NUMBER: _ClassVar[int]
    NOTICE_URL_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_FIELD_NUMBER: _ClassVar[int]
    case_id: str
    province: str
    regime: str
    level: str
    status: str
    products: _containers.RepeatedScalarFieldContainer[str]
    defect: str
    started_on: str
    notice_url: str
    evidence: _evidence_pb2.Evidence
    def __init__(self, case_id: _Optional[str] = ..., province: _Optional[str] = ..., regime: _Optional[str] = ..., level: _Optional[str] = ..., status: _Optional[str] = ..., products: _Optional[_Iterable[str]] = ..., defect: _Optional[str] = ..., started_on: _Optional[str] = ..., notice_url: _Optional[str] = ..., evidence: _Optional[_Union[_evidence_pb2.Evidence, _Mapping]] = ...) -> None: ...

class RecentFailure(_message.Message):
    __slots__ = ("case_id", "province", "sample_no", "product", "items", "taken_on", "role", "evidence")
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    PROVINCE_FIELD_NUMBER: _ClassVar[int]
    SAMPLE_NO_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    TAKEN_ON_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_FIELD_NUMBER: _ClassVar[int]
    case_id: str
    province: str
    sample_no: str
    product: str
    items: _containers.RepeatedScalarFieldContainer[str]
    taken_on: str
    role: str
    evidence: _evidence_pb2.Evidence
    def __init__(self, case_id: _Optional[str] = ..., province: _Optional[str] = ..., sample_no: _Optional[str] = ..., product: _Optional[str] = ..., items: _Optional[_Iterable[str]] = ..., taken_on: _Optional[str] = ..., role: _Optional[str] = ..., evidence: _Optional[_Union[_evidence_pb2.Evidence, _Mapping]] = ...) -> None: ...
