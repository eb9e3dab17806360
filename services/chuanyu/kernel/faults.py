"""
Everything that can go wrong. The kind says what the process does; the code is public, stable and never reused.

Fault
├── Transient                  the world is away: wait, try again in place, skip nothing
│   ├── BrokerAway             broker_away
│   └── StoreAway              store_away
├── Poison                     this record can never be applied: park it, hold its case, go on
│   ├── SealInvalid            seal_invalid
│   │   └── KeyUnknown         read the owner's system topic to its end, then check once more (D16)
│   ├── RecordTooLarge         record_too_large
│   ├── RecordMalformed        record_malformed
│   ├── SchemaUnknown          schema_unknown
│   ├── SourceMismatch         source_mismatch
│   └── RuleViolated           rule_violated
└── Broken                     we are wrong: stop loudly, change nothing
    ├── FenceLost              fence_lost
    ├── LogAhead               log_ahead
    ├── TopicsDiffer           topics_differ
    ├── MigrationsDiffer       migrations_differ
    ├── SettingsIncomplete     settings_incomplete
    ├── SealKeyUnfit           seal_key_unfit
    ├── StoreMisused           store_misused
    └── BusMisused             bus_misused
"""

from __future__ import annotations

from typing import ClassVar


class Fault(Exception):
    """The root: catching it is catching all of ours. facts: what the reader needs to act; never payload, never a person.

    explains: the message is all our own words and may be logged; a driver's may quote what it was given.
    """

    code: ClassVar[str]
    explains: ClassVar[bool] = False

    def __init__(self, message: str, **facts: object) -> None:
        super().__init__(message)
        self.facts = facts


class Transient(Fault):
    """The world is away: wait, try again in place, skip nothing."""


class BrokerAway(Transient):
    """Kafka does not answer."""

    code = "broker_away"


class StoreAway(Transient):
    """PostgreSQL does not answer, or asks to try the same again."""

    code = "store_away"


class Poison(Fault):
    """This record can never be applied, for a reason that lies in the record alone (D13)."""


class SealInvalid(Poison):
    """The owner's seal does not cover these bytes. The fact `why` names the reason; see `kernel.seal`."""

    code = "seal_invalid"


class KeyUnknown(SealInvalid):
    """No key of that id is known here yet. Stays a bad seal when the owner's system topic has been read and none came (D16)."""

    def __init__(self, province: str, key_id: str) -> None:
        super().__init__(f"no seal key {key_id} of {province} is known", why="key_unknown", province=province, key_id=key_id)
        self.province = province
        self.key_id = key_id


class RecordTooLarge(Poison):
    """The value is larger than any event may be."""

    code = "record_too_large"


class RecordMalformed(Poison):
    """Headers or body are not what `to_record` writes."""

    code = "record_malformed"


class SchemaUnknown(Poison):
    """The schema id is not in LOCK, the closed list of what may be said."""

    code = "schema_unknown"


class SourceMismatch(Poison):
    """Topic, key, source, subject and type contradict each other."""

    code = "source_mismatch"


class RuleViolated(Poison):
    """The record breaks a rule that needs nothing but the record."""

    code = "rule_violated"


class Broken(Fault):
    """We are wrong: stop loudly, change nothing."""

    explains = True


class FenceLost(Broken):
    """Another process owns the partition now; this one must leave."""

    code = "fence_lost"


class LogAhead(Broken):
    """Kafka holds own records that the log lacks: an older database was restored (D3)."""

    code = "log_ahead"


class TopicsDiffer(Broken):
    """The broker's topics are not those of topics.yaml (D18)."""

    code = "topics_differ"


class MigrationsDiffer(Broken):
    """The database was changed by other migrations than this program's."""

    code = "migrations_differ"


class SettingsIncomplete(Broken):
    """Environment variables are missing or wrong; all of them are named."""

    code = "settings_incomplete"


class SealKeyUnfit(Broken):
    """The node's own key may not seal now: unpublished, too young, expired or revoked (D16)."""

    code = "seal_key_unfit"


class StoreMisused(Broken):
    """PostgreSQL refuses a statement of ours."""

    code = "store_misused"
    explains = False


class BusMisused(Broken):
    """Kafka refuses a request of ours: rights, configuration, a fatal client state."""

    code = "bus_misused"
    explains = False
