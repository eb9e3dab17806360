"""What the gateway would answer to a table, found without one (`--check`): nothing is sent, nothing is kept but some digests a sample."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

import msgspec

from chuanyu.domain.violations import Violation
from chuanyu.gateway import content
from chuanyu.gateway.envelope import Submission
from chuanyu.gateway.rules import Judged
from chuanyu.gateway.tables.sending import conflict

DIGEST = 8
"""Bytes kept of each field's digest: enough to see a difference, little enough for 100,000 samples."""


class Rehearsal:
    """Answers as the gateway does (D19), as far as one file can tell: what the rules find, repeats and contradictions.

    judge: the rules of the node for the member who hands it in. Event and case ids are null; what was said before, only the node knows.
    """

    def __init__(self, judge: Callable[[Submission], Judged]) -> None:
        self._judge = judge
        self._said: dict[str, tuple[str, bytes]] = {}

    def submit(self, events: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """One result for each event, in order."""
        return [self._answer(event) for event in events]

    def _answer(self, event: dict[str, Any]) -> dict[str, Any]:
        judged = self._judge(Submission(event["id"], event["source"], event["type"], event["data"], time=event.get("time")))
        claim = judged.claim
        if claim is None:
            return _result("refused", judged.violations, judged.warnings)
        counting = content.counting(claim.contract, claim.wire)
        said = (event["id"], b"".join(map(_digest, counting.values())))
        first, before = self._said.setdefault(claim.key, said)
        if first == event["id"]:
            return _result("accepted", (), judged.warnings)
        places = range(0, len(before), DIGEST)
        differing = [name for name, at in zip(counting, places, strict=True) if before[at : at + DIGEST] != said[1][at : at + DIGEST]]
        if not differing:
            return _result("duplicate", (), judged.warnings)
        row = first.rpartition("-")[2]
        return _result("refused", [conflict(name, "row_conflicts_here", fields=", ".join(differing), row=row) for name in differing])


def _digest(value: object) -> bytes:
    return hashlib.blake2b(msgspec.json.encode(value, order="sorted"), digest_size=DIGEST).digest()


def _result(outcome: str, violations: Sequence[Violation] = (), warnings: Sequence[Violation] = ()) -> dict[str, Any]:
    shown = {"violations": [asdict(one) for one in violations], "warnings": [asdict(one) for one in warnings]}
    return {"outcome": outcome, "event_id": None, "case_id": None, **shown}
