"""Plays a sample day on a running bus: submits through the doors of members, waits for what must come, asks both nodes."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, TypeVar

from chuanyu.casework.case import Case
from chuanyu.embedded.demo import Progress
from chuanyu.gateway.tables.importing import imported
from chuanyu.gateway.tables.kinds import Where
from chuanyu.sample import heard as hearing
from chuanyu.sample.checks import case_of, due, flagged, meets, proves
from chuanyu.sample.day import Day
from chuanyu.sample.doors import Node
from chuanyu.sample.heard import Delivered, Heard, Outcome, Standing
from chuanyu.sample.sayings import Saying
from chuanyu.sample.sides import PROVINCES, SIDES, Side
from chuanyu.sample.tables import Statement, Table

WITHIN_SECONDS = 45.0
"""So long the answers may take to become what they must be; what is still otherwise then, a check says."""
LOOK_SECONDS = 0.05
T = TypeVar("T")


def heard(facts: Mapping[str, Any], day: Day, progress: Progress) -> Heard:
    """Everything that the bus said of the day. facts: the line of `up --json`. Raises NodeAway, TurnedAway, StoreAway, OSError."""
    with ExitStack() as stack:
        nodes = {side: stack.enter_context(closing(Node(side, facts))) for side in SIDES}
        return _Play(day, nodes, _Steps(day, progress)).run()


class _Steps:
    """The progress bar's count: one for each statement, saying and question."""

    def __init__(self, day: Day, progress: Progress) -> None:
        self._progress = progress
        asked = len(day.standing()) + len(day.firms()) + 5
        self._total = sum(len(table.statements) for table in day.tables) + len(day.sayings) + 2 * asked
        self._done = 0

    def step(self, what: str, count: int = 1) -> None:
        self._done += count
        self._progress(self._done, self._total, what)


class _Play:
    def __init__(self, day: Day, nodes: Mapping[Side, Node], steps: _Steps) -> None:
        self._day, self._nodes, self._steps = day, nodes, steps
        self._heard = Heard()
        self._until = 0.0

    def run(self) -> Heard:
        """The whole day in its order."""
        for table in self._day.tables:
            self._import(table)
        for saying in self._day.opening:
            self._say(saying)
        self._ask_before()
        for saying in self._day.closing:
            self._say(saying)
        self._ask()
        return self._heard

    def _import(self, table: Table) -> None:
        """The file goes the way of `chuanyu import`: written down, read back with all its dirt, sent in batches."""
        truth = {statement.rows: statement for statement in table.statements}
        where = Where(table.side.code, PROVINCES, self._day.on)
        with tempfile.TemporaryDirectory() as folder:
            file = table.write(Path(folder))
            events = self._nodes[table.side].caller.events()
            for parsed, result in imported(file, events, table.side.source, where):
                found = tuple((one.code, one.field, one.zh, one.en) for one in result.violations)
                outcome = Outcome(result.outcome, result.event_id, result.case_id, found)
                self._take(truth.get(parsed.numbers), outcome)
                self._steps.step(f"{table.side.name}公告 {table.side.node}'s table")

    def _take(self, statement: Statement | None, outcome: Outcome) -> None:
        if statement is None:
            self._heard.strays.append(outcome)
        else:
            self._heard.statements.append((statement, outcome))

    def _say(self, saying: Saying) -> None:
        original = self._heard.first(saying.refers).event_id if saying.refers else None
        (told,) = self._nodes[saying.side].post([saying.event(self._day.label, original)])
        self._heard.sayings[saying.name] = hearing.outcome(told)
        self._steps.step(f"{saying.zh[:24]} {saying.name}")

    def _ask_before(self) -> None:
        """The sanction must be in force everywhere before it is lifted; a bus that knew the day before may have lifted it already."""
        self._patience()
        sanction = self._heard.sayings["sanction"]
        known = sanction.word == "duplicate"
        self._heard.listed_before = self._of_both(
            "惩戒 sanction", lambda node: self._standing(node, lambda seen: known or seen.sanctions == (sanction.case_id,))
        )

    def _ask(self) -> None:
        self._patience()
        self._heard.listed_after = self._of_both("解除 lifting", lambda node: self._standing(node, lambda seen: not seen.sanctions))
        recall, recaller = self._heard.sayings["recall"].case_id, self._day.hero.maker
        code = (recaller.code if recaller else None) or ""
        self._heard.recaller = self._of_both(
            "召回 recall", lambda node: self._awaited(lambda: node.standing(code), lambda seen: recall in seen.recalls)
        )
        self._heard.unknown = self._of_both("未报送 unknown", lambda node: node.sample(self._day.unknown))
        for side, node in self._nodes.items():
            self._heard.answers[side.node] = {number: self._sample(node, number) for number in self._day.standing()}
            self._heard.firms[side.node] = {code: self._firm(node, code) for code in self._day.firms()}
        self._heard.inboxes = self._of_both("收件箱 inbox", self._inboxes)
        self._ask_cases()

    def _inboxes(self, node: Node) -> dict[str, list[Delivered]]:
        """What every member of a node has got; it says of what undoes something, and of the corrected case, that it has read it."""
        wanted = due(self._day, self._heard, node.side)
        inboxes = self._awaited(lambda: {member: node.inbox(member) for member in node.members}, lambda found: wanted <= flagged(found))
        for member, found in inboxes.items():
            corrected = case_of(self._heard, self._day.corrected.number)
            if undone := [each.id for each in found if each.why == "CORRECTION" or each.case_id == corrected]:
                node.acknowledge(member, undone)
        return inboxes

    def _sample(self, node: Node, number: str) -> hearing.Answered:
        expected = self._day.answer(number)
        answered = self._awaited(
            lambda: node.sample(number), lambda given: meets(expected, given) and proves(self._day, self._heard, number, given)
        )
        self._steps.step(f"互认 {node.side.node} {number}")
        return answered

    def _firm(self, node: Node, code: str) -> hearing.Answered:
        expected = self._day.firms()[code]
        answered = self._awaited(lambda: node.enterprise(code), lambda given: meets(expected, given))
        self._steps.step(f"企业 {node.side.node} {code}")
        return answered

    def _ask_cases(self) -> None:
        """Both books of cases, once every receipt that is asked for has come and both say the same."""
        ids = sorted({outcome.case_id for outcome in self._heard.outcomes if outcome.case_id})
        whole = self._awaited(lambda: self._books(ids), _settled)
        self._heard.cases = whole
        self._steps.step("案卷 cases", 0)

    def _books(self, ids: Sequence[str]) -> dict[str, dict[str, Case]]:
        return {
            side.node: {case_id: case for case_id in ids if (case := node.case(case_id)) is not None} for side, node in self._nodes.items()
        }

    def _standing(self, node: Node, enough: Callable[[Standing], bool]) -> Standing:
        code = self._day.listed.code or ""
        return self._awaited(lambda: node.standing(code), enough)

    def _of_both(self, what: str, ask: Callable[[Node], T]) -> dict[str, T]:
        found = {}
        for side, node in self._nodes.items():
            found[side.node] = ask(node)
            self._steps.step(f"{what} {side.node}")
        return found

    def _patience(self) -> None:
        self._until = time.monotonic() + WITHIN_SECONDS

    def _awaited(self, ask: Callable[[], T], enough: Callable[[T], bool]) -> T:
        """The first answer that is enough, else the last one before patience ends."""
        while not enough(answer := ask()) and time.monotonic() < self._until:
            time.sleep(LOOK_SECONDS)
        return answer


def _settled(books: Mapping[str, Mapping[str, Case]]) -> bool:
    one, other = books.values()
    return one == other and not any(given.holds for case in one.values() for given in case.confirmations)
