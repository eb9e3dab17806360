"""Every written file of deploy/ and its text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from chuanyu.embedded import mirror
from chuanyu.embedded.provinces import BOTH
from generator import kafka, parts, routes

DEPLOY = Path(__file__).parents[1]
MARK = "# Written by `make deploy-files` (deploy/generator); change its source instead.\n"


def files() -> dict[Path, str]:
    """file → its text."""
    brokers = {province.word: f"kafka-{province.word}:9092" for province in BOTH}
    written = {
        "compose/mirror.properties": mirror.properties(brokers),
        "kubernetes/base/parts.yaml": _yaml(parts.objects()),
    }
    for province in BOTH:
        overlay = f"kubernetes/overlays/{province.word}"
        written[f"{overlay}/topics.yaml"] = _yaml(kafka.topics())
        written[f"{overlay}/users.yaml"] = _yaml(kafka.users(province))
        written[f"{overlay}/mirror.yaml"] = _yaml(kafka.mirrors(province))
        written[f"{overlay}/routes.yaml"] = _yaml(routes.objects(province))
    return {DEPLOY / name: MARK + text for name, text in written.items()}


def _yaml(objects: Iterable[Mapping[str, Any]]) -> str:
    return yaml.dump_all(objects, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=140)


class _Plain(yaml.SafeDumper):
    """Without anchors: a file is read by people."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


if __name__ == "__main__":
    for file, text in files().items():
        file.write_text(text, encoding="utf-8")
