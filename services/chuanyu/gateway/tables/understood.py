"""The cells of one statement, each understood by its own rule; nothing is decided yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from chuanyu.domain.identifiers import Checked, check_sample_no
from chuanyu.domain.products import Category, categorise
from chuanyu.domain.regions import Located, locate
from chuanyu.domain.routing import Facts, Site, Verdict
from chuanyu.domain.violations import Violation, violation
from chuanyu.gateway.tables import announcements, fields
from chuanyu.gateway.tables.columns import Column
from chuanyu.gateway.tables.kinds import Where
from chuanyu.gateway.tables.parties import Said, said
from chuanyu.gateway.tables.production import Production, day, production
from chuanyu.gateway.tables.statements import Statement
from chuanyu.kernel.codec import LARGEST_VALUE


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What a statement says. `on` is the day by which names of divisions are looked up: of the announcement, else of the import."""

    texts: Mapping[StrEnum, str]
    passed: bool
    task_type: str
    number: Checked
    made: Production
    announced_on: dt.date | None
    on: dt.date
    maker: Said
    address: Said
    producer_at: Located
    entrusting_at: Located
    sampled_at: Located
    category: Category
    items: tuple[fields.ItemRead, ...]
    characters: int

    @property
    def verdict(self) -> Verdict:
        """By the table; what risk monitoring finds is a problem, no failure (4.1)."""
        if self.passed:
            return "PASSED"
        return "PROBLEM" if self.task_type == "MONITORING" else "FAILED"

    def facts(self, where: Where) -> Facts:
        """What routing must know of it (4.5)."""
        return Facts(
            here=where.province,
            nodes=where.provinces,
            on=where.today,
            producer=Site(self.producer_at.code, self.maker.producer),
            sampled=Site(self.sampled_at.code, self.texts.get(Column.SAMPLED)),
            entrusting=Site(self.entrusting_at.code, self.maker.entrusting),
            category=next(iter(self.category.path), None),
            verdict=self.verdict,
        )

    def violations(self) -> Iterator[Violation]:
        """All that is wrong, at once (T20)."""
        yield from self.number.refusals
        if self.made.produced_on and self.announced_on and self.made.produced_on > self.announced_on:
            yield violation("produced_after_announcement", "product.produced_on")
        if not self.passed and not self.items:
            yield violation("no_failed_item", "items")
        if self.characters > LARGEST_VALUE:
            yield violation("event_too_large", "", limit=LARGEST_VALUE)

    def warnings(self) -> Iterator[Violation]:
        """All that a reader should know; the statement stands."""
        yield from (*self.number.warnings, *self.made.warnings, *self.category.warnings)
        for item in self.items:
            yield from item.warnings
        if Column.ANNOUNCED_ON in self.texts and self.announced_on is None:
            yield violation("date_unparsed", "publication.published_on")
        if self.maker.entrusting and not self.maker.producer:
            yield violation("entrusted_party_missing", "labelled_producer.name")
        for located in (self.producer_at, self.entrusting_at, self.sampled_at):
            yield from located.warnings
        yield from fields.remark_warnings(self.texts.get(Column.REMARK))


def understand(statement: Statement, today: dt.date) -> Understood:
    """Reads every cell of a statement."""
    texts = statement.texts
    announced_on = day(texts.get(Column.ANNOUNCED_ON, ""))
    on = announced_on or today
    address = said(texts.get(Column.PRODUCER_ADDRESS))
    return Understood(
        texts=texts,
        passed=announcements.passed(statement.rows[0].head),
        task_type=fields.task_type(texts.get(Column.TASK)),
        number=check_sample_no(texts.get(Column.SAMPLE_NO, "")),
        made=production(texts.get(Column.MADE)),
        announced_on=announced_on,
        on=on,
        maker=said(texts.get(Column.PRODUCER)),
        address=address,
        producer_at=locate(address.producer, on, "labelled_producer.division"),
        entrusting_at=locate(address.entrusting, on, "entrusting_party.division"),
        sampled_at=_sampled_at(texts, on),
        category=categorise(texts.get(Column.CATEGORY)),
        items=tuple(fields.item(written, number) for number, written in enumerate(statement.items)),
        characters=sum(map(len, texts.values()))
        + sum(len(item.name + (item.result or "") + (item.limit or "")) for item in statement.items),
    )


def _sampled_at(texts: Mapping[StrEnum, str], on: dt.date) -> Located:
    """By the address; where it tells nothing, by the province column of passed tables."""
    by_address = locate(texts.get(Column.SAMPLED_ADDRESS), on, "sampled_unit.division")
    return by_address if by_address.code else locate(texts.get(Column.SAMPLED_PROVINCE), on, "sampled_unit.division")
