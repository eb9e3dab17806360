"""A quarantine desk over a kernel node's database, and the persons who ask it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from msgspec.structs import replace as changed

from chuanyu.contracts.pb.quarantine.v1 import quarantine_pb2 as pb
from chuanyu.contracts.pb.quarantine.v1.parked_pb2 import DecisionOutcome
from chuanyu.kernel.bus import screen
from chuanyu.kernel.faults import Poison
from chuanyu.kernel.store import Connection, parked
from chuanyu.quarantine.api import Desk
from kit.bus import Node
from kit.cases import NOON, Talk, result


@dataclass(frozen=True)
class Person:
    """A person or member of the node."""

    id: str = "ops"
    clearance: str = "L1"
    roles: frozenset[str] = frozenset({"ops"})


OPS, SECOND = Person(), Person("ops-2")
CONTACT, PHONE = "张三丰", "13812345678"


class Warden:
    """One node's quarantine. log: who did what to how many records."""

    def __init__(self, desk: Desk, log: list[tuple[str, str, int]]) -> None:
        self.desk, self.log = desk, log

    async def numbers(self, **wanted: Any) -> list[int]:
        """Numbers of the records that match."""
        return [each.parked_id for each in await self.listed(**wanted)]

    async def listed(self, by: Person = OPS, **wanted: Any) -> list[Any]:
        """The records of one page that match."""
        return list((await self.desk.list_parked(pb.ListParkedRequest(filter=wanted, page_size=200), by)).records)

    async def release(self, *numbers: int, by: Person = OPS, reason: str = "已升级", **more: Any) -> Any:
        return await self.desk.release_parked(pb.ReleaseParkedRequest(parked_ids=numbers, reason=reason, **more), by)

    async def discard(self, *numbers: int, by: Person = OPS, reason: str = "确认伪造", **more: Any) -> Any:
        return await self.desk.discard_parked(pb.DiscardParkedRequest(parked_ids=numbers, reason=reason, **more), by)

    async def get(self, number: int, by: Person = OPS) -> Any:
        return await self.desk.get_parked(pb.GetParkedRequest(parked_id=number), by)


@asynccontextmanager
async def warding(node: Node) -> AsyncIterator[Warden]:
    """A desk that is open, over the node's own database."""
    log: list[tuple[str, str, int]] = []
    async with node.store.pool(application="test") as pool:
        desk = Desk(pool, node.province, node.counts, told=lambda *told: log.append(told))
        yield Warden(desk, log)


def outcomes(answer: Any) -> list[str]:
    """How each decision ended, refusals by their code."""
    return [
        each.violations[0].code if each.violations else DecisionOutcome.Name(each.outcome).removeprefix("DECISION_OUTCOME_")
        for each in answer.decisions
    ]


def remarks(found: Sequence[Any]) -> list[str]:
    """Their codes."""
    return [each.code for each in found]


@dataclass
class Kept:
    """The database, and the desk over it."""

    connection: Connection
    warden: Warden
    talk: Talk

    def park(self, event: Any, fault: Poison, *, value: bytes | None = None, service: str = "spotcheck", holds: bool = True) -> None:
        """A record of Chongqing's stands in quarantine."""
        arrived = self.talk.say("chongqing", event)
        record = arrived.record if value is None else replace(arrived.record, value=value)
        row = replace(screen.kept(record, arrived.partition, offset=7, fault=fault), holds=holds)
        parked.park(self.connection, service, [row], NOON)


def personal(case: str = "chongqing/spotcheck/X1") -> Any:
    """A failed sample whose shop names a contact."""
    event = result(case=case)
    party = changed(event.sampled_unit.party, contact=b"\0" + CONTACT.encode(), phone=b"\0" + PHONE.encode())
    return changed(event, sampled_unit=changed(event.sampled_unit, party=party))
