"""When a case is over, and when it is to be closed by silence (逾期未复). Pure; sources: domain 7.5, D8, D10."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from chuanyu.casework import lapses
from chuanyu.casework.case import Case, Fact, Obligation, Standing
from chuanyu.casework.steps import Frame
from chuanyu.domain.dates import midnight

SILENCE = "case_silence"


def derived(frame: Frame, case: Case, fact: Fact, *, word: bool) -> Case:
    """The case after a turn, with what follows from it about its end. word: somebody said something; receipts and lapses are none."""
    heard = max(case.heard, fact.recordedtime) if word else case.heard
    over = None if case.open else case.over or fact.recordedtime
    silent = _silent(frame, case, heard)
    if (heard, over, silent) == (case.heard, case.over, case.silent):
        return case
    return replace(case, heard=heard, over=over, silent=silent)


def unanswered(case: Case) -> Obligation | None:
    """What was asked last of what is open: its cause is the request that nobody answered."""
    return max(_duties(case), key=lambda each: (each.opened, each.id), default=None)


def kept_since(case: Case, about: Any) -> Iterator[tuple[str, int]]:
    """Rules by which something of a case is kept, each with the instant from which it counts, ms. about: what opened it, if it is known."""
    sampled = getattr(getattr(about, "sampling", None), "taken_on", None)
    if sampled is not None:
        yield "spotcheck_record_retention", midnight(sampled)
    if case.over is not None:
        yield "case_archive", case.over


def _silent(frame: Frame, case: Case, heard: int) -> int | None:
    """When it is closed by silence, ms: so long after the last word, and not before all that is open is late.

    None for what was lifted or has ended, where somebody was never reached, and while a duty repeats: its matter goes on.
    """
    duties = _duties(case)
    if case.standing is not Standing.STANDS or not duties or any(each.due is None or lapses.repeats(each) for each in duties):
        return None
    deadline = frame.deadline(SILENCE, heard)
    return None if deadline is None else max(deadline.due + 1_000, *(lapses.late_from(each) or 0 for each in duties))


def _duties(case: Case) -> list[Obligation]:
    return [each for each in case.obligations if each.open and lapses.is_duty(each)]
