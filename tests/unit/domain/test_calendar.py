"""Working days with 调休."""

from datetime import date, timedelta

import pytest

from chuanyu.domain.calendar import STATE, Calendar, read

OFF_2026 = [(1, 1, 3), (2, 15, 23), (4, 4, 6), (5, 1, 5), (6, 19, 21), (9, 25, 27), (10, 1, 7)]
WORKED_2026 = {date(2026, 1, 4), date(2026, 2, 14), date(2026, 2, 28), date(2026, 5, 9), date(2026, 9, 20), date(2026, 10, 10)}


def test_every_day_of_2026_is_as_published() -> None:
    off = {date(2026, month, day) for month, first, last in OFF_2026 for day in range(first, last + 1)}
    for day in (date(2026, 1, 1) + timedelta(days=ahead) for ahead in range(365)):
        kind = STATE.day(day)
        assert kind.certain
        assert kind.works is (day in WORKED_2026 or (day.weekday() < 5 and day not in off)), day


@pytest.mark.parametrize(
    ("day", "works"),
    [("2027-01-01", False), ("2027-01-04", True), ("2027-05-03", True), ("2027-10-01", False), ("2027-10-04", True), ("2003-06-07", False)],
)
def test_outside_the_published_years_only_the_fixed_days_are_off(day: str, works: bool) -> None:
    kind = STATE.day(date.fromisoformat(day))
    assert (kind.works, kind.certain) == (works, False)


def test_an_added_year_is_certain() -> None:
    published = Calendar({2027: frozenset({date(2027, 1, 1), date(2027, 1, 3)})})
    assert [published.day(date(2027, 1, day)).works for day in (1, 2, 3, 4)] == [False, False, True, True]
    assert published.day(date(2027, 7, 1)).certain
    assert (STATE.last_certain_day(), published.last_certain_day()) == (date(2026, 12, 31), date(2027, 12, 31))


def test_the_last_working_day_may_be_the_day_itself() -> None:
    assert STATE.last_working_day(date(2026, 10, 10)) == date(2026, 10, 10)
    assert STATE.last_working_day(date(2026, 10, 7)) == date(2026, 9, 30)


DAYS = "day,works,name,noticed_on\n2027-01-01,false,元旦,2026-11-30\n2027-01-02,false,元旦,2026-11-30\n2027-01-03,true,,2026-11-30\n"


def test_p7_the_operators_table_tells_days_off_days_worked_and_when_it_was_published() -> None:
    added = read(DAYS)
    assert [added.day(date(2027, 1, day)).works for day in (1, 2, 3, 4)] == [False, False, True, True]
    assert (added.holiday(date(2027, 1, 2)), added.holiday(date(2027, 1, 9))) == ("元旦", None)
    assert added.last_certain_day() == date(2027, 12, 31)
    assert added.as_of(date(2026, 11, 29)).last_certain_day() == date(2026, 12, 31)


@pytest.mark.parametrize(
    "text", ["day,works\n2027-01-01,false\n", DAYS + "2027-02-30,false,春节,2026-11-30\n", DAYS + "2027-05-01,false,劳动节,2026-12-01\n"]
)
def test_a_table_that_cannot_be_read_names_its_line(text: str) -> None:
    with pytest.raises(ValueError, match=r"line [25]"):
        read(text)
