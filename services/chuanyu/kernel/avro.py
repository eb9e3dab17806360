"""
Avro bodies, strictly and fast: a reader and a writer for each contract, compiled from its schema into one straight Python function.

fastavro reads leniently, so a second pass (encode again, compare) was needed to be sure of the one spelling, and it finds the branch of a
union by trying: 41 + 67 µs to read a passed sample of 376 bytes, 67 µs to write it. Reading only that spelling in the first place takes
15 µs, writing 8 µs. Tests hold both against fastavro: the writer writes its bytes, the reader takes exactly them.

A schema here is what `fastavro.parse_schema` gives: names spelt in full, no logical types. Unions are ["null", …], as the lint demands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from chuanyu.kernel.faults import RecordTooLarge

LARGEST_ITEMS = 4096  # of all arrays of one event together: a few bytes may claim tens of thousands of parts

_INT = 2**31
_LONG = 2**63
_SYMBOLS = 64  # of an enum: each is then one byte


def reader(schema: Any) -> Callable[[bytes], Any]:
    """Body → plain value: dicts, lists, text, bytes, numbers.

    What it returns raises ValueError or LookupError for any body that the schema's writer would not have written, and RecordTooLarge.
    """
    read: Callable[[bytes], Any] = _Reader(schema).function()
    return read


def writer(schema: Any) -> Callable[[Any], bytes]:
    """Struct → body. What it returns raises ValueError, LookupError, TypeError or AttributeError for what the schema cannot hold."""
    write: Callable[[Any], bytes] = _Writer(schema).function()
    return write


class _Source:
    """The text of one function, written line by line; what it refers to stands in scope."""

    head = ""

    def __init__(self, schema: Any) -> None:
        self.lines: list[str] = [self.head]
        self.depth = 1
        self.names = 0
        self.scope: dict[str, Any] = {}
        self.named: dict[str, Any] = {}
        self.whole(schema)

    def whole(self, schema: Any) -> None:
        raise NotImplementedError

    def function(self) -> Any:
        exec("\n".join(self.lines), self.scope)  # noqa: S102 - the text comes from our own schemas
        return self.scope["body"]

    def say(self, *lines: str) -> None:
        self.lines += [" " * self.depth + line for line in lines]

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        self.say(head)
        self.depth += 1
        yield
        self.depth -= 1

    def name(self) -> str:
        self.names += 1
        return f"v{self.names}"

    def constant(self, value: Any) -> str:
        name = f"C{len(self.scope)}"
        self.scope[name] = value
        return name

    def spread(self, schema: Any) -> Any:
        """A type with names replaced by what they name; a definition is remembered."""
        if isinstance(schema, str):
            return self.named.get(schema, schema)
        if isinstance(schema, dict) and schema["type"] in ("record", "enum"):
            self.named[schema["name"]] = schema
        elif isinstance(schema, dict) and schema["type"] != "array":
            return self.spread(schema["type"])
        return schema


class _Reader(_Source):
    """Lines that read at `at` in `body`. A slice past the end is found at the end: `at` has then gone too far."""

    head = "def body(body):"

    def whole(self, schema: Any) -> None:
        self.scope |= {"long": _read_long, "long_text": _read_bytes, "items": _count_items, "wrong": _wrong}
        self.say("at = 0", f"left = {LARGEST_ITEMS}")
        self.value(schema, "value")
        self.say("if at != len(body): wrong('cut, or something follows')", "return value")

    def value(self, schema: Any, into: str) -> None:
        """Lines after which the value stands under that name."""
        schema = self.spread(schema)
        if isinstance(schema, list):
            self.optional(schema[1], into)
        elif isinstance(schema, str):
            _READ[schema](self, into)
        else:
            {"record": self.record, "enum": self.enum, "array": self.array}[schema["type"]](schema, into)

    def optional(self, schema: Any, into: str) -> None:
        self.say("n = body[at]", "at += 1")
        with self.block("if n == 2:"):
            self.value(schema, into)
        self.say("elif n: wrong('no such branch')", f"else: {into} = None")

    def record(self, schema: Any, into: str) -> None:
        names = [(field["name"], self.name()) for field in schema["fields"]]
        for field, (_, name) in zip(schema["fields"], names, strict=True):
            self.value(field["type"], name)
        self.say(f"{into} = {{{', '.join(f'{field!r}: {name}' for field, name in names)}}}")

    def enum(self, schema: Any, into: str) -> None:
        self.say(f"{into} = {self.constant({2 * at: symbol for at, symbol in enumerate(_symbols(schema))})}[body[at]]", "at += 1")

    def array(self, schema: Any, into: str) -> None:
        count, item = self.name(), self.name()
        self.long(count)
        self.say(f"{into} = []")
        with self.block(f"if {count}:"):
            self.say(f"left = items({count}, left)")
            with self.block(f"for _ in range({count}):"):
                self.value(schema["items"], item)
                self.say(f"{into}.append({item})")
            self.say("if body[at]: wrong('a second block')", "at += 1")

    def long(self, into: str) -> None:
        self.say("n = body[at]", "at += 1", f"if n < 128: {into} = (n >> 1) ^ -(n & 1)", f"else: {into}, at = long(body, at - 1)")

    def int(self, into: str) -> None:
        self.long(into)
        self.say(f"if not -{_INT} <= {into} < {_INT}: wrong('more than an int')")

    def string(self, into: str) -> None:
        self.bytes(into)
        self.say(f"{into} = {into}.decode()")

    def bytes(self, into: str) -> None:
        self.say("n = body[at]", f"if n & 129: {into}, at = long_text(body, at)")
        self.say(f"else: {into} = body[at + 1 : (at := at + 1 + (n >> 1))]")

    def boolean(self, into: str) -> None:
        self.say("n = body[at]", "at += 1", "if n > 1: wrong('neither true nor false')", f"{into} = n == 1")

    def null(self, into: str) -> None:
        self.say(f"{into} = None")


class _Writer(_Source):
    """Lines that add to `out`."""

    head = "def body(value):"

    def whole(self, schema: Any) -> None:
        self.scope |= {"long": _written_long, "wrong": _wrong}
        self.say("out = bytearray()")
        self.value(schema, "value")
        self.say("return bytes(out)")

    def value(self, schema: Any, of: str) -> None:
        """Lines that write what stands under that name."""
        schema = self.spread(schema)
        if isinstance(schema, list):
            self.optional(schema[1], of)
        elif isinstance(schema, str):
            _WRITE[schema](self, of)
        else:
            {"record": self.record, "enum": self.enum, "array": self.array}[schema["type"]](schema, of)

    def optional(self, schema: Any, of: str) -> None:
        self.say(f"if {of} is None: out.append(0)")
        with self.block("else:"):
            self.say("out.append(2)")
            self.value(schema, of)

    def record(self, schema: Any, of: str) -> None:
        for field in schema["fields"]:
            name = self.name()
            self.say(f"{name} = {of}.{field['name']}")
            self.value(field["type"], name)

    def enum(self, schema: Any, of: str) -> None:
        self.say(f"out.append({self.constant({symbol: 2 * at for at, symbol in enumerate(_symbols(schema))})}[{of}])")

    def array(self, schema: Any, of: str) -> None:
        item = self.name()
        with self.block(f"if {of}:"):
            self.say(f"out += long(len({of}))")
            with self.block(f"for {item} in {of}:"):
                self.value(schema["items"], item)
        self.say("out.append(0)")

    def long(self, of: str) -> None:
        self.say(f"if 0 <= {of} < 64: out.append(2 * {of})", f"else: out += long({of})")

    def int(self, of: str) -> None:
        self.say(f"if not -{_INT} <= {of} < {_INT}: wrong('more than an int')")
        self.long(of)

    def string(self, of: str) -> None:
        self.say(f"{of} = {of}.encode()")
        self.bytes(of)

    def bytes(self, of: str) -> None:
        self.say(f"n = len({of})", "if n < 64: out.append(2 * n)", "else: out += long(n)", f"out += {of}")

    def boolean(self, of: str) -> None:
        self.say(f"out.append({of} is True)")

    def null(self, of: str) -> None:
        self.say(f"if {of} is not None: wrong('not null')")


_KINDS = ("long", "int", "bytes", "string", "boolean", "null")
_READ: dict[str, Callable[[_Reader, str], None]] = {kind: getattr(_Reader, kind) for kind in _KINDS}
_WRITE: dict[str, Callable[[_Writer, str], None]] = {kind: getattr(_Writer, kind) for kind in _KINDS}


def _symbols(schema: Any) -> list[str]:
    symbols: list[str] = schema["symbols"]
    assert len(symbols) <= _SYMBOLS, f"{schema['name']} has more than {_SYMBOLS} symbols"
    return symbols


def _wrong(why: str) -> None:
    raise ValueError(why)


def _count_items(count: int, left: int) -> int:
    if count < 0:
        raise ValueError("a block with its size")
    if count > left:
        raise RecordTooLarge(f"more than {LARGEST_ITEMS} parts")
    return left - count


def _read_long(body: bytes, at: int) -> tuple[int, int]:
    number, shift, byte = 0, 0, 0x80
    while byte >= 0x80:
        byte = body[at]
        number |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if number >> 64:
            raise ValueError("more than a long")
    if not byte and shift > 7:
        raise ValueError("an over-long number")
    return (number >> 1) ^ -(number & 1), at


def _read_bytes(body: bytes, at: int) -> tuple[bytes, int]:
    size, at = _read_long(body, at)
    if size < 0:
        raise ValueError("a length below zero")
    return body[at : at + size], at + size


def _written_long(number: int) -> bytes:
    if not -_LONG <= number < _LONG:
        raise ValueError("more than a long")
    rest = (number << 1) ^ (number >> 63)
    written = bytearray()
    while rest > 0x7F:
        written.append(rest & 0x7F | 0x80)
        rest >>= 7
    written.append(rest)
    return bytes(written)
