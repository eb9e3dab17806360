"""`chuanyu up`: both nodes on a real Kafka and a real PostgreSQL, until Ctrl-C."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from chuanyu.cli import DONE, NO
from chuanyu.cli.shown import show, table
from chuanyu.embedded import places
from chuanyu.embedded.bus import EmbeddedBus
from chuanyu.embedded.demo import DemoReport
from chuanyu.embedded.unable import Unable

_ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@click.command()
@click.option(
    "--dir",
    "directory",
    type=click.Path(path_type=Path),
    help="Where everything that the run writes lies. Default: the user's data directory.",
)
@click.option(
    "--port-base", default=18000, show_default=True, type=click.IntRange(1024, 65000), help="First of the ports, all on loopback."
)
@click.option("--demo", is_flag=True, help="Play the bundled sample day.")
@click.option("--seed", default=1, show_default=True, help="Which sample day.")
@click.option("--once", is_flag=True, help="Stop after the demo; the exit status says whether all went well.")
@click.option("--federated", is_flag=True, help="A broker for each province, MirrorMaker 2 between them.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document a line on standard output, nothing else there.")
def command(directory: Path | None, port_base: int, demo: bool, seed: int, once: bool, federated: bool, as_json: bool) -> int:
    """Start both nodes embedded, and stay until Ctrl-C."""
    _require_sample(demo)
    screen = Screen(as_json)
    bus = EmbeddedBus(directory or places.default_directory(), port_base, federated=federated, say=screen.say)
    with _ended_by_signals(bus, screen):
        facts = bus.start()
        screen.show_bus(facts)
        report = _play(facts, seed, screen) if demo else None
        if not once:
            _stay(bus, screen)
    return DONE if report is None or report.ok else NO


class Screen:
    """What people and programs see: results on standard output, everything else on standard error."""

    def __init__(self, as_json: bool) -> None:
        self._as_json = as_json
        self._began = time.monotonic()
        self.aside = Console(stderr=True, highlight=False)

    def say(self, line: str) -> None:
        """One step of what is being done."""
        self.aside.print(f"[dim]{time.monotonic() - self._began:6.1f} s[/]  {line}")

    def show_bus(self, facts: dict[str, Any]) -> None:
        if self._as_json:
            click.echo(json.dumps(facts, ensure_ascii=False))
            return
        lines = table("node", "door", "address", title=f"The bus is up after {facts['seconds']} s")
        for name, node in facts["nodes"].items():
            lines.add_row(name, "REST", node["rest"])
            lines.add_row("", "gRPC", node["grpc"])
            lines.add_row("", "Kafka", node["kafka"])
            lines.add_row("", "metrics", node["metrics"][0])
        show(lines)
        click.echo(f"Credentials: {facts['ca']} and {facts['dir']}/members/. Logs: {facts['dir']}/logs/.")
        click.echo(f"To watch it: prometheus --config.file={facts['prometheus']}")

    def show_day(self, report: DemoReport) -> None:
        if self._as_json:
            click.echo(json.dumps(report.as_json(), ensure_ascii=False))
            return
        for part in report.story:
            show(part)

    @contextmanager
    def progress(self) -> Iterator[Callable[[int, int, str], None]]:
        """A bar that is told (done, total, what)."""
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self.aside) as bar:
            task = bar.add_task("sample day", total=None)
            yield lambda done, total, what: bar.update(task, completed=done, total=total, description=what)


def _require_sample(demo: bool) -> None:
    if demo and find_spec("chuanyu.sample") is None:
        raise Unable("This installation holds no sample day.", "Run `chuanyu up` without --demo.")


def _play(facts: dict[str, Any], seed: int, screen: Screen) -> DemoReport:
    """chuanyu.sample.play(facts, seed, progress) -> DemoReport plays the day over the doors that the facts name."""
    with screen.progress() as progress:
        report: DemoReport = import_module("chuanyu.sample").play(facts, seed, progress)
    screen.show_day(report)
    return report


def _stay(bus: EmbeddedBus, screen: Screen) -> NoReturn:
    screen.aside.print("Ctrl-C ends everything.")
    while True:
        bus.mend()
        time.sleep(0.3)


@contextmanager
def _ended_by_signals(bus: EmbeddedBus, screen: Screen) -> Iterator[None]:
    """Ctrl-C, `down` and a closing terminal all end the block; then everything is stopped in order, undisturbed by further signals."""

    def interrupt(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    for ending in _ENDINGS:
        signal.signal(ending, interrupt)
    try:
        yield
    except KeyboardInterrupt:
        screen.aside.print()
    finally:
        for ending in _ENDINGS:
            signal.signal(ending, signal.SIG_IGN)
        screen.say("stopping everything")
        bus.stop()
        screen.say("stopped; nothing is left running")
