"""An event as people and programs write it (plain JSON) and as it travels (wire values): both ways, by its contract."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec

from chuanyu.contracting import readers, writers
from chuanyu.contracts.registry import CONTRACTS, Contract
from chuanyu.domain.violations import Violation


def from_json(contract: Contract, data: object) -> tuple[dict[str, Any], list[Violation]]:
    """The wire values of an event's JSON, defaults filled in, and everything that is wrong with it, each with the path of its field.

    Enum values as symbol or Chinese term; days ISO, instants ISO 8601 (Asia/Shanghai if no offset); L3 as plain text; decimals as text.
    `head` may be left out and `head.case_id` is "" when it is not given: the node sets it. The values are whole only without violations.
    """
    found: list[Violation] = []
    wire = _reader(contract.id)(data, "", found)
    return wire or {}, found


def to_json(contract: Contract, event: Mapping[str, Any] | msgspec.Struct) -> dict[str, Any]:
    """The JSON of wire values or of a struct: the schema's names, days ISO, instants in UTC, L3 as text (null where it is sealed)."""
    wire = msgspec.to_builtins(event, builtin_types=(bytes,)) if isinstance(event, msgspec.Struct) else event
    data: dict[str, Any] = _writer(contract.id)(wire)
    return data


def to_event(contract: Contract, wire: Mapping[str, Any]) -> Any:
    """The struct of wire values in which `from_json` found nothing wrong."""
    return msgspec.convert(wire, contract.cls, builtin_types=(bytes,))


def template(contract: Contract) -> dict[str, Any]:
    """JSON to fill in: every field that a member may give. What is not needed is left out; marks in ‹› and choices a|b are replaced."""
    data: dict[str, Any] = writers.template(contract.schema)
    return data


@cache
def _reader(id: int) -> readers.Read:
    return readers.compiled(CONTRACTS[id].schema)


@cache
def _writer(id: int) -> writers.Write:
    return writers.compiled(CONTRACTS[id].schema)
