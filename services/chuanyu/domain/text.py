"""One spelling for one text: normal forms and the words that mean nothing was written."""

import re
import unicodedata

NULL_WORDS = frozenset({"", "/", "//", "-", "--", "—", "——", "–", "无", "不详", "*"})

_INVISIBLE = re.compile("[\u200b\u200c\u200d\ufeff]")
_RAISED = re.compile("[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_PLAIN = str.maketrans("⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "+-0123456789")


def normalise(text: str) -> str:
    """The text in one form: 10⁴ as 10^4 (NFKC alone would make it 104), full-width as half-width, no zero-width, trimmed. Idempotent."""
    if text.isascii():
        return text.strip()
    if _INVISIBLE.search(text):
        text = _INVISIBLE.sub("", text)
    if _RAISED.search(text):
        text = _RAISED.sub(lambda run: "^" + run[0].translate(_PLAIN), text)
    return unicodedata.normalize("NFKC", text).strip()


def identifier(text: str) -> str:
    """A number of any kind in one form: normalised, without blanks inside, in upper case."""
    return _joined(compact(text).upper())


def compact(text: str) -> str:
    """The normalised text without any blank."""
    return _joined(normalise(text))


def is_null(text: str | None) -> bool:
    """Whether the whole cell says that nothing was written. 无糖饼干 says something."""
    return text is None or normalise(text) in NULL_WORDS


def _joined(text: str) -> str:
    """Without blanks; a mark that a blank carried may join the letter before it, hence the second normal form."""
    joined = "".join(text.split())
    return joined if joined.isascii() else unicodedata.normalize("NFKC", joined)
