"""One spelling for one text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chuanyu.domain.text import compact, identifier, is_null, normalise


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("10⁴", "10^4"),
        ("1.2×10⁻³g/kg", "1.2×10^-3g/kg"),
        ("｜／－％", "|/-%"),
        ("µg 25℃", "μg 25°C"),
        ("║‖丨—〔〕【】×", "║‖丨—〔〕【】×"),
        ("\ufeffX\u200bB\u200d", "XB"),
        ("\u3000 ２０２６年\xa0", "2026年"),
    ],
)
def test_a_text_has_one_normal_form(written: str, normal: str) -> None:
    assert normalise(written) == normal


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)
    assert identifier(identifier(text)) == identifier(text)


@given(st.text())
def test_an_identifier_holds_no_blank(text: str) -> None:
    assert not any(character.isspace() for character in identifier(text) + compact(text))


@pytest.mark.parametrize("word", ["", " ", "/", "／", "//", "-", "－", "--", "—", "——", "–", "无", "不详", "*", "\u3000无\n", None])
def test_t5_a_null_word_says_nothing(word: str | None) -> None:
    assert is_null(word)


@pytest.mark.parametrize("word", ["无糖饼干", "0", "无 糖", "不详细", "**"])
def test_t5_a_null_word_counts_only_as_the_whole_cell(word: str) -> None:
    assert not is_null(word)
