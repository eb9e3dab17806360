"""deploy/compose.yaml is executed: both provinces, every service a process of its own, a day played over them, each of them killed."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest

from chuanyu import sample
from chuanyu.embedded import places, ports
from chuanyu.embedded import stack as embedded_stack
from chuanyu.embedded.provinces import BOTH
from chuanyu.embedded.stack import Stack
from chuanyu.kernel.store import Connection
from kit import agreement
from kit.bus import eventually
from kit.clients import Submitter
from kit.compose import MIRROR, PARTS, ROUTERS, Composed

MEMBERS = {"sichuan": "chengdu-amr", "chongqing": "yuzhong-amr"}
STOOD = "SELECT event_id::text FROM cases.event WHERE event_id = ANY(%s::uuid[])"
ALWAYS = {"gateway-sichuan", "relay-chongqing", "recognition-sichuan", MIRROR}
KILLED = [name if name in ALWAYS else pytest.param(name, marks=pytest.mark.long) for name in (*PARTS, *ROUTERS, MIRROR)]
numbers = count(1)
said: list[str] = []


@pytest.fixture(scope="module")
def composed() -> Iterator[Composed]:
    with tempfile.TemporaryDirectory(prefix="chuanyu-compose-") as folder:
        directory = Path(folder)
        directory.chmod(0o755)
        first, second, third, fourth, server = ports.any_free(5)
        family = embedded_stack.family(places.directory(directory / "stack"))
        stack = Stack.federated(family, {"sichuan": (first, second), "chongqing": (third, fourth)}, server)
        stack.start(lambda _: None)
        made = Composed(stack, directory)
        try:
            made.start()
            yield made
        finally:
            made.stop()
            stack.stop()


@pytest.fixture
def nodes(composed: Composed) -> Iterator[dict[str, Connection]]:
    with ExitStack() as stack:
        yield {province.word: stack.enter_context(composed.connection(province.word)) for province in BOTH}


def submitter(composed: Composed, province: str) -> Submitter:
    """A member's client that says 80 events in small requests through the node's router, and again whatever is not answered."""
    address, folder = composed.address(f"router-{province}", 8444), composed.secrets / "members" / MEMBERS[province]
    source = f"/{province}/{MEMBERS[province]}"
    return Submitter(address, folder, composed.secrets / "ca.pem", source, f"client-{next(numbers)}", 40, 2, batch=4)


def failed(composed: Composed, seed: int) -> list[str]:
    """Which checks of a sample day do not hold."""
    return [check.name for check in sample.play(composed.facts(), seed, lambda *_: None).checks if not check.ok]


def test_every_container_is_healthy_by_its_own_check(composed: Composed) -> None:
    assert [name for name in PARTS if not composed.healthy(name)] == []


def test_the_sample_day_passes_with_all_services_apart(composed: Composed) -> None:
    assert failed(composed, 11) == []


def test_each_part_tells_how_old_its_knowledge_of_the_other_side_is(composed: Composed) -> None:
    for name in PARTS:
        eventually(lambda name=name: composed.metric(name, "chuanyu_other_side_age_seconds")[0].value < 60, f"{name} hears", 60)  # type: ignore[misc]


@pytest.mark.parametrize("name", KILLED)
def test_p1_p2_killing_a_container_loses_nothing(composed: Composed, name: str) -> None:
    """While a member of that province submits; a router takes its callers along, who say again what was not answered."""
    client = submitter(composed, name.rpartition("-")[2] if name != MIRROR else "sichuan")
    client.start()
    eventually(lambda: len(client.history) > 16, "the member is answered")
    composed.kill(name)
    client.join(60)
    assert not client.is_alive() and not client.refused
    said.extend(one.event for one in client.history)


def test_p1_p2_nothing_that_was_killed_has_changed_a_result(composed: Composed, nodes: dict[str, Connection]) -> None:
    agreement.caught_up(nodes)
    for connection in nodes.values():
        assert sorted(row[0] for row in connection.execute(STOOD, [said])) == sorted(said)
    assert len(agreement.checksums(nodes)) == 1
    assert failed(composed, 12) == []
    print(f"\n{len(said)} events while processes were killed, one after the other")


def test_whoever_is_asked_to_leave_leaves_with_status_0(composed: Composed) -> None:
    left = composed.stop()
    assert {name: status for name, status in left.items() if status} == {}
