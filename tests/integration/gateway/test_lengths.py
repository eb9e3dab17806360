"""Whatever the gateway accepts is filed by every service on the real database: no text is too long for a table behind it (P4, D13)."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from chuanyu.contracting import forms
from chuanyu.contracts.registry import BY_CLASS
from chuanyu.domain.records import LONGEST_TEXT
from chuanyu.gateway.accept import BATCH, Desk, Result
from chuanyu.gateway.members import Member
from chuanyu.kernel.codec import from_record, unpack_headers
from chuanyu.kernel.envelope import Record
from chuanyu.kernel.store import Arrived, Store, faults
from chuanyu.node import services
from kit import said
from kit.cases import NOON, PROVINCES
from kit.mutations import sound
from kit.nodes import Node

EVERYWHERE = Member("sichuan-amr", "四川省市场监督管理局", "510000", ("510000", "500000"), said.FAMILIES, "L3")
LENGTHS = (LONGEST_TEXT // 3, LONGEST_TEXT, 4_000)
CHOICE = random.Random(7)
ALPHABETS = {
    "letters": "ABCDEFGHJKLMNPQRTUWXY0123456789",
    "characters": "".join(chr(0x4E00 + n) for n in range(20_000)),
    "swelling": "ﷺ㍿㌀ﬃΐ",  # one character becomes several when it is compared
    "shrinking": "ıⱥⱦᲀ",  # fewer bytes in upper case, in which numbers are compared
    "blanks": "".join(chr(0x2000 + n) for n in range(11)) + "试",
}
Path = tuple[str | int, ...]


def text(alphabet: str, length: int) -> str:
    """Nothing that a page could be compressed by."""
    return "试" + "".join(CHOICE.choices(ALPHABETS[alphabet], k=length - 1))


def leaves(value: Any, path: Path = ()) -> Iterator[Path]:
    if isinstance(value, dict):
        for name, part in value.items():
            yield from leaves(part, (*path, name))
    elif isinstance(value, list):
        yield from (way for place, part in enumerate(value) for way in leaves(part, (*path, place)))
    elif isinstance(value, str):
        yield path


def put(data: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:
    made = copy.deepcopy(data)
    holder: Any = made
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    return made


def fullest(family: str) -> tuple[str, dict[str, Any]]:
    """The type and JSON of the family's opening event with the most texts in it, as a member would submit it."""
    events = [each for each in sound({family}) if type(each).__name__ in ("ResultReported", "NoticeIssued", "SanctionImposed")]
    jsons = [(BY_CLASS[type(each)], forms.to_json(BY_CLASS[type(each)], each)) for each in events]
    contract, data = max(jsons, key=lambda one: len(list(leaves(one[1]))))
    data["head"] |= {"case_id": None, "correction_of": None, "backfilled": False}
    if authority := data.get("authority"):
        authority["member_id"] = None
    return f"{contract.family}.{contract.event}", data


def numbered(event: str, data: dict[str, Any], n: int) -> dict[str, Any]:
    """The same about something else."""
    path, number = {
        "spotcheck.result_reported": (("sampling", "sample_no"), f"XBJ26510000{n:09d}"),
        "recall.notice_issued": (("notice_no",), f"川食召〔2026〕{n}号"),
        "credit.sanction_imposed": (("decision_no",), f"川市监列〔2026〕{n}号"),
    }[event]
    return put(data, path, number)


async def submitted(desk: Desk, submissions: list[Any]) -> list[Result]:
    parts = [submissions[at : at + BATCH] for at in range(0, len(submissions), BATCH)]
    return [result for part in parts for result in await desk.submit(EVERYWHERE, part)]


def heard(store: Store) -> list[Arrived]:
    """Every record of the log as a consumer gets it."""
    with store.connect(application="test") as connection:
        rows = connection.execute("SELECT topic, case_id, headers, value FROM bus.log ORDER BY id").fetchall()
    arrivals = []
    for sequence, (topic, case, headers, value) in enumerate(rows, 1):
        record = Record(topic, case.encode(), unpack_headers(headers), value)
        event, head = from_record(record)
        arrivals.append(Arrived(replace(head, sequence=sequence, logicaltime=NOON + sequence), event, record, b"\0" * 32, 0))
    return arrivals


def file(arrivals: list[Arrived], conninfo: str, family: str) -> None:
    """Has recognition and the family's service apply them, as their bus threads do."""
    for service in services("sichuan", PROVINCES):
        if service.name in ("recognition", family):
            node = Node("sichuan", conninfo, service)  # type: ignore[arg-type]
            for at in range(0, len(arrivals), BATCH):
                with faults():
                    node.hears(arrivals[at : at + BATCH], now=NOON)
            node.connection.close()


@pytest.mark.parametrize("family", ["spotcheck", "recall", "credit"])
async def test_p4_no_accepted_text_is_too_long_for_a_table(desk: Desk, store: Store, database: str, family: str) -> None:
    event, data = fullest(family)
    paths = list(leaves(data))
    tried = [(path, text(alphabet, length)) for path in paths for alphabet in ALPHABETS for length in LENGTHS]
    source = {"source": "/sichuan/sichuan-amr"}
    results = await submitted(
        desk, [said.said(event, put(numbered(event, data, n), path, word), **source) for n, (path, word) in enumerate(tried)]
    )
    for (path, _), result in zip(tried, results, strict=True):
        assert result.outcome == "accepted" or result.violations[0].zh, path
    fitting: dict[Path, str] = {}
    for (path, word), result in zip(tried, results, strict=True):
        if result.outcome == "accepted" and len(word) > len(fitting.get(path, "")):
            fitting[path] = word
    together = data
    for path, word in fitting.items():
        together = put(together, path, word)
    (whole,) = await submitted(desk, [said.said(event, numbered(event, together, 999_999), **source)])
    assert whole.outcome == "accepted", whole.violations
    arrivals = heard(store)
    assert len(arrivals) == 1 + sum(result.outcome == "accepted" for result in results) and len(fitting) > 5
    file(arrivals, database, family)
