"""The yardstick of B12: what one writes first with faust. Decode, then count by producer in a table with its changelog; no seal, no order,
no database."""

from __future__ import annotations

import os
import sys
import time

import faust

from chuanyu.kernel import codec

EVENTS = int(os.environ["BENCH_EVENTS"])

app = faust.App(
    "bench-table",
    broker=f"kafka://{os.environ['BENCH_KAFKA']}",
    key_serializer="raw",
    value_serializer="raw",
    broker_max_poll_records=500,
    broker_session_timeout=15,
    consumer_auto_offset_reset="earliest",
    topic_allow_declare=False,
    topic_disable_leader=True,
    web_enabled=False,
)
topic = app.topic(os.environ["BENCH_TOPIC"], key_type=bytes, value_type=bytes, partitions=12)
counts = app.Table("counts", default=int, key_type=str, value_type=int, partitions=12)


@app.agent(topic)
async def count(stream: faust.Stream[bytes]) -> None:
    """Counts every result; the first tenth is the warm-up."""
    seen, began = 0, 0.0
    async for value in stream:
        said = codec.decode(value)
        counts[said.labelled_producer.name] += 1
        seen += 1
        if seen == EVENTS // 10:
            began = time.perf_counter()
        if seen == EVENTS:
            print(f"rate {(EVENTS - EVENTS // 10) / (time.perf_counter() - began)}", file=sys.__stderr__, flush=True)
            os._exit(0)


if __name__ == "__main__":
    app.main()
