"""Event ids that tell whose submission they came from (D3, D19)."""

from __future__ import annotations

from uuid import RFC_4122

from hypothesis import given
from hypothesis import strategies as st

from chuanyu.gateway import ids

SAID = ("chuanyu.recall.notice_issued.v1", "FOOD\x1f7", "/sichuan/chengdu-amr", "own-1")


@given(st.integers(0, 2**48 - 1), st.integers(0, 2**74 - 1))
def test_an_id_is_a_uuid_of_version_7_and_gives_its_instant_and_mark_back(now: int, mark: int) -> None:
    made = ids.event_id(now, mark)
    assert (made.version, made.variant, made.int >> 80, ids.mark_of(made)) == (7, RFC_4122, now, mark)


def test_d19_whatever_differs_in_what_is_said_and_by_whom_makes_another_mark() -> None:
    others = [(*SAID[:place], f"{SAID[place]}x", *SAID[place + 1 :]) for place in range(len(SAID))]
    assert len({ids.mark(*said) for said in (SAID, *others)}) == 1 + len(others)


def test_d3_a_mark_never_changes() -> None:
    """Records keep theirs for ever."""
    assert ids.word(ids.mark(*SAID)) == "02af88da13602787bc0"
