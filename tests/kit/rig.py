"""A bus of real processes that may be killed: one broker, one server, and each part of a node apart. Faults are context managers or calls
that prove that they bite; whatever ends is started again, as a supervisor would."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chuanyu.cli.pages import Sample, samples
from chuanyu.embedded import credentials, nodes, ports
from chuanyu.embedded.nodes import Node
from chuanyu.embedded.provinces import BOTH, Province
from chuanyu.embedded.stack import Stack
from chuanyu.embedded.unable import Unable
from chuanyu.kernel.store import Connection, Store
from kit.bus import eventually
from kit.checker import Effect

HERE, THERE = (province.word for province in BOTH)
_TESTS = str(Path(__file__).parents[1])


class Rig:
    """parts are named `{part}-{province}` or `{part}-{province}-{n}`; `start` them, `kill` them, ask what took effect."""

    def __init__(self, stack: Stack) -> None:
        self.directory = stack.family.directory
        self.stack = stack
        credentials.lay(self.directory, BOTH)
        stack.lay_topics([province.word for province in BOTH], lambda _: None)
        self.nodes = {province.word: self._node(province) for province in BOTH}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.ends: list[tuple[str, int]] = []
        self._commands: dict[str, tuple[list[str], dict[str, str]]] = {}
        self._guard = threading.RLock()
        self._frozen: set[str] = set()
        self._closing = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="supervisor", daemon=True)
        self._keeper.start()

    def start(self, part: str, province: str = HERE, n: int = 0, **environment: str) -> str:
        """Starts a part (`ledger` is the test's own) and returns its name; it is started again whenever it ends."""
        name = f"{part}-{province}" + (f"-{n}" if n else "")
        module = ["-m", "kit.ledgerd"] if part == "ledger" else ["-m", "chuanyu", "run", part]
        with self._guard:
            self._commands[name] = [sys.executable, *module], self._environment(province) | {"CHUANYU_INSTANCE": name} | environment
            self._spawn(name)
        eventually(lambda: self.ready(name), f"{name} is ready", 40)
        return name

    def refused(self, part: str, province: str = HERE) -> str:
        """Runs a part that must end by itself with a status that is not 0; what it said."""
        command = [sys.executable, "-m", "chuanyu", "run", part]
        done = subprocess.run(command, env=self._environment(province), capture_output=True, text=True, timeout=60, cwd="/")
        assert done.returncode != 0
        return done.stderr

    def recover(self, province: str = HERE) -> str:
        """`chuanyu recover` of a node; what it said."""
        command = [sys.executable, "-m", "chuanyu", "recover"]
        done = subprocess.run(command, env=self._environment(province), capture_output=True, text=True, timeout=120, cwd="/")
        assert done.returncode == 0, done.stderr
        return done.stdout

    def copy(self, source: str, target: str) -> None:
        """One database as a copy of another, whatever stood there before; nobody is connected to either."""
        with Store(self.stack.server.conninfo()).connect(application="test") as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {target}")
            connection.execute(f"CREATE DATABASE {target} TEMPLATE {source} OWNER {HERE}")

    def metrics(self, name: str) -> str:
        """Where a part tells its metrics, host:port."""
        return self._commands[name][1]["CHUANYU_LISTEN_METRICS"]

    def ready(self, name: str) -> bool:
        """Whether the part says that it serves."""
        try:
            with urllib.request.urlopen(f"http://{self.metrics(name)}/readyz", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def kill(self, name: str) -> None:
        """SIGKILL, seen to bite; the supervisor starts it again."""
        with self._guard:
            process = self.processes[name]
            process.send_signal(signal.SIGKILL)
            process.wait(10)
            assert process.returncode == -signal.SIGKILL

    @contextmanager
    def dead(self, name: str) -> Iterator[None]:
        """SIGKILL, and nobody starts it again while it lasts."""
        self._frozen.add(name)
        try:
            self.kill(name)
            yield
        finally:
            self._frozen.discard(name)

    def kill_server(self, name: str) -> None:
        """SIGKILL to Kafka or PostgreSQL; it is started again at once, on the same data."""
        with self.dead_server(name):
            pass

    @contextmanager
    def dead_server(self, name: str) -> Iterator[None]:
        """SIGKILL to Kafka or PostgreSQL; started again on leaving, on the same data."""
        process = self.stack.running[name]
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        assert process.returncode == -signal.SIGKILL
        try:
            yield
        finally:
            eventually(lambda: self._revived(name), f"{name} stands again", 60)

    def _revived(self, name: str) -> bool:
        """Starts a server again; a PostgreSQL whose children have not all noticed the end of their parent refuses, and is tried again."""
        self.stack.revive(name, lambda _: None)
        process = self.stack.running[name]
        part = self.stack.server if name == self.stack.server.name else self.stack.broker
        try:
            part.wait(process)
        except Unable:
            return False
        return True

    @contextmanager
    def frozen(self, name: str) -> Iterator[None]:
        """SIGSTOP while it lasts; thawed on leaving."""
        with self._guard:
            process = self.processes[name]
            self._frozen.add(name)
        process.send_signal(signal.SIGSTOP)
        eventually(lambda: Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T", f"{name} stands still")
        try:
            yield
        finally:
            process.send_signal(signal.SIGCONT)
            self._frozen.discard(name)

    def stop(self, name: str, how: signal.Signals = signal.SIGTERM) -> int:
        """Ends a part that is not started again; its exit status."""
        with self._guard:
            self._commands.pop(name)
            process = self.processes.pop(name)
        process.send_signal(how)
        return process.wait(30)

    def metric(self, name: str, metric: str, **labels: str) -> list[Sample]:
        """The samples on a part's metrics page that bear this name and these labels."""
        with urllib.request.urlopen(f"http://{self._commands[name][1]['CHUANYU_LISTEN_METRICS']}/metrics", timeout=10) as page:
            found = samples(page.read().decode())
        return [one for one in found if one.name == metric and labels.items() <= one.labels.items()]

    def connection(self, province: str = HERE) -> Connection:
        """A session on a node's database."""
        return Store(self.nodes[province].conninfo).connect(application="test")

    def effects(self, province: str = HERE, of: str = HERE) -> list[Effect]:
        """What the ledger of a node wrote down of a province's events."""
        with self.connection(province) as connection:
            rows = connection.execute(
                "SELECT event_id, case_id, topic, partition, sequence FROM ledger.effect WHERE topic LIKE %s ORDER BY place", [f"{of}.%"]
            ).fetchall()
        return [Effect(str(row[0]), *row[1:]) for row in rows]

    def log(self, name: str) -> str:
        """What a part has said."""
        return (self.directory / "logs" / f"{name}.log").read_text(errors="replace")

    def close(self) -> None:
        """Ends every part."""
        self._closing.set()
        self._keeper.join()
        for process in self.processes.values():
            process.send_signal(signal.SIGCONT)
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()

    def _environment(self, province: str) -> dict[str, str]:
        base = {key: value for key, value in os.environ.items() if not key.startswith("CHUANYU_")}
        metrics = ports.address(ports.any_free(1)[0])
        path = os.pathsep.join(filter(None, [_TESTS, base.get("PYTHONPATH")]))
        return {**base, **self.nodes[province].environment(), "CHUANYU_LISTEN_METRICS": metrics, "PYTHONPATH": path}

    def _node(self, province: Province) -> Node:
        grpc, rest, metrics = ports.any_free(3)
        home = credentials.node_home(self.directory, province.word)
        conninfo = nodes.lay_database(self.stack.server, province.word, home)
        listen = {"grpc": grpc, "rest": rest, "metrics": metrics}
        return Node(self.stack.family, province, BOTH, listen, self.stack.broker.bootstrap, conninfo)

    def _spawn(self, name: str) -> None:
        command, environment = self._commands[name]
        with open(self.directory / "logs" / f"{name}.log", "ab") as output:
            self.processes[name] = subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd="/"
            )

    def _keep(self) -> None:
        while not self._closing.wait(0.1):
            with self._guard:
                for name, process in self.processes.items():
                    if process.poll() is not None and name in self._commands and name not in self._frozen:
                        self.ends.append((name, process.returncode))
                        self._spawn(name)
