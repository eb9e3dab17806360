"""The cell 生产日期/批号: a date, a batch, or both (T12, T13)."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from chuanyu.domain.dates import parse_date
from chuanyu.domain.text import compact, normalise
from chuanyu.domain.violations import Violation, violation

BATCH_SAID = re.compile(r"[\s(]*(?:生产)?批\s*(?:号|次)\s*:?\s*([^()]+?)\s*\)?$")
"""批号:X, at the end of the cell, in brackets or not."""
BATCH_MEANT = re.compile(r"[\s(]*(?:生产)?批(?:号|次)?\s*\)?$")
"""X(批号): what stands before is the batch."""
DATE_SAID = re.compile(r"^生产日期\s*:?\s*|\(\s*生产日期\s*\)$")
OTHER_DATE = re.compile(r"([^\W\d_]{2,4}(?<!生产)日期)")
"""购进日期, 加工日期 and the like: days of something else."""
EDGES = " ;,/、"
MIDNIGHT = re.compile(r"\s+00?:00(:00)?$")
"""How spreadsheets write the time of a mere day when they save it as text."""
FIELD = "product.produced_on"


@dataclass(frozen=True, slots=True)
class Production:
    """What the cell says; `batch` is normalised. `text` is the whole cell where it could not be read whole; `warnings` then say why."""

    produced_on: dt.date | None
    batch: str | None
    text: str | None = None
    warnings: tuple[Violation, ...] = ()


def day(text: str) -> dt.date | None:
    """The day in a cell of one date, None if it is none (3.6)."""
    return parse_date(MIDNIGHT.sub("", text))


def production(cell: str | None) -> Production:
    """What the cell says. With 批 in it digits are no date, unless a batch is named beside them; text that is neither is kept as batch."""
    if cell is None:
        return Production(None, None)
    text = normalise(cell)
    if other := OTHER_DATE.search(text):
        return Production(None, text, text, (violation("date_of_other_kind", FIELD, kind=other[1]),))
    if BATCH_MEANT.search(text):
        return Production(None, compact(BATCH_MEANT.sub("", text)))
    said = BATCH_SAID.search(text)
    batch = compact(said[1]) if said else None
    rest = DATE_SAID.sub("", text[: said.start()] if said else text).strip(EDGES)
    if not rest:
        return Production(None, batch)
    if found := day(rest):
        return Production(found, batch)
    kept = compact(rest) if batch is None else f"{compact(rest)}/{batch}"
    return Production(None, kept, text, (violation("date_unparsed", FIELD),))
