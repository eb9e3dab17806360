"""A node's overview from two readings, ten seconds apart."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from chuanyu.cli.figures import Times, overview
from chuanyu.cli.pages import Reading, samples
from chuanyu.cli.watch import View, document, shown, view_of


def page(accepted: int, quick: int, slow: int) -> str:
    buckets = (("0.01", quick), ("0.05", quick + slow), ("+Inf", quick + slow))
    seen = 'service="recall",origin="chongqing"'
    histogram = "".join(f'chuanyu_visible_seconds_bucket{{{seen},le="{edge}"}} {count}\n' for edge, count in buckets)
    return (
        f'chuanyu_accepted_total{{family="recall",outcome="accepted"}} {accepted}\n'
        f'chuanyu_applied_total{{service="recall",origin="chongqing",outcome="applied"}} {accepted}\n'
        f'chuanyu_applied_total{{service="recall",origin="chongqing",outcome="repeated"}} {9 * accepted}\n'
        f"{histogram}chuanyu_visible_seconds_count{{{seen}}} {quick + slow}\n"
        'chuanyu_parked_records{service="recall",code="rule_violated"} 1\n'
        'chuanyu_parked_records{service="recall",code="waiting"} 4\n'
        'chuanyu_obligations{state="open"} 7\n'
        "chuanyu_other_side_age_seconds +Inf\n"
    )


@pytest.fixture
def readings() -> tuple[Reading, Reading]:
    old, new = page(100, 10, 10), page(120, 110, 10)
    return Reading("sichuan", 0.0, tuple(samples(old))), Reading("sichuan", 10.0, tuple(samples(new)))


def test_rates_and_times_are_of_what_happened_in_between(readings: tuple[Reading, Reading]) -> None:
    node = overview(*readings)
    assert (node.accepted, node.refused, node.parts["recall"].applied) == (2.0, 0.0, 2.0)
    assert node.visible == {"chongqing": Times(pytest.approx(0.005), pytest.approx(0.0099))}


def test_what_stands_is_of_the_later_reading(readings: tuple[Reading, Reading]) -> None:
    node = overview(*readings)
    assert (node.parked, node.obligations) == (1, {"open": 7})


def test_without_anything_in_between_no_time_is_invented(readings: tuple[Reading, Reading]) -> None:
    assert overview(readings[1], readings[1]).visible == {"chongqing": Times(None, None)}


def test_programs_get_null_for_what_is_not_known(readings: tuple[Reading, Reading]) -> None:
    old, new = readings
    told = document(view_of([old], [old], [new]))
    assert told["nodes"]["sichuan"]["other_side"] is None
    assert told["well"] is False


def test_people_read_in_words_that_the_other_side_was_not_heard_yet(readings: tuple[Reading, Reading]) -> None:
    old, new = readings
    console = Console(width=80, record=True, file=StringIO())
    console.print(shown(view_of([old], [old], [new])))
    assert "尚未收到 not yet" in console.export_text()


def test_the_status_tells_well_from_wrong_from_away(readings: tuple[Reading, Reading]) -> None:
    def status(*now: Reading) -> int:
        view: View = view_of(now, now, now)
        return view.status

    well, wrong = Reading("sichuan", 0.0, tuple(samples("chuanyu_held_cases 0\n"))), readings[1]
    away = Reading("chongqing", 0.0, (), ("http://127.0.0.1:1/metrics",))
    assert (status(well), status(wrong), status(well, away), status(away)) == (0, 1, 1, 3)
