"""Amounts of money, to whole 分. Source: domain 3.6: a value without a unit is refused, 万元 and 元 are never told apart by feeling."""

import re
from dataclasses import dataclass
from decimal import Decimal

from chuanyu.domain.text import compact
from chuanyu.domain.violations import Violation, violation

_FEN = {"万元": 1_000_000, "元": 100, "分": 1}
_AMOUNT = re.compile(r"([-−]?)(?:人民币|[¥￥])?([-−]?)((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)(.*)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in 分, null where it was refused."""

    fen: int | None
    refusals: tuple[Violation, ...] = ()


def read_money(text: str, field: str, unit: str | None = None) -> Money:
    """
    The amount in a text such as 1.234567 万元; `unit` is that of the column where the text has none.

    Refused: money_malformed, money_unit_missing, money_negative, money_not_whole_fen.
    """
    shape = _AMOUNT.fullmatch(compact(text))
    if shape is None:
        return Money(None, (violation("money_malformed", field),))
    minus, later_minus, digits, written = shape.groups()
    amount = Decimal(digits.replace(",", "")) * _FEN.get(written or unit or "", 0)
    if code := _fault(written, unit, bool(minus or later_minus), amount):
        return Money(None, (violation(code, field),))
    return Money(int(amount))


def _fault(written: str, unit: str | None, negative: bool, amount: Decimal) -> str | None:
    if written and written not in _FEN:
        return "money_malformed"
    if not written and unit not in _FEN:
        return "money_unit_missing"
    if negative:
        return "money_negative"
    return None if amount == amount.to_integral_value() else "money_not_whole_fen"
