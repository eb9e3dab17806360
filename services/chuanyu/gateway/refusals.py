"""A request that is refused whole: nothing of it is stored. A refusal of one event among others is a result, not this."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from chuanyu.domain.violations import Violation


class Kind(StrEnum):
    """Why, in the canonical words of gRPC; each door translates them into its own."""

    UNAUTHENTICATED = "UNAUTHENTICATED"
    PERMISSION_DENIED = "PERMISSION_DENIED"
    INVALID_ARGUMENT = "INVALID_ARGUMENT"
    RESOURCE_EXHAUSTED = "RESOURCE_EXHAUSTED"


class Refused(Exception):
    """The whole request is refused. violations: at least one; the first gives the request's code."""

    def __init__(self, kind: Kind, violations: Iterable[Violation]) -> None:
        self.kind = kind
        self.violations = tuple(violations)
        super().__init__(f"{kind}: {', '.join(v.code for v in self.violations)}")

    @property
    def code(self) -> str:
        return self.violations[0].code
