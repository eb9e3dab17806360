"""Failing readings: a value beyond its limit, written as laboratories write it, beside what it says."""

from __future__ import annotations

from random import Random

from chuanyu.sample.shelves import Parameter
from chuanyu.sample.truth import Item

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def failing(random: Random, parameter: Parameter) -> Item:
    """An item that fails by this parameter."""
    if parameter.limit.startswith("n="):
        return _colonies(random, parameter)
    value = _number(random, parameter)
    unit = parameter.unit or None
    written = f"{_written(random, value)}{random.choice(('', '', ' ')) if unit else ''}{parameter.unit}"
    return Item(parameter.name, written, _limit(parameter), value=value, unit=unit)


def _colonies(random: Random, parameter: Parameter) -> Item:
    """Five readings of which three exceed m, one more than c allows."""
    over = [_number(random, parameter) for _ in range(3)]
    under = [str(int(int(over[0]) * share) // 100 or 1) for share in (random.randint(2, 6), random.randint(1, 7))]
    values = tuple(random.sample(over + under, 5))
    return Item(parameter.name, ",".join(values), parameter.limit, values=values, qualifier="LIST")


def _number(random: Random, parameter: Parameter) -> str:
    value = round(random.uniform(parameter.low, parameter.high), parameter.digits)
    return f"{value:.{max(parameter.digits, 0)}f}"


def _written(random: Random, value: str) -> str:
    """A number in the thousands as digits, with a comma or as a power of ten."""
    if "." in value or len(value) < 4:
        return value
    power = f"{value[0]}.{value[1]}×10{str(len(value) - 1).translate(_RAISED)}"
    exact = value[2:].strip("0") == ""
    return random.choice((value, f"{int(value):,}", power if exact else value))


def _limit(parameter: Parameter) -> str:
    return parameter.limit + parameter.unit if parameter.limit[0] in "≤≥5" else parameter.limit
