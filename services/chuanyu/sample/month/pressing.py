"""What lapsed, and how high it was pressed: 区县 → 市州 → 省 (9, rule 10; D10, D25)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chuanyu.domain import clock_rules, clocks
from chuanyu.domain.dates import from_millis, to_millis
from chuanyu.sample.month.deeds import Entry, Reported
from chuanyu.sample.month.hearing import known
from chuanyu.sample.month.owing import Duty, Owed, Told, told
from chuanyu.sample.month.travel import Link
from chuanyu.sample.sides import SIDES, Side


def pressing(owed: Owed) -> int | None:
    """When it is to be said overdue, or pressed one level higher (9, rule 10). Late answers are said once; who fell owes no more."""
    late, level = owed.late, owed.level + 1
    if late is None or owed.state == "CANCELLED" or clock_rules.rules()[owed.rule][0].kind != "duty":
        return None
    if level == 1:
        return late if owed.settled is None or owed.settled >= late else None
    if owed.state != "OPEN" or level > len(levels_above(owed.authority)):
        return None
    row = clock_rules.rules()[owed.rule][0]
    return to_millis(clocks.due(row, from_millis(owed.due or 0), nth=level - 1).due) + 1000


def levels_above(division: str) -> list[str]:
    """Who presses it: 区县 → 市州 → 省 in Sichuan, 区县 → 市 in Chongqing (1.3)."""
    levels = [f"{division[:4]}00"] if division.startswith("51") else []
    return [upper for upper in (*levels, f"{division[:2]}0000") if upper != division]


@dataclass(frozen=True, slots=True)
class Pressed:
    """That a duty was said to be overdue. at: when its node said so, ms · by: that node's side."""

    duty: Duty
    level: int
    at: int
    by: Side


def presses(entries: Sequence[Entry], link: Link, looks: Sequence[int]) -> list[Pressed]:
    """Everything that is said overdue in a case, if each node looks at these instants. What of it was said is heard like all else."""
    said: list[Pressed] = []
    first = entries[0].deed
    if not isinstance(first, Reported) or first.sample.verdict != "FAILED":
        return said
    found: dict[tuple[Side, int, int, int], list[tuple[int, Owed]]] = {}  # a node that heard nothing new has to say the same
    for look in looks:
        for side in SIDES:
            heard = known(entries, link, side, look)
            while heard.entries:
                pressed = levels(said, link, side, look)
                now = side, len(heard.entries), len(heard.receipts), len(pressed)
                if now not in found:
                    found[now] = list(_to_press(told(heard, pressed), side))
                fresh = [Pressed((one.rule, one.authority, one.part), one.level + 1, look, side) for at, one in found[now] if at <= look]
                if not fresh:
                    break
                said += fresh
    return said


def _to_press(case: Told, side: Side) -> Iterator[tuple[int, Owed]]:
    """What a side has to say next, and from when on. Only the node of the authority decides (D10)."""
    for one in case.owed:
        if side.holds(one.authority) and (at := pressing(one)) is not None:
            yield at, one


def levels(said: Sequence[Pressed], link: Link, side: Side, at: int) -> list[tuple[Duty, int]]:
    """What a side has heard of it by an instant."""
    return [(one.duty, one.level) for one in said if link.heard(side, one.by, one.at) <= at]
