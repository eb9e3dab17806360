"""
Two brokers and MirrorMaker 2: the sample day passes over them, and what the mirror does wrong costs nothing.

The mirror is killed while members submit, and copies again what it had copied; records vanish from a copy while their reader is away.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient

from chuanyu import sample
from chuanyu.kernel.bus.client import ends, reader
from chuanyu.kernel.store import Connection
from kit import agreement
from kit.bus import eventually
from kit.clients import Submitter
from kit.up import NODES, Up, up

PARTITIONS = 12
TOPIC = "sichuan.spotcheck"
SLOTS = [(TOPIC, number) for number in range(PARTITIONS)]
EVENTS = "SELECT event_id::text FROM cases.event WHERE topic = %s AND event_id = ANY(%s)"


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    with up(tmp_path_factory.mktemp("pair"), "--federated", "--demo", "--seed", "4") as running:
        yield running


@pytest.fixture(scope="module")
def day(pair: Up) -> dict[str, Any]:
    """What the sample day said that `up` itself has played."""
    told: dict[str, Any] = pair.line()["demo"]
    return told


@pytest.fixture
def nodes(pair: Up, day: dict[str, Any]) -> Iterator[dict[str, Connection]]:
    with pair.connection("sichuan") as sichuan, pair.connection("chongqing") as chongqing:
        yield {"sichuan": sichuan, "chongqing": chongqing}


def bootstrap(pair: Up, node: str) -> str:
    return str(pair.facts["nodes"][node]["kafka"])


def bounds(pair: Up, node: str) -> dict[int, tuple[int, int]]:
    """First and end offset of each of Sichuan's partitions as a node's broker has it."""
    client = reader({"bootstrap.servers": bootstrap(pair, node)})
    try:
        return {number: bound for (_, number), bound in ends(client, SLOTS).items()}
    finally:
        client.close()


def copied(pair: Up) -> int:
    """How many records of Sichuan the mirror has written to Chongqing's broker so far, repetitions included."""
    return sum(end for _, end in bounds(pair, "chongqing").values())


def clients(pair: Up, first: int, count: int, cases: int) -> list[Submitter]:
    """Members' clients in Sichuan, each with cases of its own, two events a case."""
    address = pair.facts["nodes"]["sichuan"]["rest"].removeprefix("https://")
    folder = pair.directory / "members" / "chengdu-amr"
    ca = pair.directory / "ca.pem"
    return [Submitter(address, folder, ca, "/sichuan/chengdu-amr", f"client-{n}", cases, 2) for n in range(first, first + count)]


def finish(running: list[Submitter]) -> list[str]:
    """Waits for their last answers; the events that they were told of."""
    for client in running:
        client.join(60)
        assert not client.is_alive() and not client.refused
    return [said.event for client in running for said in client.history]


def applied(pair: Up, service: str, outcome: str = "applied") -> float:
    return pair.metric("chongqing", "chuanyu_applied_total", service=service, origin="sichuan", outcome=outcome)


def log_rows(connection: Connection, like: str) -> int:
    row = connection.execute("SELECT count(*) FROM bus.log WHERE topic LIKE %s", [like]).fetchone()
    return int(row[0]) if row else 0


def test_the_sample_day_passes_over_two_brokers_and_a_mirror(pair: Up, day: dict[str, Any]) -> None:
    assert bootstrap(pair, "sichuan") != bootstrap(pair, "chongqing")
    assert [check["name"] for check in day["checks"] if not check["ok"]] == []
    assert day["delivered"] > 0


def test_p1_p2_r5_a_mirror_that_is_killed_loses_and_doubles_nothing(
    pair: Up, nodes: dict[str, Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twice under load; meanwhile another sample day must get all its receipts from over there."""
    monkeypatch.setattr("chuanyu.sample.playing.WITHIN_SECONDS", 120.0)
    with ThreadPoolExecutor(1) as aside:
        before = copied(pair)
        running = clients(pair, 51, 2, 400)
        for client in running:
            client.start()
        another = aside.submit(sample.play, pair.facts, 5, lambda *_: None)
        for _ in range(2):
            eventually(lambda seen=before: copied(pair) > seen + 50, "the mirror copies", 60)  # type: ignore[misc]
            kill_mirror(pair)
            before = copied(pair)
        said = finish(running)
        failed = [check.name for check in another.result(120).checks if not check.ok]
    agreement.caught_up(nodes)
    assert failed == []
    assert len(agreement.checksums(nodes)) == 1
    kept = [row[0] for row in nodes["chongqing"].execute(EVENTS, [TOPIC, said])]
    assert sorted(kept) == sorted(said)
    assert applied(pair, "spotcheck") == log_rows(nodes["sichuan"], TOPIC)
    assert applied(pair, "recognition") == sum(
        log_rows(nodes["sichuan"], f"sichuan.{family}") for family in ("spotcheck", "recall", "credit")
    )
    again = copied(pair) - log_rows(nodes["sichuan"], TOPIC)
    print(f"\n{len(said)} events submitted, {again} records copied more than once")
    assert applied(pair, "spotcheck", "repeated") == again


def kill_mirror(pair: Up) -> None:
    """SIGKILL; `up` starts it again."""
    old = pair.pid("mirror")
    pair.signal("mirror", signal.SIGKILL)
    eventually(lambda: pair.pid("mirror") not in (None, old), "the mirror is started again", 30)


def test_d6_positions_are_those_of_the_nodes_own_broker(pair: Up, nodes: dict[str, Connection]) -> None:
    agreement.caught_up(nodes)
    for node, connection in nodes.items():
        here = bounds(pair, node)
        rows = connection.execute("SELECT partition, next_offset FROM bus.position WHERE service = 'spotcheck' AND topic = %s", [TOPIC])
        assert dict(rows) == {number: end for number, (_, end) in here.items()}


def test_d5_r5_records_that_vanish_from_the_copy_are_noticed_asked_for_and_sent_again(pair: Up, nodes: dict[str, Connection]) -> None:
    """In one partition the first new record, in another all of them: then only the owner's heartbeat tells of them."""
    agreement.caught_up(nodes)
    told = {node: len(pair.log(f"node-{node}")) for node in NODES}
    with frozen(pair, "node-chongqing"):
        before = bounds(pair, "chongqing")
        running = clients(pair, 71, 1, 60)
        running[0].start()
        said = finish(running)
        eventually(
            lambda: sum(end for _, end in bounds(pair, "chongqing").values()) >= sum(e for _, e in before.values()) + len(said),
            "all crossed",
            60,
        )
        after = bounds(pair, "chongqing")
        one, whole = [number for number in range(PARTITIONS) if after[number][1] - before[number][1] >= 2][:2]
        remove(pair, {one: before[one][1] + 1, whole: after[whole][1]})
    for service in ("spotcheck", "recognition"):
        for number in (one, whole):
            for event in ("gap_seen", "gap_closed"):
                line = f'"service": "{service}", "topic": "{TOPIC}", "partition": {number}, "event": "{event}"'
                eventually(lambda line=line: line in pair.log("node-chongqing")[told["chongqing"] :], line, 90)  # type: ignore[misc]
    assert '"sent_again"' in pair.log("node-sichuan")[told["sichuan"] :]
    agreement.caught_up(nodes)
    assert sorted(row[0] for row in nodes["chongqing"].execute(EVENTS, [TOPIC, said])) == sorted(said)
    assert len(agreement.checksums(nodes)) == 1


@contextmanager
def frozen(pair: Up, part: str) -> Iterator[None]:
    """SIGSTOP while it lasts."""
    pair.signal(part, signal.SIGSTOP)
    try:
        yield
    finally:
        pair.signal(part, signal.SIGCONT)


def remove(pair: Up, before: dict[int, int]) -> None:
    """Deletes from the copy what stands before these offsets: partition → offset."""
    admin = AdminClient({"bootstrap.servers": bootstrap(pair, "chongqing")})
    wanted = [TopicPartition(TOPIC, number, offset) for number, offset in before.items()]
    for done in admin.delete_records(wanted).values():
        done.result(20)
