"""
A TLS 1.3 front before a server that speaks plain bytes on a private Unix socket.

grpcio cannot ask for a client certificate without insisting on one, and uvicorn does not say whose certificate it saw; members
may come with a certificate or with a token. So TLS ends here, once for both. Each public connection gets a Unix connection of its
own whose near end bears a unique name; the server reads that name as its peer (`context.peer()`, the transport's `peername`) and
asks `Front.peer(name)` who stands behind it. Bytes pass untouched.
"""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self, cast

IDLE_SECONDS = 150.0  # servers ping or end their connections before this
EARLY_BYTES = 1 << 20  # what one side may send before the other stands
NAME_LIMIT = 107  # bytes of a Unix socket's name


@dataclass(frozen=True, slots=True)
class Peer:
    """Whom a verified client certificate names. uris: its subject alternative names of kind URI; not_after: unix seconds."""

    uris: tuple[str, ...]
    not_after: float


def server_context(certificate: Path, key: Path, ca: Path, *, protocols: Sequence[str]) -> ssl.SSLContext:
    """TLS 1.3 that verifies a client certificate if one comes; no session is resumed, so a certificate is looked at each time.

    protocols: what ALPN offers, such as `h2`. Raises OSError (ssl.SSLError among them) when a file is missing or wrong.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(certificate, key)
    context.load_verify_locations(ca)
    context.verify_mode = ssl.CERT_OPTIONAL
    context.num_tickets = 0
    context.set_alpn_protocols(list(protocols))
    return context


class Front:
    """One public TLS port before one plain server.

    connections: how many may stand open at once, handshakes included; one more is closed at the door and disturbs nobody.
    `socket` is the plain server's listening Unix socket, in a directory of mode 0700; `address` its name as gRPC wants it.
    """

    def __init__(
        self, tls: ssl.SSLContext, *, connections: int = 512, handshake_seconds: float = 5.0, idle_seconds: float = IDLE_SECONDS
    ) -> None:
        self._tls, self._limit = tls, connections
        self._handshake_seconds, self._idle_seconds = handshake_seconds, idle_seconds
        self._room = tempfile.TemporaryDirectory(prefix="chuanyu-")
        self.path = Path(self._room.name, "s")
        if len(os.fsencode(f"{self.path}")) + 20 > NAME_LIMIT:
            raise OSError(f"the directory for sockets has too long a name: {self._room.name}")
        self._listeners: list[socket.socket] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._links: set[asyncio.Task[None]] = set()
        self._peers: dict[str, Peer | None] = {}
        self._made = 0

    @property
    def address(self) -> str:
        return f"unix:{self.path}"

    @property
    def connections(self) -> int:
        """How many stand open, handshakes included."""
        return len(self._links)

    def peer(self, name: str) -> Peer | None:
        """Who stands behind the connection of that name (a path, or gRPC's `unix:` and the path); None for nobody, unknown or expired."""
        peer = self._peers.get(name.removeprefix("unix:"))
        return peer if peer and peer.not_after > time.time() else None

    async def listen(self, host: str, port: int) -> int:
        """Begin to take connections; port 0 lets the system choose. Returns the port. Raises OSError when it is busy."""
        listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=256)
        listener.setblocking(False)
        self._listeners.append(listener)
        self._tasks.add(asyncio.create_task(self._accept(listener), name="front"))
        return int(listener.getsockname()[1])

    async def close(self) -> None:
        """Take no more connections, end those that stand, remove the private directory."""
        for task in (tasks := [*self._tasks, *self._links]):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for listener in self._listeners:
            listener.close()
        self._room.cleanup()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                arrived, _ = await loop.sock_accept(listener)
            except OSError:  # the caller left again, or no descriptor is free: the next one may fare better
                await asyncio.sleep(0.05)
                continue
            if len(self._links) >= self._limit:
                arrived.close()
                continue
            self._links.add(task := asyncio.create_task(self._link(arrived)))
            task.add_done_callback(self._links.discard)

    async def _link(self, arrived: socket.socket) -> None:
        """The life of one public connection: handshake, the inner connection under its own name, bytes both ways until it ends."""
        public, inner, name = _Side(), _Side(), f"{self.path}{self._next():x}"
        try:
            arrived.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            await asyncio.get_running_loop().connect_accepted_socket(
                lambda: public, arrived, ssl=self._tls, ssl_handshake_timeout=self._handshake_seconds, ssl_shutdown_timeout=1.0
            )
            self._peers[name] = _peer_of(public.transport)
            await self._connect(inner, name)
            public.join(inner)
            await _until_over(public, inner, self._idle_seconds)
        except OSError:  # a failed handshake, a caller that left, a server that is not there: this connection alone ends
            pass
        finally:
            public.end()
            inner.end()
            arrived.close() if public.transport is None else None
            self._peers.pop(name, None)

    async def _connect(self, inner: _Side, name: str) -> None:
        """The inner connection. The name is taken off the disk at once; the kernel keeps it for as long as the socket lives."""
        loop, near = asyncio.get_running_loop(), socket.socket(socket.AF_UNIX)
        try:
            near.setblocking(False)
            near.bind(name)
            await loop.sock_connect(near, str(self.path))
            await loop.create_unix_connection(lambda: inner, sock=near)
        except BaseException:
            near.close()
            raise
        finally:
            Path(name).unlink(missing_ok=True)

    def _next(self) -> int:
        self._made += 1
        return self._made


class _Side(asyncio.Protocol):
    """One end of a link: what it reads the other writes; when the other cannot keep up, it reads no more.

    What comes before the link stands is kept, not paused: a TLS transport of uvloop that is paused at its birth sometimes never
    gives what came with the handshake (1 % of connections, uvloop 0.23).
    """

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.other: _Side | None = None
        self.early = bytearray()
        self.over = asyncio.Event()
        self.last = time.monotonic()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's is none by class

    def join(self, other: _Side) -> None:
        self.other, other.other = other, self
        self._pass_on(bytes(self.early))
        other._pass_on(bytes(other.early))

    def data_received(self, data: bytes) -> None:
        self.last = time.monotonic()
        if self.other:
            self._pass_on(data)
        elif len(self.early) + len(data) <= EARLY_BYTES:
            self.early += data
        else:
            self.end()

    def _pass_on(self, data: bytes) -> None:
        if data and self.other and self.other.transport:
            self.other.transport.write(data)

    def pause_writing(self) -> None:
        if source := self._source():
            source.pause_reading()

    def resume_writing(self) -> None:
        if source := self._source():
            source.resume_reading()

    def _source(self) -> asyncio.Transport | None:
        source = self.other.transport if self.other else None
        return source if source and not source.is_closing() else None

    def connection_lost(self, _: Exception | None) -> None:
        self.over.set()
        if self.other:
            self.other.end()

    def end(self) -> None:
        if self.transport and not self.transport.is_closing():
            self.transport.close()


async def _until_over(public: _Side, inner: _Side, idle_seconds: float) -> None:
    while not (public.over.is_set() or inner.over.is_set()):
        silent = time.monotonic() - max(public.last, inner.last)
        if silent >= idle_seconds:
            return
        try:
            await asyncio.wait_for(public.over.wait(), idle_seconds - silent)
        except TimeoutError:
            continue


def _peer_of(transport: asyncio.Transport | None) -> Peer | None:
    certificate = transport.get_extra_info("peercert") if transport else None
    if not certificate:
        return None
    uris = tuple(value for kind, value in certificate.get("subjectAltName", ()) if kind == "URI")
    return Peer(uris, ssl.cert_time_to_seconds(certificate["notAfter"]))
