"""`make dashboards`: writes monitoring/dashboards. A test compares them, so that none can fall behind."""

from __future__ import annotations

import json
from pathlib import Path

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from boards.casework import casework
from boards.federation import federation
from boards.overview import overview
from boards.recognition import recognition
from boards.services import services

DASHBOARDS = Path(__file__).parents[1] / "dashboards"


def pages() -> dict[Path, str]:
    """file → its text."""
    made = {each.__name__: each() for each in (overview, services, federation, recognition, casework)}
    return {DASHBOARDS / f"{name}.json": _text(board) for name, board in made.items()}


def _text(board: object) -> str:
    return json.dumps(board, cls=JSONEncoder, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    for file, text in pages().items():
        file.write_text(text, encoding="utf-8")
