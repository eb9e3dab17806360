"""A month of joint spot checks (联动抽查), wholly synthetic (合成数据): who enters what when, the same for the same seed and size."""

from __future__ import annotations

import calendar
import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from random import Random

from chuanyu.sample import shelves
from chuanyu.sample.drawing import SEEDS, Draw, Wish
from chuanyu.sample.firms import Town
from chuanyu.sample.month.deeds import Again, Deed, Entry, Planned, Reported, Spoiled
from chuanyu.sample.month.faults import FAULTS
from chuanyu.sample.month.hours import DAY, HOUR, MINUTE, instant, next_office, office, working_days
from chuanyu.sample.month.plots import Life, deal
from chuanyu.sample.month.travel import Link, mended
from chuanyu.sample.sides import SIDES, Side
from chuanyu.sample.truth import MONITORING, NATIONAL, Firm, Sample

MARK = "XBJ"
"""How the numbers of a month's samples begin; a sample day's begin otherwise."""

_HOME = ("home",) * 6 + ("own",) + ("kitchen",) * 2 + ("farm",)
_PASSED = (*_HOME, "neighbour", "third")
_MOVABLE = ("home", "neighbour")
_CAMPAIGN = "川渝火锅底料和白酒联动抽查"


@dataclass(frozen=True, slots=True)
class Rates:
    """Shares. failed, monitored, repeated, dirty: of all samples · crossing: of the failed, made in another province · neighbour: of these,
    made in the other province of the bus (domain 11; the last four are our choice)."""

    failed: float = 0.02
    crossing: float = 0.075
    neighbour: float = 0.67
    monitored: float = 0.002
    repeated: float = 0.01
    dirty: float = 0.01


@dataclass(frozen=True)
class Month:
    """One month and its aftermath. entries: in order of time · until: nothing is entered later, ms."""

    seed: int
    year: int
    month: int
    size: int
    link: Link
    entries: tuple[Entry, ...]
    until: int

    @property
    def label(self) -> str:
        """The prefix of its submission ids."""
        return f"month-{self.year}-{self.month:02}-{self.seed}-{self.size}"

    @cached_property
    def by_name(self) -> Mapping[str, Entry]:
        """Every entry by its name."""
        return {entry.name: entry for entry in self.entries}

    @property
    def samples(self) -> list[Sample]:
        """Every sample that is accepted, as it is reported first."""
        return [entry.deed.sample for entry in self.entries if isinstance(entry.deed, Reported)]

    def outcomes(self) -> Mapping[str, int]:
        """How often each outcome must come."""
        return Counter(entry.outcome for entry in self.entries)


def generate(seed: int, year: int, month: int, size: int, rates: Rates = Rates()) -> Month:
    """The month of a seed. size: samples that are accepted, those of risk monitoring included."""
    return _Author(seed, year, month, size, rates).write()


class _Author:
    def __init__(self, seed: int, year: int, month: int, size: int, rates: Rates) -> None:
        self.seed, self.year, self.month, self.size, self.rates = seed, year, month, size, rates
        self.random = Random(f"month/{seed % SEEDS}/{year}-{month}/{size}")
        self.days = working_days(year, month)
        town = Town(self.random, year)
        self.draws = {(side, day): Draw(self.random, side, day, seed, town, MARK) for side in SIDES for day in self.days}
        self.link = mended(self._broken())
        self.down = {side: self.random.choice(self.days[2:-6]) for side in SIDES}
        first = dt.date(year, month, 1) + dt.timedelta(days=calendar.monthrange(year, month)[1])
        self.until = instant(first, 0) + calendar.monthrange(first.year, first.month)[1] * DAY - 1000

    def write(self) -> Month:
        failed, monitored = round(self.size * self.rates.failed), round(self.size * self.rates.monitored)
        told = [*self._plans(), *self._failed(failed), *self._monitored(monitored), *self._passed(self.size - failed - monitored)]
        first = [entry for entry in told if isinstance(entry.deed, Reported)]
        told += [*self._repeated(first), *self._spoiled(first)]
        entries = sorted((entry for entry in told if entry.at <= self.until), key=lambda entry: (entry.at, entry.side.node, entry.name))
        return Month(self.seed, self.year, self.month, self.size, self.link, tuple(entries), self.until)

    def _broken(self) -> list[tuple[int, int]]:
        """Four hours of a working day, and from an evening to the next noon."""
        short, long = self.random.sample(self.days[1:-2], 2)
        return [
            (instant(short, 10) + self.random.randrange(60) * MINUTE, instant(short, 14)),
            (instant(long, 16), instant(long, 16) + 20 * HOUR),
        ]

    def _plans(self) -> list[Entry]:
        return [self._plan(side, number) for number, side in enumerate(SIDES, 3)]

    def _plan(self, side: Side, number: int) -> Entry:
        chosen = sorted(self.random.sample(shelves.markets(), 8))
        regions = tuple((division, self.random.randrange(20, 200, 10)) for division, _ in chosen)
        serial = f"{side.sign}联抽〔{self.year}〕{self.month:02}{self.seed % SEEDS:03}{number}号"
        deed = Planned(serial, f"{_CAMPAIGN}（{side.short}牵头）", regions, self.days[0], self.days[-1])
        at = instant(self.days[0], 9, 10 * number)
        return Entry(name=f"plan-{side.node}", side=side, at=at, time=at - 5 * MINUTE, deed=deed)

    def _failed(self, count: int) -> Iterable[Entry]:
        crossing = round(count * self.rates.crossing)
        near = round(crossing * self.rates.neighbour)
        origins = ["neighbour"] * near + ["third"] * (crossing - near)
        origins += [self.random.choice(_HOME) for _ in range(count - crossing)]
        self.random.shuffle(origins)
        for origin, plot in zip(origins, deal(self.random, count), strict=True):
            yield from self._life(origin, plot)

    def _life(self, origin: str, plot: str) -> list[Entry]:
        draw = self._draw(plot)
        if plot in ("moves", "counterfeit") and origin not in (*_MOVABLE, "third"):
            origin = "home"
        plot = "prompt" if origin == "third" and plot in ("moves", "counterfeit") else plot
        sample = draw.failed(Wish(origin))
        before, after = self._moved(draw, sample) if plot == "moves" else (sample, None)
        return Life(self.random, self.link, before, office(self.random, draw.on), after).tell(plot)

    def _draw(self, plot: str) -> Draw:
        side = self.random.choice(SIDES)
        return self.draws[side, self.down[side] if plot == "backfilled" else self.random.choice(self.days)]

    def _moved(self, draw: Draw, sample: Sample) -> tuple[Sample, Firm]:
        """The sample as it is said first, and where its maker sits in truth: over the border from where it was said to be."""
        side = draw.side if sample.crosses else draw.side.other
        division = self.random.choice([code for code, _ in shelves.markets() if side.holds(code)])
        maker = draw.founders.factory(division, sample.good.trade)
        if not sample.crosses and self.random.random() < 0.5:
            return replace(sample, maker=Firm(maker.name)), maker
        return sample, maker

    def _monitored(self, count: int) -> Iterable[Entry]:
        """Problems found by risk monitoring; every other one over the border."""
        for number in range(count):
            draw = self._draw("")
            sample = draw.failed(Wish(("neighbour", "home")[number % 2], task=f"{draw.side.name}/{MONITORING}"))
            yield self._reported(sample, office(self.random, draw.on))

    def _passed(self, count: int) -> Iterable[Entry]:
        """They come as a table in the evening of their day."""
        for number in range(count):
            draw = self._draw("")
            task = f"{draw.side.name}/{NATIONAL}" if number % 7 == 0 else None
            sample = draw.passed(Wish(self.random.choice(_PASSED), task=task))
            yield self._reported(sample, instant(draw.on, 17, 40))

    def _reported(self, sample: Sample, at: int) -> Entry:
        return self._entry(f"{sample.number}-0", sample.side, at, Reported(sample))

    def _entry(self, name: str, side: Side, at: int, deed: Deed) -> Entry:
        return Entry(name=name, side=side, at=at, time=at - 10 * MINUTE, deed=deed)

    def _repeated(self, first: list[Entry]) -> Iterable[Entry]:
        for number, entry in enumerate(self.random.sample(first, min(len(first), max(2, round(self.size * self.rates.repeated))))):
            yield self._entry(f"again-{number}", entry.side, next_office(self.random, entry.at, 1), Again(entry.name))

    def _spoiled(self, first: list[Entry]) -> Iterable[Entry]:
        """Every fault at least once."""
        failed = [entry for entry in first if entry.deed.sample.verdict == "FAILED"]  # type: ignore[union-attr]
        faults = sorted(FAULTS)
        for number in range(max(len(faults), round(self.size * self.rates.dirty))):
            word = faults[number % len(faults)]
            draw = self._draw("")
            sample, at = draw.failed(Wish("home")), office(self.random, draw.on)
            if FAULTS[word].again:
                if not failed:
                    continue
                entry = self.random.choice(failed)
                sample, at = entry.deed.sample, next_office(self.random, entry.at, 1)  # type: ignore[union-attr]
            yield self._entry(f"spoiled-{number}", sample.side, at, Spoiled(sample, word, FAULTS[word].code))
