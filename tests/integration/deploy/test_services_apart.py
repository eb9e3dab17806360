"""Every service as a process of its own: it says when it serves, leaves when asked, and shares its work with copies of itself."""

from __future__ import annotations

import signal
import ssl

import httpx
import pytest

from chuanyu import node
from chuanyu.embedded import ports
from kit import agreement
from kit.bus import eventually
from kit.clients import Submitter
from kit.rig import HERE, THERE, Rig

STOOD = "SELECT event_id::text FROM cases.event WHERE topic = 'sichuan.spotcheck' ORDER BY event_id::text"
SHARED = {(f"{province}.spotcheck", number) for province in (HERE, THERE) for number in range(12)}


def client(rig: Rig, member: str) -> httpx.Client:
    folder = rig.directory / "members" / member
    tls = ssl.create_default_context(cafile=str(rig.directory / "ca.pem"))
    tls.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return httpx.Client(verify=tls, timeout=30)


def submitter(rig: Rig, number: int, cases: int) -> Submitter:
    """A client in Sichuan with two events a case."""
    address = f"127.0.0.1:{rig.nodes[HERE].ports['rest']}"
    folder = rig.directory / "members" / "chengdu-amr"
    return Submitter(address, folder, rig.directory / "ca.pem", "/sichuan/chengdu-amr", f"client-{number}", cases, 2)


def test_every_service_serves_by_itself_and_leaves_when_asked(rig: Rig) -> None:
    """Ready on its metrics port once it serves; SIGTERM ends it with status 0. Recognition alone has both of its doors.

    The gateway answers for the cases of services in other processes, and knows how old their data is.
    """
    grpc, rest = map(ports.address, ports.any_free(2))
    doors = {"recognition": {"CHUANYU_LISTEN_GRPC": grpc, "CHUANYU_LISTEN_REST": rest}}
    parts = (*node.PARTS, *node.APART)
    names = {part: rig.start(part, **doors.get(part, {})) for part in parts}
    with client(rig, "chengdu-amr") as member:
        asked = member.get(f"https://{rest}/v1/recognition:check", params={"sample.sample_no": "XBJ26510100999900001"})
        other = member.post(f"https://{rest}/v1/events", json={})
        cases = f"https://127.0.0.1:{rig.nodes[HERE].ports['rest']}/v1/cases"
        eventually(lambda: member.get(cases).json()["freshness_seconds"][HERE] is not None, "the gateway knows how old the cases are", 30)
    assert (asked.status_code, asked.json()["status"]) == (200, "UNKNOWN")
    assert other.status_code == 404
    assert {part: rig.stop(name) for part, name in names.items()} == dict.fromkeys(parts, 0)


def shares(rig: Rig, *names: str) -> list[set[tuple[str, int]]]:
    """Which partitions of spot checks each copy reads, as its metrics tell."""
    found = [rig.metric(name, "chuanyu_partition_state", service="spotcheck", state="running") for name in names]
    return [{(one.labels["topic"], int(one.labels["partition"])) for one in told if one.value} for told in found]


@pytest.mark.timeout(240)
def test_p2_d6_two_copies_share_the_partitions_and_one_takes_all_when_the_other_dies(rig: Rig) -> None:
    """Under load; the other node's single copy, which nobody touches, tells what the cases must come to."""
    for part in ("gateway", "relay"):
        rig.start(part)
    rig.start("spotcheck", THERE)
    one, two = rig.start("spotcheck", n=1), rig.start("spotcheck", n=2)
    eventually(lambda: all(shares(rig, one, two)) and set.union(*shares(rig, one, two)) == SHARED, "both read, and all is read", 30)
    first, second = shares(rig, one, two)
    assert not first & second
    clients = [submitter(rig, number, 300) for number in (1, 2)]
    for each in clients:
        each.start()
    eventually(lambda: rig.metric(one, "chuanyu_applied_total", outcome="applied")[0].value > 50, "the first copy works")
    assert rig.stop(one, signal.SIGKILL) == -signal.SIGKILL
    eventually(lambda: shares(rig, two) == [SHARED], "the second copy reads all", 30)
    for each in clients:
        each.join(60)
        assert not each.is_alive() and not each.refused
    said = sorted(one.event for each in clients for one in each.history)
    with rig.connection(HERE) as here, rig.connection(THERE) as there:
        for connection in (here, there):
            eventually(lambda at=connection: [row[0] for row in at.execute(STOOD)] == said, "every event stands once", 60)  # type: ignore[misc]
        assert len(agreement.checksums({HERE: here, THERE: there})) == 1
    print(f"\n{len(said)} events; the copies read {len(first)} and {len(second)} partitions, then one read {len(SHARED)}")
