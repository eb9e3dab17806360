"""Who reads, and what he may know of a case (P6; domain 7.6, 10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, cast

from chuanyu.casework.listing import Kept
from chuanyu.domain.classification import DataClass, may_read
from chuanyu.domain.divisions import stem

_SEES_ALL = frozenset({"ALERT", "FOLLOW_UP", "ATTENTION", "ROUTINE", "UNKNOWN"})


class Member(Protocol):
    """Who asks, as the gateway knows him. division, jurisdiction: GB/T 2260 · clearance: L1…L4."""

    @property
    def id(self) -> str: ...
    @property
    def division(self) -> str: ...
    @property
    def jurisdiction(self) -> Sequence[str]: ...
    @property
    def clearance(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Reader:
    """A member of this node's province at an instant. now: ms."""

    member: Member
    province: str
    now: int

    @property
    def clearance(self) -> DataClass:
        return cast(DataClass, self.member.clearance)

    @property
    def cleared(self) -> bool:
        """Whether he may know of cases at all: they are L2 (domain 10)."""
        return may_read(self.clearance, "L2")

    @property
    def stems(self) -> list[str]:
        """How the divisions begin that he answers for."""
        return [stem(division) for division in self.member.jurisdiction]

    def sees_content(self, kept: Kept) -> bool:
        """Of NON_COMPLIANCE and NEWS only issuer, flagged and those above the flagged see more than what it is about (domain 7.6)."""
        if kept.face is None or kept.notice_class in _SEES_ALL:
            return True
        own = stem(self.member.division)
        flagged = bool(own) and any(flag.division.startswith(own) for flag in kept.case.flagged)
        return flagged or kept.face.source == f"/{self.province}/{self.member.id}"
