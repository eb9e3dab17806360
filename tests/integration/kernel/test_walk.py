"""One event from the log of one node to the tables of both."""

from __future__ import annotations

from kit.bus import Node, eventually


def test_an_accepted_event_takes_effect_once_at_both_nodes(here: Node, there: Node) -> None:
    here.start_relay()
    there.start_relay()
    for node in (here, there):
        node.start_service()
    said = [str(each) for n in range(20) for each in here.accept(*(f"k{n}-{case}" for case in range(50)))]
    for node in (here, there):
        eventually(lambda node=node: len(node.applied()) >= 1000, "all effects")
        assert sorted(node.applied()) == sorted(said)
