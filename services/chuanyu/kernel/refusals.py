"""A request that is refused whole, in words that gRPC and REST both translate. A refused event among others is a result, not this."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Protocol


class Finding(Protocol):
    """What `domain.violations.Violation` is: a field path, a stable snake_case code, and a text in both languages."""

    @property
    def field(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def zh(self) -> str: ...
    @property
    def en(self) -> str: ...


class Kind(StrEnum):
    """Why, in the canonical words of gRPC."""

    INVALID_ARGUMENT = "INVALID_ARGUMENT"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    PERMISSION_DENIED = "PERMISSION_DENIED"
    NOT_FOUND = "NOT_FOUND"
    FAILED_PRECONDITION = "FAILED_PRECONDITION"
    RESOURCE_EXHAUSTED = "RESOURCE_EXHAUSTED"


class Refused(Exception):
    """The whole request is refused, nothing of it is stored.

    violations: at least one; the first gives the request's code. facts: short values that a program needs to go on, such as the cases
    between which a key is ambiguous; they are sent, so never a person.
    """

    def __init__(self, kind: Kind, violations: Iterable[Finding], facts: Mapping[str, str] | None = None) -> None:
        self.kind = kind
        self.violations = tuple(violations)
        self.facts = dict(facts or {})
        super().__init__(f"{kind}: {', '.join(finding.code for finding in self.violations)}")

    @property
    def code(self) -> str:
        return self.violations[0].code
