"""
Data classes (数据分类分级) and masks: who may read a field, and what is left of it for others. Source: domain 10; L1-L4 are our own.

A field above the reader's clearance is left out; only where its schema declares a mask does the masked form take its place.
"""

from collections.abc import Callable
from datetime import date
from typing import Literal, get_args

from chuanyu.domain.divisions import full_name
from chuanyu.domain.regions import locate
from chuanyu.domain.text import compact
from chuanyu.domain.uscc import is_sole_trader

DataClass = Literal["L1", "L2", "L3", "L4"]
Mask = Literal["name", "phone", "id_card", "address", "uscc", "text"]

CLASSES: tuple[DataClass, ...] = get_args(DataClass)


def highest(*classes: DataClass) -> DataClass:
    """The class of what holds fields of these classes; L1 of nothing."""
    return max(classes, key=CLASSES.index, default="L1")


def may_read(clearance: DataClass, field_class: DataClass) -> bool:
    """Whether a reader cleared up to a class may read a field of another."""
    return CLASSES.index(field_class) <= CLASSES.index(clearance)


def masked(mask: Mask, value: str, on: date) -> str | None:
    """What a reader without the clearance sees of a value on that day; null: nothing."""
    return mask_address(value, on) if mask == "address" else _MASKS[mask](value)


def mask_name(value: str) -> str | None:
    """张三丰 is 张**."""
    name = compact(value)
    return f"{name[0]}**" if name else None


def mask_phone(value: str) -> str | None:
    """13812345678 is 138****5678; too few digits to hide any: nothing."""
    digits = "".join(character for character in compact(value) if character.isdigit())
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 10 else None


def mask_id_card(value: str) -> str | None:
    """For readers inside, 510***********1234; the public gets nothing at all."""
    number = compact(value)
    return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}" if len(number) >= 15 else None


def mask_address(value: str, on: date) -> str | None:
    """The address down to the county, in the names of that day; nothing if it tells no division."""
    code = locate(value, on).code
    return full_name(code, on.year) if code else None


def mask_uscc(value: str) -> str | None:
    """A legal person's code stays whole; a 个体工商户's is left out."""
    return None if is_sole_trader(value) else value


def mask_text(value: str) -> None:
    """Free text may hold names: nothing of it, until a person has reviewed it."""


_MASKS: dict[Mask, Callable[[str], str | None]] = {
    "name": mask_name,
    "phone": mask_phone,
    "id_card": mask_id_card,
    "uscc": mask_uscc,
    "text": mask_text,
}
