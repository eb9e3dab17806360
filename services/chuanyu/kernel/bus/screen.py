"""What becomes of one record before anything is applied: seal on the raw bytes, sequence, hold, decoding, rules of the record (D4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from chuanyu.kernel.codec import from_record
from chuanyu.kernel.envelope import Head, Record, pack_headers, partition
from chuanyu.kernel.faults import Poison, SealInvalid, SourceMismatch
from chuanyu.kernel.store.parked import Parked
from chuanyu.kernel.store.positions import Position, Slot
from chuanyu.kernel.store.work import Arrived


@dataclass(slots=True)
class Track:
    """A partition as this process reads it; the stored position plus what is known since.

    beyond: records past a gap were read and dropped · filled: slots passed with a bad seal that may still be filled
    """

    topic: str
    partition: int
    version: int
    sequence: int
    next_offset: int
    logicaltime: int
    decides_after: int
    beyond: bool = False
    gap_stored: bool = False
    passed: set[int] = field(default_factory=set)
    held: set[bytes] = field(default_factory=set)

    @classmethod
    def of(cls, position: Position) -> Track:
        """A track that starts where the position stands."""
        return cls(
            position.topic,
            position.partition,
            position.version,
            position.sequence,
            position.next_offset,
            position.logicaltime,
            position.decides_after,
        )

    def copy(self) -> Track:
        """An independent copy, so that a transaction that fails leaves no trace."""
        return Track(
            self.topic,
            self.partition,
            self.version,
            self.sequence,
            self.next_offset,
            self.logicaltime,
            self.decides_after,
            self.beyond,
            self.gap_stored,
            set(self.passed),
            set(self.held),
        )

    @property
    def slot(self) -> Slot:
        return self.topic, self.partition

    def position(self) -> Position:
        """What is to be stored of it."""
        return Position(self.topic, self.partition, self.version, self.sequence, self.next_offset, self.logicaltime, self.decides_after)

    @property
    def lacks(self) -> int | None:
        """The first slot that the owner is to send again: passed with a bad seal, or beyond which records were dropped."""
        return min(self.passed) if self.passed else self.sequence + 1 if self.beyond else None

    @property
    def state(self) -> str:
        """running, waiting (a case of it is held) or gap."""
        return "gap" if self.beyond else "waiting" if self.held else "running"


@dataclass(slots=True)
class Screened:
    """What one poll comes to. arrived: to apply, in sequence within a partition · filled: late records for passed slots
    · replaced: passed slots whose late record was parked itself · dropped: province → `repeated` or `beyond` → records."""

    arrived: list[Arrived] = field(default_factory=list)
    parked: list[Parked] = field(default_factory=list)
    filled: list[Arrived] = field(default_factory=list)
    replaced: list[Parked] = field(default_factory=list)
    dropped: dict[str, Counter[str]] = field(default_factory=dict)

    def drop(self, topic: str, why: str) -> None:
        """Counts a record that is read and not applied: a repetition, or beyond a gap."""
        self.dropped.setdefault(owner(topic), Counter())[why] += 1


class Screen:
    """Judges records one by one against the tracks of their partitions, which it moves on.

    seal: digest of a record whose seal is valid for the topic's owner, else SealInvalid · rules: a service's check of one record
    partitions: topic → partition count
    """

    def __init__(
        self, seal: Callable[[Record, str, int], bytes], rules: Callable[[Arrived], None], partitions: Callable[[str], int]
    ) -> None:
        self._seal = seal
        self._rules = rules
        self._partitions = partitions

    def judge(self, record: Record, track: Track, offset: int, into: Screened) -> None:
        """D4, in its order."""
        track.next_offset = offset + 1
        try:
            digest = self._seal(record, owner(record.topic), track.partition)
        except SealInvalid as fault:
            self._bad_seal(record, track, offset, fault, into)
            return
        sequence = claimed_sequence(record)
        if sequence == track.sequence + 1:
            track.sequence = sequence
            track.beyond = False
            self._next(record, digest, track, offset, into)
        elif sequence > track.sequence:
            track.beyond = True
            into.drop(record.topic, "beyond")
        elif sequence in track.passed:
            self._late(record, digest, track, offset, into)
        else:
            into.drop(record.topic, "repeated")

    def admit(self, record: Record, digest: bytes, number: int) -> Arrived:
        """Decoding and the rules of the record alone. Raises Poison."""
        event, head = from_record(record)
        check_wire(record, head, number, self._partitions(record.topic))
        arrived = Arrived(head, event, record, digest, number)
        self._rules(arrived)
        return arrived

    def readmit(self, record: Record, number: int) -> Arrived:
        """A parked record tried again, from its seal on. Raises Poison."""
        return self.admit(record, self._seal(record, owner(record.topic), number), number)

    def _next(self, record: Record, digest: bytes, track: Track, offset: int, into: Screened) -> None:
        if record.key in track.held:
            into.parked.append(kept(record, track.partition, offset=offset))
            return
        try:
            arrived = self.admit(record, digest, track.partition)
        except Poison as fault:
            track.held.add(record.key)
            into.parked.append(kept(record, track.partition, offset=offset, fault=fault))
            return
        track.logicaltime = max(track.logicaltime, arrived.head.logicaltime or 0)
        into.arrived.append(arrived)

    def _late(self, record: Record, digest: bytes, track: Track, offset: int, into: Screened) -> None:
        track.passed.discard(claimed_sequence(record))
        try:
            into.filled.append(self.admit(record, digest, track.partition))
        except Poison as fault:
            track.held.add(record.key)
            into.parked.append(kept(record, track.partition, offset=offset, fault=fault))
            into.replaced.append(into.parked[-1])

    def _bad_seal(self, record: Record, track: Track, offset: int, fault: SealInvalid, into: Screened) -> None:
        passes = claimed_sequence(record) == track.sequence + 1
        if passes:
            track.sequence += 1
            track.passed.add(track.sequence)
            track.held.add(record.key)
        into.parked.append(kept(record, track.partition, offset=offset, fault=fault, holds=passes))


def owner(topic: str) -> str:
    """The province that alone writes a topic."""
    return topic.partition(".")[0]


def claimed_sequence(record: Record) -> int:
    """The sequence in the headers, 0 when there is none; believed only under a valid seal."""
    text = next((value for name, value in record.headers if name == "ce_sequence"), b"")
    return int(text) if text.isdigit() and len(text) < 19 else 0


def check_wire(record: Record, head: Head, number: int, count: int) -> None:
    """What the codec does not see: the type belongs on this topic, and the key in this partition (D18). Raises SourceMismatch."""
    family = record.topic.partition(".")[2]
    if head.type.split(".")[1] not in (family, "case"):
        raise SourceMismatch(f"{head.type} does not travel on {record.topic}")
    if partition(record.key, count) != number:
        raise SourceMismatch(f"{head.subject} does not belong to partition {number}")


def kept(record: Record, number: int, *, offset: int = -1, fault: Poison | None = None, holds: bool = True) -> Parked:
    """A record to keep aside, with its original bytes: parked for a fault, or waiting behind another."""
    return Parked(
        topic=record.topic,
        partition=number,
        sequence=claimed_sequence(record),
        record_offset=offset,
        key=record.key,
        headers=pack_headers(record.headers),
        value=record.value,
        code=fault.code if fault else "",
        why=str(fault.facts.get("why", "")) if fault else "",
        reason=str(fault).replace("\0", "\ufffd") if fault else "",
        holds=holds,
        state="PARKED" if fault else "WAITING",
    )
