"""Quantities with units, as forms and tables give them. Source: domain 3.6."""

import re
from dataclasses import dataclass

from chuanyu.domain.numerals import decimal_text
from chuanyu.domain.text import compact, is_null
from chuanyu.domain.violations import Violation, violation

# 余 and 多 behind a number, 约 before it: an estimate is kept as text, never as a number.
_QUANTITY = re.compile(r"((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)(万)?([^\d余多约.,;、万~±-]{0,12})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity as decimal text, 万 worked out, with its unit as written; both null where the text cannot be read."""

    value: str | None
    unit: str | None
    warnings: tuple[Violation, ...] = ()


def read_quantity(text: str | None, field: str) -> Quantity:
    """The quantity in a text such as 1123.7万辆 (11237000 辆). Warned: quantity_unparsed; a null word is no quantity and no warning."""
    if text is None or is_null(text):
        return Quantity(None, None)
    shape = _QUANTITY.fullmatch(compact(text))
    if shape is None:
        return Quantity(None, None, (violation("quantity_unparsed", field),))
    number, ten_thousand, unit = shape.groups()
    return Quantity(decimal_text(f"{number}×10^4" if ten_thousand else number), unit or None)
