"""What a sanction and its lifting do to their case."""

import pytest

from chuanyu.casework.case import Flag, Standing
from chuanyu.credit import rules
from kit.cases import WANZHOU, lifting, sanction


def test_a_sanction_flags_whom_it_names_and_keeps_its_case_open() -> None:
    change = rules.imposed(sanction(flagged=[WANZHOU]), Standing.STANDS)
    assert (change.stage, change.alive, change.flagged) == ("IMPOSED", True, (Flag(WANZHOU, "APPLIER"),))


def test_a_lifting_ends_the_sanction_and_asks_everybody_to_confirm() -> None:
    change = rules.lifted(lifting(), Standing.STANDS, "sichuan")
    assert (change.stage, change.standing, change.alive, change.undoes) == ("LIFTED", Standing.LIFTED, False, True)


@pytest.mark.parametrize("standing", [Standing.LIFTED, Standing.WITHDRAWN])
def test_a_second_lifting_finds_nothing_to_lift_and_is_confirmed_all_the_same(standing: Standing) -> None:
    change = rules.lifted(lifting(), standing, "sichuan")
    assert (change.remarks, change.standing, change.undoes) == (("nothing_to_lift",), None, True)


@pytest.mark.parametrize("standing", [Standing.LIFTED, Standing.WITHDRAWN])
def test_a_sanction_corrected_after_its_end_does_not_rise_again(standing: Standing) -> None:
    change = rules.imposed(sanction(), standing)
    assert (change.alive, change.standing, change.stage) == (False, None, None)
