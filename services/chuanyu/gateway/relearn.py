"""After a restored, older database: what Kafka gave back was stated here before, and is known again by its key (D3, D19)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

import msgspec

from chuanyu.contracts.registry import BY_TYPE
from chuanyu.gateway import content, keys, queries
from chuanyu.gateway.queries import Stated
from chuanyu.kernel.codec import from_record
from chuanyu.kernel.envelope import Record
from chuanyu.kernel.store import Connection


def relearn(connection: Connection, records: Sequence[Record]) -> None:
    """States again what members said; what stands already stays. An event without a business key is known by its event id alone."""
    queries.add(connection, list(_stated(records)))


def _stated(records: Sequence[Record]) -> Iterator[Stated]:
    rules = keys.rules()
    for record in records:
        event, head = from_record(record)
        contract = BY_TYPE[head.type]
        rule = rules.get(f"{contract.family}.{contract.event}")
        if rule is None or rule.parts is None:
            continue
        wire = msgspec.to_builtins(event, builtin_types=(bytes,))
        corrects = wire["head"]["correction_of"]
        yield Stated(
            type=contract.type,
            key=keys.joined(rule.parts(wire)),
            correction_of=UUID(corrects) if corrects else None,
            event_id=head.id,
            source=head.source,
            case_id=head.subject,
            content=content.digest(contract, wire),
        )
