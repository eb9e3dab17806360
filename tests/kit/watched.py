"""A watched province: Sichuan's parts as processes, Chongqing as the other side, a Prometheus and an Alertmanager over Sichuan's."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient

from chuanyu.contracts.spotcheck import Verdict
from chuanyu.embedded import ports
from chuanyu.kernel.bus.client import ends, reader
from chuanyu.kernel.bus.relay import sealed
from chuanyu.kernel.codec import draft, partition
from chuanyu.kernel.store import entry_of, log
from chuanyu.kernel.store.log import Entry
from kit import cases, said
from kit.bus import eventually, now, put
from kit.duty import Duty, hasten, on_duty
from kit.rig import HERE, THERE, Rig

PARTS = ("gateway", "relay", "spotcheck", "recognition")
PARTITIONS = 12


@dataclass
class Province:
    """A province that is watched. waits: alert → seconds of its `for`, hastened; names: part → its name; recognition: where it answers."""

    rig: Rig
    duty: Duty
    waits: dict[str, float]
    names: dict[str, str]
    recognition: str

    def submits(self, sample: str, **changes: Any) -> str:
        """A member reports a failed sample that concerns both provinces; its event id."""
        answer = self._post(
            said.result(sample, {key.replace("__", "."): value for key, value in changes.items() if key != "time"}), changes.get("time")
        )
        assert answer["outcome"] == "accepted", answer
        return str(answer["event_id"])

    def asks(self, sample: str) -> int:
        """A member asks whether a sample counts; the status of the answer."""
        with self._client() as client:
            return client.get(f"https://{self.recognition}/v1/recognition:check?sample.sample_no={sample}").status_code

    def other_says(self, word: str, *, unreadable: bool = False) -> Entry:
        """Chongqing accepts a passed sample of the case word. unreadable: under a schema id that no contract has."""
        at, case_id = now(), f"{THERE}/spotcheck/{word}"
        made = draft(
            cases.result(Verdict.PASSED, case=case_id), id=uuid4(), source=f"/{THERE}/amr", subject=case_id, time=at, recordedtime=at
        )
        entry = entry_of(made, {f"{THERE}.spotcheck": PARTITIONS})
        if unreadable:
            entry = Entry(**{name: getattr(entry, name) for name in Entry.__slots__} | {"value": b"\0\0\0\xff\xff" + entry.value[5:]})
        with self.rig.connection(THERE) as connection, connection.transaction():
            log.open_for_append(connection)
            log.append(connection, [entry])
        return entry

    def loses(self, topic: str, number: int) -> None:
        """Whatever stands on a partition of the broker but its last record is deleted."""
        slot = (topic, number)
        client = reader({"bootstrap.servers": self.rig.stack.broker.bootstrap})
        end = ends(client, [slot])[slot][1]
        client.close()
        admin = AdminClient({"bootstrap.servers": self.rig.stack.broker.bootstrap})
        (done,) = admin.delete_records([TopicPartition(topic, number, end - 1)]).values()
        done.result(20)

    def produced(self, topic: str, number: int) -> int:
        """Records that stand on a partition, or stood there."""
        client = reader({"bootstrap.servers": self.rig.stack.broker.bootstrap})
        try:
            return ends(client, [(topic, number)])[topic, number][1]
        finally:
            client.close()

    def forges(self) -> None:
        """A stranger writes a record of Chongqing's once more, with another body under the old seal."""
        with self.rig.connection(THERE) as connection:
            row = next(row for number in range(PARTITIONS) for row in log.since(connection, (f"{THERE}.spotcheck", number), 1, 1))
        record = sealed(row)
        changed = type(record)(record.topic, record.key, record.headers, record.value[:-1] + b"!")
        put(self.rig.stack.broker.bootstrap, row.partition, changed)

    def discards(self) -> None:
        """Two persons decide that what is parked here will never be applied."""
        with self.rig.connection() as connection:
            connection.execute("UPDATE bus.parked SET act = 'DISCARD', act_by = 'a/b', act_reason = 'a test' WHERE state = 'PARKED'")

    @contextmanager
    def held(self, lock: str, province: str = HERE) -> Iterator[None]:
        """A session that forgets its transaction, with a lock."""
        with self.rig.connection(province) as connection, connection.transaction():
            connection.execute(lock)
            yield

    def _post(self, submission: Any, time: str | None = None) -> dict[str, Any]:
        event = {"specversion": "1.0", "id": submission.id, "source": submission.source, "type": submission.type, "data": submission.data}
        node = self.rig.nodes[HERE]
        with self._client() as client:
            answer = client.post(
                f"https://{ports.address(node.ports['rest'])}/v1/events",
                json=event | ({"time": time} if time else {}),
                headers={"content-type": "application/cloudevents+json"},
            )
        found: dict[str, Any] = answer.json()
        return found

    def _client(self) -> httpx.Client:
        folder = self.rig.directory / "members" / "chengdu-amr"
        tls = ssl.create_default_context(cafile=str(self.rig.directory / "ca.pem"))
        tls.load_cert_chain(folder / "cert.pem", folder / "key.pem")
        return httpx.Client(verify=tls, timeout=30)


def samples_of_one_partition(topic: str, count: int, start: int) -> tuple[int, list[str]]:
    """(partition, case words) of as many cases that share a partition."""
    words = [f"S{start + n}" for n in range(40 * count)]
    at = partition(f"{THERE}/spotcheck/{words[0]}".encode(), PARTITIONS)
    same = [word for word in words if partition(f"{THERE}/spotcheck/{word}".encode(), PARTITIONS) == at]
    return at, same[:count]


@contextmanager
def watched(rig: Rig, folder: Path) -> Iterator[Province]:
    """A province in which all is well, while it lasts. folder: for Prometheus, Alertmanager and what they read."""
    asked = dict(zip(("CHUANYU_LISTEN_GRPC", "CHUANYU_LISTEN_REST"), map(ports.address, ports.any_free(2)), strict=True))
    names = {part: rig.start(part, **(asked if part == "recognition" else {})) for part in PARTS}
    for part in ("relay", "spotcheck"):
        rig.start(part, THERE)
    waits = hasten(folder)
    with on_duty(folder, {part: rig.metrics(name) for part, name in names.items()}, HERE) as duty:
        made = Province(rig, duty, waits, names, asked["CHUANYU_LISTEN_REST"])
        made.submits("XBJ26510000300001")
        made.other_says("S1")
        assert made.asks("XBJ26510000300001") == 200
        eventually(lambda: not duty.firing(), "nothing is wrong yet", 60)
        duty.told.clear()
        yield made
