"""The other province, writing records by hand: what only a stranger or a broken program would write, too."""

from __future__ import annotations

from uuid import uuid4

from chuanyu.kernel.codec import draft
from chuanyu.kernel.envelope import Record, finish, partition
from chuanyu.kernel.seal import seal_batch
from kit.bus import FAMILY, PARTITIONS, Node, eventually, now, put
from kit.probe import Kind, Part, Probe


class Owner:
    """A province that writes records onto its own topic by hand: every one sealed and in sequence unless a test says not."""

    def __init__(self, node: Node) -> None:
        self.node, self.signer = node, node.trust.signer(node.province)
        self.topic = f"{node.province}.{FAMILY}"
        self.sequence = 0
        node.start_relay()
        eventually(lambda: node.relayed() == 1, "the key is published")

    def record(self, case: str, leader: str | None = None) -> Record:
        """The next record of partition 0: a case that belongs there, its leader a word that the ledger service knows."""
        self.sequence += 1
        subject = f"{self.node.province}/{FAMILY}/{case}"
        event = Probe(case_id=case, kind=Kind.FOOD, count=1, day=1, at=1, sure=True, leader=Part(name=leader) if leader else None)
        made = draft(event, id=uuid4(), source=f"/{self.node.province}/tester", subject=subject, time=1, recordedtime=1)
        return finish(made.record, sequence=self.sequence, logicaltime=now())

    def seal(self, record: Record) -> Record:
        (seal,) = seal_batch(self.signer, [record], now())
        return finish(record, seal=seal)

    def sends(self, *records: Record) -> None:
        put(self.node.kafka["bootstrap.servers"], 0, *records)


def cases(node: Node, count: int) -> list[str]:
    """Case words whose keys fall into partition 0."""
    words = (f"k{n}" for n in range(10_000))
    key = f"{node.province}/{FAMILY}/".encode()
    return [word for word, _ in zip((w for w in words if partition(key + w.encode(), PARTITIONS) == 0), range(count), strict=False)]


def decided(node: Node, topic: str, digest: bytes, act: str) -> int:
    """What a person decides about a record, as the bus threads find it; in how many services it is parked."""
    return node.connection.execute(
        "UPDATE bus.parked SET act = %s, act_by = 'ops', act_reason = 'a reason' WHERE topic = %s AND digest = %s AND state = 'PARKED'",
        [act, topic, digest],
    ).rowcount
