"""gRPC: PublishingService. Translates, hands over to the desk, translates back."""

from __future__ import annotations

from collections.abc import Iterable

import grpc
import orjson

from chuanyu.contracts.pb.io.cloudevents.v1.cloudevents_pb2 import CloudEvent
from chuanyu.contracts.pb.publishing.v1 import publishing_pb2 as pb
from chuanyu.contracts.pb.publishing.v1 import publishing_pb2_grpc
from chuanyu.domain.routing import Routing
from chuanyu.domain.violations import Violation, violation
from chuanyu.gateway.accept import Desk, Result
from chuanyu.gateway.envelope import Submission
from chuanyu.gateway.forwarded import HEADER, combined
from chuanyu.gateway.identity import Doorkeeper
from chuanyu.kernel.envelope import instant
from chuanyu.kernel.front import Front
from chuanyu.kernel.rpc import Identify, caller

_OUTCOMES = {
    "accepted": pb.SUBMISSION_OUTCOME_ACCEPTED,
    "duplicate": pb.SUBMISSION_OUTCOME_DUPLICATE,
    "refused": pb.SUBMISSION_OUTCOME_REFUSED,
}


def identifier(doorkeeper: Doorkeeper, front: Front) -> Identify:
    """Who calls, for `kernel.rpc.Edge`: by the certificate that the front or the router saw, by the `authorization` metadata, or both."""

    def identify(context: grpc.aio.ServicerContext) -> object:
        given = context.invocation_metadata() or ()
        return doorkeeper.identify(front.peer(context.peer()), combined(given, "authorization"), combined(given, HEADER))

    return identify


class Publishing(publishing_pb2_grpc.PublishingServiceServicer):
    """The front door. Behind `kernel.rpc.Edge`, which names the caller and turns refusals and faults into statuses."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def SubmitEvents(self, request: pb.SubmitEventsRequest, context: grpc.aio.ServicerContext) -> pb.SubmitEventsResponse:
        """One result an event, in order."""
        submissions = [_submission(event) for event in request.events]
        results = await self._desk.submit(caller(), submissions, keep=not request.validate_only)
        return pb.SubmitEventsResponse(results=[_result(one, request.return_data) for one in results])


def _submission(event: CloudEvent) -> Submission:
    attributes = {name: _text(value) for name, value in event.attributes.items()}
    data, faults = _data(event)
    return Submission(
        id=event.id,
        source=event.source,
        type=event.type,
        specversion=event.spec_version,
        time=attributes.pop("time", None),
        data=data,
        attributes=attributes,
        faults=faults,
    )


def _data(event: CloudEvent) -> tuple[object, tuple[Violation, ...]]:
    kind = event.WhichOneof("data")
    if kind not in ("text_data", "binary_data"):
        return None, (violation("data_malformed", "data"),)
    try:
        return orjson.loads(getattr(event, kind)), ()
    except orjson.JSONDecodeError:
        return None, (violation("data_malformed", "data"),)


def _text(value: CloudEvent.CloudEventAttributeValue) -> str:
    kind = value.WhichOneof("attr")
    if kind == "ce_timestamp":
        return instant(value.ce_timestamp.ToMilliseconds())
    given = getattr(value, kind) if kind else ""
    return given.decode("latin-1") if isinstance(given, bytes) else str(given).lower() if isinstance(given, bool) else str(given)


def _result(result: Result, with_data: bool) -> pb.SubmissionResult:
    answer = pb.SubmissionResult(
        submission_id=result.submission_id,
        outcome=_OUTCOMES[result.outcome],
        event_id=str(result.event_id or ""),
        case_id=result.case_id or "",
        violations=_violations(result.violations),
        warnings=_violations(result.warnings),
        status=result.status,
        current_event_id=str(result.current or ""),
    )
    if with_data and (data := result.data()) is not None:
        answer.data_json = orjson.dumps(data).decode()
    if with_data and result.routing:
        answer.routing.CopyFrom(_routing(result.routing))
    return answer


def _violations(violations: Iterable[Violation]) -> list[pb.Violation]:
    return [pb.Violation(field=v.field, code=v.code, zh=v.zh, en=v.en) for v in violations]


def _routing(routing: Routing) -> pb.Routing:
    return pb.Routing(
        producer_province=routing.producer_province or "",
        sampled_province=routing.sampled_province or "",
        cross_province=routing.cross_province,
        flagged=dict.fromkeys(ower.code for ower in routing.owers),
    )
