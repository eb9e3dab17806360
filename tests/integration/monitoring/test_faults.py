"""
A fault is made in a running province, and those on duty are told: the right alert, in time, nobody else by page, and that it is over.

`make watch-test` runs them, minutes long. What is quicker than in production is what `kit.duty.hasten` says, nothing else.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass

import pytest

from kit.bus import eventually
from kit.duty import Told
from kit.monitoring import metrics_in, rules
from kit.rig import THERE
from kit.watched import Province, samples_of_one_partition

pytestmark = [pytest.mark.watch, pytest.mark.timeout(900)]

SLACK = 60.0
"""Seconds in which an alert reaches somebody, beside its `for`."""

_TOPIC = f"{THERE}.spotcheck"
_fired: set[str] = set()


@dataclass(frozen=True)
class Fault:
    """make: holds while entered, healed on leaving. who is told of which alert; follows: a page that then fires too and is held back."""

    name: str
    alert: str
    who: str
    make: Callable[[Province], AbstractContextManager[None]]
    follows: str = ""


@contextmanager
def parked(province: Province) -> Iterator[None]:
    province.other_says("UNREADABLE", unreadable=True)
    try:
        yield
    finally:
        province.discards()


@contextmanager
def forged(province: Province) -> Iterator[None]:
    province.forges()
    try:
        yield
    finally:
        province.discards()


@contextmanager
def hung(province: Province) -> Iterator[None]:
    with province.held("SELECT FROM bus.position WHERE service = 'spotcheck' FOR UPDATE"):
        province.other_says("HUNG")
        yield


@contextmanager
def lost(province: Province) -> Iterator[None]:
    """The broker loses a record before spotcheck has read it, and the request to send it again is never made."""
    number, (first, *more) = samples_of_one_partition(_TOPIC, 3, 1000)
    province.other_says(first)
    with province.rig.connection() as connection:
        connection.execute(
            "CREATE OR REPLACE FUNCTION never() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.asked_at := 9e15; RETURN NEW; END$$;"
            "CREATE TRIGGER never BEFORE INSERT ON bus.gap FOR EACH ROW EXECUTE FUNCTION never()"
        )
        with province.rig.dead(province.names["spotcheck"]):
            end = province.produced(_TOPIC, number) + len(more)
            for word in more:
                province.other_says(word)
            eventually(lambda: province.produced(_TOPIC, number) >= end, "Chongqing has sent both")
            province.loses(_TOPIC, number)
        try:
            yield
        finally:
            connection.execute("DROP TRIGGER never ON bus.gap; UPDATE bus.gap SET asked_at = 0; NOTIFY bus_log")
            with province.rig.connection(THERE) as owner:  # its gateway, which takes requests, is not part of this rig
                owner.execute("INSERT INTO bus.resend VALUES (%s, %s, 1) ON CONFLICT DO NOTHING", [_TOPIC, number])
                owner.execute("NOTIFY bus_log")


@contextmanager
def overdue(province: Province) -> Iterator[None]:
    """A sample of June is entered late, so that the two days for the notice over the border are long past (domain 7.5); that Chongqing
    hears of it afterwards meets the obligation."""
    with province.rig.frozen(f"spotcheck-{THERE}"):
        province.submits("XBJ26510000300777", time="2026-06-01T08:00:00Z", head__backfilled=True, head__backfill_reason="系统故障")
        yield


FAULTS = [
    Fault("a service is killed", "PartDown", "page", lambda p: p.rig.dead(p.names["spotcheck"])),
    Fault("a record is parked", "RecordParked", "ticket", parked),
    Fault("a consumer is frozen", "PartDown", "page", lambda p: p.rig.frozen(p.names["recognition"])),
    Fault("a consumer hangs", "ServiceStuck", "page", hung),
    Fault("records are lost", "SequenceGap", "page", lost),
    Fault("a record is forged", "SealForged", "page", forged),
    Fault("an obligation is overdue", "ObligationOverdue", "coordinator", overdue),
    Fault("the other side is silent", "OtherSideSilent", "ticket", lambda p: p.rig.frozen(f"relay-{THERE}")),
    Fault("Kafka is stopped", "KafkaAway", "page", lambda p: p.rig.dead_server(p.rig.stack.broker.name), "LogUnrelayed"),
    Fault("PostgreSQL is stopped", "StoreAway", "page", lambda p: p.rig.dead_server(p.rig.stack.server.name), "ServiceStuck"),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_reaches_whom_it_concerns_and_nobody_else(province: Province, fault: Fault) -> None:
    eventually(lambda: not province.duty.firing(), "what was before is over", 120)
    province.duty.told.clear()
    with fault.make(province):
        began = time.monotonic()
        wait = province.waits[fault.alert] + SLACK
        first = eventually(lambda: told(province, fault.alert, "firing"), f"{fault.alert} is told", wait)
        if fault.follows:
            eventually(lambda: fault.follows in province.duty.held_back(), f"{fault.follows} is held back", 90)
        _fired.update(province.duty.firing())
    print(f"{fault.name}: {fault.alert} after {first.at - began:.0f} s")
    assert first.who == fault.who
    eventually(lambda: not province.duty.firing(), f"nothing fires any more after: {fault.name}", 120)
    eventually(lambda: told(province, fault.alert, "resolved"), f"{fault.alert} is said to be over", 90)
    rung = [each for each in province.duty.told if each.who == "page" and each.status == "firing" and "Budget" not in each.alert]
    assert [each for each in rung if each.alert != fault.alert] == []


def told(province: Province, alert: str, status: str) -> Told | None:
    return next((each for each in province.duty.told if each.alert == alert and each.status == status), None)


def test_u6_every_rule_is_evaluated_and_gives_data_or_has_fired(province: Province) -> None:
    """After the faults: what never had a sample in all this time looks at nothing."""
    duty = province.duty
    assert duty.unhealthy() == {}
    silent = [rule.name for rule in rules("recording") if not duty.ask(f"count_over_time({rule.name}[1h])")]
    assert silent == []
    unseen = {
        rule.name: missing
        for rule in rules("alerts")
        if rule.name not in _fired and (missing := [name for name in metrics_in(rule.expr) if not seen(province, name)])
    }
    assert unseen == {}


def seen(province: Province, metric: str) -> bool:
    found = []
    for name in (metric, f"{metric}_count"):
        with suppress(OSError):
            found += province.duty.ask(f"count_over_time({name}[1h])")
    return bool(found)
