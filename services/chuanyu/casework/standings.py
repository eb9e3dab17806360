"""What operators see of the cases as a whole, looked up now and then by `kernel.watch`."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from chuanyu.casework import queries
from chuanyu.domain.calendar import STATE
from chuanyu.domain.dates import day_of, from_millis
from chuanyu.kernel import metrics
from chuanyu.kernel.store import Connection

_STATES = ("open", "warned", "due_unconfirmed", "overdue", "undelivered")
_DAYS = (1, 7, 30)


_SHARE = 100
"""A look waits so many times as long as the one before it took: counting all that is owed costs the database a hundredth of its time."""


def watch(province: str) -> Callable[[Connection], None]:
    """A look that sets the gauges of obligations, receipts and references, and is passed over while it would cost too much.

    province: of this node
    """
    rested = 0.0

    def look(connection: Connection) -> None:
        nonlocal rested
        began = time.monotonic()
        if began >= rested:
            _look(connection)
            rested = began + _SHARE * (time.monotonic() - began)

    def _look(connection: Connection) -> None:
        now = time.time_ns() // 1_000_000
        counts = queries.owed(connection, now)
        for state in _STATES:
            metrics.child(metrics.OBLIGATIONS, state=state).set(counts.get(state, 0))
        _kept(queries.fell_due(connection, now))
        metrics.CALENDAR_DAYS.set((STATE.last_certain_day() - day_of(from_millis(now))).days)
        metrics.RECEIPTS_OUTSTANDING.set(queries.outstanding(connection, province))
        ages = ((now - since) / 1000 if since else 0 for since in queries.oldest(connection, province))
        for metric, age in zip((metrics.OLDEST_RECEIPT, metrics.OLDEST_REFERENCE), ages, strict=True):
            metric.set(age)

    return look


def _kept(fell_due: Sequence[tuple[int, bool, int]]) -> None:
    for days in _DAYS:
        for kept in (True, False):
            count = sum(number for ago, in_time, number in fell_due if ago <= days and in_time is kept)
            metrics.child(metrics.OBLIGATIONS_DUE, within=f"{days}d", kept="yes" if kept else "no").set(count)
