"""`chuanyu run`: one service of one node, configured by its environment alone."""

from __future__ import annotations

import os
from importlib import import_module
from importlib.util import find_spec

import click


@click.command()
@click.argument("service")
@click.option("--check", is_flag=True, help="Check the configuration, print it with secrets masked, and leave.")
def command(service: str, check: bool) -> int:
    """Run SERVICE: `node` hosts all services of a node in one process."""
    module = "chuanyu.node" if service == "node" else f"chuanyu.{service}.__main__"
    if not service.isidentifier() or find_spec(module) is None:
        raise click.UsageError(f"There is no service {service!r} to run.")
    return int(import_module(module).main(os.environ, check=check))
