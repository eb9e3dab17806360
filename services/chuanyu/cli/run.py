"""`chuanyu run`: one service of one node, configured by its environment alone."""

from __future__ import annotations

import os

import click

from chuanyu import node


@click.command()
@click.argument("service", type=click.Choice(["node", *node.PARTS, *node.APART]))
@click.option("--check", is_flag=True, help="Check the configuration, print it with secrets masked, and leave.")
def command(service: str, check: bool) -> int:
    """Run one service of a node, or all of them.

    SERVICE `node` hosts all services of a node in one process, all but `warning`, which always runs apart. The CHUANYU_ variables
    configure it: docs/configuration.md.

    Exit status: 0 stopped as asked, 1 a bug, 2 configuration, 3 a dependency is away (start again).
    """
    return node.main(os.environ, check=check, parts=node.PARTS if service == "node" else (service,))
