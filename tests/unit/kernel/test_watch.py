"""What threads tell metrics and the log."""

from __future__ import annotations

import io
import json

from chuanyu.kernel import log, metrics
from chuanyu.kernel.bus.screen import Screened, Track
from chuanyu.kernel.bus.transact import Done
from chuanyu.kernel.watch import ServiceWatch


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
