"""The checks of the sample day pass what is right and turn over for every lie: a checker that cannot fail says nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from io import StringIO

import pytest
from msgspec.structs import replace as bent
from rich.console import Console

from chuanyu.casework.case import Case, Obliged
from chuanyu.sample.checks import case_of, checks
from chuanyu.sample.day import Day, generate
from chuanyu.sample.heard import Answered, Heard, Outcome, Standing
from chuanyu.sample.story import told
from kit.sample_day import perfect

DAY = generate(1, dt.date(2026, 11, 24))
NODE, OTHER = "sichuan", "chongqing"
Lie = Callable[[Day, Heard], None]


def failing(heard: Heard) -> list[str]:
    return [check.name for check in checks(DAY, heard) if not check.ok]


def test_a_bus_that_does_everything_right_passes() -> None:
    assert failing(perfect(DAY)) == []


def test_the_same_day_again_on_the_same_bus_passes() -> None:
    heard = perfect(DAY)
    heard.statements = [(one, replace(outcome, word=again(outcome.word))) for one, outcome in heard.statements]
    heard.sayings = {name: replace(outcome, word=again(outcome.word)) for name, outcome in heard.sayings.items()}
    heard.listed_before = {node: Standing() for node in heard.listed_before}
    assert failing(heard) == []


def again(word: str) -> str:
    return "duplicate" if word == "accepted" else word


def hero_case(heard: Heard, node: str, change: Callable[[Case], Case]) -> None:
    case_id = case_of(heard, DAY.hero.number)
    heard.cases[node][case_id] = change(heard.cases[node][case_id])


def in_both(change: Callable[[Case], Case]) -> Lie:
    def lie(_: Day, heard: Heard) -> None:
        for node in (NODE, OTHER):
            hero_case(heard, node, change)

    return lie


def a_statement_refused(_: Day, heard: Heard) -> None:
    place = next(n for n, (one, _) in enumerate(heard.statements) if one.sample.number == DAY.hero.number)
    heard.statements[place] = (heard.statements[place][0], replace(heard.statements[place][1], word="refused"))


def a_statement_without_answer(_: Day, heard: Heard) -> None:
    del heard.statements[5]


def rows_of_nobody(_: Day, heard: Heard) -> None:
    heard.strays.append(Outcome("accepted", "x", "y"))


def a_refusal_for_another_reason(_: Day, heard: Heard) -> None:
    place = next(n for n, (one, _) in enumerate(heard.statements) if one.code == "conflicting_content")
    heard.statements[place] = (heard.statements[place][0], Outcome("refused", violations=(("other", "", "", ""),)))


def a_repetition_with_an_id_of_its_own(_: Day, heard: Heard) -> None:
    place = next(n for n, (one, _) in enumerate(heard.statements) if one.outcome == "duplicate")
    heard.statements[place] = (heard.statements[place][0], replace(heard.statements[place][1], event_id="new"))


def a_contradiction_accepted(_: Day, heard: Heard) -> None:
    heard.sayings["contradiction"] = Outcome("accepted", "x", "y")


def one_fault_unsaid(_: Day, heard: Heard) -> None:
    heard.sayings["malformed"] = replace(heard.sayings["malformed"], violations=heard.sayings["malformed"].violations[1:])


def a_verdict_not_counted(_: Day, heard: Heard) -> None:
    heard.answers[NODE][DAY.hero.number] = replace(heard.answers[NODE][DAY.hero.number], status="UNKNOWN")


def an_answer_about_another_event(_: Day, heard: Heard) -> None:
    heard.answers[OTHER][DAY.hero.number] = replace(heard.answers[OTHER][DAY.hero.number], evidence=())


def the_withdrawn_still_counts(_: Day, heard: Heard) -> None:
    heard.answers[NODE][DAY.withdrawn.number] = replace(heard.answers[NODE][DAY.withdrawn.number], status="CONDITIONAL")


def the_unknown_recognised(_: Day, heard: Heard) -> None:
    heard.unknown[NODE] = Answered("RECOGNISED", (("VALID_RESULT", "", ""),))


def a_sanction_that_one_side_never_saw(_: Day, heard: Heard) -> None:
    heard.listed_before[NODE] = Standing()


def a_sanction_that_outlives_its_lifting(_: Day, heard: Heard) -> None:
    heard.listed_after[NODE] = heard.listed_before[NODE]


def a_recall_closed(_: Day, heard: Heard) -> None:
    heard.recaller[OTHER] = Standing()


def a_firm_still_suspected(_: Day, heard: Heard) -> None:
    heard.firms[NODE][DAY.listed.code or ""] = Answered("CONDITIONAL", (("SANCTION_IN_FORCE", "", ""),))


def one_node_with_another_case(_: Day, heard: Heard) -> None:
    hero_case(heard, NODE, lambda case: bent(case, stage="ELSE"))


def nobody_told_of_one(_: Day, heard: Heard) -> None:
    next(iter(heard.inboxes[NODE].values())).pop()


def one_told_twice(_: Day, heard: Heard) -> None:
    inbox = next(iter(heard.inboxes[NODE].values()))
    inbox.append(inbox[0])


LIES: dict[str, tuple[Lie, int]] = {
    "a statement refused": (a_statement_refused, 1),
    "a statement without answer": (a_statement_without_answer, 4),
    "rows of nobody": (rows_of_nobody, 2),
    "a refusal for another reason": (a_refusal_for_another_reason, 1),
    "a repetition with an id of its own": (a_repetition_with_an_id_of_its_own, 1),
    "a contradiction accepted": (a_contradiction_accepted, 1),
    "one fault unsaid": (one_fault_unsaid, 1),
    "a verdict not counted": (a_verdict_not_counted, 1),
    "an answer about another event": (an_answer_about_another_event, 1),
    "the withdrawn still counts": (the_withdrawn_still_counts, 2),
    "the unknown recognised": (the_unknown_recognised, 1),
    "a sanction that one side never saw": (a_sanction_that_one_side_never_saw, 1),
    "a sanction that outlives its lifting": (a_sanction_that_outlives_its_lifting, 1),
    "a recall closed": (a_recall_closed, 1),
    "a firm still suspected": (a_firm_still_suspected, 1),
    "nobody told of one": (nobody_told_of_one, 1),
    "one told twice": (one_told_twice, 1),
    "one node with another case": (one_node_with_another_case, 1),
    "a receipt never came": (in_both(lambda case: bent(case, confirmations=(bent(case.confirmations[0], at=None),))), 2),
    "somebody else flagged": (in_both(lambda case: bent(case, flagged=case.flagged[:1])), 1),
    "the border notice still owed": (
        in_both(lambda case: bent(case, obligations=tuple(bent(one, state=Obliged.OPEN) for one in case.obligations))),
        1,
    ),
}


@pytest.mark.parametrize("name", LIES)
def test_each_lie_is_seen(name: str) -> None:
    lie, count = LIES[name]
    heard = perfect(DAY)
    lie(DAY, heard)
    assert len(failing(heard)) == count


@pytest.mark.parametrize("width", [72, 100, 240])
def test_the_story_fits_the_window_and_cuts_nothing_off(width: int) -> None:
    heard = perfect(DAY)
    console = Console(width=width, record=True, file=StringIO())
    for part in told(DAY, heard, checks(DAY, heard)):
        console.print(part)
    text = "".join(console.export_text().split())
    for word in (DAY.hero.number, DAY.withdrawn.number, DAY.unknown, DAY.listed.name, "渝中区", "已送达", "合成数据"):
        assert word in text
    assert "…" not in text
