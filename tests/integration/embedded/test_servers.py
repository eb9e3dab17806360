"""A real broker and server: started, killed, started again, everything they had confirmed still there."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import psycopg
import pytest

from chuanyu.embedded import java, kafka, places
from chuanyu.embedded import stack as embedded_stack
from chuanyu.embedded.stack import Stack
from chuanyu.kernel import topics


def silent(_: str) -> None:
    """Nobody listens."""


def test_d24_both_come_back_after_kill_9_with_what_they_confirmed(own_stack: Stack) -> None:
    wanted = topics.declared(["sichuan"], {"system"})
    topics.apply(own_stack.broker.bootstrap, wanted)
    with psycopg.connect(own_stack.server.conninfo()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS n")
    for process in own_stack.running.values():
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    own_stack.start(silent)
    assert not topics.plan(own_stack.broker.bootstrap, wanted)
    with psycopg.connect(own_stack.server.conninfo()) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (1,)


def test_d24_stopped_means_gone_and_cleaning_up_finds_nobody(own_stack: Stack) -> None:
    processes = list(own_stack.running.values())  # asked of themselves: the system may give their numbers away again
    own_stack.stop()
    assert [process.poll() for process in processes if process.poll() is None] == []
    assert embedded_stack.family(own_stack.family.directory).living() == []


def test_the_database_wants_a_password_and_listens_on_loopback_alone(own_stack: Stack) -> None:
    right = own_stack.server.conninfo()
    with psycopg.connect(right) as connection:
        found = connection.execute(
            "SELECT current_setting('listen_addresses'), current_setting('data_checksums'), current_setting('fsync')"
        )
        assert found.fetchone() == ("127.0.0.1", "on", "on")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(right.replace("password=", "password=wrong"))


def test_a_damaged_start_up_cache_costs_time_only(own_stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own_stack.broker.stop()
    whole = java.aot_cache(kafka.MAIN, kafka.class_path(silent)).read_bytes()
    half = tmp_path / "half.aot"  # a copy: every other broker of this user has the whole one mapped
    half.write_bytes(whole[: len(whole) // 2])
    monkeypatch.setattr(java, "aot_cache", lambda *_: half)
    own_stack.broker.wait(own_stack.broker.spawn(kafka.class_path(silent)))


def test_d24_a_directory_with_a_name_longer_than_any_socket_may_have_will_do(tmp_path: Path) -> None:
    deep = tmp_path / ("省" * 60)
    stack = Stack.on_any_ports(embedded_stack.family(places.directory(deep)))
    stack.start(silent)
    with psycopg.connect(stack.server.conninfo()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    stack.stop()
