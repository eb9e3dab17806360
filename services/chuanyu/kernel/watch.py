"""What bus threads and the relay do, told to metrics and to the log. One series a partition, one line an outcome, none an event."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence

from chuanyu.kernel import log, metrics
from chuanyu.kernel.bus.freshness import Freshness
from chuanyu.kernel.bus.screen import Screened, owner
from chuanyu.kernel.bus.transact import Done, Tracks
from chuanyu.kernel.faults import SealInvalid, Transient
from chuanyu.kernel.store import Connection, Slot, Store, faults
from chuanyu.kernel.store import parked as quarantine

_STATES = ("running", "waiting", "gap", "fenced")
_LOOK_S = 5.0


class ServiceWatch:
    """Of one service's bus thread."""

    def __init__(self, service: str, provinces: Sequence[str]) -> None:
        self._service = service
        outcomes = ("applied", "repeated", "parked", "waiting", "beyond")
        self._counts = {
            (origin, outcome): metrics.child(metrics.APPLIED, service=service, origin=origin, outcome=outcome)
            for origin in provinces
            for outcome in outcomes
        }
        self._visible = {origin: metrics.child(metrics.VISIBLE, service=service, origin=origin) for origin in provinces}
        self._since: dict[Slot, float] = {}
        self._told: set[Slot] = set()
        self._turned = metrics.child(metrics.TURNED, service=service)
        self._away = False

    def applied(self, done: Done, screened: Screened, seconds: float) -> None:
        """After every transaction."""
        self._away = False
        self._tell_gaps(done)
        for arrived in done.applied:
            self._visible[owner(arrived.record.topic)].observe(max(0, done.now - arrived.head.recordedtime) / 1000)
        for origin, count in Counter(owner(arrived.record.topic) for arrived in done.applied).items():
            self._counts[origin, "applied"].inc(count)
        for origin, counts in screened.dropped.items():
            for outcome, count in counts.items():
                self._counts[origin, outcome].inc(count)
        for record in done.parked:
            outcome = "parked" if record.code else "waiting"
            self._counts[owner(record.topic), outcome].inc()
            if record.code == SealInvalid.code:
                metrics.child(metrics.SEAL_FAILURES, code=record.why or record.code).inc()
            if record.code:
                log.outcome(
                    "parked",
                    service=self._service,
                    topic=record.topic,
                    partition=record.partition,
                    sequence=record.sequence,
                    code=record.code,
                )

    def standing(self, tracks: Tracks, behind: dict[Slot, int]) -> None:
        """Twice a second: where every partition stands; of one that another process has taken, that one tells."""
        now = time.monotonic()
        self._turned.set(time.time())
        for slot in self._told - tracks.keys():
            self._forget(slot)
        self._told = set(tracks)
        for slot, track in tracks.items():
            count = behind.get(slot, 0) or int(track.beyond)
            since = self._since.setdefault(slot, now) if count else self._since.pop(slot, now)
            labels = self._labels(slot)
            metrics.child(metrics.BEHIND, **labels).set(count)
            metrics.child(metrics.OLDEST_UNAPPLIED, **labels).set(now - since if count else 0)
            for state in _STATES:
                metrics.child(metrics.PARTITION_STATE, **labels, state=state).set(track.state == state)

    def fenced(self) -> None:
        """Another process reads what this one held; it is about to leave."""
        for slot in self._told:
            for state in _STATES:
                metrics.child(metrics.PARTITION_STATE, **self._labels(slot), state=state).set(state == "fenced")

    def away(self, fault: Transient) -> None:
        """Told once until things move again."""
        if not self._away:
            log.fault("waiting", fault, service=self._service)
        self._away = True

    def _labels(self, slot: Slot) -> dict[str, str]:
        return {"service": self._service, "topic": slot[0], "partition": str(slot[1])}

    def _forget(self, slot: Slot) -> None:
        self._since.pop(slot, None)
        for metric in (metrics.BEHIND, metrics.OLDEST_UNAPPLIED, metrics.PARTITION_STATE):
            metrics.forget(metric, **self._labels(slot))

    def _tell_gaps(self, done: Done) -> None:
        metrics.SEQUENCE_GAPS.inc(len(done.missed))
        for event, slots in (("gap_seen", done.missed), ("gap_closed", done.mended)):
            for topic, number in slots:
                log.outcome(event, service=self._service, topic=topic, partition=number)


class RelayWatch:
    """Of the node's relay."""

    def __init__(self, clock: Callable[[], int] = lambda: time.time_ns() // 1_000_000) -> None:
        self._clock = clock
        self._leads = self._away = False
        self._handed: deque[tuple[int, int]] = deque()  # (records handed to the client so far, when, ms), once a look
        self._turned = metrics.child(metrics.TURNED, service="relay")

    def relayed(self, count: int, resent: int) -> None:
        """After every turn that produced something."""
        self._away = False
        if resent:
            log.outcome("sent_again", resent=resent)

    def depth(self, rows: int, oldest_ms: int, handed: int, queued: int) -> None:
        """Once a second: rows without a number and the oldest one's time; records handed to the client so far, and those it still holds."""
        now = self._clock()
        self._handed.append((handed, now))
        while self._handed and self._handed[0][0] <= handed - queued:
            self._handed.popleft()
        since = [oldest_ms] * bool(rows) + [when for _, when in list(self._handed)[:1]]
        metrics.LOG_UNRELAYED.set(rows + queued)
        metrics.LOG_OLDEST_UNRELAYED.set(max(0, now - min(since, default=now)) / 1000)
        self._turned.set(time.time())

    def leading(self, leads: bool) -> None:
        """Whether this process relays for the node."""
        if leads != self._leads:
            log.outcome("relay", state="leading" if leads else "following")
        self._leads = leads
        self._handed.clear()
        if not leads:  # who leads now tells; while nobody can, `chuanyu_dependency_away` says why
            metrics.LOG_UNRELAYED.set(0)
            metrics.LOG_OLDEST_UNRELAYED.set(0)

    def away(self, fault: Transient) -> None:
        """Told once until things move again."""
        if not self._away:
            log.fault("waiting", fault, service="relay")
        self._away = True


class Standings:
    """What only the database knows, looked up every 5 s: quarantine, and what the rooms of this process count themselves; beside it what
    this process stands on, and whether the provinces' rule tables agree.

    more: (connection) → nothing; sets its own gauges.
    """

    def __init__(self, store: Store, freshness: Freshness, other: Sequence[str], more: Sequence[Callable[[Connection], None]] = ()) -> None:
        self._store, self._freshness, self._other, self._more = store, freshness, tuple(other), more
        self._parked: set[tuple[str, str]] = set()
        self.stopping = threading.Event()
        metrics.OTHER_SIDE_AGE.set(float("inf") if self._other else 0)  # nothing was heard yet

    def run(self) -> None:
        """Looks until stopping is set; while the database is away nothing is set but that."""
        while not self.stopping.is_set():
            try:
                with faults(), self._store.connect(application="chuanyu-standings") as connection:
                    while not self.stopping.is_set():
                        self._look(connection)
                        self.stopping.wait(_LOOK_S)
            except Transient:
                self._told_away(store=True)
                self.stopping.wait(1.0)

    def _told_away(self, *, store: bool) -> None:
        for dependency, away in (("kafka", self._freshness.broker_away), ("postgresql", store)):
            metrics.child(metrics.DEPENDENCY_AWAY, dependency=dependency).set(away)

    def _look(self, connection: Connection) -> None:
        self._told_away(store=False)
        metrics.RULES_DIFFER.set(len(set(self._freshness.rules_digests().values())) > 1)
        counts = {(service, code or "waiting"): count for service, code, count in quarantine.counts(connection)}
        for service, code in self._parked | counts.keys():
            metrics.child(metrics.PARKED, service=service, code=code).set(counts.get((service, code), 0))
        self._parked |= counts.keys()
        metrics.HELD_CASES.set(quarantine.held(connection))
        metrics.OTHER_SIDE_AGE.set(self._freshness.oldest(self._other))
        for each in self._more:
            each(connection)
