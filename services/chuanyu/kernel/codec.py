"""
Event ⇄ record. An event is a struct of `contracts`; its value on the wire is 0, four bytes of schema id from LOCK, and strict Avro.

Strict: what is read must be byte for byte what this module writes for the same event, so that one event has one spelling, and nothing
that a lenient reader lets pass (trailing bytes, a negative index, an over-long number) is ever applied.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from fastavro import parse_schema

from chuanyu.contracts import registry
from chuanyu.contracts.registry import Contract
from chuanyu.kernel import avro
from chuanyu.kernel.envelope import (
    Head,
    Headers,
    Record,
    finish,
    pack_headers,
    partition,
    read_head,
    unpack_headers,
    write_head,
)
from chuanyu.kernel.faults import RecordMalformed, RecordTooLarge, SchemaUnknown, SourceMismatch

__all__ = [
    "LARGEST_VALUE",
    "Draft",
    "Head",
    "Headers",
    "Record",
    "decode",
    "draft",
    "encode",
    "finish",
    "from_record",
    "pack_headers",
    "partition",
    "read_head",
    "to_record",
    "unpack_headers",
]

LARGEST_VALUE = 256 * 1024  # bytes
_SMALL = avro.LARGEST_ITEMS  # bytes; a value up to here cannot have too many parts
_WIRE = (bytes,)  # types that stay as they are between what is read and a struct


@dataclass(frozen=True, slots=True)
class Draft:
    """An event that was not yet relayed; its record lacks sequence, logical time and seal."""

    event: msgspec.Struct
    head: Head
    record: Record


def draft(
    event: msgspec.Struct,
    *,
    id: UUID,
    source: str,
    subject: str,
    time: int,
    recordedtime: int,
    correlationid: str | None = None,
    causationid: str | None = None,
    traceparent: str | None = None,
    member_signature: bytes | None = None,
) -> Draft:
    """An event ready for the log. subject: the case id · times in ms. Topic, type, schema and class follow from event, source and subject.

    Raises RecordMalformed when a part is not of its form, RecordTooLarge: what we could not read we do not write.
    """
    contract = registry.BY_CLASS[type(event)]
    head = Head(
        id=id,
        source=source,
        type=contract.type,
        subject=subject,
        time=time,
        dataschema=contract.dataschema,
        recordedtime=recordedtime,
        correlationid=correlationid,
        causationid=causationid,
        dataclassification=contract.data_class,
        traceparent=traceparent,
        member_signature=member_signature,
    )
    record = to_record(event, head)
    read_head(record)
    return Draft(event, head, record)


def to_record(event: msgspec.Struct, head: Head) -> Record:
    """The record of an event, under the very contract that the head names. Raises SchemaUnknown, RecordTooLarge."""
    return Record(head.topic, head.subject.encode("ascii"), write_head(head), _frame(event, _named(head.dataschema)))


def from_record(record: Record) -> tuple[Any, Head]:
    """The event and its envelope; `to_record` makes the same bytes of them. Only after the seal was checked.

    Raises RecordMalformed, RecordTooLarge, SchemaUnknown, and SourceMismatch when topic and key are not those of source and subject.
    """
    head = read_head(record)
    if head.topic != record.topic or head.subject.encode("ascii") != record.key:
        raise SourceMismatch(f"{head.source} may not say this of {head.subject} on {record.topic}")
    contract = _framed(record.value)
    if (head.type, head.dataschema, head.dataclassification) != (contract.type, contract.dataschema, contract.data_class):
        raise RecordMalformed(f"the headers do not announce schema {contract.id}")
    return _unframe(record.value, contract), head


def encode(event: msgspec.Struct) -> bytes:
    """The framed value of an event under its newest contract. Raises RecordTooLarge."""
    return _frame(event, registry.BY_CLASS[type(event)])


def decode(value: bytes) -> Any:
    """The event in a framed value. Raises RecordTooLarge, RecordMalformed, SchemaUnknown: within 10 ms, whatever the bytes are."""
    return _unframe(value, _framed(value))


def _frame(event: msgspec.Struct, contract: Contract) -> bytes:
    value = b"\0" + contract.id.to_bytes(4, "big") + _writer(contract.id)(event)
    if len(value) > _SMALL:
        _unframe(value, _framed(value))  # a large one proves that every reader will take it
    return value


def _framed(value: bytes) -> Contract:
    """The contract that a value names."""
    if len(value) > LARGEST_VALUE:
        raise RecordTooLarge(f"{len(value)} bytes are more than {LARGEST_VALUE}")
    if len(value) < 5 or value[0] != 0:
        raise RecordMalformed("the value is not framed: 0, then four bytes of schema id")
    schema_id = int.from_bytes(value[1:5], "big")
    if contract := registry.CONTRACTS.get(schema_id):
        return contract
    raise SchemaUnknown(f"no contract has the id {schema_id}", schema_id=schema_id)


def _unframe(value: bytes, contract: Contract) -> Any:
    # No `from error` here: what these libraries say may quote the payload (P6).
    try:
        return msgspec.convert(_reader(contract.id)(value[5:]), contract.cls, builtin_types=_WIRE)
    except msgspec.ValidationError as error:
        raise RecordMalformed(f"the body is no {contract.record}{_place(error)}") from None
    except (ValueError, LookupError) as error:
        raise RecordMalformed(f"the body is no {contract.record}: {type(error).__name__}") from None


def _place(error: msgspec.ValidationError) -> str:
    _, at, path = str(error).rpartition(" - at ")
    return at + path


@cache
def _reader(schema_id: int) -> Callable[[bytes], Any]:
    return avro.reader(_schema(schema_id))


@cache
def _writer(schema_id: int) -> Callable[[Any], bytes]:
    return avro.writer(_schema(schema_id))


@cache
def _schema(schema_id: int) -> Any:
    return parse_schema(_bare(registry.CONTRACTS[schema_id].schema))


def _bare(schema: Any) -> Any:
    """A schema without logical types: the wire types stay plain, the generated classes convert."""
    if isinstance(schema, dict):
        return {key: _bare(part) for key, part in schema.items() if key != "logicalType"}
    return [_bare(part) for part in schema] if isinstance(schema, list) else schema


def _named(dataschema: str) -> Contract:
    if contract := _by_dataschema().get(dataschema):
        return contract
    raise SchemaUnknown(f"no contract is called {dataschema}")


@cache
def _by_dataschema() -> dict[str, Contract]:
    return {contract.dataschema: contract for contract in registry.CONTRACTS.values()}
