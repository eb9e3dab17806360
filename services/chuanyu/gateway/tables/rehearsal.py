"""What the gateway would answer to a table, found without one (`--check`): nothing is sent, nothing is kept but some digests a sample."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import msgspec

from chuanyu.contracting import forms
from chuanyu.contracts.registry import BY_TYPE
from chuanyu.domain.violations import Violation, violation
from chuanyu.gateway import content

DIGEST = 8
"""Bytes kept of each field's digest: enough to see a difference, little enough for 100,000 samples."""


class Rehearsal:
    """Answers as the gateway does (D19), as far as one file can tell: whether the data fit their schema, repeats and contradictions.

    Event and case ids are null. What was said in earlier files, and what the member may say, only the gateway knows.
    """

    def __init__(self) -> None:
        self._said: dict[str, tuple[str, bytes]] = {}

    def submit(self, events: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """One result for each event, in order."""
        return [self._answer(event) for event in events]

    def _answer(self, event: dict[str, Any]) -> dict[str, Any]:
        contract = BY_TYPE[event["type"]]
        wire, violations = forms.from_json(contract, event["data"])
        if violations:
            return _result("refused", violations)
        counting = content.counting(contract, wire)
        said = (event["id"], b"".join(map(_digest, counting.values())))
        first, before = self._said.setdefault(wire["sampling"]["sample_no"], said)
        if first == event["id"]:
            return _result("accepted")
        places = range(0, len(before), DIGEST)
        differing = [name for name, at in zip(counting, places, strict=True) if before[at : at + DIGEST] != said[1][at : at + DIGEST]]
        if not differing:
            return _result("duplicate")
        return _result(
            "refused",
            [violation("conflicting_content", name, fields=", ".join(differing), event_id=first, current=first) for name in differing],
        )


def _digest(value: object) -> bytes:
    return hashlib.blake2b(msgspec.json.encode(value, order="sorted"), digest_size=DIGEST).digest()


def _result(outcome: str, violations: Sequence[Violation] = ()) -> dict[str, Any]:
    found = [asdict(one) for one in violations]
    return {"outcome": outcome, "event_id": None, "case_id": None, "violations": found, "warnings": []}
