"""The picture in `kernel.faults` is the truth about its classes."""

from __future__ import annotations

import inspect
import re

import pytest

from chuanyu.kernel import faults
from chuanyu.kernel.faults import Broken, Fault, KeyUnknown, Poison, SealInvalid, Transient

LINE = re.compile(r"^([│ ]*[├└]── |)([A-Z]\w+)(?: +(.+))?$")


def classes() -> list[type[Fault]]:
    return [c for _, c in inspect.getmembers(faults, inspect.isclass) if issubclass(c, Fault)]


def picture() -> dict[str, tuple[str | None, str | None]]:
    """class name → (name of its parent, code) as drawn."""
    drawn: dict[str, tuple[str | None, str | None]] = {}
    above: list[str] = []
    for line in (faults.__doc__ or "").split("\n\n", 1)[1].splitlines():
        if found := LINE.match(line):
            branch, name, note = found.groups()
            depth = len(branch) // 4
            above[depth:] = [name]
            code = note if note and re.fullmatch(r"[a-z_]+", note) else None
            drawn[name] = (above[depth - 1] if depth else None, code)
    return drawn


def test_the_picture_equals_the_classes() -> None:
    assert picture() == {c.__name__: (None if c is Fault else c.__base__.__name__, vars(c).get("code")) for c in classes()}


def test_every_fault_that_can_be_raised_has_one_code_of_its_own() -> None:
    codes = [vars(c)["code"] for c in classes() if "code" in vars(c)]
    assert len(codes) == len(set(codes))
    kinds = {Fault, Transient, Poison, Broken}
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", c.code) for c in classes() if c not in kinds)


@pytest.mark.parametrize("fault", [c for c in classes() if c not in {Fault, Transient, Poison, Broken}], ids=lambda c: c.__name__)
def test_every_fault_is_of_exactly_one_kind(fault: type[Fault]) -> None:
    assert sum(issubclass(fault, kind) for kind in (Transient, Poison, Broken)) == 1


def test_a_fault_carries_its_facts() -> None:
    assert SealInvalid("no", why="x").facts == {"why": "x"}
    unknown = KeyUnknown("sichuan", "k1")
    assert (unknown.province, unknown.key_id, unknown.code) == ("sichuan", "k1", "seal_invalid")
