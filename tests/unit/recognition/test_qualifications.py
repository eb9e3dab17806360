"""What a laboratory was licensed for on a day, parameter by parameter (domain 8.1, 8.2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from chuanyu.domain.dates import to_days
from chuanyu.recognition.details import Licence
from chuanyu.recognition.qualifications import Parameter, covered, holding, of_laboratory

ON = date(2026, 8, 20)
LICENCE = Licence(
    "四川省食品检验研究院", "202300140123", "VALID", to_days(date(2023, 5, 10)), scope=(("苯甲酸", "GB 5009.28"), ("铅", None))
)


@pytest.mark.parametrize(
    ("tested", "codes"),
    [
        ([], []),
        ([("苯甲酸", None), ("铅", "GB 5009.12")], []),
        ([("苯甲酸", None), ("菌落总数", None)], ["PARTIAL_SCOPE"]),
        ([("菌落总数", None)], ["OUT_OF_SCOPE"]),
        ([("苯甲酸", "GB 1"), ("菌落总数", None)], ["OUT_OF_SCOPE"]),
    ],
)
def test_every_parameter_is_asked_for(tested: Sequence[Parameter], codes: list[str]) -> None:
    assert of_laboratory([LICENCE], tested, ON) == codes


def test_names_and_standards_are_compared_without_blanks_and_full_width() -> None:
    assert covered(LICENCE, ("苯 甲酸", "ＧＢ5009.28"))


def test_a_licence_holds_from_its_first_to_its_last_day() -> None:
    ends = Licence("甲", "1", "VALID", to_days(ON), to_days(ON))
    assert holding([ends], ON) is ends
    assert holding([ends], date(2026, 8, 19)) is holding([ends], date(2026, 8, 21)) is None
