"""The unit of work that a service's handlers see: one transaction, what arrived in it, and what it says in return."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from chuanyu.kernel.codec import Draft
from chuanyu.kernel.envelope import Head, Record, pack_headers, partition
from chuanyu.kernel.faults import RuleViolated
from chuanyu.kernel.store import log
from chuanyu.kernel.store.database import Connection
from chuanyu.kernel.store.migrations import Migrations
from chuanyu.kernel.store.positions import Position, Slot

Order = tuple[int, str, int]


@dataclass(frozen=True, slots=True)
class Arrived:
    """A record that passed seal, sequence and decoding. digest: of the record as D16 defines it, 32 bytes."""

    head: Head
    event: Any
    record: Record
    digest: bytes
    partition: int

    @property
    def case_id(self) -> str:
        return self.head.subject

    @property
    def order(self) -> Order:
        """The one order in which both nodes fold a case (D7)."""
        assert self.head.logicaltime is not None and self.head.sequence is not None
        return self.head.logicaltime, self.record.topic, self.head.sequence


class Service(Protocol):
    """What the bus thread runs: which families of both provinces it hears, and what it does with them."""

    @property
    def name(self) -> str: ...
    @property
    def families(self) -> tuple[str, ...]: ...
    @property
    def migrations(self) -> tuple[Migrations, ...]: ...

    def check(self, arrived: Arrived) -> None:
        """The rules of the record alone. Raises RuleViolated: the record is parked."""

    def apply(self, work: UnitOfWork, batch: Sequence[Arrived]) -> None:
        """Effects of a batch, in sequence within each partition, cases in any order. A Poison fault repeats it record by record.

        A batch may be empty: positions have moved, and with them what waited for that, but nothing of it came to be applied.
        """


class Breach(Protocol):
    """What is wrong with a record by itself: where, and in words."""

    @property
    def field(self) -> str: ...
    @property
    def en(self) -> str: ...


def checked_by(breaches: Callable[[Head, Any], Iterable[Breach]]) -> Callable[[Arrived], None]:
    """A service's check from the rules of the record alone: the first breach is the RuleViolated for which it is parked (D13)."""

    def check(arrived: Arrived) -> None:
        for found in breaches(arrived.head, arrived.event):
            raise RuleViolated(found.en, field=found.field)

    return check


@dataclass(slots=True)
class UnitOfWork:
    """One consuming transaction. now: ms, for effects that must carry an instant of the node itself."""

    connection: Connection
    province: str
    service: str
    now: int
    positions: Mapping[Slot, Position]
    partitions: Mapping[str, int]
    said: list[log.Entry] = field(default_factory=list)

    def deciding(self, arrived: Arrived) -> bool:
        """False while the service is rebuilt and this record was decided upon before (D9)."""
        position = self.positions.get((arrived.record.topic, arrived.partition))
        return position is None or (arrived.head.sequence or 0) > position.decides_after

    def emit(self, draft: Draft) -> None:
        """Says something: it joins the node's log with this transaction. The same event id again says nothing new (D9)."""
        self.said.append(entry_of(draft, self.partitions))

    def flush(self) -> None:
        """Writes what was said; called once by the bus thread before it commits."""
        if self.said:
            log.append(self.connection, self.said)
            self.said.clear()


def entry_of(draft: Draft, partitions: Mapping[str, int]) -> log.Entry:
    """The log row of a draft. partitions: topic → partition count, from topics.yaml (D18)."""
    record = draft.record
    if record.topic not in partitions:
        raise RuleViolated(f"no topic {record.topic} on this bus", topic=record.topic)
    return log.Entry(
        event_id=draft.head.id,
        topic=record.topic,
        partition=partition(record.key, partitions[record.topic]),
        case_id=record.key.decode(),
        type=draft.head.type,
        headers=pack_headers(record.headers),
        value=record.value,
        recorded_at=draft.head.recordedtime,
    )
