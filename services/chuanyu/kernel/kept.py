"""A record in quarantine as persons see it: one, however many services could not apply it (D14)."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from chuanyu.kernel.envelope import Headers


@dataclass(frozen=True, slots=True)
class Decided:
    """What a person decided and no service has carried out yet."""

    act: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """How one service stands to a record. row: of bus.parked · times: ms

    behind: records that go on once this one is decided · before: the record of the same hold that must be decided first
    """

    row: int
    service: str
    state: str
    code: str
    reason: str
    holds: bool
    decided: Decided | None
    parked_at: int
    settled_at: int | None
    behind: int
    before: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A record kept aside, by the number under which persons know it; sequence as claimed, value empty unless it was asked for."""

    id: int
    topic: str
    partition: int
    sequence: int
    record_offset: int
    digest: bytes
    key: bytes
    headers: Headers
    size: int
    holders: tuple[Holder, ...]
    value: bytes = field(default=b"", repr=False)

    @property
    def parked(self) -> tuple[Holder, ...]:
        """The services in which a person may decide about it or has done so."""
        return tuple(holder for holder in self.holders if holder.state == "PARKED")

    @property
    def undecided(self) -> tuple[Holder, ...]:
        """Those of them in which nobody has."""
        return tuple(holder for holder in self.parked if holder.decided is None)


@dataclass(frozen=True, slots=True)
class Act:
    """What a person decided about a record, and what came of it in one service; times in ms."""

    service: str
    act: str
    by: str
    reason: str
    event_id: UUID
    decided_at: int
    outcome: str | None
    code: str
    carried_at: int | None
