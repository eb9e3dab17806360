"""`chuanyu recover`: reads back from Kafka what this node's restored, older database lacks."""

from __future__ import annotations

import json
import os

import click

from chuanyu import node
from chuanyu.cli import DONE


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def command(as_json: bool) -> int:
    """Take back what Kafka has and the own log lacks (after a restored backup). The node must be stopped; configured by its environment."""
    count = node.recover(os.environ)
    click.echo(json.dumps({"recovered": count}) if as_json else f"{count} records were taken back; the node may be started.")
    return DONE
