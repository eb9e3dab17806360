"""The last part of `make setup`: Kafka's jars fetched and checked, its start-up cache recorded, PostgreSQL's programs within reach."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from chuanyu.embedded import kafka, mirror, places, postgres, stack
from chuanyu.embedded.unable import Unable


def prepare() -> None:
    """Says each step with the seconds since the start; does nothing that is done already."""
    began = time.monotonic()

    def say(line: str) -> None:
        print(f"  {time.monotonic() - began:5.1f} s  {line}", flush=True)

    class_path = kafka.class_path(say)
    mirror.class_path(say)
    with tempfile.TemporaryDirectory(prefix="chuanyu-setup-") as scratch:
        kafka.train(stack.family(places.directory(Path(scratch))), class_path, say)
    postgres.programs()
    say("Kafka 4.2.0 and PostgreSQL 18 are ready")


if __name__ == "__main__":
    try:
        prepare()
    except Unable as fault:
        sys.exit(f"Error: {fault}")
