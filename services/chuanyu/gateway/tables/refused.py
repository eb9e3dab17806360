"""The one way in which a whole file is turned away."""

from __future__ import annotations

from chuanyu.domain.violations import Violation, violation


class TableRefused(Exception):
    """Nothing of the file, or nothing behind row `row`, can be read: `finding` says why. No Fault: only the sender can mend it."""

    def __init__(self, finding: Violation, row: int | None = None) -> None:
        super().__init__(finding.en)
        self.finding = finding
        self.row = row


def refused(code: str, row: int | None = None, **facts: object) -> TableRefused:
    """The refusal `code` of a file; facts fill the texts of domain/violations.py."""
    return TableRefused(violation(code, "file", **facts), row)
