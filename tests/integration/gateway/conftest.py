"""A gateway's desk on a real database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from chuanyu.contracts.pb.publishing.v1 import publishing_pb2_grpc
from chuanyu.embedded.certificates import Authority, Credential, token, token_key
from chuanyu.gateway import queries, rest
from chuanyu.gateway.accept import Desk, Place
from chuanyu.gateway.api import Publishing
from chuanyu.gateway.doors import grpc_door, rest_door
from chuanyu.gateway.identity import URI, Doorkeeper
from chuanyu.kernel.front import Front, server_context
from chuanyu.kernel.store import Store, migrate
from kit import said

FAMILIES = ("spotcheck", "recall", "credit", "warning", "assistance", "reference")
PLACE = Place("sichuan", said.PROVINCES, {f"sichuan.{family}": 12 for family in FAMILIES})


@pytest.fixture
def store(database: str) -> Store:
    made = Store(database)
    migrate(made, [queries.MIGRATIONS])
    return made


@pytest.fixture
def desk(store: Store) -> Iterator[Desk]:
    made = Desk(store, PLACE)
    yield made
    made.close()


@pytest.fixture
def ask(store: Store) -> Callable[..., list[tuple[Any, ...]]]:
    """What a statement answers, on a connection of its own."""

    def rows(sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        with store.connect(application="test") as connection:
            return connection.execute(sql.encode(), list(parameters)).fetchall()

    return rows


@dataclass(frozen=True)
class Doors:
    """Both doors of a Sichuan gateway. authority: who signed its members' certificates; foreign: another authority."""

    grpc: int
    rest: int
    folder: Path
    authority: Authority
    foreign: Authority
    token_key: Path

    def certificate(self, name: str, authority: Authority | None = None) -> Credential:
        issuer = authority or self.authority
        return issuer.client(self.folder / ("own" if authority is None else "foreign") / name, name, f"{URI}{name}")

    def token(self, name: str, *, issuer: str = "chuanyu:sichuan", days: int = 1) -> str:
        return "Bearer " + token(self.token_key, issuer=issuer, subject=name, days=days)


@pytest.fixture
async def doors(desk: Desk, tmp_path: Path) -> AsyncIterator[Doors]:
    authority, foreign = Authority(tmp_path / "ca"), Authority(tmp_path / "foreign-ca")
    server, key = authority.server(tmp_path / "server", "sichuan"), token_key(tmp_path / "token.pem")
    doorkeeper = Doorkeeper({said.CHENGDU.id: said.CHENGDU, said.SICHUAN.id: said.SICHUAN}, "sichuan", key, authority.certificate_file)
    files = (server.certificate, server.key, authority.certificate_file)
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        grpc_front = await enter(Front(server_context(*files, protocols=["h2"])))
        rest_front = await enter(Front(server_context(*files, protocols=["http/1.1"])))
        adds = [partial(publishing_pb2_grpc.add_PublishingServiceServicer_to_server, Publishing(desk))]
        grpc_port = await enter(grpc_door(grpc_front, ("127.0.0.1", 0), doorkeeper, adds))
        application = rest.app(doorkeeper, rest_front, ready=lambda: True, routes=rest.routes(desk))
        rest_port = await enter(rest_door(rest_front, ("127.0.0.1", 0), application))
        yield Doors(grpc_port, rest_port, tmp_path, authority, foreign, key)
