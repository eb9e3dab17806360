"""What operators see of the cases as a whole, looked up now and then by `kernel.watch`."""

from __future__ import annotations

import time
from collections.abc import Callable

from chuanyu.casework import queries
from chuanyu.kernel import metrics
from chuanyu.kernel.store import Connection

_STATES = ("open", "due_unconfirmed", "undelivered")


def watch(province: str) -> Callable[[Connection], None]:
    """A look that sets the gauges of obligations and outstanding receipts. province: of this node."""

    def look(connection: Connection) -> None:
        counts = queries.owed(connection, time.time_ns() // 1_000_000)
        for state in _STATES:
            metrics.child(metrics.OBLIGATIONS, state=state).set(counts.get(state, 0))
        metrics.RECEIPTS_OUTSTANDING.set(queries.outstanding(connection, province))

    return look
