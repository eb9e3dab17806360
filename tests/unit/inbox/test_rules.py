"""Who gets which notice, why, and whose *processed* counts."""

from uuid import UUID

import pytest

from chuanyu.casework.notices import Notice, Why
from chuanyu.inbox.rules import Members, deliveries
from kit.cases import CASE, YIBIN, named
from kit.inbox import CHENGDU_AMR, MEMBERS, PROVINCIAL, YIBIN_AMR, YIBIN_APP, Member

CUIPING = "511502"
ISSUER = "/sichuan/chengdu-amr"


def notice(whom: str, why: Why = Why.FLAGGED, *, asked: bool = True, source: str = "/chongqing/amr", word: str = "r") -> Notice:
    return Notice(named(word).bytes, whom, why, asked, source)


def told(members: tuple[Member, ...], *notices: Notice) -> dict[str, tuple[str, tuple[str, ...]]]:
    """member → why, for whom it says *processed*."""
    found, _ = deliveries(Members("sichuan", members), {place: (CASE, each) for place, each in enumerate(notices)})
    return {each.member: (each.why.value, each.confirms) for each in found}


def test_the_narrowest_acts_and_those_above_may_read() -> None:
    assert told(MEMBERS, notice(CUIPING)) == {"yibin-amr": ("FLAGGED", (CUIPING,)), "sichuan-amr": ("ATTENTION", ())}


def test_where_nobody_narrower_is_a_member_the_level_above_acts() -> None:
    assert told(MEMBERS, notice("511000")) == {"sichuan-amr": ("FLAGGED", ("511000",))}


def test_a_county_of_its_own_acts_before_its_city() -> None:
    county = Member("cuiping-amr", CUIPING)
    assert told((*MEMBERS, county), notice(CUIPING)) == {
        "cuiping-amr": ("FLAGGED", (CUIPING,)),
        "yibin-amr": ("ATTENTION", ()),
        "sichuan-amr": ("ATTENTION", ()),
    }


def test_several_systems_of_one_authority_all_get_it() -> None:
    assert told((YIBIN_AMR, YIBIN_APP), notice(YIBIN)) == {"yibin-amr": ("FLAGGED", (YIBIN,)), "yibin-app": ("FLAGGED", (YIBIN,))}


def test_p9_a_correction_goes_up_as_the_original_did() -> None:
    assert told(MEMBERS, notice(YIBIN, Why.CORRECTION)) == {"yibin-amr": ("CORRECTION", (YIBIN,)), "sichuan-amr": ("CORRECTION", ())}


def test_nobody_is_told_what_he_said_himself_unless_he_must_act() -> None:
    mine = "/sichuan/yibin-amr"
    assert told((YIBIN_AMR,), notice(YIBIN, Why.ATTENTION, asked=False, source=mine)) == {}
    assert told((YIBIN_AMR,), notice(YIBIN, source=mine)) == {"yibin-amr": ("FLAGGED", (YIBIN,))}
    assert told((YIBIN_AMR,), notice(YIBIN, Why.CORRECTION, source=mine)) == {"yibin-amr": ("CORRECTION", (YIBIN,))}


def test_whoever_opened_the_case_is_told_and_the_level_above_him() -> None:
    assert told(MEMBERS, notice(ISSUER, Why.ISSUER, asked=False)) == {"chengdu-amr": ("ISSUER", ()), "sichuan-amr": ("ATTENTION", ())}
    assert told(MEMBERS, notice(ISSUER, Why.ISSUER, asked=False, source=ISSUER)) == {"sichuan-amr": ("ATTENTION", ())}
    assert told(MEMBERS, notice("/sichuan/gone", Why.ISSUER, asked=False)) == {}


def test_p2_one_delivery_for_each_member_and_event_the_heaviest_reason_counts() -> None:
    both = (notice("511502"), notice("511503", Why.ATTENTION, asked=False), notice(YIBIN, Why.CORRECTION))
    assert told((YIBIN_AMR, PROVINCIAL), *both) == {"yibin-amr": ("FLAGGED", ("511500", "511502")), "sichuan-amr": ("CORRECTION", ())}


def test_p6_who_may_not_know_of_cases_gets_nothing_and_is_no_level_of_his_own() -> None:
    blind = Member("cuiping-amr", CUIPING, clearance="L1")
    assert told((*MEMBERS, blind), notice(CUIPING))["yibin-amr"] == ("FLAGGED", (CUIPING,))


@pytest.mark.parametrize("division", ["510500", "511502", "513401"], ids=str)
def test_p4_what_nobody_answers_for_is_kept(division: str) -> None:
    found, orphans = deliveries(Members("sichuan", [CHENGDU_AMR]), {7: (CASE, notice(division)), 8: (CASE, notice("510104"))})
    assert (orphans, [each.member for each in found]) == ({7}, ["chengdu-amr"])


def test_p2_the_id_follows_from_member_and_event_alone() -> None:
    def ids(*notices: Notice) -> set[UUID]:
        return {each.id for each in deliveries(Members("sichuan", MEMBERS), dict(enumerate((CASE, each) for each in notices)))[0]}

    assert ids(notice(YIBIN)) == ids(notice(YIBIN, Why.ATTENTION)) and len(ids(notice(YIBIN))) == 2
    assert not ids(notice(YIBIN)) & ids(notice(YIBIN, word="another"))
