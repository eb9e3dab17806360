"""Load that comes at its own times: a latency counts from the instant at which a call was due, not from when there was room for it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bench.figures import Latencies

UNDER_WAY = 80  # calls at once; more means that the queue only grows
LATE = 0.5  # seconds behind a call's instant; more means that the callers themselves do not keep up


@dataclass(frozen=True, slots=True)
class Run:
    """latencies: after warming up · saturated: more calls came than were answered, so the latencies say nothing, and it was ended."""

    latencies: Latencies
    saturated: bool

    def p99(self) -> float:
        """In ms; infinite at saturation."""
        return float("inf") if self.saturated else self.latencies.ms(0.99)

    def parts(self, prefix: str = "") -> dict[str, float | str]:
        """What to tell of it; never a latency at saturation."""
        return {f"{prefix}latency": "none: saturated"} if self.saturated else dict(self.latencies.parts(prefix))


async def steady(per_second: int, seconds: float, call: Callable[[int, float], Awaitable[None]], warm: float = 2.0) -> Run:
    """Makes call(n, its intended instant) so often for so long, whatever the calls before it do. The warm-up comes on top of seconds.

    It ends early once more calls are under way than could be caught up with. Raises what a call raised.
    """
    latencies, begin = Latencies(), time.perf_counter() + 0.1
    total, cold = int(per_second * (seconds + warm)), int(per_second * warm)
    under_way: set[asyncio.Task[None]] = set()
    saturated = False

    async def one(number: int, intended: float) -> None:
        await call(number, intended)
        if number >= cold:
            latencies.add(time.perf_counter() - intended)

    async with asyncio.TaskGroup() as group:
        for number in range(total):
            intended = begin + number / per_second
            await asyncio.sleep(max(0.0, intended - time.perf_counter()))
            if len(under_way) >= UNDER_WAY or time.perf_counter() - intended > LATE:
                saturated = True
                break
            task = group.create_task(one(number, intended))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
    return Run(latencies, saturated)
