"""One spelling for one text: normal forms and the words that mean nothing was written."""

import re
import unicodedata

NULL_WORDS = frozenset({"", "/", "//", "-", "--", "—", "——", "–", "无", "不详", "*"})

_ZERO_WIDTH = dict.fromkeys([0x200B, 0x200C, 0x200D, 0xFEFF])
_RAISED = re.compile("[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_PLAIN = str.maketrans("⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "+-0123456789")


def normalise(text: str) -> str:
    """The text in one form: 10⁴ as 10^4 (NFKC alone would make it 104), full-width as half-width, no zero-width, trimmed. Idempotent."""
    if text.isascii():
        return text.strip()
    raised = _RAISED.sub(lambda run: "^" + run[0].translate(_PLAIN), text.translate(_ZERO_WIDTH))
    return unicodedata.normalize("NFKC", raised).strip()


def identifier(text: str) -> str:
    """A number of any kind in one form: normalised, without blanks inside, in upper case."""
    return compact(text).upper()


def compact(text: str) -> str:
    """The normalised text without any blank."""
    return "".join(normalise(text).split())


def is_null(text: str | None) -> bool:
    """Whether the whole cell says that nothing was written. 无糖饼干 says something."""
    return text is None or normalise(text) in NULL_WORDS
