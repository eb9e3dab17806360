"""After a restored, older database: what Kafka gave back was stated here before, and is known again by its key (D3, D19)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from uuid import UUID

import msgspec

from chuanyu.contracts.registry import BY_TYPE
from chuanyu.gateway import chains, content, ids, keys, queries
from chuanyu.gateway.queries import Stated
from chuanyu.kernel.codec import from_record
from chuanyu.kernel.envelope import Record
from chuanyu.kernel.store import Connection


def relearn(connection: Connection, records: Sequence[Record]) -> None:
    """States again what members said; what stands already stays. An event without a business key is known by the mark in its id."""
    stated = list(_stated(records))
    queries.add(connection, [row for row, again in stated if not again])
    for row in (row for row, again in stated if again):
        _say_anew(connection, row)


def _say_anew(connection: Connection, row: Stated) -> None:
    """One that may be said again, in the order of its case: after the withdrawal of all before it, it replaces them."""
    key = (row.type, row.key)
    before = queries.versions(connection, [key]).get(key, [])
    if before and row.event_id not in {each.event_id for each in before} and row.correction_of is None:
        withdrawals = queries.versions(connection, chains.withdrawals(before))
        replaces, anew = chains.rival(ids.mark_of(row.event_id), row.content, before, withdrawals)
        row = replace(row, correction_of=replaces, anew=anew)
    queries.add(connection, [row])


def _stated(records: Sequence[Record]) -> Iterator[tuple[Stated, bool]]:
    """What each record states, and whether it may be said again."""
    rules = keys.rules()
    for record in records:
        event, head = from_record(record)
        contract = BY_TYPE[head.type]
        rule = rules.get(f"{contract.family}.{contract.event}")
        if rule is None:
            continue
        wire = msgspec.to_builtins(event, builtin_types=(bytes,))
        corrects = wire["head"]["correction_of"]
        row = Stated(
            type=contract.type,
            key=keys.joined(rule.parts(wire)) if rule.parts else ids.word(ids.mark_of(head.id)),
            correction_of=UUID(corrects) if corrects else None,
            event_id=head.id,
            source=head.source,
            case_id=head.subject,
            content=content.digest(contract, wire),
            anew=False,
        )
        yield row, rule.again
