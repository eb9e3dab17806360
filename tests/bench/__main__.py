"""
Benchmarks: what is measured, beside a yardstick of the same run (`make bench`, `QUICK=1` for a short run).

Prints a table and writes bench-results/. A figure means something on a quiet machine only; the load is written beside it.
"""

from __future__ import annotations

import gc
import sys
from pathlib import Path

import click
from rich.console import Console

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench import accept, cases, consume, figures, relay, told, visible, warn
from bench.ground import ground
from chuanyu.kernel import log, serve

REPOSITORY = Path(__file__).parents[2]
WHOLE = {"waiting": 100_000, "plain": 20_000, "seconds": 20, "cases": 100_000}
QUICK = {"waiting": 20_000, "plain": 4_000, "seconds": 5, "cases": 10_000}
GROUPS = ("accept", "relay", "consume", "warn", "doors", "visible", "told", "cases")


@click.command(help=__doc__)
@click.option("--quick", is_flag=True, help="Fewer events, shorter runs.")
@click.option("--scale", type=float, default=1.0, help="Factor on events and seconds.")
@click.argument("groups", nargs=-1, type=click.Choice(GROUPS))
def main(quick: bool, scale: float, groups: tuple[str, ...]) -> None:
    """Runs the groups, or all."""
    console, began = Console(width=None if sys.stdout.isatty() else 150), figures.machine()
    sizes = {name: int(scale * size) for name, size in (QUICK if quick else WHOLE).items()}
    gc.set_threshold(*serve.GARBAGE)  # as every process of a node
    log.to((_results() / "log.jsonl").open("w"))
    found: list[figures.Figure] = []
    try:
        with ground() as here:
            acts = {
                "accept": lambda: accept.desk(here, sizes["seconds"]),
                "relay": lambda: relay.measure(here, sizes["waiting"]),
                "consume": lambda: consume.measure(here, sizes["waiting"], sizes["plain"]),
                "warn": lambda: warn.measure(here, sizes["waiting"], sizes["plain"]),
                "doors": lambda: accept.doors(here, sizes["seconds"]),
                "visible": lambda: visible.measure(here, sizes["seconds"]),
                "told": told.measure,
                "cases": lambda: cases.measure(here, sizes["cases"]),
            }
            for name in groups or GROUPS:
                console.print(f"[dim]{name} …[/]")
                found += acts[name]()
    finally:
        figures.show(found, console)
        console.print(f"Written to {figures.write(found, began, quick, _results()).relative_to(REPOSITORY)}")


def _results() -> Path:
    folder = REPOSITORY / "bench-results"
    folder.mkdir(exist_ok=True)
    return folder


if __name__ == "__main__":
    main()
