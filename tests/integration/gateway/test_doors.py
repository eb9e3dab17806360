"""Both doors over real TLS: who is let in, what is answered, and that one set of rules stands behind both."""

from __future__ import annotations

import asyncio
import ssl
from typing import Any

import grpc
import httpx
import orjson
import pytest
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from chuanyu.contracts.pb.io.cloudevents.v1.cloudevents_pb2 import CloudEvent
from chuanyu.contracts.pb.publishing.v1 import publishing_pb2 as pb
from chuanyu.contracts.pb.publishing.v1 import publishing_pb2_grpc
from chuanyu.embedded.certificates import Credential
from chuanyu.gateway.envelope import Submission
from chuanyu.gateway.rest import ONE, SEVERAL
from chuanyu.kernel.metrics import REGISTRY
from kit import said

from .conftest import Doors

ACCEPTED = pb.SUBMISSION_OUTCOME_ACCEPTED


def event(submission: Submission) -> CloudEvent:
    made = CloudEvent(id=submission.id, source=submission.source, spec_version="1.0", type=submission.type)
    made.text_data = orjson.dumps(submission.data).decode()
    if submission.time:
        made.attributes["time"].ce_string = submission.time
    return made


def structured(submission: Submission) -> dict[str, Any]:
    made = {"specversion": "1.0", "id": submission.id, "source": submission.source, "type": submission.type, "data": submission.data}
    return made | ({"time": submission.time} if submission.time else {})


async def call(
    doors: Doors,
    *submissions: Submission,
    certificate: Credential | None = None,
    token: str | None = None,
    timeout: float | None = 10,
    **request: Any,
) -> pb.SubmitEventsResponse:
    pair = (certificate.key.read_bytes(), certificate.certificate.read_bytes()) if certificate else (None, None)
    credentials = grpc.ssl_channel_credentials(doors.authority.certificate_file.read_bytes(), *pair)
    apart = [("grpc.use_local_subchannel_pool", 1)]
    async with grpc.aio.secure_channel(f"127.0.0.1:{doors.grpc}", credentials, options=apart) as channel:
        stub = publishing_pb2_grpc.PublishingServiceStub(channel)
        metadata = (("authorization", token),) if token else ()
        asked = pb.SubmitEventsRequest(events=[event(one) for one in submissions], **request)
        return await stub.SubmitEvents(asked, timeout=timeout, metadata=metadata)  # type: ignore[no-any-return]


def client(doors: Doors, certificate: Credential | None = None, token: str | None = None) -> httpx.AsyncClient:
    context = ssl.create_default_context(cafile=str(doors.authority.certificate_file))
    if certificate:
        context.load_cert_chain(certificate.certificate, certificate.key)
    headers = {"authorization": token} if token else {}
    return httpx.AsyncClient(verify=context, base_url=f"https://127.0.0.1:{doors.rest}", headers=headers, trust_env=False)


async def post(doors: Doors, body: Any, kind: str = ONE, certificate: Credential | None = None, token: str | None = None) -> httpx.Response:
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    async with client(doors, certificate, token) as http:
        return await http.post("/v1/events", content=content, headers={"content-type": kind})


async def test_a_member_is_let_in_by_certificate_by_token_and_by_both(doors: Doors) -> None:
    mine = doors.certificate("chengdu-amr")
    for how in ({"certificate": mine}, {"token": doors.token("chengdu-amr")}, {"certificate": mine, "token": doors.token("chengdu-amr")}):
        answer = await call(doors, said.result(), validate_only=True, **how)
        assert answer.results[0].outcome == ACCEPTED
        told = await post(doors, structured(said.result("XBJ26510000300009")), **how)  # type: ignore[arg-type]
        assert told.status_code in (200, 201)


@pytest.mark.parametrize(
    ("who", "code", "reason", "status"),
    [
        ("nobody", "UNAUTHENTICATED", "IDENTITY_MISSING", 401),
        ("token of the other node", "UNAUTHENTICATED", "TOKEN_INVALID", 401),
        ("expired token", "UNAUTHENTICATED", "TOKEN_EXPIRED", 401),
        ("certificate and token differ", "UNAUTHENTICATED", "IDENTITIES_DIFFER", 401),
        ("certificate of the node itself", "UNAUTHENTICATED", "CERTIFICATE_NAMES_NOBODY", 401),
        ("member of the other node", "PERMISSION_DENIED", "MEMBER_UNKNOWN", 403),
    ],
)
async def test_s1_a_stranger_is_refused_at_both_doors_and_the_right_member_is_not(
    doors: Doors, who: str, code: str, reason: str, status: int
) -> None:
    how: dict[str, dict[str, Any]] = {
        "nobody": {},
        "token of the other node": {"token": doors.token("chengdu-amr", issuer="chuanyu:chongqing")},
        "expired token": {"token": doors.token("chengdu-amr", days=-1)},
        "certificate and token differ": {"certificate": doors.certificate("sichuan-amr"), "token": doors.token("chengdu-amr")},
        "certificate of the node itself": {"certificate": doors.authority.server(doors.folder / "server", "sichuan")},
        "member of the other node": {"certificate": doors.certificate("wanzhou-amr")},
    }
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await call(doors, said.result(), **how[who])
    assert (refused.value.code().name, _reason(refused.value)) == (code, reason)
    told = await post(doors, structured(said.result()), **how[who])
    assert (told.status_code, told.json()["code"]) == (status, reason.lower())
    assert told.headers["content-type"] == "application/problem+json"
    assert (await call(doors, said.result(), certificate=doors.certificate("chengdu-amr"))).results[0].outcome == ACCEPTED


async def test_s1_a_certificate_of_another_authority_does_not_get_through_the_handshake(doors: Doors) -> None:
    stranger = doors.certificate("chengdu-amr", doors.foreign)
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await call(doors, said.result(), certificate=stranger, token=doors.token("chengdu-amr"))
    assert refused.value.code() is grpc.StatusCode.UNAVAILABLE
    with pytest.raises(httpx.TransportError):
        await post(doors, structured(said.result()), certificate=stranger)
    assert (await post(doors, structured(said.result()), certificate=doors.certificate("chengdu-amr"))).status_code == 201


async def test_s1_plain_text_is_no_way_in(doors: Doors) -> None:
    for port in (doors.grpc, doors.rest):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /v1/events HTTP/1.1\r\nHost: x\r\n\r\n")
        assert not (await asyncio.wait_for(reader.read(), 10)).startswith(b"HTTP/")
        writer.close()


async def test_s8_what_a_member_may_not_say_is_denied_at_both_doors_and_written_down(
    doors: Doors, capfd: pytest.CaptureFixture[str]
) -> None:
    mine = doors.certificate("chengdu-amr")
    (result,) = (await call(doors, said.result(source="/chongqing/chongqing-amr"), certificate=mine)).results
    assert (result.outcome, result.status) == (pb.SUBMISSION_OUTCOME_REFUSED, "PERMISSION_DENIED")
    told = await post(doors, structured(said.result(changes={"sampled_unit.party.division": "511502"})), certificate=mine)
    assert (told.status_code, told.json()["violations"][0]["field"]) == (403, "sampled_unit.party.division")
    lines = [line for stream in capfd.readouterr() for line in stream.splitlines() if "submission_denied" in line]
    assert len(lines) == 2 and all("chengdu-amr" in line and "PERMISSION_DENIED" in line for line in lines)


async def test_both_doors_know_what_was_said_at_the_other(doors: Doors) -> None:
    mine = doors.certificate("chengdu-amr")
    (first,) = (await call(doors, said.result(id="g-1"), certificate=mine, return_data=True)).results
    assert (first.submission_id, first.case_id) == ("g-1", "sichuan/spotcheck/XBJ26510000300001")
    assert orjson.loads(first.data_json)["head"]["case_id"] == first.case_id
    assert (first.routing.producer_province, first.routing.sampled_province, first.routing.cross_province) == ("500000", "510000", True)
    again = await post(doors, structured(said.result(id="r-1")), certificate=mine)
    assert again.status_code == 200
    assert again.json() == {
        "submission_id": "r-1", "outcome": "duplicate", "event_id": first.event_id, "case_id": first.case_id,
        "violations": [], "warnings": [{"field": w.field, "code": w.code, "zh": w.zh, "en": w.en} for w in first.warnings],
    }  # fmt: skip


async def test_a_contradiction_is_a_conflict_that_says_how_to_correct(doors: Doors) -> None:
    mine = doors.certificate("chengdu-amr")
    first = (await post(doors, structured(said.result()), certificate=mine)).json()
    other = said.result(changes={"product.name": "别的食品"})
    told = await post(doors, structured(other), certificate=mine)
    assert (told.status_code, told.json()["code"], told.json()["outcome"]) == (409, "conflicting_content", "refused")
    assert told.json()["current_event_id"] == first["event_id"]
    (result,) = (await call(doors, other, certificate=mine)).results
    assert (result.status, result.current_event_id) == ("ALREADY_EXISTS", first["event_id"])


async def test_a_batch_has_one_result_an_event(doors: Doors) -> None:
    body = [structured(said.result("XBJ26510000300001")), structured(said.result("bad")), structured(said.result("XBJ26510000300001")), 7]
    told = await post(doors, body, SEVERAL, doors.certificate("chengdu-amr"))
    assert told.status_code == 200
    assert [one["outcome"] for one in told.json()] == ["accepted", "refused", "duplicate", "refused"]


async def test_only_judging_over_rest_stores_nothing(doors: Doors) -> None:
    async with client(doors, doors.certificate("chengdu-amr")) as http:
        headers, body = {"content-type": ONE}, orjson.dumps(structured(said.result()))
        would = await http.post("/v1/events?validate_only=true", content=body, headers=headers)
        assert (would.status_code, would.json()["outcome"], would.json()["event_id"]) == (200, "accepted", None)
        assert (await http.post("/v1/events", content=body, headers=headers)).status_code == 201


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b"{", ONE, 400, "body_malformed"),
        (b"[]", ONE, 400, "event_malformed"),
        (b"{}", SEVERAL, 400, "event_malformed"),
        (b"[]", SEVERAL, 400, "events_missing"),
        (b"\xff\xfe", ONE, 400, "body_malformed"),
        (b"{}", "application/json", 400, "content_type_unknown"),
        (b"{}", ONE, 422, "specversion_unknown"),
        (b"[" * 5_000, ONE, 400, "body_malformed"),
        (b" " * (9 * 1024 * 1024), ONE, 429, "request_too_large"),
    ],
)
async def test_s5_a_body_of_any_kind_gets_a_problem(doors: Doors, body: bytes, kind: str, status: int, code: str) -> None:
    told = await post(doors, body, kind, doors.certificate("chengdu-amr"))
    assert (told.status_code, told.json()["code"]) == (status, code)
    assert told.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"id": 7}, {"id"}),
        ({"source": None, "type": ["x"]}, {"source", "type"}),
        ({"time": 5}, {"time"}),
        ({"Bad-Name": "x"}, {"Bad-Name"}),
        ({"subject": ""}, {"subject"}),
        ({"data_base64": "AA=="}, {"data_base64"}),
    ],
)
async def test_a_malformed_event_is_told_every_attribute(doors: Doors, change: dict[str, Any], fields: set[str]) -> None:
    told = await post(doors, structured(said.result()) | change, ONE, doors.certificate("chengdu-amr"))
    assert fields <= {v["field"] for v in told.json()["violations"]}


async def test_a_call_needs_a_deadline_and_a_request_a_size(doors: Doors) -> None:
    mine = doors.certificate("chengdu-amr")
    for how, reason in (({"timeout": None}, "DEADLINE_MISSING"), ({}, "EVENTS_MISSING")):
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await call(doors, *([said.result()] if how else []), certificate=mine, **how)
        assert (refused.value.code().name, _reason(refused.value)) == ("INVALID_ARGUMENT", reason)
        assert refused.value.details()


async def test_data_that_are_no_json_are_refused(doors: Doors) -> None:
    (result,) = (await call(doors, said.said("spotcheck.result_reported", {}), certificate=doors.certificate("chengdu-amr"))).results
    assert result.status == "INVALID_ARGUMENT" and len(result.violations) > 3


async def test_health_needs_no_name_and_everything_else_does(doors: Doors) -> None:
    async with client(doors) as http:
        assert [(await http.get(path)).status_code for path in ("/healthz", "/readyz")] == [200, 200]
        assert {(await http.get(path)).status_code for path in ("/", "/v1/events", "/healthz/", "/v1/spotChecks", "/docs")} == {401}


async def test_what_was_answered_is_counted(doors: Doors) -> None:
    def count(outcome: str) -> float:
        return REGISTRY.get_sample_value("chuanyu_accepted_total", {"family": "spotcheck", "outcome": outcome}) or 0.0

    before = [count(outcome) for outcome in ("accepted", "duplicate", "refused")]
    await call(doors, said.result(), said.result(), said.result("bad"), certificate=doors.certificate("chengdu-amr"))
    assert [count(outcome) for outcome in ("accepted", "duplicate", "refused")] == [one + 1 for one in before]


def _reason(error: grpc.aio.AioRpcError) -> str:
    info = error_details_pb2.ErrorInfo()
    for detail in rpc_status.from_call(error).details:
        if detail.Unpack(info):
            return str(info.reason)
    return ""
