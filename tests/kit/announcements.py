"""Compares the report of an import with the truth that the maker of test tables wrote beside the table."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

ITEM_FIELDS = ("name", "result_text", "value", "values", "qualifier", "unit", "limit_text")
PARTIES = {
    "producer": ("labelled_producer", "name"),
    "product": ("product", "name"),
    "specification": ("product", "specification"),
    "brand": ("product", "brand"),
    "notice_no": ("publication", "notice_no"),
    "laboratory": ("lab", "name"),
    "produced_on": ("product", "produced_on"),
    "batch": ("product", "batch"),
    "announced_on": ("publication", "published_on"),
}
NODES = {"500000", "510000"}


def make(maker: Path, folder: Path, **options: object) -> tuple[Path, list[dict[str, Any]]]:
    """A table of that province, seed, dirt, rows, encoding, format, and its truth."""
    name = "-".join(str(value) for value in options.values())
    table, truth = folder / f"{name}.{options.get('format', 'csv')}", folder / f"{name}.jsonl"
    arguments = [f"--{key}={value}" for key, value in options.items()]
    subprocess.run([sys.executable, maker, *arguments, f"--out={table}", f"--truth={truth}"], check=True)
    return table, [orjson.loads(line) for line in truth.read_bytes().splitlines()]


def differences(lines: Sequence[Mapping[str, Any]], truth: Sequence[Mapping[str, Any]]) -> list[str]:
    """Everything in which a report differs from the truth; empty when it is right."""
    by_rows = {tuple(line["rows"]): line for line in lines}
    expected = [rows for sample in truth for rows in (sample["rows"], *sample["repeats"], *sample["conflicts"])]
    found = [f"rows {rows}: no line" for rows in expected if tuple(rows) not in by_rows]
    if len(lines) != len(expected):
        found.append(f"{len(lines)} lines, {len(expected)} statements")
    for sample in truth:
        if line := by_rows.get(tuple(sample["rows"])):
            found += (f"rows {sample['rows']} ({sample['dirt']}): {text}" for text in _sample(sample, line))
        found += _later(sample, by_rows)
    return found


def _sample(sample: Mapping[str, Any], line: Mapping[str, Any]) -> Iterator[str]:
    codes = [finding["code"] for finding in line["violations"]]
    yield from _unequal("sample_no", line["sample_no"], sample["sample_no"])
    yield from _unequal("outcome", line["outcome"], sample["outcome"])
    yield from _unequal("reason", codes, [sample["reason"]] if sample["reason"] else [])
    yield from _routing(sample, line["routing"])
    if event := line["event"]:
        yield from _event(sample, event)


def _routing(sample: Mapping[str, Any], routing: Mapping[str, Any]) -> Iterator[str]:
    for key in ("producer_province", "sampled_province", "cross_province"):
        yield from _unequal(key, routing[key], sample[key])
    others = {code[:2] + "0000" for code in routing["flagged"]} - {sample["sampled_province"]}
    yield from _unequal("flagged", others, {sample["flagged"]} - {None})


def _event(sample: Mapping[str, Any], event: Mapping[str, Any]) -> Iterator[str]:
    for key, (record, field) in PARTIES.items():
        yield from _unequal(key, (event[record] or {}).get(field), sample[key])
    yield from _unequal("sampled_unit", event["sampled_unit"]["party"]["name"], sample["sampled_unit"])
    yield from _unequal("category", event["product"]["category"], [sample["category"]])
    items = [{field: item[field] for field in ITEM_FIELDS} for item in event["items"]]
    yield from _unequal("items", items, [{field: item[field] for field in ITEM_FIELDS} for item in sample["items"]])


def _later(sample: Mapping[str, Any], by_rows: Mapping[tuple[int, ...], Mapping[str, Any]]) -> Iterator[str]:
    first = by_rows.get(tuple(sample["rows"]), {})
    for kind, outcome, codes in (("repeats", "duplicate", []), ("conflicts", "refused", ["conflicting_content"])):
        for rows in sample[kind]:
            line = by_rows.get(tuple(rows), {})
            yield from _unequal(f"rows {rows} ({kind}) outcome", line.get("outcome"), outcome)
            yield from _unequal(
                f"rows {rows} ({kind}) codes", list(dict.fromkeys(finding["code"] for finding in line.get("violations", []))), codes
            )
            if kind == "repeats":
                yield from _unequal(f"rows {rows} event id", line.get("event_id"), first.get("event_id"))


def _unequal(what: str, is_: object, should_be: object) -> Iterator[str]:
    if is_ != should_be:
        yield f"{what} is {is_!r}, should be {should_be!r}"
