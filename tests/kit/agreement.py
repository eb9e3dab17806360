"""What both nodes of a running bus must say alike, once each has applied everything that either has said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date
from typing import Any, NamedTuple

from chuanyu.casework import queries
from chuanyu.cli.connect import Caller
from chuanyu.contracts.pb.recognition.v1 import recognition_pb2 as pb
from chuanyu.contracts.pb.recognition.v1.recognition_pb2_grpc import RecognitionServiceStub
from chuanyu.domain.dates import day_of
from chuanyu.kernel.bus.relay import sealed
from chuanyu.kernel.seal import record_digest
from chuanyu.kernel.store import Connection
from chuanyu.kernel.store.log import Numbered
from chuanyu.node import services
from kit import reasons
from kit.bus import eventually

Nodes = Mapping[str, Connection]
Expected = Callable[[date], frozenset[str]]  # day of the answer → codes of its reasons
Slot = tuple[str, int]
_HEADS = "SELECT topic, partition, coalesce(max(sequence), 0), count(*) - count(sequence) FROM bus.log GROUP BY topic, partition"
_ROWS = "SELECT event_id::text, topic, partition, case_id, headers, value, sequence, logicaltime, seal FROM bus.log WHERE topic = %s"


class Piece(NamedTuple):
    """An event as evidence must name it."""

    event_id: str
    case_id: str
    topic: str
    sequence: int
    digest: str


def caught_up(nodes: Nodes, within: float = 120.0) -> None:
    """Waits until every service of every node has applied all that every log holds, receipts that came of it included."""
    try:
        eventually(lambda: not _behind(nodes), "everything is applied everywhere", within)
    except AssertionError as late:
        raise AssertionError(_behind(nodes)[:10]) from late


def _behind(nodes: Nodes) -> list[object]:
    """Nothing was said between the first look at the logs and the second, and all of it is applied: then nothing more comes of it."""
    before = _heads(nodes)
    behind: list[object] = [slot for slot, (_, waiting) in before.items() if waiting]
    for node, connection in nodes.items():
        rows = connection.execute("SELECT service, topic, partition, sequence FROM bus.position")
        applied = {(service, topic, number): sequence for service, topic, number, sequence in rows}
        for service in services(node, dict.fromkeys(nodes, "")):
            heard = {slot: last for slot, (last, _) in before.items() if slot[0].partition(".")[2] in service.families}
            for slot, last in heard.items():
                if (found := applied.get((service.name, *slot), 0)) != last:
                    behind.append((node, service.name, *slot, found))
    return behind if _heads(nodes) == before else [*behind, "somebody still speaks"]


def _heads(nodes: Nodes) -> dict[Slot, tuple[int, int]]:
    return {(topic, number): (last, waiting) for each in nodes.values() for topic, number, last, waiting in each.execute(_HEADS)}


def checksums(nodes: Nodes) -> set[str]:
    """One word for each different book of cases: a single one when both are the same."""
    return {queries.checksum(connection) for connection in nodes.values()}


def said(owner: Connection, topic: str) -> dict[str, Piece]:
    """Every relayed event of an own topic by its id, as its owner's log proves it."""
    return {event_id: _piece(event_id, Numbered(*row)) for event_id, *row in owner.execute(_ROWS, [topic])}


def _piece(event_id: str, row: Numbered) -> Piece:
    return Piece(event_id, row.case_id, row.topic, row.sequence, record_digest(1, sealed(row)).hex())


def heard(caller: Caller) -> None:
    """Waits until the node has applied a heartbeat of every province, seconds after its start: before, its answers are stale."""
    ask, question = RecognitionServiceStub(caller.channel).CheckRecognition, pb.CheckRecognitionRequest(sample={"sample_no": "XBJ00000000"})
    eventually(lambda: all(one.HasField("age_seconds") for one in ask(question, timeout=30).freshness), "a heartbeat of every province", 60)


def wrong_answers(caller: Caller, samples: Iterable[tuple[str, Piece, Expected]], statuses: Counter[str]) -> list[str]:
    """Asks a node about samples, one CheckRecognition each over one channel; every answer that does not rest on exactly the right event, or
    gives another status or other reasons than it must.

    samples: number, event and what must be answered on a day · statuses: counts what was answered
    """
    ask = RecognitionServiceStub(caller.channel).CheckRecognition
    found = []
    for number, piece, expected in samples:
        answer: Any = ask(pb.CheckRecognitionRequest(sample={"sample_no": number}), timeout=30)
        status = pb.RecognitionStatus.Name(answer.status).removeprefix("RECOGNITION_STATUS_")
        statuses[status] += 1
        given = [Piece(one.event_id, one.case_id, one.topic, one.sequence, one.digest) for one in answer.evidence]
        codes, must = [one.code for one in answer.reasons], expected(day_of(answer.as_of.ToDatetime(UTC)))
        if given != [piece] or answer.evidence[0].verdict != "FAILED":
            found.append(f"{number}: {status} {codes} {given}, should rest on {piece}")
        if set(codes) != must or not reasons.in_order(codes) or status != reasons.status(must):
            found.append(f"{number}: {status} {codes}, should be {reasons.status(must)} {sorted(must)}")
    return found
