"""`chuanyu recover`: reads back from Kafka what a node's restored, older database lacks."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click
from rich.console import Console

from chuanyu import node
from chuanyu.cli import DONE
from chuanyu.embedded.bus import EmbeddedBus


@click.command()
@click.option(
    "--dir", "directory", type=click.Path(path_type=Path), help="Of an embedded bus that is down: both nodes, its servers started."
)
@click.option("--port-base", default=18000, show_default=True, type=click.IntRange(1024, 65000), help="Of the embedded bus.")
@click.option("--federated", is_flag=True, help="The embedded bus has a broker for each province.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def command(directory: Path | None, port_base: int, federated: bool, as_json: bool) -> int:
    """Take back what a restored, older database lacks.

    Kafka still has it. The node must be stopped. Without --dir it is the one that the environment configures.
    """
    counts = {"node": node.recover(os.environ)} if directory is None else _embedded(directory, port_base, federated)
    if as_json:
        click.echo(json.dumps({"recovered": counts}))
    else:
        click.echo("\n".join(f"{name}: {count} records were taken back; it may be started" for name, count in counts.items()))
    return DONE


def _embedded(directory: Path, port_base: int, federated: bool) -> dict[str, int]:
    aside = Console(stderr=True, highlight=False)
    bus = EmbeddedBus(directory, port_base, federated=federated, say=lambda line: aside.print(f"[dim]{line}[/]"))
    try:
        return bus.recover(node.recover)
    finally:
        bus.stop()
