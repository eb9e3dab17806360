"""统一社会信用代码 (GB 32100-2015, amendment 1), and the key of a party that has none. Source: domain 3.1."""

import hashlib
import re
from datetime import date

from chuanyu.domain import check_digits, divisions
from chuanyu.domain.text import compact, identifier
from chuanyu.domain.violations import Checked, Violation, violation

_SHAPE = re.compile(f"[{check_digits.USCC_ALPHABET}]{{18}}")
_PERSON = re.compile(r"[1-9]\d{5}((?:18|19|20)\d\d)(\d\d)(\d\d)\d{3}[\dX]", re.ASCII)
_KINDS = {
    "1": "1239",
    "2": "19",
    "3": "123459",
    "4": "19",
    "5": "1239",
    "6": "129",
    "7": "129",
    "8": "19",
    "9": "123",
    "A": "19",
    "N": "1239",
    "Y": "1",
}
UNKNOWN_DIVISION = "000000"


def check_uscc(text: str, field: str = "uscc") -> Checked:
    """
    The code in canonical form. Refused: uscc_malformed, uscc_check_digit, personal_id_in_uscc (whose value is neither kept nor echoed).

    Warned: uscc_kind_unusual, uscc_region, uscc_inner_check; those digits are the registrar's and stay as they are.
    """
    code = identifier(text)
    if refusal := _refusal(code, field):
        return Checked(None, (refusal,), text="" if refusal.code == "personal_id_in_uscc" else code)
    return Checked(code, warnings=tuple(_doubts(code, field)), text=code)


def is_sole_trader(uscc: str) -> bool:
    """Whether the code belongs to a 个体工商户, whose name and code identify a person (kind 92, to be checked)."""
    return uscc.startswith("92")


def is_personal_id(code: str) -> bool:
    """Whether the text is a valid personal identity number (GB 11643)."""
    shape = _PERSON.fullmatch(code)
    return shape is not None and _is_day(*map(int, shape.groups())) and code[17] == check_digits.person(code[:17])


def derived_party_key(name: str, division: str | None) -> str:
    """The key of a party without a social credit code: of its name and narrowest known division. Never merged with a code by machine."""
    text = f"{compact(name)}|{division or UNKNOWN_DIVISION}"
    return "d-" + hashlib.sha256(text.encode()).hexdigest()[:32]


def _refusal(code: str, field: str) -> Violation | None:
    well_formed = _SHAPE.fullmatch(code) is not None
    if well_formed and (expected := check_digits.uscc(code[:17])) == code[17]:
        return None
    if is_personal_id(code):
        return violation("personal_id_in_uscc", field)
    return violation("uscc_check_digit", field, expected=expected) if well_formed else violation("uscc_malformed", field)


def _doubts(code: str, field: str) -> list[Violation]:
    doubts = []
    if code[1] not in _KINDS.get(code[0], ""):
        doubts.append(violation("uscc_kind_unusual", field, kind=code[:2]))
    if not divisions.is_known(code[2:8]):
        doubts.append(violation("uscc_region", field, region=code[2:8]))
    if (expected := check_digits.body_code(code[8:16])) != code[16]:
        doubts.append(violation("uscc_inner_check", field, expected=expected))
    return doubts


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
