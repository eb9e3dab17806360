"""A gateway in memory: the real rules of acceptance, and D19 over a dictionary instead of a database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from chuanyu.contracting import forms
from chuanyu.domain.violations import Violation, violation
from chuanyu.gateway import content, rules
from chuanyu.gateway.contents import Node
from chuanyu.gateway.envelope import Submission
from chuanyu.gateway.members import Member
from chuanyu.gateway.rules import Claim, Judged

DIGITS = {"sichuan": "51", "chongqing": "50"}


class PaperGateway:
    """Takes what `Submitter` sends; `kept` is what it accepted, as JSON by event id. now: ms."""

    def __init__(self, province: str, now: int) -> None:
        code = f"{DIGITS[province]}0000"
        self._member = Member(f"{province}-amr", province, code, (code,), frozenset({"spotcheck", "reference"}), "L3")
        self._node = Node(province, DIGITS, now)
        self._said: dict[tuple[str, str], tuple[str, Claim]] = {}
        self.kept: dict[str, dict[str, Any]] = {}
        self.batches: list[int] = []

    def submit(self, events: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """One result for each event, in order."""
        self.batches.append(len(events))
        return [self._result(event) for event in events]

    def judge(self, submission: Submission) -> Judged:
        """What the rules find."""
        return rules.judge(submission, self._member, self._node)

    def _result(self, event: Mapping[str, Any]) -> dict[str, Any]:
        given = {name: event[name] for name in ("id", "source", "type", "data", "specversion")}
        judged = self.judge(Submission(**given, time=event.get("time")))
        if judged.claim is None:
            return _answer("refused", judged.violations)
        event_id, first = self._said.setdefault((event["type"], judged.claim.key), (f"event-{len(self._said)}", judged.claim))
        if first is judged.claim:
            self.kept[event_id] = forms.to_json(first.contract, first.wire)
            return _answer("accepted", (), judged.warnings) | {"event_id": event_id, "case_id": first.case_id}
        if first.content == judged.claim.content:
            return _answer("duplicate", (), judged.warnings) | {"event_id": event_id, "case_id": first.case_id}
        fields = content.differing(first.contract, first.wire, judged.claim.wire)
        facts = {"fields": ", ".join(fields), "event_id": event_id, "current": event_id}
        return _answer("refused", [violation("conflicting_content", field, **facts) for field in fields]) | {"current_event_id": event_id}


def _answer(outcome: str, violations: Sequence[Violation], warnings: Sequence[Violation] = ()) -> dict[str, Any]:
    shown = {"violations": [asdict(one) for one in violations], "warnings": [asdict(one) for one in warnings]}
    return {"outcome": outcome, "event_id": None, "case_id": None, **shown}
