"""The fold of recognition: pure over the set of events, and of one mind with the fold of the cases."""

from __future__ import annotations

from uuid import UUID

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from chuanyu.casework import deadlines
from chuanyu.casework.bonds import bind
from chuanyu.casework.case import Order
from chuanyu.casework.fold import fold as cases_fold
from chuanyu.credit.handlers import STEPS as CREDIT
from chuanyu.kernel.store import Arrived
from chuanyu.recognition.fold import CONCLUDE, LIFT, OBJECT, OPENING, OVERTURN, WITHDRAW, Said, fold
from chuanyu.spotcheck.handlers import steps
from kit.cases import CASE, NOON, PROVINCES, SANCTION, Talk, corrects, facts, lifting, named, result, sanction, withdrawn
from kit.histories import histories

SPOTCHECK, FRAME = steps(PROVINCES), deadlines.frame(PROVINCES)
KINDS = {"ResultReported": OPENING, "SanctionImposed": OPENING, "SanctionLifted": LIFT, "Withdrawn": WITHDRAW}
KINDS |= {"ObjectionRaised": OBJECT, "ObjectionResolved": CONCLUDE}


def said(arrived: Arrived) -> Said:
    event, head = arrived.event, arrived.head
    names = getattr(event, "event_id", None) or event.head.correction_of
    at = getattr(event, "effective_at", 0) or int(getattr(event, "outcome", None) == "OVERTURNED")
    kind = KINDS[type(event).__name__]
    about = f"{event.kind}:{event.raised_on}" if kind in (OBJECT, CONCLUDE) else ""
    return Said(arrived.order, head.id, head.source, kind, None if names is None else named_id(names), head.recordedtime, at, about)


def is_read(arrived: Arrived) -> bool:
    """What recognition never reads has no part in its fold."""
    return type(arrived.event).__name__ in KINDS


def named_id(text: str) -> UUID:

    return UUID(text)


def order_of(arrivals: list[Arrived], word: str) -> Order:
    return next(arrived.order for arrived in arrivals if arrived.head.id == named(word))


@given(data=st.data())
@settings(max_examples=300, deadline=None)
def test_d8_what_stands_is_what_the_cases_say_stands(data: st.DataObject) -> None:
    """Cases and recognition must never tell two stories about one fact."""
    case, steps = data.draw(st.sampled_from([(CASE, SPOTCHECK), (SANCTION, CREDIT)]))
    arrivals = data.draw(histories([case]))
    ids = [arrived.head.id for arrived in arrivals]
    assume(all(is_read(each) or ids.count(each.head.id) == 1 for each in arrivals))
    bonds, told = bind(steps, facts(arrivals)), cases_fold(steps, FRAME, facts(arrivals))
    mine = fold([said(arrived) for arrived in arrivals if is_read(arrived)])
    openings = [root for root, fact in bonds.content.items() if type(fact.event) in steps.openings]
    assert (mine is None) == (not openings)
    if mine:
        assert mine.current == bonds.content[openings[0]].order
        assert (mine.state == "WITHDRAWN") == (openings[0] in bonds.withdrawn)
        assert (mine.state == "OVERTURNED") == (told.standing == "OVERTURNED")
        pending = told.standing == "STANDS" and any(each.open for each in told.objections)
        assert mine.objected or not pending, "what the cases hold open is disputed here"


@given(data=st.data())
@settings(max_examples=200, deadline=None)
def test_d8_the_sequence_in_which_events_are_given_does_not_matter(data: st.DataObject) -> None:
    arrivals = data.draw(histories([SANCTION]))
    events = [said(arrived) for arrived in arrivals if is_read(arrived)]
    assert fold(data.draw(st.permutations(events))) == fold(events)


def test_d12_a_correction_that_came_first_waits_for_its_original() -> None:
    talk = Talk()
    original = talk.say("chongqing", result(), "original")
    correction = talk.say("chongqing", corrects(result(), "original"), "correction")
    assert fold([said(correction)]) is None
    found = fold([said(correction), said(original)])
    assert found and found.current == correction.order and found.first_recorded_at == original.head.recordedtime


def test_d20_of_two_corrections_the_later_stands() -> None:
    talk = Talk()
    talk.say("chongqing", result(), "original")
    talk.say("chongqing", corrects(result(), "original"), "one")
    two = talk.say("chongqing", corrects(result(), "original"), "two")
    found = fold([said(arrived) for arrived in talk.arrivals])
    assert found and found.current == two.order


def test_p9_a_withdrawn_lifting_lets_the_sanction_live_again() -> None:
    talk = Talk()
    talk.say("sichuan", sanction(), "imposed")
    talk.say("sichuan", lifting(), "lifted")
    lifted = fold([said(arrived) for arrived in talk.arrivals])
    talk.say("sichuan", withdrawn("lifted", case=SANCTION), "mistake")
    again = fold([said(arrived) for arrived in talk.arrivals])
    assert lifted and lifted.until == NOON
    assert again and again.until > NOON * 1000 and again.state == "STANDING"
    talk.say("sichuan", lifting(), "lifted anew")
    anew = fold([said(arrived) for arrived in talk.arrivals])
    assert anew and anew.until == NOON


def test_a_withdrawal_after_a_retest_overturns() -> None:
    talk = Talk()
    first = said(talk.say("chongqing", result(), "original"))
    undone = said(talk.say("chongqing", withdrawn("original"), "undone"))
    overturned = Said(undone.order, undone.id, undone.source, OVERTURN, undone.names, undone.recorded_at)
    found = fold([first, overturned])
    assert found and (found.state, found.undone_by) == ("OVERTURNED", undone.id)
