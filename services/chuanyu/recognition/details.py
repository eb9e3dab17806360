"""
What answers show of an event, as it is kept beside its keys.

Nothing here is above L2: no contact, no phone, no person's full name (the contracts let a natural person be written as 张某某 only).
"""

from __future__ import annotations

import msgspec


class Party(msgspec.Struct, frozen=True, omit_defaults=True):
    """A party as answers show it. person: SOLE_TRADER or NATURAL_PERSON, whose name and code are L2; else empty."""

    name: str
    key: str
    uscc: str | None = None
    division: str | None = None
    person: str = ""


class Product(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was sampled or is recalled."""

    name: str
    category: tuple[str, ...] = ()
    brand: str | None = None
    specification: str | None = None
    batch: str | None = None
    produced_on: int | None = None
    barcode: str | None = None


class Laboratory(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who tested it, as the result says."""

    name: str | None = None
    cma_no: str | None = None
    cnas_no: str | None = None


class Item(msgspec.Struct, frozen=True, omit_defaults=True):
    """One tested parameter, as written."""

    name: str
    result_text: str | None = None
    limit_text: str | None = None
    unit: str | None = None
    verdict: str = ""
    method: str | None = None


class Result(msgspec.Struct, frozen=True, omit_defaults=True, tag="RESULT"):
    """A spot check's result. Days since 1970."""

    sample_no: str
    verdict: str
    task_type: str
    task_level: str
    notice_class: str
    product_domain: str
    producer: Party | None
    place: Party
    product: Product
    place_type: str = ""
    campaign: str | None = None
    taken_on: int | None = None
    laboratory: Laboratory | None = None
    report_no: str | None = None
    issued_on: int | None = None
    published_on: int | None = None
    items: tuple[Item, ...] = ()
    cross_province: bool = False
    flagged: tuple[str, ...] = ()


class Recall(msgspec.Struct, frozen=True, omit_defaults=True, tag="RECALL"):
    """A recall notice."""

    regime: str
    level: str
    status: str
    recaller: Party
    products: tuple[Product, ...]
    defect: str | None = None
    starts_on: int | None = None
    notice_url: str | None = None
    sample_ref: str | None = None


class Sanction(msgspec.Struct, frozen=True, omit_defaults=True, tag="SANCTION"):
    """A listing or restriction. until: the last day."""

    list: str
    severity: str
    decision_no: str
    authority: str
    subject: Party
    grounds: str | None = None
    measures: tuple[str, ...] = ()
    effective_from: int | None = None
    until: int | None = None


class Licence(msgspec.Struct, frozen=True, omit_defaults=True, tag="LABORATORY"):
    """A laboratory's licence from a day on. valid_from, valid_to: first and last day · scope: (parameter, standard or null for any)."""

    name: str
    cma_no: str
    status: str
    valid_from: int
    valid_to: int | None = None
    cnas_no: str | None = None
    scope: tuple[tuple[str, str | None], ...] = ()


class Certificate(msgspec.Struct, frozen=True, omit_defaults=True, tag="CERTIFICATE"):
    """A certificate from a day on. products: names without blanks, empty for all of the holder's."""

    kind: str
    number: str
    body: str
    holder: Party
    status: str
    valid_from: int
    valid_to: int | None = None
    products: tuple[str, ...] = ()


Qualification = Licence | Certificate
Detail = Result | Recall | Sanction | Licence | Certificate
DECODER = msgspec.json.Decoder(Detail)
"""Reads a kept detail; raises msgspec.ValidationError for bytes that none of these wrote."""

encode = msgspec.json.Encoder().encode
