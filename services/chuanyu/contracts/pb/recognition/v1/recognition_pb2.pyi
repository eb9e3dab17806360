import datetime

from chuanyu.contracts.pb.recognition.v1 import enterprise_pb2 as _enterprise_pb2
from chuanyu.contracts.pb.recognition.v1 import evidence_pb2 as _evidence_pb2
from chuanyu.contracts.pb.recognition.v1 import spot_check_pb2 as _spot_check_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class RecognitionStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RECOGNITION_STATUS_UNSPECIFIED: _ClassVar[RecognitionStatus]
    RECOGNITION_STATUS_RECOGNISED: _ClassVar[RecognitionStatus]
    RECOGNITION_STATUS_CONDITIONAL: _ClassVar[RecognitionStatus]
    RECOGNITION_STATUS_NOT_RECOGNISED: _ClassVar[RecognitionStatus]
    RECOGNITION_STATUS_UNKNOWN: _ClassVar[RecognitionStatus]
RECOGNITION_STATUS_UNSPECIFIED: RecognitionStatus
RECOGNITION_STATUS_RECOGNISED: RecognitionStatus
RECOGNITION_STATUS_CONDITIONAL: RecognitionStatus
RECOGNITION_STATUS_NOT_RECOGNISED: RecognitionStatus
RECOGNITION_STATUS_UNKNOWN: RecognitionStatus

class CheckRecognitionRequest(_message.Message):
    __slots__ = ("sample", "report", "laboratory", "certificate", "product", "enterprise", "on", "purpose")
    SAMPLE_FIELD_NUMBER: _ClassVar[int]
    REPORT_FIELD_NUMBER: _ClassVar[int]
    LABORATORY_FIELD_NUMBER: _ClassVar[int]
    CERTIFICATE_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    ENTERPRISE_FIELD_NUMBER: _ClassVar[int]
    ON_FIELD_NUMBER: _ClassVar[int]
    PURPOSE_FIELD_NUMBER: _ClassVar[int]
    sample: SampleQuestion
    report: ReportQuestion
    laboratory: LaboratoryQuestion
    certificate: CertificateQuestion
    product: ProductQuestion
    enterprise: EnterpriseQuestion
    on: str
    purpose: str
    def __init__(self, sample: _Optional[_Union[SampleQuestion, _Mapping]] = ..., report: _Optional[_Union[ReportQuestion, _Mapping]] = ..., laboratory: _Optional[_Union[LaboratoryQuestion, _Mapping]] = ..., certificate: _Optional[_Union[CertificateQuestion, _Mapping]] = ..., product: _Optional[_Union[ProductQuestion, _Mapping]] = ..., enterprise: _Optional[_Union[EnterpriseQuestion, _Mapping]] = ..., on: _Optional[str] = ..., purpose: _Optional[str] = ...) -> None: ...

class SampleQuestion(_message.Message):
    __slots__ = ("sample_no",)
    SAMPLE_NO_FIELD_NUMBER: _ClassVar[int]
    sample_no: str
    def __init__(self, sample_no: _Optional[str] = ...) -> None: ...

class ReportQuestion(_message.Message):
    __slots__ = ("cma_no", "report_no", "issued_on", "digest", "bears_cma_mark", "internal_reference_only")
    CMA_NO_FIELD_NUMBER: _ClassVar[int]
    REPORT_NO_FIELD_NUMBER: _ClassVar[int]
    ISSUED_ON_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    BEARS_CMA_MARK_FIELD_NUMBER: _ClassVar[int]
    INTERNAL_REFERENCE_ONLY_FIELD_NUMBER: _ClassVar[int]
    cma_no: str
    report_no: str
    issued_on: str
    digest: str
    bears_cma_mark: bool
    internal_reference_only: bool
    def __init__(self, cma_no: _Optional[str] = ..., report_no: _Optional[str] = ..., issued_on: _Optional[str] = ..., digest: _Optional[str] = ..., bears_cma_mark: _Optional[bool] = ..., internal_reference_only: _Optional[bool] = ...) -> None: ...

class LaboratoryQuestion(_message.Message):
    __slots__ = ("number", "parameter", "standard")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    PARAMETER_FIELD_NUMBER: _ClassVar[int]
    STANDARD_FIELD_NUMBER: _ClassVar[int]
    number: str
    parameter: str
    standard: str
    def __init__(self, number: _Optional[str] = ..., parameter: _Optional[str] = ..., standard: _Optional[str] = ...) -> None: ...

class CertificateQuestion(_message.Message):
    __slots__ = ("kind", "number", "holder", "product")
    KIND_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    HOLDER_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    kind: str
    number: str
    holder: str
    product: str
    def __init__(self, kind: _Optional[str] = ..., number: _Optional[str] = ..., holder: _Optional[str] = ..., product: _Optional[str] = ...) -> None: ...

class ProductQuestion(_message.Message):
    __slots__ = ("name", "producer")
    NAME_FIELD_NUMBER: _ClassVar[int]
    PRODUCER_FIELD_NUMBER: _ClassVar[int]
    name: str
    producer: str
    def __init__(self, name: _Optional[str] = ..., producer: _Optional[str] = ...) -> None: ...

class EnterpriseQuestion(_message.Message):
    __slots__ = ("enterprise",)
    ENTERPRISE_FIELD_NUMBER: _ClassVar[int]
    enterprise: str
    def __init__(self, enterprise: _Optional[str] = ...) -> None: ...

class CheckRecognitionResponse(_message.Message):
    __slots__ = ("status", "reasons", "conditions", "evidence", "valid_until", "as_of", "freshness", "request_digest", "candidates")
    STATUS_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    CONDITIONS_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_FIELD_NUMBER: _ClassVar[int]
    VALID_UNTIL_FIELD_NUMBER: _ClassVar[int]
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    FRESHNESS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_DIGEST_FIELD_NUMBER: _ClassVar[int]
    CANDIDATES_FIELD_NUMBER: _ClassVar[int]
    status: RecognitionStatus
    reasons: _containers.RepeatedCompositeFieldContainer[Reason]
    conditions: _containers.RepeatedCompositeFieldContainer[Condition]
    evidence: _containers.RepeatedCompositeFieldContainer[_evidence_pb2.Evidence]
    valid_until: _timestamp_pb2.Timestamp
    as_of: _timestamp_pb2.Timestamp
    freshness: _containers.RepeatedCompositeFieldContainer[_evidence_pb2.SourceFreshness]
    request_digest: str
    candidates: _containers.RepeatedCompositeFieldContainer[Candidate]
    def __init__(self, status: _Optional[_Union[RecognitionStatus, str]] = ..., reasons: _Optional[_Iterable[_Union[Reason, _Mapping]]] = ..., conditions: _Optional[_Iterable[_Union[Condition, _Mapping]]] = ..., evidence: _Optional[_Iterable[_Union[_evidence_pb2.Evidence, _Mapping]]] = ..., valid_until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., as_of: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., freshness: _Optional[_Iterable[_Union[_evidence_pb2.SourceFreshness, _Mapping]]] = ..., request_digest: _Optional[str] = ..., candidates: _Optional[_Iterable[_Union[Candidate, _Mapping]]] = ...) -> None: ...

class Reason(_message.Message):
    __slots__ = ("code", "zh", "en", "rule", "source", "source_certainty", "leads_to")
    CODE_FIELD_NUMBER: _ClassVar[int]
    ZH_FIELD_NUMBER: _ClassVar[int]
    EN_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_CERTAINTY_FIELD_NUMBER: _ClassVar[int]
    LEADS_TO_FIELD_NUMBER: _ClassVar[int]
    code: str
    zh: str
    en: str
    rule: str
    source: str
    source_certainty: str
    leads_to: RecognitionStatus
    def __init__(self, code: _Optional[str] = ..., zh: _Optional[str] = ..., en: _Optional[str] = ..., rule: _Optional[str] = ..., source: _Optional[str] = ..., source_certainty: _Optional[str] = ..., leads_to: _Optional[_Union[RecognitionStatus, str]] = ...) -> None: ...

class Condition(_message.Message):
    __slots__ = ("code", "zh", "en", "until")
    CODE_FIELD_NUMBER: _ClassVar[int]
    ZH_FIELD_NUMBER: _ClassVar[int]
    EN_FIELD_NUMBER: _ClassVar[int]
    UNTIL_FIELD_NUMBER: _ClassVar[int]
    code: str
    zh: str
    en: str
    until: _timestamp_pb2.Timestamp
    def __init__(self, code: _Optional[str] = ..., zh: _Optional[str] = ..., en: _Optional[str] = ..., until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Candidate(_message.Message):
    __slots__ = ("key", "label", "province")
    KEY_FIELD_NUMBER: _ClassVar[int]
    LABEL_FIELD_NUMBER: _ClassVar[int]
    PROVINCE_FIELD_NUMBER: _ClassVar[int]
    key: str
    label: str
    province: str
    def __init__(self, key: _Optional[str] = ..., label: _Optional[str] = ..., province: _Optional[str] = ...) -> None: ...

class GetSpotCheckRequest(_message.Message):
    __slots__ = ("case_id", "sample_no")
    CASE_ID_FIELD_NUMBER: _ClassVar[int]
    SAMPLE_NO_FIELD_NUMBER: _ClassVar[int]
    case_id: str
    sample_no: str
    def __init__(self, case_id: _Optional[str] = ..., sample_no: _Optional[str] = ...) -> None: ...

class ListSpotChecksRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "order_by", "filter")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    ORDER_BY_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    order_by: str
    filter: _spot_check_pb2.SpotCheckFilter
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., order_by: _Optional[str] = ..., filter: _Optional[_Union[_spot_check_pb2.SpotCheckFilter, _Mapping]] = ...) -> None: ...

class ListSpotChecksResponse(_message.Message):
    __slots__ = ("spot_checks", "next_page_token", "freshness")
    SPOT_CHECKS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    FRESHNESS_FIELD_NUMBER: _ClassVar[int]
    spot_checks: _containers.RepeatedCompositeFieldContainer[_spot_check_pb2.SpotCheck]
    next_page_token: str
    freshness: _containers.RepeatedCompositeFieldContainer[_evidence_pb2.SourceFreshness]
    def __init__(self, spot_checks: _Optional[_Iterable[_Union[_spot_check_pb2.SpotCheck, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., freshness: _Optional[_Iterable[_Union[_evidence_pb2.SourceFreshness, _Mapping]]] = ...) -> None: ...

class GetEnterpriseStandingRequest(_message.Message):
    __slots__ = ("enterprise",)
    ENTERPRISE_FIELD_NUMBER: _ClassVar[int]
    enterprise: str
    def __init__(self, enterprise: _Optional[str] = ...) -> None: ...
