"""Which loopback ports a run uses, and whether they are free."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from chuanyu.embedded.unable import Unable

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Layout:
    """Every port of a run, counted from --port-base: servers on the first ten, ten for each node after them."""

    base: int

    def broker(self, number: int) -> tuple[int, int]:
        """A broker's port and its controller's."""
        return self.base + 2 * number, self.base + 2 * number + 1

    @property
    def postgres(self) -> int:
        return self.base + 8

    def node(self, number: int) -> dict[str, int]:
        """grpc, rest and metrics of a node, and the metrics of what runs apart from it."""
        first = self.base + 10 * (number + 1)
        return {"grpc": first, "rest": first + 1, "metrics": first + 2, "warning": first + 3}


def address(port: int) -> str:
    """A port on loopback as host:port."""
    return f"{LOOPBACK}:{port}"


def any_free(count: int) -> list[int]:
    """Free ports as the kernel picks them, all different. Somebody else may take one meanwhile: for tests."""
    sockets = [socket.create_server((LOOPBACK, 0)) for _ in range(count)]
    try:
        return [opened.getsockname()[1] for opened in sockets]
    finally:
        for opened in sockets:
            opened.close()


def busy(ports: Iterable[int]) -> list[int]:
    """Those that somebody listens on already."""
    return [port for port in ports if not _free(port)]


def require_free(wanted: Mapping[str, int], *, base: int) -> None:
    """wanted: what needs the port → port. Raises Unable naming every busy one."""
    taken = set(busy(wanted.values()))
    if taken:
        named = ", ".join(f"{port} ({what})" for what, port in wanted.items() if port in taken)
        raise Unable(
            f"Another program listens on port {named} of {LOOPBACK}.",
            f"Move all of the bus with --port-base (now {base}), for example --port-base {base + 1000}; nothing was started.",
        )


def _free(port: int) -> bool:
    try:
        socket.create_server((LOOPBACK, port), reuse_port=False).close()
    except OSError:
        return False
    return True
