"""Whether the bus did what the day's truth demands: pure, one named check each, so that a lie in any answer turns one of them over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from chuanyu.casework.case import Case, Obliged, Receipt, pack
from chuanyu.casework.case import Standing as CaseStanding
from chuanyu.domain.divisions import acting
from chuanyu.embedded.demo import Check
from chuanyu.sample.day import Day
from chuanyu.sample.heard import Answered, Delivered, Heard, Outcome
from chuanyu.sample.sides import SIDES, Side
from chuanyu.sample.tables import Statement
from chuanyu.sample.truth import Answer, Sample

NOTICE = "spotcheck_cross_province_notice"


def checks(day: Day, heard: Heard) -> tuple[Check, ...]:
    """All checks of a day, in the order of its story."""
    return tuple(Check(f"{zh} · {en}", ok) for rule in _RULES for zh, en, ok in rule(day, heard))


def meets(expected: Answer, given: Answered | None) -> bool:
    """Whether a node's answer is the one that the truth demands; more reasons may stand beside those demanded."""
    return given is not None and given.status == expected.status and given.codes >= set(expected.codes)


def proves(day: Day, heard: Heard, number: str, given: Answered | None) -> bool:
    """Whether a node's answer rests on the event that states the sample now, and names its place and digest."""
    sample = day.standing()[number]
    event_id = _current(day, heard, sample)
    found = [one for one in given.evidence if one.event_id == event_id] if given else []
    return any(one.topic == f"{sample.side.node}.spotcheck" and one.sequence > 0 and len(one.digest) >= 64 for one in found)


def has(case: Case | None, sample: Sample) -> bool:
    """Whether a case of a sample that crosses the border is open, flags whom it must, and has all its *delivered* receipts."""
    if case is None or case.standing is not CaseStanding.STANDS or not case.open:
        return False
    flags = {flag.division for flag in case.flagged}
    delivered = [one.at is not None for one in case.confirmations if one.kind is Receipt.DELIVERED]
    return flags == set(sample.flagged) and bool(delivered) and all(delivered)


Found = Iterator[tuple[str, str, bool]]


def _tables(day: Day, heard: Heard) -> Found:
    for table in day.tables:
        given = [(statement, outcome) for statement, outcome in heard.statements if statement.sample.side is table.side]
        complete = [statement for statement, _ in given] == list(table.statements)
        fine = complete and not heard.strays and all(_ended(statement, outcome, heard) for statement, outcome in given)
        count, name = len(table.statements), table.side.node.capitalize()
        yield f"{table.side.name}公告{count}条，逐条与真值一致", f"{name}'s table: all {count} statements ended as they must", fine


def _ended(statement: Statement, outcome: Outcome, heard: Heard) -> bool:
    if statement.outcome == "accepted" and heard.played_before:
        return outcome.word in ("accepted", "duplicate")
    return outcome.word == statement.outcome and (statement.code is None or statement.code in outcome.codes)


def _repeats(day: Day, heard: Heard) -> Found:
    again = [(statement.sample.number, outcome) for statement, outcome in heard.statements if statement.outcome == "duplicate"]
    fine = all(outcome.event_id == heard.first(number).event_id for number, outcome in again)
    recalls = [heard.sayings.get(name) for name in ("recall", "recall-again")]
    fine = fine and bool(again) and None not in recalls and len({one.event_id for one in recalls if one}) == 1
    yield f"重复报送{len(again) + 1}次，均返回首次的事件编号", f"{len(again) + 1} repetitions got the event id of the first", fine


def _sayings(day: Day, heard: Heard) -> Found:
    for saying in day.sayings:
        outcome = heard.sayings.get(saying.name)
        words = {saying.outcome} | ({"duplicate"} if heard.played_before and saying.outcome == "accepted" else set())
        fine = outcome is not None and outcome.word in words and outcome.codes >= saying.codes
        yield f"{_WORDS[saying.outcome]}：{saying.zh}", f"{saying.outcome}: {saying.en}", fine


_WORDS = {"accepted": "受理", "duplicate": "重复", "refused": "拒收"}


def _answers(day: Day, heard: Heard) -> Found:
    numbers = list(day.standing())
    for side in SIDES:
        given = heard.answers.get(side.node, {})
        fine = all(meets(day.answer(number), given.get(number)) for number in numbers)
        yield f"{side.name}节点答复{len(numbers)}件样品的互认", f"{side.node} answers for all {len(numbers)} samples as it must", fine


def _evidence(day: Day, heard: Heard) -> Found:
    """The accepted event itself stands in the evidence, on its owner's topic; of a corrected sample the correction."""
    for side in SIDES:
        given = heard.answers.get(side.node, {})
        fine = all(proves(day, heard, number, given.get(number)) for number in day.standing())
        yield f"{side.name}节点的每个答复都有据可查", f"every answer of {side.node} names its event, topic and digest", fine


def _current(day: Day, heard: Heard, sample: Sample) -> str | None:
    saying = {day.corrected.number: "correction", day.monitored.number: "monitoring"}.get(sample.number)
    outcome = heard.sayings.get(saying) if saying else heard.first(sample.number)
    return outcome.event_id if outcome else None


def _undone(day: Day, heard: Heard) -> Found:
    withdrawn = [heard.answers.get(side.node, {}).get(day.withdrawn.number) for side in SIDES]
    fine = all(meets(day.answer(day.withdrawn.number), given) for given in withdrawn)
    yield f"已撤回的{day.withdrawn.number}两地均不予互认", "the withdrawn result counts nowhere", fine
    unknown = [heard.unknown.get(side.node) for side in SIDES]
    fine = all(meets(Answer("UNKNOWN", ("NOT_FOUND",)), given) for given in unknown)
    yield f"从未报送的{day.unknown}两地均答“未找到记录”", "of a number that nobody reported both nodes say that they do not know", fine


def _border(day: Day, heard: Heard) -> Found:
    crossing = day.crossing()
    cases = [(heard.cases.get(side.node, {}).get(case_of(heard, each.number)), each) for side in SIDES for each in crossing]
    fine = bool(crossing) and all(has(case, sample) for case, sample in cases)
    yield (
        f"跨省{len(crossing)}件在两地均立案，须处置机关无误",
        f"{len(crossing)} cases over the border are open at both nodes, rightly flagged",
        fine,
    )
    fine = all(case is not None and _told(case) for case, sample in cases)
    yield "送达即履行跨省通报义务", "with the delivery the duty to tell the other province is met", fine
    wanted, got = day.deliveries(), min(len(heard.delivered(side.node)) for side in SIDES)
    yield f"应有已送达回执{wanted}份，两地各见{got}份", f"{wanted} delivered receipts due, {got} seen at each node", got == wanted
    where = acting((day.corrected.maker.division if day.corrected.maker else None) or "", day.on.year)
    case = heard.cases.get(day.corrected.side.node, {}).get(case_of(heard, day.corrected.number))
    fine = case is not None and where in {flag.division for flag in case.flagged}
    yield f"更正后改派{where}处置", f"the correction moved the duty to {where}", fine


def _told(case: Case) -> bool:
    """Notices are owed only where the sample was taken at home and made over the border."""
    return {each.state for each in case.obligations if each.rule == NOTICE} == {Obliged.MET}


def due(day: Day, heard: Heard, side: Side) -> set[str]:
    """Cases of the samples about which an authority of a side must act, by the truth; without the corrected one, which was acted upon."""
    return {case_of(heard, each.number) for each in _asking(day) if any(map(side.holds, each.flagged))}


def _asking(day: Day) -> list[Sample]:
    return [sample for number, sample in day.standing().items() if number != day.corrected.number]


def flagged(inboxes: Mapping[str, Sequence[Delivered]]) -> set[str]:
    """Cases of samples about which a member was told to act."""
    return {one.case_id for found in inboxes.values() for one in found if one.why == "FLAGGED" and "/spotcheck/" in one.case_id}


def _inboxes(day: Day, heard: Heard) -> Found:
    own = {case_of(heard, each.number) for each in _asking(day)}
    for side in SIDES:
        wanted, found = due(day, heard, side), heard.inboxes.get(side.node, {})
        ids = [one.id for several in found.values() for one in several]
        fine = bool(wanted) and flagged(found) & own == wanted and len(set(ids)) == len(ids)
        yield (
            f"{side.name}须处置的{len(wanted)}件都在收件箱",
            f"{len(wanted)} samples wait in the inboxes of {side.node} to be acted upon",
            fine,
        )


def _alike(day: Day, heard: Heard) -> Found:
    one, other = (heard.cases.get(side.node, {}) for side in SIDES)
    fine = bool(one) and one.keys() == other.keys() and all(pack(case) == pack(other[name]) for name, case in one.items())
    yield f"两地{len(one)}份案卷逐字节一致", f"{len(one)} case files are equal at both nodes, byte for byte", fine


def _credit(day: Day, heard: Heard) -> Found:
    sanction = heard.sayings.get("sanction")
    case = sanction.case_id if sanction else None
    if sanction is None or sanction.word == "accepted":
        fine = all(_listed(heard, side, case) for side in SIDES)
        yield "解除前：两地均见惩戒及其措施", "before the lifting both nodes show the sanction and its measures", fine
    after = [heard.listed_after.get(side.node) for side in SIDES]
    fine = all(one is not None and not one.sanctions and not one.measures for one in after)
    yield "解除后：两地均不再可见", "after the lifting no view shows it", fine
    given = [(expected, heard.firms.get(side.node, {}).get(code)) for side in SIDES for code, expected in day.firms().items()]
    fine = all(meets(expected, answered) for expected, answered in given)
    yield "问企业：已修复者无不良记录，召回者附条件", "asked about firms: the repaired one is clean, the recaller conditional", fine
    recall = heard.sayings.get("recall")
    fine = recall is not None and all(
        recall.case_id in (heard.recaller[side.node].recalls if side.node in heard.recaller else ()) for side in SIDES
    )
    yield "两地均见召回进行中", "both nodes show the recall open", fine


def _listed(heard: Heard, side: Side, case: str | None) -> bool:
    seen = heard.listed_before.get(side.node)
    return seen is not None and seen.sanctions == (case,) and len(seen.measures) > 1


def case_of(heard: Heard, number: str) -> str:
    """The case of a sample."""
    monitored = heard.sayings.get("monitoring")
    if monitored and (monitored.case_id or "").endswith(number):
        return monitored.case_id or ""
    return heard.first(number).case_id or ""


_RULES: tuple[Callable[[Day, Heard], Found], ...] = (
    _tables,
    _repeats,
    _sayings,
    _answers,
    _evidence,
    _undone,
    _border,
    _inboxes,
    _alike,
    _credit,
)
