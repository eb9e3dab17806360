"""One Kafka record as a plain value, and its CloudEvents headers read and written as bytes (D23): binary mode, `ce_` prefixed."""

from __future__ import annotations

import re
import struct
from base64 import urlsafe_b64encode
from binascii import a2b_base64
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from chuanyu.kernel.faults import RecordMalformed
from chuanyu.kernel.proof import joined

Headers = tuple[tuple[str, bytes], ...]

_length = struct.Struct(">I").unpack_from
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONG = 2**63
_PLAIN = bytes.maketrans(b"-_+/=", b"+/...")  # base64url to base64, whose own letters are then none


@dataclass(frozen=True, slots=True)
class Record:
    """One Kafka record without a Kafka client.

    topic: `{province}.{family}`, the first word owns it · key: the case id
    headers: as Kafka has them, names may repeat · value: 0, four bytes of schema id, Avro body
    """

    topic: str
    key: bytes
    headers: Headers
    value: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What the envelope says about an event. time: when it happened · recordedtime: when it was accepted · logicaltime: D7; all in ms.

    sequence, logicaltime and seal are the relay's: None in a draft, sequence and logicaltime None in a heartbeat (D15).
    """

    id: UUID
    source: str
    type: str
    subject: str
    time: int
    dataschema: str
    recordedtime: int
    sequence: int | None = None
    logicaltime: int | None = None
    correlationid: str | None = None
    causationid: str | None = None
    dataclassification: str
    traceparent: str | None = None
    member_signature: bytes | None = None
    seal: str | None = None

    @property
    def topic(self) -> str:
        """The one topic on which this may stand: the province of the source, the family of the case (D18)."""
        return f"{self.source.split('/', 2)[1]}.{self.subject.split('/', 2)[1]}"


@lru_cache(1024)
def instant(ms: int) -> str:
    """Milliseconds since 1970 as RFC 3339, UTC, always three decimals: `2026-11-24T02:56:01.000Z`."""
    return (_EPOCH + timedelta(milliseconds=ms)).isoformat(timespec="milliseconds")[:-6] + "Z"


def milliseconds(text: str) -> int:
    """The reverse of `instant`; any other way of writing a time is a ValueError."""
    if not _INSTANT(text):
        raise ValueError("not an instant")
    return _since_epoch(text)


def _since_epoch(text: str) -> int:
    since = datetime.fromisoformat(text) - _EPOCH
    return since.days * 86_400_000 + since.seconds * 1_000 + since.microseconds // 1_000


def base64url(content: bytes) -> str:
    """RFC 4648 section 5 without padding."""
    return urlsafe_b64encode(content).rstrip(b"=").decode("ascii")


def from_base64url(text: str) -> bytes:
    """The reverse of `base64url`; any other spelling of the same bytes is a ValueError."""
    content = a2b_base64(text.encode("ascii").translate(_PLAIN) + b"==="[: -len(text) % 4], strict_mode=True)
    whole = len(content) // 3
    if base64url(content[3 * whole :]) != text[4 * whole :]:  # bits that only the last letters may have left over
        raise ValueError("not canonical base64url")
    return content


def _long(text: str) -> int:
    number = int(text)
    if number >= _LONG:
        raise ValueError("more than a long")
    return number


class _Attribute(NamedTuple):
    """One header: the field of Head it carries, its form, and how it is read and written. read raises ValueError."""

    header: str
    field: str
    form: str
    read: Callable[[str], Any] = str
    write: Callable[[Any], str] = str
    required: bool = False


_INSTANT_FORM = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z"
_INSTANT = re.compile(_INSTANT_FORM).fullmatch
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_COUNT = r"[1-9][0-9]{0,18}"
_REFERENCE = r"[!-~]{1,200}"
_BASE64URL = r"[A-Za-z0-9_-]{1,4096}"
_CONSTANT: Headers = (("ce_specversion", b"1.0"), ("content-type", b"application/avro"))
_ATTRIBUTES = (
    _Attribute("ce_id", "id", _UUID, UUID, required=True),
    _Attribute("ce_source", "source", r"/[a-z][a-z0-9]*/[A-Za-z0-9._-]{1,64}", required=True),
    _Attribute("ce_type", "type", r"chuanyu(?:\.[a-z][a-z0-9_]*){2}\.v[1-9][0-9]{0,3}", required=True),
    _Attribute("ce_subject", "subject", r"[a-z][a-z0-9]*/[a-z]+/[A-Za-z0-9._-]{1,64}", required=True),
    _Attribute("ce_time", "time", _INSTANT_FORM, _since_epoch, instant, required=True),
    _Attribute("ce_dataschema", "dataschema", r"urn:chuanyu(?::[a-z][a-z0-9_]*){2}:[1-9][0-9]{0,3}", required=True),
    _Attribute("ce_recordedtime", "recordedtime", _INSTANT_FORM, _since_epoch, instant, required=True),
    _Attribute("ce_sequence", "sequence", _COUNT, _long),
    _Attribute("ce_logicaltime", "logicaltime", _COUNT, _long),
    _Attribute("ce_correlationid", "correlationid", _REFERENCE),
    _Attribute("ce_causationid", "causationid", _REFERENCE),
    _Attribute("ce_dataclassification", "dataclassification", r"L[1-4]", required=True),
    _Attribute("ce_traceparent", "traceparent", r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}"),
    _Attribute("ce_chuanyumember", "member_signature", _BASE64URL, from_base64url, base64url),
    _Attribute("ce_chuanyuseal", "seal", _BASE64URL),
)
_BY_HEADER = {attribute.header: attribute for attribute in _ATTRIBUTES}
_REQUIRED = {attribute.header for attribute in _ATTRIBUTES if attribute.required} | dict(_CONSTANT).keys()
_WRITTEN = tuple((attribute.header, attribute.field, attribute.write) for attribute in _ATTRIBUTES)
_RANK = {name: rank for rank, name in enumerate([*dict(_CONSTANT), *_BY_HEADER])}


def write_head(head: Head) -> Headers:
    """The headers of an event, in the one order in which they are written; what is None is left out."""
    written = [(header, write(value).encode("ascii")) for header, field, write in _WRITTEN if (value := getattr(head, field)) is not None]
    return (*_CONSTANT, *written)


def read_head(record: Record) -> Head:
    """The headers alone, whatever their order. Raises RecordMalformed: repeated, unknown, missing or not spelt as `write_head` does."""
    names = _names(tuple([name for name, _ in record.headers]))
    try:
        return names.head(b"\n".join([value for _, value in record.headers]).decode("ascii"))
    except ValueError:
        raise RecordMalformed(f"header {_ill_formed(record.headers)} is ill-formed") from None


class _Names:
    """Headers of these names, in this order: one pattern for all their values, which no form lets contain a line break."""

    def __init__(self, names: Sequence[str]) -> None:
        forms = [
            re.escape(constant.decode()) if (constant := dict(_CONSTANT).get(name)) else f"({_BY_HEADER[name].form})" for name in names
        ]
        attributes = [_BY_HEADER[name] for name in names if name in _BY_HEADER]
        self._match = re.compile("\n".join(forms)).fullmatch
        self._fields = [attribute.field for attribute in attributes]
        self._reads = [(attribute.field, attribute.read) for attribute in attributes if attribute.read is not str]

    def head(self, values: str) -> Head:
        """Raises ValueError."""
        matched = self._match(values)
        if matched is None:
            raise ValueError("not of its form")
        found: dict[str, Any] = dict(zip(self._fields, matched.groups(), strict=True))
        for field, read in self._reads:
            found[field] = read(found[field])
        return Head(**found)


@lru_cache(256)
def _names(names: tuple[str, ...]) -> _Names:
    """Few combinations occur, so each pattern is made once. Raises RecordMalformed."""
    if len(set(names)) != len(names):
        raise RecordMalformed("a header is repeated")
    if missing := _REQUIRED - set(names):
        raise RecordMalformed(f"header {min(missing)} is missing")
    if strange := set(names) - _RANK.keys():
        raise RecordMalformed(f"{len(strange)} headers are none of ours")
    return _Names(names)


def _ill_formed(headers: Headers) -> str:
    """The first header that alone is not of its form."""
    return next((name for name, value in headers if not _is_well_formed(name, value)), "")


def _is_well_formed(name: str, value: bytes) -> bool:
    if name in dict(_CONSTANT):
        return dict(_CONSTANT)[name] == value
    try:
        text = value.decode("ascii")
        _BY_HEADER[name].read(text)
    except ValueError:
        return False
    return re.fullmatch(_BY_HEADER[name].form, text) is not None


def finish(record: Record, *, sequence: int | None = None, logicaltime: int | None = None, seal: str | None = None) -> Record:
    """The record with what the relay adds, each in its place (D2)."""
    added = (("ce_sequence", sequence), ("ce_logicaltime", logicaltime), ("ce_chuanyuseal", seal))
    headers = [*record.headers, *((name, str(value).encode()) for name, value in added if value is not None)]
    headers.sort(key=lambda header: _RANK[header[0]])
    return Record(record.topic, record.key, tuple(headers), record.value)


def pack_headers(headers: Iterable[tuple[str, bytes]]) -> bytes:
    """Headers as one column: each name and value behind its length in 4 bytes, big-endian; order and repetitions are kept."""
    return joined([part for name, value in headers for part in (name.encode("utf-8", "surrogateescape"), value)])


def unpack_headers(packed: bytes) -> Headers:
    """The reverse of `pack_headers`. Raises RecordMalformed for bytes that it does not write."""
    parts: list[bytes] = []
    at, end = 0, len(packed)
    while at + 4 <= end:
        start = at + 4
        at = start + _length(packed, at)[0]
        parts.append(packed[start:at])
    if at != end or len(parts) % 2:
        raise RecordMalformed("these are no packed headers")
    return tuple(zip([name.decode("utf-8", "surrogateescape") for name in parts[::2]], parts[1::2], strict=True))


def partition(key: bytes, count: int) -> int:
    """The partition of a key, as Kafka's Java producer computes it: murmur2 modulo count (D18)."""
    return (_murmur2(key) & 0x7FFF_FFFF) % count


def _murmur2(data: bytes) -> int:
    multiplier, mask, length = 0x5BD1_E995, 0xFFFF_FFFF, len(data)
    mixed = 0x9747_B28C ^ length
    whole = length & ~3
    for word in struct.unpack_from(f"<{whole >> 2}I", data):
        block = word * multiplier & mask
        mixed = (mixed * multiplier & mask) ^ ((block ^ block >> 24) * multiplier & mask)
    if whole < length:
        mixed = (mixed ^ int.from_bytes(data[whole:], "little")) * multiplier & mask
    mixed = (mixed ^ mixed >> 13) * multiplier & mask
    return mixed ^ mixed >> 15
