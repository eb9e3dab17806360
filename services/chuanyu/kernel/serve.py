"""
The life of a serving process: start, ready, stop, drain, exit status.

It stops on SIGTERM, SIGINT, the end of its parent (D24), or the first fault of one of its parts. Then it says that it is not ready,
and leaves what it entered in reverse order. A second signal, or the end of the time to drain, cuts that short: nothing accepted or applied
can be lost by it (P1, P2).
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import threading
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

import uvloop

from chuanyu.kernel import log, metrics
from chuanyu.kernel.faults import Fault, SettingsIncomplete, Transient

DONE, FAILED, WRONG_USE, AWAY = 0, 1, 2, 3
PARENT_FD = "CHUANYU_PARENT_FD"
DRAIN_S = 15.0
GARBAGE = (10_000, 10, 10)
"""gc.set_threshold: a batch of records makes tens of thousands of values and no cycle; looking after 700 costs a consumer 6 %."""


class Worker(Protocol):
    """A part that has a thread of its own. run returns soon after stopping is set, and never before; what it raises ends the process."""

    stopping: threading.Event

    def run(self) -> None: ...


class Life:
    """What the parts of a process know of its state. ready: whether callers should come; stop and fail may be called in any thread."""

    def __init__(self, drain_seconds: float) -> None:
        self.ready = False
        self.error: BaseException | None = None
        self._drain_seconds = drain_seconds
        self._loop = asyncio.get_running_loop()
        self._stopped = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def stop(self, why: str) -> None:
        """Begins the end; said a second time, or before the process was ready, it cuts short what still goes on."""
        self._loop.call_soon_threadsafe(self._stop, why)

    def fail(self, error: BaseException) -> None:
        """Begins the end for a fault; the first one decides the exit status."""
        self._loop.call_soon_threadsafe(self._fail, error)

    @asynccontextmanager
    async def workers(self, **workers: Worker) -> AsyncIterator[None]:
        """Threads that run while this lasts; on leaving all are asked to stop at once, and waited for."""
        ended = [self._start(name, worker) for name, worker in workers.items()]
        try:
            yield
        finally:
            for worker in workers.values():
                worker.stopping.set()
            for end in ended:
                await end.wait()

    async def live(self, process: Callable[[Life], AbstractAsyncContextManager[None]]) -> None:
        """Enters the process, is ready, waits for the end, leaves the process."""
        began = time.monotonic()
        self._task = asyncio.current_task()
        async with process(self):
            self.ready = not self._stopped.is_set()
            metrics.READY.set(time.time() if self.ready else 0)
            log.outcome("ready", ms=(time.monotonic() - began) * 1000)
            await self._stopped.wait()
            self.ready = False
            metrics.READY.set(0)
            self._loop.call_later(self._drain_seconds, self._cut)

    def _stop(self, why: str) -> None:
        log.outcome("stopping", why=why)
        if self._stopped.is_set() or not self.ready:
            self._cut()
        self._stopped.set()

    def _fail(self, error: BaseException) -> None:
        if self.error is None:
            self.error = error
            self._stop("fault")

    def _cut(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _start(self, name: str, worker: Worker) -> asyncio.Event:
        end = asyncio.Event()

        def body() -> None:
            try:
                worker.run()
                if not worker.stopping.is_set():
                    raise RuntimeError(f"{name} ended by itself")
            except BaseException as error:  # noqa: BLE001 - whatever it is, it ends the process and is told there
                self.fail(error)
            finally:
                self._loop.call_soon_threadsafe(end.set)

        threading.Thread(target=body, name=name, daemon=True).start()
        return end


def run(
    process: Callable[[Life], AbstractAsyncContextManager[None]], environ: Mapping[str, str] = os.environ, *, drain_seconds: float = DRAIN_S
) -> int:
    """Runs a process to its end and returns its exit status: 0 stopped as asked, 1 broken, 2 wrongly configured, 3 a dependency is away.

    process: what is entered before the process is ready, and left when it stops. Whatever ended it is in the log, by code.
    """
    gc.set_threshold(*GARBAGE)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        try:
            error = runner.run(_live(process, environ, drain_seconds))
        except Exception as raised:  # noqa: BLE001 - the last place at which it can be told without its payload
            error = raised
    return _told(error)


async def _live(
    process: Callable[[Life], AbstractAsyncContextManager[None]], environ: Mapping[str, str], drain_seconds: float
) -> BaseException | None:
    life = Life(drain_seconds)
    loop = asyncio.get_running_loop()
    for one in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(one, life.stop, one.name)
    _watch_parent(loop, life, environ)
    try:
        await asyncio.create_task(life.live(process))
    except asyncio.CancelledError:
        log.outcome("cut_short")
    return life.error


def _watch_parent(loop: asyncio.AbstractEventLoop, life: Life, environ: Mapping[str, str]) -> None:
    """The parent holds the other end of a pipe: when it is gone, however it ended, the pipe reads as closed."""
    if not (text := environ.get(PARENT_FD)):
        return
    try:
        descriptor = int(text)
        os.fstat(descriptor)
    except (ValueError, OSError):
        raise SettingsIncomplete(f"{PARENT_FD} is wrong: it names no open pipe") from None

    def readable() -> None:
        if not os.read(descriptor, 512):
            loop.remove_reader(descriptor)
            life.stop("parent_gone")

    loop.add_reader(descriptor, readable)


def _told(error: BaseException | None) -> int:
    if error is None:
        log.outcome("stopped")
        return DONE
    if isinstance(error, Fault):
        log.fault("stopped", error)
    else:
        log.crash("stopped", error)
    return AWAY if isinstance(error, Transient) else WRONG_USE if isinstance(error, SettingsIncomplete) else FAILED
