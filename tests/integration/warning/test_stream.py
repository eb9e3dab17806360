"""Early warning on real brokers and databases, with kills: its alerts are those of a plain computation over everything that was said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice
from random import Random
from typing import Any

import pytest

from chuanyu.contracts.warning import AlertClosed, AlertRaised
from chuanyu.embedded.provinces import BOTH
from chuanyu.kernel import topics
from chuanyu.kernel.codec import Draft, decode
from chuanyu.kernel.store import Connection, entry_of, gaps, log, positions
from kit import agreement, failures
from kit.bus import eventually
from kit.failures import Evidence
from kit.rig import HERE, THERE, Rig

pytestmark = pytest.mark.timeout(240)

PARTITIONS = {topic.name: topic.partitions for topic in topics.declared([province.word for province in BOTH])}


def accept(connection: Connection, drafts: Iterable[Draft]) -> None:
    with connection.transaction():
        log.open_for_append(connection)
        log.append(connection, [entry_of(each, PARTITIONS) for each in drafts])


def said(connections: Sequence[Connection]) -> list[Any]:
    """Every alert and closing, of either node, as its log has them."""
    query = "SELECT event_id::text, value FROM bus.log WHERE topic LIKE '%%.warning' AND type LIKE '%%.warning.%%' ORDER BY id"
    return [(event, decode(value)) for connection in connections for event, value in connection.execute(query)]


def standing(events: Sequence[tuple[str, Any]]) -> Evidence:
    """The alerts that are open now, by party key and period; every correction and closing names what stands."""
    newest: dict[str, tuple[str, Any]] = {}
    for event_id, event in events:
        case, before = event.head.case_id, newest.get(event.head.case_id)
        assert (event.head.correction_of if isinstance(event, AlertRaised) else event.event_id) == (before[0] if before else None)
        if isinstance(event, AlertClosed):
            del newest[case]
        else:
            newest[case] = event_id, event
    found = {(event.subject_key, event.window_from // 90 + 1): list(event.evidence) for _, event in newest.values()}
    assert len(found) == len(newest), "two open alerts of one producer and period"
    return found


def read_all(rig: Rig, *provinces: str) -> bool:
    """Whether every warning has applied all that both provinces have said and relayed, and nothing waits for a relay."""
    with rig.connection(HERE) as here, rig.connection(THERE) as there:
        ends: dict[tuple[str, int], int] = {}
        for connection in (here, there):
            if connection.execute("SELECT 1 FROM bus.log WHERE sequence IS NULL LIMIT 1").fetchone():
                return False
            for topic, number, last in connection.execute("SELECT topic, partition, max(sequence) FROM bus.log GROUP BY topic, partition"):
                if topic.partition(".")[2] in ("spotcheck", "warning"):
                    ends[topic, number] = last
        applied = {HERE: positions.sequences(here).get("warning", {}), THERE: positions.sequences(there).get("warning", {})}
        return all(applied[province].get(slot, 0) >= last for province in provinces for slot, last in ends.items())


def rebuild(rig: Rig, name: str, connection: Connection) -> None:
    """Stops a process, empties all that it has derived, and starts it at the beginning of every topic."""
    rig.stop(name)
    with connection.transaction():
        connection.execute("TRUNCATE warning.sample, cases.case, cases.event, cases.obligation, cases.confirmation")
        positions.begin_rebuild(connection, "warning")
    rig.start("warning", HERE)


def test_p2_d9_its_alerts_are_those_of_a_plain_computation_whatever_is_killed_repeated_or_late(rig: Rig) -> None:
    """Shuffled across cases, both nodes' process killed (-9) again and again, all re-sent by its owner in between. Then one is rebuilt."""
    random = Random(20261124)
    cases = failures.history(random, 240)
    names = [rig.start(part, province) for province in (HERE, THERE) for part in ("relay", "warning")]
    with rig.connection(HERE) as here, rig.connection(THERE) as there:
        nodes = {HERE: here, THERE: there}
        stream = failures.shuffled(random, cases)
        for turn in range(12):
            for act in islice(stream, 45):
                accept(nodes[act.head.source.split("/")[1]], [act])
            if turn % 3 == 0:
                rig.kill(names[1 if turn % 2 else 3])
            if turn in (4, 8):
                for province, connection in nodes.items():
                    gaps.ask_resend(connection, f"{province}.spotcheck", random.randrange(12), 1)
        for act in stream:
            accept(nodes[act.head.source.split("/")[1]], [act])
        eventually(lambda: read_all(rig, HERE, THERE), "everything is applied", 90)
        told = said([here, there])
        assert standing(told) == failures.warned_of(cases)
        kinds = Counter(type(event).__name__ + ("'" if event.head.correction_of else "") for _, event in told)
        assert min(kinds["AlertRaised"], kinds["AlertRaised'"], kinds["AlertClosed"]) > 0, kinds
        rebuild(rig, names[1], here)
        eventually(lambda: read_all(rig, HERE, THERE), "everything is applied again", 90)
        assert said([here, there]) == told
        assert len(agreement.checksums(nodes)) == 1
        print(f"\n{sum(len(case.acts) for case in cases)} statements, {len(rig.ends)} kills, {dict(kinds)}")
