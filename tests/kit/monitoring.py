"""What `monitoring/` says, read for tests: rules, the metrics that they name, and the tools that check them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

REPOSITORY = Path(__file__).parents[2]
MONITORING = REPOSITORY / "monitoring"
FETCHED = REPOSITORY / ".venv" / "monitoring" / "bin"
_TEMPLATES = Path("/usr/share/prometheus/alertmanager/default.tmpl")  # without them Debian's Alertmanager does not start
_METRIC = re.compile(r"(?<![\w:])chuanyu_\w+")
_RECORD = re.compile(r"\b(?:node|slo):\w+:\w+")


@dataclass(frozen=True)
class Rule:
    """A recording rule (record) or an alert (alert); group: where it stands."""

    name: str
    expr: str
    alert: Mapping[str, Any] | None


def rules(file: str) -> list[Rule]:
    """The rules of monitoring/rules/FILE.yml."""
    groups = yaml.safe_load((MONITORING / "rules" / f"{file}.yml").read_text("utf-8"))["groups"]
    found = [rule for group in groups for rule in group["rules"]]
    return [Rule(each.get("alert") or each["record"], each["expr"], each if "alert" in each else None) for each in found]


def metrics_in(expression: str) -> set[str]:
    """The bus's own metrics in an expression, a histogram's series under its name."""
    return {re.sub(r"_(?:bucket|count|sum)$", "", name) for name in _METRIC.findall(expression)}


def records_in(expression: str) -> set[str]:
    """The recorded series in an expression."""
    return set(_RECORD.findall(expression))


def dashboards() -> Iterator[tuple[str, str]]:
    """(file, expression) of every target and variable of monitoring/dashboards/*.json."""
    for path in sorted((MONITORING / "dashboards").glob("*.json")):
        yield from ((path.name, text) for text in _expressions(json.loads(path.read_text("utf-8"))))


def _expressions(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for key, value in part.items():
            if isinstance(value, str) and key in ("expr", "query", "definition"):
                yield value
            else:
                yield from _expressions(value)
    elif isinstance(part, list):
        for each in part:
            yield from _expressions(each)


@cache
def tool(name: str) -> str:
    """The path of promtool, amtool, prometheus or alertmanager. Skips where it is missing; with CI=true that is a failure."""
    found = shutil.which(name, path=f"{FETCHED}{os.pathsep}{os.environ.get('PATH', '')}")
    if found is None or (name == "alertmanager" and Path(found).parent == FETCHED and not _TEMPLATES.exists()):
        say = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        say(f"{name} is not on this machine: monitoring/tools fetches it")
    return found


def run(name: str, *arguments: str | Path) -> str:
    """What a tool prints; fails with its words when it refuses."""
    done = subprocess.run([tool(name), *map(str, arguments)], capture_output=True, text=True, timeout=120, cwd=MONITORING, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
