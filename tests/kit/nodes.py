"""A node's ears and mouth over a real database: what the bus thread does with a batch, without Kafka."""

from __future__ import annotations

from collections.abc import Sequence

from chuanyu.casework import queries
from chuanyu.casework.service import FamilyService
from chuanyu.kernel.store import Arrived, Position, Store, UnitOfWork, migrate
from chuanyu.kernel.store.log import Entry
from kit.cases import PARTITIONS, PROVINCES, Talk

FAMILIES = ("spotcheck", "recall", "credit", "warning", "reference")
TOPICS = {f"{province}.{family}": PARTITIONS for province in PROVINCES for family in FAMILIES}


class Node:
    """One province's casework. said: what it decided, not relayed yet. decides_after: where a rebuild started."""

    def __init__(self, province: str, conninfo: str, service: FamilyService, *, decides_after: int = 0) -> None:
        self.province, self.service, self.decides_after = province, service, decides_after
        self.said: dict[str, Entry] = {}
        store = Store(conninfo)
        migrate(store, service.migrations)
        self.connection = store.connect(application="test", durable=False)

    def hears(self, batch: Sequence[Arrived], *, now: int) -> list[Entry]:
        """Applies a batch as one transaction; returns what is said for the first time."""
        slots = {(each.record.topic, each.partition) for each in batch}
        positions = {slot: Position(*slot, version=1, decides_after=self.decides_after) for slot in slots}
        for arrived in batch:
            self.service.check(arrived)
        with self.connection.transaction():
            work = UnitOfWork(self.connection, self.province, self.service.name, now, positions, TOPICS)
            self.service.apply(work, batch)
        fresh = [entry for entry in work.said if str(entry.event_id) not in self.said]
        self.said |= {str(entry.event_id): entry for entry in fresh}
        return fresh

    @property
    def checksum(self) -> str:
        return queries.checksum(self.connection)


def settle(talk: Talk, nodes: Sequence[Node], heard: int, *, now: int) -> None:
    """Both nodes hear what was said since, and what they say about it, until nobody says anything more. heard: arrivals told already."""
    while heard < len(talk.arrivals):
        batch = talk.arrivals[heard:]
        heard = len(talk.arrivals)
        for entry in [entry for node in nodes for entry in node.hears(batch, now=now)]:
            talk.log(entry, now)
