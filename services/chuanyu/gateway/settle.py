"""
What becomes of claims in one transaction: said for the first time, said before, or contradicting what was said (D19, D20).

Whoever adds a (type, key, correction_of) first has said it; everybody else is compared with him. The unique constraint decides between
transactions, so racing submissions need no lock of ours. Claims that refer to other events come after those that do not, so that an
event may refer to one of its own batch by key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec

from chuanyu.contracting import forms
from chuanyu.domain.violations import Violation, violation
from chuanyu.gateway import content, keys, queries, rules
from chuanyu.gateway.queries import Stated
from chuanyu.gateway.rules import Claim, Judged
from chuanyu.kernel import codec
from chuanyu.kernel.codec import LARGEST_VALUE, Draft
from chuanyu.kernel.faults import RecordTooLarge
from chuanyu.kernel.store import Connection, log

Key = tuple[str, str, UUID | None]
_WITHDRAWN = "chuanyu.case.withdrawn.v1"


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one claim. event_id and case_id of the statement that stands for it; current: the version to correct, if refused."""

    outcome: str
    event_id: UUID | None = None
    case_id: str | None = None
    violations: tuple[Violation, ...] = ()
    current: UUID | None = None
    draft: Draft | None = None


@dataclass(slots=True)
class _Said:
    """A claim with the row and the record that it would become."""

    judged: Judged
    claim: Claim
    row: Stated
    draft: Draft


@dataclass(slots=True)
class Settlement:
    """The claims of one transaction. new_id: a fresh event id; now: ms, their recordedtime."""

    connection: Connection
    new_id: Callable[[], UUID]
    now: int
    results: dict[int, Settled] = field(default_factory=dict)

    def settle(self, judged: Sequence[Judged]) -> list[Settled]:
        """One result each, in order; the refused ones stay refused. Rows are added, the log is not touched."""
        for place, one in enumerate(judged):
            if one.claim is None:
                self.results[place] = Settled("refused", violations=one.violations)
        fit = [(place, one, one.claim) for place, one in enumerate(judged) if one.claim is not None]
        self._take([part for part in fit if part[2].case_id is not None], {}, {})
        referring = [part for part in fit if part[2].case_id is None]
        if referring:
            self._take(referring, *self._looked_up([claim for _, _, claim in referring]))
        return [self.results[place] for place in range(len(judged))]

    def _looked_up(self, claims: Sequence[Claim]) -> tuple[dict[UUID, Stated], dict[tuple[str, str], list[Stated]]]:
        named = [claim.correction_of for claim in claims] + [claim.original.event_id for claim in claims if claim.original]
        events = queries.by_event(self.connection, [one for one in named if one])
        wanted = [(row.type, row.key) for row in events.values()] + [(claim.contract.type, claim.key) for claim in claims]
        wanted += [(claim.original.type, claim.original.key) for claim in claims if claim.original and claim.original.key]
        versions = queries.versions(self.connection, wanted)
        corrected = {(claim.contract.type, claim.key) for claim in claims if claim.correction_of}
        undone = [(_WITHDRAWN, str(row.event_id)) for key in corrected for row in versions.get(key, ())]
        return events, versions | (queries.versions(self.connection, undone) if undone else {})

    def _take(
        self,
        parts: Iterable[tuple[int, Judged, Claim]],
        events: Mapping[UUID, Stated],
        versions: Mapping[tuple[str, str], list[Stated]],
    ) -> None:
        said: dict[int, _Said] = {}
        for place, judged, claim in parts:
            case = claim.case_id or _case(claim, events, versions)
            if isinstance(case, Settled):
                self.results[place] = case
                continue
            one = self._said(judged, claim, case)
            if isinstance(one, Settled):
                self.results[place] = one
            else:
                said[place] = one
        self._add(said)

    def _said(self, judged: Judged, claim: Claim, case: str) -> _Said | Settled:
        event = f"{claim.contract.family}.{claim.contract.event}"
        refusals = rules.permitted(judged.member, event, keys.family_of(case))
        if claim.case_id is None:
            refusals += rules.placed(judged.submission, claim, case)
        if refusals:
            return Settled("refused", violations=refusals)
        event_id = self.new_id()
        row = Stated(claim.contract.type, claim.key, claim.correction_of, event_id, claim.source, case, claim.content)
        try:
            return _Said(judged, claim, row, _draft(claim, event_id, case, self.now))
        except RecordTooLarge:
            return Settled("refused", violations=(violation("event_too_large", "", limit=LARGEST_VALUE),))

    def _add(self, said: Mapping[int, _Said]) -> None:
        first: dict[Key, _Said] = {}
        for one in said.values():
            first.setdefault(_key(one.row), one)
        made = queries.add(self.connection, [one.row for one in first.values()]) if first else set()
        older = self._older([one for one in first.values() if one.row.event_id not in made])
        for place, one in said.items():
            winner = first[_key(one.row)]
            if one is winner and one.row.event_id in made:
                self.results[place] = Settled("accepted", one.row.event_id, one.row.case_id, draft=one.draft)
            elif winner.row.event_id in made:
                self.results[place] = _repeated(one.claim, winner.row, winner.claim.wire, [winner.row])
            else:
                self.results[place] = _repeated(one.claim, *older[_key(one.row)])

    def _older(self, losers: Sequence[_Said]) -> dict[Key, tuple[Stated, Mapping[str, Any], list[Stated]]]:
        """What stood there before: its row, its data, and all versions of its key."""
        if not losers:
            return {}
        versions = queries.versions(self.connection, [(one.row.type, one.row.key) for one in losers])
        rows = {_key(row): row for several in versions.values() for row in several}
        stood = {_key(one.row): rows[_key(one.row)] for one in losers}
        values = log.values(self.connection, [row.event_id for row in stood.values()])
        return {key: (row, _wire(codec.decode(values[row.event_id])), versions[(row.type, row.key)]) for key, row in stood.items()}


def _case(claim: Claim, events: Mapping[UUID, Stated], versions: Mapping[tuple[str, str], list[Stated]]) -> str | Settled:
    """The case of a claim that refers to other events, or why it may not."""
    target = _corrected(claim, events, versions) if claim.correction_of else _original(claim, events, versions)
    if isinstance(target, Settled):
        return target
    if target.source != claim.source:
        return _refused(violation("not_the_issuer", "source", source=target.source))
    return target.case_id


def _corrected(claim: Claim, events: Mapping[UUID, Stated], versions: Mapping[tuple[str, str], list[Stated]]) -> Stated | Settled:
    where, target = "head.correction_of", events.get(claim.correction_of) if claim.correction_of else None
    standing = versions.get((claim.contract.type, claim.key))
    if target is None:
        if standing is None:
            return _refused(violation("original_unknown", where, event_id=claim.correction_of))
        current = _current(standing)
        return _refused(violation("not_current_version", where, current=current.event_id), current=current.event_id)
    if (target.type, target.key) != (claim.contract.type, claim.key):
        return _refused(violation("correction_changes_key", where, event_id=target.event_id))
    rows = versions[target.type, target.key]
    undone = next((said[0] for row in rows if (said := versions.get((_WITHDRAWN, str(row.event_id))))), None)
    if undone and all(row.correction_of != claim.correction_of for row in rows):
        return _refused(violation("original_withdrawn", where, event_id=undone.event_id))
    return target


def _original(claim: Claim, events: Mapping[UUID, Stated], versions: Mapping[tuple[str, str], list[Stated]]) -> Stated | Settled:
    original = claim.original
    assert original is not None
    if original.event_id is None:
        standing = versions.get((original.type, original.key))
        return _current(standing) if standing else _refused(violation("original_missing", ""))
    target = events.get(original.event_id)
    if target is None:
        return _refused(violation("original_unknown", original.field, event_id=original.event_id))
    current = _current(versions[(target.type, target.key)])
    if current.event_id != target.event_id:
        return _refused(violation("not_current_version", original.field, current=current.event_id), current=current.event_id)
    return target


def _current(versions: Sequence[Stated]) -> Stated:
    """The version that no other one corrects; one chain, because each version is corrected once."""
    corrected = {row.correction_of for row in versions}
    return next(row for row in versions if row.event_id not in corrected)


def _repeated(claim: Claim, before: Stated, wire: Mapping[str, Any], versions: Sequence[Stated]) -> Settled:
    """Said again, or said otherwise. The digests spare the comparison; where they differ, the fields decide."""
    fields = [] if before.content == claim.content else content.differing(claim.contract, wire, claim.wire)
    if not fields:
        return Settled("duplicate", before.event_id, before.case_id)
    current = _current(versions)
    if claim.correction_of is not None:
        return _refused(violation("not_current_version", "head.correction_of", current=current.event_id), current=current.event_id)
    found = [
        violation("conflicting_content", name, fields=", ".join(fields), event_id=before.event_id, current=current.event_id)
        for name in fields
    ]
    return _refused(*found, current=current.event_id)


def _refused(*violations: Violation, current: UUID | None = None) -> Settled:
    return Settled("refused", violations=violations, current=current)


def _draft(claim: Claim, event_id: UUID, case: str, now: int) -> Draft:
    wire = {**claim.wire, "head": {**claim.wire["head"], "case_id": case}}
    extras = claim.extras
    return codec.draft(
        forms.to_event(claim.contract, wire),
        id=event_id,
        source=claim.source,
        subject=case,
        time=now if extras.time is None else extras.time,
        recordedtime=now,
        correlationid=extras.correlationid,
        causationid=extras.causationid,
        traceparent=extras.traceparent,
        member_signature=extras.member_signature,
    )


def _wire(event: msgspec.Struct) -> dict[str, Any]:
    wire: dict[str, Any] = msgspec.to_builtins(event, builtin_types=(bytes,))
    return wire


def _key(row: Stated) -> Key:
    return row.type, row.key, row.correction_of
