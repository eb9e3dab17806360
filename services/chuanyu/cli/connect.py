"""How a client command finds its node and says who asks: the options, the credentials, calls that are repeated while nobody answers."""

from __future__ import annotations

import time
from base64 import urlsafe_b64decode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, wraps
from pathlib import Path
from typing import Any

import click
import grpc
import orjson
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from chuanyu.embedded import places, running
from chuanyu.embedded.provinces import BOTH
from chuanyu.kernel.faults import Broken, Transient

ANSWER_SECONDS = 30.0
PAUSE_SECONDS = 0.5
BATCH = 500
_AWAY = {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.RESOURCE_EXHAUSTED}


class NodeAway(Transient):
    """The node gave no answer for 30 s."""

    code = "node_away"
    remedy = "See that the bus runs (`chuanyu status`), then repeat."

    def __init__(self, address: str, said: str) -> None:
        super().__init__(f"No answer from {address} for {ANSWER_SECONDS:.0f} s: {said}. {self.remedy}")


class TurnedAway(Broken):
    """The node refused the whole call. The message is the node's own, in both languages."""

    remedy = ""

    def __init__(self, code: str, said: str) -> None:
        super().__init__(said)
        self.code = code  # type: ignore[misc]


@dataclass(frozen=True)
class Caller:
    """Who asks whom; nothing is looked for before something is asked.

    name: member or person · node: province word · home: the directory with ca.pem and members/ · at: host:port of gRPC, None: that of
    the bus which runs in the directory
    """

    name: str
    node: str
    home: Path
    at: str | None = None

    @property
    def source(self) -> str:
        """His own path, under which he submits."""
        return f"/{self.node}/{self.name}"

    @property
    def province_code(self) -> str:
        """Of the node: xx0000."""
        return next(province.digits for province in BOTH if province.word == self.node) + "0000"

    @property
    def province_codes(self) -> frozenset[str]:
        """Of all nodes of the bus."""
        return frozenset(province.digits + "0000" for province in BOTH)

    @cached_property
    def address(self) -> str:
        """host:port of the node's gRPC. Raises NotRunning when no bus runs in the directory and no address was given."""
        return self.at or str(running.found(self.home)["nodes"][self.node]["grpc"])

    @cached_property
    def channel(self) -> grpc.Channel:
        """A TLS channel with the caller's certificate. Raises NotRunning; ClickException, wrong use, when his files are not there."""
        address = self.address
        try:
            own = self.home / "members" / self.name
            files = [path.read_bytes() for path in (self.home / "ca.pem", own / "key.pem", own / "cert.pem")]
        except OSError as error:
            raise _nobody(self, error) from error
        return grpc.secure_channel(address, grpc.ssl_channel_credentials(*files))

    def ask(self, method: Callable[[grpc.Channel], Callable[..., Any]], request: Any) -> Any:
        """The answer of a unary method, such as `lambda channel: PublishingServiceStub(channel).SubmitEvents`.

        While nobody answers the call is repeated for 30 s: only what may be said twice is asked so. Raises NodeAway, TurnedAway.
        """
        call, until = method(self.channel), time.monotonic() + ANSWER_SECONDS
        while True:
            try:
                return call(request, timeout=max(1.0, until - time.monotonic()))
            except grpc.RpcError as error:
                if error.code() not in _AWAY:
                    raise _turned_away(error) from error
                if time.monotonic() + PAUSE_SECONDS >= until:
                    raise NodeAway(self.address, str(error.details())) from error
                time.sleep(PAUSE_SECONDS)

    def events(self) -> Events:
        """The door for events."""
        return Events(self)


@dataclass(frozen=True, slots=True)
class Events:
    """Submits CloudEvents in JSON form as their caller."""

    caller: Caller

    def submit(self, events: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """One result an event, in order, as interfaces.md writes it. At most 500. Raises NodeAway, TurnedAway."""
        from chuanyu.contracts.pb.publishing.v1.publishing_pb2 import SubmitEventsRequest
        from chuanyu.contracts.pb.publishing.v1.publishing_pb2_grpc import PublishingServiceStub

        asked = SubmitEventsRequest(events=[_event(one) for one in events])
        return [_told(one) for one in self.caller.ask(lambda channel: PublishingServiceStub(channel).SubmitEvents, asked).results]


def _nobody(caller: Caller, error: OSError) -> click.ClickException:
    """Says what cannot be read, and who there is."""
    known = sorted(path.parent.name for path in (caller.home / "members").glob("*/cert.pem"))
    there = f"--as takes one of {', '.join(known)}." if known else f"{caller.home} holds no credentials at all: name the bus with --dir."
    return click.ClickException(f"There are no credentials of {caller.name}: {error.filename} cannot be read. {there}")


def options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds --as, --node, --dir and --at to a command and hands it a `caller`."""

    @click.option("--as", "name", help="Member or person in whose name to ask, by the credentials in DIR/members.")
    @click.option("--node", type=click.Choice([province.word for province in BOTH]), help="Default: the node of --as.")
    @click.option("--dir", "directory", type=click.Path(path_type=Path), help="Directory of the bus. Default: the user's data directory.")
    @click.option("--at", metavar="HOST:PORT", envvar="CHUANYU_AT", help="gRPC address of the node; also CHUANYU_AT.")
    @wraps(function)
    def command(name: str | None, node: str | None, directory: Path | None, at: str | None, **rest: Any) -> Any:
        return function(caller=find(name, node, directory, at), **rest)

    return command


def find(name: str | None = None, node: str | None = None, directory: Path | None = None, at: str | None = None) -> Caller:
    """The caller of a command. Without a name the coordinator asks, without a node that of the name."""
    home, who = (directory or places.default_directory()).expanduser().absolute(), name or "coordinator"
    return Caller(who, node or (_node_of(home / "members" / who) if name else None) or BOTH[0].word, home, at)


def _node_of(folder: Path) -> str | None:
    """The node whose token a caller holds."""
    try:
        claims = (folder / "token").read_text().split(".")[1]
        issuer = str(orjson.loads(urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["iss"])
    except (OSError, LookupError, ValueError):
        return None
    word = issuer.removeprefix("chuanyu:")
    return word if word in {province.word for province in BOTH} else None


def _event(event: dict[str, Any]) -> Any:
    from chuanyu.contracts.pb.io.cloudevents.v1.cloudevents_pb2 import CloudEvent

    given = {name: str(event.get(name, "")) for name in _REQUIRED}
    made = CloudEvent(id=given["id"], source=given["source"], type=given["type"], spec_version=given["specversion"])
    made.text_data = orjson.dumps(event.get("data")).decode()
    for name, value in event.items():
        if name not in (*_REQUIRED, "data"):
            made.attributes[name].ce_string = value if isinstance(value, str) else orjson.dumps(value).decode()
    return made


_REQUIRED = ("id", "source", "type", "specversion")


def _told(result: Any) -> dict[str, Any]:
    from chuanyu.contracts.pb.publishing.v1.publishing_pb2 import SubmissionOutcome

    told = {
        "submission_id": result.submission_id,
        "outcome": SubmissionOutcome.Name(result.outcome).removeprefix("SUBMISSION_OUTCOME_").lower(),
        "event_id": result.event_id or None,
        "case_id": result.case_id or None,
        "violations": [_finding(one) for one in result.violations],
        "warnings": [_finding(one) for one in result.warnings],
    }
    return told | ({"current_event_id": result.current_event_id} if result.current_event_id else {})


def _finding(found: Any) -> dict[str, str]:
    return {"field": found.field, "code": found.code, "zh": found.zh, "en": found.en}


def _turned_away(error: Any) -> TurnedAway:
    info, status = error_details_pb2.ErrorInfo(), rpc_status.from_call(error)
    for detail in status.details if status else ():
        if detail.Unpack(info):
            return TurnedAway(info.reason.lower(), str(error.details()))
    return TurnedAway(error.code().name.lower(), str(error.details()))
