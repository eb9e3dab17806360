"""Submissions that cannot be accepted: what is wrong with each, and the code that must be named for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chuanyu.sample import contents
from chuanyu.sample.contents import Data
from chuanyu.sample.truth import Sample

_RESULT, _DISPOSAL = "chuanyu.spotcheck.result_reported.v1", "chuanyu.spotcheck.disposal_updated.v1"
_RESOLVED = "chuanyu.spotcheck.objection_resolved.v1"
_NOWHERE = "00000000-0000-7000-8000-000000000000"


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to spoil a result. spoil: a failed sample → type and data · again: it contradicts a sample that was accepted before."""

    code: str
    spoil: Callable[[Sample], tuple[str, Data]]
    again: bool = False


def _result(change: Callable[[Data, Sample], Any]) -> Callable[[Sample], tuple[str, Data]]:
    def spoil(sample: Sample) -> tuple[str, Data]:
        data = contents.result(sample)
        change(data, sample)
        return _RESULT, data

    return spoil


def _of(path: str, value: Callable[[Sample], Any]) -> Callable[[Sample], tuple[str, Data]]:
    """A result in which one value is another."""

    def change(data: Data, sample: Sample) -> None:
        holder: Any = data
        *way, last = path.split(".")
        for name in way:
            holder = holder[name]
        holder[last] = value(sample)

    return _result(change)


def _unfinished(sample: Sample) -> tuple[str, Data]:
    """It is said to be done, and nobody says what became of the goods."""
    day = f"{sample.announced_on.isoformat()}T08:00:00+08:00"
    said = {"part": sample.parts[-1][0], "state": "FINISHED", "changed_at": day, "finished_at": day}
    return _DISPOSAL, {**_joined(sample), **said, "authority": {"division": sample.sampled_by}}


def _untested(sample: Sample) -> tuple[str, Data]:
    """The re-test overturns it, and nobody says who tested and what was found."""
    day = sample.announced_on.isoformat()
    said = {"kind": "RETEST", "raised_on": day, "resolved_on": day, "outcome": "OVERTURNED"}
    return _RESOLVED, {**_joined(sample), **said, "authority": {"division": sample.sampled_by}}


def _joined(sample: Sample) -> Data:
    return {"head": {"case_id": f"{sample.side.node}/spotcheck/{sample.number}"}, "sample_no": sample.number}


def _wrong_code(sample: Sample) -> str:
    code = sample.shop.code or ""
    return code[:-1] + ("1" if code[-1:] != "1" else "2")


FAULTS = {
    "no_number": Fault("field_missing", _result(lambda data, _: data.update(sampling={}))),
    "bad_number": Fault("sample_no_malformed", _of("sampling.sample_no", lambda sample: f"XBJ-26?{sample.number[-4:]}")),
    "future": Fault("produced_after_announcement", _of("product.produced_on", lambda sample: f"{sample.announced_on.year + 1}-01-05")),
    "no_such_day": Fault("date_malformed", _of("product.produced_on", lambda sample: f"{sample.announced_on.year}-02-30")),
    "odd_verdict": Fault("term_unknown", _of("verdict", lambda _: "大概不合格")),
    "wrong_uscc": Fault("uscc_check_digit", _of("sampled_unit.party.uscc", _wrong_code)),
    "elsewhere": Fault("jurisdiction_foreign", _of("sampled_unit.party.division", lambda sample: sample.side.other.code)),
    "unfinished": Fault("needed_to_finish", _unfinished),
    "untested": Fault("retest_missing", _untested),
    "conflict": Fault("conflicting_content", _of("product.specification", lambda sample: f"{sample.good.specification}×2"), again=True),
    "orphan": Fault("original_unknown", _of("head.correction_of", lambda _: _NOWHERE)),
}
"""By word. What contradicts an accepted sample is said of one, everything else of a sample that nobody reported."""
