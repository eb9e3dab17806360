"""Limits (标准值) beside which readings stand: bounds, prohibitions, sampling plans n, c, m, M. The text stays; this is what it says."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from chuanyu.domain.numerals import NUMBER, Measure, decimal_text, read_measure
from chuanyu.domain.text import normalise

_BOUND = re.compile(r"(<=|>=|[<>≤≥≦≧⩽⩾])(.+)")
_BAND = re.compile(r"(.+?)(?:±|\+/-)(.+)")
_RANGE = re.compile(r"(\d[\d.,]*)([^\d~—–-]*)(?:~|—+|–|-)(\d.*)", re.ASCII)
_PROHIBITED = re.compile(r"不得(?:使用|检出|添加|含有)")
_PLAN = re.compile(rf"(?<![A-Za-z])([ncmM])\s*=\s*({NUMBER})", re.ASCII)
_UPPER = frozenset("<≤≦⩽")
_STRICT = frozenset("<>")


@dataclass(frozen=True, slots=True)
class SamplingPlan:
    """Of n readings at most c may exceed m, and none M (null: no M, as for pathogens)."""

    n: int
    c: int
    m: Decimal
    M: Decimal | None


@dataclass(frozen=True, slots=True)
class Limit:
    """What a limit says, as decimal text. All null: nothing that a machine can read. `strict`: the bound itself is already outside."""

    low: str | None = None
    high: str | None = None
    strict: bool = False
    unit: str | None = None
    prohibited: bool = False
    plan: SamplingPlan | None = None
    samples: int | None = None


@lru_cache(maxsize=4096)
def read_limit(text: str) -> Limit:
    """The limit in a text: ≤x, ≥x, a±b, a~b, 不得使用, 不得检出, n=5,c=2,m=10^4,M=10^5; an empty limit for anything else."""
    plain = normalise(text)
    if found := dict(_PLAN.findall(plain)):
        return Limit(plan=_plan(found), samples=int(found["n"]) if found.get("n", "").isdigit() else None)
    if _PROHIBITED.match(plain):
        return Limit(prohibited=True)
    return _bound(plain) or _band(plain) or _range(plain) or Limit()


def _plan(found: dict[str, str]) -> SamplingPlan | None:
    if not {"n", "c", "m"} <= found.keys() or not (found["n"].isdigit() and found["c"].isdigit()):
        return None
    largest = Decimal(decimal_text(found["M"])) if "M" in found else None
    return SamplingPlan(int(found["n"]), int(found["c"]), Decimal(decimal_text(found["m"])), largest)


def _bound(plain: str) -> Limit | None:
    shape = _BOUND.fullmatch(plain)
    measure = read_measure(shape[2]) if shape else None
    if shape is None or measure is None:
        return None
    upper, strict = shape[1][0] in _UPPER, shape[1] in _STRICT
    return Limit(None if upper else measure.value, measure.value if upper else None, strict, measure.unit)


def _band(plain: str) -> Limit | None:
    shape = _BAND.fullmatch(plain)
    middle, width = (read_measure(shape[1]), read_measure(shape[2])) if shape else (None, None)
    if middle is None or width is None:
        return None
    low, high = (f"{Decimal(middle.value) + sign * Decimal(width.value):f}" for sign in (-1, 1))
    return Limit(low, high, unit=width.unit or middle.unit)


def _range(plain: str) -> Limit | None:
    shape = _RANGE.fullmatch(plain)
    low, high = (read_measure(shape[1] + shape[2]), read_measure(shape[3])) if shape else (None, None)
    return _ordered(low, high) if low and high else None


def _ordered(low: Measure, high: Measure) -> Limit | None:
    same_unit = low.unit is None or low.unit == high.unit
    return Limit(low.value, high.value, unit=high.unit) if same_unit and Decimal(low.value) <= Decimal(high.value) else None
