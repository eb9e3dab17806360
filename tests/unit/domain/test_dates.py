"""Days and instants as people write them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chuanyu.domain.dates import SHANGHAI, day_of, from_days, from_millis, parse_date, parse_instant, to_days, to_millis


@pytest.mark.parametrize(
    "text", ["2024-01-02", "2024年1月2日", "2024.1.2", "2024/1/2", "20240102", " ２０２４年０１月０２日\t", "2024 年 1 月 2 日"]
)
def test_one_day_is_read_in_every_usual_form(text: str) -> None:
    assert parse_date(text) == date(2024, 1, 2)


@pytest.mark.parametrize(
    "text", ["2024-02-30", "24.1.2", "2024-01", "45293", "2024-1.2", "20241301", "2024年1月", "", "见包装", "2024-01-02A"]
)
def test_what_is_no_day_is_not_guessed(text: str) -> None:
    assert parse_date(text) is None


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_every_day_survives_its_forms(day: date) -> None:
    for text in (f"{day}", f"{day.year}年{day.month}月{day.day}日", f"{day:%Y%m%d}", f"{day.year}/{day.month}/{day.day}"):
        assert parse_date(text) == day
    assert from_days(to_days(day)) == day


def test_an_instant_without_offset_is_of_shanghai() -> None:
    assert parse_instant("2026-01-05T08:00:00") == datetime(2026, 1, 5, tzinfo=UTC)
    assert parse_instant("2026-01-05T00:00:00Z") == datetime(2026, 1, 5, tzinfo=UTC)
    assert parse_instant("2026-01-05") is None
    assert parse_instant("gestern") is None


@given(st.datetimes(datetime(1950, 1, 1), datetime(2200, 1, 1)))  # noqa: DTZ001
def test_milliseconds_round_down_and_come_back(moment: datetime) -> None:
    instant = moment.replace(tzinfo=SHANGHAI)
    assert timedelta(0) <= instant - from_millis(to_millis(instant)) < timedelta(milliseconds=1)


def test_a_day_is_that_of_shanghai() -> None:
    assert day_of(datetime(2026, 1, 4, 16, tzinfo=UTC)) == date(2026, 1, 5)
