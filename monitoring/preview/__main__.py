"""`make preview`: writes the page. Options: how many minutes the bus runs, and into which file the page goes."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import click

from chuanyu.cli import AWAY
from chuanyu.embedded.unable import Unable
from preview import charts, running, sampled
from preview.page import page


@click.command()
@click.option("--minutes", default=3.0, show_default=True, type=click.FloatRange(0.2, 120), help="How long the bus runs.")
@click.option("--into", default="preview.html", show_default=True, type=click.Path(dir_okay=False, path_type=Path), help="The page.")
def main(minutes: float, into: Path) -> None:
    """Run the bus with sample days under a Prometheus and draw every panel into one page."""
    try:
        running.executable()
        _draw(minutes, into)
    except Unable as unable:
        click.echo(f"Error: {unable}", err=True)
        sys.exit(AWAY)


def _draw(minutes: float, into: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="chuanyu-preview-") as folder:
        with running.bus(Path(folder) / "bus", _say) as facts, running.watching(Path(folder) / "prometheus", facts) as prometheus:
            start = time.time()
            days = running.let_days_pass(facts, start + 60 * minutes, _say)
            end = time.time()
            boards = list(sampled.boards(prometheus, start, end))
    into.write_text(page(boards, start, end, days), "utf-8")
    panels = [panel for board in boards for panel in board.panels]
    empty = list(charts.without(panels))
    click.echo(
        f"{into.resolve()}：{len(panels)}个面板，{len(empty)}个这段时间无数据。 {len(panels)} panels, {len(empty)} of them without data:"
    )
    for title in empty:
        click.echo(f"  {title}")


def _say(line: str) -> None:
    click.echo(line, err=True)


if __name__ == "__main__":
    main()
