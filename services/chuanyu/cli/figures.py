"""A node's overview in numbers, worked out from two readings of its metrics. Rates are per second, times in seconds."""

from __future__ import annotations

from dataclasses import dataclass

from chuanyu.cli.pages import Reading, quantile, risen


@dataclass(frozen=True, slots=True)
class Times:
    """Below which half, and 99 of 100, of what was observed between the readings lie; None when nothing was."""

    p50: float | None
    p99: float | None


@dataclass(frozen=True, slots=True)
class Part:
    """One service of a node. behind: records; oldest: age of the oldest that it has not applied."""

    applied: float
    visible: Times
    behind: int
    oldest: float


@dataclass(frozen=True, slots=True)
class Overview:
    """One node. visible: by whose facts they are; gaps: seen since its processes started; other_side: age of what was last heard."""

    answers: bool
    away: tuple[str, ...]
    accepted: float
    refused: float
    visible: dict[str, Times]
    unrelayed: int
    oldest_unrelayed: float
    parked: int
    held: int
    gaps: int
    other_side: float
    asked: float
    answered: Times
    obligations: dict[str, int]
    receipts: int
    parts: dict[str, Part]


def overview(old: Reading, new: Reading) -> Overview:
    """What happened between two readings of one node, and how things stand at the later one."""
    submissions = _rates("chuanyu_accepted_total", ("outcome",), old, new)
    return Overview(
        answers=new.answers,
        away=new.away,
        accepted=submissions.get(("accepted",), 0.0),
        refused=submissions.get(("refused",), 0.0),
        visible={origin: _times("chuanyu_visible_seconds", {"origin": origin}, old, new) for origin in _known(new, "origin")},
        unrelayed=int(new.one("chuanyu_log_unrelayed_rows")),
        oldest_unrelayed=new.one("chuanyu_log_oldest_unrelayed_seconds"),
        parked=int(sum(count for (code,), count in new.by("chuanyu_parked_records", ("code",)).items() if code != "waiting")),
        held=int(new.one("chuanyu_held_cases")),
        gaps=int(new.one("chuanyu_sequence_gaps_total")),
        other_side=new.one("chuanyu_other_side_age_seconds"),
        asked=sum(_rates("chuanyu_recognition_answers_total", ("status",), old, new).values()),
        answered=_times("chuanyu_recognition_seconds", {}, old, new),
        obligations={state: int(count) for (state,), count in sorted(new.by("chuanyu_obligations", ("state",)).items())},
        receipts=int(new.one("chuanyu_receipts_outstanding")),
        parts={service: _part(service, old, new) for service in _known(new, "service")},
    )


def _known(new: Reading, label: str) -> list[str]:
    return sorted(word for (word,) in new.by("chuanyu_visible_seconds_count", (label,)))


def _part(service: str, old: Reading, new: Reading) -> Part:
    applied = _rates("chuanyu_applied_total", ("service", "outcome"), old, new).get((service, "applied"), 0.0)
    behind = new.by("chuanyu_behind_records", ("service",)).get((service,), 0.0)
    oldest = new.by("chuanyu_oldest_unapplied_seconds", ("service",), max).get((service,), 0.0)
    return Part(applied, _times("chuanyu_visible_seconds", {"service": service}, old, new), int(behind), oldest)


def _rates(name: str, labels: tuple[str, ...], old: Reading, new: Reading) -> dict[tuple[str, ...], float]:
    seconds = max(new.at - old.at, 0.001)
    return {group: rise / seconds for group, rise in risen(name, labels, old, new).items()}


def _times(histogram: str, where: dict[str, str], old: Reading, new: Reading) -> Times:
    rises = risen(f"{histogram}_bucket", (*where, "le"), old, new)
    buckets = {float(edge): rise for (*words, edge), rise in rises.items() if words == list(where.values())}
    return Times(quantile(0.5, buckets), quantile(0.99, buckets))
