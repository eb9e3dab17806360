"""The one door to PostgreSQL: connections, and the driver's errors sorted into the three kinds of fault."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import psycopg
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from chuanyu.kernel.faults import Fault, RuleViolated, StoreAway, StoreMisused

Connection = psycopg.Connection[Any]
AsyncConnection = psycopg.AsyncConnection[Any]

# SQLSTATE classes after which the same statement may succeed: connection, resources, operator, rollback, system.
_PASSING = ("08", "53", "57", "40", "58", "55", "25006")

_TOO_LARGE = "54000"  # program_limit_exceeded: a row of an index has a limit of 2,704 bytes


def fault_of(error: Exception) -> Fault:
    """The fault that a driver error means: StoreAway when waiting can help, RuleViolated when a value of the record at hand can never be
    stored (SQLSTATE class 22, what the driver itself refuses to send, a text longer than an index takes), StoreMisused (Broken) when our
    statement is wrong."""
    if isinstance(error, PoolTimeout):
        return StoreAway("no database connection became free")
    if not isinstance(error, psycopg.Error):
        raise TypeError(f"not a driver error: {error!r}")
    state = error.sqlstate or ""
    lost = isinstance(error, psycopg.OperationalError | psycopg.InterfaceError) and not state
    if lost or state.startswith(_PASSING):
        return StoreAway(str(error).strip().splitlines()[0] if str(error) else type(error).__name__, sqlstate=state)
    if state.startswith("22") or state == _TOO_LARGE or isinstance(error, psycopg.DataError):
        return RuleViolated(f"the database refuses a value: {str(error).strip().splitlines()[0]}", sqlstate=state)
    return StoreMisused(str(error).strip(), sqlstate=state)


@contextmanager
def faults() -> Iterator[None]:
    """Whatever the driver raises inside leaves as a Fault."""
    try:
        yield
    except (psycopg.Error, PoolTimeout) as error:
        raise fault_of(error) from error


class Store:
    """One node's database.

    conninfo: libpq connection string. Every session speaks UTC and gives up a lock wait after 10 s.
    """

    def __init__(self, conninfo: str) -> None:
        self.conninfo = conninfo

    def connect(self, *, application: str, durable: bool = True) -> Connection:
        """A new session that commits by itself but inside `with connection.transaction()`.

        durable=False is for consumers alone: their positions and effects are lost together and read again (D6).
        """
        with faults():
            connection = psycopg.connect(
                self.conninfo,
                autocommit=True,
                application_name=application,
                connect_timeout=5,
                keepalives_idle=5,
                keepalives_interval=2,
                keepalives_count=3,
                options=_options(durable),
            )
            connection.prepare_threshold = 3
            return connection

    @asynccontextmanager
    async def pool(self, *, application: str, size: int = 2) -> AsyncIterator[AsyncConnectionPool[AsyncConnection]]:
        """Sessions for an asyncio loop; autocommit, so that one answer is one statement unless a transaction is opened."""
        pool = AsyncConnectionPool(
            self.conninfo,
            min_size=size,
            max_size=size,
            open=False,
            timeout=5,
            check=AsyncConnectionPool.check_connection,
            kwargs={"autocommit": True, "application_name": application, "options": _options(True), "connect_timeout": 5},
        )
        await pool.open()
        try:
            yield pool
        finally:
            await pool.close()


def _options(durable: bool) -> str:
    commit = "on" if durable else "off"
    return f"-c timezone=UTC -c lock_timeout=10s -c synchronous_commit={commit} -c jit=off -c client_min_messages=warning"
