"""A process's own page: metrics for Prometheus, health and readiness for whoever supervises it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from chuanyu.kernel import metrics


@contextmanager
def serve(listen: tuple[str, int], ready: Callable[[], bool]) -> Iterator[int]:
    """While it lasts: /metrics for Prometheus, /healthz and /readyz for whoever supervises, on a thread. Yields the port."""
    server = ThreadingHTTPServer(listen, partial(_Page, ready))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, name="metrics", daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Page(BaseHTTPRequestHandler):
    timeout = 10  # seconds in which a caller says what it wants

    def __init__(self, ready: Callable[[], bool], *args: Any) -> None:
        self._ready = ready
        super().__init__(*args)

    def do_GET(self) -> None:
        if self.path == "/metrics":
            self._answer(200, metrics.exposed(), metrics.CONTENT_TYPE)
        elif self.path == "/healthz":
            self._answer(200, b"alive\n")
        elif self.path == "/readyz":
            ready = self._ready()
            self._answer(200 if ready else 503, b"ready\n" if ready else b"not ready\n")
        else:
            self._answer(404, b"/metrics, /healthz, /readyz\n")

    def _answer(self, status: int, body: bytes, kind: str = "text/plain; charset=utf-8") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: a scrape is no outcome."""
