"""A real Prometheus and a real Alertmanager over the metrics of running processes, and those on duty, who write down what they are told."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml

from chuanyu.embedded import ports
from kit.bus import eventually
from kit.monitoring import MONITORING, tool


@dataclass(frozen=True)
class Told:
    """One alert of a notification. who: page, ticket or coordinator; status: firing or resolved; at: monotonic."""

    who: str
    status: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    at: float

    @property
    def alert(self) -> str:
        return self.labels["alertname"]


class Duty:
    """told: every notification so far, in order."""

    def __init__(self, prometheus: str, alertmanager: str) -> None:
        self._prometheus, self._alertmanager = prometheus, alertmanager
        self.told: list[Told] = []

    def ask(self, expression: str) -> list[dict[str, Any]]:
        """The samples that an expression gives now."""
        found = self._get("query", query=expression)["result"]
        assert isinstance(found, list)
        return found

    def firing(self) -> set[str]:
        """Names of the alerts that fire now, held back or not; error budgets apart: their windows are hours, longer than any run."""
        names = {each["labels"]["alertname"] for each in self._get("alerts")["alerts"] if each["state"] == "firing"}
        return {name for name in names if "Budget" not in name}

    def held_back(self) -> set[str]:
        """Names of the alerts that Alertmanager knows and tells nobody of, because of another one."""
        with urllib.request.urlopen(f"http://{self._alertmanager}/api/v2/alerts?inhibited=true&active=false", timeout=10) as answer:
            return {each["labels"]["alertname"] for each in json.load(answer) if each["status"]["inhibitedBy"]}

    def unhealthy(self) -> dict[str, str]:
        """Rules whose evaluation fails → the error."""
        rules = [rule for group in self._get("rules")["groups"] for rule in group["rules"]]
        return {rule["name"]: rule.get("lastError", "") for rule in rules if rule["health"] != "ok"}

    def up(self) -> bool:
        """Whether every target answers."""
        targets = self._get("targets")["activeTargets"]
        return bool(targets) and all(target["health"] == "up" for target in targets)

    def _get(self, what: str, **parameters: str) -> dict[str, Any]:
        address = f"http://{self._prometheus}/api/v1/{what}?{urllib.parse.urlencode(parameters)}"
        with urllib.request.urlopen(address, timeout=10) as answer:
            data: dict[str, Any] = json.load(answer)["data"]
        return data


def hasten(folder: Path) -> dict[str, float]:
    """
    Copies monitoring/ into the folder, quicker by this rule alone; returns alert → its `for` there, in seconds.

    Scrape and evaluate every second. `for` a sixth, at most 20 s. Ranges in alerts (`[15m]`) a thirtieth. Alertmanager's waits a sixth, at
    most 10 s. Expressions, thresholds, labels, routes and inhibitions stay as they are.
    """
    shutil.copytree(MONITORING, folder, dirs_exist_ok=True)
    config = yaml.safe_load((folder / "prometheus.yml").read_text("utf-8"))
    config["global"] = {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"}
    (folder / "prometheus.yml").write_text(yaml.safe_dump(config), "utf-8")
    rules = yaml.safe_load((folder / "rules" / "alerts.yml").read_text("utf-8"))
    waits = {}
    for rule in (rule for group in rules["groups"] for rule in group["rules"]):
        waits[rule["alert"]] = min(_seconds(rule.get("for", "0s")) / 6, 20)
        rule["for"] = f"{round(waits[rule['alert']])}s"
        rule["expr"] = re.sub(r"\[(\w+)\]", lambda found: f"[{round(_seconds(found[1]) / 30)}s]", rule["expr"])
    (folder / "rules" / "alerts.yml").write_text(yaml.safe_dump(rules, allow_unicode=True), "utf-8")
    alertmanager = yaml.safe_load((folder / "alertmanager.yml").read_text("utf-8"))
    for route in (alertmanager["route"], *alertmanager["route"]["routes"]):
        for wait in ("group_wait", "group_interval"):
            route[wait] = f"{round(min(_seconds(route[wait]) / 6, 10) * 1000)}ms"
    (folder / "alertmanager.yml").write_text(yaml.safe_dump(alertmanager), "utf-8")
    return waits


@contextmanager
def on_duty(folder: Path, targets: Mapping[str, str], node: str) -> Iterator[Duty]:
    """While it lasts the hastened files of the folder are in force. targets: part → host:port of its metrics, all of one node."""
    prometheus, alertmanager, bell = ports.any_free(3)
    _targets(folder, "nodes", [{"targets": [address], "labels": {"node": node, "part": part}} for part, address in targets.items()])
    _targets(folder, "alertmanagers", [{"targets": [ports.address(alertmanager)]}])
    receivers = (folder / "alertmanager.yml").read_text("utf-8")
    (folder / "alertmanager.yml").write_text(receivers.replace("127.0.0.1:18090", ports.address(bell)), "utf-8")
    duty = Duty(ports.address(prometheus), ports.address(alertmanager))
    with _bell(bell, duty), _running(folder, "alertmanager", alertmanager, "--cluster.listen-address="):
        with _running(folder, "prometheus", prometheus, "--rules.alert.resend-delay=1s"):
            eventually(duty.up, "every target answers", 40)
            yield duty


@contextmanager
def _running(folder: Path, name: str, port: int, *options: str) -> Iterator[None]:
    storage = "--storage.tsdb.path" if name == "prometheus" else "--storage.path"
    command = [tool(name), f"--config.file={folder / name}.yml", f"{storage}={folder / 'data' / name}"]
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen([*command, f"--web.listen-address={ports.address(port)}", *options], stdout=log, stderr=log, cwd=folder)
    try:
        eventually(lambda: _ready(port), f"{name} is ready: {folder / name}.log", 30)
        yield
    finally:
        process.terminate()
        process.wait(30)


def _ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{ports.address(port)}/-/ready", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@contextmanager
def _bell(port: int, duty: Duty) -> Iterator[None]:
    server = ThreadingHTTPServer((ports.LOOPBACK, port), partial(_Bell, duty))
    threading.Thread(target=server.serve_forever, name="bell", daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


class _Bell(BaseHTTPRequestHandler):
    def __init__(self, duty: Duty, *args: Any) -> None:
        self._duty = duty
        super().__init__(*args)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        now, who = time.monotonic(), self.path.strip("/")
        self._duty.told += [Told(who, each["status"], each["labels"], each["annotations"], now) for each in body["alerts"]]
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


def _targets(folder: Path, name: str, groups: list[dict[str, Any]]) -> None:
    (folder / "targets" / f"{name}.json").write_text(json.dumps(groups), "utf-8")


def _seconds(duration: str) -> float:
    return sum(float(number) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[unit] for number, unit in re.findall(r"(\d+)([smhd])", duration))
