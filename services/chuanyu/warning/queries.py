"""All SQL of warning."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from chuanyu.kernel.store import Connection, Migrations
from chuanyu.warning.rules import Alert, Failure, Sample, Subject

MIGRATIONS = Migrations("warning", Path(__file__).parent / "migrations")
_LOCK = 0x7761_726E  # advisory locks of this service: two processes never decide about one subject at a time


def samples(connection: Connection, cases: Iterable[str]) -> dict[str, Sample]:
    """The samples that have a row, by case; locked until the transaction ends."""
    rows = connection.execute(
        "SELECT case_id, sequence, versions, withdrawn, event_id, province, day, subject, name, uscc, division, decides"
        " FROM warning.sample WHERE case_id = ANY(%s) ORDER BY case_id FOR UPDATE",
        [list(cases)],
    ).fetchall()
    return {row[0]: _sample(row) for row in rows}


def _sample(row: Sequence[Any]) -> Sample:
    evidence = (Failure(*row[4:7]), Subject(*row[7:])) if row[4] else (None, None)
    return Sample(row[1], frozenset(row[2]), frozenset(row[3]), *evidence)


def keep_samples(connection: Connection, samples: Mapping[str, Sample]) -> None:
    """Writes samples whole."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO warning.sample VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (case_id) DO UPDATE"
            " SET (sequence, versions, withdrawn, stands, event_id, province, day, subject, name, uscc, division, decides)"
            " = (excluded.sequence, excluded.versions, excluded.withdrawn, excluded.stands, excluded.event_id, excluded.province,"
            " excluded.day, excluded.subject, excluded.name, excluded.uscc, excluded.division, excluded.decides)",
            [_row(case, sample) for case, sample in sorted(samples.items())],
        )


def _row(case: str, sample: Sample) -> list[object]:
    told = [case, sample.sequence, sorted(sample.versions), sorted(sample.withdrawn), sample.stands]
    if sample.failure is None or sample.subject is None:
        return told + [None] * 8
    failure, subject = sample.failure, sample.subject
    seat = [subject.key, subject.name, subject.uscc, subject.division, subject.decides]
    return [*told, failure.event, failure.province, failure.day, *seat]


def lock(connection: Connection, subjects: Collection[str]) -> None:
    """Keeps other processes from deciding about these subjects until the transaction ends."""
    connection.execute(
        "SELECT pg_advisory_xact_lock(%s, hash) FROM (SELECT DISTINCT hashtext(subject) AS hash FROM unnest(%s::text[]) AS s(subject)"
        " ORDER BY hash) AS sorted",
        [_LOCK, list(subjects)],
    )


def failures(connection: Connection, subjects: Collection[str], province: str) -> dict[str, dict[Failure, Subject]]:
    """The failures that stand, by subject, of those of whom this province's node decides."""
    found: dict[str, dict[Failure, Subject]] = {}
    for row in connection.execute(
        "SELECT event_id, province, day, subject, name, uscc, division, decides FROM warning.sample"
        " WHERE stands AND subject = ANY(%s) AND decides = %s",
        [list(subjects), province],
    ):
        found.setdefault(row[3], {})[Failure(*row[:3])] = Subject(*row[3:])
    return found


def alerts(connection: Connection, subjects: Collection[str]) -> dict[str, dict[int, Alert]]:
    """What this node has said, by subject and period."""
    found: dict[str, dict[int, Alert]] = {}
    for subject, period, alert_id, case_id, evidence, is_open, last in connection.execute(
        "SELECT subject, period, alert_id, case_id, evidence, open, last FROM warning.alert WHERE subject = ANY(%s)", [list(subjects)]
    ):
        found.setdefault(subject, {})[period] = Alert(alert_id, case_id, tuple(evidence), is_open, last)
    return found


def keep_alert(connection: Connection, subject: str, period: int, alert: Alert) -> None:
    """Writes down what was said last of a period."""
    connection.execute(
        "INSERT INTO warning.alert VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (subject, period) DO UPDATE"
        " SET (alert_id, case_id, evidence, open, last)"
        " = (excluded.alert_id, excluded.case_id, excluded.evidence, excluded.open, excluded.last)",
        [subject, period, alert.id, alert.case_id, list(alert.evidence), alert.open, alert.last],
    )


def postpone(connection: Connection, subjects: Collection[str]) -> None:
    """Keeps subjects until a rebuild may decide."""
    connection.execute("INSERT INTO warning.undecided SELECT unnest(%s::text[]) ON CONFLICT DO NOTHING", [sorted(subjects)])


def postponed(connection: Connection) -> set[str]:
    """Takes those out."""
    return {subject for (subject,) in connection.execute("DELETE FROM warning.undecided RETURNING subject")}
