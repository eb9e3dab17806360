"""Who made the goods and who ordered them, from cells that may name both (T14)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from chuanyu.domain.text import NULL_WORDS, normalise

ENTRUSTED = ("受委托", "被委托", "受托")
LABEL = re.compile(
    rf"(?P<role>{'|'.join(ENTRUSTED)}|委托)(?:加工|生产)?(?:方|单位|企业|厂家|厂|商|人)(?:名称|地址|住所)?\s*:",
)
"""The longest label first: 受委托方 holds 委托方."""
EDGES = " ;,、。\r\n\t"


@dataclass(frozen=True, slots=True)
class Said:
    """One cell taken apart: what it says of the producer (受托方, or without labels all of it) and of the entrusting party."""

    producer: str | None
    entrusting: str | None = None


def said(cell: str | None) -> Said:
    """What a cell of names or of addresses says of both; null words say nothing."""
    text = normalise(cell or "")
    labels = list(LABEL.finditer(text))
    if not labels:
        return Said(None if text in NULL_WORDS else text)
    ends = [label.start() for label in labels[1:]] + [len(text)]
    parts = {label["role"] in ENTRUSTED: _filled(text[label.end() : end]) for label, end in zip(labels, ends, strict=True)}
    return Said(parts.get(True) or _filled(text[: labels[0].start()]), parts.get(False))


def _filled(text: str) -> str | None:
    """Without what joined it to the next label: 乙(委托方:甲) leaves `乙(` and `甲)`."""
    trimmed = text.strip(EDGES)
    if trimmed.count("(") != trimmed.count(")"):
        trimmed = trimmed.removesuffix("(").removesuffix(")").strip(EDGES)
    return None if trimmed in NULL_WORDS else trimmed
