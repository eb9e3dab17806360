"""The one place that imports Apache's `avro` (a development dependency): compatibility, fingerprint, body."""

from __future__ import annotations

import json
import warnings
from functools import lru_cache
from io import BytesIO
from typing import Any

import avro.compatibility
import avro.errors
import avro.io
import avro.schema


def objection(schema: Any) -> str | None:
    """Why Apache's library refuses a schema; None when it takes it."""
    try:
        _parsed(schema)
    except (avro.errors.AvroException, ValueError, KeyError, TypeError, AttributeError) as error:
        return str(error) or type(error).__name__
    return None


def fingerprint(schema: Any) -> str:
    """CRC-64-AVRO of the parsing canonical form, 16 hex digits as the specification prints them."""
    return _parsed(schema).fingerprint("CRC-64-AVRO")[::-1].hex()


def unreadable(reader: Any, writer: Any) -> tuple[str, ...]:
    """Why `reader` cannot read all that `writer` writes; empty when it can."""
    checker = avro.compatibility.ReaderWriterCompatibilityChecker()  # type: ignore[no-untyped-call]
    result = checker.get_compatibility(_parsed(reader), _parsed(writer))
    if result.compatibility is avro.compatibility.SchemaCompatibilityType.compatible:
        return ()
    return tuple(sorted(f"{kind.value} ({'; '.join(sorted(result.messages))})" for kind in set(result.incompatibilities)))


def body(schema: Any, wire: Any) -> bytes:
    """The Avro body of wire values, as Apache's library writes it."""
    sink = BytesIO()
    avro.io.DatumWriter(_parsed(without_logical_types(schema))).write(wire, avro.io.BinaryEncoder(sink))
    return sink.getvalue()


def without_logical_types(schema: Any) -> Any:
    """A schema without logical types: dates and instants stay whole numbers."""
    if isinstance(schema, dict):
        return {key: without_logical_types(part) for key, part in schema.items() if key != "logicalType"}
    return [without_logical_types(part) for part in schema] if isinstance(schema, list) else schema


def _parsed(schema: Any) -> avro.schema.Schema:
    return _parsed_text(json.dumps(schema))


@lru_cache(maxsize=256)
def _parsed_text(text: str) -> avro.schema.Schema:
    with warnings.catch_warnings():  # an unknown logical type is the lint's business
        warnings.simplefilter("ignore", avro.errors.IgnoredLogicalType)
        return avro.schema.parse(text)
