"""Hands out what casework left for the members of this node, and wakes those who wait. Any number of processes may: one at a time does."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from chuanyu.casework import noticeboard
from chuanyu.inbox import queries, rules
from chuanyu.inbox.bell import Bell
from chuanyu.inbox.rules import Members
from chuanyu.kernel import log
from chuanyu.kernel.faults import Transient
from chuanyu.kernel.store import Connection, Store, faults

BATCH = 500
_LOOK_S = 1.0


class Dispatcher:
    """run() hands out until stopping is set. bell: of the calls that wait at this process · clock: ms"""

    def __init__(self, members: Members, store: Store, bell: Bell, clock: Callable[[], int]) -> None:
        self._members, self._store, self._bell, self._clock = members, store, bell, clock
        self.stopping = threading.Event()

    def run(self) -> None:
        """While the database is away nobody is told anything; after that all who wait look once."""
        while not self.stopping.is_set():
            try:
                with faults(), self._store.connect(application="chuanyu-inbox") as connection:
                    self._follow(connection)
            except Transient:
                self.stopping.wait(1.0)

    def _follow(self, connection: Connection) -> None:
        connection.execute(f"LISTEN {noticeboard.CHANNEL}; LISTEN {queries.CHANNEL}")
        noticeboard.bring_back(connection)  # whom nobody answered for may have got a member since
        self._bell.ring(())
        while not self.stopping.is_set():
            while self.hand_out(connection):
                pass
            for told in connection.notifies(timeout=_LOOK_S, stop_after=1):
                if told.channel == queries.CHANNEL:
                    self._bell.ring(told.payload.split())

    def hand_out(self, connection: Connection) -> int:
        """One transaction; how many notices it took down."""
        if not noticeboard.waiting(connection, 1):
            return 0
        with connection.transaction():
            queries.alone(connection)
            notices = noticeboard.waiting(connection, BATCH)
            found, orphans = rules.deliveries(self._members, notices)
            told = queries.hand_out(connection, found, self._clock()) if found else set()
            noticeboard.take_down(connection, list(notices.keys() - orphans))
            noticeboard.put_aside(connection, list(orphans))
            if told:
                queries.announce(connection, told)
        _lament(notices[number].case_id for number in orphans)
        return len(notices)


def _lament(cases: Iterable[str]) -> None:
    for case_id in set(cases):
        log.outcome("nobody_to_tell", case_id=case_id)
