"""The embedded bus and a Prometheus that watches it, in a directory of their own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from chuanyu import sample
from chuanyu.embedded import ports
from chuanyu.embedded.bus import EmbeddedBus, wanted_ports
from chuanyu.embedded.unable import Unable

MONITORING = Path(__file__).parents[1]
EVERY_SECONDS = 2
"""Between two looks of this Prometheus; a deployment's looks every 15 s."""
_PAUSE_SECONDS = 8.0
_PATIENCE_SECONDS = 30.0
Say = Callable[[str], None]


@dataclass(frozen=True)
class Prometheus:
    """One that runs. address: host:port."""

    address: str

    def over_time(self, expression: str, start: float, end: float) -> list[dict[str, Any]]:
        """What an expression gave from start to end (Unix time): series with `metric` and `values`."""
        return self._ask("query_range", query=expression, start=start, end=end, step=EVERY_SECONDS)

    def at(self, expression: str, moment: float) -> list[dict[str, Any]]:
        """What it gave at one moment: series with `metric` and `value`."""
        return self._ask("query", query=expression, time=moment)

    def answers(self) -> bool:
        """Whether it has read a first page of every target."""
        try:
            found = self._ask("query", query='up{job="chuanyu"}')
        except OSError:
            return False
        return bool(found) and all(series["value"][1] == "1" for series in found)

    def _ask(self, what: str, **parameters: object) -> list[dict[str, Any]]:
        with urllib.request.urlopen(f"http://{self.address}/api/v1/{what}?{urllib.parse.urlencode(parameters)}", timeout=30) as answer:
            found: list[dict[str, Any]] = json.load(answer)["data"]["result"]
        return found


def executable() -> str:
    """Where Prometheus is. Raises Unable when it is not on this machine."""
    found = shutil.which("prometheus", path=f"{MONITORING.parent / '.venv/monitoring/bin'}{os.pathsep}{os.environ.get('PATH', '')}")
    if found is None:
        raise Unable(
            "本机没有Prometheus。 Prometheus is not on this machine.", "请执行 monitoring/tools，或装好后放入PATH。 Run monitoring/tools."
        )
    return found


@contextmanager
def bus(directory: Path, say: Say) -> Iterator[dict[str, Any]]:
    """The embedded bus on ports that are free now; yields what `up --json` says."""
    base = next(base for base in range(21000, 60000, 100) if not ports.busy(wanted_ports(base, federated=False).values()))
    made = EmbeddedBus(directory, base, federated=False, say=say)
    try:
        yield made.start()
    finally:
        made.stop()


@contextmanager
def watching(directory: Path, facts: Mapping[str, Any]) -> Iterator[Prometheus]:
    """A Prometheus with the rules of monitoring/ over the nodes that the facts name, while it lasts."""
    config = _configure(directory, facts)
    (port,) = ports.any_free(1)
    command = [
        executable(),
        f"--config.file={config}",
        f"--storage.tsdb.path={directory / 'data'}",
        f"--web.listen-address={ports.address(port)}",
    ]
    with (directory / "prometheus.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    made = Prometheus(ports.address(port))
    try:
        _await(made.answers, f"Prometheus is silent; it says why in {log.name}.")
        yield made
    finally:
        process.terminate()
        process.wait(_PATIENCE_SECONDS)


def let_days_pass(facts: Mapping[str, Any], until: float, say: Say) -> int:
    """Plays one sample day after the other, with pauses, until a Unix time; how many."""
    days = 0
    while time.time() < until:
        days += 1
        report = sample.play(facts, days, lambda *_: None)
        say(f"样例日 sample day {days}: 受理 accepted {report.accepted}, 拒收 refused {report.refused}")
        time.sleep(_PAUSE_SECONDS)
    return days


def _configure(directory: Path, facts: Mapping[str, Any]) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    config = yaml.safe_load((MONITORING / "prometheus.yml").read_text("utf-8"))
    config["global"] = dict.fromkeys(("scrape_interval", "scrape_timeout", "evaluation_interval"), f"{EVERY_SECONDS}s")
    config["rule_files"] = [str(MONITORING / "rules" / "*.yml")]
    del config["alerting"]
    addresses = {name: [urllib.parse.urlsplit(page).netloc for page in node["metrics"]] for name, node in facts["nodes"].items()}
    targets = [{"targets": pages, "labels": {"node": name, "part": "node"}} for name, pages in addresses.items()]
    (directory / "targets").mkdir(exist_ok=True)
    (directory / "targets" / "nodes.json").write_text(json.dumps(targets), "utf-8")
    (directory / "prometheus.yml").write_text(yaml.safe_dump(config), "utf-8")
    return directory / "prometheus.yml"


def _await(condition: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise Unable(otherwise, "Mend that and repeat.")
        time.sleep(0.2)
