"""What becomes of a failed sample: one life a plot, as entries with the instants at which people sit down and type them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from chuanyu.sample.month.deeds import Corrected, Deed, Disposed, Entry, Objected, Reported, Resolved, TakenBack
from chuanyu.sample.month.hours import DAY, MINUTE, day_at, next_office
from chuanyu.sample.month.travel import Link
from chuanyu.sample.sides import CHONGQING, SICHUAN, Side
from chuanyu.sample.truth import Firm, Sample

PROMPT, LATE = {"start": (0, 4), "control": (2, 12), "finish": (8, 25)}, {"start": (6, 17), "control": (9, 14), "finish": (8, 25)}
"""How many days after the step before a division takes the next one: in time, or too late for the first two."""
_RUNG = {"start": "STARTED", "control": "CONTROLLED", "finish": "FINISHED"}
_NEVER = 2**62

Pace = dict[str, tuple[int, int]]


def side_of(division: str) -> Side:
    """The side in which a division lies."""
    return SICHUAN if SICHUAN.holds(division) else CHONGQING


@dataclass(slots=True)
class Life:
    """One failed sample from its report on. at: when it is entered, ms · of: where the corrected sample is made, for plots that move it"""

    random: Random
    link: Link
    sample: Sample
    at: int
    of: Firm | None = None
    entries: list[Entry] = field(default_factory=list)

    def tell(self, plot: str) -> list[Entry]:
        """The entries of a plot, in order of time."""
        PLOTS[plot](self)
        return sorted(self.entries, key=lambda entry: entry.at)

    def enter(self, side: Side, at: int, deed: Deed, *, time: int | None = None, backfilled: bool = False) -> Entry:
        """One more entry; most are typed some minutes after what they tell."""
        name = f"{self.sample.number}-{len(self.entries)}"
        when = at - self.random.randrange(2, 50) * MINUTE if time is None else time
        self.entries.append(Entry(name=name, side=side, at=at, time=when, deed=deed, backfilled=backfilled))
        return self.entries[-1]

    def report(self, sample: Sample | None = None) -> Entry:
        """The result as it is first said."""
        return self.enter(self.sample.side, self.at, Reported(sample or self.sample))

    def heard(self, division: str, entry: Entry) -> int:
        """When the node of a division hears an entry."""
        return self.link.heard(side_of(division), entry.side, entry.at)

    def later(self, after: int, days: tuple[int, int]) -> int:
        """An office instant so many days later."""
        return next_office(self.random, after, self.random.randint(*days))

    def dispose(self, part: str, division: str, since: int, pace: Pace, until: Callable[[str], int] = lambda _: _NEVER) -> None:
        """Step by step, until the division hears that there is nothing to do."""
        at = since
        for step, days in pace.items():
            at = self.later(at, days)
            if at >= until(division):
                return
            self.step(part, division, at, _RUNG[step])

    def step(self, part: str, division: str, at: int, state: str, *, time: int | None = None, counterfeit: bool = False) -> None:
        """One state reached; with the start the party got the conclusion. time: when it was reached, if it is entered late."""
        served = day_at(at if time is None else time) if state == "STARTED" else None
        deed = Disposed(sample=self.sample, part=part, division=division, state=state, served_on=served, counterfeit=counterfeit)
        self.enter(side_of(division), at, deed, time=time, backfilled=time is not None)

    def dispose_all(self, entry: Entry, sample: Sample, pace: Pace, until: Callable[[str], int] = lambda _: _NEVER) -> None:
        """Every part of a sample, each by its division from when that hears of it."""
        for part, division in sample.parts:
            self.dispose(part, division, self.heard(division, entry), pace, until)


def _prompt(life: Life) -> None:
    life.dispose_all(life.report(), life.sample, PROMPT)


def _late(life: Life) -> None:
    life.dispose_all(life.report(), life.sample, LATE)


def _silent(life: Life) -> None:
    """Nobody does anything: it climbs as high as it can."""
    life.report()


def _skips(life: Life) -> None:
    """The first thing that is heard is that the goods are under control, or that all is done."""
    reported = life.report()
    for part, division in life.sample.parts:
        pace = life.random.choice(({"control": (1, 4)}, {"finish": (3, 15)}, {"start": (0, 3), "finish": (5, 15)}))
        life.dispose(part, division, life.heard(division, reported), pace)


def _entered_late(life: Life) -> None:
    """The start was in time, its entry comes when it seems too late."""
    reported = life.report()
    for part, division in life.sample.parts:
        since = life.heard(division, reported)
        started = life.later(since, (1, 3))
        life.step(part, division, life.later(since, (7, 9)), "STARTED", time=started)


def _backfilled(life: Life) -> None:
    """Found while the sender's own system was down, entered days afterwards."""
    found = life.at
    life.enter(life.sample.side, entered := life.later(found, (2, 5)), Reported(life.sample), time=found, backfilled=True)
    assert entered > found
    life.dispose_all(life.entries[0], life.sample, PROMPT)


def _mistaken(life: Life) -> None:
    reported = life.report()
    back = life.enter(life.sample.side, life.later(life.at, (2, 9)), TakenBack(life.sample, reported.name))
    life.dispose_all(reported, life.sample, PROMPT, lambda division: life.heard(division, back))


def _moves(life: Life) -> None:
    """Somebody finds out where the maker really sits; `of` is that place. Whoever was asked in vain is released."""
    before, after = life.sample, replace(life.sample, maker=life.of)
    reported = life.report(before)
    corrected = life.enter(before.side, life.later(life.at, (1, 6)), Corrected(after, reported.name))
    dropped, kept = set(before.parts) - set(after.parts), set(before.parts) & set(after.parts)
    for part, division in before.parts:
        until = life.heard(division, corrected) if (part, division) in dropped else _NEVER
        life.dispose(part, division, life.heard(division, reported), PROMPT, lambda _, until=until: until)  # type: ignore[misc]
    for part, division in after.parts:
        if (part, division) not in kept:
            life.dispose(part, division, life.heard(division, corrected), PROMPT)


def _counterfeit(life: Life) -> None:
    """The labelled maker never made it: its part ends, the search goes on elsewhere."""
    reported = life.report()
    for part, division in life.sample.parts:
        since = life.heard(division, reported)
        if part != "PRODUCTION":
            life.dispose(part, division, since, PROMPT)
            continue
        started = life.later(since, (1, 3))
        life.step(part, division, started, "STARTED")
        life.step(part, division, life.later(started, (3, 10)), "CAUSE_SOUGHT", counterfeit=True)


def _disputed(outcome: str) -> Callable[[Life], None]:
    def plot(life: Life) -> None:
        reported = life.report()
        part, division = life.sample.parts[0]
        started = life.later(life.heard(division, reported), (0, 3))
        life.step(part, division, started, "STARTED")
        resolved = _dispute(life, division, started, outcome)
        until = (lambda each: life.heard(each, resolved)) if outcome == "OVERTURNED" else (lambda _: _NEVER)
        life.dispose(part, division, started, {step: PROMPT[step] for step in ("control", "finish")}, until)
        for other, owing in life.sample.parts[1:]:
            life.dispose(other, owing, life.heard(owing, reported), PROMPT, until)

    return plot


def _dispute(life: Life, division: str, served: int, outcome: str) -> Entry:
    """Filed by the division that served the conclusion, and decided by it; half of the re-tests name their laboratory at once, the others
    with the conclusion. Microbes are not tested again."""
    microbes = any(item.qualifier == "LIST" or "菌" in item.name for item in life.sample.items)
    kind = "AUTHENTICITY" if microbes else "RETEST"
    side = side_of(division)
    laboratory = next(one for one in side.laboratories if one != life.sample.laboratory) if kind == "RETEST" else None
    raised = life.later(served, (1, 6))
    about = {"sample": life.sample, "kind": kind, "division": division, "raised_on": day_at(raised)}
    named = laboratory if life.random.random() < 0.5 else None
    life.enter(side, raised, Objected(**about, laboratory=named))  # type: ignore[arg-type]
    ended = life.later(raised, (2, 11))
    deed = Resolved(**about, laboratory=laboratory, resolved_on=day_at(ended), outcome=outcome)  # type: ignore[arg-type]
    return life.enter(side, ended, deed)


PLOTS: dict[str, Callable[[Life], None]] = {
    "prompt": _prompt,
    "late": _late,
    "silent": _silent,
    "skips": _skips,
    "entered_late": _entered_late,
    "backfilled": _backfilled,
    "mistaken": _mistaken,
    "moves": _moves,
    "counterfeit": _counterfeit,
    "upheld": _disputed("UPHELD"),
    "objection_withdrawn": _disputed("WITHDRAWN"),
    "overturned": _disputed("OVERTURNED"),
    "not_accepted": _disputed("NOT_ACCEPTED"),
}

SHARES = {
    "prompt": 34, "late": 14, "silent": 6, "skips": 8, "entered_late": 5, "backfilled": 5, "mistaken": 4, "moves": 7, "counterfeit": 2,
    "upheld": 6, "objection_withdrawn": 3, "overturned": 4, "not_accepted": 2,
}  # fmt: skip
"""Of a hundred failed samples so many live by each plot."""


def deal(random: Random, count: int) -> list[str]:
    """So many plots in the shares above, shuffled; of a few samples the first plots that a share reaches."""
    whole = [plot for plot, share in SHARES.items() for _ in range(share)]
    return list(_shuffled(random, whole, count))


def _shuffled(random: Random, deck: Sequence[str], count: int) -> Iterator[str]:
    while count > 0:
        hand = random.sample(deck, len(deck))
        yield from hand[:count]
        count -= len(hand)


HORIZON = 60 * DAY
"""Nothing of a life comes later than this after its report; what is left undone then stays open."""
