"""A node's quarantine with three records in it, behind its doors; no broker, nobody carries acts out."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace

from chuanyu.contracts.common import NoticeClass
from chuanyu.kernel.faults import RuleViolated, SealInvalid
from chuanyu.kernel.store import Store, migrate
from chuanyu.quarantine.api import Desk
from kit.cases import NOON, PARTITIONS, Talk, result
from kit.quarantine import PHONE, Kept, Warden, personal

TOPICS = {"sichuan.system": 1, "chongqing.spotcheck": PARTITIONS}


@pytest.fixture
async def kept(database: str) -> AsyncIterator[Kept]:
    store = Store(database)
    migrate(store, [])
    log: list[tuple[str, str, int]] = []
    async with store.pool(application="test") as pool:
        desk = Desk(pool, "sichuan", TOPICS, clock=lambda: NOON, told=lambda *told: log.append(told))
        connection = store.connect(application="test")
        yield Kept(connection, Warden(desk, log), Talk())
        connection.close()


@pytest.fixture
def three(kept: Kept) -> Kept:
    """1: a person's data, refused in words that quote them · 2: junk under a bad seal, holding nothing · 3: a restricted notice."""
    kept.park(personal(), RuleViolated(f"the database refuses a value: {PHONE}"))
    junk = SealInvalid("the signature does not cover these bytes", why="signature_wrong")
    kept.park(result(case="chongqing/spotcheck/X2"), junk, value=b"junk " + PHONE.encode(), holds=False)
    fraud = result(case="chongqing/spotcheck/X3")
    kept.park(replace(fraud, head=replace(fraud.head, notice_class=NoticeClass.FRAUD)), RuleViolated("no"))
    return kept
