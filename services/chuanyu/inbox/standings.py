"""What operators see of the inboxes as a whole, looked up now and then by `kernel.watch`."""

from __future__ import annotations

import time

from chuanyu.casework import noticeboard
from chuanyu.inbox import queries
from chuanyu.kernel import metrics
from chuanyu.kernel.store import Connection


def watch(connection: Connection) -> None:
    """A look that sets the gauges."""
    waiting, asked, since = queries.standing(connection)
    metrics.child(metrics.DELIVERIES, asked="yes").set(asked)
    metrics.child(metrics.DELIVERIES, asked="no").set(waiting - asked)
    metrics.OLDEST_DELIVERY.set(0 if since is None else max(0, time.time() - since / 1000))
    metrics.UNCLAIMED.set(noticeboard.aside(connection))
