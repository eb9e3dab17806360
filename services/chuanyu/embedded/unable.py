"""What the embedded default says when it cannot go on."""

from __future__ import annotations

from chuanyu.kernel.faults import Broken


class Unable(Broken):
    """This machine or this call does not allow it: one sentence that says what, one that says what to do. Nothing was changed."""

    code = "machine_unfit"

    def __init__(self, sentence: str, remedy: str) -> None:
        super().__init__(f"{sentence} {remedy}")
        self.sentence = sentence
        self.remedy = remedy


class NotRunning(Unable):
    """No bus answers in the directory that was named."""
