"""What is so on the sample day, apart from how anybody writes it down: firms, readings, samples, and what follows from them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from chuanyu.domain.divisions import acting
from chuanyu.sample.shelves import Good
from chuanyu.sample.sides import PROVINCES, Side

NATIONAL, MONITORING = "国抽", "风险监测"


@dataclass(frozen=True, slots=True)
class Firm:
    """A made-up firm. division: the narrowest one that its address tells, None when it tells none · code: its social credit code."""

    name: str
    division: str | None = None
    address: str | None = None
    code: str | None = None

    @property
    def province(self) -> str | None:
        """Its province as xx0000."""
        return self.division[:2] + "0000" if self.division else None


@dataclass(frozen=True, slots=True)
class Item:
    """One failed parameter as the table writes it, and what a careful reader gets out of it."""

    name: str
    result: str
    limit: str
    value: str | None = None
    values: tuple[str, ...] = ()
    qualifier: str = "EQ"
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a node must answer to a question: its status and reasons that must be among those given."""

    status: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One sample. verdict: PASSED, FAILED or PROBLEM · place: the part of the chain where it was taken · number: as normalised."""

    side: Side
    number: str
    verdict: str
    good: Good
    brand: str | None
    maker: Firm | None
    entruster: Firm | None = None
    shop: Firm
    place: str
    made_on: dt.date | None
    batch: str | None = None
    items: tuple[Item, ...] = ()
    task: str
    laboratory: str
    notice_no: str
    announced_on: dt.date
    remark: str | None = field(default=None, compare=False)

    @property
    def producer_province(self) -> str | None:
        return self.maker.province if self.maker else None

    @property
    def sampled_province(self) -> str:
        return self.side.code

    @property
    def crosses(self) -> bool:
        """Made in one province, sampled in another."""
        return self.place != "PRODUCTION" and self.producer_province not in (None, self.sampled_province)

    @property
    def flagged(self) -> tuple[str, ...]:
        """Divisions on the bus that must act (domain 4.5), today's successors of ended ones; a passed sample asks nobody."""
        return tuple(dict.fromkeys(code for _, code in self.parts))

    @property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """Links of the chain in which something must be done, each with the division that owes it."""
        return () if self.verdict == "PASSED" else tuple(self._parts())

    def _parts(self) -> Iterator[tuple[str, str]]:
        made_at = self.maker.division if self.maker else None
        if self.place == "PRODUCTION":
            yield "PRODUCTION", acting(made_at or self.side.code, self.announced_on.year)
            return
        if made_at and made_at[:2] + "0000" in PROVINCES:
            yield "PRODUCTION", acting(made_at, self.announced_on.year)
        yield self.place, self.sampled_by

    @property
    def sampled_by(self) -> str:
        """The division that answers for the place of sampling."""
        return acting(self.shop.division or self.side.code, self.announced_on.year)

    @property
    def addresses_other_side(self) -> bool:
        """Whether somebody over the border must act, so that the other node must say *delivered* (D11)."""
        return any(self.side.other.holds(code) for code in self.flagged)

    @property
    def answer(self) -> Answer:
        """What both nodes must answer on the day of its announcement (domain 8.2): nobody has put the laboratories on record."""
        if self.verdict == "PROBLEM":
            return Answer("NOT_RECOGNISED", ("RISK_MONITORING_SAMPLE",))
        national = NATIONAL in self.task
        codes: tuple[str, ...] = ("OBJECTION_WINDOW_OPEN",) if self.verdict == "FAILED" else ()
        codes += () if national else ("LABORATORY_NOT_ON_RECORD",)
        return Answer("CONDITIONAL", codes) if codes else Answer("RECOGNISED", ("NATIONAL_RESULT",))
