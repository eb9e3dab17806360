"""What threads tell metrics and the log."""

from __future__ import annotations

import io
import json
import time

from chuanyu.kernel import log, metrics
from chuanyu.kernel.bus.screen import Screened, Track
from chuanyu.kernel.bus.transact import Done
from chuanyu.kernel.store import Position
from chuanyu.kernel.watch import RelayWatch, ServiceWatch


def test_d5_a_gap_is_told_of_however_short_it_was() -> None:
    """A re-send may come within milliseconds; the mirror has lost something all the same."""
    said, slot = io.StringIO(), ("sichuan.spotcheck", 3)
    log.to(said)
    watch, before = ServiceWatch("spotcheck", ["sichuan"]), metrics.SEQUENCE_GAPS._value.get()
    watch.applied(Done(missed=[slot]), Screened(), 0.0)
    watch.applied(Done(mended=[slot]), Screened(), 0.0)
    log.to()
    told = [json.loads(line) for line in said.getvalue().splitlines()]
    assert [(line["event"], line["service"], line["topic"], line["partition"]) for line in told] == [
        ("gap_seen", "spotcheck", *slot),
        ("gap_closed", "spotcheck", *slot),
    ]
    assert metrics.SEQUENCE_GAPS._value.get() == before + 1


def test_a_partition_that_another_process_took_is_no_longer_told_of() -> None:
    """Else its last state would stand on this page for ever, and whoever adds up what is behind would count it twice."""
    watch = ServiceWatch("recall", ["sichuan"])
    kept, taken = ("sichuan.recall", 1), ("sichuan.recall", 2)
    tracks = {slot: Track(*slot, 1, 0, 0, 0, 0) for slot in (kept, taken)}
    watch.standing(tracks, {taken: 7})
    watch.standing({kept: tracks[kept]}, {})
    told = {
        sample.labels["partition"]
        for metric in (metrics.BEHIND, metrics.OLDEST_UNAPPLIED, metrics.PARTITION_STATE)
        for family in metric.collect()
        for sample in family.samples
        if sample.labels["service"] == "recall"
    }
    assert told == {"1"}


def unrelayed() -> tuple[float, float]:
    """Rows and the oldest one's age, as on the page."""
    return metrics.LOG_UNRELAYED._value.get(), metrics.LOG_OLDEST_UNRELAYED._value.get()


def test_p8_what_the_client_holds_counts_as_not_relayed() -> None:
    """A numbered row is not on Kafka yet: while the broker is away it waits in the client, and its age must show."""
    clock = [100_000]
    watch = RelayWatch(lambda: clock[0])
    watch.depth(0, 0, handed=10, queued=0)
    assert unrelayed() == (0, 0)
    for seconds, handed, queued, expected in [(1, 12, 2, (2, 0)), (2, 15, 5, (5, 1)), (3, 15, 2, (2, 1)), (4, 15, 0, (0, 0))]:
        clock[0] = 100_000 + 1000 * seconds
        watch.depth(0, 0, handed, queued)
        assert unrelayed() == expected
    watch.depth(3, 90_000, handed=15, queued=1)
    assert unrelayed() == (4, 14)
    watch.leading(True)
    watch.leading(False)
    assert unrelayed() == (0, 0)


def test_whoever_goes_round_says_when() -> None:
    """Else a thread that hangs looks like one that has nothing to do."""
    began = time.time()
    ServiceWatch("recall", ["sichuan"]).standing({}, {})
    RelayWatch().depth(0, 0, 0, 0)
    for service in ("recall", "relay"):
        assert metrics.child(metrics.TURNED, service=service)._value.get() >= began


def test_d6_a_fenced_service_says_so_until_it_has_left() -> None:
    watch, slot = ServiceWatch("credit", ["sichuan"]), ("sichuan.credit", 7)
    watch.standing({slot: Track.of(Position(*slot, version=1))}, {})
    watch.fenced()
    labels = {"service": "credit", "topic": "sichuan.credit", "partition": "7"}
    states = {state: metrics.child(metrics.PARTITION_STATE, **labels, state=state)._value.get() for state in ("running", "gap", "fenced")}
    assert states == {"running": 0, "gap": 0, "fenced": 1}
