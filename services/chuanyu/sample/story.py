"""The day told to people, Chinese first and English beside it: who said what, one sample's way over the border, questions and answers."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from chuanyu.casework.case import Case, Obligation, Obliged, Receipt
from chuanyu.domain import clock_rules, divisions
from chuanyu.domain.dates import SHANGHAI, from_millis
from chuanyu.embedded.demo import Check
from chuanyu.sample.day import Day
from chuanyu.sample.heard import Answered, Heard, Outcome, Standing
from chuanyu.sample.sayings import Saying
from chuanyu.sample.shelves import parameter
from chuanyu.sample.sides import SICHUAN, SIDES, Side
from chuanyu.sample.tables import SYNTHETIC, SYNTHETIC_EN
from chuanyu.sample.truth import Sample

_WORDS = {"accepted": ("受理", "green"), "duplicate": ("重复", "yellow"), "refused": ("拒收", "red")}
_STATUS = {
    "RECOGNISED": ("予以互认", "green"),
    "CONDITIONAL": ("附条件互认", "yellow"),
    "NOT_RECOGNISED": ("不予互认", "red"),
    "UNKNOWN": ("无法判断", "magenta"),
}
_DUTIES = {
    "spotcheck_cross_province_notice": ("通报生产企业所在地", "tell the producer's province"),
    "spotcheck_disposal_start": ("启动核查处置", "start the disposal"),
    "spotcheck_disposal_control": ("控制问题产品", "control the goods"),
    "spotcheck_disposal_finish": ("完成核查处置", "finish the disposal"),
}
_CERTAINTY = {"to be checked": "待核", "policy": "本项目规则"}
_PARTS = {"PRODUCTION": "生产", "CIRCULATION": "流通", "CATERING": "餐饮", "ONLINE": "网络"}
_STATES = {
    Obliged.OPEN: "待办 open",
    Obliged.MET: "已履行 met",
    Obliged.CANCELLED: "已取消 cancelled",
    Obliged.SUPERSEDED: "已替代 superseded",
}


def told(day: Day, heard: Heard, checks: Sequence[Check]) -> tuple[RenderableType, ...]:
    """The whole story, in parts that rich prints one below the other."""
    return (
        _heading(f"川渝样例日 {day.on.isoformat()}（种子 {day.seed}）", f"the sample day of seed {day.seed}"),
        Text(f"{SYNTHETIC} · {SYNTHETIC_EN}.", style="dim"),
        _heading("一、谁说了什么", "who said what"),
        _said(day, heard),
        _heading("二、一件不合格样品怎样过界", "one failed sample goes over the border"),
        Padding(Group(*_walk(day, heard)), (0, 0, 0, 2)),
        _heading("三、问了什么，两地怎样答", "what was asked, and what both nodes answered"),
        _asked(day, heard),
        _heading("四、逐项核对", "checked against what the generator knows"),
        _checked(checks),
        _sum(heard, checks),
    )


def _heading(zh: str, en: str) -> RenderableType:
    return Group("", Text.assemble((zh, "bold"), (f"  {en}", "dim")), Rule(style="dim"))


def _said(day: Day, heard: Heard) -> RenderableType:
    lines = _grid(3)
    for table in day.tables:
        given = [outcome for statement, outcome in heard.statements if statement.sample.side is table.side]
        refused = Counter(_reason(outcome) for outcome in given if outcome.word == "refused")
        reasons = (Text(f"拒收{count}条：{reason}", style="dim") for reason, count in refused.most_common())
        what = _both(f"抽检公告，{len(given)}条报送", f"an announcement of {len(given)} statements, {table.name}")
        lines.add_row(_counted(Counter(outcome.word for outcome in given)), table.side.authority, Group(what, *reasons))
    for saying in day.sayings:
        lines.add_row(_word(heard.sayings.get(saying.name)), saying.side.authority, _saying(saying, heard))
    return lines


def _saying(saying: Saying, heard: Heard) -> RenderableType:
    outcome = heard.sayings.get(saying.name)
    faults = dict.fromkeys(_fault(*one) for one in outcome.violations) if outcome else {}
    return Group(_both(saying.zh, saying.en), *(Text(fault, style="dim") for fault in faults))


def _fault(code: str, field: str, zh: str, en: str) -> str:
    """A contradiction names the same fields at each of them."""
    return zh if code == "conflicting_content" else f"{field}：{zh}"


def _reason(outcome: Outcome) -> str:
    code, _, zh, _ = outcome.violations[0]
    return "同一编号内容前后不一，以先报为准" if code == "conflicting_content" else zh


def _walk(day: Day, heard: Heard) -> Iterator[RenderableType]:
    sample, first = day.hero, heard.first(day.hero.number)
    case = heard.cases.get(sample.side.node, {}).get(first.case_id or "")
    yield from _found(sample)
    yield _step("受理", f"事件 {first.event_id}，案卷 {first.case_id}", "accepted, a case is open")
    if case:
        yield from _carried(case, sample.side)
        yield _step("谁在何时之前办什么", "两地节点各自从案卷推出", "who owes what by when; each node derives it from the case")
        yield Padding(_owed(case, day.on.year), (0, 0, 0, 4))
    recall = next(saying for saying in day.opening if saying.name == "recall")
    yield _step("召回", recall.zh, recall.en)
    for side in SIDES:
        given = heard.answers.get(side.node, {}).get(sample.number)
        yield _step(f"{side.name}问能否采用", _answer_zh(given), f"does it count in {side.node}?")


def _found(sample: Sample) -> Iterator[RenderableType]:
    item, year = sample.items[0], sample.announced_on.year
    maker, shop = sample.maker, sample.shop
    yield _step("样品", f"{sample.number}，{sample.good.name} {sample.good.specification}，{sample.brand or '无商标'}", "the sample")
    yield _step("抽自", f"{shop.name}，{_place(shop.division, year)}", f"taken in {shop.division}")
    if maker:
        yield _step("标称生产", f"{maker.name}，{_place(maker.division, year)}", f"made in {maker.division}")
    zh, en = parameter(item.name).effect
    yield _step("不合格", f"{item.name} {item.result}，标准值{item.limit}：{zh}", en)


def _carried(case: Case, side: Side) -> Iterator[RenderableType]:
    for given in [each for each in case.confirmations if each.kind is Receipt.DELIVERED][:1]:
        there = side.other
        if given.at is None:
            yield _step("过界", f"{there.name}节点尚未回执", "no receipt yet")
        else:
            passed = (given.at - given.asked) / 1000
            yield _step(
                "过界",
                f"{passed:.1f}秒后{there.name}节点回执：已送达（{_instant(given.at)}）",
                f"delivered at {there.node} after {passed:.1f} s",
            )


def _owed(case: Case, year: int) -> Table:
    lines = _grid(4)
    for each in sorted(case.obligations, key=lambda one: (one.authority, one.due or 0)):
        zh, en = _DUTIES.get(each.rule, (each.rule, each.rule))
        part = f"（{_PARTS[each.part]}环节）" if each.part in _PARTS else ""
        who = divisions.name(each.authority, year) or each.authority
        lines.add_row(who, _both(f"{zh}{part}", en), _due(each), Text(_source(each.rule), style="dim"))
    return lines


def _due(each: Obligation) -> Text:
    until = f"{_instant(each.due)}前" if each.due else "尚未起算"
    return Text.assemble(f"{until} ", (_STATES[each.state], "green" if each.state is Obliged.MET else "yellow"))


def _source(rule: str) -> str:
    first = clock_rules.rules()[rule][0]
    return first.source_zh if first.certainty == "confirmed" else f"{first.source_zh}（{_CERTAINTY.get(first.certainty, first.certainty)}）"


def _asked(day: Day, heard: Heard) -> RenderableType:
    lines = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for head in ("问 question", "四川节点答 Sichuan", "重庆节点答 Chongqing"):
        lines.add_column(head, overflow="fold", ratio=1)
    for zh, en, number in _questions(day):
        given = [heard.answers.get(side.node, {}).get(number) or heard.unknown.get(side.node) for side in SIDES]
        lines.add_row(_both(f"{zh} {number}", en), *(_answer(one) for one in given))
    firm, maker = day.listed.name, day.hero.maker.name if day.hero.maker else ""
    for zh, en, seen in (
        (f"解除前，{firm}有无惩戒？", "is the firm sanctioned, before the lifting?", heard.listed_before),
        (f"解除后，{firm}有无惩戒？", "and after it?", heard.listed_after),
        (f"{maker}有无召回？", "does the maker recall anything?", heard.recaller),
    ):
        lines.add_row(_both(zh, en), *(_standing(seen.get(side.node)) for side in SIDES))
    for code in day.firms():
        given = [heard.firms.get(side.node, {}).get(code) for side in SIDES]
        lines.add_row(_both(f"{firm if code == day.listed.code else maker}（{code}）", "by its social credit code"), *map(_answer, given))
    return lines


def _questions(day: Day) -> Iterator[tuple[str, str, str]]:
    standing = list(day.standing().values())
    national = next(
        one for one in standing if one.verdict == "PASSED" and one.side is SICHUAN and day.answer(one.number).status == "RECOGNISED"
    )
    yield "过界的不合格样品", "the failed sample of the walk", day.hero.number
    yield "四川国抽合格样品", "a national sample that passed", national.number
    yield "更正过的样品", "the corrected one", day.corrected.number
    yield "已撤回的样品", "the withdrawn one", day.withdrawn.number
    yield "风险监测样品", "one of risk monitoring", day.monitored.number
    yield "从未报送的编号", "a number that nobody reported", day.unknown


def _answer(given: Answered | None) -> RenderableType:
    if given is None:
        return Text("未答 no answer", style="red")
    word, style = _STATUS.get(given.status, (given.status, ""))
    reasons = (Text(f"{zh}", style="dim") for _, zh, _ in given.reasons)
    return Group(Text.assemble((f"{word} ", style), (given.status, "dim")), *reasons)


def _answer_zh(given: Answered | None) -> str:
    if given is None:
        return "未答"
    return f"{_STATUS.get(given.status, (given.status, ''))[0]}（{'；'.join(zh for _, zh, _ in given.reasons)}）"


def _standing(seen: Standing | None) -> RenderableType:
    if seen is None:
        return Text("未答 no answer", style="red")
    parts = [f"惩戒{len(seen.sanctions)}项，措施{len(seen.measures)}项"] if seen.sanctions else []
    parts += [f"召回进行中{len(seen.recalls)}起"] if seen.recalls else []
    return Text("，".join(parts) or "无 nothing in force", style="yellow" if parts else "green")


def _checked(checks: Sequence[Check]) -> RenderableType:
    lines = _grid(2)
    for check in checks:
        zh, _, en = check.name.partition(" · ")
        lines.add_row(Text("✓", style="green") if check.ok else Text("✗ 不符", style="bold red"), _both(zh, en))
    return lines


def _sum(heard: Heard, checks: Sequence[Check]) -> RenderableType:
    lines = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="dim")
    for head in ("报送 submitted", "受理 accepted", "重复 duplicates", "拒收 refused", "已送达回执 delivered", "核对相符 checks"):
        lines.add_column(head, overflow="fold")
    receipts, met = min(len(heard.delivered(side.node)) for side in SIDES), sum(check.ok for check in checks)
    counted = [len(heard.outcomes), *(heard.count(word) for word in _WORDS), receipts]
    lines.add_row(*map(str, counted), Text(f"{met} / {len(checks)}", style="bold green" if met == len(checks) else "bold red"))
    again = [_both("这一天此前已在此总线上演示过，故多为重复。", "This bus knew the day already.")] if heard.played_before else []
    return Padding(Group(lines, *again), (1, 0, 0, 0))


def _step(what: str, zh: str, en: str) -> RenderableType:
    return Text.assemble((f"{what}：", "bold"), zh, (f"  {en}" if en else "", "dim"))


def _both(zh: str, en: str) -> Text:
    return Text.assemble(zh, (f"  {en}", "dim"))


def _word(outcome: Outcome | None) -> Text:
    word, style = _WORDS[outcome.word] if outcome else ("未答", "red")
    return Text(word, style=style)


def _counted(counted: Counter[str]) -> Text:
    return Text("\n").join(Text(f"{word}{counted[name]}", style=style) for name, (word, style) in _WORDS.items() if counted[name])


def _grid(columns: int) -> Table:
    """A table without lines in which a narrow window cuts nothing off."""
    made = Table.grid(padding=(0, 2, 0, 0))
    for _ in range(columns):
        made.add_column(overflow="fold")
    return made


def _place(division: str | None, year: int) -> str:
    return (divisions.full_name(division, year) or division) if division else "所在地不详"


def _instant(at: int) -> str:
    instant: dt.datetime = from_millis(at).astimezone(SHANGHAI)
    return f"{instant:%Y-%m-%d %H:%M:%S}"
