"""Days and instants as people write them and as records carry them: days and milliseconds since 1970. Source: domain 3.6."""

import re
from datetime import UTC, date, datetime, timedelta, timezone

from chuanyu.domain.text import compact, normalise

# No summer time: a fixed offset needs no time zone database.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = date(1970, 1, 1)
_REST = r"(?:([-./])(\d{1,2})\2(\d{1,2})|年(\d{1,2})月(\d{1,2})日|(\d\d)(\d\d))"
_FORMS = re.compile(r"((?:19|20)\d\d)" + _REST, re.ASCII)
_ENDS = re.compile(r"((?:19|[2-9]\d)\d\d)" + _REST, re.ASCII)


def parse_date(text: str) -> date | None:
    """The day in 2024-01-02, 2024年1月2日, 2024.1.2, 2024/1/2 or 20240102, blanks and full-width dropped. Null: not such a day."""
    return _parsed(text, _FORMS)


def parse_end(text: str) -> date | None:
    """As parse_date, for the last day of something that may hold for good: 2999-12-31 and 9999-12-31 are how registers write that."""
    return _parsed(text, _ENDS)


def _parsed(text: str, forms: re.Pattern[str]) -> date | None:
    form = forms.fullmatch(compact(text))
    if form is None:
        return None
    year, month, day = (int(part) for part in form.group(1, 3, 4, 5, 6, 7, 8) if part is not None)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def parse_instant(text: str) -> datetime | None:
    """The instant of an ISO 8601 text with a time of day; Asia/Shanghai if no offset. Null: not such an instant."""
    plain = normalise(text)
    try:
        instant = datetime.fromisoformat(plain)
    except ValueError:
        return None
    return None if ":" not in plain else instant if instant.tzinfo else instant.replace(tzinfo=SHANGHAI)


def to_days(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - _EPOCH_DAY).days


def from_days(days: int) -> date:
    """The day so many days after 1970-01-01."""
    return _EPOCH_DAY + timedelta(days=days)


def to_millis(instant: datetime) -> int:
    """Whole milliseconds since 1970, rounded down. The instant must know its offset (TypeError otherwise)."""
    return (instant - _EPOCH) // timedelta(milliseconds=1)


def from_millis(millis: int) -> datetime:
    """The instant in UTC."""
    return _EPOCH + timedelta(milliseconds=millis)


def day_of(instant: datetime) -> date:
    """The day in Asia/Shanghai on which the instant falls."""
    return instant.astimezone(SHANGHAI).date()


def midnight(days: int) -> int:
    """The instant, ms since 1970, at which a day (days since 1970) begins in Asia/Shanghai."""
    return days * 86_400_000 - 8 * 3_600_000
