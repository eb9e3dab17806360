"""The TLS front: who is behind a connection, bytes untouched, strangers and crowds kept out."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import grpc
import grpc.aio
import pytest
import uvloop

from chuanyu.kernel.front import Front, server_context


@dataclass(frozen=True)
class Files:
    """A throw-away CA with a server's and a member's certificate, and a member of some other CA."""

    folder: Path

    def issue(self, name: str, *, ca: str = "ca", days: int = 1, uri: str = "") -> None:
        key, request, extension = self.folder / f"{name}.key", self.folder / f"{name}.csr", self.folder / f"{name}.ext"
        _openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key)
        _openssl("req", "-new", "-key", key, "-subj", f"/CN={name}", "-out", request)
        extension.write_text(f"subjectAltName={f'URI:{uri}' if uri else 'IP:127.0.0.1'}\n")
        _openssl("x509", "-req", "-in", request, "-CA", self.folder / f"{ca}.pem", "-CAkey", self.folder / f"{ca}.key", "-days", str(days),
                 "-extfile", extension, "-out", self.folder / f"{name}.pem")  # fmt: skip

    def authority(self, name: str) -> None:
        key, certificate = self.folder / f"{name}.key", self.folder / f"{name}.pem"
        _openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key)
        _openssl("req", "-x509", "-new", "-key", key, "-out", certificate, "-subj", f"/CN={name}", "-days", "2")

    def path(self, name: str) -> Path:
        return self.folder / name

    def channel_credentials(self, name: str | None) -> grpc.ChannelCredentials:
        pair = (self.path(f"{name}.key").read_bytes(), self.path(f"{name}.pem").read_bytes()) if name else (None, None)
        return grpc.ssl_channel_credentials(self.path("ca.pem").read_bytes(), *pair)

    def client(self, name: str | None) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(self.path("ca.pem")))
        if name:
            context.load_cert_chain(self.path(f"{name}.pem"), self.path(f"{name}.key"))
        return context


def _openssl(*arguments: object) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    made = Files(tmp_path_factory.mktemp("ca"))
    for name in ("ca", "foreign"):
        made.authority(name)
    made.issue("server")
    made.issue("member", uri="chuanyu:member:chengdu-amr")
    made.issue("stranger", ca="foreign", uri="chuanyu:member:chengdu-amr")
    made.issue("expired", days=-1, uri="chuanyu:member:chengdu-amr")
    return made


@pytest.fixture
async def front(files: Files) -> AsyncIterator[Front]:
    tls = server_context(files.path("server.pem"), files.path("server.key"), files.path("ca.pem"), protocols=["h2"])
    async with Front(tls, connections=8, handshake_seconds=1.0) as made:
        yield made


@pytest.fixture
async def port(front: Front) -> AsyncIterator[int]:
    """A gRPC server behind the front that answers with the caller's URIs, and echoes."""

    async def who(request: bytes, context: grpc.aio.ServicerContext[bytes, bytes]) -> bytes:
        peer = front.peer(context.peer())
        return ",".join(peer.uris if peer else ["nobody"]).encode() + request

    server = grpc.aio.server()
    server.add_generic_rpc_handlers(
        (grpc.method_handlers_generic_handler("test.Who", {"Ask": grpc.unary_unary_rpc_method_handler(who)}),)  # type: ignore[no-untyped-call]
    )
    server.add_insecure_port(front.address)
    await server.start()
    yield await front.listen("127.0.0.1", 0)
    await server.stop(None)


async def ask(port: int, credentials: grpc.ChannelCredentials, payload: bytes = b"") -> bytes:
    async with grpc.aio.secure_channel(f"127.0.0.1:{port}", credentials) as channel:
        answer: bytes = await channel.unary_unary("/test.Who/Ask")(payload, timeout=5)
        return answer


async def test_s1_the_server_learns_whose_certificate_came(files: Files, port: int) -> None:
    assert await ask(port, files.channel_credentials("member")) == b"chuanyu:member:chengdu-amr"


async def test_s1_without_a_certificate_the_caller_is_nobody(files: Files, port: int) -> None:
    assert await ask(port, files.channel_credentials(None)) == b"nobody"


@pytest.mark.parametrize("name", ["stranger", "expired"])
async def test_s1_a_certificate_that_does_not_verify_is_refused(files: Files, port: int, name: str) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await ask(port, files.channel_credentials(name))
    assert refused.value.code() is grpc.StatusCode.UNAVAILABLE
    assert await ask(port, files.channel_credentials("member")) == b"chuanyu:member:chengdu-amr"


async def test_s1_tls_older_than_1_3_is_refused(files: Files, port: int) -> None:
    old = files.client("member")
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await asyncio.open_connection("127.0.0.1", port, ssl=old)


async def test_callers_beside_each_other_are_not_mixed_up(files: Files, port: int) -> None:
    answers = await asyncio.gather(*(ask(port, files.channel_credentials(name)) for name in ("member", None, "member", None)))
    assert answers == [b"chuanyu:member:chengdu-amr", b"nobody", b"chuanyu:member:chengdu-amr", b"nobody"]


async def test_large_messages_pass_whole(files: Files, port: int) -> None:
    payload = bytes(range(256)) * 12_000
    assert (await ask(port, files.channel_credentials(None), payload)).removeprefix(b"nobody") == payload


async def test_s9_one_connection_too_many_is_closed_and_the_others_live_on(files: Files, front: Front, port: int) -> None:
    async with grpc.aio.secure_channel(f"127.0.0.1:{port}", files.channel_credentials("member")) as channel:
        call = channel.unary_unary("/test.Who/Ask")
        await call(b"", timeout=5)
        crowd = [await asyncio.open_connection("127.0.0.1", port) for _ in range(12)]
        assert await asyncio.wait_for(crowd[-1][0].read(), 5) == b""
        assert front.connections <= 8
        assert await call(b"", timeout=5) == b"chuanyu:member:chengdu-amr"
        assert await asyncio.wait_for(asyncio.gather(*(reader.read() for reader, _ in crowd)), 5) == [b""] * 12  # no handshake came
        for _, writer in crowd:
            writer.close()


async def test_s9_a_silent_connection_is_ended(files: Files) -> None:
    tls = server_context(files.path("server.pem"), files.path("server.key"), files.path("ca.pem"), protocols=["http/1.1"])
    async with Front(tls, idle_seconds=0.2) as front:
        server = await asyncio.start_unix_server(lambda reader, writer: reader.read(), front.path)
        reader, writer = await asyncio.open_connection("127.0.0.1", await front.listen("127.0.0.1", 0), ssl=files.client(None))
        assert await asyncio.wait_for(reader.read(), 5) == b""
        writer.close()
        server.close()


async def test_nothing_is_left_on_the_disk(files: Files, front: Front, port: int) -> None:
    await ask(port, files.channel_credentials("member"))
    assert [entry.name for entry in front.path.parent.iterdir()] == ["s"]
    assert front.path.parent.stat().st_mode & 0o777 == 0o700


def test_under_uvloop_no_connection_stalls_at_its_birth(files: Files) -> None:
    """What a caller sends together with the end of its handshake arrives, 200 times of 200."""

    async def echo(request: bytes, _: grpc.aio.ServicerContext[bytes, bytes]) -> bytes:
        return request

    async def story() -> None:
        tls = server_context(files.path("server.pem"), files.path("server.key"), files.path("ca.pem"), protocols=["h2"])
        server, apart = grpc.aio.server(), [("grpc.use_local_subchannel_pool", 1)]
        async with Front(tls) as front:
            server.add_generic_rpc_handlers(
                (grpc.method_handlers_generic_handler("test.Who", {"Ask": grpc.unary_unary_rpc_method_handler(echo)}),)  # type: ignore[no-untyped-call]
            )
            server.add_insecure_port(front.address)
            await server.start()
            address = f"127.0.0.1:{await front.listen('127.0.0.1', 0)}"
            for _ in range(200):
                async with grpc.aio.secure_channel(address, files.channel_credentials("member"), options=apart) as channel:
                    assert await channel.unary_unary("/test.Who/Ask")(b"x" * 600, timeout=5) == b"x" * 600
            await server.stop(None)

    uvloop.run(story())
