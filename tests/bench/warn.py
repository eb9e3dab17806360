"""B12: early warning reads one topic that the relay filled beforehand, in one process, beside a plain faust table loop."""

from __future__ import annotations

import time
from typing import Any

from bench.consume import plain_faust
from bench.figures import Figure, rate
from bench.ground import TOPIC, Ground
from chuanyu.kernel import topics
from chuanyu.kernel.bus.consumer import Reading
from chuanyu.kernel.store import migrate
from chuanyu.kernel.topics import Topic
from chuanyu.kernel.watch import ServiceWatch
from chuanyu.warning.applying import Applying
from chuanyu.warning.handlers import Warning
from chuanyu.warning.stream import Stream
from kit.bus import eventually
from kit.rig import HERE, THERE

_CHANGELOG = Topic("bench-table-counts-changelog", 12, 1, {"cleanup.policy": "compact"})


class _Meter(ServiceWatch):
    """The service's own watch, and the instant and size of every transaction."""

    def __init__(self) -> None:
        super().__init__(Warning.name, [HERE, THERE])
        self.marks: list[tuple[float, int]] = []

    def applied(self, done: Any, screened: Any, seconds: float) -> None:
        super().applied(done, screened, seconds)
        self.marks.append((time.perf_counter(), len(done.applied)))


def measure(ground: Ground, events: int, plain: int) -> list[Figure]:
    """events: how many the topic holds at least · plain: how many of them the table loop gets to see."""
    events = ground.hold(events)
    marks = _warn(ground, events)
    found = rate(marks)
    topics.apply(ground.rig.nodes[HERE].kafka, [_CHANGELOG])
    table = plain_faust(ground, "bench.table", plain)
    parts = {"mean batch": sum(count for _, count in marks) / len(marks)}
    met = found >= 1_000 and found >= 0.6 * table
    what = "early warning: faust → seal → decode → evidence → commit"
    return [Figure("B12", what, found, "events/s", ("plain faust table loop", table), "≥ 1,000/s, ≥ 60 %", met, parts)]


def _warn(ground: Ground, events: int) -> list[tuple[float, int]]:
    """The service as its process makes it, on the one topic, until it has applied everything."""
    runtime, service, meter = ground.runtime, Warning(ground.runtime.provinces), _Meter()
    migrate(runtime.store, service.migrations)
    applying = Applying(service.name, runtime.store, *runtime.screening(service), meter)
    reading = Reading(service.name, f"{HERE}.warning", [TOPIC])
    stream = Stream(reading, runtime.partitions, runtime.kafka, runtime.store, applying, meter)
    with ground.running(runtime.seals, stream):
        eventually(lambda: sum(count for _, count in meter.marks) >= events, "everything is applied", 60 + events / 300)
    runtime.seals.stopping.clear()
    return meter.marks
