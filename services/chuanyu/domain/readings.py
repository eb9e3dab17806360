"""
Test results as laboratories report them. Source: domain 4.4. The verdict is the laboratory's: nothing here recomputes it.

Order of reading: the words 未检出 and 检出; as many numbers as the limit asks samples for; one number; a list; else text.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from chuanyu.domain.limits import Limit, SamplingPlan, read_limit
from chuanyu.domain.numerals import Measure, read_measure
from chuanyu.domain.text import is_null, normalise
from chuanyu.domain.violations import Violation, violation

Qualifier = Literal["EQ", "LT", "LE", "GT", "GE", "LIST", "NOT_DETECTED", "DETECTED", "TEXT"]

_ABSENT = re.compile(r"未检出|N\.?D\.?(?:\(.*\))?$", re.IGNORECASE)
_PRESENT = re.compile(r"检出(?!限)")
_SIGNED = re.compile(r"(<=|>=|[<>≤≥≦≧⩽⩾])(.+)")
_SIGNS: dict[str, Qualifier] = {
    "<": "LT", ">": "GT", "<=": "LE", "≤": "LE", "≦": "LE", "⩽": "LE", ">=": "GE", "≥": "GE", "≧": "GE", "⩾": "GE",
}  # fmt: skip
_MIRROR: dict[Qualifier, Qualifier] = {"LT": "GT", "GT": "LT", "LE": "GE", "GE": "LE"}
_SEPARATORS = (re.compile(r"[;、]"), re.compile(","))
_SAMPLE_SEPARATORS = (*_SEPARATORS, re.compile("/"), re.compile(r"\s+"))


@dataclass(frozen=True, slots=True)
class Reading:
    """One result. `value` and `values` are decimal text; `unit` as written without blanks, never guessed. Nothing written: no qualifier."""

    value: str | None = None
    values: tuple[str, ...] = ()
    qualifier: Qualifier | None = None
    unit: str | None = None
    warnings: tuple[Violation, ...] = ()


def read_result(text: str | None, limit_text: str | None = None, field: str = "result_text") -> Reading:
    """The reading in a result; its limit tells lists from thousands commas. Warned: result_missing, result_unparsed."""
    if text is None or is_null(text):
        return Reading(warnings=(violation("result_missing", field),))
    plain = normalise(text)
    samples = read_limit(limit_text).samples if limit_text else None
    found = _word(plain) or _samples(plain, samples) or _one(plain) or _several(plain)
    return found or Reading(qualifier="TEXT", warnings=(violation("result_unparsed", field),))


def meets(reading: Reading, limit: Limit) -> bool | None:
    """Whether a reading keeps its limit; null where that cannot be told."""
    if reading.qualifier == "NOT_DETECTED":
        return None if limit == Limit() else limit.low is None
    if limit.prohibited:
        return False if reading.qualifier == "DETECTED" else None
    if reading.unit and limit.unit and reading.unit != limit.unit:
        return None
    if limit.plan:
        return _meets_plan(reading, limit.plan)
    if reading.value is None or reading.qualifier is None:
        return None
    return _meets_bounds(reading.qualifier, Decimal(reading.value), limit)


def odd_verdict(reading: Reading, limit_text: str, field: str = "result_text") -> tuple[Violation, ...]:
    """value_meets_limit for a reading that was judged 不合格 although it keeps its limit."""
    if not meets(reading, read_limit(limit_text)):
        return ()
    shown = reading.value or ",".join(reading.values) or "未检出"
    return (violation("value_meets_limit", field, value=shown, limit=normalise(limit_text)),)


def _word(plain: str) -> Reading | None:
    if _ABSENT.match(plain):
        return Reading(qualifier="NOT_DETECTED")
    return Reading(qualifier="DETECTED") if _PRESENT.match(plain) else None


def _samples(plain: str, samples: int | None) -> Reading | None:
    if samples is None or samples < 2:
        return None
    lists = (_list(separator.split(plain)) for separator in _SAMPLE_SEPARATORS)
    return next((reading for reading in lists if reading and len(reading.values) == samples), None)


def _one(plain: str) -> Reading | None:
    sign = _SIGNED.fullmatch(plain)
    measure = read_measure(sign[2] if sign else plain)
    return Reading(measure.value, (), _SIGNS[sign[1]] if sign else "EQ", measure.unit) if measure else None


def _several(plain: str) -> Reading | None:
    return next((reading for separator in _SEPARATORS if (reading := _list(separator.split(plain)))), None)


def _list(parts: list[str]) -> Reading | None:
    """A list names its unit once, at its end, or at every number."""
    measures = [measure for part in parts if (measure := read_measure(part.strip()))]
    if len(parts) < 2 or len(measures) != len(parts) or not _agree(measures):
        return None
    return Reading(None, tuple(measure.value for measure in measures), "LIST", measures[-1].unit)


def _agree(measures: list[Measure]) -> bool:
    units = {measure.unit for measure in measures[:-1]}
    return units in ({None}, {measures[-1].unit})


def _meets_plan(reading: Reading, plan: SamplingPlan) -> bool | None:
    if reading.qualifier not in ("LIST", "EQ"):
        return None
    values = [Decimal(value) for value in reading.values or (reading.value or "",)]
    over = sum(value > plan.m for value in values)
    return over <= plan.c and not (plan.M is not None and any(value > plan.M for value in values))


def _meets_bounds(qualifier: Qualifier, value: Decimal, limit: Limit) -> bool | None:
    kept = []
    if limit.high is not None:
        kept.append(_below(qualifier, value, Decimal(limit.high), limit.strict))
    if limit.low is not None:
        kept.append(_below(_MIRROR.get(qualifier, qualifier), -value, -Decimal(limit.low), limit.strict))
    return False if False in kept else None if None in kept or not kept else True


def _below(qualifier: Qualifier, value: Decimal, bound: Decimal, strict: bool) -> bool | None:
    """A reading spans what its sign leaves open: wholly within the bound, wholly beyond it, or null."""
    if qualifier in ("EQ", "LT", "LE") and (value < bound or (value == bound and (not strict or qualifier == "LT"))):
        return True
    if qualifier in ("EQ", "GT", "GE") and (value > bound or (value == bound and (strict or qualifier == "GT"))):
        return False
    return None
