"""
The month's truth: who owes what by when, whether it was done, how high it was pressed, and which receipts must exist.

Written from the texts alone (domain 4.2, 4.5, 4.6, 7.3, 7.4, 7.5, 9; bones D10, D11, D25) and by asking one duty after the other: when did
it begin, when did its clock start, who answered it, what ended it. It folds nothing and calls nothing of `casework` or `spotcheck`; of the
bus it uses the rule table, the calendar and the counting of days.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from chuanyu.domain import clock_rules, clocks
from chuanyu.domain.dates import from_millis, to_millis
from chuanyu.sample.month.deeds import Corrected, Disposed, Entry, Objected, Planned, Reported, Resolved
from chuanyu.sample.month.hearing import Given, Known, asks, receipts
from chuanyu.sample.month.hours import day_at
from chuanyu.sample.month.plots import side_of
from chuanyu.sample.truth import Sample

NOTICE, START = "spotcheck_cross_province_notice", "spotcheck_disposal_start"
CONTROL, FINISH = "spotcheck_disposal_control", "spotcheck_disposal_finish"
RETEST = "spotcheck_retest_laboratory"
_STATES = ("NOT_STARTED", "STARTED", "CONTROLLED", "CAUSE_SOUGHT", "PENALTY", "RECHECKED", "FINISHED")
_ANSWERED_FROM = {START: "STARTED", CONTROL: "CONTROLLED", FINISH: "FINISHED"}
"""The state with which each step of the disposal is done; a later one has left it out with a reason, and does it too (4.6)."""

Duty = tuple[str, str, str]
"""Rule, division that owes it, and the part of the matter."""


@dataclass(frozen=True, slots=True)
class Owed:
    """One duty. starts, due: None until its clock runs · settled: when it was answered or fell, ms · level: how often it was pressed."""

    rule: str
    authority: str
    part: str
    state: str
    starts: int | None
    due: int | None
    settled: int | None
    level: int = 0

    @property
    def late(self) -> int | None:
        """The first instant at which it is late: 23:59:59 of the last day is in time (9, rule 3)."""
        return None if self.due is None else self.due + 1000


@dataclass(frozen=True, slots=True)
class Told:
    """A case as a node must have it. flagged: divisions that must act · open: whether anything is still to come (7.5)."""

    standing: str
    flagged: frozenset[str]
    owed: frozenset[Owed]
    receipts: frozenset[Given]
    open: bool


def told(heard: Known, pressed: Sequence[tuple[Duty, int]] = ()) -> Told:
    """A case from what was heard of it. pressed: which duties were said to be overdue, with the level."""
    first, given = heard.entries[0].deed, receipts(heard)
    waits = any(each.at is None and each.holds for each in given)
    if isinstance(first, Planned):
        return Told("STANDS", frozenset(division for division, _ in first.regions), frozenset(), given, waits)
    versions = [entry for entry in heard.entries if isinstance(entry.deed, Reported | Corrected)]
    fallen = _fallen(heard)
    levels = {duty: max(level for one, level in pressed if one == duty) for duty, _ in pressed}
    owed = frozenset(_duties(heard, versions, fallen, levels))
    is_open = waits or any(each.state == "OPEN" for each in owed) or (fallen is None and _disputed(heard))
    return Told(_standing(fallen), frozenset(_sample(versions[-1]).flagged), owed, given, is_open)


def _standing(fallen: Entry | None) -> str:
    if fallen is None:
        return "STANDS"
    return "OVERTURNED" if isinstance(fallen.deed, Resolved) else "WITHDRAWN"


def _disputed(heard: Known) -> bool:
    """Whether an objection has no conclusion yet: the case stays open with it (4.2)."""
    raised = sum(isinstance(entry.deed, Objected) for entry in heard.entries)
    return raised > sum(isinstance(entry.deed, Resolved) for entry in heard.entries)


def _fallen(heard: Known) -> Entry | None:
    """What took the result back: its issuer, or a re-test that overturned it (7.3)."""
    ends = (entry for entry in heard.entries if not isinstance(entry.deed, Reported | Corrected) and asks(entry))
    return next(ends, None)


def _sample(version: Entry) -> Sample:
    assert isinstance(version.deed, Reported | Corrected)
    return version.deed.sample


def demanded(sample: Sample) -> Iterator[Duty]:
    """What a result asks of whom (4.2, 4.5): the notice over the border, and the disposal of every part. 问题 alone asks nothing."""
    if sample.verdict != "FAILED":
        return
    if sample.crosses and sample.producer_province:
        yield NOTICE, sample.sampled_by, sample.producer_province
    for part, division in sample.parts:
        for rule in (START, CONTROL, FINISH):
            yield rule, division, part


def _duties(heard: Known, versions: Sequence[Entry], fallen: Entry | None, levels: dict[Duty, int]) -> Iterator[Owed]:
    """Each duty as long as the versions in force demand it; what is answered stays answered."""
    for duty in sorted({each for version in versions for each in demanded(_sample(version))}):
        asking = [duty in set(demanded(_sample(version))) for version in versions]
        begun = versions[asking.index(True)]
        ends = [later for (was, now), later in zip(pairwise(asking), versions[1:], strict=True) if was and not now]
        if duty[2] == "PRODUCTION" and (denied := next(_denials(heard, duty[1]), None)):
            ends.append(denied)
        end = min((entry for entry in (*ends, fallen) if entry is not None), key=lambda entry: entry.at, default=None)
        yield _owed(heard, duty, [one for one in versions if one.at >= begun.at], end, levels)
    for entry in heard.entries:
        if isinstance(entry.deed, Objected) and entry.deed.kind == "RETEST":
            yield _retest(heard, entry, entry.deed, fallen, levels)


def _denials(heard: Known, division: str) -> Iterator[Entry]:
    """Where the labelled maker did not make it, its part ends there (4.6)."""
    for entry in heard.entries:
        if isinstance(entry.deed, Disposed) and entry.deed.counterfeit and entry.deed.division == division:
            yield entry


def _retest(heard: Known, raised: Entry, deed: Objected, fallen: Entry | None, levels: dict[Duty, int]) -> Owed:
    """The handling authority names a laboratory (办法 32): with the objection, at the latest with what that found; without a test, none."""
    duty = RETEST, deed.division, deed.raised_on.isoformat()
    if deed.laboratory:
        return _settled(duty, raised.time, raised, "MET", levels)
    for entry in heard.entries:
        if isinstance(entry.deed, Resolved):
            tested = entry.deed.outcome in ("UPHELD", "OVERTURNED")
            return _settled(duty, raised.time, entry, "MET" if tested else "CANCELLED", levels)
    return _settled(duty, raised.time, fallen, "CANCELLED" if fallen else "OPEN", levels)


def _settled(duty: Duty, starts: int | None, by: Entry | None, state: str, levels: dict[Duty, int]) -> Owed:
    return Owed(*duty, state, starts, _due(duty[0], starts), by.answered_at if by else None, levels.get(duty, 0))


def _owed(heard: Known, duty: Duty, versions: Sequence[Entry], end: Entry | None, levels: dict[Duty, int]) -> Owed:
    """versions: from the one that began it on · end: what released whoever owes it."""
    answer = next(_answers(heard, duty, versions), None)
    if answer and end and answer[0] > end.at:
        answer = None
    until = answer[0] if answer else end.at if end else 2**62
    starts, level = _starts(heard, duty, versions, until), levels.get(duty, 0)
    state, settled = ("MET", answer[1]) if answer else ("CANCELLED", end.answered_at) if end else ("OPEN", None)
    return Owed(*duty, state, starts, _due(duty[0], starts), settled, level)


def _answers(heard: Known, duty: Duty, versions: Sequence[Entry]) -> Iterator[tuple[int, int]]:
    """(when it came, the instant that counts) of what answers a duty."""
    rule, authority, part = duty
    if rule == NOTICE:
        told = sorted(at for one in versions if one.side.other.code == part and (at := heard.received(one.name)) is not None)
        yield from ((at, at) for at in told)
        return
    for entry in heard.entries:
        deed = entry.deed
        if isinstance(deed, Disposed) and (deed.division, deed.part) == (authority, part) and _does(rule, deed):
            yield entry.at, entry.answered_at


def _does(rule: str, deed: Disposed) -> bool:
    return _STATES.index(deed.state) >= _STATES.index(_ANSWERED_FROM[rule])


def _starts(heard: Known, duty: Duty, versions: Sequence[Entry], until: int) -> int | None:
    """Where its clock starts (9): at the fact's time, at acceptance for the node's own, at the first delivery for the other's."""
    rule, authority, _ = duty
    if clock_rules.rules()[rule][0].starts == "time":
        return versions[0].time
    if side_of(authority) is versions[0].side:
        return versions[0].at
    reached = [at for one in versions if (at := heard.received(one.name)) is not None and at <= until]
    return min(reached, default=None)


def _due(rule: str, starts: int | None) -> int | None:
    if starts is None:
        return None
    row = clock_rules.rule_in_force(rule, day_at(starts))
    assert row is not None
    return to_millis(clocks.due(row, from_millis(starts)).due)
