"""The cells of failed items taken apart: names, results and limits as they were written (T10, T11, T17)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from chuanyu.domain.text import is_null, normalise
from chuanyu.gateway.tables.columns import ITEM_COLUMNS, Column
from chuanyu.gateway.tables.heads import SEPARATOR

JOINER = re.compile(r"[;；\r\n]+")
PAUSE = "、"
SUM = "之和"
"""A name that holds it names one item of several substances: 甜蜜素、糖精钠之和."""
OPEN_END = re.compile(rf"(?:{SEPARATOR.pattern})\s*$")
VERDICT_WORDS = re.compile(r"不合格|所检|检验|检测|抽检|项目|结果|结论|判定|产品|样品|该|经|均|为|[\W_]")


@dataclass(frozen=True, slots=True)
class Item:
    """One failed item as written, without the blanks around it; null words are None. `guessed`: the columns did not agree in number."""

    name: str
    result: str | None
    limit: str | None
    guessed: bool = field(default=False, compare=False)


def items(cells: Mapping[StrEnum, str], parts: Sequence[StrEnum]) -> tuple[Item, ...]:
    """The failed items of one row; verdict words are none (T17). `parts`: the order in which the head of a joined cell names its parts."""
    names = cells.get(Column.ITEM, "")
    apart = [cells[column] for column in (Column.RESULT, Column.LIMIT) if column in cells]
    if apart and not (SEPARATOR.search(names) and all(map(is_null, apart))):
        return _paired(names, cells.get(Column.RESULT, ""), cells.get(Column.LIMIT, ""))
    if len(parts) > 1 or SEPARATOR.search(names):
        return _items(_parts(text, parts if len(parts) > 1 else ITEM_COLUMNS) for text in _joined(names))
    return _items((name, "", "") for name in _split(names, PAUSE))


def is_item(name: str) -> bool:
    """False for null words and verdicts: a name that holds 合格 is one, unless it is said to be 不合格 (标签不合格 names the label)."""
    if is_null(name):
        return False
    if "不合格" in name:
        return bool(VERDICT_WORDS.sub("", name))
    return "合格" not in name


def _items(parts: Iterable[tuple[str, str, str]]) -> tuple[Item, ...]:
    return tuple(Item(normalise(name), _written(result), _written(limit)) for name, result, limit in parts if is_item(name))


def _written(text: str) -> str | None:
    return None if is_null(text) else text.strip()


def _joined(cell: str) -> list[str]:
    """The items of a joined cell, each still one text: split at ; and line breaks, at 、 only between complete items."""
    whole: list[str] = []
    for piece in JOINER.split(cell):
        if whole and _unfinished(whole[-1], piece):
            whole[-1] += piece
        elif piece.strip():
            whole.append(piece)
    return [text for piece in whole for text in _pauses(piece)]


def _unfinished(before: str, piece: str) -> bool:
    """A line break beside a separator stands inside an item, as long as the item has not all its parts."""
    beside = OPEN_END.search(before) or SEPARATOR.match(piece.lstrip())
    return bool(beside and piece.strip()) and len(SEPARATOR.findall(before)) < 2


def _pauses(text: str) -> list[str]:
    """Split at 、 where a result has been given before and a name with a separator follows; 甜蜜素、糖精钠之和║… stays one name."""
    if PAUSE not in text:
        return [text]
    first, *rest = text.split(PAUSE)
    out = [first]
    for n, piece in enumerate(rest):
        given = len(SEPARATOR.findall(out[-1]))
        follows = any(SEPARATOR.search(later) for later in rest[n:])
        if follows and (given >= 2 or (given and not piece.lstrip()[:1].isdigit())):
            out.append(piece)
        else:
            out[-1] += PAUSE + piece
    return out


def _parts(text: str, order: Sequence[StrEnum]) -> tuple[str, str, str]:
    """Name, result and limit of one item; what stands behind a third separator belongs to the last part."""
    cut = SEPARATOR.split(text, maxsplit=len(order) - 1)
    said = dict(zip(order, cut, strict=False))
    name, result, limit = (said.get(column, "") for column in ITEM_COLUMNS)
    return name, result, limit


def _split(cell: str, also: str = "") -> list[str]:
    """The filled pieces of a cell; a closing joiner opens no piece, an empty piece between two joiners keeps its place."""
    text = cell.strip().strip(";；")
    return re.split(rf"\s*[;；\r\n{also}]\s*", text) if text else []


def _paired(names: str, results: str, limits: str) -> tuple[Item, ...]:
    """Three columns, joined alike (、 too), paired by position. The finest cut in which all agree counts; one name has its cells whole."""
    cells = (names, results, limits)
    fine, rough = ([_split(cell, also) for cell in cells] for also in (PAUSE, ""))
    if len(fine[0]) <= 1:
        return _items([cells])
    if _agree(fine):
        return _items(_zipped(fine))
    if _agree(rough) and (len(rough[0]) > 1 or SUM in names):
        return _items(_zipped(rough))
    return tuple(replace(item, guessed=True) for item in _items(_zipped(fine)))


def _agree(cut: list[list[str]]) -> bool:
    """Equally many pieces in each column that says anything."""
    return len({len(pieces) for pieces in cut if not all(map(is_null, pieces))}) == 1


def _zipped(cut: list[list[str]]) -> list[tuple[str, str, str]]:
    """By position; results beyond the last name stay with it, so that none is lost."""
    count = len(cut[0])
    names, results, limits = ([*pieces[: count - 1], PAUSE.join(pieces[count - 1 :])] + [""] * (count - len(pieces)) for pieces in cut)
    return list(zip(names, results, limits, strict=False))
