"""`chuanyu topics`: Kafka's topics as deploy/kafka/topics.yaml declares them."""

from __future__ import annotations

import json
import os
import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.table import Table

from chuanyu.cli import DONE, NO
from chuanyu.cli.shown import show, table
from chuanyu.embedded import places, running
from chuanyu.embedded.provinces import BOTH
from chuanyu.kernel import settings, tls, topics
from chuanyu.kernel.store import Store, positions
from chuanyu.kernel.topics import Lag, Plan

_Command = TypeVar("_Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Cluster:
    """One node's Kafka and database, and the provinces whose topics stand there: word → first two digits of their divisions.

    context: TLS to Kafka, None for plain text
    """

    node: str
    kafka: str
    database: str
    provinces: Mapping[str, str]
    durability: str
    context: ssl.SSLContext | None = None

    @property
    def wanted(self) -> tuple[topics.Topic, ...]:
        return topics.declared(self.provinces, durability=self.durability)


@click.group("topics")
def command() -> None:
    """Look after Kafka's topics: plan, apply, lag.

    Of the embedded bus in --dir; or, with --environment, of the node that CHUANYU_PROVINCE, CHUANYU_PROVINCES, CHUANYU_KAFKA and
    CHUANYU_DATABASE describe.
    """


def _options(function: _Command) -> _Command:
    for option in (
        click.option("--json", "as_json", is_flag=True, help="One JSON document a line on standard output."),
        click.option("--environment", is_flag=True, help="The node that the CHUANYU_ variables describe."),
        click.option(
            "--durability",
            type=click.Choice(["production", "embedded"]),
            default="production",
            show_default=True,
            help="With --environment: three copies of everything, or the one that a single broker can keep.",
        ),
        click.option("--dir", "directory", type=click.Path(path_type=Path), help="Directory of the embedded run."),
    ):
        function = option(function)
    return function


@command.command("plan")
@_options
def plan(directory: Path | None, environment: bool, durability: str, as_json: bool) -> int:
    """Say what `apply` would do; 0 when nothing, 1 when something."""
    clusters = _clusters(directory, environment, durability)
    plans = {cluster.node: topics.plan(cluster.kafka, cluster.wanted, cluster.context) for cluster in clusters}
    _show(plans, as_json, "would make", "would set")
    return NO if any(plans.values()) else DONE


@command.command("apply")
@_options
def apply(directory: Path | None, environment: bool, durability: str, as_json: bool) -> int:
    """Make missing topics, set what differs. Partition counts are never changed."""
    clusters = _clusters(directory, environment, durability)
    plans = {cluster.node: topics.apply(cluster.kafka, cluster.wanted, cluster.context) for cluster in clusters}
    _show(plans, as_json, "made", "set")
    return DONE


@command.command("lag")
@_options
def lag(directory: Path | None, environment: bool, durability: str, as_json: bool) -> int:
    """Say how far each service is behind.

    By its stored position, which counts, and by Kafka's commit, which tools see.
    """
    rows = [{"node": cluster.node, **row} for cluster in _clusters(directory, environment, durability) for row in _lag_rows(cluster)]
    if as_json:
        for row in rows:
            click.echo(json.dumps(row))
    else:
        show(_lag_table(rows))
    return DONE


def _clusters(directory: Path | None, environment: bool, durability: str) -> list[Cluster]:
    if environment:
        return [_described(os.environ, durability)]
    facts = running.found((directory or places.default_directory()).expanduser().absolute())["nodes"]
    provinces = {province.word: province.digits for province in BOTH}
    return [Cluster(name, node["kafka"], node["postgres"], provinces, "embedded") for name, node in facts.items()]


@dataclass(frozen=True, slots=True)
class _Settings:
    where: settings.ProvinceSettings
    kafka: settings.KafkaSettings
    store: settings.StoreSettings


def _described(environ: Mapping[str, str], durability: str) -> Cluster:
    found = settings.from_environment(_Settings, environ)
    where = found.where
    context = tls.client_context(found.kafka.properties())
    return Cluster(where.province, found.kafka.bootstrap, found.store.database, where.provinces, durability, context)


def _lag_rows(cluster: Cluster) -> Iterator[dict[str, Any]]:
    """Every partition of every service, also those that it has not taken yet: there `stored` is null and all is still to be read."""
    from chuanyu.node import APART, PARTS, services  # here: the other commands need none of it and start faster

    with Store(cluster.database).connect(application="chuanyu-topics") as connection:
        stored = positions.next_offsets(connection)
    for service in services(cluster.node, cluster.provinces, (*PARTS, *APART)):
        heard = [topic for topic in cluster.wanted if topic.name.partition(".")[2] in service.families]
        for row in topics.lag(cluster.kafka, [f"{cluster.node}.{service.name}"], heard, cluster.context):
            yield _lag_row(row, service.name, stored.get((service.name, row.topic, row.partition)))


def _lag_row(row: Lag, service: str, stored: int | None) -> dict[str, Any]:
    return {
        "service": service,
        "topic": row.topic,
        "partition": row.partition,
        "end": row.end,
        "stored": stored,
        "behind": row.end - (stored or 0),
        "committed": row.committed,
        "behind_by_commit": row.behind,
    }


def _lag_table(rows: list[dict[str, Any]]) -> Table:
    lines = table("node", "service", "topic", "partition", "end", "stored", "behind", "Kafka's commit")
    for row in rows:
        if row["end"] or row["behind"]:
            shown = ("node", "service", "topic", "partition", "end", "stored", "behind", "committed")
            lines.add_row(*("–" if row[name] is None else str(row[name]) for name in shown))
    return lines


def _show(plans: Mapping[str, Plan], as_json: bool, made: str, changed: str) -> None:
    for node, found in plans.items():
        if as_json:
            create, change = [topic.name for topic in found.create], [asdict(each) for each in found.change]
            click.echo(json.dumps({"node": node, "create": create, "change": change}))
            continue
        for topic in found.create:
            click.echo(f"{node}: {made} {topic.name} with {topic.partitions} partitions, {topic.replication} copies")
        for each in found.change:
            click.echo(f"{node}: {changed} {each.topic} {each.setting} from {each.now} to {each.wanted}")
        if not found:
            click.echo(f"{node}: all topics stand as declared")
