"""
A sample day, wholly synthetic (合成数据): no firm, person, number or reading in it is real, and none is taken from a real record.

`day.generate(seed, date)` draws a day and knows what every statement of it must end as; `play` says it over a running bus through the same
doors that members use, asks both nodes, and holds their answers against that truth.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from chuanyu.domain.dates import SHANGHAI
from chuanyu.embedded.demo import DemoReport, Progress
from chuanyu.sample.checks import checks
from chuanyu.sample.day import generate
from chuanyu.sample.playing import heard
from chuanyu.sample.story import told


def play(facts: Mapping[str, Any], seed: int, progress: Progress, on: dt.date | None = None) -> DemoReport:
    """
    The sample day of a seed played on the bus of which `up --json` said these facts; on: its date, None is today in Asia/Shanghai.

    Submitted is every statement of the tables and every event; delivered are the receipts that the accepting nodes have got. The same day
    played again on the same bus is known there: everything comes back as a duplicate with its first event id, and the checks say so.
    Raises Transient faults when a node or its database is away, OSError when its REST door is.
    """
    day = generate(seed, on or dt.datetime.now(SHANGHAI).date())
    got = heard(facts, day, progress)
    found = checks(day, got)
    return DemoReport(
        seed=seed,
        submitted=len(got.outcomes),
        accepted=got.count("accepted"),
        duplicates=got.count("duplicate"),
        refused=got.count("refused"),
        delivered=min(len(got.delivered(node)) for node in got.cases),
        checks=found,
        story=told(day, got, found),
    )
