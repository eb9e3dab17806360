"""What a Prometheus needs to watch a run: the files of `monitoring/`, with the run's own nodes as targets."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from chuanyu.embedded import places
from chuanyu.embedded.nodes import Node
from chuanyu.embedded.ports import address


def lay(directory: Path, parts: Sequence[Node]) -> Path:
    """Writes DIR/monitoring, anew at every start; returns the file that `prometheus --config.file` takes.

    Who runs an Alertmanager beside it names it in DIR/monitoring/targets/alertmanagers.json, which stays.
    """
    home = directory / "monitoring"
    shutil.rmtree(home / "rules", ignore_errors=True)
    shutil.copytree(_source() / "rules", home / "rules")
    shutil.copy(_source() / "prometheus.yml", home)
    places.write_private(home / "targets" / "nodes.json", json.dumps([_target(part) for part in parts]))
    return home / "prometheus.yml"


def _target(part: Node) -> dict[str, Any]:
    labels = {"node": part.province.word, "part": part.name.removesuffix(f"-{part.province.word}")}
    return {"targets": [address(part.ports["metrics"])], "labels": labels}


def _source() -> Path:
    installed = Path(__file__).with_name("monitoring")
    return installed if installed.exists() else Path(__file__).parents[3] / "monitoring"
