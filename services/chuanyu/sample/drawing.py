"""Samples of one side's announcement, drawn by wish: where the goods come from, and what may go wrong in writing them down."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from random import Random

from chuanyu.sample import shelves
from chuanyu.sample.firms import Founders
from chuanyu.sample.readings import failing
from chuanyu.sample.shelves import Good
from chuanyu.sample.sides import Side
from chuanyu.sample.truth import MONITORING, Firm, Item, Sample

SEEDS = 1000
"""Seeds equal modulo this draw the same day."""


_TRADERS = ("510104", "500157", "510107", "500108")


@dataclass(frozen=True, slots=True)
class Wish:
    """One sample to draw.

    origin: home, neighbour (over the border), third (a province without node), own (sampled at its maker), kitchen, farm
    dirt: how it is written down (handwriting.KINDS) · task: in whose name it was taken, None for the usual mix
    good, market: by name and division, where a story needs them
    """

    origin: str
    dirt: str = "plain"
    task: str | None = None
    good: str | None = None
    market: str | None = None


@dataclass(slots=True)
class Draw:
    """Draws samples of one side on one day. mark: how the numbers of its samples begin, but for national ones."""

    random: Random
    side: Side
    on: dt.date
    seed: int
    founders: Founders
    mark: str = "SBJ"
    drawn: int = 0

    def failed(self, wish: Wish) -> Sample:
        """A sample that failed, or in risk monitoring shows a problem."""
        good = self._good(wish)
        return replace(
            self._sample(wish, good),
            verdict="PROBLEM" if wish.task and MONITORING in wish.task else "FAILED",
            items=self._items(good, 2 if wish.dirt == "split" else self.random.choice((1, 1, 1, 2))),
        )

    def passed(self, wish: Wish) -> Sample:
        """A sample that passed; its table names the province of the shop only."""
        sample = self._sample(wish, self._good(wish))
        return replace(sample, shop=Firm(sample.shop.name, self.side.code))

    def _sample(self, wish: Wish, good: Good) -> Sample:
        maker = self._maker(wish.origin, good)
        shop = self._shop(wish, maker)
        made_on = self.on - dt.timedelta(days=self.random.randint(35, 160))
        return Sample(
            side=self.side,
            number=self._number(wish.task),
            verdict="PASSED",
            good=good,
            brand=self.founders.brand() if good.trade and self.random.random() < 0.8 else None,
            maker=maker,
            shop=shop,
            place=self._place(wish.origin),
            made_on=made_on if good.trade else None,
            task=wish.task or self._task(),
            laboratory=self.random.choice(self.side.laboratories),
            notice_no=f"{self.on.year}年第{self.on.isocalendar().week}期",
            announced_on=self.on,
        )

    def unused(self) -> str:
        """A number of the same kind that no sample bears."""
        return self._number(None)

    def entrusted(self, sample: Sample) -> Sample:
        """The sample with someone in another place who ordered the goods."""
        return replace(sample, entruster=self.founders.factory(self.random.choice(_TRADERS), "商贸"))

    def _good(self, wish: Wish) -> Good:
        shelf = {"kitchen": "catering", "farm": "farm"}.get(wish.origin, "goods")
        fit = [good for good in shelves.goods(shelf) if wish.good in (None, good.name) and self._makers(wish.origin, good)]
        if wish.dirt == "split":
            fit = [good for good in fit if len(good.parameters) > 1]
        return self.random.choice(fit)

    def _makers(self, origin: str, good: Good) -> list[str]:
        """Where a good may come from; for goods without a maker's place something that is true."""
        if origin in ("kitchen", "farm", "third"):
            return [self.side.code]
        side = self.side.other if origin == "neighbour" else self.side
        return [code for code in good.made_in if side.holds(code)]

    def _maker(self, origin: str, good: Good) -> Firm | None:
        if origin in ("kitchen", "farm"):
            return None
        if origin == "third":
            return self.founders.factory_elsewhere(*self.random.choice(shelves.elsewhere()), good.trade)
        return self.founders.factory(self.random.choice(self._makers(origin, good)), good.trade)

    def _shop(self, wish: Wish, maker: Firm | None) -> Firm:
        if wish.origin == "own" and maker:
            return maker
        here = [pair for pair in shelves.markets() if self.side.holds(pair[0]) and wish.market in (None, pair[0])]
        division, street = self.random.choice(here)
        return self.founders.kitchen(division, street) if wish.origin == "kitchen" else self.founders.shop(division, street)

    def _place(self, origin: str) -> str:
        return {"own": "PRODUCTION", "kitchen": "CATERING"}.get(origin, "CIRCULATION")

    def _items(self, good: Good, count: int) -> tuple[Item, ...]:
        chosen = self.random.sample(good.parameters, min(count, len(good.parameters)))
        return tuple(failing(self.random, parameter) for parameter in chosen)

    def _task(self) -> str:
        return self.side.name + "/" + self.random.choice(("省抽", "省抽", "市抽", "县抽"))

    def _number(self, task: str | None) -> str:
        """Prefix, year, organiser's division, day of the year, seed, serial: another day's or seed's samples never share a number."""
        self.drawn += 1
        prefix = "GZJ" if task and "国抽" in task else self.mark
        day = self.on.timetuple().tm_yday
        return f"{prefix}{self.on:%y}{self.side.code}{day:03}{self.seed % SEEDS:03}{self.drawn:03}"
