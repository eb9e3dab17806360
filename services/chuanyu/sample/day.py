"""
A sample day: two announcements and what follows them, wholly synthetic (合成数据), the same for the same seed and date.

What is so comes first (`truth`, `drawing`), how it is written second (`handwriting`, `tables`, `sayings`); so the day knows what every
statement must end as and what every question must be answered with, whoever reads it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from random import Random

from chuanyu.sample import sayings
from chuanyu.sample.drawing import SEEDS, Draw, Wish
from chuanyu.sample.firms import Founders
from chuanyu.sample.sayings import Saying
from chuanyu.sample.sides import CHONGQING, SICHUAN, SIDES
from chuanyu.sample.tables import Drawn, Statement, Table, table
from chuanyu.sample.truth import MONITORING, NATIONAL, Answer, Firm, Sample

HERO = Wish("neighbour", good="碎米芽菜", market="500103")
"""The sample that the summary walks over the border: taken in 渝中, made in 宜宾."""
UNPLACED, MISTAKEN = Wish("neighbour", "no_address"), Wish("neighbour", "batch")
"""One whose maker's address is missing until a correction, and one that is withdrawn."""
MONITORED = Wish("neighbour")
"""Of risk monitoring: it is never announced (domain 4.1), so it stands in no table."""

LISTED, CONSIGNEES = ("500101", "肉类食品"), ("500103", "500108", "500157")
"""Where the sanctioned firm sits and what it makes; where the recalled goods went."""

_FAILED = (
    *(Wish("neighbour", dirt) for dirt in ("plain", "plain", "fullwidth", "split", "short", "entrust", "repeat")),
    *(Wish("home", dirt) for dirt in ("plain", "plain", "plain", "blanks", "nulls", "batch", "entrust", "repeat", "conflict", "split")),
    *(Wish("third", dirt) for dirt in ("plain", "short", "nulls")),
    *(Wish("kitchen", dirt) for dirt in ("plain", "nulls")),
    *(Wish("farm", dirt) for dirt in ("plain", "blanks")),
    Wish("own"),
    *(
        Wish(origin, dirt)
        for origin, dirt in (("home", "no_number"), ("home", "bad_number"), ("third", "future"), ("neighbour", "no_item"))
    ),
)
_PASSED = (
    *(Wish("neighbour", dirt) for dirt in ("plain",) * 6 + ("blanks", "fullwidth", "short")),
    *(Wish("home", dirt) for dirt in ("plain",) * 11 + ("blanks", "nulls", "short", "repeat")),
    *(Wish("third", dirt) for dirt in ("plain", "plain", "nulls", "blanks")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One sample day and its truth.

    hero: the sample that crosses the border and is recalled · corrected: as its correction says · withdrawn: as it was reported
    monitored: a problem found by risk monitoring
    opening: sayings up to the sanction · closing: the lifting and what goes wrong afterwards · listed: the sanctioned firm
    unknown: a sample number that nobody ever reported
    """

    seed: int
    on: dt.date
    tables: tuple[Table, ...]
    hero: Sample
    corrected: Sample
    withdrawn: Sample
    monitored: Sample
    listed: Firm
    opening: tuple[Saying, ...]
    closing: tuple[Saying, ...]
    unknown: str

    @property
    def label(self) -> str:
        """The prefix of its submission ids."""
        return f"sample-{self.on.isoformat()}-{self.seed}"

    @property
    def sayings(self) -> tuple[Saying, ...]:
        return self.opening + self.closing

    def accepted(self) -> Iterator[Statement]:
        """First statements of samples, each to be accepted."""
        return (statement for each in self.tables for statement in each.statements if statement.outcome == "accepted")

    def standing(self) -> Mapping[str, Sample]:
        """Every accepted sample by its number, as it is at the end of the day."""
        reported = {statement.sample.number: statement.sample for statement in self.accepted()}
        return reported | {each.number: each for each in (self.corrected, self.monitored)}

    def answer(self, number: str) -> Answer:
        """What both nodes must say of a sample at the end of the day."""
        if number == self.withdrawn.number:
            return Answer("NOT_RECOGNISED", ("WITHDRAWN",))
        return self.standing()[number].answer

    def firms(self) -> Mapping[str, Answer]:
        """What both nodes must say of the sanctioned firm and of the recaller at the end of the day, by code."""
        recaller = self.hero.maker or Firm("")
        return {
            self.listed.code or "": Answer("RECOGNISED", ("NO_ADVERSE_FACT",)),
            recaller.code or "": Answer("CONDITIONAL", ("RECALL_OPEN",)),
        }

    def crossing(self) -> list[Sample]:
        """Failed samples that stand at the end of the day and for which somebody over the border must act."""
        failed = [each for each in self.standing().values() if each.verdict == "FAILED" and each.number != self.withdrawn.number]
        return [each for each in failed if each.addresses_other_side]

    def deliveries(self) -> int:
        """How many *delivered* receipts the day must bring: of what addresses the other side, and of what undoes something (D11)."""
        return sum(statement.sample.addresses_other_side for statement in self.accepted()) + sum(saying.told for saying in self.sayings)

    def outcomes(self) -> Mapping[str, int]:
        """How often each outcome must come, tables and sayings together."""
        said = [statement.outcome for each in self.tables for statement in each.statements]
        said += [saying.outcome for saying in self.sayings]
        return {outcome: said.count(outcome) for outcome in ("accepted", "duplicate", "refused")}


def generate(seed: int, on: dt.date) -> Day:
    """The sample day of a seed and a date. Other dates and seeds (modulo SEEDS) share no sample, firm or document with it."""
    random = Random(f"{seed % SEEDS}/{on.isoformat()}")
    founders = Founders(random, on.year)
    sichuan, chongqing = (Draw(random, side, on, seed, founders) for side in SIDES)
    hero, withdrawn = chongqing.failed(HERO), _written(chongqing, MISTAKEN)
    corrected = sichuan.failed(UNPLACED)
    monitored = sichuan.failed(replace(MONITORED, task=f"{SICHUAN.name}/{MONITORING}"))
    unplaced = replace(corrected, maker=Firm((corrected.maker or Firm("")).name))
    tables = (
        _table(random, sichuan, [(unplaced, "no_address")]),
        _table(random, chongqing, [(hero, "plain"), (withdrawn, "batch")]),
    )
    listed = founders.factory(*LISTED)
    serial = f"{on.timetuple().tm_yday}{seed % SEEDS:03}"
    imposed = sayings.sanction(listed, CHONGQING, on, f"渝市监列严字〔{on.year - 1}〕{serial}号")
    notice = f"川食召〔{on.year}〕{serial}号"
    first = [sayings.monitoring(monitored), sayings.correction(unplaced, corrected), sayings.withdrawal(withdrawn)]
    return Day(
        seed=seed,
        on=on,
        tables=tables,
        hero=hero,
        corrected=corrected,
        withdrawn=withdrawn,
        monitored=monitored,
        listed=listed,
        opening=(*first, sayings.recall(hero, notice, CONSIGNEES), imposed),
        closing=(
            sayings.lifting(imposed, f"渝市监信修字〔{on.year}〕{serial}号", on),
            sayings.recall(hero, notice, CONSIGNEES, "recall-again", "duplicate"),
            sayings.contradiction(hero),
            sayings.malformed(hero),
        ),
        unknown=sichuan.unused(),
    )


def _table(random: Random, draw: Draw, first: list[Drawn]) -> Table:
    side = draw.side
    national = f"{side.name}/{NATIONAL}"
    failed = [(_written(draw, replace(wish, task=national if place == 0 else None)), wish.dirt) for place, wish in enumerate(_FAILED)]
    passed = [(draw.passed(replace(wish, task=national if place % 7 == 0 else None)), wish.dirt) for place, wish in enumerate(_PASSED)]
    random.shuffle(failed)
    random.shuffle(passed)
    return table(random, side, first + failed, passed)


def _written(draw: Draw, wish: Wish) -> Sample:
    """A failed sample with what its dirt says of it: a batch, someone who ordered the goods, a day that cannot be."""
    sample = draw.failed(wish)
    if wish.dirt == "batch" and sample.made_on:
        return replace(sample, batch=f"{sample.made_on:%Y%m%d}{draw.random.choice('ABC')}{draw.random.randint(1, 4)}")
    if wish.dirt == "entrust":
        return draw.entrusted(sample)
    if wish.dirt == "future":
        return replace(sample, made_on=draw.on + dt.timedelta(days=draw.random.randint(3, 40)))
    if wish.dirt == "bad_number":
        return replace(sample, number=sample.number[:5] + "?" + sample.number[6:])
    return sample
