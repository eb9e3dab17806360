"""The fields of records, each kind judged alike wherever it stands: what no calendar, index or table could take. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from chuanyu.domain.dates import midnight, to_days
from chuanyu.domain.text import identifier
from chuanyu.domain.violations import Violation, violation

LONGEST_TEXT = 1_000  # bytes in the form in which it is compared: an index takes two of them
_WIDEST = 40  # bytes that one character may become in that form
_DIVISION = re.compile(r"[0-9]{6}", re.ASCII)
_FIRST_DAY, _END = to_days(date(1900, 1, 1)), to_days(date(2200, 1, 1))  # no calendar is asked beyond them
_LAST_INSTANT = midnight(_END) - 1
_LONG_TERM = to_days(date.max)  # 长期: 2999-12-31 and 9999-12-31 are how registers write an end that nobody expects


def days(found: Mapping[str, int | None]) -> Iterator[Violation]:
    """Days since 1970, by field: 1900 to 2199."""
    for field, day in found.items():
        if day is not None and not _FIRST_DAY <= day < _END:
            yield violation("day_outside_calendar", field)


def ends(found: Mapping[str, int | None]) -> Iterator[Violation]:
    """The last days of something that holds, by field: 1900 to 9999, for what holds for good (长期) is written as the end of an age."""
    for field, day in found.items():
        if day is not None and not _FIRST_DAY <= day <= _LONG_TERM:
            yield violation("end_outside_calendar", field)


def instants(found: Mapping[str, int | None]) -> Iterator[Violation]:
    """Instants in ms, by field: 1970 to 2199."""
    for field, at in found.items():
        if at is not None and not 0 <= at <= _LAST_INSTANT:
            yield violation("instant_outside_calendar", field)


def divisions(codes: Iterable[str], field: str) -> Iterator[Violation]:
    """GB/T 2260: six digits."""
    if not all(map(_DIVISION.fullmatch, codes)):
        yield violation("division_malformed", field)


def party(named: Any, path: str) -> Iterator[Violation]:
    """By what a party is found, None where there is none."""
    if named is not None:
        yield from texts({f"{path}.name": named.name, f"{path}.uscc": named.uscc, f"{path}.division": named.division})


def authority(named: Any, path: str) -> Iterator[Violation]:
    """An authority is known by its division; None where there is none."""
    if named is not None:
        yield from divisions([named.division], f"{path}.division")


def texts(found: Mapping[str, str | None]) -> Iterator[Violation]:
    """What a fact is found by has to fit into an index."""
    for field, text in found.items():
        if not text:
            continue
        if "\0" in text:
            yield violation("control_character", field)
        if len(text) * _WIDEST > LONGEST_TEXT and len(identifier(text).encode()) > LONGEST_TEXT:
            yield violation("text_too_long", field, limit=LONGEST_TEXT)


def reference(text: str | None, field: str) -> Iterator[Violation]:
    """The id of another event, as ids are written."""
    if text is not None and not _is_id(text):
        yield violation("uuid_malformed", field)


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
