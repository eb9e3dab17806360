"""Two nodes' early warning over real PostgreSQL: one says the alert, both keep its case, and it goes when its evidence goes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from chuanyu.casework.case import Receipt, Standing, unpack
from chuanyu.contracts.common import NoticeClass
from chuanyu.contracts.spotcheck import ObjectionOutcome, Verdict
from chuanyu.contracts.warning import AlertClosed, AlertOutcome, AlertRaised
from chuanyu.kernel.codec import decode
from chuanyu.warning.handlers import Warning
from kit.cases import LUZHOU, NOON, PROVINCES, YIBIN, Talk, corrects, result, withdrawn
from kit.failures import concluded
from kit.nodes import Node, settle

DAY = 86_400_000
HERE, THERE = "sichuan/spotcheck/XBJ26500103001", "chongqing/spotcheck/XBJ26500103001"


@pytest.fixture
def nodes(database: str, second_database: str) -> Iterator[tuple[Node, Node]]:
    made = Node("sichuan", database, Warning(PROVINCES)), Node("chongqing", second_database, Warning(PROVINCES))  # type: ignore[arg-type]
    yield made
    for node in made:
        node.connection.close()


def alerts(node: Node) -> list[Any]:
    """What the node has said, receipts left out."""
    events = [decode(entry.value) for entry in node.said.values()]
    return [event for event in events if isinstance(event, AlertRaised | AlertClosed)]


def stood(node: Node, case_id: str) -> Any:
    row = node.connection.execute("SELECT kept FROM cases.case WHERE case_id = %s", [case_id]).fetchone()
    assert row
    return unpack(row[0])


def heard(talk: Talk, nodes: tuple[Node, Node], *, now: int = NOON + DAY) -> None:
    settle(talk, nodes, 0, now=now)


def test_d10_d11_the_producers_province_warns_and_the_other_confirms(nodes: tuple[Node, Node]) -> None:
    """Yibin is in Sichuan: its node says the alert, once, with the evidence; Chongqing says delivered; both hold the same case."""
    sichuan, chongqing = nodes
    talk = Talk()
    first = talk.say("chongqing", result(case=THERE), "there")
    second = talk.say("sichuan", result(case=HERE, sampled=LUZHOU), "here")
    heard(talk, nodes)
    (alert,) = alerts(sichuan)
    assert alerts(chongqing) == []
    assert set(alert.evidence) == {str(first.head.id), str(second.head.id)}
    assert (alert.head.notice_class, alert.rule.rule_id, alert.observed) == (
        NoticeClass.ALERT,
        "producer_failing_in_both_provinces",
        2,
    )
    flagged = [(each.division, each.role.value) for each in alert.head.flagged]
    assert flagged == [(YIBIN, "PRODUCTION"), ("500000", "CIRCULATION"), ("510000", "CIRCULATION")]
    assert (alert.regions, alert.subject.name, alert.subject.contact) == (("500000", "510000"), "试验食品厂", None)
    stands = stood(sichuan, alert.head.case_id)
    assert (stands.standing, stands.stage, stands.alive) == (Standing.STANDS, "RAISED", True)
    delivered, *processed = stands.confirmations
    assert delivered.by == "chongqing" and delivered.at is not None
    assert [(each.by, each.at) for each in processed] == [(code, None) for code, _ in flagged]
    owed = {(each.rule, each.authority): each.due for each in stands.obligations}
    assert owed.keys() == {("alert_verification", "510000")} | {("alert_processed", code) for code, _ in flagged}
    assert None not in owed.values()
    assert sichuan.checksum == chongqing.checksum


def test_d9_d20_more_evidence_corrects_the_alert_and_its_end_closes_it(nodes: tuple[Node, Node]) -> None:
    """A third failure joins, then the two of Sichuan fall away: one by a correction to passed, one by an overturned re-test."""
    sichuan, chongqing = nodes
    talk = Talk()
    other = HERE.replace("001", "002")
    sampled = {"sampled": LUZHOU, "case": other}
    talk.say("chongqing", result(case=THERE), "there")
    talk.say("sichuan", result(case=HERE, sampled=LUZHOU), "here")
    heard(talk, nodes)
    at = len(talk.arrivals)
    said_no = replace(result(**sampled), sampling=replace(result().sampling, sample_no=other.rpartition("/")[2]))
    talk.say("sichuan", said_no, "other")
    settle(talk, nodes, at, now=NOON + DAY)
    raised, grown = alerts(sichuan)
    assert grown.head.case_id == raised.head.case_id and grown.head.correction_of
    assert len(grown.evidence) == 3
    at = len(talk.arrivals)
    talk.say("sichuan", corrects(replace(said_no, verdict=Verdict.PASSED, items=()), "other"), "passed")
    talk.say("sichuan", withdrawn("here", case=HERE))
    settle(talk, nodes, at, now=NOON + DAY)
    closed = alerts(sichuan)[-1]
    assert isinstance(closed, AlertClosed) and closed.outcome.value == "UNFOUNDED"
    ended = stood(sichuan, raised.head.case_id)
    assert (ended.standing, ended.stage, ended.alive) == (Standing.ENDED, "CLOSED", False)
    assert not any(each.open for each in ended.obligations)
    assert all(each.at for each in ended.confirmations if each.kind is Receipt.DELIVERED)
    assert sichuan.checksum == chongqing.checksum


FALLS = {
    "withdrawn": lambda province, case, word: [(province, withdrawn(word, case=case))],
    "passed": lambda province, case, word: [(province, corrects(result(Verdict.PASSED, case=case), word))],
    "overturned": lambda province, case, word: [(province, concluded(ObjectionOutcome.OVERTURNED, case=case))],
    "overturned by the other": lambda province, case, word: [(others(province), concluded(ObjectionOutcome.OVERTURNED, case=case))],
}


def others(province: str) -> str:
    return next(word for word in PROVINCES if word != province)


@pytest.mark.parametrize("case", [HERE, THERE], ids=["sample of the alert's home", "sample of the other province"])
@pytest.mark.parametrize("fall", FALLS)
def test_an_alert_falls_with_its_evidence_and_both_confirm(nodes: tuple[Node, Node], fall: str, case: str) -> None:
    """Domain 7.4: unfounded, said once however often it is heard, by the node that had warned; both nodes keep the same case."""
    sichuan, chongqing = nodes
    talk = Talk()
    talk.say("chongqing", result(case=THERE), THERE)
    talk.say("sichuan", result(case=HERE, sampled=LUZHOU), HERE)
    heard(talk, nodes)
    (raised,) = alerts(sichuan)
    at = len(talk.arrivals)
    for province, event in FALLS[fall](case.partition("/")[0], case, case):
        talk.say(province, event)
    settle(talk, nodes, at, now=NOON + DAY)
    closed = alerts(sichuan)[-1]
    assert isinstance(closed, AlertClosed) and closed.outcome is AlertOutcome.UNFOUNDED and closed.head.case_id == raised.head.case_id
    for node in nodes:
        ended = stood(node, raised.head.case_id)
        assert (ended.standing, ended.alive) == (Standing.ENDED, False)
        assert all(each.at for each in ended.confirmations if each.kind is Receipt.DELIVERED)
    results = [each for each in talk.arrivals if each.record.topic.endswith(".spotcheck")]
    assert [node.hears(results, now=NOON + DAY) for node in nodes] == [[], []]
    assert (len(alerts(sichuan)), len(alerts(chongqing))) == (2, 0) and sichuan.checksum == chongqing.checksum


def test_an_alert_stands_anew_when_its_evidence_does(nodes: tuple[Node, Node]) -> None:
    """An objection that had overturned a result is corrected: the same evidence again, which is another case than the closed one."""
    talk = Talk()
    talk.say("chongqing", result(case=THERE), "there")
    talk.say("sichuan", result(case=HERE, sampled=LUZHOU), "here")
    talk.say("chongqing", concluded(ObjectionOutcome.OVERTURNED, case=THERE), "overturned")
    heard(talk, nodes)
    assert alerts(nodes[0]) == []
    for outcome, word in (
        (ObjectionOutcome.UPHELD, "upheld"),
        (ObjectionOutcome.OVERTURNED, "again"),
        (ObjectionOutcome.UPHELD, "finally"),
    ):
        at = len(talk.arrivals)
        talk.say("chongqing", corrects(concluded(outcome, case=THERE), "overturned"), word)
        settle(talk, nodes, at, now=NOON + DAY)
    first, closed, second = alerts(nodes[0])
    assert first.evidence == second.evidence and isinstance(closed, AlertClosed)
    standings = [stood(node, case_id).standing for node in nodes for case_id in (first.head.case_id, second.head.case_id)]
    assert standings == [Standing.ENDED, Standing.STANDS] * 2
    assert nodes[0].checksum == nodes[1].checksum


def test_d9_heard_again_nothing_is_said_again(nodes: tuple[Node, Node]) -> None:
    """The same records in another batch, and one by one."""
    talk = Talk()
    talk.say("chongqing", result(case=THERE), "there")
    talk.say("sichuan", result(case=HERE, sampled=LUZHOU), "here")
    heard(talk, nodes)
    results = talk.arrivals[:2]
    for batch in (results, results[::-1], results[:1], results[1:]):
        assert [node.hears(batch, now=NOON + 2 * DAY) for node in nodes] == [[], []]


def test_p6_no_contact_of_a_producer_travels_in_an_alert(nodes: tuple[Node, Node]) -> None:
    """What the label's results say of persons stays where it is."""
    talk = Talk()
    spoken = {"contact": b"\0\xe5\xbc\xa0", "phone": b"\x00138"}
    for province, made in (("chongqing", result(case=THERE)), ("sichuan", result(case=HERE, sampled=LUZHOU))):
        talk.say(province, replace(made, labelled_producer=replace(made.labelled_producer, **spoken)), province)
    heard(talk, nodes)
    (alert,) = alerts(nodes[0])
    assert (alert.subject.contact, alert.subject.phone) == (None, None)
    columns = nodes[0].connection.execute("SELECT s::text FROM warning.statement s").fetchall()
    assert not any("138" in text for (text,) in columns)
