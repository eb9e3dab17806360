"""
Relay, consumer, gateway, PostgreSQL and Kafka are killed (-9) while members submit; afterwards the checker speaks (P1–P4).

Short by default; `CHAOS=full` (make chaos) runs 20,000 submissions with each part killed ten times.
"""

from __future__ import annotations

import itertools
import os
import random
import time

import pytest

from chuanyu.kernel.store import log
from kit.bus import eventually
from kit.checker import verdict
from kit.clients import Submitter
from kit.rig import HERE, THERE, Rig

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(1500)]

FULL = os.environ.get("CHAOS") == "full"
SUBMISSIONS, KILLS = (20_000, 10) if FULL else (3_000, 2)
CLIENTS, EACH = 4, 4


def submitters(rig: Rig, submissions: int = SUBMISSIONS) -> list[Submitter]:
    """Four members' clients, whose events add up to so many."""
    node = rig.nodes[HERE]
    folder = rig.directory / "members" / "chengdu-amr"
    address = f"127.0.0.1:{node.ports['rest']}"
    cases = submissions // (CLIENTS * EACH)
    return [
        Submitter(address, folder, rig.directory / "ca.pem", "/sichuan/chengdu-amr", f"client-{n}", cases, EACH)
        for n in range(1, CLIENTS + 1)
    ]


def judge(rig: Rig, clients: list[Submitter], provinces: tuple[str, ...] = (HERE,)) -> None:
    """Waits until everything answered has taken effect at every ledger, and lets the checker speak."""
    history = [said for client in clients for said in client.history]
    assert not [refused for client in clients for refused in client.refused]
    for province in provinces:
        eventually(lambda province=province: len(rig.effects(province)) >= len(history), f"all effects in {province}", 120)
        found = verdict(history, rig.effects(province))
        assert not found, found[:10]


def run(clients: list[Submitter]) -> None:
    for client in clients:
        client.start()


def finish(clients: list[Submitter], within: float = 900) -> None:
    deadline = time.monotonic() + within
    for client in clients:
        client.join(max(1.0, deadline - time.monotonic()))
    late = [client.name for client in clients if client.is_alive()]
    for client in clients:
        client.gave_up.set()
    assert not late, f"{late} were not answered in time"


def test_p1_p2_p3_nothing_is_lost_doubled_or_reordered_whoever_is_killed(rig: Rig) -> None:
    """Every part, in an order drawn by chance, while 4 clients submit and say again whatever was not answered."""
    names = [rig.start(part) for part in ("gateway", "relay", "ledger")] + [rig.start("ledger", THERE)]
    servers = [rig.stack.broker.name, rig.stack.server.name]
    targets = [*names[:3], *servers] * KILLS
    random.Random(20261124).shuffle(targets)
    clients = submitters(rig)
    run(clients)
    for target in targets:
        time.sleep(random.Random(target).uniform(0.3, 1.2))  # the distance between two faults is part of the fault, not a wait
        (rig.kill_server if target in servers else rig.kill)(target)
    finish(clients)
    eventually(lambda: len(rig.ends) >= 3 * KILLS, "every kill was followed by a start")
    judge(rig, clients, (HERE, THERE))


def test_p2_everything_sent_again_takes_effect_once(rig: Rig) -> None:
    """The relay is asked for everything from the beginning, again and again, under load."""
    for part in ("gateway", "relay", "ledger"):
        rig.start(part)
    clients = submitters(rig, 2_000)
    run(clients)
    topics = [("sichuan.spotcheck", n) for n in range(12)]
    with rig.connection() as connection:
        while any(client.is_alive() for client in clients):
            for slot in topics:
                connection.execute("INSERT INTO bus.resend VALUES (%s, %s, 1) ON CONFLICT DO NOTHING", slot)
            eventually(lambda: connection.execute("SELECT count(*) FROM bus.resend").fetchone() == (0,), "the request is taken")
    finish(clients)
    judge(rig, clients)


def test_r3_a_frozen_relay_is_replaced_and_harmless_when_it_wakes(rig: Rig) -> None:
    gateway = rig.start("gateway")
    first = rig.start("relay")
    rig.start("ledger")
    clients = submitters(rig, 2_000)
    run(clients)
    eventually(lambda: len(rig.effects()) > 100, "the first relay works")
    second = rig.start("relay", n=2)
    with rig.frozen(first):
        eventually(lambda: "leading" in rig.log(second), "the second relay leads", 30)
        finish(clients)
        judge(rig, clients)
    more = submitters(rig, 400)
    for client, number in zip(more, itertools.count(11), strict=False):
        client.name = f"client-{number}"
    run(more)
    finish(more)
    judge(rig, [*clients, *more])
    assert rig.ready(gateway)


def test_r3_a_frozen_consumer_that_wakes_finds_the_fence(rig: Rig) -> None:
    """Another instance takes over meanwhile; the zombie leaves and nothing takes effect twice."""
    rig.start("gateway")
    rig.start("relay")
    first = rig.start("ledger")
    clients = submitters(rig, 2_000)
    run(clients)
    eventually(lambda: len(rig.effects()) > 100, "the first one works")
    with rig.frozen(first):
        rig.start("ledger", n=2)
        with rig.connection() as connection:
            versions = "SELECT min(version) FROM bus.position WHERE service = 'ledger' AND topic = 'sichuan.spotcheck'"
            eventually(lambda: connection.execute(versions).fetchone() != (1,), "every partition has a new owner", 90)
        finish(clients)
        judge(rig, clients)
    eventually(lambda: first in [name for name, _ in rig.ends] or rig.ready(first), "it left, or was let back in", 30)
    judge(rig, clients)


def test_d3_an_older_database_is_recovered(rig: Rig) -> None:
    """The database is set back to a copy; the node refuses to start, recovers, and nobody's accepted event is lost or doubled."""
    names = [rig.start(part) for part in ("gateway", "relay", "ledger")]
    early = submitters(rig, 400)
    run(early)
    finish(early)
    judge(rig, early)
    for name in names:
        rig.stop(name)
    rig.copy("sichuan", "older")
    names = [rig.start(part) for part in ("gateway", "relay", "ledger")]
    late = submitters(rig, 400)
    for client, number in zip(late, itertools.count(21), strict=False):
        client.name = f"client-{number}"
    run(late)
    finish(late)
    judge(rig, [*early, *late])
    for name in names:
        rig.stop(name)
    rig.copy("older", "sichuan")
    assert "log_ahead" in rig.refused("relay")
    rig.recover()
    for part in ("gateway", "relay", "ledger"):
        rig.start(part)
    judge(rig, [*early, *late])
    with rig.connection() as connection:
        assert log.depth(connection) == (0, 0)
