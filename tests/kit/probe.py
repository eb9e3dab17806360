"""A contract that only tests know: every shape that an event may have, so that the kernel is tested without any family's events."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Annotated, Any
from unittest.mock import patch

import msgspec
from hypothesis import strategies as st

from chuanyu.contracts import registry
from chuanyu.contracts.registry import Contract
from chuanyu.kernel import codec
from chuanyu.kernel.codec import Head

ID, OLD_ID = 60_002, 60_001
LONG = {"min_value": -(2**63), "max_value": 2**63 - 1}


class Kind(StrEnum):
    UNKNOWN = "UNKNOWN"
    FOOD = "FOOD"
    DRUG = "DRUG"


class Part(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    amount: str | None = None
    kind: Kind = Kind.UNKNOWN


class Probe(msgspec.Struct, frozen=True, kw_only=True):
    case_id: Annotated[str, msgspec.Meta(max_length=200)]
    kind: Kind
    count: int
    day: Annotated[int, msgspec.Meta(ge=-(2**31), le=2**31 - 1)]
    at: int
    sure: bool
    secret: bytes | None = None
    parts: tuple[Part, ...] = ()
    words: tuple[str, ...] = ()
    leader: Part | None = None
    added: str | None = None


def schema(*, with_added: bool = True) -> dict[str, Any]:
    """The probe's Avro schema; its first version lacks the field `added`."""
    kind = {"type": "enum", "name": "Kind", "symbols": [k.value for k in Kind], "default": "UNKNOWN"}
    part = {
        "type": "record",
        "name": "Part",
        "fields": [
            {"name": "name", "type": "string"},
            {"name": "amount", "type": ["null", "string"], "default": None},
            {"name": "kind", "type": "Kind", "default": "UNKNOWN"},
        ],
    }
    fields: list[dict[str, Any]] = [
        {"name": "case_id", "type": "string"},
        {"name": "kind", "type": kind},
        {"name": "count", "type": "long"},
        {"name": "day", "type": {"type": "int", "logicalType": "date"}},
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "sure", "type": "boolean"},
        {"name": "secret", "type": ["null", "bytes"], "default": None, "chuanyu.class": "L3"},
        {"name": "parts", "type": {"type": "array", "items": part}, "default": []},
        {"name": "words", "type": {"type": "array", "items": "string"}, "default": []},
        {"name": "leader", "type": ["null", "Part"], "default": None},
        {"name": "added", "type": ["null", "string"], "default": None},
    ]
    return {"type": "record", "name": "Probe", "namespace": "chuanyu.probe", "fields": fields if with_added else fields[:-1]}


def _contract(schema_id: int, version: int, shape: dict[str, Any]) -> Contract:
    return Contract(
        id=schema_id,
        family="probe",
        event="probed",
        version=version,
        type="chuanyu.probe.probed.v1",
        dataschema=f"urn:chuanyu:probe:probed:{version}",
        record="chuanyu.probe.Probe",
        schema=shape,
        cls=Probe,
        data_class="L3",
    )


OLD, NEW = _contract(OLD_ID, 1, schema(with_added=False)), _contract(ID, 2, schema())


@contextmanager
def known() -> Iterator[None]:
    """While it lasts the probe's two versions are in the registry."""
    with patch.dict(registry.CONTRACTS, {OLD_ID: OLD, ID: NEW}), patch.dict(registry.BY_CLASS, {Probe: NEW}):
        codec._by_dataschema.cache_clear()
        yield
    codec._by_dataschema.cache_clear()


text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
parts = st.builds(Part, name=text, amount=st.none() | text, kind=st.sampled_from(Kind))
probes = st.builds(
    Probe,
    case_id=text,
    kind=st.sampled_from(Kind),
    count=st.integers(**LONG),
    day=st.integers(-(2**31), 2**31 - 1),
    at=st.integers(**LONG),
    sure=st.booleans(),
    secret=st.none() | st.binary(max_size=40),
    parts=st.lists(parts, max_size=4).map(tuple),
    words=st.lists(text, max_size=4).map(tuple),
    leader=st.none() | parts,
    added=st.none() | text,
)
instants = st.integers(-62_135_596_800_000, 253_402_300_799_999)  # years 1 to 9999
counts = st.none() | st.integers(1, 2**63 - 1)
word = st.from_regex(r"[A-Za-z0-9._-]{1,64}", fullmatch=True)
heads = st.builds(
    Head,
    id=st.uuids(),
    source=word.map("/sichuan/{}".format),
    type=st.just(NEW.type),
    subject=word.map("chongqing/spotcheck/{}".format),
    time=instants,
    dataschema=st.just(NEW.dataschema),
    recordedtime=instants,
    sequence=counts,
    logicaltime=counts,
    correlationid=st.none() | word,
    causationid=st.none() | st.uuids().map(str),
    dataclassification=st.just(NEW.data_class),
    traceparent=st.none() | st.from_regex(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}", fullmatch=True),
    member_signature=st.none() | st.binary(min_size=1, max_size=80),
    seal=st.none() | st.from_regex(r"[A-Za-z0-9_-]{1,100}", fullmatch=True),
)
