"""Numbers as laboratories write them: digits with thousands commas and powers of ten, with or without a unit. Source: domain 4.4."""

import re
from dataclasses import dataclass

# 1,200 · 1.2×10^4 · 10^-3 · 1.2e+04 ; a power without ^ (1.2×104, the raised digit lost) is no number that can be read.
_DIGITS = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_POWER = r"[×xX*·]10\^[+-]?\d{1,2}|[eE][+-]?\d{1,2}"
NUMBER = rf"[-−]?(?:10\^[+-]?\d{{1,2}}|{_DIGITS}(?:{_POWER})?)"
# Digits inside a unit stand only behind / or ^ : g/100g, m^2. A remark such as 不合格 is no unit.
_LETTER = "[A-Za-zμΩ%‰°个枚粒克毫微纳升度级分倍批次秒天厘]|千克|千焦"
_BASIS = r"\(以[^()]{1,16}计\)|\([A-Za-z/]{1,4}\)"
_UNIT = rf"(?:{_LETTER}|/\d+[A-Za-z])(?:{_LETTER}|[/^]\d*|[·*-]|{_BASIS})*"
_MEASURE = re.compile(rf"({NUMBER})({_UNIT})?", re.ASCII)
_PARTS = re.compile(r"([-−]?)(?:10\^([+-]?\d+)|([\d,]+(?:\.\d+)?)(?:(?:[×xX*·]10\^|[eE])([+-]?\d+))?)", re.ASCII)
_GAP = re.compile(r"(?<=\d)\s+(?=\d)", re.ASCII)
_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:\s\d{3})+(?!\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Measure:
    """A number as decimal text, its digits as written, and its unit as written without blanks."""

    value: str
    unit: str | None


def read_measure(text: str) -> Measure | None:
    """The one number in a normalised text and its unit. Null: not one number, or something stands beside it."""
    if _GAP.search(text):
        text = _THOUSANDS.sub(lambda group: "".join(group[0].split()), text, count=1)
        if _GAP.search(text):
            return None
    shape = _MEASURE.fullmatch("".join(text.split()))
    return Measure(decimal_text(shape[1]), shape[2]) if shape else None


def decimal_text(number: str) -> str:
    """The decimal text of one number: commas dropped, powers of ten worked out, every digit kept (1.210 stays)."""
    sign, bare_power, digits, power = _PARTS.fullmatch(number).groups()  # type: ignore[union-attr]
    shifted = _shift("1" if bare_power else digits.replace(",", ""), int(bare_power or power or 0))
    return "-" + shifted if sign else shifted


def _shift(digits: str, power: int) -> str:
    """Moves the decimal point of unsigned digits: 1.20 by 1 is 12.0, 1.2 by -3 is 0.0012."""
    if power == 0:
        return digits
    whole, _, fraction = digits.partition(".")
    if power > 0:
        moved = fraction[:power].ljust(power, "0")
        whole, fraction = whole + moved, fraction[power:]
    else:
        padded = whole.rjust(1 - power, "0")
        whole, fraction = padded[:power], padded[power:] + fraction
    whole = whole.lstrip("0") or "0"
    return f"{whole}.{fraction}" if fraction else whole
