"""B1, B2, B3: the recognition service reads one topic that a relay has filled, in one process."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from bench.figures import Figure, rate
from bench.ground import TOPIC, Ground
from chuanyu.kernel.bus import says
from chuanyu.kernel.bus.client import reader
from chuanyu.kernel.bus.consumer import BATCH, BusThread, Reading
from chuanyu.kernel.bus.screen import Screen
from chuanyu.kernel.bus.tail import read
from chuanyu.kernel.bus.transact import Transactor
from chuanyu.kernel.codec import from_record
from chuanyu.kernel.envelope import Record
from chuanyu.kernel.runtime import now_ms
from chuanyu.kernel.seal import SealChecker
from chuanyu.kernel.store import Arrived, Connection, Migrations, Store, migrate
from chuanyu.kernel.watch import ServiceWatch
from chuanyu.recognition import queries
from chuanyu.recognition.handlers import Recognition, _fact
from kit.bus import eventually
from kit.cases import PROVINCES
from kit.rig import HERE, THERE

_TESTS = str(Path(__file__).parents[1])
_PLAIN = Migrations("plain", Path(__file__).parent / "plain")


class _Meter(ServiceWatch):
    """The service's own watch, and after every transaction the instant and what this thread computed so far."""

    def __init__(self) -> None:
        super().__init__(Recognition.name, [HERE, THERE])
        self.marks: list[tuple[float, int]] = []
        self.computed: list[float] = []

    def applied(self, done: Any, screened: Any, seconds: float) -> None:
        super().applied(done, screened, seconds)
        self.marks.append((time.perf_counter(), len(done.applied)))
        self.computed.append(time.thread_time())


def measure(ground: Ground, events: int, plain: int) -> list[Figure]:
    """events: how many the topic holds at least · plain: how many of them the faust agent gets to see."""
    events = ground.hold(events)
    meter = _consume(ground, events)
    found = rate(meter.marks)
    spent = 1e6 * (meter.computed[-1] - meter.computed[0]) / sum(count for _, count in meter.marks[1:])
    bare = _bare(ground, min(events, 20_000))
    whole = 1e6 / found
    migrate(Store(ground.rig.nodes[HERE].conninfo), [_PLAIN])
    faust = plain_faust(ground, "bench.agent", plain)
    profile = {
        **{f"{name} µs": value for name, value in bare.items()},
        "all else µs": whole - sum(bare.values()),
        "own CPU µs": spent,
        "waiting for PostgreSQL µs": whole - spent,
        "mean batch": sum(count for _, count in meter.marks) / len(meter.marks),
    }
    sum_of_parts = 1e6 / sum(bare.values())
    return [
        Figure("B1", "consume → seal → decode → apply → commit", found, "events/s", None, "≥ 8,000/s", found >= 8_000, profile),
        Figure("B2", "same", found, "events/s", ("sum of bare parts", sum_of_parts), "≥ 60 %", found >= 0.6 * sum_of_parts),
        Figure("B3", "same", found, "events/s", ("plain faust agent", faust), "≥ 5×", found >= 5 * faust),
    ]


def _consume(ground: Ground, events: int) -> _Meter:
    """The bus thread as a node makes it, on the one topic, until it has applied everything."""
    runtime, service, meter = ground.runtime, Recognition(PROVINCES), _Meter()
    screen = Screen(runtime.seals.check, service.check, runtime.partitions.__getitem__)
    announce: Callable[..., Any] = lambda record, name, at: says.message_parked(HERE, record, name, at)  # noqa: E731
    transactor = Transactor(service, HERE, runtime.partitions, screen, now_ms, announce)
    thread = BusThread(Reading(service.name, "bench", [TOPIC]), runtime.store, runtime.kafka, screen, transactor, meter)
    with ground.running(runtime.seals, thread):
        eventually(lambda: sum(count for _, count in meter.marks) >= events, "everything is applied", 60 + events / 500)
    runtime.seals.stopping.clear()
    return meter


def _bare(ground: Ground, events: int) -> dict[str, float]:
    """µs an event of each part alone, on records read beforehand: verify, decode, one batch insert a 500 rows with its commit."""
    runtime = ground.runtime
    records = list(_records(ground, events))
    checker = SealChecker(runtime._ring)
    verify = _each(records, lambda record: checker.check(record, HERE, 0))
    decode = _each(records, from_record)
    arrived = [Arrived(head, event, record, bytes(32), 0) for record in records for event, head in [from_record(record)]]
    rows = [_fact(one, set()) for one in arrived]
    with runtime.store.connect(application="bench", durable=False) as connection:
        insert = _insert(connection, rows)
    return {"verify": verify, "decode": decode, "batch insert": insert}


def _records(ground: Ground, events: int) -> Iterator[Record]:
    client = reader(ground.runtime.kafka)
    try:
        slots = [(TOPIC, number) for number in range(ground.runtime.partitions[TOPIC])]
        each = events // len(slots)
        yield from (record for record, _ in read(client, dict.fromkeys(slots, 0), dict.fromkeys(slots, each)))
    finally:
        client.close()


def _each(things: Sequence[Any], act: Callable[[Any], Any]) -> float:
    began = time.perf_counter()
    for thing in things:
        act(thing)
    return 1e6 * (time.perf_counter() - began) / len(things)


def _insert(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> float:
    """Into the service's own table as the consumer left it, under cases that it does not have; taken out again."""
    rows = [(f"bench/{row[0]}", *row[1:]) for row in rows]
    began = time.perf_counter()
    for start in range(0, len(rows), BATCH):
        with connection.transaction():
            queries.add_facts(connection, rows[start : start + BATCH])
    took = time.perf_counter() - began
    connection.execute("DELETE FROM recognition.fact WHERE starts_with(case_id, 'bench/')")
    return 1e6 * took / len(rows)


def plain_faust(ground: Ground, agent: str, events: int) -> float:
    """Events a second of what one writes first with faust, on the same topic. It ends once it has seen so many."""
    node = ground.rig.nodes[HERE]
    home = ground.rig.directory / agent
    home.mkdir()
    environment = {
        **os.environ,
        "PYTHONPATH": _TESTS,
        "BENCH_KAFKA": node.kafka,
        "BENCH_DATABASE": node.conninfo,
        "BENCH_TOPIC": TOPIC,
        "BENCH_EVENTS": str(events),
    }
    command = [sys.executable, "-m", agent, f"--datadir={home}", "worker", "--without-web", "-l", "error"]
    done = subprocess.run(command, env=environment, cwd=home, capture_output=True, text=True, timeout=120 + events / 50, check=False)
    for line in done.stderr.splitlines():
        if line.startswith("rate "):
            return float(line.split()[1])
    raise AssertionError(f"the agent did not finish: {done.stderr[-1000:]}")
