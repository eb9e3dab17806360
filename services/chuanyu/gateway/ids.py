"""
Event ids: UUID version 7 (RFC 9562), whose part for chance follows from what is said and by whom. Pure.

So an event tells for ever whose submission it came from, also where nothing but the record is left: the submitter's own id does not travel.
"""

from __future__ import annotations

import hashlib
from uuid import UUID

_BITS = 74
_LOW = (1 << 62) - 1


def mark(type: str, key: str, source: str, submission: str) -> int:
    """74 bits of SHA-256. key: the business key, empty where the event has none · submission: the submitter's own id."""
    said = "\x1f".join((type, key, source, submission)).encode()
    return int.from_bytes(hashlib.sha256(said).digest(), "big") >> (256 - _BITS)


def event_id(now: int, mark: int) -> UUID:
    """The id of an event accepted now, ms."""
    return UUID(int=now << 80 | 0x7 << 76 | mark >> 62 << 64 | 0b10 << 62 | mark & _LOW)


def mark_of(event: UUID) -> int:
    """The mark in an event id."""
    return (event.int >> 64 & 0xFFF) << 62 | event.int & _LOW


def word(mark: int) -> str:
    """A mark as the key of an event that has no business key."""
    return f"{mark:019x}"
