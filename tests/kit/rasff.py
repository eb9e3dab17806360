"""
RASFF, the food alert network of the European Union, on a bus of 33 nodes: an adapter, and the bus on paper.

Rows come as the public export has them (domain 12). Each becomes a recall notice, a correction of one, or a follow-up by another country;
the gateway's own rules accept or refuse it, and the real fold makes the cases. Who stands where is the table rasff_countries.csv: a member
of the network has two digits and a node, any other country a division that is on no node.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from chuanyu.casework import deadlines, receipts
from chuanyu.casework.case import NEW, Case, Confirmation
from chuanyu.casework.fold import extend, fold
from chuanyu.casework.steps import Frame
from chuanyu.casework.work import fact_of
from chuanyu.domain.dates import to_millis
from chuanyu.gateway import drafts, ids, rules
from chuanyu.gateway.contents import Node
from chuanyu.gateway.envelope import Submission
from chuanyu.gateway.members import Member
from chuanyu.kernel.codec import Draft
from chuanyu.kernel.store import Arrived
from chuanyu.recall.handlers import STEPS
from kit.cases import Talk

REFERENCE = re.compile(r"(\d{4})\.(\d{1,5})")
CLASSES = {  # domain 7.1; news would be a lead, which nobody can submit yet
    "alert notification": "ALERT",
    "information notification for follow-up": "FOLLOW_UP",
    "information notification for attention": "ATTENTION",
    "border rejection notification": "FOLLOW_UP",
    "non-compliance notification": "NON_COMPLIANCE",
}
BORDER = "border rejection notification"
LEVELS = {  # domain 5.5
    "serious": ("LEVEL_1", "SERIOUS"),
    "potentially serious": ("LEVEL_2", "HIGH"),
    "potential risk": ("LEVEL_2", "MEDIUM"),
    "not serious": ("LEVEL_3", "LOW"),
}
REGIMES = {"food": "FOOD", "food contact material": "CONSUMER_PRODUCT"}  # feed, animals and others fall under none of ours (domain 5.1)
GRADED = frozenset({"FOOD"})
WORDS = ("classification", "risk_decision", "distribution", "operator", "origin")  # kept as they were, since the map is lossy
MISSING = "RASFF does not publish it"


class Unusable(Exception):
    """The row cannot be said; the code says why."""


def _countries() -> tuple[dict[str, str], dict[str, str]]:
    with (Path(__file__).parent / "rasff_countries.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return {row["name"]: row["division"] for row in rows}, {row["node"]: row["division"][:2] for row in rows if row["node"]}


DIVISIONS, PROVINCES = _countries()
NODES = {digits: node for node, digits in PROVINCES.items()}
_WITH_COMMA = sorted((name for name in DIVISIONS if "," in name), key=len, reverse=True)


@dataclass(frozen=True, slots=True)
class Notification:
    """A row read; countries as divisions. notified: where it was distributed to · at: ms"""

    reference: str
    at: int
    notifier: str
    classification: str
    risk: str
    kind: str
    category: str
    subject: str
    hazards: tuple[str, ...]
    notified: tuple[str, ...]
    attention: tuple[str, ...]
    flagged: tuple[str, ...]
    wording: str

    @property
    def node(self) -> str | None:
        """Of the notifier, None when it is not on the bus."""
        return NODES.get(self.notifier[:2])

    def notice(self, correction_of: str | None) -> dict[str, Any]:
        """Its JSON as `recall.notice_issued`.

        RASFF flags by name; so where the goods went (流向地), which flags too, is said only where nobody is named and an answer is wanted.
        """
        regime, (level, grade) = REGIMES.get(self.kind), LEVELS.get(self.risk, ("UNGRADED", None))
        border = self.classification == BORDER
        flagged = tuple(dict.fromkeys((*self.flagged, *(f"{digits}0000" for digits in PROVINCES.values() if border))))
        return {
            "head": {
                "notice_class": CLASSES.get(self.classification),
                "flagged": [{"division": code, "role": "CONSIGNEE" if code in self.notified else "OTHER"} for code in flagged],
                "attention": list(self.attention),
                "product_domain": "FOOD" if regime == "FOOD" else "OTHER",
                "correction_of": correction_of,
            },
            "regime": regime,
            "level": level if regime in GRADED else "UNGRADED",
            "type": "INVESTIGATED",
            "status": "IMPLEMENTED" if border or self.classification.startswith("alert") else "PLANNED",
            "notice_no": self.reference,
            "title": self.subject,
            "issued_on": datetime.fromtimestamp(self.at / 1000, UTC).date().isoformat(),
            "recaller": {"name": None},
            "products": [{"product": {"name": self.subject, "category": [self.category]}, "batches": {}}],
            "hazard": "; ".join(self.hazards) or None,
            "risk": {"grade": grade, "presumed_because": f"RASFF: {self.risk}"} if grade else None,
            "consignee_divisions": [] if flagged or self.classification.endswith("attention") else list(self.notified),
            "source_wording": self.wording,
            "declared_missing": [{"field": name, "reason": MISSING} for name in ("recaller.name", "products[0].batches")],
        }

    def follow_up(self, case: str) -> dict[str, Any]:
        """What another country adds to a notification: as a follow-up, since only its issuer alters it."""
        words = f"{self.subject}; {self.wording}"
        return {"head": {"case_id": case}, "authority": {"division": self.notifier}, "outcome": "OTHER", "text": words}


def rows(path: Path) -> list[dict[str, str]]:
    """The export's rows, oldest first; the export has the newest first, also of those of one second."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        found = list(csv.DictReader(lines))
    found.reverse()
    return sorted(found, key=lambda row: row["date"].partition(".")[0])


def read(row: Mapping[str, str]) -> Notification:
    """A row as it is meant. Raises Unusable: reference_malformed, date_unreadable, class_unknown, country_unknown."""
    reference, at = REFERENCE.fullmatch(row["reference"].strip()), _instant(row["date"])
    if reference is None:
        raise Unusable("reference_malformed")
    if row["classification"].strip() not in CLASSES:
        raise Unusable("class_unknown")
    (notifier,) = countries(row["notifying_country"]) or [None]
    if notifier is None:
        raise Unusable("country_unknown")
    return Notification(
        reference=f"{reference[1]}.{reference[2]:0<4}",  # it was a number once and has lost its last noughts
        at=at,
        notifier=notifier,
        classification=row["classification"].strip(),
        risk=row["risk_decision"].strip(),
        kind=row["type"].strip(),
        category=row["category"].strip(),
        subject=row["subject"].strip(),
        hazards=tuple(filter(None, map(str.strip, row["hazards"].split(",")))),
        notified=tuple(countries(row["distribution"])),
        attention=tuple(countries(row["forAttention"])),
        flagged=tuple(countries(row["forFollowUp"])),
        wording="; ".join(f"{name}: {row[name].strip() or '-'}" for name in WORDS),
    )


def countries(cell: str) -> list[str]:
    """The divisions of a list of countries, each once; a name may hold a comma itself."""
    found = []
    rest = ",".join(part.strip() for part in cell.split(","))
    while rest:
        whole = next((name for name in _WITH_COMMA if rest.startswith(name.replace(", ", ","))), None)
        name = whole or rest.partition(",")[0]
        rest = rest[len(name.replace(", ", ",")) :].lstrip(",")
        if name and name not in DIVISIONS:
            raise Unusable("country_unknown")
        found += [DIVISIONS[name]] if name else []
    return list(dict.fromkeys(found))


def _instant(text: str) -> int:
    try:
        return to_millis(datetime.fromisoformat(text.strip()).replace(tzinfo=UTC))
    except ValueError:
        raise Unusable("date_unreadable") from None


@dataclass(frozen=True, slots=True)
class Landed:
    """What became of a row: case, correction, follow-up, repetition or refused. reason: the code of a refusal"""

    outcome: str
    case_id: str = ""
    reason: str = ""
    notification: Notification | None = None


@dataclass(slots=True)
class _Said:
    """The version of a notification that stands."""

    notification: Notification
    case_id: str
    source: str
    event_id: UUID


@dataclass(slots=True)
class Bus:
    """33 nodes on paper: each row is judged at its notifier's gateway, folded as it comes, and confirmed by every node that must.

    cases: as the first node keeps them, event by event · talk: all records, from which any other node makes its own
    """

    cases: dict[str, Case] = field(default_factory=dict)
    talk: Talk = field(default_factory=Talk)
    heard: dict[str, list[Arrived]] = field(default_factory=lambda: defaultdict(list))
    frame: Frame = field(default_factory=lambda: deadlines.frame(PROVINCES))
    _said: dict[str, _Said] = field(default_factory=dict)

    def take(self, row: Mapping[str, str]) -> Landed:
        """One row of the export, after all that are older."""
        try:
            notification = read(row)
        except Unusable as why:
            return Landed("refused", reason=str(why))
        if notification.node is None:
            return Landed("refused", reason="notifier_not_on_the_bus", notification=notification)
        before = self._said.get(notification.reference)
        if before is None:
            return self._submit(notification, "case", "recall.notice_issued", notification.notice(None), None)
        if before.notification == notification:
            return Landed("repetition", before.case_id, notification=notification)
        if before.notification.notifier != notification.notifier:
            return self._submit(notification, "follow-up", "case.follow_up_added", notification.follow_up(before.case_id), before)
        return self._submit(notification, "correction", "recall.notice_issued", notification.notice(str(before.event_id)), before)

    def elsewhere(self, arrivals: Sequence[Arrived]) -> Case:
        """A case as a node makes it that hears everything at once, in any order."""
        return fold(STEPS, self.frame, [fact_of(each) for each in arrivals])

    def _submit(self, notification: Notification, outcome: str, event: str, data: Any, before: _Said | None) -> Landed:
        node = notification.node
        assert node is not None
        member = _member(node)
        source = f"/{node}/{member.id}"
        id = f"{notification.reference}-{len(self.talk.arrivals)}"
        submission = Submission(id, source, f"chuanyu.{event}.v1", data, time=_iso(notification.at))
        judged = rules.judge(submission, member, Node(node, PROVINCES, notification.at))
        if judged.claim is None:
            return Landed("refused", reason=f"{judged.violations[0].code} {judged.violations[0].field}", notification=notification)
        if outcome == "correction":
            assert before is not None and (before.source, before.event_id) == (source, judged.claim.correction_of), "D20"
        case_id = judged.claim.case_id or (before.case_id if before else "")
        event_id = ids.event_id(notification.at, judged.claim.mark)
        draft = drafts.drafted(judged.claim, event_id, case_id, notification.at)
        if not isinstance(draft, Draft):
            return Landed("refused", reason=f"{draft[0].code} {draft[0].field}", notification=notification)
        if outcome != "follow-up":
            self._said[notification.reference] = _Said(notification, case_id, source, event_id)
        self._hear(case_id, [self.talk.relay(draft.record, notification.at)])
        return Landed(outcome, case_id, notification=notification)

    def _hear(self, case_id: str, arrivals: list[Arrived]) -> None:
        """The case with these records, and what every node says that must confirm one of them."""
        before = self.cases.get(case_id, NEW)
        self.heard[case_id] += arrivals
        facts = [fact_of(each) for each in arrivals]
        case = extend(STEPS, self.frame, before, facts) or self.elsewhere(self.heard[case_id])
        self.cases[case_id] = case
        asked = [each for node in PROVINCES for each in receipts.newly_asked(before, case, node)]
        if asked:
            self._hear(case_id, [self._confirmed(case_id, each) for each in sorted(asked, key=lambda each: each.by)])

    def _confirmed(self, case_id: str, asked: Confirmation) -> Arrived:
        receipt = receipts.delivered(case_id, asked, PROVINCES[asked.by], asked.asked + 1_000)
        return self.talk.relay(receipt.record, asked.asked + 1_000)


def _member(node: str) -> Member:
    code = f"{PROVINCES[node]}0000"
    return Member("authority", node, code, (code,), frozenset({"recall", "case"}), "L3")


def _iso(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).isoformat()


def outcomes(landed: Iterable[Landed]) -> Counter[str]:
    """How many rows ended how; refusals by their code."""
    return Counter(f"refused: {each.reason}" if each.outcome == "refused" else each.outcome for each in landed)


def figures(landed: Sequence[Landed]) -> Iterator[tuple[str, int]]:
    """What docs/rasff.md counts, in its order."""
    yield "rows", len(landed)
    yield from sorted(outcomes(landed).items())
    said = [each.notification for each in landed if each.outcome in ("case", "correction") and each.notification]
    named = [each for each in said if each.classification != BORDER and not each.classification.endswith("attention")]
    here = set(PROVINCES.values())
    yield "border rejections, which flag every node", sum(each.classification == BORDER for each in said)
    yield "notifications that ask for an answer and name nobody", sum(not each.flagged for each in named)
    yield "of these, with nothing distributed: every node is flagged", sum(not each.flagged and not each.notified for each in named)
    yield (
        "notifications for attention that flag somebody",
        sum(bool(each.flagged) and each.classification.endswith("attention") for each in said),
    )
    yield (
        "countries told of a distribution that RASFF does not flag",
        sum(len(set(each.notified) - set(each.flagged)) for each in said if each.flagged),
    )
    yield "flagged countries that are on no node", sum(code[:2] not in here for each in said for code in each.flagged)
    yield "parties both flagged and for attention", sum(len(set(each.flagged) & set(each.attention)) for each in said)
    yield "rows without a hazard", sum(not each.hazards for each in said)
