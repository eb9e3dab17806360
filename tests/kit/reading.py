"""A node's view of cases over a real database: it hears records of every family and answers questions, without broker."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import groupby

from chuanyu.casework.api import Desk
from chuanyu.credit import handlers as credit
from chuanyu.kernel.bus import screen
from chuanyu.kernel.store import Arrived, Store, parked
from chuanyu.spotcheck import handlers as spotcheck
from kit.cases import NOON, PROVINCES, Talk
from kit.nodes import Node

FAMILIES = ("spotcheck", "credit")
FRESH = {"sichuan": 0.4, "chongqing": 2.1}


@dataclass(frozen=True)
class Reader:
    """A member who reads. Without a division: a person who answers for none."""

    id: str = "chengdu-amr"
    division: str = "510100"
    clearance: str = "L3"

    @property
    def jurisdiction(self) -> tuple[str, ...]:
        return (self.division,) if self.division else ()


class Clerk:
    """One node's casework and its desk. now: ms, of its clock · sources: the age of each province's data."""

    def __init__(self, province: str, conninfo: str) -> None:
        made = {"spotcheck": spotcheck.service(PROVINCES), "credit": credit.service(PROVINCES)}
        self.nodes = {family: Node(province, conninfo, service) for family, service in made.items()}
        self.province = province
        self.now = NOON
        self.sources: Mapping[str, float | None] = FRESH
        self.log: list[tuple[str, str, list[str]]] = []
        self.desk: Desk

    def ages(self, service: str) -> Mapping[str, float | None]:
        assert service in FAMILIES
        return self.sources

    def told(self, member: str, method: str, cases: Sequence[str]) -> None:
        """Who asked what, about which cases."""
        self.log.append((member, method, list(cases)))

    def hears(self, talk: Talk, *batch: Arrived) -> None:
        """Applies records, each family as one batch; what this node says about them comes back on its own topic at once."""
        said = [entry for family, records in _by_family(batch) for entry in self.nodes[family].hears(records, now=self.now)]
        if said:
            after = max(self.now, *(each.head.logicaltime or 0 for each in batch)) + 1
            self.hears(talk, *(talk.log(entry, after + place) for place, entry in enumerate(said)))

    def park(self, arrived: Arrived) -> None:
        """The record stands in quarantine."""
        family = arrived.head.subject.split("/")[1]
        kept = replace(screen.kept(arrived.record, arrived.partition), code="rule_violated", state="PARKED")
        parked.park(self.nodes[family].connection, family, [kept], self.now)


def _by_family(batch: Sequence[Arrived]) -> list[tuple[str, list[Arrived]]]:
    def family(arrived: Arrived) -> str:
        return arrived.head.subject.split("/")[1]

    return [(name, list(records)) for name, records in groupby(sorted(batch, key=family), key=family)]


@asynccontextmanager
async def reading(province: str, conninfo: str) -> AsyncIterator[Clerk]:
    """A clerk whose desk is open."""
    clerk = Clerk(province, conninfo)
    async with Store(conninfo).pool(application="test") as pool:
        clerk.desk = Desk(pool, clerk, province, list(PROVINCES), FAMILIES, clock=lambda: clerk.now, told=clerk.told)
        yield clerk
    for node in clerk.nodes.values():
        node.connection.close()
