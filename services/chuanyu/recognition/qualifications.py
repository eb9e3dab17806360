"""
How a laboratory or certificate stood on a day, and what follows for an answer (domain 8.1, 8.2). Pure.

Each fact is a licence or certificate as of its first day. Of those whose days include the asked one the latest begun holds: a suspension
with an end gives way to the licence before it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import TypeVar

from chuanyu.domain.dates import to_days
from chuanyu.domain.text import compact
from chuanyu.recognition.details import Certificate, Licence, Qualification, Result

Parameter = tuple[str, str | None]
"""What is tested and by which standard, None where that is not said."""

VALID = "VALID"
Q = TypeVar("Q", bound=Qualification)


def holding(found: Iterable[Q], on: date) -> Q | None:
    """The one that holds on a day."""
    day = to_days(on)
    begun = [one for one in found if one.valid_from <= day and (one.valid_to is None or day <= one.valid_to)]
    return max(begun, key=lambda one: one.valid_from, default=None)


def of_laboratory(found: Sequence[Licence], tested: Sequence[Parameter], on: date) -> list[str]:
    """What speaks against a laboratory's reports of that day; nothing for one that was licensed for all it tested."""
    if len({one.cma_no for one in found}) != 1:
        return ["LABORATORY_NOT_ON_RECORD"]
    licence = holding(found, on)
    if licence is None or licence.status != VALID:
        return ["CMA_INVALID_ON_DATE"]
    outside = [each for each in tested if not covered(licence, each)]
    if not outside:
        return []
    return ["OUT_OF_SCOPE"] if len(outside) == len(tested) else ["PARTIAL_SCOPE"]


def covered(licence: Licence, tested: Parameter) -> bool:
    """Whether the scope holds the parameter, with that standard where both name one."""
    name, standard = compact(tested[0]), compact(tested[1] or "")
    return any(compact(parameter) == name and (not own or not standard or compact(own) == standard) for parameter, own in licence.scope)


def tested_of(result: Result) -> list[Parameter]:
    """What a result says was tested."""
    return [(item.name, item.method) for item in result.items]


def of_certificate(found: Sequence[Certificate], holder: Collection[str], product: str, on: date) -> list[str]:
    """How a certificate stands. holder: key and name that are asked for, product: as compared; empty for any."""
    if not found or all(one.valid_from > to_days(on) for one in found):
        return ["NOT_FOUND"]
    if len({(one.kind, compact(one.body)) for one in found}) > 1:
        return ["AMBIGUOUS_KEY"]
    one = holding(found, on)
    if one is not None and one.status == "SUSPENDED":
        return ["CERTIFICATE_SUSPENDED"]
    if one is None or one.status != VALID:
        return ["CERTIFICATE_ENDED"]
    held = not holder or not {one.holder.key, compact(one.holder.name)}.isdisjoint(holder)
    return ["VALID_CERTIFICATE"] if held and (not product or not one.products or product in one.products) else ["HOLDER_MISMATCH"]
