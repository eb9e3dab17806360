"""
Environment → one frozen dataclass per service, built from the parts below.

Every field is annotated with its variable: the name behind `CHUANYU_`, what it means, how its text is read, whether it is secret.
Secrets and addresses have no default. Whatever is missing or wrong is named all at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args, get_type_hints

from chuanyu.kernel.faults import SettingsIncomplete

PREFIX = "CHUANYU_"

Address = tuple[str, int]  # host, port

_PROVINCES = re.compile(r"[a-z][a-z0-9]*=[0-9]{2}(,[a-z][a-z0-9]*=[0-9]{2})*").fullmatch
_Settings = TypeVar("_Settings")


@dataclass(frozen=True, slots=True)
class Variable:
    """One environment variable. name: behind the prefix · doc: meaning, shape, unit · read: text → value, ValueError when ill-formed."""

    name: str
    doc: str
    read: Callable[[str], Any] = str
    secret: bool = False


def address(text: str) -> Address:
    """`host:port` as (host, port)."""
    host, colon, port = text.rpartition(":")
    if not (colon and host and port.isdigit() and int(port) < 65_536):
        raise ValueError("host:port is wanted")
    return host.strip("[]"), int(port)


def count(text: str) -> int:
    """A whole number from 1."""
    if not text.isdigit() or int(text) < 1:
        raise ValueError("a whole number from 1 is wanted")
    return int(text)


def existing(text: str) -> Path:
    """A file that can be read."""
    path = Path(text)
    if not path.is_file():
        raise ValueError("there is no such file")
    return path


def provinces(text: str) -> Mapping[str, str]:
    """`sichuan=51,chongqing=50`: the provinces' words and their two digits of GB/T 2260, in order."""
    named = dict(part.split("=", 1) for part in text.split(",")) if _PROVINCES(text) else {}
    if len(named) != text.count("=") or not named:
        raise ValueError("sichuan=51,chongqing=50 is wanted")
    return named


@dataclass(frozen=True, slots=True)
class ProvinceSettings:
    """Where this node stands, and who takes part. provinces: word → two digits of GB/T 2260."""

    province: Annotated[str, Variable("PROVINCE", "own province, one of CHUANYU_PROVINCES")]
    provinces: Annotated[Mapping[str, str], Variable("PROVINCES", "all provinces and their GB/T 2260 digits, a=51,b=50", provinces)]

    def __post_init__(self) -> None:
        if self.province not in self.provinces:
            raise ValueError(f"CHUANYU_PROVINCE is wrong: {self.province} is not among CHUANYU_PROVINCES")


@dataclass(frozen=True, slots=True)
class KafkaSettings:
    """The node's own cluster."""

    bootstrap: Annotated[str, Variable("KAFKA", "bootstrap servers, host:port,host:port")]
    client_properties: Annotated[
        Path | None,
        Variable(
            "KAFKA_CLIENT_FILE", "librdkafka properties, name=value a line; `warning` and `topics` understand mutual TLS alone", existing
        ),
    ] = None
    instance: Annotated[str | None, Variable("INSTANCE", "name of this process among those of its service; it keeps its partitions")] = None

    def properties(self) -> dict[str, str]:
        """What any librdkafka client of the node starts from."""
        lines = self.client_properties.read_text(encoding="utf-8").splitlines() if self.client_properties else []
        pairs = [line.split("=", 1) for line in lines if "=" in line and not line.startswith("#")]
        named = {"group.instance.id": self.instance} if self.instance else {}
        return {**{name.strip(): value.strip() for name, value in pairs}, **named, "bootstrap.servers": self.bootstrap}


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """The node's database."""

    database: Annotated[str, Variable("DATABASE", "PostgreSQL connection string (libpq), password included", secret=True)]


@dataclass(frozen=True, slots=True)
class SealSettings:
    """The node's seal key, what its root says of it, and the pinned roots of all provinces."""

    key_file: Annotated[Path, Variable("SEAL_KEY_FILE", "private seal key, PEM", existing)]
    publication_file: Annotated[Path, Variable("SEAL_PUBLICATION_FILE", "the root's word on it, a node_key_published value", existing)]
    roots_file: Annotated[Path, Variable("ROOTS_FILE", "pinned roots: a line a province, its word and the root's SHA-256", existing)]


@dataclass(frozen=True, slots=True)
class TlsSettings:
    """What the node shows its callers, and whom it believes."""

    certificate: Annotated[Path, Variable("TLS_CERTIFICATE", "the node's certificate, PEM", existing)]
    key: Annotated[Path, Variable("TLS_KEY", "its private key, PEM", existing)]
    ca: Annotated[Path, Variable("TLS_CA", "authorities whose clients are let in, PEM", existing)]


@dataclass(frozen=True, slots=True)
class ListenSettings:
    """Where the node answers callers."""

    grpc: Annotated[Address, Variable("LISTEN_GRPC", "gRPC, host:port", address)]
    rest: Annotated[Address, Variable("LISTEN_REST", "REST, host:port", address)]


@dataclass(frozen=True, slots=True)
class MetricsSettings:
    """Where a process says how it is, without asking who wants to know: whom the network lets come near, decides its owner."""

    metrics: Annotated[
        Address, Variable("LISTEN_METRICS", "metrics and readiness, host:port: loopback, or what only probes and Prometheus reach", address)
    ]


@dataclass(frozen=True, slots=True)
class GatewaySettings:
    """The front door. log_depth_limit: rows waiting for the relay at which submissions are refused (D1)."""

    members_file: Annotated[Path, Variable("MEMBERS_FILE", "members.yaml: who may publish what", existing)]
    token_key_file: Annotated[Path, Variable("TOKEN_KEY_FILE", "key that access tokens are checked with, PEM", existing)]
    log_depth_limit: Annotated[int, Variable("LOG_DEPTH_LIMIT", "unrelayed rows at which submissions are refused", count)] = 1_000_000


@dataclass(frozen=True, slots=True)
class CalendarSettings:
    """What the operator adds to the state's working days; the same at every node (D8)."""

    days_file: Annotated[
        Path | None, Variable("CALENDAR_FILE", "published days off of further years, CSV: day,works,name,noticed_on", existing)
    ] = None


def from_environment(cls: type[_Settings], environ: Mapping[str, str]) -> _Settings:
    """A settings dataclass, its parts included. Raises SettingsIncomplete, which names every variable that is missing or wrong."""
    wrong: list[str] = []
    made: _Settings | None = _build(cls, environ, wrong)
    if made is None:
        raise SettingsIncomplete("\n".join(["the configuration is not complete.", *wrong]), wrong=tuple(wrong))
    return made


def describe(cls: type) -> str:
    """The variables of a settings dataclass as a table in Markdown, for docs/configuration.md."""
    return "\n".join(["| variable | meaning | default |", "|---|---|---|", *(_row(*each) for each in variables(cls))])


def variables(cls: type) -> Iterator[tuple[Variable, Any]]:
    """Every variable with its default (MISSING when it is required), in order, parts included."""
    for kind, variable, default in _shape(cls).values():
        if variable is None:
            yield from variables(kind)
        else:
            yield variable, default


def masked(settings: Any) -> Iterator[str]:
    """The lines that `--check` prints: a variable a line, secrets as ***."""
    for name, (_, variable, _) in _shape(type(settings)).items():
        value = getattr(settings, name)
        if variable is None:
            yield from masked(value)
        else:
            yield f"{PREFIX}{variable.name}={'***' if variable.secret else _shown(value)}"


def _shape(cls: Any) -> dict[str, tuple[Any, Variable | None, Any]]:
    """field → (its type, its variable or None when it is a part, its default)."""
    hints = get_type_hints(cls, include_extras=True)
    shape: dict[str, tuple[Any, Variable | None, Any]] = {}
    for each in fields(cls):
        kind = hints[each.name]
        shape[each.name] = (kind, None, None) if is_dataclass(kind) else (kind, get_args(kind)[1], each.default)
    return shape


def _build(cls: Any, environ: Mapping[str, str], wrong: list[str]) -> Any:
    before = len(wrong)
    values = {name: _value(*how, environ, wrong) for name, how in _shape(cls).items()}
    if len(wrong) > before:
        return None
    try:
        return cls(**values)
    except ValueError as error:
        wrong.append(str(error))
        return None


def _value(kind: Any, variable: Variable | None, default: Any, environ: Mapping[str, str], wrong: list[str]) -> Any:
    if variable is None:
        return _build(kind, environ, wrong)
    text = environ.get(PREFIX + variable.name, "").strip()
    if not text and default is MISSING:
        wrong.append(f"{PREFIX}{variable.name} is missing: {variable.doc}")
    if not text:
        return default
    try:
        return variable.read(text)
    except ValueError as error:
        wrong.append(f"{PREFIX}{variable.name} is wrong: {error}")


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return ",".join(f"{name}={code}" for name, code in value.items())
    if isinstance(value, tuple):
        return ":".join(str(part) for part in value)
    return "" if value is None else str(value)


def _row(variable: Variable, default: Any) -> str:
    usual = "required" if default is MISSING else _shown(default) or "none"
    return f"| `{PREFIX}{variable.name}` | {variable.doc}{' (secret)' if variable.secret else ''} | {usual} |"
