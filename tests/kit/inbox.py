"""A node's inboxes over a real database: it hears records, hands out what they mean for its members, and answers them; without broker."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import Any

from chuanyu.contracts.pb.inbox.v1 import inbox_pb2 as pb
from chuanyu.inbox import queries
from chuanyu.inbox.api import Desk, Place
from chuanyu.inbox.bell import Bell
from chuanyu.inbox.dispatcher import Dispatcher
from chuanyu.inbox.rest import answer_json
from chuanyu.inbox.rules import Members
from chuanyu.kernel.store import Arrived, Store, migrate
from chuanyu.kernel.store import log as own_log
from kit.cases import PARTITIONS, PROVINCES, Talk
from kit.reading import FAMILIES, Clerk


@dataclass(frozen=True)
class Member:
    """A member with one jurisdiction."""

    id: str
    division: str
    clearance: str = "L3"

    @property
    def name(self) -> str:
        return f"{self.id}局"

    @property
    def jurisdiction(self) -> tuple[str, ...]:
        return (self.division,) if self.division else ()


PROVINCIAL = Member("sichuan-amr", "510000")
YIBIN_AMR, LUZHOU_AMR, CHENGDU_AMR = Member("yibin-amr", "511500"), Member("luzhou-amr", "510500"), Member("chengdu-amr", "510100")
YIBIN_APP = Member("yibin-app", "511500")
MEMBERS = (PROVINCIAL, YIBIN_AMR, LUZHOU_AMR, CHENGDU_AMR)


class Post:
    """One node with its members. desk: of one process; more can be made of it."""

    def __init__(self, clerk: Clerk, conninfo: str, desk: Desk, bell: Bell, members: Sequence[Member]) -> None:
        self.clerk, self.desk, self.bell = clerk, desk, bell
        self.store = Store(conninfo)
        self.members = Members(clerk.province, members)
        self.connection = self.store.connect(application="test")

    def dispatcher(self, bell: Bell | None = None, members: Sequence[Member] | None = None) -> Dispatcher:
        """Who hands out, as another process would make it."""
        chosen = self.members if members is None else Members(self.clerk.province, members)
        return Dispatcher(chosen, self.store, bell or self.bell, lambda: self.clerk.now)

    def hears(self, talk: Talk, *batch: Arrived) -> None:
        """Applies records and hands out what they mean."""
        self.clerk.hears(talk, *batch)
        self.hand_out()

    def hand_out(self) -> None:
        while self.dispatcher().hand_out(self.connection):
            pass

    @contextmanager
    def handing_out(self, bell: Bell | None = None) -> Iterator[None]:
        """While it lasts a process hands out by itself."""
        dispatcher = self.dispatcher(bell)
        thread = Thread(target=dispatcher.run)
        thread.start()
        try:
            yield
        finally:
            dispatcher.stopping.set()
            thread.join()

    async def listed(self, member: Member, **asked: Any) -> dict[str, Any]:
        """A page as REST tells it."""
        return answer_json(await self.desk.list_deliveries(pb.ListDeliveriesRequest(**asked), member))

    async def inbox(self, member: Member) -> list[tuple[str, str]]:
        """(event id, why) of all that waits, page by page."""
        found: list[tuple[str, str]] = []
        after = ""
        while page := (answer := await self.listed(member, after=after, page_size=3))["deliveries"]:
            found += [(each["event"]["id"], each["why"]) for each in page]
            after = answer["next"]
        return found

    async def acknowledge(self, member: Member, *ids: str, outcome: str = "NOTED", note: str = "") -> list[dict[str, Any]]:
        """The results."""
        request = pb.AcknowledgeDeliveriesRequest(delivery_ids=ids, outcome=f"ACTION_OUTCOME_{outcome}", note=note)
        results: list[dict[str, Any]] = answer_json(await self.desk.acknowledge_deliveries(request, member))["results"]
        return results

    def said(self) -> list[own_log.Entry]:
        """What stands in the node's own log and was not relayed."""
        return [entry for _, entry in own_log.waiting(self.connection, 1000)]

    def comes_back(self, talk: Talk) -> list[Arrived]:
        """What the log holds, relayed and heard here; what both nodes then hear."""
        arrived = [talk.log(entry, talk.now + 1000 + place) for place, entry in enumerate(self.said())]
        self.clerk.hears(talk, *arrived)
        return arrived


@asynccontextmanager
async def post(province: str, conninfo: str, members: Sequence[Member] = MEMBERS) -> AsyncIterator[Post]:
    """A node whose desk is open."""
    clerk = Clerk(province, conninfo)
    store = Store(conninfo)
    migrate(store, [queries.MIGRATIONS])
    bell = Bell()
    partitions = {f"{word}.{family}": PARTITIONS for word in PROVINCES for family in FAMILIES}
    place = Place(province, list(PROVINCES), FAMILIES, partitions)
    async with store.pool(application="test") as pool:
        desk = Desk(pool, bell, Members(province, members), place, clock=lambda: clerk.now, told=lambda *_: None)
        opened = Post(clerk, conninfo, desk, bell, members)
        yield opened
        opened.connection.close()
    for node in clerk.nodes.values():
        node.connection.close()
