import datetime

from chuanyu.contracts.pb.recognition.v1 import evidence_pb2 as _evidence_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SpotCheckState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SPOT_CHECK_STATE_UNSPECIFIED: _ClassVar[SpotCheckState]
    SPOT_CHECK_STATE_STANDING: _ClassVar[SpotCheckState]
    SPOT_CHECK_STATE_WITHDRAWN: _ClassVar[SpotCheckState]
    SPOT_CHECK_STATE_OVERTURNED: _ClassVar[SpotCheckState]

class Verdict(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    VERDICT_UNSPECIFIED: _ClassVar[Verdict]
    VERDICT_PASSED: _ClassVar[Verdict]
    VERDICT_FAILED: _ClassVar[Verdict]
    VERDICT_PROBLEM: _ClassVar[Verdict]
SPOT_CHECK_STATE_UNSPECIFIED: SpotCheckState
SPOT_CHECK_STATE_STANDING: SpotCheckState
SPOT_CHECK_STATE_WITHDRAWN: SpotCheckState
SPOT_CHECK_STATE_OVERTURNED: SpotCheckState
VERDICT_UNSPECIFIED: Verdict
VERDICT_PASSED: Verdict
VERDICT_FAILED: Verdict
VERDICT_PROBLEM: Verdict

class SpotCheck(_message.Message):
    __slots__ = ("case_id", "sample_no", "province", "state", "verdict", "task_type", "task_level", "campaign", "labelled_producer", "sampled_unit", "product", "taken_on", "laboratory", "report_no", "report_issued_on", "items", "cross_province", "recorded_at", "evidence")
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    SAMPLE_NO_FIELD_NUMBER: _ClassVar[int]
    PROVINCE_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    TASK_TYPE_FIELD_NUMBER: _ClassVar[int]
    TASK_LEVEL_FIELD_NUMBER: _ClassVar[int]
    CAMPAIGN_FIELD_NUMBER: _ClassVar[int]
    LABELLED_PRODUCER_FIELD_NUMBER: _ClassVar[int]
    SAMPLED_UNIT_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    TAKEN_ON_FIELD_NUMBER: _ClassVar[int]
    LABORATORY_FIELD_NUMBER: _ClassVar[int]
    REPORT_NO_FIELD_NUMBER: _ClassVar[int]
    REPORT_ISSUED_ON_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    CROSS_PROVINCE_FIELD_NUMBER: _ClassVar[int]
    RECORDED_AT_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_FIELD_NUMBER: _ClassVar[int]
    case_id: str
    sample_no: str
    province: str
    state: SpotCheckState
    verdict: Verdict
    task_type: str
    task_level: str
    campaign: str
    labelled_producer: _evidence_pb2.Party
    sampled_unit: _evidence_pb2.Party
    product: Product
    taken_on: str
    laboratory: Laboratory
    report_no: str
    report_issued_on: str
    items: _containers.RepeatedCompositeFieldContainer[TestedItem]
    cross_province: bool
    recorded_at: _timestamp_pb2.Timestamp
    evidence: _containers.RepeatedCompositeFieldContainer[_evidence_pb2.Evidence]
    def __init__(self, case_id: _Optional[str] = ..., sample_no: _Optional[str] = ..., province: _Optional[str] = ..., state: _Optional[_Union[SpotCheckState, str]] = ..., verdict: _Optional[_Union[Verdict, str]] = ..., task_type: _Optional[str] = ..., task_level: _Optional[str] = ..., campaign: _Optional[str] = ..., labelled_producer: _Optional[_Union[_evidence_pb2.Party, _Mapping]] = ..., sampled_unit: _Optional[_Union[_evidence_pb2.Party, _Mapping]] = ..., product: _Optional[_Union[Product, _Mapping]] = ..., taken_on: _Optional[str] = ..., laboratory: _Optional[_Union[Laboratory, _Mapping]] = ..., report_no: _Optional[str] = ..., report_issued_on: _Optional[str] = ..., items: _Optional[_Iterable[_Union[TestedItem, _Mapping]]] = ..., cross_province: _Optional[bool] = ..., recorded_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., evidence: _Optional[_Iterable[_Union[_evidence_pb2.Evidence, _Mapping]]] = ...) -> None: ...

class Product(_message.Message):
    __slots__ = ("name", "category", "brand", "specification", "batch", "produced_on", "barcode")
    NAME_FIELD_NUMBER: _ClassVar[int]
    CATEGORY_FIELD_NUMBER: _ClassVar[int]
    BRAND_FIELD_NUMBER: _ClassVar[int]
    SPECIFICATION_FIELD_NUMBER: _ClassVar[int]
    BATCH_FIELD_NUMBER: _ClassVar[int]
    PRODUCED_ON_FIELD_NUMBER: _ClassVar[int]
    BARCODE_FIELD_NUMBER: _ClassVar[int]
    name: str
    category: _containers.RepeatedScalarFieldContainer[str]
    brand: str
    specification: str
    batch: str
    produced_on: str
    barcode: str
    def __init__(self, name: _Optional[str] = ..., category: _Optional[_Iterable[str]] = ..., brand: _Optional[str] = ..., specification: _Optional[str] = ..., batch: _Optional[str] = ..., produced_on: _Optional[str] = ..., barcode: _Optional[str] = ...) -> None: ...

class Laboratory(_message.Message):
    __slots__ = ("name", "cma_no", "cnas_no")
    NAME_FIELD_NUMBER: _ClassVar[int]
    CMA_NO_FIELD_NUMBER: _ClassVar[int]
    CNAS_NO_FIELD_NUMBER: _ClassVar[int]
    name: str
    cma_no: str
    cnas_no: str
    def __init__(self, name: _Optional[str] = ..., cma_no: _Optional[str] = ..., cnas_no: _Optional[str] = ...) -> None: ...

class TestedItem(_message.Message):
    __slots__ = ("name", "result_text", "limit_text", "unit", "verdict")
    NAME_FIELD_NUMBER: _ClassVar[int]
    RESULT_TEXT_FIELD_NUMBER: _ClassVar[int]
    LIMIT_TEXT_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    name: str
    result_text: str
    limit_text: str
    unit: str
    verdict: Verdict
    def __init__(self, name: _Optional[str] = ..., result_text: _Optional[str] = ..., limit_text: _Optional[str] = ..., unit: _Optional[str] = ..., verdict: _Optional[_Union[Verdict, str]] = ...) -> None: ...

class SpotCheckFilter(_message.Message):
    __slots__ = ("province", "verdict", "state", "producer", "sampled_unit", "producer_division", "sampled_division", "cma_no", "report_no", "sample_no", "product", "taken_from", "taken_to", "cross_province", "campaign")
    PROVINCE_FIELD_NUMBER: _ClassVar[int]
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    PRODUCER_FIELD_NUMBER: _ClassVar[int]
    SAMPLED_UNIT_FIELD_NUMBER: _ClassVar[int]
    PRODUCER_DIVISION_FIELD_NUMBER: _ClassVar[int]
    SAMPLED_DIVISION_FIELD_NUMBER: _ClassVar[int]
    CMA_NO_FIELD_NUMBER: _ClassVar[int]
    REPORT_NO_FIELD_NUMBER: _ClassVar[int]
    SAMPLE_NO_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    TAKEN_FROM_FIELD_NUMBER: _ClassVar[int]
    TAKEN_TO_FIELD_NUMBER: _ClassVar[int]
    CROSS_PROVINCE_FIELD_NUMBER: _ClassVar[int]
    CAMPAIGN_FIELD_NUMBER: _ClassVar[int]
    province: str
    verdict: Verdict
    state: SpotCheckState
    producer: str
    sampled_unit: str
    producer_division: str
    sampled_division: str
    cma_no: str
    report_no: str
    sample_no: str
    product: str
    taken_from: str
    taken_to: str
    cross_province: bool
    campaign: str
    def __init__(self, province: _Optional[str] = ..., verdict: _Optional[_Union[Verdict, str]] = ..., state: _Optional[_Union[SpotCheckState, str]] = ..., producer: _Optional[str] = ..., sampled_unit: _Optional[str] = ..., producer_division: _Optional[str] = ..., sampled_division: _Optional[str] = ..., cma_no: _Optional[str] = ..., report_no: _Optional[str] = ..., sample_no: _Optional[str] = ..., product: _Optional[str] = ..., taken_from: _Optional[str] = ..., taken_to: _Optional[str] = ..., cross_province: _Optional[bool] = ..., campaign: _Optional[str] = ...) -> None: ...
