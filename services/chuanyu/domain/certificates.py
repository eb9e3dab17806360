"""Numbers of laboratories, certificates and barcodes. Source: domain 3.4. They refuse as keys; `Checked.reported` makes them warn."""

import re

from chuanyu.domain import check_digits
from chuanyu.domain.text import identifier
from chuanyu.domain.violations import Checked, violation

_CMA = re.compile(r"\d{2}(?:[0-2]\d|3[01])\d{8}", re.ASCII)
_CNAS = re.compile(r"CNAS(L\d{4,5}|IB\d{4,5}|C\d{3,5})", re.ASCII)
_CCC = re.compile(r"\d{16}(?:\d\d)?", re.ASCII)
_ORGANIC = re.compile(r"\d{3,4}OP\d{7}(?:-\d+)?", re.ASCII)
_GTIN = re.compile(r"\d{8}|\d{12,14}", re.ASCII)


def check_cma(text: str, field: str = "cma_no") -> Checked:
    """资质认定: year 2, issuer 2 (00 national, 22 重庆, 23 四川, not GB/T 2260), domain 2, sector 2, serial 4. Refused: cma_malformed."""
    return _shaped(text, _CMA, "cma_malformed", field)


def check_cnas(text: str, field: str = "cnas_no") -> Checked:
    """CNAS accreditation as `CNAS L1234`; IB and C are other bodies than laboratories (to be checked). Refused: cnas_malformed."""
    number = identifier(text)
    if shape := _CNAS.fullmatch(number):
        return Checked(f"CNAS {shape[1]}", text=number)
    return Checked(None, (violation("cnas_malformed", field),), text=number)


def check_ccc(text: str, field: str = "number") -> Checked:
    """CCC: 16 digits, or 18 of a self-declaration (to be checked). Refused: ccc_malformed."""
    return _shaped(text, _CCC, "ccc_malformed", field)


def check_organic(text: str, field: str = "number") -> Checked:
    """有机产品: body, OP, year 2, serial 5, sub-certificate. Refused: organic_malformed."""
    return _shaped(text, _ORGANIC, "organic_malformed", field)


def check_gtin(text: str, field: str = "barcode") -> Checked:
    """A barcode of 8, 12, 13 or 14 digits. Only ever warns: gtin_malformed, gtin_check_digit."""
    number = identifier(text)
    if not _GTIN.fullmatch(number):
        return Checked(number or None, warnings=(violation("gtin_malformed", field),), text=number)
    expected = check_digits.gtin(number[:-1])
    warnings = () if expected == number[-1] else (violation("gtin_check_digit", field, expected=expected),)
    return Checked(number, warnings=warnings, text=number)


def gtin_key(number: str) -> str:
    """The form in which barcodes are compared: padded to 14 digits."""
    return number.zfill(14)


def _shaped(text: str, shape: re.Pattern[str], code: str, field: str) -> Checked:
    number = identifier(text)
    if shape.fullmatch(number):
        return Checked(number, text=number)
    return Checked(None, (violation(code, field),), text=number)
