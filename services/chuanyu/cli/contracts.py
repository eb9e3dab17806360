"""`chuanyu contracts`: what may be said on the bus: check the law, write its classes, read a contract."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import chuanyu

if TYPE_CHECKING:
    from chuanyu.contracting.tree import Flaw

_PACKAGE = Path(chuanyu.__file__).parent
_REPOSITORY = _PACKAGE.parents[1]


@click.group("contracts", no_args_is_help=True)
def command() -> None:
    """Read and check the contracts: what may be said (事件目录)."""


_tree = click.option(
    "--tree",
    type=click.Path(path_type=Path, file_okay=False),
    default=_REPOSITORY / "schemas" / "avro",
    show_default="schemas/avro of this checkout",
    help="The schema files.",
)
_json = click.option("--json", "as_json", is_flag=True, help="One JSON document a line on standard output.")


@command.command()
@_tree
@_json
def check(tree: Path, as_json: bool) -> int:
    """Check schemas, LOCK and classes against each other.

    The schemas must keep the catalogue's rules, each other and LOCK, and the classes must be theirs.
    Every fault is printed with its place and what to do. Exit status: 0 none, 1 some.
    """
    from chuanyu.contracting import gate

    return _tell(gate.flaws(_present(tree), _PACKAGE / "contracts"), as_json, "The contracts keep all rules.")


@command.command()
@click.option("--into", type=click.Path(path_type=Path, file_okay=False), help="Write the classes there and touch nothing else.")
@_tree
@_json
def generate(into: Path | None, tree: Path, as_json: bool) -> int:
    """Write the classes of the schemas and protos.

    New schemas get their ids in LOCK, new examples their bytes.
    Nothing is written while something is wrong. Exit status: 0 written, 1 faults.
    """
    from chuanyu.contracting import law

    protos = _present(_REPOSITORY / "proto")
    if into is not None:
        return _tell(law.render(_present(tree), protos, into), as_json, f"Classes written to {into}.")
    return _tell(
        law.enact(_present(tree), protos, _PACKAGE / "contracts"), as_json, "Classes and LOCK written; commit them with the schemas."
    )


@command.command()
@click.argument("event", required=False)
@click.option("--template", is_flag=True, help="A CloudEvent to fill in and submit; leave out what does not apply.")
@_json
def show(event: str | None, template: bool, as_json: bool) -> int:
    """List all contracts, or the fields of one.

    EVENT is a type, `family.event` or the event alone.
    """
    from chuanyu.contracting import shown
    from chuanyu.contracts.registry import BY_TYPE

    if event is None:
        for contract in BY_TYPE.values():
            row = {"type": contract.type, "id": contract.id, "version": contract.version, "class": contract.data_class}
            click.echo(_line(row | {"doc": contract.schema["doc"]}) if as_json else f"{contract.type:42} {contract.schema['doc']}")
        return 0
    found = shown.find(event)
    if found is None:
        raise click.UsageError(f"There is no event {event!r}. `chuanyu contracts show` lists them.")
    if template:
        filled = _template(found)
        click.echo(_line(filled) if as_json else json.dumps(filled, ensure_ascii=False, indent=2))
    elif as_json:
        click.echo(_line(found.schema))
    else:
        _print(found)
    return 0


def _template(contract: Any) -> dict[str, Any]:
    """What adds to a case names it (docs/decisions/0017)."""
    from chuanyu.contracting import shown
    from chuanyu.gateway import keys

    filled = shown.submission(contract)
    rule = keys.rules().get(f"{contract.family}.{contract.event}")
    if rule and rule.joins:
        filled["data"] = {**filled["data"], "head": {"case_id": "‹province/family/key›", **filled["data"].get("head", {})}}
    return filled


def _print(contract: Any) -> None:
    from chuanyu.contracting import shown

    click.echo(f"{contract.type} · id {contract.id} · {contract.dataschema} · {contract.data_class}\n{contract.schema['doc']}\n")
    rows = list(shown.fields(contract))
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for place, level, word, doc in rows:
        click.echo(f"{place:{widths[0]}}  {level}  {word:{widths[2]}}  {doc}")


def _tell(flaws: Sequence[Flaw], as_json: bool, well: str) -> int:
    for flaw in flaws:
        click.echo(_line(asdict(flaw)) if as_json else str(flaw))
    if not as_json:
        click.echo(f"{len(flaws)} faults." if flaws else well, err=bool(flaws))
    return 1 if flaws else 0


def _line(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False)


def _present(folder: Path) -> Path:
    if not folder.is_dir():
        raise click.UsageError(f"There is no directory {folder}: this command works in a checkout of the project.")
    return folder
