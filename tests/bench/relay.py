"""B5: the relay drains a log in which many rows wait."""

from __future__ import annotations

import time
from typing import Any

from bench.figures import Figure
from bench.ground import Ground
from chuanyu.kernel.bus.client import producer
from chuanyu.kernel.bus.relay import BATCH, record_of
from chuanyu.kernel.envelope import Record, finish
from chuanyu.kernel.runtime import now_ms
from chuanyu.kernel.seal import seal_batch
from chuanyu.kernel.store import log
from chuanyu.kernel.watch import RelayWatch
from kit.bus import eventually


class _Meter(RelayWatch):
    """Counts what was handed to Kafka."""

    count = 0

    def relayed(self, count: int, resent: int) -> None:
        super().relayed(count, resent)
        self.count += count + resent


def measure(ground: Ground, events: int) -> list[Figure]:
    """The same number of events waits twice: once for the bare parts, once for the relay."""
    ground.fill(range(events // 5))
    bare = _bare(ground)
    ground.fill(range(events // 5, events // 5 + events))
    before = ground.produced()
    seconds = _drain(ground, before, events)
    found, parts = events / seconds, 1e6 / sum(bare.values())
    told = {f"{name} µs": value for name, value in bare.items()} | {"all else µs": 1e6 / found - sum(bare.values())}
    met = found >= 10_000 and found >= 0.6 * parts
    what = f"relay drains {events:,} waiting rows"
    return [Figure("B5", what, found, "rows/s", ("sum of bare parts", parts), "≥ 10,000/s, ≥ 60 %", met, told)]


def _drain(ground: Ground, before: int, events: int) -> float:
    """Seconds for so many rows, from when the relay was seen at work to the last record on the broker."""
    relay = ground.runtime.relay()
    relay._watch = meter = _Meter()
    with ground.running(ground.runtime.seals, relay):
        eventually(lambda: meter.count, "the relay leads", 60)
        began, first = time.perf_counter(), meter.count
        eventually(lambda: not log.depth(ground.connection)[0], "every row is numbered", 600)
        eventually(lambda: ground.produced() >= before + events, "every record is on the broker", 60)
        took = time.perf_counter() - began
    ground.runtime.seals.stopping.clear()
    return took * events / max(1, events - first)


def _bare(ground: Ground) -> dict[str, float]:
    """µs a row of each part alone: read, seal, one update a 1,000 rows with its commit, produce until acknowledged."""
    took: dict[str, float] = dict.fromkeys(("read", "seal", "update", "produce"), 0.0)
    relay = ground.runtime.relay()
    records, total = [], 0
    sequences: dict[tuple[str, int], int] = {}
    with ground.runtime.store.connect(application="bench") as connection:
        while True:
            with _timed(took, "read"):
                rows = log.waiting(connection, BATCH)
            if not rows:
                break
            numbers = []
            for _, entry in rows:
                slot = entry.topic, entry.partition
                sequences[slot] = sequences.get(slot, 0) + 1
                numbers.append((sequences[slot], now_ms()))
            batch = [record_of(entry, *pair) for (_, entry), pair in zip(rows, numbers, strict=True)]
            with _timed(took, "seal"):
                seals = seal_batch(relay._signer, batch, now_ms())
            with _timed(took, "update"), connection.transaction():
                log.number(connection, [row for row, _ in rows], [n[0] for n in numbers], [n[1] for n in numbers], seals)
            records += [(finish(r, seal=s), e.partition) for r, s, (_, e) in zip(batch, seals, rows, strict=True)]
            total += len(rows)
    client = producer(ground.runtime.kafka)
    _produce(client, records[:1])  # a first idempotent produce takes a second
    with _timed(took, "produce"):
        _produce(client, records[1:])
    return {name: 1e6 * seconds / total for name, seconds in took.items()}


def _produce(client: Any, records: list[tuple[Record, int]]) -> None:
    for record, number in records:
        client.produce(record.topic, record.value, record.key, partition=number, headers=list(record.headers))
    assert client.flush(60) == 0


class _timed:
    """Adds what a block takes."""

    def __init__(self, into: dict[str, float], name: str) -> None:
        self._into, self._name = into, name

    def __enter__(self) -> None:
        self._began = time.perf_counter()

    def __exit__(self, *_: Any) -> None:
        self._into[self._name] += time.perf_counter() - self._began
