"""
A strict reader of Avro bodies, compiled from a contract's schema into nested functions.

fastavro reads leniently, so a second pass (encode again, compare) was needed to be sure of the one spelling, and both passes ask a file
object for every byte: 238 µs for a spot check of 830 bytes. This reader takes only that spelling in the first place, in 70 µs. Tests hold
it against fastavro: it accepts exactly what fastavro writes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chuanyu.kernel.faults import RecordTooLarge

LARGEST_ITEMS = 4096  # of all arrays of one event together: a few bytes may claim tens of thousands of parts


class Body(bytes):
    """What is read, and how many array items it may still have."""

    left = LARGEST_ITEMS


Read = Callable[[Body, int], tuple[Any, int]]  # (body, where to begin) → (value, where it ends)


def reader(schema: Any) -> Callable[[bytes], Any]:
    """Body → plain value: dicts, lists, text, bytes, numbers. schema: names spelt in full, no logical types, as fastavro parses it.

    What it returns raises ValueError or IndexError for any body that the schema's writer would not have written, and RecordTooLarge.
    """
    read = _compiled(schema, {})

    def whole(content: bytes) -> Any:
        body = Body(content)
        value, end = read(body, 0)
        if end != len(body):
            raise ValueError("something follows")
        return value

    return whole


def _compiled(schema: Any, named: dict[str, Read]) -> Read:
    if isinstance(schema, list):
        return _union([_compiled(branch, named) for branch in schema])
    if isinstance(schema, str):
        return _PRIMITIVES.get(schema) or named[schema]
    kind = schema["type"]
    if kind == "record":
        named[schema["name"]] = _record([(field["name"], _compiled(field["type"], named)) for field in schema["fields"]])
    elif kind == "enum":
        named[schema["name"]] = _enum(schema["symbols"])
    elif kind == "array":
        return _array(_compiled(schema["items"], named))
    else:
        return _compiled(kind, named)
    return named[schema["name"]]


def _long(body: Body, at: int) -> tuple[int, int]:
    byte = body[at]
    if byte < 0x80:
        return (byte >> 1) ^ -(byte & 1), at + 1
    number, shift = byte & 0x7F, 7
    while byte >= 0x80:
        at += 1
        byte = body[at]
        number |= (byte & 0x7F) << shift
        shift += 7
        if number >> 64:
            raise ValueError("more than a long")
    if not byte:
        raise ValueError("an over-long number")
    return (number >> 1) ^ -(number & 1), at + 1


def _int(body: Body, at: int) -> tuple[int, int]:
    number, at = _long(body, at)
    if not -0x8000_0000 <= number <= 0x7FFF_FFFF:
        raise ValueError("more than an int")
    return number, at


def _bytes(body: Body, at: int) -> tuple[bytes, int]:
    size, at = _long(body, at)
    end = at + size
    if size < 0 or end > len(body):
        raise ValueError("a length beyond the body")
    return body[at:end], end


def _string(body: Body, at: int) -> tuple[str, int]:
    byte = body[at]  # nearly every length is one byte: _bytes, spelt out for it
    if byte > 0x7F or byte & 1:
        content, end = _bytes(body, at)
        return content.decode("utf-8"), end
    at += 1
    end = at + (byte >> 1)
    if end > len(body):
        raise ValueError("a length beyond the body")
    return body[at:end].decode("utf-8"), end


def _boolean(body: Body, at: int) -> tuple[bool, int]:
    byte = body[at]
    if byte > 1:
        raise ValueError("neither true nor false")
    return byte == 1, at + 1


def _null(_: Body, at: int) -> tuple[None, int]:
    return None, at


_PRIMITIVES: dict[str, Read] = {"long": _long, "int": _int, "bytes": _bytes, "string": _string, "boolean": _boolean, "null": _null}


def _record(fields: list[tuple[str, Read]]) -> Read:
    def read(body: Body, at: int) -> tuple[dict[str, Any], int]:
        values = {}
        for name, field in fields:
            values[name], at = field(body, at)
        return values, at

    return read


def _enum(symbols: list[str]) -> Read:
    def read(body: Body, at: int) -> tuple[str, int]:
        index, at = _long(body, at)
        if index < 0:
            raise ValueError("no such symbol")
        return symbols[index], at

    return read


def _union(branches: list[Read]) -> Read:
    if len(branches) == 2 and branches[0] is _null:
        return _optional(branches[1])

    def read(body: Body, at: int) -> tuple[Any, int]:
        index, at = _long(body, at)
        if index < 0:
            raise ValueError("no such branch")
        return branches[index](body, at)

    return read


def _optional(branch: Read) -> Read:
    def read(body: Body, at: int) -> tuple[Any, int]:
        byte = body[at]
        if byte == 0:
            return None, at + 1
        if byte == 2:
            return branch(body, at + 1)
        raise ValueError("no such branch")

    return read


def _array(item: Read) -> Read:
    def read(body: Body, at: int) -> tuple[list[Any], int]:
        count, at = _long(body, at)
        if count < 0:
            raise ValueError("a block with its size")
        body.left -= count
        if body.left < 0:
            raise RecordTooLarge(f"more than {LARGEST_ITEMS} parts")
        items = []
        for _ in range(count):
            value, at = item(body, at)
            items.append(value)
        if count and body[at]:
            raise ValueError("a second block")
        return items, at + 1 if count else at

    return read
