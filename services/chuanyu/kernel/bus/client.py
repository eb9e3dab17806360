"""Kafka clients as this bus needs them: manual positions, gapless idempotent producing, and the driver's errors sorted into faults."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition

from chuanyu.kernel.envelope import Record
from chuanyu.kernel.faults import BrokerAway, BusMisused, Fault

Properties = Mapping[str, str]  # librdkafka: bootstrap.servers and whatever TLS needs
_QUIET = {"log_level": 0}  # what goes wrong reaches us as an error; its own lines would be no structured outcome

_OURS = {
    KafkaError._INVALID_ARG,
    KafkaError._UNKNOWN_PROTOCOL,
    KafkaError._NOT_CONFIGURED,
    KafkaError._CONFLICT,
    KafkaError._READ_ONLY,
    KafkaError._NOT_IMPLEMENTED,
    KafkaError._UNSUPPORTED_FEATURE,
    KafkaError.TOPIC_AUTHORIZATION_FAILED,
    KafkaError.GROUP_AUTHORIZATION_FAILED,
    KafkaError.CLUSTER_AUTHORIZATION_FAILED,
    KafkaError.SASL_AUTHENTICATION_FAILED,
    KafkaError.INVALID_CONFIG,
    KafkaError.TOPIC_EXCEPTION,
    KafkaError.UNSUPPORTED_VERSION,
    KafkaError.UNSUPPORTED_FOR_MESSAGE_FORMAT,
    KafkaError.MSG_SIZE_TOO_LARGE,
}


def fault_of(error: KafkaError | KafkaException) -> Fault:
    """BrokerAway when waiting can help; BusMisused (Broken) when configuration, rights or our own call are wrong."""
    cause = error.args[0] if isinstance(error, KafkaException) and error.args else error
    code = cause.code() if isinstance(cause, KafkaError) else None
    kind = BusMisused if code in _OURS else BrokerAway
    return kind(str(cause), kafka_code=code)


def consumer(properties: Properties, group: str, **callbacks: Callable[..., None]) -> Consumer:
    """A consumer whose positions are ours: nothing is committed by itself, an offset out of range starts at the beginning.

    The classic group protocol: a killed process frees its partitions after 6 s, or at once when it comes back under its own
    group.instance.id; the newer protocol keeps them 45 s by the broker's default and refuses a member that was killed.
    """
    return Consumer(
        {
            **_QUIET,
            **properties,
            **callbacks,
            "group.id": group,
            "partition.assignment.strategy": "cooperative-sticky",
            "session.timeout.ms": 6000,
            "heartbeat.interval.ms": 1000,
            "max.poll.interval.ms": 86_400_000,  # a database that is away for hours is waited for in place
            "enable.auto.commit": False,
            "enable.auto.offset.store": False,
            "auto.offset.reset": "earliest",
            "fetch.wait.max.ms": 100,  # a record ends the wait at once; an idle consumer asks ten times a second
            "fetch.error.backoff.ms": 50,
            "queued.max.messages.kbytes": 8192,
            "allow.auto.create.topics": False,
            "topic.metadata.refresh.interval.ms": 5000,
            "reconnect.backoff.max.ms": 1000,
        }
    )


def reader(properties: Properties, **more: Any) -> Consumer:
    """A consumer outside all groups, for assign() alone."""
    plain = {name: value for name, value in properties.items() if name != "group.instance.id"}
    return Consumer(
        {
            **_QUIET,
            **plain,
            "group.id": "chuanyu-reader",
            "enable.auto.commit": False,
            "enable.auto.offset.store": False,
            "auto.offset.reset": "earliest",
            "fetch.wait.max.ms": 100,  # a record ends the wait at once; an idle consumer asks ten times a second
            "allow.auto.create.topics": False,
            "enable.partition.eof": True,
            "queued.max.messages.kbytes": 8192,
            "reconnect.backoff.max.ms": 1000,
            **more,
        }
    )


def producer(properties: Properties, **callbacks: Callable[..., None]) -> Producer:
    """A producer that never skips: idempotent, all replicas, no time limit, and an error stops it for good (D3)."""
    plain = {name: value for name, value in properties.items() if name != "group.instance.id"}
    return Producer(
        {
            **_QUIET,
            **plain,
            **callbacks,
            "enable.idempotence": True,
            "enable.gapless.guarantee": True,
            "acks": "all",
            "message.timeout.ms": 0,
            "linger.ms": 2,
            "compression.type": "lz4",
            "queue.buffering.max.kbytes": 32768,
            "queue.buffering.max.messages": 100_000,
            "delivery.report.only.error": True,
            "reconnect.backoff.max.ms": 1000,
            "retry.backoff.max.ms": 500,
        }
    )


_UNREADABLE = (("", b""),)


def record_of(message: Message) -> Record:
    """The raw record of a message, without looking into it.

    The driver raises SystemError for a header whose name is no UTF-8; such a record stands without its headers, and so without a seal.
    """
    key: Any = message.key()
    value: Any = message.value()
    topic = place(message)[0][0]
    try:
        raw: Any = message.headers() or ()
        headers = tuple((name, content or b"") for name, content in raw)  # here: a warm call lets the driver's error out one step later
    except (SystemError, UnicodeDecodeError):
        headers = _UNREADABLE
    return Record(topic, key or b"", headers, value or b"")


def place(message: Message) -> tuple[tuple[str, int], int]:
    """Where a message was read: ((topic, partition), offset)."""
    topic, number, offset = message.topic(), message.partition(), message.offset()
    assert topic is not None and number is not None and offset is not None
    return (topic, number), offset


def ends(client: Consumer, topics: Sequence[tuple[str, int]], timeout: float = 10.0) -> dict[tuple[str, int], tuple[int, int]]:
    """(first offset, end offset) of each partition. Raises BrokerAway."""
    try:
        found = {slot: client.get_watermark_offsets(TopicPartition(*slot), timeout=timeout) for slot in topics}
    except KafkaException as error:
        raise fault_of(error) from error
    return {slot: (bounds or (0, 0)) for slot, bounds in found.items()}


def rewind(properties: Properties, group: str, offsets: Mapping[tuple[str, int], int], *, forward: bool = False) -> None:
    """Puts back what a group has committed beyond these offsets, for a client that starts from Kafka's commit instead of a stored position.

    forward: also what it has committed short of them. Raises BrokerAway, also while a member of the group is still counted as alive: only
    an empty group can be moved.
    """
    client = reader(properties, **{"group.id": group})
    try:
        committed = client.committed([TopicPartition(*slot) for slot in offsets], timeout=10)
        wanted = [(each, TopicPartition(each.topic, each.partition, offsets[each.topic, each.partition])) for each in committed]
        moved = [to for at, to in wanted if at.offset > to.offset or (forward and max(at.offset, 0) < to.offset)]
        if moved:
            client.commit(offsets=moved, asynchronous=False)
    except KafkaException as error:
        raise fault_of(error) from error
    finally:
        client.close()
