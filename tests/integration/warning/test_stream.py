"""Early warning on real brokers and databases, with kills: its alerts are those of a plain computation over everything that was said."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from msgspec.structs import replace

from chuanyu.casework import queries as casework
from chuanyu.contracts.warning import AlertClosed, AlertRaised
from chuanyu.embedded.provinces import BOTH
from chuanyu.kernel import topics
from chuanyu.kernel.codec import Draft, decode, draft, finish, partition
from chuanyu.kernel.faults import StoreAway
from chuanyu.kernel.store import Connection, entry_of, faults, gaps, log, positions
from kit import agreement, failures
from kit.bus import eventually, put, put_header
from kit.cases import NOON, result
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
            for topic, number, last, waits in connection.execute(
                "SELECT topic, partition, max(sequence), bool_or(sequence IS NULL) FROM bus.log GROUP BY topic, partition"
            ):
                if waits:
                    return False
                if topic.partition(".")[2] in ("spotcheck", "warning"):
                    ends[topic, number] = last
        applied = {HERE: positions.sequences(here).get("warning", {}), THERE: positions.sequences(there).get("warning", {})}
        return all(applied[province].get(slot, 0) >= last for province in provinces for slot, last in ends.items())


def accepted(rig: Rig, province: str, act: Draft) -> bool:
    """Whether a node's database takes it; taken twice, it stands once."""
    try:
        with faults(), rig.connection(province) as connection:
            accept(connection, [act])
    except StoreAway:
        return False
    return True


def failed(case_id: str) -> Draft:
    """A failed sample of a producer in Yibin, accepted by the case's home."""
    event = result(case=case_id)
    event = replace(event, sampling=replace(event.sampling, sample_no=case_id.rpartition("/")[2]))
    source = f"/{case_id.partition('/')[0]}/amr"
    return draft(event, id=uuid4(), source=source, subject=case_id, time=NOON, recordedtime=NOON)


def rebuild(rig: Rig, name: str, connection: Connection) -> None:
    """Stops a process, empties all that it has derived, and starts it at the beginning of every topic."""
    rig.stop(name)
    with connection.transaction():
        connection.execute(f"TRUNCATE warning.statement, {', '.join(f'cases.{table}' for table in casework.TABLES)}")
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
        open_now = standing(said([here, there]))
        assert open_now == failures.warned_of(cases)
        for act in failures.undone(random, cases, open_now[min(open_now)]):  # at least this one closes, however large the batches were
            accept(nodes[act.head.source.split("/")[1]], [act])
        eventually(lambda: read_all(rig, HERE, THERE), "what was withdrawn is applied", 90)
        told = said([here, there])
        assert standing(told) == failures.warned_of(cases)
        kinds = Counter(type(event).__name__ + ("'" if event.head.correction_of else "") for _, event in told)
        assert min(kinds["AlertRaised"], kinds["AlertRaised'"], kinds["AlertClosed"]) > 0, kinds
        rebuild(rig, names[1], here)
        eventually(lambda: read_all(rig, HERE, THERE), "everything is applied again", 90)
        assert said([here, there]) == told
        assert len(agreement.checksums(nodes)) == 1
        print(f"\n{sum(len(case.acts) for case in cases)} statements, {len(rig.ends)} kills, {dict(kinds)}")


def listeners(pid: int) -> set[int]:
    """Local ports on which a process listens for TCP."""
    sockets = {os.readlink(file) for file in Path(f"/proc/{pid}/fd").iterdir() if file.is_symlink()}
    rows = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]]
    return {int(row[1].rpartition(":")[2], 16) for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in sockets}


def test_d4_p8_a_forgery_is_no_evidence_and_servers_may_fall(rig: Rig) -> None:
    """Who writes to the topic past the node gets nowhere, nor with what faust cannot read. Kafka and PostgreSQL killed (-9), it goes on by
    itself. It listens for metrics alone."""
    for province in (HERE, THERE):
        rig.start("relay", province)
    name = rig.start("warning", HERE)
    assert listeners(rig.processes[name].pid) == {int(rig.metrics(name).rpartition(":")[2])}
    case = "{}/spotcheck/XBJ26500103001"
    real = failed(case.format(HERE))
    forged = finish(failed(case.format(THERE)).record, sequence=1, logicaltime=1, seal="AAAA")
    with rig.connection(HERE) as here:
        accept(here, [real])
        put(rig.stack.broker.bootstrap, partition(forged.key, 12), forged)
        put_header(rig.stack.broker.bootstrap, f"{HERE}.spotcheck", b"\xff")
        parked = "SELECT code FROM bus.parked WHERE service = 'warning'"
        eventually(lambda: here.execute(parked).fetchall() == [("seal_invalid",)] * 2, "both forgeries are parked", 60)
        eventually(lambda: here.execute("SELECT FROM warning.statement WHERE stands").fetchone() is not None, "the failure is evidence", 60)
        assert said([here]) == []
    for server in (rig.stack.broker.name, rig.stack.server.name):
        rig.kill_server(server)
        late = failed(f"{case.format(THERE)}{len(server)}")
        eventually(lambda late=late: accepted(rig, THERE, late), "PostgreSQL accepts again", 60)  # type: ignore[misc]
    with rig.connection(HERE) as here:
        eventually(lambda: len(said([here])) >= 1, "the alert is said", 90)
        eventually(lambda: len(standing(said([here])).popitem()[1]) == 3, "all three are its evidence", 90)


def test_d3_d9_after_a_restored_database_nothing_is_said_anew(rig: Rig) -> None:
    """An alert is corrected by a third failure; then the database of before is set back. Early warning refuses to work on it; recovered, it
    reads all of it anew and says nothing; the next failure corrects the alert that stands."""
    parts = ("relay", "warning")
    rig.start("relay", THERE)

    def fails(province: str, number: int) -> None:
        with rig.connection(province) as connection:
            accept(connection, [failed(f"{province}/spotcheck/XBJ2650010300{number}")])

    def alerts(count: int) -> list[Any]:
        with rig.connection(HERE) as connection:
            eventually(lambda: read_all(rig, HERE) and len(said([connection])) >= count, f"{count} alerts are said and read", 90)
            return said([connection])

    names = [rig.start(part) for part in parts]
    fails(HERE, 1), fails(THERE, 2)
    before = alerts(1)
    for name in names:
        rig.stop(name)
    rig.copy("sichuan", "older")
    names = [rig.start(part) for part in parts]
    fails(THERE, 3)
    after = alerts(2)
    assert after[: len(before)] == before and len(standing(after).popitem()[1]) == 3
    for name in names:
        rig.stop(name)
    rig.copy("older", "sichuan")
    assert "log_ahead" in rig.refused("warning")
    rig.recover()
    names = [rig.start(part) for part in parts]
    assert alerts(2) == after
    fails(HERE, 4)
    assert len(standing(alerts(3)).popitem()[1]) == 4


def test_d24_it_leaves_when_asked_though_kafka_is_away(rig: Rig) -> None:
    name = rig.start("warning", HERE)
    with rig.dead_server(rig.stack.broker.name):
        eventually(lambda: "waiting" in rig.log(name), "it waits for Kafka", 60)
        assert rig.stop(name) == 0
