"""The headers: one spelling, everything else refused, and valid CloudEvents in the eyes of the CloudEvents SDK."""

from __future__ import annotations

import contextlib
from dataclasses import fields, replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from aiokafka.partitioner import murmur2
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary_event
from hypothesis import given
from hypothesis import strategies as st

from chuanyu.kernel.envelope import (
    Head,
    Record,
    base64url,
    finish,
    from_base64url,
    instant,
    milliseconds,
    pack_headers,
    partition,
    read_head,
    unpack_headers,
    write_head,
)
from chuanyu.kernel.faults import Poison, RecordMalformed
from kit import probe

HEAD = Head(
    id=UUID("01939cbe-7d6a-7f00-8000-000000000001"),
    source="/sichuan/chengdu-amr",
    type="chuanyu.spotcheck.result_reported.v1",
    subject="sichuan/spotcheck/XBJ24510104123456789",
    time=1_790_000_000_123,
    dataschema="urn:chuanyu:spotcheck:result_reported:1",
    recordedtime=1_790_000_000_456,
    sequence=7,
    logicaltime=1_790_000_000_457,
    correlationid="sichuan/spotcheck/XBJ24510104123456789",
    causationid="01939cbe-7d6a-7f00-8000-000000000000",
    dataclassification="L3",
    traceparent="00-" + "a" * 32 + "-" + "b" * 16 + "-01",
    member_signature=b"\x00\xff",
    seal="AbC-_9",
)


def of(head: Head, **spelt: bytes | None) -> Record:
    """The record of a head, some headers spelt otherwise; None leaves one out."""
    headers = {**dict(write_head(head)), **{name if name == "content-type" else f"ce_{name}": value for name, value in spelt.items()}}
    return Record(head.topic, head.subject.encode(), tuple((n, v) for n, v in headers.items() if v is not None), b"")


@given(probe.heads)
def test_what_is_written_is_read(head: Head) -> None:
    assert read_head(of(head)) == head


@given(probe.heads, st.randoms())
def test_the_order_of_headers_says_nothing(head: Head, chance: object) -> None:
    record = of(head)
    shuffled = list(record.headers)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert read_head(replace(record, headers=tuple(shuffled))) == head


@given(probe.heads)
def test_the_cloudevents_sdk_reads_the_same(head: Head) -> None:
    record = of(head)
    event = from_binary_event(KafkaMessage(dict(record.headers), record.key, b"\0\xff"))
    assert (event.get_id(), event.get_source(), event.get_type()) == (str(head.id), head.source, head.type)
    assert (event.get_subject(), event.get_dataschema(), event.get_datacontenttype()) == (head.subject, head.dataschema, "application/avro")
    assert event.get_specversion() == "1.0"
    assert event.get_time() == datetime.fromisoformat(instant(head.time))
    assert event.get_extension("sequence") == (None if head.sequence is None else str(head.sequence))
    assert event.get_extension("dataclassification") == head.dataclassification


def test_a_finished_record_is_the_one_written_at_once() -> None:
    bare = replace(HEAD, sequence=None, logicaltime=None, seal=None)
    numbered = finish(of(bare), sequence=HEAD.sequence, logicaltime=HEAD.logicaltime)
    assert numbered == of(replace(HEAD, seal=None))
    assert finish(numbered, seal=HEAD.seal) == of(HEAD)


def test_a_repeated_header_is_poison() -> None:
    record = of(HEAD)
    for header in record.headers:
        with pytest.raises(RecordMalformed, match="repeated"):
            read_head(replace(record, headers=(*record.headers, header)))


OPTIONAL = {"sequence", "logicaltime", "correlationid", "causationid", "traceparent", "chuanyumember", "chuanyuseal"}


@pytest.mark.parametrize("name", [name for name, _ in write_head(HEAD)])
def test_no_required_header_may_be_missing(name: str) -> None:
    record = of(HEAD)
    without = replace(record, headers=tuple(h for h in record.headers if h[0] != name))
    if name.removeprefix("ce_") in OPTIONAL:
        assert read_head(without) != HEAD
    else:
        with pytest.raises(RecordMalformed, match=name):
            read_head(without)


def test_a_header_that_is_none_of_ours_is_refused() -> None:
    with pytest.raises(RecordMalformed, match="none of ours"):
        read_head(of(HEAD, partitionkey=b"x"))


@pytest.mark.parametrize(
    ("name", "spelt"),
    [
        ("specversion", b"0.3"),
        ("content-type", b"application/cloudevents+json"),
        ("id", b"01939CBE-7D6A-7F00-8000-000000000001"),
        ("id", b"{01939cbe-7d6a-7f00-8000-000000000001}"),
        ("id", b"01939cbe7d6a7f008000000000000001"),
        ("source", b"sichuan/chengdu-amr"),
        ("source", b"/sichuan/"),
        ("source", b"/sichuan/a/b"),
        ("source", b"/sichuan/a\n"),
        ("source", "/sichuan/成都".encode()),
        ("type", b"chuanyu.spotcheck.result_reported"),
        ("type", b"chuanyu.spotcheck.result_reported.v0"),
        ("subject", b"sichuan/spotcheck"),
        ("subject", b"sichuan/spotcheck/a/b"),
        ("subject", b"sichuan/spotcheck/" + b"a" * 65),
        ("time", b"2026-11-24T10:56:01Z"),
        ("time", b"2026-11-24T10:56:01.12Z"),
        ("time", b"2026-11-24T10:56:01.123456Z"),
        ("time", b"2026-11-24T10:56:01.123+00:00"),
        ("time", b"2026-11-24T18:56:01.123+08:00"),
        ("time", b"2026-11-24t10:56:01.123Z"),
        ("time", b"2026-11-24 10:56:01.123Z"),
        ("time", b"2026-02-30T10:56:01.123Z"),
        ("time", b"2026-11-24T24:00:00.000Z"),
        ("time", b"2026-11-24T10:56:60.000Z"),
        ("time", b"0000-01-01T00:00:00.000Z"),
        ("time", "２026-11-24T10:56:01.123Z".encode()),
        ("recordedtime", b"1790000000123"),
        ("dataschema", b"urn:chuanyu:spotcheck:result_reported:01"),
        ("sequence", b"0"),
        ("sequence", b"-1"),
        ("sequence", b"+1"),
        ("sequence", b"01"),
        ("sequence", b"1_0"),
        ("sequence", b" 1"),
        ("sequence", b"9223372036854775808"),
        ("logicaltime", b"1.0"),
        ("correlationid", b""),
        ("causationid", b"a b"),
        ("dataclassification", b"L5"),
        ("traceparent", b"00-" + b"A" * 32 + b"-" + b"b" * 16 + b"-01"),
        ("chuanyumember", b"AP9"),
        ("chuanyumember", b"AP8="),
        ("chuanyuseal", b"a+b"),
        ("chuanyuseal", b"a" * 4097),
    ],
)
def test_there_is_one_spelling(name: str, spelt: bytes) -> None:
    with pytest.raises(RecordMalformed, match=name):
        read_head(of(HEAD, **{name: spelt}))


@given(st.lists(st.tuples(st.sampled_from([n for n, _ in write_head(HEAD)]) | st.text(max_size=9), st.binary(max_size=60)), max_size=20))
def test_s5_any_headers_are_read_or_poison(headers: list[tuple[str, bytes]]) -> None:
    with contextlib.suppress(Poison):
        read_head(Record("t", b"k", tuple(headers), b""))


def test_every_field_of_the_head_is_a_header() -> None:
    assert len(write_head(HEAD)) == len(fields(Head)) + 2


@given(probe.instants)
def test_an_instant_survives(ms: int) -> None:
    assert milliseconds(instant(ms)) == ms
    assert datetime.fromisoformat(instant(ms)).tzinfo == UTC


@given(st.binary(max_size=50))
def test_base64url_survives(content: bytes) -> None:
    assert from_base64url(base64url(content)) == content


HEADERS = st.lists(st.tuples(st.text(st.characters(exclude_categories=["Cs"]), max_size=9), st.binary(max_size=30)), max_size=9).map(tuple)


@given(HEADERS)
def test_packed_headers_are_unpacked_the_same(headers: tuple[tuple[str, bytes], ...]) -> None:
    assert unpack_headers(pack_headers(headers)) == headers


@given(HEADERS, HEADERS)
def test_two_lists_of_headers_never_pack_alike(one: tuple[tuple[str, bytes], ...], other: tuple[tuple[str, bytes], ...]) -> None:
    assert (pack_headers(one) == pack_headers(other)) == (one == other)


@given(st.binary(max_size=60))
def test_s5_any_bytes_are_unpacked_or_poison(packed: bytes) -> None:
    with contextlib.suppress(Poison):
        assert pack_headers(unpack_headers(packed)) == packed


@given(st.binary(max_size=70), st.integers(1, 64))
def test_d18_the_partition_is_the_one_that_java_computes(key: bytes, count: int) -> None:
    assert partition(key, count) == (murmur2(key) & 0x7FFF_FFFF) % count


def test_d18_known_hashes() -> None:
    """From Kafka's own UtilsTest.testMurmur2."""
    known = {b"21": -973932308, b"foobar": -790332482, b"a-little-bit-long-string": -985981536, b"abc": 479470107}
    assert {key: partition(key, 2**31) for key in known} == {key: hash_ & 0x7FFF_FFFF for key, hash_ in known.items()}
