"""
What becomes of claims in one transaction: said for the first time, said before, or contradicting what was said (D19, D20).

Whoever adds a (type, key, correction_of) first has said it; everybody else is compared with him. The unique constraint decides between
transactions, so racing submissions need no lock of ours. Claims that refer to other events come after those that do not, so that an
event may refer to one of its own batch by key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from uuid import UUID

import msgspec

from chuanyu.domain.records import OPENINGS
from chuanyu.domain.violations import Violation, violation
from chuanyu.gateway import chains, content, ids, joining, keys, queries, rules
from chuanyu.gateway.chains import WITHDRAWN, Versions
from chuanyu.gateway.drafts import drafted
from chuanyu.gateway.joining import Opening
from chuanyu.gateway.keys import Joined
from chuanyu.gateway.members import Member
from chuanyu.gateway.queries import Key, Stated
from chuanyu.gateway.rules import Claim, Judged
from chuanyu.kernel import codec
from chuanyu.kernel.codec import Draft
from chuanyu.kernel.store import Connection, log

_REPORTED = "chuanyu.spotcheck.result_reported.v1"
_OPENINGS = sorted(f"chuanyu.{event}.v1" for event in OPENINGS)


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one claim. event_id and case_id of the statement that stands for it; current: the version to correct, if refused."""

    outcome: str
    event_id: UUID | None = None
    case_id: str | None = None
    violations: tuple[Violation, ...] = ()
    warnings: tuple[Violation, ...] = ()
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
    """The claims of one transaction. now: ms, their recordedtime."""

    connection: Connection
    now: int
    results: dict[int, Settled] = field(default_factory=dict)

    def settle(self, judged: Sequence[Judged]) -> list[Settled]:
        """One result each, in order; the refused ones stay refused. Rows are added, the log is not touched."""
        for place, one in enumerate(judged):
            if one.claim is None:
                self.results[place] = Settled("refused", violations=one.violations)
        fit = [(place, one, one.claim) for place, one in enumerate(judged) if one.claim is not None]
        self._take([part for part in fit if part[2].case_id is not None], {}, {})
        for run in _runs([part for part in fit if part[2].case_id is None]):
            claims = [claim for _, _, claim in run]
            self._take(run, *self._looked_up(claims), self._opened(claims))
        return [self.results[place] for place in range(len(judged))]

    def _looked_up(self, claims: Sequence[Claim]) -> tuple[dict[UUID, Stated], Versions]:
        named = [claim.correction_of for claim in claims] + [claim.original.event_id for claim in claims if claim.original]
        named += [claim.joins.event_id for claim in claims if claim.joins]
        events = queries.by_event(self.connection, [one for one in named if one])
        wanted = [(row.type, row.key) for row in events.values()] + [(claim.contract.type, claim.key) for claim in claims]
        wanted += [(claim.original.type, claim.original.key) for claim in claims if claim.original and claim.original.key]
        wanted += [(_REPORTED, claim.joins.sample) for claim in claims if claim.joins and claim.joins.sample]
        versions = queries.versions(self.connection, wanted)
        undoable = {(claim.contract.type, claim.key) for claim in claims if claim.correction_of or claim.again}
        undone = [key for said in undoable for key in chains.withdrawals(versions.get(said, ()))]
        return events, versions | (queries.versions(self.connection, undone) if undone else {})

    def _opened(self, claims: Sequence[Claim]) -> dict[str, Stated]:
        """What opened the cases that these claims name, where it was said here."""
        named = {claim.named for claim in claims if claim.joins and claim.named}
        return queries.openings(self.connection, sorted(named), _OPENINGS) if named else {}

    def _take(
        self,
        parts: Iterable[tuple[int, Judged, Claim]],
        events: Mapping[UUID, Stated],
        versions: Versions,
        opened: Mapping[str, Stated] = MappingProxyType({}),
    ) -> None:
        said: dict[int, _Said] = {}
        for place, judged, claim in parts:
            case = claim.case_id or _case(claim, judged.member, events, versions, opened)
            if isinstance(case, Settled):
                self.results[place] = case
                continue
            one = self._said(judged, claim, case, versions)
            if isinstance(one, Settled):
                self.results[place] = one
            else:
                said[place] = one
        self._add(said)

    def _said(self, judged: Judged, claim: Claim, case: str, versions: Versions) -> _Said | Settled:
        event = f"{claim.contract.family}.{claim.contract.event}"
        refusals = rules.permitted(judged.member, event, keys.family_of(case))
        if claim.case_id is None:
            refusals += rules.placed(judged.submission, claim, case)
        if refusals:
            return Settled("refused", violations=refusals)
        event_id = ids.event_id(self.now, claim.mark)
        replaces, anew = claim.correction_of, False
        if claim.again and replaces is None and (standing := versions.get((claim.contract.type, claim.key))):
            replaces, anew = chains.rival(claim.mark, claim.content, standing, versions)
        row = Stated(claim.contract.type, claim.key, replaces, event_id, claim.source, case, claim.content, anew)
        draft = drafted(claim, event_id, case, self.now)
        return _Said(judged, claim, row, draft) if isinstance(draft, Draft) else Settled("refused", violations=draft)

    def _add(self, said: Mapping[int, _Said]) -> None:
        first: dict[Key, _Said] = {}
        for one in said.values():
            first.setdefault(_key(one.row), one)
        made = queries.add(self.connection, [one.row for one in first.values()]) if first else set()
        older = self._older([one for key, one in first.items() if key not in made])
        for place, one in said.items():
            key = _key(one.row)
            winner = first[key]
            if one is winner and key in made:
                self.results[place] = Settled("accepted", one.row.event_id, one.row.case_id, draft=one.draft)
            elif key in made:
                self.results[place] = _repeated(one.claim, winner.row, winner.claim.wire, [winner.row], {})
            else:
                self.results[place] = _repeated(one.claim, *older[key])

    def _older(self, losers: Sequence[_Said]) -> dict[Key, tuple[Stated, Mapping[str, Any], Sequence[Stated], Versions]]:
        """What stood there before: its row, its data, all versions of its key, and their withdrawals."""
        if not losers:
            return {}
        versions = queries.versions(self.connection, [(one.row.type, one.row.key) for one in losers])
        undone = queries.versions(self.connection, [key for several in versions.values() for key in chains.withdrawals(several)])
        rows = {_key(row): row for several in versions.values() for row in several}
        stood = {_key(one.row): rows[_key(one.row)] for one in losers}
        values = log.values(self.connection, [row.event_id for row in stood.values()])
        return {key: (row, _wire(codec.decode(values[row.event_id])), versions[(row.type, row.key)], undone) for key, row in stood.items()}


def _runs(parts: Sequence[tuple[int, Judged, Claim]]) -> list[list[tuple[int, Judged, Claim]]]:
    """Cut where a withdrawal ends a life in which something later of the same batch may begin another."""
    runs: list[list[tuple[int, Judged, Claim]]] = []
    for part in parts:
        if not runs or (part[2].again and any(one.contract.type == WITHDRAWN for _, _, one in runs[-1])):
            runs.append([])
        runs[-1].append(part)
    return runs


def _case(claim: Claim, member: Member, events: Mapping[UUID, Stated], versions: Versions, opened: Mapping[str, Stated]) -> str | Settled:
    """The case of a claim that refers to other events or to a case, or why it may not."""
    if claim.joins and claim.correction_of is None:
        opening = opened.get(claim.named) if claim.named else _opening(claim.joins, events, versions)
        stated = Opening(opening.case_id, opening.source) if opening else None
        case = joining.case_of(claim.joins, claim.named, claim.source, member, stated)
        return _refused(case) if isinstance(case, Violation) else case
    target = _corrected(claim, events, versions) if claim.correction_of else _original(claim, events, versions)
    if isinstance(target, Settled):
        return target
    if target.source != claim.source:
        return _refused(violation("not_the_issuer", "source", source=target.source))
    return target.case_id


def _opening(joins: Joined, events: Mapping[UUID, Stated], versions: Versions) -> Stated | None:
    """What opened the case of a sample or an event, where it was said here."""
    if joins.event_id is None:
        return next(iter(versions.get((_REPORTED, joins.sample), ())), None)
    target = events.get(joins.event_id)
    return target if target and keys.family_of(target.case_id) == joins.family else None


def _corrected(claim: Claim, events: Mapping[UUID, Stated], versions: Versions) -> Stated | Settled:
    where, target = "head.correction_of", events.get(claim.correction_of) if claim.correction_of else None
    standing = versions.get((claim.contract.type, claim.key))
    if target is None:
        if standing is None:
            return _refused(violation("original_unknown", where, event_id=claim.correction_of))
        current = chains.current(standing)
        return _refused(violation("not_current_version", where, current=current.event_id), current=current.event_id)
    if (target.type, target.key) != (claim.contract.type, claim.key):
        return _refused(violation("correction_changes_key", where, event_id=target.event_id))
    rows = versions[target.type, target.key]
    undone = chains.life_of(target.event_id, rows, versions).withdrawal
    if undone and all(row.anew or row.correction_of != claim.correction_of for row in rows):
        return _refused(violation("original_withdrawn", where, event_id=undone))
    return target


def _original(claim: Claim, events: Mapping[UUID, Stated], versions: Versions) -> Stated | Settled:
    original = claim.original
    assert original is not None
    if original.event_id is None:
        standing = versions.get((original.type, original.key))
        return chains.current(standing) if standing else _refused(violation("original_missing", ""))
    target = events.get(original.event_id)
    if target is None:
        return _refused(violation("original_unknown", original.field, event_id=original.event_id))
    if target.type == WITHDRAWN:
        return _refused(violation("withdrawal_final", original.field))
    last = chains.life_of(target.event_id, versions[(target.type, target.key)], {}).rows[-1]
    if last.event_id != target.event_id:
        return _refused(violation("not_current_version", original.field, current=last.event_id), current=last.event_id)
    return target


def _repeated(claim: Claim, before: Stated, wire: Mapping[str, Any], rows: Sequence[Stated], withdrawals: Versions) -> Settled:
    """Said again, or said otherwise. The digests spare the comparison; where they differ, the fields decide."""
    fields = [] if before.content == claim.content else content.differing(claim.contract, wire, claim.wire)
    undone = chains.life_of(before.event_id, rows, withdrawals).withdrawal
    if not fields:
        return Settled("duplicate", before.event_id, before.case_id, warnings=_withdrawn(claim, undone))
    current = chains.current(rows)
    if claim.correction_of is not None:
        return _refused(violation("not_current_version", "head.correction_of", current=current.event_id), current=current.event_id)
    if undone:
        return _refused(violation("withdrawn_for_good", "", event_id=undone))
    found = [
        violation("conflicting_content", name, fields=", ".join(fields), event_id=before.event_id, current=current.event_id)
        for name in fields
    ]
    return _refused(*found, current=current.event_id)


def _withdrawn(claim: Claim, undone: UUID | None) -> tuple[Violation, ...]:
    """A repetition is a success, yet nothing stands after it: nobody should take the one for the other."""
    code = "withdrawn_before" if claim.again else "withdrawn_for_good"
    return (violation(code, "", event_id=undone),) if undone else ()


def _refused(*violations: Violation, current: UUID | None = None) -> Settled:
    return Settled("refused", violations=violations, current=current)


def _wire(event: msgspec.Struct) -> dict[str, Any]:
    wire: dict[str, Any] = msgspec.to_builtins(event, builtin_types=(bytes,))
    return wire


def _key(row: Stated) -> Key:
    return row.type, row.key, row.correction_of
