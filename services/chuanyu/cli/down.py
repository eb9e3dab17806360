"""`chuanyu down`: ends the embedded bus of a directory, and only that."""

from __future__ import annotations

from pathlib import Path

import click

from chuanyu.cli import DONE
from chuanyu.embedded import places, running


@click.command()
@click.option("--dir", "directory", type=click.Path(path_type=Path), help="Directory of the run. Default: the user's data directory.")
def command(directory: Path | None) -> int:
    """End the embedded bus that `up` started."""
    chosen = (directory or places.default_directory()).expanduser().absolute()
    click.echo(running.end(chosen), err=True)
    return DONE
