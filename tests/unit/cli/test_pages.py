"""Metrics pages read, put together and compared as Prometheus would."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from functools import partial

import pytest

from chuanyu.cli import pages
from chuanyu.cli.pages import Reading, Sample, quantile, read, risen, samples

INF = float("inf")


class Page(http.server.BaseHTTPRequestHandler):
    def __init__(self, text: str, *args: object) -> None:
        self._text = text
        super().__init__(*args)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self._text.encode())

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


def serve(text: str) -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Page, text))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/metrics"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def relay() -> Iterator[str]:
    yield from serve('chuanyu_ready_timestamp_seconds 5\nchuanyu_parked_records{code="a"} 3\nchuanyu_accepted_total{family="recall"} 4\n')


@pytest.fixture
def gateway() -> Iterator[str]:
    yield from serve('chuanyu_ready_timestamp_seconds 0\nchuanyu_parked_records{code="a"} 3\nchuanyu_accepted_total{family="recall"} 2\n')


def reading(*said: Sample, at: float = 0.0) -> Reading:
    return Reading("sichuan", at, said)


def counter(value: float, **labels: str) -> Sample:
    return Sample("chuanyu_applied_total", labels, value)


def test_a_label_may_hold_what_would_end_it() -> None:
    (sample,) = samples('chuanyu_parked_records{code="a\\"b}c",service="x"} 2.0\n')
    assert (sample.labels["code"], sample.value) == ('a"b}c', 2.0)


def test_what_processes_count_adds_up_and_what_they_look_up_counts_once(relay: str, gateway: str) -> None:
    (node,) = read({"sichuan": [relay, gateway]})
    assert node.one("chuanyu_accepted_total") == 6
    assert node.by("chuanyu_parked_records", ("code",)) == {("a",): 3}


def test_who_does_not_answer_and_who_is_not_ready_are_away(relay: str, gateway: str) -> None:
    nobody = "http://127.0.0.1:1/metrics"
    one, other = read({"sichuan": [relay, gateway, nobody], "chongqing": [nobody]})
    assert one.answers and one.away == (gateway, nobody)
    assert not other.answers and other.away == (nobody,)


def test_a_process_that_hangs_is_away_and_keeps_nobody_waiting(relay: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PATIENCE_SECONDS", 0.1)
    with http.server.socketserver.TCPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as silent:  # listens, never accepts
        hung = f"http://127.0.0.1:{silent.server_address[1]}/metrics"
        (node,) = read({"sichuan": [hung, relay]})
    assert node.away == (hung,)


def test_a_counter_that_fell_began_again_at_nothing() -> None:
    old = reading(counter(10, service="recall"), counter(7, service="credit"))
    new = reading(counter(12, service="recall"), counter(3, service="credit"), counter(1, service="spotcheck"))
    assert risen("chuanyu_applied_total", ("service",), old, new) == {("recall",): 2, ("credit",): 3, ("spotcheck",): 1}


@pytest.mark.parametrize(
    ("share", "buckets", "value"),
    [
        (0.5, {0.1: 50, 0.2: 100, INF: 100}, 0.1),
        (0.75, {0.1: 50, 0.2: 100, INF: 100}, 0.15),
        (0.25, {0.1: 50, 0.2: 100, INF: 100}, 0.05),
        (0.99, {0.1: 50, 0.2: 60, INF: 100}, 0.2),  # beyond the last edge only that edge is known
        (0.5, {0.1: 0, 0.2: 0, 0.4: 10, INF: 10}, 0.3),
        (0.5, {0.1: 0, INF: 0}, None),
        (0.5, {}, None),
    ],
)
def test_quantiles_are_interpolated_as_promql_does(share: float, buckets: dict[float, float], value: float | None) -> None:
    assert quantile(share, buckets) == (None if value is None else pytest.approx(value))
