"""Which event says what a case is about, and so who may read it."""

from msgspec.structs import replace

from chuanyu.casework.deadlines import frame
from chuanyu.casework.fold import fold
from chuanyu.casework.listing import Face, Kept, _about
from chuanyu.contracts.common import NoticeClass
from chuanyu.spotcheck.handlers import steps
from kit.cases import CASE, PROVINCES, Talk, corrects, result, withdrawn


def test_p6_what_became_suspected_fraud_stays_hidden_when_it_is_withdrawn() -> None:
    """The version before, whose class showed it to all, is not what the case is about."""
    talk = Talk()
    talk.say("chongqing", result(), "v0")
    fraud = corrects(result(), "v0")
    talk.say("chongqing", replace(fraud, head=replace(fraud.head, notice_class=NoticeClass.FRAUD)), "v1")
    for event in (None, withdrawn("v1")):
        if event:
            talk.say("chongqing", event)
        case = fold(steps(PROVINCES), frame(PROVINCES), talk.facts)
        face = next(fact for fact in talk.facts if fact.id == _about(case))
        assert Kept(CASE, case, False, Face(face.source, face.event)).hidden
