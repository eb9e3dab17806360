"""Two brokers and MirrorMaker 2: what one province says arrives at the other byte for byte (D23)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import OFFSET_BEGINNING, Consumer, Message, Producer, TopicPartition

from chuanyu.embedded import places, ports
from chuanyu.embedded import stack as embedded_stack
from chuanyu.embedded.stack import Stack
from chuanyu.kernel import topics

BOTH = ("sichuan", "chongqing")
HEADERS = [("ce_id", b"\x00\xff\n"), ("ce_empty", b""), ("ce_text", "抽检".encode())]


def silent(_: str) -> None:
    """Nobody listens."""


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Stack]:
    first, second, third, fourth, postgres = ports.any_free(5)
    family = embedded_stack.family(places.directory(tmp_path / "pair"))
    made = Stack.federated(family, {"sichuan": (first, second), "chongqing": (third, fourth)}, postgres)
    made.start(silent)
    made.lay_topics(BOTH, silent)
    yield made
    made.stop()


def say(bootstrap: str, topic: str, count: int) -> None:
    producer = Producer({"bootstrap.servers": bootstrap, "enable.idempotence": True, "compression.type": "lz4"})
    for number in range(count):
        producer.produce(topic, key=f"case-{number}", value=bytes([0, 255, number]), partition=number % 12, headers=HEADERS)
    assert producer.flush(20) == 0


def hear(bootstrap: str, topic: str, count: int) -> list[Message]:
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "test", "enable.auto.commit": False})
    consumer.assign([TopicPartition(topic, number, OFFSET_BEGINNING) for number in range(12)])
    heard: list[Message] = []
    while len(heard) < count:
        found = consumer.consume(count - len(heard), 60.0)
        assert found, f"only {len(heard)} of {count} records crossed"
        heard += [message for message in found if not message.error()]
    consumer.close()
    return heard


def test_d23_records_cross_both_ways_with_key_headers_value_and_partition_kept(pair: Stack) -> None:
    here, there = (broker.bootstrap for broker in pair.brokers)
    say(here, "sichuan.spotcheck", 60)
    say(there, "chongqing.recall", 24)
    for bootstrap, topic, count in ((there, "sichuan.spotcheck", 60), (here, "chongqing.recall", 24)):
        for message in hear(bootstrap, topic, count):
            number = (message.value() or b"   ")[2]
            assert message.key() == f"case-{number}".encode()
            assert message.value() == bytes([0, 255, number])
            assert message.headers() == HEADERS
            assert message.partition() == number % 12
    for broker in pair.brokers:
        assert not topics.plan(broker.bootstrap, topics.declared(BOTH)), "the mirror left the topics as they are declared"
