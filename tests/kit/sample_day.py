"""What a bus that does everything right would say of a sample day, without a bus: for tests that then bend one answer."""

from __future__ import annotations

from uuid import UUID, uuid5

from chuanyu.casework.case import Case, Confirmation, Flag, Obligation, Obliged, Receipt
from chuanyu.casework.case import Standing as CaseStanding
from chuanyu.sample.checks import NOTICE, due
from chuanyu.sample.day import Day
from chuanyu.sample.heard import Answered, Delivered, Evidence, Heard, Outcome, Standing
from chuanyu.sample.sayings import RESULT, Saying
from chuanyu.sample.sides import SIDES, Side
from chuanyu.sample.truth import Answer, Sample

NOON = 1_795_000_000_000


def event_id(word: str) -> str:
    """An event id that a test can foretell."""
    return str(uuid5(UUID(int=0), word))


def perfect(day: Day) -> Heard:
    """Every statement ended, every question answered as the truth demands."""
    heard = Heard()
    for table in day.tables:
        for statement in table.statements:
            heard.statements.append((statement, _outcome(statement.outcome, statement.code, statement.sample.number, table.side)))
    for saying in day.sayings:
        heard.sayings[saying.name] = _said(day, saying)
    for side in SIDES:
        heard.answers[side.node] = {number: _answered(day, heard, number) for number in day.standing()}
        heard.unknown[side.node] = _reasoned(Answer("UNKNOWN", ("NOT_FOUND",)))
        sanction, recall = heard.sayings["sanction"].case_id or "", heard.sayings["recall"].case_id or ""
        heard.listed_before[side.node] = Standing((sanction,), ("licence_weight", "no_honours"))
        heard.listed_after[side.node] = Standing()
        heard.recaller[side.node] = Standing(recalls=(recall,))
        heard.firms[side.node] = {code: _reasoned(answer) for code, answer in day.firms().items()}
        heard.cases[side.node] = _cases(day, heard)
        waiting = [Delivered(f"{side.node} {case_id}", "FLAGGED", case_id) for case_id in sorted(due(day, heard, side))]
        heard.inboxes[side.node] = {side.member: waiting}
    return heard


def _outcome(word: str, code: str | None, number: str, side: Side) -> Outcome:
    if word == "refused":
        return Outcome(word, violations=((code or "", "field", "中文", "English"),))
    return Outcome(word, event_id(number), f"{side.node}/spotcheck/{number}")


def _said(day: Day, saying: Saying) -> Outcome:
    if saying.outcome == "refused":
        return Outcome("refused", violations=tuple((code, "field", "中文", "English") for code in saying.codes))
    number = saying.refers or (day.monitored.number if saying.type == RESULT else None)
    name = "recall" if saying.name == "recall-again" else saying.name
    case = f"{saying.side.node}/spotcheck/{number}" if number else f"{saying.side.node}/{'recall' if name == 'recall' else 'credit'}/1"
    return Outcome(saying.outcome, event_id(name), case)


def _answered(day: Day, heard: Heard, number: str) -> Answered:
    sample = day.standing()[number]
    said = {day.corrected.number: "correction", day.monitored.number: "monitoring"}.get(number, number)
    proof = Evidence(event_id(said), f"{sample.side.node}.spotcheck", 7, "ab" * 33)
    return _reasoned(day.answer(number), proof)


def _reasoned(answer: Answer, *evidence: Evidence) -> Answered:
    return Answered(answer.status, tuple((code, "中文", "English") for code in answer.codes), evidence)


def _cases(day: Day, heard: Heard) -> dict[str, Case]:
    cases = {f"{sample.side.node}/spotcheck/{sample.number}": _case(day, sample) for sample in day.standing().values()}
    for name in ("recall", "sanction"):
        told = ("sanction", "lifting") if name == "sanction" else ("recall",)
        cases[heard.sayings[name].case_id or ""] = Case(standing=CaseStanding.STANDS, confirmations=tuple(map(_delivered, told)))
    return cases


def _case(day: Day, sample: Sample) -> Case:
    told = [sample.number] if sample.addresses_other_side else []
    if sample.number == day.withdrawn.number:
        return Case(standing=CaseStanding.WITHDRAWN, confirmations=tuple(map(_delivered, [*told, "withdrawal"])))
    return Case(
        standing=CaseStanding.STANDS,
        flagged=tuple(Flag(code, "PRODUCTION") for code in sample.flagged),
        confirmations=tuple(map(_delivered, told)),
        obligations=(_obligation(NOTICE, Obliged.MET), _obligation("spotcheck_disposal_start", Obliged.OPEN)) if told else (),
    )


def _delivered(word: str) -> Confirmation:
    return Confirmation(UUID(event_id(word)).bytes, Receipt.DELIVERED, "sichuan", NOON, NOON + 300, b"r" * 16)


def _obligation(rule: str, state: Obliged) -> Obligation:
    return Obligation(
        id=b"o" * 16, rule=rule, version=1, authority="511502", part="PRODUCTION", node="sichuan", cause=b"c" * 16, clock="time",
        opened=NOON, backfilled=False, starts=NOON, due=NOON + 86_400_000, state=state,
    )  # fmt: skip
