"""Events of every kind, and what a careless or hostile neighbour might make of them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from enum import Enum
from typing import Any

from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import fields, replace

from chuanyu.contracting import examples
from chuanyu.contracting.tree import load
from chuanyu.kernel.codec import decode
from kit.law import TREE

YEAR_2200 = 84_006  # days
LONG_TERM = 2_932_896  # 9999-12-31, days

NUMBERS = st.one_of(
    st.integers(-(2**31), 2**31 - 1),
    st.sampled_from([-25_568, -25_567, -1, 0, 20_000, YEAR_2200 - 1, YEAR_2200, YEAR_2200 * 86_400_000, LONG_TERM, LONG_TERM + 1, 2**62]),
)
TEXTS = st.one_of(
    st.sampled_from(["", "\0", "51", "510000", "５１００００", "no id", "0198f0b2-0000-7000-8000-000000000001", "试\0验", "ﷺ" * 60]),
    st.builds(
        lambda start, size: "".join(chr(0x4E00 + (start + n * 7919) % 20_000) for n in range(size)),
        st.integers(0, 999),
        st.integers(1, 900),
    ),
    st.text(max_size=12),
)


def sound(families: Collection[str]) -> list[Any]:
    """The events of these families as the examples of their contracts have them."""
    golden = [
        each for directory in sorted(load(TREE).events) if directory.split("/")[0] in families for each in examples.read(TREE, directory)
    ]
    return [decode(bytes.fromhex(each.hex)) for each in golden if each.fault is None and each.hex]


def mutated(draw: Callable[..., Any], value: Any) -> Any:
    """The value with one thing in it changed, of the same kind: a struct keeps its form, a list may lose all, what is null stays null."""
    if isinstance(value, Struct):
        name = draw(st.sampled_from([each.name for each in fields(value) if getattr(value, each.name) is not None]))
        return replace(value, **{name: mutated(draw, getattr(value, name))})
    if isinstance(value, tuple):
        if not value or draw(st.booleans()):
            return ()
        place = draw(st.integers(0, len(value) - 1))
        return (*value[:place], mutated(draw, value[place]), *value[place + 1 :])
    if isinstance(value, Enum):
        return draw(st.sampled_from(list(type(value))))
    if isinstance(value, bool | bytes):
        return value
    return draw(NUMBERS if isinstance(value, int) else TEXTS)
