"""Every number of the field under one name: sample and document numbers (domain 3.5) live here, the others in the rooms below."""

import re

from chuanyu.domain.certificates import check_ccc, check_cma, check_cnas, check_gtin, check_organic, gtin_key
from chuanyu.domain.licences import check_jy, check_licence, check_qs, check_sc
from chuanyu.domain.text import NULL_WORDS, compact, identifier, is_null, normalise
from chuanyu.domain.uscc import check_uscc, derived_party_key, is_personal_id, is_sole_trader
from chuanyu.domain.violations import Checked, violation

__all__ = [
    "NULL_WORDS",
    "Checked",
    "check_ccc",
    "check_cma",
    "check_cnas",
    "check_gtin",
    "check_jy",
    "check_licence",
    "check_organic",
    "check_qs",
    "check_sample_no",
    "check_sc",
    "check_uscc",
    "compact",
    "derived_party_key",
    "document_no",
    "gtin_key",
    "identifier",
    "is_null",
    "is_personal_id",
    "is_sole_trader",
    "normalise",
]

_SAMPLE_NO = re.compile(r"[A-Z]{2,4}\d{8,20}[A-Z]{0,4}", re.ASCII)
_DOCUMENT_NO = re.compile(r"(.+?)[〔\[【(（](\d{4})[〕\]】)）](.*?)(\d+)号", re.ASCII)


def check_sample_no(text: str, field: str = "sampling.sample_no") -> Checked:
    """抽样编号, the key of a sample. Only blanks are dropped from it. Refused: sample_no_missing (null words), sample_no_malformed."""
    if is_null(text):
        return Checked(None, (violation("sample_no_missing", field),))
    number = identifier(text)
    if _SAMPLE_NO.fullmatch(number):
        return Checked(number, text=number)
    return Checked(None, (violation("sample_no_malformed", field),), text=number)


def document_no(text: str, field: str = "document_no") -> Checked:
    """文书号 with one kind of brackets and no leading zeros: 川市监处罚〔2024〕12号. Another form is kept whole, document_no_unusual."""
    if is_null(text):
        return Checked(None, (violation("document_no_missing", field),))
    number = identifier(text)
    if shape := _DOCUMENT_NO.fullmatch(number):
        head, year, middle, serial = shape.groups()
        return Checked(f"{head}〔{year}〕{middle.removeprefix('第')}{serial.lstrip('0') or '0'}号", text=number)
    return Checked(number, warnings=(violation("document_no_unusual", field),), text=number)
