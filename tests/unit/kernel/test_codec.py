"""Event ⇄ record: the law in both directions, and what hostile bytes meet."""

from __future__ import annotations

import contextlib
import resource
import time
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chuanyu.kernel.codec import LARGEST_VALUE, Head, decode, draft, encode, from_record, to_record
from chuanyu.kernel.faults import Poison, RecordMalformed, RecordTooLarge, SchemaUnknown, SourceMismatch
from kit import probe
from kit.probe import Kind, Part, Probe

FULL = Probe(
    case_id="sichuan/spotcheck/XBJ1",
    kind=Kind.FOOD,
    count=-1,
    day=20_000,
    at=1_790_000_000_000,
    sure=True,
    secret="\0张三".encode(),
    parts=(Part(name="苯甲酸", amount="0.5", kind=Kind.DRUG), Part(name="")),
    words=("a", "乙"),
    leader=Part(name="x"),
    added="new",
)


def frame(body: bytes) -> bytes:
    return b"\0" + probe.ID.to_bytes(4, "big") + body


def long(number: int) -> bytes:
    """Avro's zig-zag varint."""
    number = (number << 1) ^ (number >> 63)
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


@pytest.fixture(autouse=True, scope="module")
def _probe() -> Iterator[None]:
    with probe.known():
        yield


def drafted(event: msgspec.Struct = FULL) -> Any:
    return draft(
        event, id=UUID(int=7), source="/sichuan/chengdu-amr", subject="chongqing/spotcheck/XBJ1", time=1, recordedtime=2, causationid="x"
    )


@given(probe.probes, probe.heads)
def test_d23_an_event_and_its_bytes_survive_the_trip(event: Probe, head: Head) -> None:
    record = to_record(event, head)
    assert from_record(record) == (event, head)
    assert to_record(*from_record(record)) == record


@given(probe.probes)
def test_an_event_survives_alone(event: Probe) -> None:
    assert decode(encode(event)) == event


@given(probe.probes, probe.heads)
def test_d23_a_record_of_an_older_contract_keeps_its_bytes(event: Probe, head: Head) -> None:
    old = replace(head, dataschema=probe.OLD.dataschema)
    record = to_record(msgspec.structs.replace(event, added=None), old)
    assert record.value[1:5] == probe.OLD_ID.to_bytes(4, "big")
    assert to_record(*from_record(record)) == record


def test_the_frame_is_confluents() -> None:
    assert encode(FULL)[:5] == b"\0" + probe.ID.to_bytes(4, "big")


def test_a_draft_says_what_its_contract_says() -> None:
    made = drafted()
    assert made.record.topic == "sichuan.spotcheck"
    assert made.record.key == b"chongqing/spotcheck/XBJ1"
    assert (made.head.type, made.head.dataclassification) == ("chuanyu.probe.probed.v1", "L3")
    assert (made.head.sequence, made.head.logicaltime, made.head.seal) == (None, None, None)
    assert from_record(made.record) == (FULL, made.head)


def test_a_draft_that_could_not_be_read_is_refused() -> None:
    with pytest.raises(RecordMalformed):
        draft(FULL, id=UUID(int=7), source="/sichuan/two words", subject="sichuan/spotcheck/X", time=1, recordedtime=2)
    with pytest.raises(RecordTooLarge):
        drafted(msgspec.structs.replace(FULL, words=("x" * LARGEST_VALUE,)))
    with pytest.raises(RecordTooLarge):
        drafted(msgspec.structs.replace(FULL, words=("x",) * 6_000))


def test_a_large_event_of_ordinary_parts_passes() -> None:
    evidence = tuple(str(UUID(int=n)) for n in range(4_000))
    large = msgspec.structs.replace(FULL, words=evidence)
    assert len(encode(large)) > 140_000
    assert decode(encode(large)) == large


def test_topic_and_key_must_be_those_of_source_and_subject() -> None:
    record = drafted().record
    for moved in (replace(record, topic="chongqing.spotcheck"), replace(record, topic="sichuan.recall"), replace(record, key=b"other")):
        with pytest.raises(SourceMismatch):
            from_record(moved)


@pytest.mark.parametrize(
    "spelt", [{"ce_type": b"chuanyu.probe.other.v1"}, {"ce_dataschema": b"urn:chuanyu:probe:probed:1"}, {"ce_dataclassification": b"L1"}]
)
def test_the_headers_must_announce_the_schema_of_the_value(spelt: dict[str, bytes]) -> None:
    record = drafted().record
    with pytest.raises(RecordMalformed, match="announce"):
        from_record(replace(record, headers=tuple((name, spelt.get(name, value)) for name, value in record.headers)))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (("乙".encode(), b"\xff\xfe\xfd"), "the body is no chuanyu.probe.Probe: UnicodeDecodeError"),
        ((b",sichuan/spotcheck/XBJ1", long(603) + "张三".encode() * 100 + b"xyz"), "the body is no chuanyu.probe.Probe - at `$.case_id`"),
    ],
)
def test_p6_no_refusal_quotes_the_payload(changed: tuple[bytes, bytes], message: str) -> None:
    assert changed[0] in encode(FULL)
    with pytest.raises(RecordMalformed) as refused:
        decode(encode(FULL).replace(*changed))
    assert str(refused.value) == message
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


# --- S4: hostile payloads ---


def body(
    *,
    case_id: bytes = b"\x02x",
    kind: bytes = b"\x02",
    count: bytes = b"\x02",
    day: bytes = b"\x02",
    sure: bytes = b"\x01",
    secret: bytes = b"\x00",
    parts: bytes = b"\x00",
    words: bytes = b"\x00",
    leader: bytes = b"\x00",
    added: bytes = b"\x00",
) -> bytes:
    """A probe's body by hand, any part of it replaced."""
    return case_id + kind + count + day + b"\x02" + sure + secret + parts + words + leader + added


PART = b"\x00\x00\x00"
ROOM = LARGEST_VALUE - 200

HOSTILE = {
    "empty": b"",
    "no frame": b"\x01" + frame(body())[1:],
    "cut frame": b"\0\0\0",
    "frame alone": frame(b""),
    "foreign id": b"\0\0\0\0\0" + body(),
    "huge id": b"\0\xff\xff\xff\xff" + body(),
    "one byte short": frame(body()[:-1]),
    "half": frame(body()[:6]),
    "one byte more": frame(body() + b"\0"),
    "a second record": frame(body() + body()),
    "megabyte": frame(body() + bytes(1 << 20)),
    "just too large": frame(body(case_id=long(LARGEST_VALUE) + b"x" * LARGEST_VALUE)),
    "enum index -1": frame(body(kind=long(-1))),
    "enum index -3": frame(body(kind=long(-3))),
    "enum index 3": frame(body(kind=long(3))),
    "enum index 2^40": frame(body(kind=long(1 << 40))),
    "union index -1": frame(body(added=long(-1) + b"\x02x")),
    "union index -2": frame(body(added=long(-2))),
    "union index 2": frame(body(added=long(2))),
    "union index 2^62": frame(body(leader=long(1 << 62))),
    "over-long varint": frame(body(count=b"\x82\x00")),
    "over-long zero": frame(body(count=b"\x80\x80\x80\x00")),
    "eleven-byte varint": frame(body(count=b"\xff" * 10 + b"\x01")),
    "endless varint": frame(body(count=b"\xff" * 4_000)),
    "endless large varint": frame(body(count=b"\xff" * ROOM)),
    "number beyond a long": frame(body(count=b"\xff" * 9 + b"\x7f")),
    "number beyond an int": frame(body(day=long(1 << 40))),
    "bool 7": frame(body(sure=b"\x07")),
    "bool 255": frame(body(sure=b"\xff")),
    "string of 1 GiB": frame(body(case_id=long(1 << 30) + b"x")),
    "string of 2^62": frame(body(case_id=long(1 << 62) + b"x")),
    "string of -1": frame(body(case_id=long(-1) + b"x")),
    "string of -2^63": frame(body(case_id=long(-(1 << 63)) + b"x")),
    "bytes of 1 GiB": frame(body(secret=b"\x02" + long(1 << 30))),
    "bytes of -5": frame(body(secret=b"\x02" + long(-5))),
    "array of 1 GiB": frame(body(words=long(1 << 30) + b"\x02x")),
    "array of 2^62": frame(body(words=long(1 << 62) + b"\x02x")),
    "array of -2^63": frame(body(words=long(-(1 << 63)) + b"\x02" + b"\x02x")),
    "array in two blocks": frame(body(words=b"\x02\x02x\x02\x02y\x00")),
    "array with a block size": frame(body(words=b"\x01\x04\x02x\x00")),
    "array with a wrong block size": frame(body(words=b"\x01\x7e\x02x\x00")),
    "endless empty blocks": frame(body(words=b"\x01\x00" * 8_000)),
    "bomb of empty strings": frame(body(words=long(ROOM) + bytes(ROOM))),
    "bomb of small records": frame(body(parts=long(ROOM // 3) + PART * (ROOM // 3))),
    "bomb that just fits": frame(body(parts=long(3_900) + PART * 3_900 + b"\0") + b"\0"),
    "small bomb": frame(body(parts=long(1_300) + PART * 1_300 + b"\0") + b"\0"),
    "bomb that claims more": frame(body(parts=long(1 << 40) + PART * (ROOM // 3))),
    "no UTF-8": frame(body(case_id=b"\x04\xff\xfe")),
    "surrogate": frame(body(case_id=b"\x06\xed\xa0\x80")),
    "overlong UTF-8": frame(body(case_id=b"\x04\xc0\xaf")),
}


def test_the_body_by_hand_is_a_good_one() -> None:
    assert decode(frame(body())) == Probe(case_id="x", kind=Kind.FOOD, count=1, day=1, at=1, sure=True)


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE.keys())
def test_s4_hostile_bytes_are_poison_in_10_ms_and_10_mb(value: bytes) -> None:
    def refuse() -> float:
        start = time.thread_time()
        with pytest.raises((RecordMalformed, RecordTooLarge, SchemaUnknown)):
            decode(value)
        return time.thread_time() - start

    assert any(refuse() <= 0.010 for _ in range(20))  # the first try fills caches, and others use this machine too
    tracemalloc.start()
    refuse()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak <= 10 << 20


def test_s4_the_process_does_not_grow() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for value in HOSTILE.values():
        with pytest.raises(Poison):
            decode(value)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before <= 10 << 10


@given(st.binary(max_size=80))
def test_s5_any_body_is_an_event_or_poison(content: bytes) -> None:
    with contextlib.suppress(Poison):
        assert encode(decode(frame(content))) == frame(content)


@given(probe.probes, st.data())
def test_s5_a_spoilt_body_is_another_event_or_poison(event: Probe, data: st.DataObject) -> None:
    value = bytearray(encode(event))
    for _ in range(data.draw(st.integers(1, 3))):
        value[data.draw(st.integers(5, len(value) - 1))] ^= data.draw(st.integers(1, 255))
    with contextlib.suppress(Poison):
        assert encode(decode(bytes(value))) == value
