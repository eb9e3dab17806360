"""
Writes the files of deploy/ that follow from elsewhere, so that no decision is taken twice. A test compares them.

compose/mirror.properties: what embedded/mirror.py decides, with the addresses of compose.yaml.
"""

from __future__ import annotations

from pathlib import Path

from chuanyu.embedded import mirror
from chuanyu.embedded.provinces import BOTH

HERE = Path(__file__).parent
MARK = "# Written by deploy/generate.py; change its source instead.\n"


def files() -> dict[Path, str]:
    """file → its text."""
    brokers = {province.word: f"kafka-{province.word}:9092" for province in BOTH}
    return {HERE / "compose" / "mirror.properties": MARK + mirror.properties(brokers)}


if __name__ == "__main__":
    for file, text in files().items():
        file.write_text(text, encoding="utf-8")
