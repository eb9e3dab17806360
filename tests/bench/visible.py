"""
B6: accepted at the gateway → visible to recognition, one broker, 200 a second, beside Kafka alone at that rate.

A node of all services is a process, as `chuanyu up` runs it, and the other province's beside it. Events are submitted one by one over gRPC;
visible is what a recognition answer, which is one SQL statement, would see: a watcher on a session of its own asks every millisecond
for the samples that are still missing. Ten times a second the answer itself is asked for over gRPC, until it has the sample.
B10: what both nodes, Kafka and PostgreSQL then take in memory, each shared page counted once (PSS).
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import isfinite
from pathlib import Path
from typing import Any
from uuid import uuid4

from confluent_kafka import Consumer, Producer

from bench import accept, samples
from bench.figures import Figure, Latencies
from bench.ground import TOPIC, Ground
from bench.openloop import Run, steady
from chuanyu.contracts.pb.recognition.v1 import recognition_pb2 as asked
from chuanyu.contracts.pb.recognition.v1.recognition_pb2_grpc import RecognitionServiceStub
from kit.bus import eventually
from kit.rig import HERE, THERE, Rig

RATE = 200
LOWER = (150, 100, 50)  # tried one after the other where the rate of the bar saturates
ASKED = 10  # answers a second that are asked for


def measure(ground: Ground, seconds: float) -> list[Figure]:
    """Both nodes as processes, under load."""
    rig = ground.rig
    bare = _bare(ground, min(seconds, 10))
    names = [rig.start("node", HERE), rig.start("node", THERE)]
    try:
        _caught_up(ground)
        return [*_at_most(rig, seconds, bare), *_memory(rig, names)]
    finally:
        for name in names:
            rig.stop(name)


def _caught_up(ground: Ground) -> None:
    """Waits until both nodes have applied whatever the benchmarks before left in the log."""
    rig, total = ground.rig, ground.accepted()
    applied = (
        f"SELECT sum(sequence) FROM bus.position WHERE topic = '{TOPIC}' GROUP BY service HAVING service IN ('recognition', 'spotcheck')"
    )
    for province in (HERE, THERE):
        with rig.connection(province) as connection:
            eventually(lambda c=connection: c.execute(applied).fetchall() == [(total,)] * 2, f"{province} has caught up", 900)  # type: ignore[misc]


class _Watcher(threading.Thread):
    """When each case was seen; submitted cases are handed to it with their intended instant."""

    def __init__(self, rig: Rig) -> None:
        super().__init__(name="watcher", daemon=True)
        self._connection = rig.connection()
        self._missing: dict[str, float] = {}
        self._guard = threading.Lock()
        self.latencies = Latencies()
        self.done = threading.Event()

    def expect(self, case: str, intended: float) -> None:
        with self._guard:
            self._missing[case] = intended

    @property
    def missing(self) -> int:
        return len(self._missing)

    def run(self) -> None:
        while not self.done.wait(0.001):
            with self._guard:
                cases = list(self._missing)
            if cases:
                rows = self._connection.execute("SELECT case_id FROM recognition.fact WHERE case_id = ANY(%s)", [cases]).fetchall()
                seen = time.perf_counter()
                with self._guard:
                    for (case,) in rows:
                        self.latencies.add(seen - self._missing.pop(case))
        self._connection.close()


@dataclass(frozen=True, slots=True)
class _Seen:
    """A run at one rate: when samples could be seen, when an answer had them, and whether the callers' calls came back in time."""

    visible: Latencies
    answered: Latencies
    run: Run


def _at_most(rig: Rig, seconds: float, bare: Latencies) -> list[Figure]:
    """At the rate of the bar; where that saturates this machine, also at the next lower one that does not."""
    found = _figures(RATE, asyncio.run(_visible(rig, RATE, seconds)), bare)
    for rate in LOWER if not isfinite(found[0].value) else ():
        lower = _figures(rate, asyncio.run(_visible(rig, rate, seconds)), bare)
        if isfinite(lower[0].value):
            return [*found, *(replace(figure, bar="", met=None) for figure in lower)]
    return found


def _figures(rate: int, seen: _Seen, bare: Latencies) -> list[Figure]:
    p50 = p99 = float("inf")
    parts: Mapping[str, float | str] = seen.run.parts()
    if not seen.run.saturated:
        p50, p99 = seen.visible.ms(0.5), seen.visible.ms(0.99)
        parts = {**seen.visible.parts(), **seen.answered.parts("answered ")}
    told = {**parts, **bare.parts("bare Kafka ")}
    return [
        Figure("B6", f"accepted → visible at {rate}/s, p50", p50, "ms", ("bare Kafka", bare.ms(0.5)), "≤ 15 ms", p50 <= 15, told),
        Figure("B6", "same, p99", p99, "ms", ("bare Kafka", bare.ms(0.99)), "≤ 80 ms", p99 <= 80),
    ]


async def _visible(rig: Rig, rate: int, seconds: float) -> _Seen:
    watcher, answered = _Watcher(rig), Latencies()
    watcher.start()
    door = accept.grpc_door(rig)
    ask = RecognitionServiceStub(door.channel).CheckRecognition
    numbers = accept.fresh()

    async def call(n: int, intended: float) -> None:
        number = next(numbers)
        if n >= 2 * rate:  # as long as `steady` warms up
            watcher.expect(f"{HERE}/spotcheck/{samples.number(number)}", intended)
        await door.submit([samples.submission(number)])
        if n >= 2 * rate and n % (rate // ASKED) == 0:
            await _until_answered(ask, samples.number(number))
            answered.add(time.perf_counter() - intended)

    async with door:
        run = await steady(rate, seconds, call)
    deadline = time.perf_counter() + 30
    while watcher.missing and time.perf_counter() < deadline:
        await asyncio.sleep(0.05)
    watcher.done.set()
    watcher.join()
    assert not watcher.missing, f"{watcher.missing} samples never came"
    return _Seen(watcher.latencies, answered, run)


async def _until_answered(ask: Any, number: str) -> None:
    question = asked.CheckRecognitionRequest(sample=asked.SampleQuestion(sample_no=number))
    while not (await ask(question, timeout=10)).evidence:
        await asyncio.sleep(0.001)


def _bare(ground: Ground, seconds: float) -> Latencies:
    """Kafka alone at the same rate: produced, acknowledged by all, consumed in this process."""
    topic, bootstrap = f"{THERE}.warning", ground.runtime.kafka["bootstrap.servers"]
    latencies, total = Latencies(), int(RATE * (seconds + 2))
    consumer = Consumer(
        {"bootstrap.servers": bootstrap, "group.id": f"bare-{uuid4()}", "auto.offset.reset": "earliest", "fetch.wait.max.ms": 100}
    )
    consumer.subscribe([topic])
    while not consumer.assignment():
        consumer.poll(0.1)

    def consume() -> None:
        for n in range(total):
            while (message := consumer.poll(1.0)) is None or message.error():
                pass
            if n >= 2 * RATE:
                latencies.add(time.perf_counter() - float(message.value()[:24]))
        consumer.close()

    thread = threading.Thread(target=consume, daemon=True)
    thread.start()
    asyncio.run(_produce(bootstrap, topic, total))
    thread.join(30)
    return latencies


async def _produce(bootstrap: str, topic: str, total: int) -> None:
    producer = Producer({"bootstrap.servers": bootstrap, "acks": "all", "linger.ms": 0})
    begin = time.perf_counter() + 0.1
    for n in range(total):
        intended = begin + n / RATE
        await asyncio.sleep(max(0.0, intended - time.perf_counter()))
        producer.produce(topic, f"{intended:<24.9f}".encode() + bytes(accept.ROW_BYTES))
        producer.poll(0)
    producer.flush(10)


def _memory(rig: Rig, names: list[str]) -> list[Figure]:
    parts = {name: sum(map(_pss, _tree(rig.processes[name].pid))) for name in names}
    parts |= {name: sum(map(_pss, _tree(process.pid))) for name, process in rig.stack.running.items()}
    nodes = max(parts[name] for name in names)
    whole = sum(parts.values())
    told = {f"{name} MB": value for name, value in parts.items()}
    return [
        Figure("B10", "two nodes, Kafka and PostgreSQL under load", whole, "MB", None, "≤ 1,500 MB", whole <= 1500, told),
        Figure("B10", "a node in one process", nodes, "MB", None, "≤ 300 MB", nodes <= 300),
    ]


def _tree(pid: int) -> Iterator[int]:
    """A process and all below it."""
    yield pid
    for thread in Path(f"/proc/{pid}/task").iterdir():
        for child in (thread / "children").read_text().split():
            yield from _tree(int(child))


def _pss(pid: int) -> float:
    """Proportional set size, MB."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
