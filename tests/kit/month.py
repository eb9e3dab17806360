"""The sample month lived by two nodes: what is entered goes through the real rules of the gateway, travels, is folded and lapses."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count, groupby
from random import Random
from typing import Any
from uuid import UUID

from chuanyu.casework import queries as books
from chuanyu.casework.case import Case, Obligation, Receipt, unpack
from chuanyu.casework.timers import Timers
from chuanyu.gateway import queries, rules
from chuanyu.gateway.contents import Node as Judge
from chuanyu.gateway.envelope import Submission
from chuanyu.gateway.members import Member
from chuanyu.gateway.settle import Settled, Settlement
from chuanyu.kernel.store import Arrived, Store, entry_of, log, migrate, positions
from chuanyu.sample.month import telling
from chuanyu.sample.month.deeds import Entry
from chuanyu.sample.month.hearing import Given
from chuanyu.sample.month.owing import Owed, Told
from chuanyu.sample.month.script import Month
from chuanyu.sample.sides import SIDES, Side
from chuanyu.spotcheck.handlers import service as spotcheck
from kit.cases import PARTITIONS, PROVINCES, Talk
from kit.nodes import TOPICS, Node
from kit.said import FAMILIES

_SAID = "SELECT event_id, topic, partition, case_id, type, headers, value, recorded_at FROM bus.log WHERE sequence IS NULL ORDER BY id"
_RELAYED = (
    "UPDATE bus.log l SET sequence = r.sequence, logicaltime = r.logicaltime, seal = ''"
    " FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[]) AS r(event_id, sequence, logicaltime) WHERE l.event_id = r.event_id"
)
_APPLIED = (
    "UPDATE bus.position p SET sequence = a.sequence FROM unnest(%s::text[], %s::int[], %s::bigint[]) AS a(topic, partition, sequence)"
    " WHERE p.topic = a.topic AND p.partition = a.partition"
)
Slot = tuple[str, int]


@dataclass
class Desk:
    """One node of the month: its gateway's rules, its cases and its timers on one database, and a clock that is told.

    heard: the last sequence of each partition · outcomes: by the name of the entry
    """

    side: Side
    conninfo: str
    now: int = 0
    heard: dict[Slot, int] = field(default_factory=dict)
    outcomes: dict[str, Settled] = field(default_factory=dict)

    def __post_init__(self) -> None:
        store = Store(self.conninfo)
        migrate(store, [queries.MIGRATIONS])
        self.node = Node(self.side.node, self.conninfo, spotcheck(PROVINCES))
        self.member = Member(self.side.member, self.side.authority, self.side.code, (self.side.code,), FAMILIES, "L3")
        slots = [(f"{self.side.node}.spotcheck", number) for number in range(PARTITIONS)]
        positions.take(self.node.connection, "spotcheck", slots)
        self.timers = Timers("spotcheck", None, self.side.node, PROVINCES, store, slots, TOPICS, lambda: self.now)

    def accepts(self, month: Month, entries: Sequence[Entry], talk: Talk, at: int) -> list[Arrived]:
        """Submissions judged and settled together, as one request; those accepted stand on the topic."""
        judge = Judge(self.side.node, PROVINCES, at)
        judged = [rules.judge(_submission(month, entry, self._id), self.member, judge) for entry in entries]
        with self.node.connection.transaction():
            settled = Settlement(self.node.connection, at).settle(judged)
            if accepted := [entry_of(one.draft, TOPICS) for one in settled if one.draft is not None]:
                log.append(self.node.connection, accepted)
        self.outcomes |= {entry.name: one for entry, one in zip(entries, settled, strict=True)}
        return self._relay(talk, at)

    def _id(self, name: str) -> str | None:
        found = self.outcomes[name].event_id
        return None if found is None else str(found)

    def hears(self, batch: Iterable[Arrived], talk: Talk, at: int) -> list[Arrived]:
        """Applies a batch, leaving out repetitions as the kernel does by their sequence (D4); what is said about it stands on the topic."""
        fresh = []
        for arrived in batch:
            slot, sequence = (arrived.record.topic, arrived.partition), arrived.head.sequence or 0
            if sequence > self.heard.get(slot, 0):
                assert sequence == self.heard.get(slot, 0) + 1, "a gap"
                self.heard[slot] = sequence
                fresh.append(arrived)
        return [talk.log(entry, at) for entry in self.node.hears(fresh, now=at)] if fresh else []

    def looks(self, talk: Talk, at: int) -> list[Arrived]:
        """What its timers say has lapsed by now."""
        self.now = at
        applied = [(*slot, sequence) for slot, sequence in self.heard.items()]
        if applied:
            self.node.connection.execute(_APPLIED, [list(column) for column in zip(*applied, strict=True)])
        self.timers.look(self.node.connection)
        return self._relay(talk, at)

    def _relay(self, talk: Talk, at: int) -> list[Arrived]:
        """Gives what waits in the log its sequence, in order."""
        said = [talk.log(log.Entry(*row), at) for row in self.node.connection.execute(_SAID).fetchall()]
        if said:
            rows = [(one.head.id, one.head.sequence, one.head.logicaltime) for one in said]
            self.node.connection.execute(_RELAYED, [list(column) for column in zip(*rows, strict=True)])
        return said

    def cases(self) -> Iterator[tuple[str, Case]]:
        """Every case that it keeps."""
        for case_id, kept in self.node.connection.execute('SELECT case_id, kept FROM cases."case"'):
            yield case_id, unpack(kept)


def _submission(month: Month, entry: Entry, ids: Any) -> Submission:
    said = telling.event(month.label, entry, month.by_name, ids)
    return Submission(id=said["id"], source=said["source"], type=said["type"], data=said["data"], time=said["time"])


class Play:
    """The month as it is lived. Each node hears itself at once and the other by the link; seed: of its order of hearing."""

    def __init__(self, month: Month, desks: Mapping[Side, Desk], looks: Sequence[int], seed: int = 0) -> None:
        self.month, self.desks, self.talk = month, desks, Talk()
        self._random, self._tie = Random(seed), count()
        self._under_way: list[tuple[int, int, Side, Arrived]] = []
        self._entries = sorted(month.entries, key=lambda entry: entry.at)
        self._looks = list(looks)
        self._past: dict[Side, list[Arrived]] = {side: [] for side in SIDES}

    def until(self, at: int) -> None:
        """Lives on to an instant, that one included."""
        while (instant := self._next()) is not None and instant <= at:
            self._live(instant)

    def _next(self) -> int | None:
        heads = [self._entries[0].at] if self._entries else []
        heads += [self._under_way[0][0]] if self._under_way else []
        heads += [self._looks[0]] if self._looks else []
        return min(heads, default=None)

    def _live(self, at: int) -> None:
        """All of an instant: what arrives, what is entered, what has lapsed."""
        for side in SIDES:
            self._hear(side, self._arriving(side, at), at)
        now = [entry for entry in self._entries if entry.at == at]
        self._entries = self._entries[len(now) :]
        for side, entries in groupby(sorted(now, key=lambda entry: (entry.side.node, entry.name)), lambda entry: entry.side):
            self._say(side, self.desks[side].accepts(self.month, list(entries), self.talk, at), at)
        if self._looks and self._looks[0] == at:
            self._looks.pop(0)
            for side in SIDES:
                while said := self.desks[side].looks(self.talk, at):
                    self._say(side, said, at)

    def _arriving(self, side: Side, at: int) -> list[Arrived]:
        due = [each for each in self._under_way if each[0] <= at and each[2] is side]
        if due:
            self._under_way = [each for each in self._under_way if each not in due]
            heapq.heapify(self._under_way)
        return [arrived for *_, arrived in sorted(due, key=lambda each: each[1])]

    def _hear(self, side: Side, arrived: list[Arrived], at: int) -> None:
        """In an order of its own over the partitions, in batches of its own, some of it a second time."""
        for batch in self._batches(arrived):
            again = self._random.sample(self._past[side], min(2, len(self._past[side])))
            self._past[side] = (self._past[side] + batch)[-500:]
            self._say(side, self.desks[side].hears([*again, *batch], self.talk, at), at)

    def _batches(self, arrived: list[Arrived]) -> Iterator[list[Arrived]]:
        streams: dict[Slot, list[Arrived]] = {}
        for each in arrived:
            streams.setdefault((each.record.topic, each.partition), []).append(each)
        batch: list[Arrived] = []
        while streams:
            slot = self._random.choice(list(streams))
            batch.append(streams[slot].pop(0))
            if not streams[slot]:
                del streams[slot]
            if self._random.random() < 0.02:
                yield batch
                batch = []
        if batch:
            yield batch

    def _say(self, side: Side, said: list[Arrived], at: int) -> None:
        """It stands on the topic of a side: heard there at once, over the border later."""
        if not said:
            return
        for arrived in said:
            heapq.heappush(self._under_way, (self.month.link.heard(side.other, side, at), next(self._tie), side.other, arrived))
        self._hear(side, said, at)


def read(case: Case, names: Mapping[bytes, str]) -> Told:
    """A case in the words of the truth. names: of entries, by the id of their event."""
    receipts = frozenset(
        Given(names[each.event], each.by, each.at, each.undoing or each.kind is Receipt.DELIVERED) for each in case.confirmations
    )
    flagged = frozenset(flag.division for flag in case.flagged)
    return Told(case.standing.value, flagged, frozenset(map(_owed, case.obligations)), receipts, case.open)


def _owed(each: Obligation) -> Owed:
    return Owed(each.rule, each.authority, each.part, each.state.value, each.starts, each.due, each.settled, each.level)


def names(month: Month, desks: Iterable[Desk]) -> dict[bytes, str]:
    """The names of the accepted entries by the ids of their events."""
    return {
        _bytes(one.event_id): name
        for desk in desks
        for name, one in desk.outcomes.items()
        if one.event_id is not None and month.by_name[name].outcome == "accepted"
    }


def _bytes(id: UUID | None) -> bytes:
    assert id is not None
    return id.bytes


def checksums(desks: Iterable[Desk]) -> set[str]:
    """One word for each different book of cases."""
    return {books.checksum(desk.node.connection) for desk in desks}
