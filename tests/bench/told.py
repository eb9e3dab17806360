"""What it costs an event that it is counted: the watch of a service, as the bus thread calls it after every batch."""

from __future__ import annotations

import time
from statistics import median
from types import SimpleNamespace
from typing import Any, cast

from bench.figures import Figure
from chuanyu.kernel import metrics
from chuanyu.kernel.bus.consumer import BATCH
from chuanyu.kernel.bus.screen import Screened
from chuanyu.kernel.bus.transact import Done
from chuanyu.kernel.watch import ServiceWatch
from kit.rig import HERE, THERE

_ROUNDS = 400
BAR_US = 5.0


def measure() -> list[Figure]:
    """Microseconds an event in batches of 500, beside one bare counter."""
    watch = ServiceWatch("spotcheck", [HERE, THERE])
    arrived = [
        SimpleNamespace(record=SimpleNamespace(topic=f"{(HERE, THERE)[n % 2]}.spotcheck"), head=SimpleNamespace(recordedtime=n))
        for n in range(BATCH)
    ]
    done, screened = Done(applied=cast(Any, arrived), now=BATCH), Screened()
    counter = metrics.child(metrics.APPLIED, service="spotcheck", origin=HERE, outcome="applied")
    counted = _spent(lambda: watch.applied(done, screened, 0.0)) / BATCH
    bare = _spent(counter.inc)
    parts = {"series of this process": float(sum(len(family.samples) for family in metrics.REGISTRY.collect()))}
    return [
        Figure(
            "M1",
            "metrics an event, batches of 500",
            counted,
            "µs",
            ("one bare counter", bare),
            f"≤ {BAR_US:.0f} µs",
            counted <= BAR_US,
            parts,
        )
    ]


def _spent(act: Any) -> float:
    """Median of µs that the act takes this thread."""
    took = []
    for _ in range(_ROUNDS):
        began = time.thread_time()
        act()
        took.append(1e6 * (time.thread_time() - began))
    return median(took)
