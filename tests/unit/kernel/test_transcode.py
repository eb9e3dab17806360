"""Messages as JSON and requests from query parameters."""

from __future__ import annotations

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from chuanyu.contracts.pb.recognition.v1 import evidence_pb2, recognition_pb2, spot_check_pb2
from chuanyu.kernel.transcode import ParameterWrong, from_query, to_json


def test_every_field_is_there_and_what_is_not_set_is_null() -> None:
    told = to_json(
        recognition_pb2.CheckRecognitionResponse(status="RECOGNITION_STATUS_UNKNOWN", valid_until=Timestamp(seconds=1, nanos=5_000_000))
    )
    assert told["status"] == "UNKNOWN" and told["valid_until"] == "1970-01-01T00:00:01.005Z"
    assert told["as_of"] is None and told["request_digest"] is None and told["reasons"] == []
    assert to_json(evidence_pb2.Evidence(sequence=2**40))["sequence"] == 2**40
    assert to_json(evidence_pb2.SourceFreshness(province="sichuan"))["age_seconds"] is None
    assert to_json(spot_check_pb2.SpotCheck())["verdict"] is None


def test_parameters_are_paths_to_the_requests_fields() -> None:
    asked = from_query(
        recognition_pb2.ListSpotChecksRequest,
        [("page_size", "7"), ("filter.verdict", "failed"), ("filter.cross_province", "true"), ("filter.product", "白酒")],
    )
    assert asked == recognition_pb2.ListSpotChecksRequest(
        page_size=7, filter={"verdict": "VERDICT_FAILED", "cross_province": True, "product": "白酒"}
    )


def test_an_empty_question_is_still_a_question() -> None:
    asked = from_query(recognition_pb2.CheckRecognitionRequest, [("sample.sample_no", "")])
    assert asked.WhichOneof("question") == "sample"


@pytest.mark.parametrize(
    "parameters",
    [
        [("nothing", "1")],
        [("filter", "1")],
        [("filter.nothing", "1")],
        [("page_size.x", "1")],
        [("page_size", "many")],
        [("page_size", "99999999999")],
        [("filter.verdict", "GOOD")],
        [("filter.cross_province", "perhaps")],
        [("page_size", "1"), ("page_size", "2")],
    ],
    ids=str,
)
def test_what_the_request_cannot_hold_is_named(parameters: list[tuple[str, str]]) -> None:
    with pytest.raises(ParameterWrong) as wrong:
        from_query(recognition_pb2.ListSpotChecksRequest, parameters)
    assert wrong.value.name == parameters[-1][0]
