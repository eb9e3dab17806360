"""The doors through which the day is played: the same that members use, with a member's own certificate."""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from chuanyu.casework import queries
from chuanyu.casework.case import Case
from chuanyu.cli.connect import Caller, TurnedAway
from chuanyu.contracts.pb.inbox.v1.delivery_pb2 import Why
from chuanyu.contracts.pb.inbox.v1.inbox_pb2 import AcknowledgeDeliveriesRequest, ListDeliveriesRequest
from chuanyu.contracts.pb.inbox.v1.inbox_pb2_grpc import InboxServiceStub
from chuanyu.contracts.pb.recognition.v1 import enterprise_pb2
from chuanyu.contracts.pb.recognition.v1 import recognition_pb2 as pb
from chuanyu.contracts.pb.recognition.v1.recognition_pb2_grpc import RecognitionServiceStub
from chuanyu.embedded.provinces import BOTH
from chuanyu.kernel.store import Store
from chuanyu.sample.heard import Answered, Delivered, Evidence, Standing
from chuanyu.sample.sides import Side

PATIENCE_SECONDS = 30.0
_BATCH = "application/cloudevents-batch+json"


class Node:
    """One side's node as its authority meets it. facts: what `up --json` says."""

    def __init__(self, side: Side, facts: Mapping[str, Any]) -> None:
        self.side = side
        self._told = facts["nodes"][side.node]
        self._home = Path(facts["dir"])
        self.caller = self._caller(side.member)
        self.members = {each.id: self._caller(each.id) for province in BOTH if province.word == side.node for each in province.members}
        self._connection = Store(self._told["postgres"]).connect(application="chuanyu-sample")

    def close(self) -> None:
        self._connection.close()
        for caller in (self.caller, *self.members.values()):
            caller.channel.close()

    def post(self, events: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Submits CloudEvents over REST, one result each. Raises TurnedAway; OSError when nobody answers."""
        address = urlsplit(self._told["rest"])
        connection = http.client.HTTPSConnection(address.hostname or "", address.port, timeout=PATIENCE_SECONDS, context=self._tls())
        try:
            connection.request("POST", "/v1/events", json.dumps(list(events)).encode(), {"Content-Type": _BATCH})
            answer = connection.getresponse()
            told = json.loads(answer.read())
        finally:
            connection.close()
        if not isinstance(told, list):
            raise TurnedAway(told.get("code", "refused"), f"{told.get('detail')} | {told.get('title')}")
        return told

    def sample(self, number: str) -> Answered:
        """Whether a sample's result counts here."""
        return self._check(pb.CheckRecognitionRequest(sample=pb.SampleQuestion(sample_no=number), purpose="样例日 sample day"))

    def enterprise(self, code: str) -> Answered:
        """Whether anything stands against an enterprise."""
        return self._check(pb.CheckRecognitionRequest(enterprise=pb.EnterpriseQuestion(enterprise=code), purpose="样例日 sample day"))

    def standing(self, code: str) -> Standing:
        """What is in force about an enterprise; nothing when the node does not know it yet."""
        try:
            found: enterprise_pb2.EnterpriseStanding = self.caller.ask(
                lambda channel: RecognitionServiceStub(channel).GetEnterpriseStanding, pb.GetEnterpriseStandingRequest(enterprise=code)
            )
        except TurnedAway as turned:
            if turned.code == "enterprise_unknown":
                return Standing()
            raise
        return Standing(
            tuple(one.case_id for one in found.sanctions),
            tuple(measure for one in found.sanctions for measure in one.measures),
            tuple(one.case_id for one in found.recalls),
        )

    def inbox(self, member: str) -> list[Delivered]:
        """What waits in a member's inbox."""
        found: list[Delivered] = []
        after, page = "", None
        while page is None or page.deliveries:
            asked = ListDeliveriesRequest(page_size=200, after=after)
            page = self.members[member].ask(lambda channel: InboxServiceStub(channel).ListDeliveries, asked)
            after = page.next
            found += [
                Delivered(one.delivery_id, Why.Name(one.why).removeprefix("WHY_"), one.event.attributes["subject"].ce_string)
                for one in page.deliveries
            ]
        return found

    def acknowledge(self, member: str, ids: Sequence[str]) -> None:
        """The member has read these."""
        asked = AcknowledgeDeliveriesRequest(delivery_ids=ids, outcome="ACTION_OUTCOME_NOTED")
        self.members[member].ask(lambda channel: InboxServiceStub(channel).AcknowledgeDeliveries, asked)

    def case(self, case_id: str) -> Case | None:
        """A case as the node has it; read from its own book of cases while no API shows it."""
        return queries.find(self._connection, case_id)

    def _caller(self, member: str) -> Caller:
        return Caller(member, self.side.node, self._home, self._told["grpc"])

    def _check(self, request: pb.CheckRecognitionRequest) -> Answered:
        answer = self.caller.ask(lambda channel: RecognitionServiceStub(channel).CheckRecognition, request)
        return Answered(
            pb.RecognitionStatus.Name(answer.status).removeprefix("RECOGNITION_STATUS_"),
            tuple((one.code, one.zh, one.en) for one in answer.reasons),
            tuple(Evidence(one.event_id, one.topic, one.sequence, one.digest) for one in answer.evidence),
        )

    def _tls(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(self._home / "ca.pem"))
        own = self._home / "members" / self.side.member
        context.load_cert_chain(own / "cert.pem", own / "key.pem")
        return context
