"""gRPC: RecognitionService. Reads the question, finds what is filed, has it judged, translates back. REST stands on the same desk."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

import grpc
from google.protobuf.message import Message

from chuanyu.contracts.pb.recognition.v1 import enterprise_pb2, recognition_pb2_grpc, spot_check_pb2
from chuanyu.contracts.pb.recognition.v1 import recognition_pb2 as pb
from chuanyu.domain.dates import day_of, from_millis, to_days
from chuanyu.domain.text import compact
from chuanyu.domain.violations import violation
from chuanyu.kernel import log, metrics, rpc
from chuanyu.kernel.refusals import Kind, Refused
from chuanyu.kernel.store import AsyncConnection, faults
from chuanyu.recognition import answers, aside, listing, messages, questions, rules, search
from chuanyu.recognition.answers import Answer, Moment
from chuanyu.recognition.details import Certificate, Recall, Result, Sanction
from chuanyu.recognition.messages import Member, Reader
from chuanyu.recognition.policy import Status
from chuanyu.recognition.questions import PartyKey
from chuanyu.recognition.search import Filed, Scope


class Pool(Protocol):
    """Where connections come from: `Store.pool`."""

    def connection(self) -> Any: ...


class Ages(Protocol):
    """How old each province's data is for a service: `kernel.bus.freshness.Freshness`."""

    def ages(self, service: str) -> Mapping[str, float | None]: ...


Told = Callable[[str, str, Sequence[str]], None]
_SECONDS = metrics.RECOGNITION_SECONDS
_ANSWERS = {status: metrics.child(metrics.RECOGNITION_ANSWERS, status=status) for status in Status}


def _told(member: str, status: str, cases: Sequence[str]) -> None:
    """Each question is logged with who asked and for which case (domain 8.3)."""
    log.outcome("recognition_asked", member=member, outcome=status, count=len(cases), **({"case_id": cases[0]} if cases else {}))


class Desk:
    """Answers questions for gRPC and REST alike. Every method raises Refused, and Transient when the database is away.

    province: this node's · provinces: all of the bus · clock: ms · told: member, status, case ids of every answer, for the audit trail
    """

    def __init__(
        self,
        pool: Pool,
        ages: Ages,
        province: str,
        provinces: Sequence[str],
        *,
        clock: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        told: Told = _told,
    ) -> None:
        self._pool = pool
        self._ages = ages
        self._province = province
        self._provinces = tuple(provinces)
        self._clock = clock
        self._told = told
        self._aside = aside.Shelf()

    async def check(self, request: pb.CheckRecognitionRequest, member: Member) -> pb.CheckRecognitionResponse:
        """The recognition answer."""
        began = time.perf_counter()
        questions.judge(request, self._today())
        moment, kind = self._moment(questions.asked_day(request.on, self._today())), request.WhichOneof("question")
        with faults():
            async with self._pool.connection() as connection:
                answer = await getattr(self, f"_{kind}")(connection, self._scope(member), getattr(request, kind), moment)
        _SECONDS.observe(time.perf_counter() - began)
        _ANSWERS[answer.status].inc()
        self._told(member.id, answer.status, sorted({one.case_id for one in answer.evidence}))
        return messages.response(answer, digest(request), self._reader(member))

    async def get_spot_check(self, request: pb.GetSpotCheckRequest, member: Member) -> spot_check_pb2.SpotCheck:
        """One sample."""
        cases = [request.case_id] if request.case_id else self._cases(questions.sample_no(request.sample_no))
        with faults():
            async with self._pool.connection() as connection:
                found, _ = await search.by_cases(connection, self._scope(member), [questions.plain(case) for case in cases])
        found = [one for one in found if isinstance(one.detail, Result)]
        standing = [one for one in found if one.state == "STANDING"] or found
        if not standing:
            raise Refused(Kind.NOT_FOUND, [violation("spot_check_unknown", "key")])
        if len(standing) > 1:
            raise _ambiguous("key", [one.case_id for one in standing])
        return messages.spot_check(standing[0], self._reader(member))

    async def list_spot_checks(self, request: pb.ListSpotChecksRequest, member: Member) -> pb.ListSpotChecksResponse:
        """One page of samples."""
        wanted = questions.spot_check_filter(request.filter)
        with faults():
            async with self._pool.connection() as connection:
                page = await listing.page(
                    connection,
                    self._scope(member),
                    wanted,
                    order_by=request.order_by,
                    size=request.page_size,
                    token=request.page_token,
                )
        reader = self._reader(member)
        rows = [messages.spot_check(one, reader) for one in page.rows]
        return pb.ListSpotChecksResponse(
            spot_checks=rows, next_page_token=page.next_token, freshness=messages.freshness(self._ages.ages("recognition"))
        )

    async def get_enterprise_standing(self, request: pb.GetEnterpriseStandingRequest, member: Member) -> enterprise_pb2.EnterpriseStanding:
        """What is in force about one enterprise."""
        moment, scope, reader = self._moment(self._today()), self._scope(member), self._reader(member)
        party = questions.party(request.enterprise, "enterprise")
        with faults():
            async with self._pool.connection() as connection:
                kept = await self._aside.look(connection, scope, "spotcheck", "recall", "credit")
                named = await search.parties(connection, scope, name=party.name, key=party.key)
                keys = sorted({one.key for one in named})
                held = kept.of_party({*keys, *party.words})
                if not keys:
                    also = [violation("held_back", "enterprise")] if held else []
                    raise Refused(Kind.NOT_FOUND, [violation("enterprise_unknown", "enterprise"), *also])
                if len(keys) > 1:
                    raise _ambiguous("enterprise", keys)
                found, _ = await self._about(connection, scope, keys[0], moment)
        incomplete = held or any(one.held for one in found)
        return _standing(found, keys[0], named, moment, reader, incomplete)

    async def _sample(self, connection: AsyncConnection, scope: Scope, asked: pb.SampleQuestion, moment: Moment) -> Answer:
        cases = self._cases(questions.sample_no(asked.sample_no))
        found, held = await search.by_cases(connection, scope, cases)
        found = answers.standing(found)
        licences, doubtful = await self._tested_by(connection, scope, found[0] if len(found) == 1 else None)
        return answers.about_result(found, held or doubtful, rules.Paper(), moment, licences)

    async def _report(self, connection: AsyncConnection, scope: Scope, asked: pb.ReportQuestion, moment: Moment) -> Answer:
        report = questions.report(asked)
        kept = await self._aside.look(connection, scope, "spotcheck")
        found = await search.by_report(connection, scope, report.cma_no, report.report_no)
        matching = [one for one in found if isinstance(one.detail, Result) and report.issued_on in (None, one.detail.issued_on)]
        matching = answers.standing(matching)
        licences, doubtful = await self._tested_by(connection, scope, matching[0] if len(matching) == 1 else None)
        held = kept.of_report(report.cma_no, report.report_no) or doubtful
        return answers.about_result(matching, held, report.paper, moment, licences)

    async def _laboratory(self, connection: AsyncConnection, scope: Scope, asked: pb.LaboratoryQuestion, moment: Moment) -> Answer:
        number, kept = questions.laboratory_no(asked.number), await self._aside.look(connection, scope, "reference")
        cma_no, cnas_no = (None, number) if number.startswith("C") else (number, None)
        found = await search.licences(connection, scope, cma_no, cnas_no)
        parameter, standard = questions.plain(asked.parameter), questions.plain(asked.standard)
        tested = [(parameter, standard or None)] if parameter else []
        return answers.about_laboratory(found, tested, kept.of_laboratory({number}), moment)

    async def _certificate(self, connection: AsyncConnection, scope: Scope, asked: pb.CertificateQuestion, moment: Moment) -> Answer:
        kind, number = questions.certificate_kind(asked.kind), questions.certificate_no(asked.kind, asked.number)
        product = questions.product(asked.product) if asked.product.strip() else ""
        kept = await self._aside.look(connection, scope, "reference")
        found = await search.certificates(connection, scope, number)
        meant = [one for one in found if isinstance(one.detail, Certificate) and one.detail.kind == kind]
        return answers.about_certificate(meant, questions.holder(asked.holder), product, kept.of_certificate(number), moment)

    async def _tested_by(self, connection: AsyncConnection, scope: Scope, one: Filed | None) -> tuple[list[Filed], bool]:
        """What stands of the laboratory of a result, and whether more about it is in quarantine; nothing asked for a national result."""
        lab = one.detail.laboratory if one and isinstance(one.detail, Result) and one.detail.task_level != rules.NATIONAL else None
        if lab is None:
            return [], False
        name = compact(lab.name) if lab.name else None
        kept = await self._aside.look(connection, scope, "reference")
        words = {word for word in (lab.cma_no, lab.cnas_no, name) if word is not None}
        return await search.licences(connection, scope, lab.cma_no, lab.cnas_no, name), kept.of_laboratory(words)

    async def _product(self, connection: AsyncConnection, scope: Scope, asked: pb.ProductQuestion, moment: Moment) -> Answer:
        product, party = questions.product(asked.name), questions.party(asked.producer, "product.producer")
        kept = await self._aside.look(connection, scope, "spotcheck", "recall")
        named = await self._named(connection, scope, party)
        if len(named) != 1:
            return answers.unnamed(list(named.values()), kept.of_product(party.words, product), moment)
        (key,) = named
        found = await search.by_product(connection, scope, key, product)
        licences, doubtful = await self._tested_by(connection, scope, answers.newest(found))
        held = kept.of_product({key, *party.words}, product) or doubtful
        return answers.about_product(found, product, held, moment, licences)

    async def _enterprise(self, connection: AsyncConnection, scope: Scope, asked: pb.EnterpriseQuestion, moment: Moment) -> Answer:
        party = questions.party(asked.enterprise, "enterprise.enterprise")
        kept = await self._aside.look(connection, scope, "spotcheck", "recall", "credit")
        named = await self._named(connection, scope, party)
        if len(named) != 1:
            return answers.unnamed(list(named.values()), kept.of_party(party.words), moment)
        (key,) = named
        found, known = await self._about(connection, scope, key, moment)
        held = kept.of_party({key, *party.words})
        return answers.about_enterprise(found, known, held, moment, public_only=scope.today is not None)

    async def _named(self, connection: AsyncConnection, scope: Scope, party: PartyKey) -> dict[str, search.Known]:
        """The enterprises that may be meant, by key; one that is asked for by its key needs no look."""
        if party.key is not None:
            return {party.key: search.Known(party.key, None, None, "")}
        return {one.key: one for one in await search.parties(connection, scope, name=party.name)}

    async def _about(self, connection: AsyncConnection, scope: Scope, key: str, moment: Moment) -> tuple[list[Filed], bool]:
        since = to_days(rules.failures_since(moment.on))
        return await search.by_enterprise(connection, scope, key, now=moment.now, since=since)

    def _cases(self, sample_no: str) -> list[str]:
        return [f"{province}/spotcheck/{sample_no}" for province in self._provinces]

    def _today(self) -> date:
        return day_of(from_millis(self._clock()))

    def _moment(self, on: date) -> Moment:
        return Moment(self._clock(), on, self._ages.ages("recognition"))

    def _reader(self, member: Member) -> Reader:
        return Reader(member, self._province)

    def _scope(self, member: Member) -> Scope:
        return Scope(self._provinces, to_days(self._today()) if self._reader(member).public_only else None)


class RecognitionServicer(recognition_pb2_grpc.RecognitionServiceServicer):
    """The gRPC door, behind `kernel.rpc.Edge`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def CheckRecognition(self, request: pb.CheckRecognitionRequest, context: grpc.aio.ServicerContext) -> pb.CheckRecognitionResponse:
        """See the proto."""
        return await self._desk.check(request, rpc.caller())

    async def GetSpotCheck(self, request: pb.GetSpotCheckRequest, context: grpc.aio.ServicerContext) -> spot_check_pb2.SpotCheck:
        """See the proto."""
        return await self._desk.get_spot_check(request, rpc.caller())

    async def ListSpotChecks(self, request: pb.ListSpotChecksRequest, context: grpc.aio.ServicerContext) -> pb.ListSpotChecksResponse:
        """See the proto."""
        return await self._desk.list_spot_checks(request, rpc.caller())

    async def GetEnterpriseStanding(
        self, request: pb.GetEnterpriseStandingRequest, context: grpc.aio.ServicerContext
    ) -> enterprise_pb2.EnterpriseStanding:
        """See the proto."""
        return await self._desk.get_enterprise_standing(request, rpc.caller())


def digest(request: Message) -> str:
    """SHA-256, hex, over the canonical JSON of a request: names sorted, no blanks, empty fields left out, UTF-8."""
    text = json.dumps(_filled(request), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _filled(message: Message) -> dict[str, Any]:
    return {field.name: _filled(value) if isinstance(value, Message) else value for field, value in message.ListFields()}


def _ambiguous(field: str, keys: Sequence[str]) -> Refused:
    named = ", ".join(sorted(keys))
    return Refused(Kind.FAILED_PRECONDITION, [violation("ambiguous_key", field, keys=named)], {"candidates": named})


def _standing(
    found: Sequence[Filed], key: str, named: Sequence[search.Known], moment: Moment, reader: Reader, incomplete: bool
) -> enterprise_pb2.EnterpriseStanding:
    return enterprise_pb2.EnterpriseStanding(
        enterprise=messages.known(named, reader),
        sanctions=[messages.sanction(one) for one in found if isinstance(one.detail, Sanction)],
        recalls=[messages.recall(one) for one in found if isinstance(one.detail, Recall)],
        failures=[messages.failure(one, key) for one in found if isinstance(one.detail, Result)],
        as_of=messages.stamp(moment.now),
        freshness=messages.freshness(moment.ages),
        names=messages.names(named, reader),
        incomplete=incomplete,
    )
