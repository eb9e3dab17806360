"""The view is a pure function of the set of events (D8), on the real PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from uuid import UUID

import pytest
from hypothesis import HealthCheck, assume, given, reject, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from chuanyu.casework import queries as casework
from chuanyu.contracts.pb.recognition.v1 import recognition_pb2 as pb
from chuanyu.domain.records import breaches
from chuanyu.kernel.codec import decode, from_record
from chuanyu.kernel.faults import RuleViolated
from chuanyu.kernel.store import Arrived, UnitOfWork, faults
from chuanyu.node import services
from chuanyu.recognition.handlers import Recognition
from kit.asking import SAMPLE, USCC, Asker, View, licence, lifting, recall, result, sanction, withdrawn
from kit.cases import CASE, NOON, PROVINCES, SANCTION, Talk, named
from kit.histories import hearings, histories
from kit.mutations import mutated, sound
from kit.nodes import TOPICS, Node

SOUND = sound({*Recognition.families, "case"})


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_d8_whatever_is_heard_first_the_rows_are_the_same(module_view: View, data: st.DataObject) -> None:
    arrivals = data.draw(histories([CASE, SANCTION, "chongqing/credit/B-2026-9"], size=12))
    found = []
    for batches in [[arrivals], data.draw(hearings(arrivals)), [[arrived] for arrived in reversed(arrivals)]]:
        module_view.forget()
        for batch in batches:
            module_view.node.service.apply(module_view.work(), batch)
        found.append(module_view.rows())
    assert found[0] == found[1] == found[2]


def history() -> list[Arrived]:
    talk = Talk()
    for province, event, word in [
        ("sichuan", result(verdict="FAILED"), "r"),
        ("sichuan", result(corrects="r"), "r2"),
        ("chongqing", result("XBJ26500000300001", "chongqing"), "o"),
        ("chongqing", withdrawn("o", "chongqing/spotcheck/XBJ26500000300001"), "w"),
        ("sichuan", sanction(), "s"),
        ("sichuan", lifting(), "l"),
        ("chongqing", recall(), "c"),
    ]:
        talk.say(province, event, word)
    return talk.arrivals


def test_p2_what_is_heard_again_changes_nothing_and_a_rebuild_ends_equal(module_view: View) -> None:
    module_view.forget()
    arrivals = history()
    module_view.hears(*arrivals)
    first = module_view.rows()
    module_view.hears(*arrivals)
    assert module_view.rows() == first
    module_view.forget()
    for arrived in arrivals:
        module_view.hears(arrived)
    assert module_view.rows() == first


def test_d8_two_processes_that_hear_one_case_do_not_fold_past_each_other(module_view: View, module_database: str) -> None:
    """Each owns the topic of one province; the second waits for the first to commit."""
    module_view.forget()
    other = View(module_database)
    talk = Talk()
    original = talk.say("sichuan", result(), "r")
    correction = talk.say("sichuan", result(verdict="FAILED", corrects="r"), "c")
    connection = module_view.node.connection
    with connection.transaction():
        module_view.node.service.apply(module_view.work(), [original])
        other.node.connection.execute("SET lock_timeout = '200ms'")
        with pytest.raises(Exception, match="lock timeout"):
            other.node.service.apply(other.work(), [correction])
    other.hears(correction)
    assert [row[-7] for row in module_view.rows()] == [False, True]
    other.node.connection.close()


@pytest.mark.parametrize(
    "event",
    [
        replace(result(), sampling=replace(result().sampling, sample_no="XBJ26510000300002")),
        result(taken="1899-12-31"),
        result(taken="2200-01-01"),
        replace(withdrawn("x"), event_id="no id"),
        replace(result(), head=replace(result().head, correction_of="0".upper())),
    ],
    ids=["the case of another sample", "before the calendar", "after the calendar", "withdraws no event", "corrects no event"],
)
def test_d13_a_record_that_could_never_be_answered_from_breaks_a_rule_of_its_own(module_view: View, event: object) -> None:
    arrived = Talk().say("sichuan", event)
    with pytest.raises(RuleViolated):
        module_view.node.service.check(arrived)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_d13_what_breaks_no_rule_of_its_own_is_applied_by_every_service(
    module_view: View, keepers: dict[str, Node], data: st.DataObject
) -> None:
    """No table refuses what the rules let pass, so one service never parks what another has applied."""
    event = mutated(data.draw, data.draw(st.sampled_from(SOUND)))
    home, family, _ = event.head.case_id.split("/") if event.head.case_id.count("/") == 2 else ("", "", "")
    assume(family in keepers and home in PROVINCES)
    try:
        arrived = replace_digest(Talk().say(home, event, time=data.draw(st.integers(0, 7_258_089_599_999))))
    except ValueError:  # what Avro cannot write never comes
        reject()
    assume(not list(breaches(arrived.head, arrived.event)))
    module_view.forget()
    for node, name in ((module_view.node, "recognition"), (keepers[family], family)):
        with faults(), node.connection.transaction(force_rollback=True):
            node.service.apply(UnitOfWork(node.connection, "sichuan", name, NOON, {}, TOPICS), [arrived])


@pytest.fixture(scope="module")
def keepers(module_view: View, module_database: str) -> Iterator[dict[str, Node]]:
    kept = [service for service in services("sichuan", PROVINCES) if service.name in ("spotcheck", "recall", "credit")]
    nodes = {service.name: Node("sichuan", module_database, service) for service in kept}  # type: ignore[arg-type]
    yield nodes
    for node in nodes.values():
        node.connection.close()


@pytest.mark.parametrize("name", ["".join(chr(0x4E00 + n * 7919 % 20000) for n in range(4000)), "试\0验"], ids=["long", "nul"])
def test_d13_a_name_that_no_index_takes_is_poison_and_stops_nobody(module_view: View, name: str) -> None:
    event = result("XBJ26510000399990001")  # a case of its own: a second statement of a known one is filed without its keys
    odd = replace(event, labelled_producer=replace(event.labelled_producer, name=name, uscc=None))
    with pytest.raises(RuleViolated), faults(), module_view.node.connection.transaction():
        module_view.node.service.apply(module_view.work(), [replace_digest(Talk().say("sichuan", odd))])


def replace_digest(arrived: Arrived) -> Arrived:
    return Arrived(arrived.head, arrived.event, arrived.record, bytes(32), arrived.partition)


@pytest.mark.parametrize("event", [result(), sanction(), recall("sichuan/recall/R-1")], ids=["result", "sanction", "recall"])
def test_d13_a_case_is_opened_by_its_home_alone(module_view: View, event) -> None:  # type: ignore[no-untyped-def]
    """Else a neighbour's word that comes first would stand for the home's, here and nowhere in the cases."""
    with pytest.raises(RuleViolated):
        module_view.node.service.check(Talk().say("chongqing", event))


def test_d13_a_sound_record_breaks_none(module_view: View) -> None:
    for event in (result(), sanction(), lifting(), recall("sichuan/recall/R-1"), withdrawn("x")):
        module_view.node.service.check(Talk().say("sichuan", event))


async def test_evidence_names_the_very_record(view: View) -> None:
    arrived = Talk().say("chongqing", result(province="chongqing"), "r")
    sealed = Arrived(arrived.head, arrived.event, arrived.record, bytes(range(32)), arrived.partition)
    view.hears(sealed)
    (piece,) = (await view.ask(sample={"sample_no": SAMPLE})).evidence
    event, head = from_record(arrived.record)
    assert (UUID(piece.event_id), piece.topic, piece.sequence, piece.source) == (head.id, "chongqing.spotcheck", 1, head.source)
    assert (piece.case_id, piece.digest, piece.verdict) == (event.head.case_id, bytes(range(32)).hex(), "PASSED")
    assert (piece.occurred_at.ToMilliseconds(), piece.recorded_at.ToMilliseconds()) == (head.time, head.recordedtime)


async def test_p9_a_lifted_sanction_is_gone_from_the_standing(view: View) -> None:
    talk = Talk()
    view.hears(talk.say("sichuan", sanction()), talk.say("chongqing", recall()), talk.say("sichuan", result(verdict="FAILED")))
    asked = pb.GetEnterpriseStandingRequest(enterprise=USCC)
    before = await view.desk.get_enterprise_standing(asked, Asker())
    view.hears(talk.say("sichuan", lifting()))
    after = await view.desk.get_enterprise_standing(asked, Asker())
    assert [len(before.sanctions), len(before.recalls), len(before.failures)] == [1, 1, 1]
    assert [len(after.sanctions), len(after.recalls), len(after.failures)] == [0, 1, 1]
    assert before.sanctions[0].measures == ["raise_inspection_rate"] and before.failures[0].role == "PRODUCER"
    assert "risk" not in str(after).lower()


async def test_many_askers_at_once_get_their_own_answers(view: View) -> None:
    talk = Talk()
    samples = [f"XBJ265100003{number:05d}" for number in range(40)]
    view.hears(*(talk.say("sichuan", result(sample, level="NATIONAL")) for sample in samples))
    answers = await asyncio.gather(*(view.ask(sample={"sample_no": sample}) for sample in samples))
    assert [answer.evidence[0].case_id for answer in answers] == [f"sichuan/spotcheck/{sample}" for sample in samples]


async def test_the_same_question_has_the_same_digest_and_another_has_not(view: View) -> None:
    one, same, other = [await view.ask(sample={"sample_no": number}) for number in (SAMPLE, SAMPLE, f"{SAMPLE}1")]
    assert one.request_digest == same.request_digest != other.request_digest


async def test_each_question_is_on_record_with_who_asked_and_for_which_case(view: View) -> None:
    view.hears(Talk().say("sichuan", result(level="NATIONAL")))
    await view.ask(Asker("coordinator"), sample={"sample_no": SAMPLE})
    assert view.log == [("coordinator", "RECOGNISED", [f"sichuan/spotcheck/{SAMPLE}"])]


def test_d11_a_correction_of_the_other_province_s_licence_is_confirmed_and_its_first_version_is_not(view: View) -> None:
    talk = Talk()
    assert view.node.province == "sichuan"
    other = "chongqing/reference/L-1"
    view.hears(talk.say("chongqing", licence(case=other), "first"))
    assert view.node.said == {}
    view.hears(talk.say("chongqing", licence("SUSPENDED", case=other, corrects="first"), "second"))
    (receipt,) = (decode(entry.value) for entry in view.node.said.values())
    assert (receipt.event_id, receipt.head.case_id) == (str(named("second")), other)
    found = casework.find(view.node.connection, other)
    assert found is not None and [(each.by, each.at) for each in found.confirmations] == [("sichuan", None)]
