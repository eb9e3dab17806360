"""The yardstick of B3: what one writes first with faust. Decode, one upsert an event, committed each; no seal, no order, no fence.

As fast as faust goes here: raw values, our decoder, a synchronous driver, commits that do not wait for the disk, no web server.
"""

from __future__ import annotations

import os
import sys
import time

import faust

from chuanyu.kernel import codec
from chuanyu.kernel.store import Store

EVENTS = int(os.environ["BENCH_EVENTS"])
_UPSERT = (
    "INSERT INTO plain.result VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (sample_no) DO UPDATE SET party_name = excluded.party_name,"
    " place_name = excluded.place_name, product = excluded.product, verdict = excluded.verdict, taken_on = excluded.taken_on,"
    " event_id = excluded.event_id"
)

app = faust.App(
    "bench-plain",
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
connection = Store(os.environ["BENCH_DATABASE"]).connect(application="bench-plain", durable=False)


@app.agent(topic)
async def keep(stream: faust.Stream[bytes]) -> None:
    """Keeps every result; the first tenth is the warm-up."""
    seen, began = 0, 0.0
    async for event in stream.events():
        said = codec.decode(event.value)
        producer = said.labelled_producer
        row = [said.sampling.sample_no, producer and producer.name, said.sampled_unit.party.name, said.product.name, said.verdict]
        connection.execute(_UPSERT, [*row, said.sampling.taken_on, dict(event.headers)["ce_id"].decode()])
        seen += 1
        if seen == EVENTS // 10:
            began = time.perf_counter()
        if seen == EVENTS:
            print(f"rate {(EVENTS - EVENTS // 10) / (time.perf_counter() - began)}", file=sys.__stderr__, flush=True)
            os._exit(0)


if __name__ == "__main__":
    app.main()
