"""`chuanyu import`: tables, row by row, with a report of what became of each statement."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import click
import orjson
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from chuanyu.cli import DONE, NO, connect, offline, shown
from chuanyu.domain.dates import SHANGHAI
from chuanyu.domain.violations import Violation
from chuanyu.gateway.tables import rows
from chuanyu.gateway.tables.importing import imported
from chuanyu.gateway.tables.kinds import Kind, Parsed, Where
from chuanyu.gateway.tables.parse import ANNOUNCEMENTS
from chuanyu.gateway.tables.qualifications import CERTIFICATES, LABORATORIES
from chuanyu.gateway.tables.rehearsal import Rehearsal
from chuanyu.gateway.tables.rejects import Rejects, rejects
from chuanyu.gateway.tables.report import Result, Sums, line
from chuanyu.kernel.faults import Transient

SHOWN = 8
"""So many reasons are shown to people, the most frequent first; the report has all of them."""

Keep = Callable[[Parsed, Result], None]


@click.group()
def command() -> None:
    """Hand in tables: CSV (UTF-8 or GB18030) or XLSX."""


def _options(handed: Callable[..., int]) -> Callable[..., int]:
    """What every kind of table takes."""
    path = click.Path(dir_okay=False, path_type=Path)
    for decorate in (
        click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output, nothing else there."),
        click.option("--rejects", "refused", type=path, help="Refused rows and why (.csv, .xlsx), to mend and send again."),
        click.option("--report", type=path, help="A JSON line for each statement: what became of it and why."),
        click.option("--check", is_flag=True, help="Read and judge the table, send nothing. What was said before, only the node knows."),
        connect.options,
        click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path)),
    ):
        handed = decorate(handed)
    return handed


@command.command()
@_options
def spotcheck(**options: Any) -> int:
    """Announcements of spot-checked samples (抽检公告), failed or passed."""
    return _import(ANNOUNCEMENTS, **options)


@command.command()
@_options
def laboratories(**options: Any) -> int:
    """Licences of laboratories (检验检测机构资质) with their scope (能力附表), one parameter or several a row."""
    return _import(LABORATORIES, **options)


@command.command()
@_options
def certificates(**options: Any) -> int:
    """Certificates (认证证书) with their holders and products: CCC, 有机, 川渝名品, 天府名品, 型式批准."""
    return _import(CERTIFICATES, **options)


def _import(kind: Kind, file: Path, caller: connect.Caller, check: bool, report: Path | None, refused: Path | None, as_json: bool) -> int:
    if not check and click.get_current_context().params["name"] is None:
        raise click.UsageError("--as MEMBER says in whose name the table is handed in.")
    _apart(file, report, refused)
    where = Where(caller.province_code, caller.province_codes, dt.datetime.now(SHANGHAI).date())
    known = offline.member(caller) if check else None
    submitter = Rehearsal(offline.judging(caller, known)) if check else caller.events()
    tally = Tally(kind.unit)
    with ExitStack() as stack:
        keeps = [tally.keep, *_keeps(stack, kind, report, refused)]
        try:
            for parsed, result in _shown(imported(file, submitter, caller.source, where, kind), file):
                for keep in keeps:
                    keep(parsed, result)
        except Transient:
            click.echo(f"{tally.sums.rows} rows were answered. Hand the same file in again: they will come back as duplicates.", err=True)
            raise
    if as_json:
        click.echo(orjson.dumps(asdict(tally.sums)))
    else:
        tally.print(check)
        if tally.sums.refused and tally.sums.rows:
            click.echo(_what_next(refused, report))
        if check and tally.sums.rows:
            click.echo(offline.left_to_the_node(known))
    return NO if tally.sums.refused else DONE


@dataclass(slots=True)
class Tally:
    """The sums, and how often each finding came, with the first of its texts and rows as an example.

    unread: why nothing of the file, or nothing behind some row, could be read; it is among the sums and no statement
    """

    unit: tuple[str, str] = ANNOUNCEMENTS.unit
    sums: Sums = field(default_factory=Sums)
    reasons: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)
    examples: dict[str, tuple[str, Violation]] = field(default_factory=dict)
    unread: Violation | None = None

    def keep(self, parsed: Parsed, result: Result) -> None:
        """Counts one statement."""
        self.sums.count(parsed, result)
        if not parsed.rows:
            (self.unread,) = result.violations
            return
        for findings, counter in ((result.violations, self.reasons), (result.warnings, self.warnings)):
            counter.update({found.code for found in findings})
            for found in findings:
                self.examples.setdefault(found.code, (",".join(map(str, parsed.numbers)), found))

    def print(self, check: bool) -> None:
        """For people: the sums, a sentence about what could not be read, the most frequent reasons with the first rows that they met."""
        if self.sums.rows or not self.unread:
            click.echo(self._sums(check))
        if self.unread:
            zh, en = ("其余未受理", "The rest was not taken") if self.sums.rows else ("文件未受理", "The file was not taken")
            click.echo(f"{zh}：{self.unread.zh}\n{en}: {self.unread.en}")
        for title, counter in (("拒收原因 · refused because", self.reasons), ("提示 · warned of", self.warnings)):
            if counter:
                shown.show(self._table(title, counter))

    def _sums(self, check: bool) -> str:
        sums, unread = self.sums, int(self.unread is not None)
        if not sums.rows:
            return "没有读到数据行，未受理任何内容\nNo data row could be read, nothing was taken"
        zh, en = ("可受理", "would be accepted") if check else ("受理", "accepted")
        samples, refused = sums.samples - unread, sums.refused - unread
        return (
            f"{sums.rows}行，{samples}{self.unit[0]}：{zh}{sums.accepted}，重复{sums.duplicates}，拒收{refused}\n"
            f"{sums.rows} rows, {samples} {self.unit[1]}: {sums.accepted} {en}, {sums.duplicates} duplicates, {refused} refused"
        )

    def _table(self, title: str, counter: Counter[str]) -> Table:
        table = shown.table("次数 · times", "code", "首见于行 · first in rows", "例如", "for example", title=title)
        for code, count in counter.most_common(SHOWN):
            rows, example = self.examples[code]
            table.add_row(str(count), code, rows, example.zh, example.en)
        return table


def _what_next(refused: Path | None, report: Path | None) -> str:
    """Where the refused rows are, or how to get them."""
    if refused:
        return f"被拒收的行及原因在 {refused}，改正后再报 · the refused rows and why are in {refused}: mend them and hand that file in"
    if report:
        return f"逐条结果在 {report} · {report} says what became of each"
    return "加 --rejects FILE.csv 可取回被拒收的行 · --rejects FILE.csv gives the refused rows back"


def _keeps(stack: ExitStack, kind: Kind, report: Path | None, refused: Path | None) -> Iterator[Keep]:
    """What is written beside the sums: the report, the refused rows."""
    if report:
        yield _reporting(stack.enter_context(report.open("wb")), kind)
    if refused:
        yield _sending_back(stack.enter_context(rejects(refused)))


def _reporting(file: BinaryIO, kind: Kind) -> Keep:
    def keep(parsed: Parsed, result: Result) -> None:
        file.write(orjson.dumps(line(parsed, result, kind), option=orjson.OPT_APPEND_NEWLINE))

    return keep


def _sending_back(back: Rejects) -> Keep:
    def keep(parsed: Parsed, result: Result) -> None:
        if result.outcome == "refused":
            back.add(parsed.rows, result.violations)

    return keep


def _apart(file: Path, report: Path | None, refused: Path | None) -> None:
    """Nothing is written over the table, nor two results into one file."""
    paths = [path.resolve() for path in (file, report, refused) if path]
    if len(set(paths)) < len(paths):
        raise click.UsageError("FILE, --report and --rejects must be different files.")
    if refused and refused.suffix.lower() not in (".csv", ".xlsx"):
        raise click.UsageError("--rejects takes a name that ends in .csv or .xlsx.")


@contextmanager
def _bar(file: Path) -> Iterator[Callable[[int], None]]:
    """A bar on standard error that is told how many more rows have their answer."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(file.name, total=rows.about(file))
        yield lambda more: bar.advance(task, more)
        bar.update(task, total=bar.tasks[0].completed)


def _shown(answers: Iterable[tuple[Parsed, Result]], file: Path) -> Iterator[tuple[Parsed, Result]]:
    with _bar(file) as advance:
        for parsed, result in answers:
            yield parsed, result
            advance(len(parsed.rows))
