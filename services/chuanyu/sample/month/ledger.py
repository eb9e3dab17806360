"""The truth of a whole month: every case as each node must have it at any instant."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from chuanyu.sample.month.deeds import Entry, Planned
from chuanyu.sample.month.hearing import known
from chuanyu.sample.month.hours import DAY, day_at, instant
from chuanyu.sample.month.owing import Told, told
from chuanyu.sample.month.pressing import Pressed, levels, presses
from chuanyu.sample.month.travel import Link
from chuanyu.sample.sides import Side


def looks(since: int, until: int) -> list[int]:
    """When the nodes look whether something has lapsed: ten minutes past every midnight."""
    first = instant(day_at(since), 0, 10)
    return [at for at in range(first, until + 1, DAY) if at >= since]


class Ledger:
    """The truth of these entries. Only accepted ones count. looks: when both nodes look what has lapsed, ms in order."""

    def __init__(self, entries: Iterable[Entry], link: Link, looks: Sequence[int]) -> None:
        self._link = link
        self._cases: dict[str, list[Entry]] = defaultdict(list)
        for entry in sorted(entries, key=lambda entry: (entry.at, entry.side.node)):
            if entry.outcome == "accepted":
                self._cases[entry.number or entry.name].append(entry)
        self._pressed: Mapping[str, list[Pressed]] = {case: presses(own, link, looks) for case, own in self._cases.items()}

    def cases(self, side: Side, at: int) -> Iterator[tuple[str, Told]]:
        """Every case that a side has heard of by an instant, by its sample number, a plan by its name."""
        for case, entries in self._cases.items():
            heard = known(entries, self._link, side, at)
            if heard.entries:
                yield case, told(heard, levels(self._pressed[case], self._link, side, at))

    def entries(self, case: str) -> Sequence[Entry]:
        """What was accepted about a case, in order."""
        return self._cases[case]

    def counts(self, side: Side, at: int) -> Mapping[tuple[str, str], int]:
        """(authority, state or OVERDUE) → how many duties; overdue is what is open and was pressed."""
        found: Counter[tuple[str, str]] = Counter()
        for _, case in self.cases(side, at):
            found.update((one.authority, "OVERDUE" if one.state == "OPEN" and one.level else one.state) for one in case.owed)
        return found

    @property
    def plans(self) -> list[str]:
        """Names of the plans."""
        return [case for case, own in self._cases.items() if isinstance(own[0].deed, Planned)]
