"""Numbers of food licences: SC production, JY trading, QS of the old kind. Source: domain 3.4."""

import re
from collections.abc import Callable

from chuanyu.domain import check_digits, divisions, products
from chuanyu.domain.text import identifier
from chuanyu.domain.violations import Checked, Violation, violation

_FOURTEEN = re.compile(r"(?:SC|JY)\d{14}", re.ASCII)
_QS = re.compile(r"QS\d{12}", re.ASCII)


def check_sc(text: str, field: str = "licence_no") -> Checked:
    """SC and 14 digits: class 3, division 6, serial 4, check. Refuses sc_malformed, sc_check_digit; warns sc_class_unknown, sc_region."""
    number = identifier(text)
    if refusal := _refusal(number, "SC", field):
        return Checked(None, (refusal,), text=number)
    warnings = [] if number[2:5] in products.SC_CLASSES else [violation("sc_class_unknown", field, category=number[2:5])]
    return Checked(number, warnings=(*warnings, *_region(number[5:11], "sc_region", field)), text=number)


def check_jy(text: str, field: str = "licence_no") -> Checked:
    """JY and 14 digits: kind, division 6, serial 6, check as SC (to be checked). Refuses jy_malformed, jy_check_digit; warns jy_region."""
    number = identifier(text)
    if refusal := _refusal(number, "JY", field):
        return Checked(None, (refusal,), text=number)
    return Checked(number, warnings=_region(number[3:9], "jy_region", field), text=number)


def check_qs(text: str, field: str = "licence_no") -> Checked:
    """QS and 12 digits, licences before SC: licence_legacy. Refused: qs_malformed."""
    number = identifier(text)
    if not _QS.fullmatch(number):
        return Checked(None, (violation("qs_malformed", field),), text=number)
    return Checked(number, warnings=(violation("licence_legacy", field),), text=number)


def check_licence(text: str, field: str = "licence_no") -> Checked:
    """The licence number of a product, of whatever kind. As a label may lie, this only warns; an unknown kind is kept as written."""
    number = identifier(text)
    if check := _KINDS.get(number[:2]):
        return check(number, field).reported()
    return Checked(number or None, warnings=(violation("licence_kind_unknown", field),), text=number)


_KINDS: dict[str, Callable[[str, str], Checked]] = {"SC": check_sc, "JY": check_jy, "QS": check_qs}


def _refusal(number: str, kind: str, field: str) -> Violation | None:
    if not number.startswith(kind) or not _FOURTEEN.fullmatch(number):
        return violation(f"{kind.lower()}_malformed", field)
    expected = check_digits.mod_11_10(number[2:15])
    return None if expected == number[15] else violation(f"{kind.lower()}_check_digit", field, expected=expected)


def _region(region: str, code: str, field: str) -> tuple[Violation, ...]:
    return () if divisions.is_known(region) else (violation(code, field, region=region),)
