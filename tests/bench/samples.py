"""Spot checks as both provinces publish them: 98 in 100 passed, without items; the others failed, with two. Numbers alone differ."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from chuanyu.contracting import forms
from chuanyu.gateway import ids, rules
from chuanyu.gateway.accept import now_ms
from chuanyu.gateway.contents import Node
from chuanyu.gateway.envelope import Submission
from chuanyu.kernel import codec
from chuanyu.kernel.codec import Draft
from kit import said

FAILED_EVERY = 50
_ITEMS = [
    said.ITEM,
    {"name": "菌落总数", "result_text": "2.3×10^5CFU/g", "limit_text": "≤10^5CFU/g", "unit": "CFU/g", "verdict": "不合格"},
]


def number(n: int) -> str:
    """The sample number of the n-th."""
    return f"XBJ26510000{n:09d}"


def data(n: int) -> dict[str, Any]:
    """What a member says of the n-th sample."""
    failed = n % FAILED_EVERY == 0
    made = copy.deepcopy(said.RESULT)
    made["sampled_unit"]["party"] = {
        "name": f"红旗连锁第{n % 300}分店",
        "address": f"四川省成都市锦江区人民路{n % 300}号",
        "division": "510104",
    }
    made["labelled_producer"] |= {"name": f"渝味食品第{n % 200}厂"}
    made["product"] |= {"name": f"麻辣香肠{n % 500}号", "specification": "200g/袋"}
    made["sampling"] |= {"sample_no": number(n)}
    made |= {"verdict": "不合格" if failed else "合格", "items": _ITEMS if failed else []}
    return made


def submission(n: int) -> Submission:
    """The same as a door hands it over."""
    return said.said("spotcheck.result_reported", data(n))


def drafts(numbers: range) -> Iterator[Draft]:
    """Accepted events ready for the log, without a gateway."""
    node = Node("sichuan", said.PROVINCES, now_ms())
    for n in numbers:
        judged = rules.judge(submission(n), said.CHENGDU, node)
        assert judged.claim is not None and judged.claim.case_id is not None, judged.violations
        claim = judged.claim
        wire = {**claim.wire, "head": {**claim.wire["head"], "case_id": claim.case_id}}
        now = now_ms()
        yield codec.draft(
            forms.to_event(claim.contract, wire),
            id=ids.event_id(now, claim.mark),
            source=claim.source,
            subject=str(claim.case_id),
            time=now,
            recordedtime=now,
        )
