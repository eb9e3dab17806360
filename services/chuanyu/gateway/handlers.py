"""What the gateway does with the system topics: it hands requests to send again to the relay of its own node (D3, D5)."""

from __future__ import annotations

from collections.abc import Sequence

from chuanyu.contracts.system import ResendRequested
from chuanyu.gateway import queries
from chuanyu.kernel.store import Arrived, UnitOfWork, gaps


class System:
    """The gateway's service as the bus thread runs it. province: the node's own."""

    name = "gateway"
    families = ("system",)
    migrations = (queries.MIGRATIONS,)

    def __init__(self, province: str) -> None:
        self._province = province

    def check(self, arrived: Arrived) -> None:
        """Nothing beyond what the kernel checks."""

    def apply(self, work: UnitOfWork, batch: Sequence[Arrived]) -> None:
        """Notes every request for a topic of this province."""
        for event in (arrived.event for arrived in batch):
            if isinstance(event, ResendRequested) and event.topic.partition(".")[0] == self._province:
                gaps.ask_resend(work.connection, event.topic, event.partition, event.from_sequence)
