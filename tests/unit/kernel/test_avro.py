"""The compiled reader and writer against fastavro: the writer writes its bytes, the reader takes exactly them and reads the same."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from fastavro import parse_schema, schemaless_reader, schemaless_writer
from hypothesis import example, given
from hypothesis import strategies as st

from chuanyu.contracts import registry
from chuanyu.kernel import avro
from chuanyu.kernel.codec import _bare
from chuanyu.kernel.faults import RecordTooLarge
from kit import probe

SCHEMAS = Path(__file__).parents[3] / "schemas" / "avro"
PROBE = parse_schema(_bare(probe.schema()))
READ, WRITE = avro.reader(PROBE), avro.writer(PROBE)


def write(schema: Any, value: Any) -> bytes:
    sink = io.BytesIO()
    schemaless_writer(sink, schema, value)
    return sink.getvalue()


def oracle(schema: Any, body: bytes) -> Any:
    """What fastavro reads, if it would write the same bytes again; else None. It does not know that an int has 32 bits."""
    try:
        value = schemaless_reader(io.BytesIO(body), schema, None)
        return value if write(schema, value) == body else None
    except Exception:  # noqa: BLE001 - it answers hostile bytes with almost any exception
        return None


def strict(body: bytes) -> Any:
    try:
        return READ(body)
    except (ValueError, LookupError, RecordTooLarge):
        return None


def agree(body: bytes) -> None:
    expected = oracle(PROBE, body)
    if expected is not None and not -(2**31) <= expected["day"] < 2**31:
        expected = None
    assert strict(body) == expected


@given(probe.probes)
def test_it_reads_what_fastavro_writes(event: probe.Probe) -> None:
    body = write(PROBE, msgspec.to_builtins(event, builtin_types=(bytes,)))
    assert READ(body) == schemaless_reader(io.BytesIO(body), PROBE, None)
    assert strict(body + b"\0") is None
    assert strict(body[:-1]) is None
    assert WRITE(event) == body


@given(probe.probes, st.data())
def test_s4_it_takes_a_spoilt_body_exactly_when_it_is_another_good_one(event: probe.Probe, data: st.DataObject) -> None:
    body = bytearray(write(PROBE, msgspec.to_builtins(event, builtin_types=(bytes,))))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(body) - 1))
        what = data.draw(st.sampled_from(["change", "drop", "add"]))
        body[at : at + (what != "add")] = b"" if what == "drop" else bytes([data.draw(st.integers(0, 255))])
    agree(bytes(body))


@given(st.binary(max_size=40))
@example(b"\x00\x02\x02\x02\x02\x01" + bytes(5))
def test_s5_any_bytes(body: bytes) -> None:
    agree(body)


@given(st.integers(-(2**63), 2**63 - 1))
def test_every_long(number: int) -> None:
    assert avro.reader("long")(write("long", number)) == number
    assert avro.writer("long")(number) == write("long", number)


CANNOT_HOLD = [
    ("long", 2**63),
    ("long", -(2**63) - 1),
    ("int", 2**31),
    ("int", -(2**31) - 1),
    ("string", None),
    ("string", 7),
    ("string", "\ud800"),
    ("bytes", "text"),
    ("null", 0),
    ({"type": "enum", "name": "E", "symbols": ["A"]}, "B"),
]


@pytest.mark.parametrize(("schema", "value"), CANNOT_HOLD, ids=repr)
def test_what_the_schema_cannot_hold_is_not_written(schema: Any, value: Any) -> None:
    with pytest.raises((ValueError, LookupError, TypeError, AttributeError)):
        avro.writer(schema)(value)


@pytest.mark.parametrize(
    "body", [b"\x80\x00", b"\xff" * 9 + b"\x02", b"\xff" * 10, b"\xff" * 10 + b"\x01", b"\x80", b""], ids=lambda body: body.hex()
)
def test_s4_no_other_spelling_of_a_long(body: bytes) -> None:
    with pytest.raises((ValueError, LookupError)):
        avro.reader("long")(body)


def test_s4_the_items_of_all_arrays_are_counted_together() -> None:
    nested = avro.reader({"type": "array", "items": {"type": "array", "items": "string"}})
    shape = {"type": "array", "items": {"type": "array", "items": "string"}}
    assert nested(write(shape, [["x"] * 2047, ["x"] * 2047])) == [["x"] * 2047, ["x"] * 2047]
    with pytest.raises(RecordTooLarge):
        nested(write(shape, [["x"] * 2047, ["x"] * 2048]))


@pytest.mark.parametrize("schema_id", sorted(registry.CONTRACTS))
def test_every_contract_can_be_read_and_written(schema_id: int) -> None:
    contract = registry.CONTRACTS[schema_id]
    schema = parse_schema(_bare(contract.schema))
    examples = json.loads((SCHEMAS / contract.family / contract.event / "examples.json").read_text("utf-8"))
    golden = [bytes.fromhex(e["hex"]) for e in examples if "hex" in e and "fault" not in e]
    bodies = [value[5:] for value in golden if int.from_bytes(value[1:5]) == schema_id]
    assert bodies
    for body in bodies:
        read = avro.reader(schema)(body)
        assert read == oracle(schema, body) is not None
        assert avro.writer(schema)(msgspec.convert(read, contract.cls, builtin_types=(bytes,))) == body
