"""
faust: reads both provinces' topics in batches and hands them on. What it does and must not do: docs/decisions/0016.

It holds no state, decodes nothing, declares no topic, opens no port, and its commit counts for nothing: positions stand in the database, a
repetition is dropped by its sequence, and a start goes back to them.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any

import faust
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread
from mode.threads import WorkerThread

from chuanyu.kernel.bus.client import Properties, ends, reader, rewind
from chuanyu.kernel.bus.consumer import BATCH, Reading
from chuanyu.kernel.bus.fenced import Read, Watch
from chuanyu.kernel.bus.tail import read
from chuanyu.kernel.envelope import Record
from chuanyu.kernel.faults import BrokerAway, Transient
from chuanyu.kernel.store import Slot, Store, faults, positions
from chuanyu.kernel.tls import client_context, greet
from chuanyu.warning.applying import Applying

_LOOK_S = 0.1
_IDLE_S = 0.5
_LEAVE_S = 5.0

for _name in ("faust", "mode", "aiokafka"):  # what they write is no structured outcome and may quote a record (P6)
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)


class _Left(WorkerThread):
    """faust's own thread. While Kafka is away it cannot be ended, and must not keep a process from leaving that was asked to."""

    def __init__(self, service: Any, **more: Any) -> None:
        super().__init__(service, **more)
        self.daemon = True


AIOKafkaConsumerThread.Worker = _Left


class _App(faust.App):
    """An app that makes no folders: it keeps nothing, and whoever is killed leaves nothing behind."""

    async def on_first_start(self) -> None:
        """faust would make a data directory here."""


class Stream:
    """A worker of `kernel.serve`: run() returns when stopped and raises what is Broken (FenceLost included).

    partitions: topic → partition count · check: asked before every beginning; what it raises that is Broken ends the worker. Raises
    SettingsIncomplete for what has no translation to Python's TLS.
    """

    def __init__(
        self,
        reading: Reading,
        partitions: Mapping[str, int],
        kafka: Properties,
        store: Store,
        applying: Applying,
        watch: Watch,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        self._tls = client_context(kafka)
        self._service, self._group = reading.service, reading.group
        self._partitions = {topic: partitions[topic] for topic in reading.topics}
        self._kafka, self._store, self._applying, self._watch, self._check = kafka, store, applying, watch, check
        self._mine: set[Slot] = set()
        self._stuck = False
        self.stopping = applying.stopping

    def run(self) -> None:
        """Reads until stopping is set. A Transient fault is waited out: faust is begun anew, where the positions stand.

        Refused certificates are Broken (BusMisused): faust would try for ever and say nothing.
        """
        while not self.stopping.is_set():
            try:
                greet(self._kafka["bootstrap.servers"], self._tls)
                self._check()
                if self._stuck:
                    self._pass_over()
                rewind(self._kafka, self._group, self._stored(), forward=self._stuck)
                self._stuck = False
                asyncio.run(self._live())
            except Transient as fault:
                self._watch.away(fault)  # type: ignore[arg-type]
                self.stopping.wait(1.0)
        self._applying.hang_up()

    def _stored(self) -> dict[Slot, int]:
        """Where each partition goes on by the database, which counts: it may have been restored since faust committed."""
        with faults(), self._store.connect(application=f"chuanyu-{self._service}") as connection:
            found = positions.next_offsets(connection)
        slots = [(topic, number) for topic, count in self._partitions.items() for number in range(count)]
        return {slot: found.get((self._service, *slot), 0) for slot in slots}

    def _pass_over(self) -> None:
        """What faust cannot read (aiokafka ends at a header whose name is no UTF-8) the kernel's own client reads, to where all ends."""
        stored = self._stored()
        client = reader(self._kafka)
        try:
            stops = {slot: high for slot, (_, high) in ends(client, sorted(self._mine)).items()}
            at = {slot: stored[slot] for slot, stop in stops.items() if stored[slot] < stop}
            batch: list[Read] = []
            for record, slot in read(client, dict(at), stops):
                batch.append((slot, at[slot], record))
                at[slot] += 1
                if len(batch) == BATCH:
                    self._applying.apply(batch, stops)
                    batch = []
            self._applying.apply(batch, stops)
        finally:
            client.close()

    async def _live(self) -> None:
        queue: asyncio.Queue[Any] = asyncio.Queue(BATCH)
        app = self._app(queue)
        self._applying.forget()
        try:
            await app.start()
            working = asyncio.create_task(self._work(app, queue))
            while not self.stopping.is_set():
                if working.done():
                    await working
                if app.crashed or app.should_stop:
                    self._stuck = True
                    raise BrokerAway("faust has ended by itself")
                await asyncio.sleep(_LOOK_S)
        except (OSError, faust.exceptions.FaustError) as error:
            raise BrokerAway(str(error)) from error
        finally:
            await self._leave(app)

    async def _leave(self, app: faust.App) -> None:
        """faust ends when Kafka answers it: that is waited for, unless this process is to end itself."""
        ended = asyncio.ensure_future(app.stop())
        while not ended.done() and not self.stopping.is_set():
            await asyncio.wait([ended], timeout=_LOOK_S)
        await asyncio.wait([ended], timeout=_LEAVE_S)

    async def _work(self, app: faust.App, queue: asyncio.Queue[Any]) -> None:
        """Applies what was read, as much at a time as waits; only then is it acknowledged to faust, in order."""
        while not self.stopping.is_set():
            events = await _waiting(queue)
            if events:
                await asyncio.to_thread(self._applying.apply, [_read(event.message) for event in events], self._ends(app))
                for event in [] if self.stopping.is_set() else events:  # asked to stop, it may have left them alone
                    event.ack()
            await asyncio.to_thread(self._applying.tend, self._ends(app))

    def _app(self, queue: asyncio.Queue[Any]) -> faust.App:
        app = _App(
            self._group,
            broker=[f"kafka://{each.strip()}" for each in self._kafka["bootstrap.servers"].split(",")],
            broker_credentials=faust.SSLCredentials(self._tls) if self._tls else None,
            store="memory://",
            key_serializer="raw",
            value_serializer="raw",
            broker_max_poll_records=BATCH,
            broker_session_timeout=15,
            consumer_auto_offset_reset="earliest",
            consumer_group_instance_id=self._kafka.get("group.instance.id"),
            topic_allow_declare=False,
            topic_disable_leader=True,
            stream_wait_empty=False,  # what was not acknowledged is read again
            web_enabled=False,
        )

        async def hand_on(stream: faust.Stream[bytes]) -> None:
            async for event in stream.noack().events():
                await queue.put(event)

        app.agent(app.topic(*self._partitions, key_type=bytes, value_type=bytes), concurrency=1)(hand_on)  # type: ignore[arg-type]
        app.on_partitions_assigned.connect(self._assigned)  # type: ignore[arg-type]
        app.on_partitions_revoked.connect(self._revoked)
        return app

    def _assigned(self, _: faust.App, assigned: Any, **__: Any) -> None:
        self._mine = {(tp.topic, tp.partition) for tp in assigned}

    def _revoked(self, *_: Any, **__: Any) -> None:
        self._applying.forget()

    def _ends(self, app: faust.App) -> dict[Slot, int]:
        """The offset after the last record of each of this process's partitions, as far as faust has heard."""
        return {(tp.topic, tp.partition): app.consumer.highwater(tp) or 0 for tp in app.consumer.assignment()}


async def _waiting(queue: asyncio.Queue[Any]) -> list[Any]:
    """What waits, at most BATCH; of an empty queue the first that comes, or nothing after half a second."""
    try:
        events = [await asyncio.wait_for(queue.get(), _IDLE_S)]
    except TimeoutError:
        return []
    while len(events) < BATCH and not queue.empty():
        events.append(queue.get_nowait())
    return events


def _read(message: Any) -> Read:
    """The raw record of a message, without looking into it."""
    headers = tuple((name, content or b"") for name, content in message.headers or ())
    record = Record(message.topic, message.key or b"", headers, message.value or b"")
    return (message.topic, message.partition), message.offset, record
