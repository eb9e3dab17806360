"""Seals checked with whatever keys the provinces' system topics vouch for, read beside the services of one process (D16)."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable

from confluent_kafka import Consumer, KafkaError, TopicPartition

from chuanyu.kernel.bus.client import Properties, ends, fault_of, place, reader, record_of
from chuanyu.kernel.codec import from_record
from chuanyu.kernel.envelope import Record
from chuanyu.kernel.faults import KeyUnknown, Poison, Transient
from chuanyu.kernel.keys import KeyRing
from chuanyu.kernel.seal import SealChecker
from chuanyu.kernel.store.positions import Slot

PATIENCE_S = 5.0
_ABOUT_KEYS = b"chuanyu.system.node_key_published.v1"


class Seals:
    """check() is safe in any thread; run() reads the system topics until stopping is set.

    A key publication is vouched for by the pinned root in its body, so it is read whatever seal it stands under.
    """

    def __init__(self, ring: KeyRing, provinces: Iterable[str], kafka: Properties) -> None:
        self._ring = ring
        self._checker = SealChecker(ring)
        self._kafka = kafka
        self._slots: list[Slot] = [(f"{province}.system", 0) for province in provinces]
        self._read_to: dict[Slot, int] = {}
        self._moved = threading.Condition()
        self._waited: set[tuple[str, str]] = set()
        self._waiting = threading.Lock()
        self.stopping = threading.Event()

    def check(self, record: Record, province: str, partition: int) -> bytes:
        """The digest of a record that the province sealed, 32 bytes. Raises SealInvalid.

        Under an unknown key it waits until that province's system topic is read to its end, at most 5 s and once per key id.
        """
        try:
            return self._checker.check(record, province, partition)
        except KeyUnknown as unknown:
            self._wait_once(unknown.province, unknown.key_id)
            return self._checker.check(record, province, partition)

    def run(self) -> None:
        """Reads on; a Transient fault is waited out."""
        while not self.stopping.is_set():
            client = reader(self._kafka)
            try:
                client.assign([TopicPartition(*slot, self._read_to.get(slot, 0)) for slot in self._slots])
                while not self.stopping.is_set():
                    self._read(client)
            except Transient:
                self.stopping.wait(0.5)
            finally:
                client.close()

    def _read(self, client: Consumer) -> None:
        messages = client.consume(500, 0.5)
        for message in messages:
            error = message.error()
            if error is None:
                self._learn(record_of(message))
                slot, offset = place(message)
                self._read_to[slot] = offset + 1
            elif error.code() not in (KafkaError._PARTITION_EOF, KafkaError._AUTO_OFFSET_RESET, KafkaError.UNKNOWN_TOPIC_OR_PART):
                raise fault_of(error)
        if messages:
            with self._moved:
                self._moved.notify_all()

    def _learn(self, record: Record) -> None:
        if dict(record.headers).get("ce_type") != _ABOUT_KEYS:
            return
        try:
            event, _ = from_record(record)
            self._ring.learn(event)
        except Poison:
            return  # not vouched for: whoever applies the record parks it

    def _wait_once(self, province: str, key_id: str) -> None:
        """Every thread that meets the key while one waits for it waits along."""
        with self._waiting:
            if (province, key_id) not in self._waited:
                self._await_end(province)
                self._waited.add((province, key_id))

    def _await_end(self, province: str) -> None:
        slot = f"{province}.system", 0
        deadline = time.monotonic() + PATIENCE_S
        client = reader(self._kafka)
        try:
            end = ends(client, [slot], PATIENCE_S)[slot][1]
        except Transient:
            return
        finally:
            client.close()
        with self._moved:
            self._moved.wait_for(lambda: self._read_to.get(slot, 0) >= end, deadline - time.monotonic())
